// NEON, which every 64-bit ARM has: eight products of bytes an instruction, in lanes of 16 bits.
//
// Two products fit a lane, unless both weights are −128; their sums go into lanes of 32 bits.

#if defined(__aarch64__)

#include "arm_variants.h"

// Registers: sums, the weights of a group, elements, and four for the rest.
#define TILE_ROWS(panels) ((panels) >= 5 ? 3 : (panels) >= 3 ? 4 : 6)
// Pairs of a lane's weights lie together, so that a pair of elements meets all lanes at once.
#define LEAST_WEIGHT_IS_APART 1
#define WEIGHT_PLACE(lane, k) ((k) / 2 * 8 + (lane) * 2 + (k) % 2)

#include "arm_tile.h"

INLINE int8x16_t pair_in_every_lane(int8x16_t elements, const int pair) {
    const int16x8_t pairs = vreinterpretq_s16_s8(elements);
    switch (pair) {
    case 0: return vreinterpretq_s8_s16(vdupq_laneq_s16(pairs, 0));
    case 1: return vreinterpretq_s8_s16(vdupq_laneq_s16(pairs, 1));
    case 2: return vreinterpretq_s8_s16(vdupq_laneq_s16(pairs, 2));
    case 3: return vreinterpretq_s8_s16(vdupq_laneq_s16(pairs, 3));
    case 4: return vreinterpretq_s8_s16(vdupq_laneq_s16(pairs, 4));
    case 5: return vreinterpretq_s8_s16(vdupq_laneq_s16(pairs, 5));
    case 6: return vreinterpretq_s8_s16(vdupq_laneq_s16(pairs, 6));
    default: return vreinterpretq_s8_s16(vdupq_laneq_s16(pairs, 7));
    }
}

/// Adds the products of two pairs of elements with the halves of `weights`.
///
/// Written out, because the compiler takes the halves apart first, and then lacks registers.
INLINE int32x4_t add_two_pairs(
    int32x4_t sums, int8x16_t weights, int8x16_t first, int8x16_t second,
    const int has_least_weight) {
    int16x8_t products;
    if (has_least_weight) {
        __asm__ volatile("smull %0.8h, %2.8b, %3.8b\n\tsadalp %1.4s, %0.8h\n\t"
                "smull2 %0.8h, %2.16b, %4.16b\n\tsadalp %1.4s, %0.8h"
                : "=&w"(products), "+w"(sums)
                : "w"(weights), "w"(first), "w"(second));
    } else {
        __asm__ volatile("smull %0.8h, %2.8b, %3.8b\n\tsmlal2 %0.8h, %2.16b, %4.16b\n\t"
                "sadalp %1.4s, %0.8h"
                : "=&w"(products), "+w"(sums)
                : "w"(weights), "w"(first), "w"(second));
    }
    return sums;
}

INLINE void add_group(
    int32x4_t *sums, const int8x16_t *elements, const int8x16_t *weights,
    const int has_least_weight, const int rows, const int panels, const int k) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        const int8x16_t first = pair_in_every_lane(elements[i], 2 * k);
        const int8x16_t second = pair_in_every_lane(elements[i], 2 * k + 1);
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            int32x4_t *sum = sums + i * panels + j;
            *sum = add_two_pairs(*sum, weights[j], first, second, has_least_weight);
        }
    }
}

#include "convolution_loops.h"
#include "arm_depthwise.h"
#include "convolution_functions.h"

const affect_kernels affect_kernels_neon = {
    .name = "neon",
    .convolution_packed_size = convolution_packed_size,
    .convolution_scratch_size = convolution_scratch_size,
    .convolution_pack = convolution_pack,
    .convolution_run = convolution_run,
    .addition = addition,
    .input_quantization = input_quantization,
};

#endif
