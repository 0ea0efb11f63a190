#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t at_most(uint64_t value, uint64_t limit) { return value < limit ? value : limit; }

int affect_confine(const affect_limits *limits) {
    const uint64_t seconds = at_most(limits->processor_seconds, RLIM_INFINITY - 1);
    const struct {
        int resource;
        uint64_t soft, hard;
    } all[] = {
        {RLIMIT_AS, limits->address_space, limits->address_space},
        // SIGXCPU says what it was; whoever does not hear it is killed a second later.
        {RLIMIT_CPU, seconds, seconds + 1},
        {RLIMIT_FSIZE, limits->file_bytes, limits->file_bytes},
        {RLIMIT_CORE, 0, 0}};
    for (unsigned index = 0; index < sizeof all / sizeof all[0]; index++) {
        struct rlimit value;
        if (prlimit(0, all[index].resource, NULL, &value) != 0) return errno;
        // Whoever is held to less already stays so; RLIM_INFINITY is the greatest number.
        value.rlim_cur = at_most(value.rlim_cur, all[index].soft);
        value.rlim_max = at_most(value.rlim_max, all[index].hard);
        if (prlimit(0, all[index].resource, &value, NULL) != 0) return errno;
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

// Between fork and exec: nothing but system calls.
static void become(char *const arguments[], int output, const affect_limits *limits) {
    static char *const no_environment[] = {NULL};
    sigset_t no_signals;
    sigemptyset(&no_signals);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &no_signals, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0) return;
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) return;
    closefrom(STDERR_FILENO + 1);
    if (affect_confine(limits) == 0) execve(arguments[0], arguments, no_environment);
}

pid_t affect_spawn_confined(char *const arguments[], int output, const affect_limits *limits) {
    const pid_t process = fork();
    if (process < 0) return -errno;
    if (process == 0) {
        become(arguments, output, limits);
        _exit(127);
    }
    return process;
}

// From <linux/landlock.h>, which older distributions lack. A right that is handled here and granted nowhere is lost.
struct ruleset_attributes {
    uint64_t files;    // reading, executing, removing and making of every kind: Linux 5.13, version 1
    uint64_t network;  // binding and connecting by TCP: Linux 6.7, version 4
    uint64_t scoped;   // abstract sockets of others, and signals to them: Linux 6.12, version 6
};
enum { first_files = (1 << 13) - 1, linking = 1 << 13, truncating = 1 << 14, controlling_devices = 1 << 15 };
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

int affect_renounce(void) {
    const unsigned asks_for_version = 1;
    const int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, asks_for_version);
    if (version < 0) return -errno;
    struct ruleset_attributes attributes = {first_files, 0, 0};
    size_t size = sizeof attributes.files;
    if (version >= 2) attributes.files |= linking;
    if (version >= 3) attributes.files |= truncating;
    if (version >= 4) attributes.network = (1 << 2) - 1, size += sizeof attributes.network;
    if (version >= 5) attributes.files |= controlling_devices;
    if (version >= 6) attributes.scoped = (1 << 2) - 1, size += sizeof attributes.scoped;
    const long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) return -errno;
    const long status = syscall(SYS_landlock_restrict_self, ruleset, 0);
    const int error = errno;
    close((int)ruleset);
    return status == 0 ? version : -error;
}
