#include <alsa/asoundlib.h>

#include <stdarg.h>
#include <stdio.h>

// Formats what libasound says, because Swift cannot take its list of arguments on every processor.
static inline void (**affect_alsa_message(void))(const char *line) {
    static void (*message)(const char *line);
    return &message;
}

static inline void affect_alsa_format(
    const char *file, int line, const char *function, int error, const char *format,
    va_list arguments) {
    (void)file, (void)line, (void)function, (void)error;
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    (*affect_alsa_message())(text);
}

/// Hands what libasound would print on this thread to `message`, line by line.
static inline void affect_alsa_catch_errors(void (*message)(const char *line)) {
    *affect_alsa_message() = message;
    snd_lib_error_set_local(affect_alsa_format);
}
