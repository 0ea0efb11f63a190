#include <signal.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

/// The exit code or the signal of a process that has ended; a macro, which Swift does not see.
static inline int affect_child_status(const siginfo_t *information) { return information->si_status; }
