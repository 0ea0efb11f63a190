// AVX-512 with VNNI: sixteen lanes of four products each an instruction.

#if defined(__x86_64__)

#include "plain_requantization.h"
#include "x86_variants.h"

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni"))), apply_to = function)

// The instruction multiplies unsigned with signed bytes: elements are stored integers plus 128.
#define ELEMENT uint8_t
#define ELEMENT_OF(q, zero) ((uint8_t)((q) + 128))
#define BIAS_OFFSET(zero) (128 + (zero))
#define GROUP 4
#define WEIGHT int8_t
#define LANES 16
#define PANELS 4
#define TILE_ROWS(panels) ((panels) == 1 ? 12 : 24 / (panels))
#define TILE_SUMS 24
#define VECTOR __m512i
#define LOAD(p) _mm512_loadu_si512(p)
#define BROADCAST(p) broadcast(p)
#define DOT(sums, elements, w) _mm512_dpbusd_epi32(sums, elements, w)
#define OVERRUN 64
#define PARTS 4
#define ADD(x, y) _mm512_add_epi32(x, y)
#define GATHERED 8

static inline __m512i broadcast(const uint8_t *elements) {
    int32_t group;
    __builtin_memcpy(&group, elements, sizeof group);
    return _mm512_set1_epi32(group);
}

static inline __attribute__((always_inline)) void widen_row(
    const int8_t *input, size_t available, uint8_t *scratch, size_t count, int32_t zero) {
    (void)zero;
    const __m512i sign = _mm512_set1_epi8(-128);
    for (size_t i = 0; i < count; i += 64) {
        const size_t rest = available - i;
        const __m512i values = rest >= 64
            ? _mm512_loadu_si512(input + i)
            : _mm512_maskz_loadu_epi8((1ULL << rest) - 1, input + i);
        _mm512_storeu_si512(scratch + i, _mm512_xor_si512(values, sign));
    }
}

static inline void fill_row(uint8_t *scratch, size_t count, uint8_t element) {
    const __m512i elements = _mm512_set1_epi8((char)element);
    for (size_t i = 0; i < count; i += 64) _mm512_storeu_si512(scratch + i, elements);
}

static inline __attribute__((always_inline)) void copy_run(const uint8_t *from, uint8_t *to) {
    memcpy(to, from, GATHERED);
}

/// The operands of a requantisation in sixteen lanes.
typedef struct {
    __m512i multiplier, odd_multiplier, left, right, mask, half;
    __m512i zero_point, minimum, maximum;
    /// What `store_plain` adds before the last shift: a half and the zero point.
    __m512i plain_offset;
} requantizer;

static inline __attribute__((always_inline)) requantizer requantizer_make(
    __m512i multiplier, __m512i left, __m512i right, affect_output output) {
    requantizer r;
    r.multiplier = multiplier;
    r.odd_multiplier = _mm512_srli_epi64(multiplier, 32);
    r.left = left;
    r.right = right;
    r.mask = _mm512_sub_epi32(
        _mm512_sllv_epi32(_mm512_set1_epi32(1), right), _mm512_set1_epi32(1));
    r.half = _mm512_srli_epi32(r.mask, 1);
    r.zero_point = _mm512_set1_epi32(output.zero_point);
    r.minimum = _mm512_set1_epi32(output.minimum);
    r.maximum = _mm512_set1_epi32(output.maximum);
    r.plain_offset = _mm512_sllv_epi32(
        _mm512_set1_epi32(2 * output.zero_point + 1),
        _mm512_sub_epi32(right, _mm512_set1_epi32(1)));
    return r;
}

static inline __attribute__((always_inline)) requantizer requantizer_load(
    const void *multipliers, const void *left, const void *right, affect_output output) {
    return requantizer_make(
        _mm512_loadu_si512(multipliers), _mm512_loadu_si512(left), _mm512_loadu_si512(right),
        output);
}

static inline __attribute__((always_inline)) requantizer requantizer_of(
    affect_factor factor, affect_output output) {
    return requantizer_make(
        _mm512_set1_epi32(factor.multiplier),
        _mm512_set1_epi32(factor.shift > 0 ? factor.shift : 0),
        _mm512_set1_epi32(factor.shift > 0 ? 0 : -factor.shift), output);
}

/// The high half of twice the product, as `saturatingRoundingDoublingHighMultiply`.
///
/// Its `(p + nudge) / 2^31`, a division that truncates, is `(p + 2^30) >> 31` for either sign.
static inline __attribute__((always_inline)) __m512i multiply_high(
    __m512i value, const requantizer *r) {
    const __m512i nudge = _mm512_set1_epi64(1 << 30);
    const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(value, r->multiplier), nudge);
    const __m512i odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(value, 32), r->odd_multiplier), nudge);
    return _mm512_mask_blend_epi32(
        0xAAAA, _mm512_srli_epi64(even, 31), _mm512_add_epi64(odd, odd));
}

