#define _GNU_SOURCE
#include "CDiskTrace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

// One system call that changes files, between its entry and its exit.
struct call {
    const char *name;
    char path[PATH_MAX];
    char path2[PATH_MAX];
    long long number;
    unsigned char *data;
    size_t count;
};

static void read_memory(pid_t pid, unsigned long long address, void *buffer, size_t count) {
    struct iovec local = {buffer, count};
    struct iovec remote = {(void *)(uintptr_t)address, count};
    if (process_vm_readv(pid, &local, 1, &remote, 1, 0) != (ssize_t)count) memset(buffer, 0, count);
}

static void read_text(pid_t pid, unsigned long long address, char *text) {
    size_t count = 0;
    while (count < PATH_MAX - 1) {
        read_memory(pid, address + count, text + count, 1);
        if (text[count] == 0) return;
        count++;
    }
    text[count] = 0;
}

static void path_of_descriptor(pid_t pid, int descriptor, char *path) {
    char link[64];
    if (descriptor == AT_FDCWD) {
        snprintf(link, sizeof link, "/proc/%d/cwd", (int)pid);
    } else {
        snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)pid, descriptor);
    }
    ssize_t count = readlink(link, path, PATH_MAX - 1);
    path[count < 0 ? 0 : count] = 0;
}

static void path_at(pid_t pid, int folder, unsigned long long address, char *path) {
    char name[PATH_MAX];
    read_text(pid, address, name);
    path[0] = 0;
    if (name[0] != '/') {
        path_of_descriptor(pid, folder, path);
        strncat(path, "/", PATH_MAX - 1 - strlen(path));
    }
    strncat(path, name, PATH_MAX - 1 - strlen(path));
}

static long long position(pid_t pid, int descriptor) {
    char name[64];
    long long position = -1;
    snprintf(name, sizeof name, "/proc/%d/fdinfo/%d", (int)pid, descriptor);
    FILE *file = fopen(name, "r");
    if (!file) return -1;
    if (fscanf(file, "pos: %lld", &position) != 1) position = -1;
    fclose(file);
    return position;
}

static bool is_below(const char *path, const char *root) {
    size_t count = strlen(root);
    return strncmp(path, root, count) == 0 && (path[count] == '/' || path[count] == 0);
}

// System calls that change no file.
static bool is_harmless(long long number, const unsigned long long *arguments) {
    switch (number) {
    case SYS_mmap:
        // A shared mapping that can be written would change a file behind the back of the log.
        return !((arguments[2] & PROT_WRITE) && (arguments[3] & MAP_SHARED));
    case SYS_read: case SYS_pread64: case SYS_readv: case SYS_close: case SYS_fstat:
    case SYS_newfstatat: case SYS_statx: case SYS_statfs: case SYS_fstatfs: case SYS_lseek:
    case SYS_mprotect: case SYS_munmap: case SYS_mremap: case SYS_madvise: case SYS_brk:
    case SYS_rt_sigaction: case SYS_rt_sigprocmask: case SYS_rt_sigreturn: case SYS_sigaltstack:
    case SYS_faccessat: case SYS_faccessat2: case SYS_getdents64: case SYS_readlinkat:
    case SYS_getrandom: case SYS_futex: case SYS_set_robust_list: case SYS_rseq:
    case SYS_prlimit64: case SYS_set_tid_address: case SYS_sched_getaffinity:
    case SYS_clock_gettime: case SYS_getuid: case SYS_geteuid: case SYS_getgid: case SYS_getegid:
    case SYS_getpid: case SYS_gettid: case SYS_uname: case SYS_getcwd: case SYS_ioctl:
    case SYS_fcntl: case SYS_exit: case SYS_exit_group: case SYS_execve: case SYS_sysinfo:
    case SYS_prctl:
#ifdef SYS_access
    case SYS_access:
#endif
#ifdef SYS_readlink
    case SYS_readlink:
#endif
#ifdef SYS_stat
    case SYS_stat: case SYS_lstat:
#endif
#ifdef SYS_arch_prctl
    case SYS_arch_prctl:
#endif
        return true;
    default:
        return false;
    }
}

