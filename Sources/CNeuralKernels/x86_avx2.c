// AVX2: eight lanes of two 16-bit products each an instruction.
//
// The byte products of this instruction set saturate at 16 bits, so elements are widened.

#if defined(__x86_64__)

#include "plain_requantization.h"
#include "x86_variants.h"

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

#define ELEMENT int16_t
#define ELEMENT_OF(q, zero) ((int16_t)((q) - (zero)))
#define BIAS_OFFSET(zero) 0
#define GROUP 2
#define WEIGHT int16_t
#define LANES 8
#define PANELS 2
#define TILE_ROWS(panels) ((panels) == 1 ? 8 : 6)
#define TILE_SUMS 12
#define VECTOR __m256i
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define BROADCAST(p) broadcast(p)
#define DOT(sums, elements, w) _mm256_add_epi32(sums, _mm256_madd_epi16(elements, w))
#define OVERRUN 16
#define PARTS 4
#define ADD(x, y) _mm256_add_epi32(x, y)
#define GATHERED 8

static inline __m256i broadcast(const int16_t *elements) {
    int32_t group;
    __builtin_memcpy(&group, elements, sizeof group);
    return _mm256_set1_epi32(group);
}

static inline __attribute__((always_inline)) void widen_row(
    const int8_t *input, size_t available, int16_t *scratch, size_t count, int32_t zero) {
    const __m256i zeros = _mm256_set1_epi16((int16_t)zero);
    for (size_t i = 0; i < count; i += 16) {
        const size_t rest = available - i;
        __m128i bytes = _mm_setzero_si128();
        if (rest >= 16) {
            bytes = _mm_loadu_si128((const __m128i *)(input + i));
        } else {
            memcpy(&bytes, input + i, rest);
        }
        _mm256_storeu_si256(
            (__m256i *)(scratch + i), _mm256_sub_epi16(_mm256_cvtepi8_epi16(bytes), zeros));
    }
}

static inline void fill_row(int16_t *scratch, size_t count, int16_t element) {
    const __m256i elements = _mm256_set1_epi16(element);
    for (size_t i = 0; i < count; i += 16) {
        _mm256_storeu_si256((__m256i *)(scratch + i), elements);
    }
}

static inline __attribute__((always_inline)) void copy_run(const int16_t *from, int16_t *to) {
    memcpy(to, from, GATHERED * sizeof *to);
}

#include "x86_requantization_256.h"
#include "x86_tile.h"
#include "convolution_loops.h"

#define WIDEN(p, lanes) widen(p, lanes)
#define MULTIPLY_ADD(s, x, w, lanes) _mm256_add_epi32(s, _mm256_madd_epi16(x, w))

static inline __attribute__((always_inline)) __m256i widen(const int8_t *values, size_t lanes) {
    int8_t all[8] = {0};
    if (lanes < 8) {
        for (size_t i = 0; i < lanes; i++) all[i] = values[i];
        values = all;
    }
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)values));
}

#include "depthwise_loops.h"
#include "convolution_functions.h"

#pragma clang attribute pop

const affect_kernels affect_kernels_avx2 = {
    .name = "avx2",
    .convolution_packed_size = convolution_packed_size,
    .convolution_scratch_size = convolution_scratch_size,
    .convolution_pack = convolution_pack,
    .convolution_run = convolution_run,
    .addition = addition,
    .input_quantization = input_quantization,
};

#endif