/// `FixedPointMath.requantize` in every lane.
static inline __attribute__((always_inline)) __m512i requantize(
    __m512i value, const requantizer *r) {
    const __m512i high = multiply_high(_mm512_sllv_epi32(value, r->left), r);
    const __m512i remainder = _mm512_and_si512(high, r->mask);
    const __m512i threshold = _mm512_sub_epi32(r->half, _mm512_srai_epi32(high, 31));
    const __m512i quotient = _mm512_srav_epi32(high, r->right);
    return _mm512_mask_add_epi32(
        quotient, _mm512_cmpgt_epi32_mask(remainder, threshold), quotient, _mm512_set1_epi32(1));
}

/// Saturates sixteen integers and stores the first `lanes` of them.
static inline __attribute__((always_inline)) void store_saturated(
    __m512i value, int8_t *output, size_t lanes) {
    const __m128i bytes = _mm512_cvtsepi32_epi8(value);
    if (lanes == 16) {
        _mm_storeu_si128((__m128i *)output, bytes);
    } else if (lanes == 8) {
        // Far cheaper than a store with a mask.
        _mm_storel_epi64((__m128i *)output, bytes);
    } else {
        _mm_mask_storeu_epi8(output, (__mmask16)((1U << lanes) - 1), bytes);
    }
}

static inline __attribute__((always_inline)) void store(
    __m512i sums, const requantizer *r, int8_t *output, size_t lanes) {
    const __m512i value = _mm512_add_epi32(requantize(sums, r), r->zero_point);
    store_saturated(
        _mm512_min_epi32(_mm512_max_epi32(value, r->minimum), r->maximum), output, lanes);
}

/// The same where `affect_is_plain`, with the zero point: half away from zero is half up of what is
/// one less below zero.
static inline __attribute__((always_inline)) __m512i requantize_plain(
    __m512i value, const requantizer *r) {
    const __m512i high = multiply_high(value, r);
    const __m512i raised = _mm512_add_epi32(
        _mm512_add_epi32(high, r->plain_offset), _mm512_srai_epi32(high, 31));
    return _mm512_srav_epi32(raised, r->right);
}

static inline __attribute__((always_inline)) void store_plain(
    __m512i sums, const requantizer *r, int8_t *output, size_t lanes) {
    store_saturated(requantize_plain(sums, r), output, lanes);
}

/// The operands of `store_rectified` in the even and in the odd lanes, of 64 bits each.
typedef struct {
    __m512i even_multiplier, odd_multiplier, even_offset, odd_offset, even_shift, odd_shift;
} rectifier;

static inline __attribute__((always_inline)) rectifier rectifier_load(
    const void *multipliers, const void *right) {
    const __m512i m = _mm512_loadu_si512(multipliers), shift = _mm512_loadu_si512(right);
    const __m512i one = _mm512_set1_epi64(1), nudge = _mm512_set1_epi64(1 << 30);
    const __m512i even = _mm512_and_si512(shift, _mm512_set1_epi64(UINT32_MAX));
    const __m512i odd = _mm512_srli_epi64(shift, 32);
    const __m512i offset = _mm512_set1_epi64((int64_t)affect_rectified_offset * (1LL << 30));
    rectifier r;
    r.even_multiplier = m;
    r.odd_multiplier = _mm512_srli_epi64(m, 32);
    r.even_offset = _mm512_add_epi64(_mm512_sllv_epi64(offset, even), nudge);
    r.odd_offset = _mm512_add_epi64(_mm512_sllv_epi64(offset, odd), nudge);
    r.even_shift = _mm512_add_epi64(even, _mm512_set1_epi64(31));
    r.odd_shift = _mm512_sub_epi64(odd, one);
    return r;
}

/// The same where `affect_is_rectified`, in one rounding: what is wrong by it is below the least
/// integer that is stored. The odd lanes are shifted by 32 bits less, so that they stay in their place.
static inline __attribute__((always_inline)) void store_rectified(
    __m512i sums, const rectifier *r, int8_t *output, size_t lanes) {
    const __m512i even
        = _mm512_add_epi64(_mm512_mul_epi32(sums, r->even_multiplier), r->even_offset);
    const __m512i odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(sums, 32), r->odd_multiplier), r->odd_offset);
    store_saturated(
        _mm512_mask_blend_epi32(
            0xAAAA, _mm512_srav_epi64(even, r->even_shift), _mm512_srav_epi64(odd, r->odd_shift)),
        output, lanes);
}

#include "x86_tile.h"
#include "convolution_loops.h"

#define WIDEN(p, lanes) widen(p, lanes)
#define MULTIPLY_ADD(s, x, w, lanes) multiply_add(s, x, w, lanes)

