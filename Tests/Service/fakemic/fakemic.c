/* A microphone without a sound card: an ALSA capture plugin that plays a raw file in real time.
 *
 *   pcm.mic { type fakemic file "/path/speech.raw" control "/path/control" rate 48000 channels 2 format S32_LE }
 *
 * The file holds interleaved samples in that format; behind its end there is silence, or its beginning
 * again with `loop 1`. The first word of the control file, read at every tick, injects faults:
 *
 *   run     samples come (also when there is no control file)
 *   silence nobody speaks; the file waits
 *   xrun    one overrun, at the moment the word changes to it
 *   stall   the device is open and nothing comes
 *   hang    a call into the device does not return as long as the word stands there
 *   nodev   the device is gone: ENODEV
 *   noent   opening fails with ENOENT
 *   busy    opening fails with EBUSY
 *   nostart opening works, starting fails with EIO
 */
#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { WORD = 16, NANOSECONDS = 1000000000, SHORTEST_TICK = 10000000 };

typedef struct {
    snd_pcm_ioplug_t io;
    int file;
    int timer;
    bool loop;
    char control[256];
    char word[WORD];
    int64_t started;            /* monotonic nanoseconds */
    snd_pcm_uframes_t position; /* frames since the start */
    snd_pcm_uframes_t available_minimum;
} microphone;

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * NANOSECONDS + time.tv_nsec;
}

/* Reads the control word; `run` when there is none. */
static void read_word(const microphone *mic, char word[WORD]) {
    int file = mic->control[0] ? open(mic->control, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t count = file < 0 ? 0 : read(file, word, WORD - 1);
    if (file >= 0) close(file);
    word[count > 0 ? count : 0] = 0;
    word[strcspn(word, " \n")] = 0;
    if (!word[0]) strcpy(word, "run");
}

static bool says(const microphone *mic, const char *expected) {
    char word[WORD];
    read_word(mic, word);
    return strcmp(word, expected) == 0;
}

/* Wakes the reader when enough frames wait behind those that it has read. */
static void arm(microphone *mic, snd_pcm_uframes_t read) {
    int64_t frames = (int64_t)(read + mic->available_minimum);
    int64_t deadline = mic->started + frames * NANOSECONDS / mic->io.rate;
    int64_t soonest = now() + SHORTEST_TICK;
    if (deadline < soonest) deadline = soonest;
    struct itimerspec when = {.it_value = {deadline / NANOSECONDS, deadline % NANOSECONDS}};
    timerfd_settime(mic->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static int on_start(snd_pcm_ioplug_t *io) {
    microphone *mic = io->private_data;
    if (says(mic, "nostart")) return -EIO;
    mic->started = now();
    mic->position = 0;
    arm(mic, 0);
    return 0;
}

static int on_stop(snd_pcm_ioplug_t *io) {
    microphone *mic = io->private_data;
    struct itimerspec never = {{0, 0}, {0, 0}};
    timerfd_settime(mic->timer, 0, &never, NULL);
    return 0;
}

static int on_prepare(snd_pcm_ioplug_t *io) {
    return says(io->private_data, "nodev") ? -ENODEV : 0;
}

static int on_software_parameters(snd_pcm_ioplug_t *io, snd_pcm_sw_params_t *parameters) {
    microphone *mic = io->private_data;
    snd_pcm_sw_params_get_avail_min(parameters, &mic->available_minimum);
    if (io->state == SND_PCM_STATE_RUNNING) arm(mic, io->appl_ptr);
    return 0;
}

static snd_pcm_sframes_t on_pointer(snd_pcm_ioplug_t *io) {
    microphone *mic = io->private_data;
    char word[WORD];
    for (read_word(mic, word); strcmp(word, "hang") == 0; read_word(mic, word)) usleep(20000);
    bool changed = strcmp(word, mic->word) != 0;
    strcpy(mic->word, word);
    if (strcmp(word, "nodev") == 0) {
        snd_pcm_ioplug_set_state(io, SND_PCM_STATE_DISCONNECTED);
        return -ENODEV;
    }
    if (changed && strcmp(word, "xrun") == 0) return -EPIPE;
    if (strcmp(word, "stall") != 0)
        mic->position = (snd_pcm_uframes_t)((now() - mic->started) * io->rate / NANOSECONDS);
    if (io->state == SND_PCM_STATE_RUNNING && mic->position - io->appl_ptr > io->buffer_size)
        return -EPIPE;
    return (snd_pcm_sframes_t)(mic->position % io->buffer_size);
}

static snd_pcm_sframes_t on_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
                                     snd_pcm_uframes_t offset, snd_pcm_uframes_t frames) {
    microphone *mic = io->private_data;
    if (says(mic, "nodev")) return -ENODEV;
    char *target = (char *)areas->addr + (areas->first + areas->step * offset) / 8;
    size_t wanted = frames * areas->step / 8;
    if (says(mic, "silence")) {
        memset(target, 0, wanted);
        wanted = 0;
    }
    while (wanted > 0) {
        ssize_t count = read(mic->file, target, wanted);
        if (count == 0 && mic->loop && lseek(mic->file, 0, SEEK_CUR) > 0) {
            lseek(mic->file, 0, SEEK_SET);
            continue;
        }
        if (count <= 0) {
            memset(target, 0, wanted);
            break;
        }
        target += count;
        wanted -= (size_t)count;
    }
    arm(mic, io->appl_ptr + frames);
    return (snd_pcm_sframes_t)frames;
}

static int on_poll(snd_pcm_ioplug_t *io, struct pollfd *descriptors, unsigned count,
                   unsigned short *events) {
    microphone *mic = io->private_data;
    uint64_t expirations;
    if (count > 0 && read(mic->timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN)
        return -errno;
    snd_pcm_sframes_t available = snd_pcm_avail_update(io->pcm);
    if (available < 0)
        *events = POLLIN | POLLERR;
    else
        *events = (snd_pcm_uframes_t)available >= mic->available_minimum ? POLLIN : 0;
    if (*events != POLLIN) arm(mic, io->appl_ptr);
    (void)descriptors;
    return 0;
}

static int on_close(snd_pcm_ioplug_t *io) {
    microphone *mic = io->private_data;
    close(mic->file);
    close(mic->timer);
    free(mic);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {
    .start = on_start,
    .stop = on_stop,
    .prepare = on_prepare,
    .sw_params = on_software_parameters,
    .pointer = on_pointer,
    .transfer = on_transfer,
    .poll_revents = on_poll,
    .close = on_close,
};

/* What the microphone offers: one format, one rate, one number of channels, any reasonable buffer. */
static int constrain(snd_pcm_ioplug_t *io, unsigned format, unsigned rate, unsigned channels) {
    unsigned access[] = {SND_PCM_ACCESS_RW_INTERLEAVED, SND_PCM_ACCESS_MMAP_INTERLEAVED};
    int error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
    if (!error) error = snd_pcm_ioplug_set_param_list(io, SND_PCM_IOPLUG_HW_FORMAT, 1, &format);
    if (!error)
        error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_CHANNELS, channels, channels);
    if (!error) error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_RATE, rate, rate);
    if (!error)
        error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 64, 1 << 18);
    if (!error) error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_PERIODS, 2, 256);
    if (!error)
        error = snd_pcm_ioplug_set_param_minmax(io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 256, 1 << 22);
    return error;
}

