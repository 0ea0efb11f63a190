// What the variants of 64-bit ARM share: elements as they are stored, four sums a vector,
// requantisation, and the operators that are nothing else. The file that includes it defines, besides
// what convolution_loops.h wants,
//
//   add_group                adds the products of group `k` of sixteen elements of each output

#include "convolution_geometry.h"
#include "plain_requantization.h"

#include <arm_neon.h>
#include <string.h>

// Elements are the stored integers; the zero point is in the bias.
#define ELEMENT int8_t
#define ELEMENT_OF(q, zero) ((int8_t)(q))
#define BIAS_OFFSET(zero) (zero)
#define GROUP 4
#define WEIGHT int8_t
#define LANES 4
#define PANELS 6
#define TILE_SUMS 24
#define STEP(panels) 4
#define VECTOR int32x4_t
#define LOAD(p) vld1q_s32((const int32_t *)(p))
#define OVERRUN 16
// The sums of a single output are several panels already.
#define PARTS 1
#define GATHERED 0

#define INLINE static inline __attribute__((always_inline))

INLINE void widen_row(
    const int8_t *input, size_t available, int8_t *scratch, size_t count, int32_t zero) {
    (void)zero;
    for (size_t i = 0; i < count; i += 16) {
        const size_t rest = available - i;
        if (rest >= 16) {
            vst1q_s8(scratch + i, vld1q_s8(input + i));
        } else {
            memcpy(scratch + i, input + i, rest);
        }
    }
}

INLINE void fill_row(int8_t *scratch, size_t count, int8_t element) {
    const int8x16_t elements = vdupq_n_s8(element);
    for (size_t i = 0; i < count; i += 16) vst1q_s8(scratch + i, elements);
}

INLINE void add_group(
    int32x4_t *sums, const int8x16_t *elements, const int8x16_t *weights,
    int has_least_weight, int rows, int panels, int k);

/// Adds the products of `step` groups, four or one, of neighbouring elements.
INLINE void add_products(
    int32x4_t *sums, const int8_t *const *cells, size_t offset, const char *packed,
    const int has_least_weight, const int rows, const int panels, const int step) {
    int8x16_t elements[TILE_SUMS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        if (step == 4) {
            elements[i] = vld1q_s8(cells[i] + offset);
        } else {
            int32_t group;
            __builtin_memcpy(&group, cells[i] + offset, sizeof group);
            elements[i] = vreinterpretq_s8_s32(vsetq_lane_s32(group, vdupq_n_s32(0), 0));
        }
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < step; k++) {
        int8x16_t weights[PANELS];
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            weights[j] = vld1q_s8((const int8_t *)packed + (k * panels + j) * 16);
        }
        add_group(sums, elements, weights, has_least_weight, rows, panels, k);
        // Keeps the loads of weights where they are used.
        __asm__ volatile("" ::: "memory");
    }
}

// MARK: Requantisation

/// The operands of a requantisation in four lanes; `right` is negative, as the instruction wants it.
typedef struct {
    int32x4_t multiplier, left, right;
} requantizer;

INLINE requantizer requantizer_of(affect_factor factor) {
    return (requantizer){
        vdupq_n_s32(factor.multiplier),
        vdupq_n_s32(factor.shift > 0 ? factor.shift : 0),
        vdupq_n_s32(factor.shift > 0 ? 0 : factor.shift),
    };
}

/// `FixedPointMath.requantize` in every lane. The shift rounds half up: what is negative and is
/// shifted at all is made one less.
INLINE int32x4_t requantize(int32x4_t value, requantizer r) {
    const int32x4_t high = vqrdmulhq_s32(vshlq_s32(value, r.left), r.multiplier);
    return vrshlq_s32(vsraq_n_s32(high, vandq_s32(high, r.right), 31), r.right);
}

/// The same where `affect_is_plain`.
INLINE int32x4_t requantize_plain(int32x4_t value, requantizer r) {
    const int32x4_t high = vqrdmulhq_s32(value, r.multiplier);
    return vrshlq_s32(vsraq_n_s32(high, high, 31), r.right);
}

INLINE int32x4_t requantize_as(int32x4_t value, requantizer r, int is_plain) {
    return is_plain ? requantize_plain(value, r) : requantize(value, r);
}