static inline __attribute__((always_inline)) __m512i widen(const int8_t *values, size_t lanes) {
    __m128i bytes;
    if (lanes == 16) {
        bytes = _mm_loadu_si128((const __m128i *)values);
    } else if (lanes == 8) {
        bytes = _mm_loadl_epi64((const __m128i *)values);
    } else {
        bytes = _mm_maskz_loadu_epi8((__mmask16)((1U << lanes) - 1), values);
    }
    return _mm512_cvtepi8_epi32(bytes);
}

/// In half a vector where that is enough, for which the compiler then does all the rest so, too.
static inline __attribute__((always_inline)) __m512i multiply_add(
    __m512i sums, __m512i values, __m512i weights, size_t lanes) {
    if (lanes > 8) return _mm512_dpwssd_epi32(sums, values, weights);
    return _mm512_castsi256_si512(_mm256_dpwssd_epi32(
        _mm512_castsi512_si256(sums), _mm512_castsi512_si256(values),
        _mm512_castsi512_si256(weights)));
}

#include "depthwise_loops.h"
#include "convolution_functions.h"

/// Brings an input of an addition, shifted left by 20, to the common scale.
static inline __attribute__((always_inline)) __m512i scale_term(
    __m512i value, __m512i zero_point, const requantizer *r, affect_scaling scaling) {
    value = _mm512_slli_epi32(_mm512_sub_epi32(value, zero_point), 20);
    switch (scaling) {
    case affect_scaling_half: return _mm512_srai_epi32(value, 1);
    case affect_scaling_plain: return requantize_plain(value, r);
    default: return requantize(value, r);
    }
}

/// The factors of an addition.
typedef struct {
    requantizer first, second, output;
    affect_scaling first_scaling, second_scaling;
    int is_plain;
    __m512i first_zero, second_zero;
} adder;

/// Adds sixteen elements and stores the first `lanes` of the sums.
static inline __attribute__((always_inline)) void add_vector(
    const adder *a, const int8_t *first, const int8_t *second, int8_t *output, size_t lanes) {
    const __m512i x = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(first)));
    const __m512i y = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(second)));
    const __m512i sum = _mm512_add_epi32(
        scale_term(x, a->first_zero, &a->first, a->first_scaling),
        scale_term(y, a->second_zero, &a->second, a->second_scaling));
    if (a->is_plain) {
        store_plain(sum, &a->output, output, lanes);
    } else {
        store(sum, &a->output, output, lanes);
    }
}

static void addition(
    const affect_addition *description, const int8_t *first, const int8_t *second,
    int8_t *output, size_t count) {
    const affect_output term = {0, INT8_MIN, INT8_MAX};
    const affect_addition *d = description;
    const adder a = {
        requantizer_of(d->first_factor, term),
        requantizer_of(d->second_factor, term),
        requantizer_of(d->output_factor, d->output),
        affect_scaling_of(d->first_factor, 1 << 28, term),
        affect_scaling_of(d->second_factor, 1 << 28, term),
        affect_is_plain(1 << 29, d->output_factor.shift, d->output),
        _mm512_set1_epi32(d->first_zero_point),
        _mm512_set1_epi32(d->second_zero_point),
    };
    size_t i = 0;
    for (; i + 16 <= count; i += 16) add_vector(&a, first + i, second + i, output + i, 16);
    if (i < count) {
        int8_t first_rest[16] = {0}, second_rest[16] = {0};
        memcpy(first_rest, first + i, count - i);
        memcpy(second_rest, second + i, count - i);
        add_vector(&a, first_rest, second_rest, output + i, count - i);
    }
}

/// Quantises sixteen features and stores the first `lanes` of the results.
static inline __attribute__((always_inline)) void quantize_vector(
    const int16_t *features, const requantizer *r, int is_plain, int8_t *output, size_t lanes) {
    const __m512i values = _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)features));
    if (is_plain) {
        store_plain(values, r, output, lanes);
    } else {
        store(values, r, output, lanes);
    }
}

static void input_quantization(
    const int16_t *features, affect_factor factor, affect_output quantization, int8_t *output,
    size_t count) {
    const requantizer r = requantizer_of(factor, quantization);
    const int is_plain = affect_is_plain(1 << 15, factor.shift, quantization);
    size_t i = 0;
    for (; i + 16 <= count; i += 16) quantize_vector(features + i, &r, is_plain, output + i, 16);
    if (i < count) {
        int16_t rest[16] = {0};
        memcpy(rest, features + i, (count - i) * sizeof *rest);
        quantize_vector(rest, &r, is_plain, output + i, count - i);
    }
}

#pragma clang attribute pop

const affect_kernels affect_kernels_avx512_vnni = {
    .name = "avx512-vnni",
    .convolution_packed_size = convolution_packed_size,
    .convolution_scratch_size = convolution_scratch_size,
    .convolution_pack = convolution_pack,
    .convolution_run = convolution_run,
    .addition = addition,
    .input_quantization = input_quantization,
};

#endif
