// AVX-512 with VNNI: sixteen lanes of four products each an instruction.

#if defined(__x86_64__)

#include "x86_variants.h"

#include <immintrin.h>

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
#define VECTOR __m512i
#define ZERO() _mm512_setzero_si512()
#define LOAD(p) _mm512_loadu_si512(p)
#define BROADCAST(p) broadcast(p)
#define DOT(sums, elements, w) _mm512_dpbusd_epi32(sums, elements, w)
#define WIDEN_ROW widen_row
#define REQUANTIZER requantizer
#define REQUANTIZER_LOAD requantizer_load
#define STORE store

static inline __m512i broadcast(const uint8_t *elements) {
    int32_t group;
    __builtin_memcpy(&group, elements, sizeof group);
    return _mm512_set1_epi32(group);
}

static inline void widen_row(const int8_t *input, uint8_t *scratch, size_t count, int32_t zero) {
    (void)zero;
    const __m512i sign = _mm512_set1_epi8(-128);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        _mm512_storeu_si512(scratch + i, _mm512_xor_si512(_mm512_loadu_si512(input + i), sign));
    }
    if (i < count) {
        const __mmask64 rest = (1ULL << (count - i)) - 1;
        const __m512i values = _mm512_maskz_loadu_epi8(rest, input + i);
        _mm512_mask_storeu_epi8(scratch + i, rest, _mm512_xor_si512(values, sign));
    }
}

/// The operands of a requantisation in sixteen lanes.
typedef struct {
    __m512i bias, multiplier, odd_multiplier, left, right, mask, half;
    __m512i zero_point, minimum, maximum;
} requantizer;

static inline __attribute__((always_inline)) requantizer requantizer_make(
    __m512i bias, __m512i multiplier, __m512i left, __m512i right, affect_output output) {
    requantizer r;
    r.bias = bias;
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
    return r;
}

static inline __attribute__((always_inline)) requantizer requantizer_load(
    const void *bias, const void *multipliers, const void *left, const void *right,
    affect_output output) {
    return requantizer_make(
        _mm512_loadu_si512(bias), _mm512_loadu_si512(multipliers), _mm512_loadu_si512(left),
        _mm512_loadu_si512(right), output);
}

static inline __attribute__((always_inline)) requantizer requantizer_of(
    affect_factor factor, affect_output output) {
    return requantizer_make(
        _mm512_setzero_si512(), _mm512_set1_epi32(factor.multiplier),
        _mm512_set1_epi32(factor.shift > 0 ? factor.shift : 0),
        _mm512_set1_epi32(factor.shift > 0 ? 0 : -factor.shift), output);
}

/// `FixedPointMath.requantize` in every lane.
///
/// The first rounding, `(p + nudge) / 2^31` with a division that truncates, is `(p + 2^30) >> 31`
/// for either sign.
static inline __attribute__((always_inline)) __m512i requantize(
    __m512i value, const requantizer *r) {
    const __m512i nudge = _mm512_set1_epi64(1 << 30);
    value = _mm512_sllv_epi32(value, r->left);
    const __m512i even = _mm512_add_epi64(_mm512_mul_epi32(value, r->multiplier), nudge);
    const __m512i odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(value, 32), r->odd_multiplier), nudge);
    const __m512i high = _mm512_mask_blend_epi32(
        0xAAAA, _mm512_srli_epi64(even, 31), _mm512_add_epi64(odd, odd));
    const __m512i remainder = _mm512_and_si512(high, r->mask);
    const __m512i threshold = _mm512_sub_epi32(r->half, _mm512_srai_epi32(high, 31));
    const __m512i quotient = _mm512_srav_epi32(high, r->right);
    return _mm512_mask_add_epi32(
        quotient, _mm512_cmpgt_epi32_mask(remainder, threshold), quotient, _mm512_set1_epi32(1));
}

static inline __attribute__((always_inline)) void store(
    __m512i sums, const requantizer *r, int8_t *output, size_t lanes) {
    __m512i value = requantize(_mm512_add_epi32(sums, r->bias), r);
    value = _mm512_add_epi32(value, r->zero_point);
    value = _mm512_min_epi32(_mm512_max_epi32(value, r->minimum), r->maximum);
    const __m128i bytes = _mm512_cvtepi32_epi8(value);
    if (lanes == LANES) {
        _mm_storeu_si128((__m128i *)output, bytes);
    } else if (lanes == LANES / 2) {
        // Far cheaper than a store with a mask.
        _mm_storel_epi64((__m128i *)output, bytes);
    } else {
        _mm_mask_storeu_epi8(output, (__mmask16)((1U << lanes) - 1), bytes);
    }
}

#include "convolution_loops.h"

static void addition(
    const affect_addition *a, const int8_t *first, const int8_t *second, int8_t *output,
    size_t count) {
    const requantizer first_factor = requantizer_of(a->first_factor, a->output);
    const requantizer second_factor = requantizer_of(a->second_factor, a->output);
    const requantizer output_factor = requantizer_of(a->output_factor, a->output);
    const __m512i first_zero = _mm512_set1_epi32(a->first_zero_point);
    const __m512i second_zero = _mm512_set1_epi32(a->second_zero_point);
    for (size_t i = 0; i < count; i += LANES) {
        const size_t lanes = count - i < LANES ? count - i : LANES;
        const __mmask16 mask = (__mmask16)((1U << lanes) - 1);
        const __m512i x = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, first + i));
        const __m512i y = _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(mask, second + i));
        const __m512i scaled_x = requantize(
            _mm512_slli_epi32(_mm512_sub_epi32(x, first_zero), 20), &first_factor);
        const __m512i scaled_y = requantize(
            _mm512_slli_epi32(_mm512_sub_epi32(y, second_zero), 20), &second_factor);
        store(_mm512_add_epi32(scaled_x, scaled_y), &output_factor, output + i, lanes);
    }
}

static void input_quantization(
    const int16_t *features, affect_factor factor, affect_output quantization, int8_t *output,
    size_t count) {
    const requantizer r = requantizer_of(factor, quantization);
    for (size_t i = 0; i < count; i += LANES) {
        const size_t lanes = count - i < LANES ? count - i : LANES;
        const __mmask16 mask = (__mmask16)((1U << lanes) - 1);
        store(
            _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(mask, features + i)), &r, output + i,
            lanes);
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
