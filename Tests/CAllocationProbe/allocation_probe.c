// Counts the heap allocations of each thread. A definition of malloc in the executable takes the
// place of the C library's for every library of the process, the Swift runtime included; the work
// is done by the C library's own entry points.

#include "allocation_probe.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

static _Thread_local unsigned long allocation_count;
static _Thread_local long live_bytes;
static _Thread_local long live_blocks;

unsigned long affect_allocation_count(void) { return allocation_count; }

long affect_live_bytes(void) { return live_bytes; }

long affect_live_blocks(void) { return live_blocks; }

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static void *counted(void *block) {
    allocation_count += 1;
    live_bytes += (long)malloc_usable_size(block);
    live_blocks += block != NULL;
    return block;
}

static void released(void *block) {
    live_bytes -= (long)malloc_usable_size(block);
    live_blocks -= block != NULL;
}

void *malloc(size_t size) { return counted(__libc_malloc(size)); }

void *calloc(size_t count, size_t size) { return counted(__libc_calloc(count, size)); }

void *realloc(void *block, size_t size) {
    released(block);
    return counted(__libc_realloc(block, size));
}

void *aligned_alloc(size_t alignment, size_t size) {
    return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    *block = counted(__libc_memalign(alignment, size));
    return *block == NULL ? ENOMEM : 0;
}

void free(void *block) {
    released(block);
    __libc_free(block);
}

#endif
