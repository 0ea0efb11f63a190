// When a requantisation can do with fewer instructions than its definition, to the same bits.

#ifndef AFFECT_PLAIN_REQUANTIZATION_H
#define AFFECT_PLAIN_REQUANTIZATION_H

#include "CNeuralKernels.h"

/// Whether sums of at most `magnitude` can be requantised the plain way: they are shifted right by
/// at least one bit, neither the half nor the zero point that is added before can overflow, and the
/// limits are those of the stored integers.
static inline int affect_is_plain(int64_t magnitude, int32_t shift, affect_output output) {
    if (shift > -1 || shift < -22) return 0;
    if (output.minimum != INT8_MIN || output.maximum != INT8_MAX) return 0;
    const int64_t zero_point = output.zero_point < 0 ? -output.zero_point : output.zero_point;
    return magnitude + ((2 * zero_point + 1) << (-shift - 1)) < INT32_MAX;
}

/// Whether what `affect_is_plain` allows may also forget that halves go away from zero, as sums below
/// zero end at the least integer either way: zero is stored as that.
static inline int affect_is_rectified(affect_output output) {
    return output.zero_point == INT8_MIN;
}

/// A half and the zero point `INT8_MIN`, in units of a half.
enum { affect_rectified_offset = 2 * INT8_MIN + 1 };

/// The factors of some output channels, one after another.
typedef struct {
    const int32_t *multipliers, *left_shifts, *right_shifts;
    /// Whether all are plain.
    int is_plain;
} affect_factors;

/// How an input of an addition is brought to the common scale.
typedef enum {
    /// By the definition.
    affect_scaling_general,
    /// As `affect_is_plain` allows.
    affect_scaling_plain,
    /// By a shift: the factor is one half and the value even.
    affect_scaling_half,
} affect_scaling;

static inline affect_scaling affect_scaling_of(
    affect_factor factor, int64_t magnitude, affect_output output) {
    if (factor.multiplier == 1 << 30 && factor.shift == 0) return affect_scaling_half;
    return affect_is_plain(magnitude, factor.shift, output) ? affect_scaling_plain
                                                            : affect_scaling_general;
}

#endif
