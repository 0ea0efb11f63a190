// The variants of x86-64 and what tells them apart.

#ifndef AFFECT_X86_VARIANTS_H
#define AFFECT_X86_VARIANTS_H

#include "CNeuralKernels.h"

extern const affect_kernels affect_kernels_avx2;
extern const affect_kernels affect_kernels_avx512_vnni;

#endif
