// What a process may use and reach, for one that reads a file that nobody trusts yet.

#ifndef AFFECT_CONFINEMENT_H
#define AFFECT_CONFINEMENT_H

#include <stdint.h>
#include <sys/types.h>

/// Bytes of address space, seconds of processor time, after which there is SIGXCPU and a second later SIGKILL, and bytes of a
/// file that is written.
typedef struct {
    uint64_t address_space;
    uint64_t processor_seconds;
    uint64_t file_bytes;
} affect_limits;

/// Holds the calling process to limits for good: no core file and no new privileges, too.
/// Returns 0, or an error number.
int affect_confine(const affect_limits *limits);

/// Starts a program in a process that is confined from its first instruction on and ends with its parent: with an
/// empty environment, standard input at its end, both outputs in `output`, and no other descriptor. `arguments` begins
/// with the path of the program and ends with NULL. A program that cannot be started exits with 127.
/// Returns the process, or a negative error number.
pid_t affect_spawn_confined(char *const arguments[], int output, const affect_limits *limits);

/// From here on the calling thread, and what it starts, opens, makes and removes nothing in the file system, by Landlock; it
/// does not shorten files, connect by TCP or send signals to others where the kernel's Landlock knows of that.
/// Returns the version of Landlock, or a negative error number: -ENOSYS and -EOPNOTSUPP where the kernel has none.
int affect_renounce(void);

#endif
