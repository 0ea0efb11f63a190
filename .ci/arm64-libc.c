// Functions of glibc 2.38 that Debian's Swift library for ARM calls, for glibc 2.36 of Debian 12.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long __isoc23_strtol(const char *text, char **end, int base) { return strtol(text, end, base); }

long long __isoc23_strtoll(const char *text, char **end, int base) {
    return strtoll(text, end, base);
}

unsigned long __isoc23_strtoul(const char *text, char **end, int base) {
    return strtoul(text, end, base);
}

int __isoc23_sscanf(const char *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int count = vsscanf(text, format, arguments);
    va_end(arguments);
    return count;
}

size_t strlcpy(char *target, const char *source, size_t size) {
    const size_t length = strlen(source);
    if (size > 0) {
        const size_t kept = length < size ? length : size - 1;
        memcpy(target, source, kept);
        target[kept] = 0;
    }
    return length;
}

size_t strlcat(char *target, const char *source, size_t size) {
    const size_t length = strnlen(target, size);
    return length + strlcpy(target + length, source, size - length);
}
