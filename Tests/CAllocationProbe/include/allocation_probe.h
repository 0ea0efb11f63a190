#ifndef AFFECT_ALLOCATION_PROBE_H
#define AFFECT_ALLOCATION_PROBE_H

/// Number of heap allocations of this thread so far; always 0 under the address sanitizer.
unsigned long affect_allocation_count(void);

#endif
