// A plugin of QEMU that counts the instructions of a program: all of them, and those up to each mark,
// which is a call of getppid. They go to standard error when the program ends.
//
// Usage: qemu-aarch64 -plugin instructions.so PROGRAM
//
// What it needs of QEMU's interface, version 1, is declared here, because Debian has no header for it.

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { add_u64 = 0, getppid_of_aarch64 = 173, most_marks = 4096 };

typedef uint64_t plugin_id;
struct block;
struct information;

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct block *));
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
extern void qemu_plugin_register_vcpu_syscall_cb(
    plugin_id, void (*)(plugin_id, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                        uint64_t, uint64_t, uint64_t, uint64_t));
extern size_t qemu_plugin_tb_n_insns(const struct block *);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct block *, int, void *, uint64_t);

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = 1;

static uint64_t count, marks[most_marks];
static size_t mark_count;

static void translated(plugin_id id, struct block *block) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(
        block, add_u64, &count, qemu_plugin_tb_n_insns(block));
}

static void called(
    plugin_id id, unsigned processor, int64_t number, uint64_t a, uint64_t b, uint64_t c,
    uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h) {
    (void)id, (void)processor, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g,
        (void)h;
    if (number == getppid_of_aarch64 && mark_count < most_marks) marks[mark_count++] = count;
}

static void ended(plugin_id id, void *data) {
    (void)id, (void)data;
    for (size_t i = 0; i < mark_count; i++) fprintf(stderr, "mark %" PRIu64 "\n", marks[i]);
    fprintf(stderr, "instructions %" PRIu64 "\n", count);
}

EXPORTED int qemu_plugin_install(
    plugin_id id, const struct information *information, int argument_count, char **arguments) {
    (void)information, (void)argument_count, (void)arguments;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