// Fills in what a system call is about to change; the name stays null when it changes nothing.
static void enter(
    pid_t pid, const char *root, long long number, const unsigned long long *arguments,
    struct call *call
) {
    int flags = 0;
    call->name = NULL;
    call->path[0] = call->path2[0] = 0;
    call->number = -1;
    switch (number) {
#ifdef SYS_open
    case SYS_open:
        path_at(pid, AT_FDCWD, arguments[0], call->path);
        flags = (int)arguments[1];
        goto opened;
#endif
    case SYS_openat:
        path_at(pid, (int)arguments[0], arguments[1], call->path);
        flags = (int)arguments[2];
        goto opened;
    opened:
        if (!(flags & (O_CREAT | O_TRUNC))) return;
        call->name = "open";
        call->number = (flags & O_TRUNC) != 0;
        break;
#ifdef SYS_mkdir
    case SYS_mkdir:
        call->name = "mkdir";
        path_at(pid, AT_FDCWD, arguments[0], call->path);
        break;
    case SYS_rmdir:
        call->name = "unlink";
        path_at(pid, AT_FDCWD, arguments[0], call->path);
        break;
    case SYS_unlink:
        call->name = "unlink";
        path_at(pid, AT_FDCWD, arguments[0], call->path);
        break;
    case SYS_rename:
        call->name = "rename";
        path_at(pid, AT_FDCWD, arguments[0], call->path);
        path_at(pid, AT_FDCWD, arguments[1], call->path2);
        break;
#endif
    case SYS_mkdirat:
        call->name = "mkdir";
        path_at(pid, (int)arguments[0], arguments[1], call->path);
        break;
    case SYS_unlinkat:
        call->name = "unlink";
        path_at(pid, (int)arguments[0], arguments[1], call->path);
        break;
#ifdef SYS_renameat
    case SYS_renameat:
#endif
    case SYS_renameat2:
        call->name = number == SYS_renameat2 && arguments[4] != 0 ? "unknown" : "rename";
        path_at(pid, (int)arguments[0], arguments[1], call->path);
        path_at(pid, (int)arguments[2], arguments[3], call->path2);
        break;
    case SYS_write:
        path_of_descriptor(pid, (int)arguments[0], call->path);
        if (arguments[0] == STDOUT_FILENO) {
            call->name = "mark";
            return;
        }
        call->name = "write";
        call->number = position(pid, (int)arguments[0]);
        break;
    case SYS_fsync:
    case SYS_fdatasync:
        call->name = "fsync";
        path_of_descriptor(pid, (int)arguments[0], call->path);
        break;
    default:
        if (is_harmless(number, arguments)) return;
        call->name = "unknown";
        call->number = number;
        return;
    }
    if (!is_below(call->path, root)) call->name = NULL;
}

static void note(FILE *log, const struct call *call, long long result) {
    fprintf(log, "%s\t%lld\t%s\t%s\t%lld\t", call->name, result, call->path, call->path2,
            call->number);
    for (size_t index = 0; index < call->count; index++) fprintf(log, "%02x", call->data[index]);
    fputc('\n', log);
}

static int follow(
    pid_t pid, const char *root, long kill_before, FILE *log, struct call *call
) {
    long number = 0;
    int status = 0;
    int signal_to_deliver = 0;
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, pid, 0, signal_to_deliver) < 0) return -3;
        if (waitpid(pid, &status, __WALL) < 0) return -3;
        signal_to_deliver = 0;
        if (WIFEXITED(status)) return WEXITSTATUS(status);
        if (WIFSIGNALED(status)) return -2;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
            // An exec stops with a plain SIGTRAP, which is not for the program.
            signal_to_deliver = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
            continue;
        }
        struct __ptrace_syscall_info info;
        if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) < 0) return -3;
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            unsigned long long arguments[6];
            for (int index = 0; index < 6; index++) arguments[index] = info.entry.args[index];
            enter(pid, root, (long long)info.entry.nr, arguments, call);
            call->count = 0;
            if (!call->name) continue;
            if (strcmp(call->name, "mark") != 0 && number++ == kill_before) {
                kill(pid, SIGKILL);
                waitpid(pid, &status, __WALL);
                return -1;
            }
            if (info.entry.nr == SYS_write) {
                call->count = (size_t)arguments[2];
                call->data = realloc(call->data, call->count + 1);
                read_memory(pid, arguments[1], call->data, call->count);
            }
        } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && call->name) {
            if (call->count > 0 && info.exit.rval >= 0) call->count = (size_t)info.exit.rval;
            note(log, call, info.exit.rval);
            call->name = NULL;
        }
    }
}

int trace_disk(const char *const *arguments, const char *root, long kill_before, const char *log) {
    FILE *file = fopen(log, "we");
    if (!file) return -3;
    pid_t pid = fork();
    if (pid == 0) {
        // The marks are for the log alone.
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (dup2(nowhere, STDOUT_FILENO) < 0 || ptrace(PTRACE_TRACEME, 0, 0, 0) < 0) _exit(126);
        raise(SIGSTOP);
        execv(arguments[0], (char *const *)arguments);
        _exit(127);
    }
    int status = 0;
    int result = -3;
    if (pid > 0 && waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status) &&
        ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0) {
        struct call call = {0};
        result = follow(pid, root, kill_before, file, &call);
        free(call.data);
    }
    if (result == -3 && pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, __WALL);
    }
    fclose(file);
    return result;
}