/// How results are stored, in every lane.
typedef struct {
    int16x8_t zero_point;
    int8x8_t minimum, maximum;
} limiter;

INLINE limiter limiter_of(affect_output output) {
    return (limiter){
        vdupq_n_s16((int16_t)output.zero_point),
        vdup_n_s8((int8_t)output.minimum),
        vdup_n_s8((int8_t)output.maximum),
    };
}

/// Adds the zero point to eight requantised values and saturates them; plain ones have no limits but
/// those of the type.
INLINE int8x8_t limited(int32x4_t low, int32x4_t high, limiter l, int is_plain) {
    const int16x8_t words = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(low), high), l.zero_point);
    const int8x8_t bytes = vqmovn_s16(words);
    return is_plain ? bytes : vmin_s8(vmax_s8(bytes, l.minimum), l.maximum);
}

INLINE void store_first(int8_t *output, int8x8_t bytes, size_t count) {
    if (count >= 8) {
        vst1_s8(output, bytes);
    } else if (count == 4) {
        const int32_t word = vget_lane_s32(vreinterpret_s32_s8(bytes), 0);
        memcpy(output, &word, sizeof word);
    } else {
        int8_t all[8];
        vst1_s8(all, bytes);
        for (size_t i = 0; i < count; i++) output[i] = all[i];
    }
}

/// Requantises a panel of an output and, if it is a pair, the next one.
INLINE int8x8_t requantized_pair(
    const int32x4_t *sums, const requantizer *r, limiter l, int is_plain, int is_pair) {
    const int32x4_t low = requantize_as(sums[0], r[0], is_plain);
    return limited(low, is_pair ? requantize_as(sums[1], r[1], is_plain) : low, l, is_plain);
}

/// Requantises the sums of a tile and stores those of its first `stored` outputs.
INLINE void store_tile(
    const int32x4_t *sums, affect_factors factors, affect_output limits, int8_t *output,
    size_t pitch, size_t channels, size_t stored, const int rows, const int panels) {
    const limiter l = limiter_of(limits);
    const int is_whole = stored == (size_t)rows && channels >= (size_t)panels * LANES;
#pragma clang loop unroll(full)
    for (int j = 0; j < panels; j += 2) {
        const int is_pair = j + 1 < panels;
        const size_t first = (size_t)j * LANES;
        requantizer r[2];
#pragma clang loop unroll(full)
        for (int k = 0; k <= is_pair; k++) {
            const size_t lane = first + (size_t)k * LANES;
            r[k] = (requantizer){
                vld1q_s32(factors.multipliers + lane), vld1q_s32(factors.left_shifts + lane),
                vnegq_s32(vld1q_s32(factors.right_shifts + lane))};
        }
        // The common case apart, so that nothing is decided row by row in it.
        if (factors.is_plain && is_whole) {
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                store_first(
                    output + (size_t)i * pitch + first,
                    requantized_pair(sums + i * panels + j, r, l, 1, is_pair), is_pair ? 8 : 4);
            }
            continue;
        }
        const size_t left = channels - first;
        const size_t count = left < (is_pair ? 8 : 4) ? left : (is_pair ? 8 : 4);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            if ((size_t)i >= stored) continue;
            store_first(
                output + (size_t)i * pitch + first,
                requantized_pair(sums + i * panels + j, r, l, factors.is_plain, is_pair), count);
        }
    }
}

// MARK: Element by element

/// An input of an addition.
typedef struct {
    requantizer r;
    int16x8_t zero_point;
    affect_scaling scaling;
} term;

INLINE term term_of(affect_factor factor, int32_t zero_point) {
    const affect_output plain = {0, INT8_MIN, INT8_MAX};
    const affect_scaling scaling = affect_scaling_of(factor, 1 << 28, plain);
    const int shift = scaling == affect_scaling_half ? 3 : 4;
    return (term){
        requantizer_of(factor), vdupq_n_s16((int16_t)(zero_point * (1 << shift))), scaling};
}

