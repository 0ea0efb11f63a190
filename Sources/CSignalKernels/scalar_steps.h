// Steps that the variants share, without vectors; they are few, or their loads and stores are all there is.

#ifndef AFFECT_SCALAR_STEPS_H
#define AFFECT_SCALAR_STEPS_H

#include "CSignalKernels.h"

#include <assert.h>

#define INLINE static inline __attribute__((always_inline))

/// The average of two samples, rounded half away from zero.
INLINE int16_t average(int16_t a, int16_t b) {
    const int32_t sum = (int32_t)a + b;
    return (int16_t)((sum + (sum > 0)) >> 1);
}

/// What `decimate_by_three` wants of its row.
static inline int is_symmetric(const int32_t *row, size_t tap_count) {
    if (tap_count % 6 != 0 || row[tap_count - 1] != 0) return 0;
    for (size_t tap = 0; tap < tap_count / 2; tap++) {
        if (row[tap] != row[tap_count - 2 - tap]) return 0;
    }
    return 1;
}

/// Exchanges every element with the one at the reversed index.
static inline void reverse_bits(affect_complex *block, size_t length) {
    const int unused = 32 - __builtin_ctzll(length);
    for (size_t index = 0; index < length; index++) {
        const size_t reversed = __builtin_bitreverse32((uint32_t)index) >> unused;
        if (index < reversed) {
            const affect_complex kept = block[index];
            block[index] = block[reversed];
            block[reversed] = kept;
        }
    }
}

/// The radix-4 pass over single elements, where every twiddle is one; halves up.
static inline void first_radix4_pass(affect_complex *block, size_t length) {
    for (size_t i = 0; i < length; i += 4) {
        const affect_complex a = block[i], b = block[i + 1], c = block[i + 2], d = block[i + 3];
        const int64_t sr = (int64_t)a.real + b.real, si = (int64_t)a.imaginary + b.imaginary;
        const int64_t dr = (int64_t)a.real - b.real, di = (int64_t)a.imaginary - b.imaginary;
        const int64_t or = (int64_t)c.real + d.real, oi = (int64_t)c.imaginary + d.imaginary;
        const int64_t er = (int64_t)c.real - d.real, ei = (int64_t)c.imaginary - d.imaginary;
        block[i] = (affect_complex){(int32_t)((sr + or + 2) >> 2), (int32_t)((si + oi + 2) >> 2)};
        block[i + 1]
            = (affect_complex){(int32_t)((dr + ei + 2) >> 2), (int32_t)((di - er + 2) >> 2)};
        block[i + 2]
            = (affect_complex){(int32_t)((sr - or + 2) >> 2), (int32_t)((si - oi + 2) >> 2)};
        block[i + 3]
            = (affect_complex){(int32_t)((dr - ei + 2) >> 2), (int32_t)((di + er + 2) >> 2)};
    }
}

/// Removes 8 extra bits and divides by four, rounding half up.
INLINE int32_t rounded(int64_t value) { return (int32_t)((value + 512) >> 10); }

INLINE void separate_pair(
    affect_complex *low_place, affect_complex *high_place, affect_complex twiddle) {
    const affect_complex low = *low_place, high = *high_place;
    const int64_t even_real = ((int64_t)low.real + high.real) * 256;
    const int64_t even_imaginary = ((int64_t)low.imaginary - high.imaginary) * 256;
    const int64_t odd_real = (int64_t)low.imaginary + high.imaginary;
    const int64_t odd_imaginary = (int64_t)high.real - low.real;
    const int64_t cosine = twiddle.real, sine = twiddle.imaginary;
    const int64_t real = (odd_real * cosine - odd_imaginary * sine) >> 23;
    const int64_t imaginary = (odd_real * sine + odd_imaginary * cosine) >> 23;
    *low_place = (affect_complex){rounded(even_real + real), rounded(even_imaginary + imaginary)};
    *high_place = (affect_complex){rounded(even_real - real), rounded(imaginary - even_imaginary)};
}

/// The elements that have no partner: the first, the last and the one in the middle.
INLINE void separate_ends(affect_complex *block, size_t half_length) {
    const affect_complex first = block[0];
    block[0] = (affect_complex){rounded(((int64_t)first.real + first.imaginary) * 512), 0};
    block[half_length] = (affect_complex){rounded(((int64_t)first.real - first.imaginary) * 512), 0};
    affect_complex *middle = block + half_length / 2;
    *middle = (affect_complex){
        rounded((int64_t)middle->real * 512), rounded((int64_t)middle->imaginary * -512)};
}

#endif