static int failure_of(const char *word) {
    if (strcmp(word, "nodev") == 0) return -ENODEV;
    if (strcmp(word, "noent") == 0) return -ENOENT;
    return strcmp(word, "busy") == 0 ? -EBUSY : 0;
}

SND_PCM_PLUGIN_DEFINE_FUNC(fakemic) {
    const char *file = NULL, *control = "", *format = "S16_LE";
    long rate = 16000, channels = 1, loop = 0;
    (void)root;
    snd_config_iterator_t position, next;
    snd_config_for_each(position, next, conf) {
        snd_config_t *entry = snd_config_iterator_entry(position);
        const char *key;
        if (snd_config_get_id(entry, &key) < 0) continue;
        if (!strcmp(key, "comment") || !strcmp(key, "type") || !strcmp(key, "hint")) continue;
        if (!strcmp(key, "file")) snd_config_get_string(entry, &file);
        else if (!strcmp(key, "control")) snd_config_get_string(entry, &control);
        else if (!strcmp(key, "format")) snd_config_get_string(entry, &format);
        else if (!strcmp(key, "rate")) snd_config_get_integer(entry, &rate);
        else if (!strcmp(key, "channels")) snd_config_get_integer(entry, &channels);
        else if (!strcmp(key, "loop")) snd_config_get_integer(entry, &loop);
        else {
            SNDERR("unknown field %s", key);
            return -EINVAL;
        }
    }
    snd_pcm_format_t number = snd_pcm_format_value(format);
    if (stream != SND_PCM_STREAM_CAPTURE || !file || number == SND_PCM_FORMAT_UNKNOWN) return -EINVAL;
    microphone *mic = calloc(1, sizeof *mic);
    if (!mic) return -ENOMEM;
    snprintf(mic->control, sizeof mic->control, "%s", control);
    mic->loop = loop != 0;
    read_word(mic, mic->word);
    int error = failure_of(mic->word);
    mic->file = error ? -1 : open(file, O_RDONLY | O_CLOEXEC);
    if (!error && mic->file < 0) error = -errno;
    if (error) {
        free(mic);
        return error;
    }
    mic->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    mic->available_minimum = 1;
    mic->io.version = SND_PCM_IOPLUG_VERSION;
    mic->io.name = "fake microphone";
    mic->io.callback = &callbacks;
    mic->io.private_data = mic;
    mic->io.poll_fd = mic->timer;
    mic->io.poll_events = POLLIN;
    error = snd_pcm_ioplug_create(&mic->io, name, stream, mode);
    if (!error) error = constrain(&mic->io, (unsigned)number, (unsigned)rate, (unsigned)channels);
    if (error) {
        /* Also closes the microphone once ALSA owns it. */
        if (mic->io.pcm) snd_pcm_ioplug_delete(&mic->io);
        else on_close(&mic->io);
        return error;
    }
    *pcmp = mic->io.pcm;
    return 0;
}

SND_PCM_PLUGIN_SYMBOL(fakemic);
