// Which tables this processor can run. On x86-64 the processor itself is asked, on ARM the system.

#include "CNeuralKernels.h"

#if defined(__x86_64__)

#include "x86_variants.h"

#include <cpuid.h>
#include <stdbool.h>

enum {
    leaf1_ecx_osxsave = 1 << 27,
    leaf1_ecx_avx = 1 << 28,
    leaf7_ebx_avx2 = 1 << 5,
    leaf7_ebx_avx512f = 1 << 16,
    leaf7_ebx_avx512dq = 1 << 17,
    leaf7_ebx_avx512bw = 1 << 30,
    leaf7_ecx_avx512_vnni = 1 << 11,
    // Registers that the system saves: 128 and 256 bits; masks and 512 bits besides.
    state_256 = 0x06,
    state_512 = 0xe6,
};
static const unsigned leaf7_ebx_avx512vl = 1U << 31;

typedef struct {
    bool avx2, avx512_vnni;
} features;

static features processor_features(void) {
    features found = {false, false};
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return found;
    if (!(ecx & leaf1_ecx_osxsave) || !(ecx & leaf1_ecx_avx)) return found;
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return found;
    found.avx2 = (low & state_256) == state_256 && (ebx & leaf7_ebx_avx2);
    const unsigned wide = leaf7_ebx_avx512f | leaf7_ebx_avx512dq | leaf7_ebx_avx512bw
        | leaf7_ebx_avx512vl;
    found.avx512_vnni = found.avx2 && (low & state_512) == state_512 && (ebx & wide) == wide
        && (ecx & leaf7_ecx_avx512_vnni);
    return found;
}

const affect_kernels *affect_kernels_available(size_t index) {
    const features found = processor_features();
    if (found.avx512_vnni && index-- == 0) return &affect_kernels_avx512_vnni;
    if (found.avx2 && index-- == 0) return &affect_kernels_avx2;
    return NULL;
}

int affect_processor_has_avx2(void) { return processor_features().avx2; }

#elif defined(__aarch64__)

#include "arm_variants.h"

#include <asm/hwcap.h>
#include <sys/auxv.h>

const affect_kernels *affect_kernels_available(size_t index) {
    if ((getauxval(AT_HWCAP) & HWCAP_ASIMDDP) && index-- == 0) return &affect_kernels_dot_product;
    if (index == 0) return &affect_kernels_neon;
    return NULL;
}

int affect_processor_has_avx2(void) { return 0; }

#else

const affect_kernels *affect_kernels_available(size_t index) {
    (void)index;
    return NULL;
}

int affect_processor_has_avx2(void) { return 0; }

#endif
