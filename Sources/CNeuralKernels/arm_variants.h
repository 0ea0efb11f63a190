// The variants of 64-bit ARM and what tells them apart.

#ifndef AFFECT_ARM_VARIANTS_H
#define AFFECT_ARM_VARIANTS_H

#include "CNeuralKernels.h"

extern const affect_kernels affect_kernels_neon;
extern const affect_kernels affect_kernels_dot_product;

#endif
