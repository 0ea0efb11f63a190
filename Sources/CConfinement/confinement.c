#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

int affect_confine(const affect_limits *limits) {
    const struct {
        int resource;
        uint64_t limit;
    } all[] = {
        {RLIMIT_AS, limits->address_space},
        {RLIMIT_CPU, limits->processor_seconds},
        {RLIMIT_FSIZE, limits->file_bytes},
        {RLIMIT_CORE, 0}};
    for (unsigned index = 0; index < sizeof all / sizeof all[0]; index++) {
        struct rlimit value;
        if (prlimit(0, all[index].resource, NULL, &value) != 0) return errno;
        // Whoever is held to less already stays so; RLIM_INFINITY is the greatest number.
        if (value.rlim_max > all[index].limit) value.rlim_max = all[index].limit;
        value.rlim_cur = value.rlim_max;
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

// From <linux/landlock.h>, which older distributions lack. The rights of its first version, Linux 5.13: reading,
// executing and making every kind of file. Newer kernels know more rights; these are enough for nothing to be opened.
struct ruleset_attributes {
    uint64_t handled_access_fs;
};
enum { first_rights = (1 << 13) - 1 };
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

int affect_renounce_files(void) {
    const struct ruleset_attributes attributes = {first_rights};
    const long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0) return errno;
    const long status = syscall(SYS_landlock_restrict_self, ruleset, 0);
    const int error = status == 0 ? 0 : errno;
    close((int)ruleset);
    return error;
}
