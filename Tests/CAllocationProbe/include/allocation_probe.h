#ifndef AFFECT_ALLOCATION_PROBE_H
#define AFFECT_ALLOCATION_PROBE_H

/// Number of heap allocations of this thread so far; always 0 under the address sanitizer.
unsigned long affect_allocation_count(void);

/// Bytes on the heap that this thread has allocated and not freed; always 0 under the address sanitizer.
///
/// The C library hands out 16 more where it would not use the rest of a gap otherwise.
long affect_live_bytes(void);

/// How many blocks these are.
long affect_live_blocks(void);

#endif