/// Eight elements at the common scale: shifted left by 20 and multiplied, or by 19.
INLINE int32x4x2_t scaled(int8x8_t values, const term *t) {
    const int is_half = t->scaling == affect_scaling_half;
    const int16x8_t raised
        = vsubq_s16(is_half ? vshll_n_s8(values, 3) : vshll_n_s8(values, 4), t->zero_point);
    int32x4x2_t pair = {{vshll_n_s16(vget_low_s16(raised), 16), vshll_high_n_s16(raised, 16)}};
    if (!is_half) {
        const int is_plain = t->scaling == affect_scaling_plain;
        pair.val[0] = requantize_as(pair.val[0], t->r, is_plain);
        pair.val[1] = requantize_as(pair.val[1], t->r, is_plain);
    }
    return pair;
}

/// What an addition does to the sums.
typedef struct {
    requantizer r;
    limiter l;
    int is_plain;
} finish;

INLINE int8x8_t finished(int32x4_t low, int32x4_t high, const finish *f) {
    return limited(
        requantize_as(low, f->r, f->is_plain), requantize_as(high, f->r, f->is_plain), f->l,
        f->is_plain);
}

INLINE int8x8_t add_eight(int8x8_t first, int8x8_t second, const term *a, const term *b,
                          const finish *f) {
    const int32x4x2_t x = scaled(first, a), y = scaled(second, b);
    return finished(vaddq_s32(x.val[0], y.val[0]), vaddq_s32(x.val[1], y.val[1]), f);
}

INLINE void add_all(
    term a, term b, finish f, const int8_t *first, const int8_t *second, int8_t *output,
    size_t count) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        const int8x16_t x = vld1q_s8(first + i), y = vld1q_s8(second + i);
        vst1q_s8(
            output + i, vcombine_s8(
                add_eight(vget_low_s8(x), vget_low_s8(y), &a, &b, &f),
                add_eight(vget_high_s8(x), vget_high_s8(y), &a, &b, &f)));
    }
    for (; i < count; i += 8) {
        const size_t rest = count - i < 8 ? count - i : 8;
        int8_t x[8] = {0}, y[8] = {0};
        memcpy(x, first + i, rest);
        memcpy(y, second + i, rest);
        store_first(output + i, add_eight(vld1_s8(x), vld1_s8(y), &a, &b, &f), rest);
    }
}

static void addition(
    const affect_addition *description, const int8_t *first, const int8_t *second,
    int8_t *output, size_t count) {
    const affect_addition *d = description;
    const term a = term_of(d->first_factor, d->first_zero_point);
    const term b = term_of(d->second_factor, d->second_zero_point);
    const finish f = {
        requantizer_of(d->output_factor), limiter_of(d->output),
        affect_is_plain(1 << 29, d->output_factor.shift, d->output)};
    // What is common gets loops of its own, in which nothing is decided element by element.
    const int is_first_half = a.scaling == affect_scaling_half;
    const int is_second_half = b.scaling == affect_scaling_half;
    if (f.is_plain && is_first_half && b.scaling == affect_scaling_plain) {
        add_all(a, b, f, first, second, output, count);
    } else if (f.is_plain && is_second_half && a.scaling == affect_scaling_plain) {
        add_all(a, b, f, first, second, output, count);
    } else {
        add_all(a, b, f, first, second, output, count);
    }
}

INLINE void quantize_all(
    finish f, const int16_t *features, int8_t *output, size_t count) {
    for (size_t i = 0; i < count; i += 8) {
        const size_t rest = count - i < 8 ? count - i : 8;
        int16x8_t values;
        if (rest == 8) {
            values = vld1q_s16(features + i);
        } else {
            int16_t few[8] = {0};
            memcpy(few, features + i, rest * sizeof *few);
            values = vld1q_s16(few);
        }
        store_first(
            output + i, finished(vmovl_s16(vget_low_s16(values)), vmovl_high_s16(values), &f),
            rest);
    }
}

static void input_quantization(
    const int16_t *features, affect_factor factor, affect_output quantization, int8_t *output,
    size_t count) {
    const finish f = {
        requantizer_of(factor), limiter_of(quantization),
        affect_is_plain(1 << 15, factor.shift, quantization)};
    if (f.is_plain) {
        quantize_all(f, features, output, count);
    } else {
        quantize_all(f, features, output, count);
    }
}
