// The dot product of ARMv8.2: four products in each of four lanes an instruction.

#if defined(__aarch64__)

#include "arm_variants.h"

// The header declares these instructions only for functions that may use them.
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

// Registers: sums, elements, and two for weights.
#define TILE_ROWS(panels) ((panels) >= 5 ? 4 : (panels) >= 4 ? 5 : (panels) >= 3 ? 6 : 8)
#define LEAST_WEIGHT_IS_APART 0
#define WEIGHT_PLACE(lane, k) ((lane) * 4 + (k))

#include "arm_tile.h"

INLINE int32x4_t dot(int32x4_t sums, int8x16_t weights, int8x16_t elements, const int group) {
    switch (group) {
    case 0: return vdotq_laneq_s32(sums, weights, elements, 0);
    case 1: return vdotq_laneq_s32(sums, weights, elements, 1);
    case 2: return vdotq_laneq_s32(sums, weights, elements, 2);
    default: return vdotq_laneq_s32(sums, weights, elements, 3);
    }
}

INLINE void add_group(
    int32x4_t *sums, const int8x16_t *elements, const int8x16_t *weights,
    const int has_least_weight, const int rows, const int panels, const int k) {
    (void)has_least_weight;
#pragma clang loop unroll(full)
    for (int j = 0; j < panels; j++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            sums[i * panels + j] = dot(sums[i * panels + j], weights[j], elements[i], k);
        }
    }
}

#include "convolution_loops.h"
#include "arm_depthwise.h"
#include "convolution_functions.h"

#pragma clang attribute pop

const affect_kernels affect_kernels_dot_product = {
    .name = "dot-product",
    .convolution_packed_size = convolution_packed_size,
    .convolution_scratch_size = convolution_scratch_size,
    .convolution_pack = convolution_pack,
    .convolution_run = convolution_run,
    .addition = addition,
    .input_quantization = input_quantization,
};

#endif
