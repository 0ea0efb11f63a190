// Which table this processor can run.

#include "CSignalKernels.h"

#if defined(__x86_64__)

#include "CNeuralKernels.h"

extern const affect_signal_kernels affect_signal_kernels_avx2;

const affect_signal_kernels *affect_signal_kernels_fastest(void) {
    return affect_processor_has_avx2() ? &affect_signal_kernels_avx2 : NULL;
}

#elif defined(__aarch64__)

// Every 64-bit ARM has NEON.
extern const affect_signal_kernels affect_signal_kernels_neon;

const affect_signal_kernels *affect_signal_kernels_fastest(void) {
    return &affect_signal_kernels_neon;
}

#else

const affect_signal_kernels *affect_signal_kernels_fastest(void) { return NULL; }

#endif
