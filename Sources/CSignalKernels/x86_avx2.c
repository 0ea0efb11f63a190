// AVX2: products of 32 by 32 bits, four at a time, in lanes of 64 bits. A complex number fills a
// lane: its real part is the low half, which is what a multiplication reads.
//
// The instruction set has no arithmetic shift of 64 bits. Values are raised to be positive, shifted
// logically, and what was raised is taken off in the rounding constant.

#if defined(__x86_64__)

#include "scalar_steps.h"

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

INLINE __m256i load(const affect_complex *values) {
    return _mm256_loadu_si256((const __m256i *)values);
}

INLINE void store(affect_complex *values, __m256i lanes) {
    _mm256_storeu_si256((__m256i *)values, lanes);
}

/// The high half of every lane, as the low half.
INLINE __m256i high(__m256i lanes) { return _mm256_srli_epi64(lanes, 32); }

/// Rounds real and imaginary parts with 10 extra bits and packs them; `rounding` is added before.
INLINE __m256i packed(__m256i real, __m256i imaginary, __m256i rounding) {
    return _mm256_blend_epi32(
        _mm256_srli_epi64(_mm256_add_epi64(real, rounding), 10),
        _mm256_slli_epi64(_mm256_add_epi64(imaginary, rounding), 22), 0xAA);
}

// MARK: Sound

/// Rounds half up, from Q30, and saturates.
INLINE int16_t rounded_sample(int64_t sum) {
    const int64_t value = (sum + ((int64_t)1 << 29)) >> 30;
    return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

static void average_pairs(const int16_t *samples, size_t count, int16_t *output) {
    const __m256i ones = _mm256_set1_epi16(1), zero = _mm256_setzero_si256();
    size_t n = 0;
    for (; n + 16 <= count; n += 16) {
        __m256i sums[2];
        for (int i = 0; i < 2; i++) {
            const __m256i pairs
                = _mm256_loadu_si256((const __m256i *)(samples + 2 * n + 16 * (size_t)i));
            const __m256i sum = _mm256_madd_epi16(pairs, ones);
            // Sums above zero are less than before by minus one.
            sums[i] = _mm256_srai_epi32(
                _mm256_sub_epi32(sum, _mm256_cmpgt_epi32(sum, zero)), 1);
        }
        const __m256i packed_lanes = _mm256_packs_epi32(sums[0], sums[1]);
        _mm256_storeu_si256(
            (__m256i *)(output + n), _mm256_permute4x64_epi64(packed_lanes, 0xD8));
    }
    for (; n < count; n++) output[n] = average(samples[2 * n], samples[2 * n + 1]);
}

/// Outputs that share what is loaded of the row.
enum { together = 4 };

static void decimate_by_three(
    const int16_t *samples, const int32_t *row, size_t tap_count, size_t count, int16_t *output) {
    assert(count % affect_decimated_group == 0 && is_symmetric(row, tap_count));
    const size_t middle = tap_count / 2 - 1;
    const __m128i reversal
        = _mm_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
    for (size_t n = 0; n < count; n += together) {
        __m256i sums[together] = {0};
        size_t tap = 0;
        for (; tap + 8 <= middle; tap += 8) {
            const __m256i even = _mm256_loadu_si256((const __m256i *)(row + tap));
            const __m256i odd = high(even);
            for (size_t i = 0; i < together; i++) {
                const int16_t *taps = samples + 3 * (n + i);
                const __m128i a = _mm_loadu_si128((const __m128i *)(taps + tap));
                // Those with the same coefficients mirror them.
                const __m128i b = _mm_shuffle_epi8(
                    _mm_loadu_si128((const __m128i *)(taps + 2 * middle - 7 - tap)), reversal);
                const __m256i pairs
                    = _mm256_add_epi32(_mm256_cvtepi16_epi32(a), _mm256_cvtepi16_epi32(b));
                sums[i] = _mm256_add_epi64(
                    sums[i], _mm256_add_epi64(
                                 _mm256_mul_epi32(pairs, even),
                                 _mm256_mul_epi32(high(pairs), odd)));
            }
        }
        for (size_t i = 0; i < together; i++) {
            const int16_t *taps = samples + 3 * (n + i);
            int64_t parts[4];
            _mm256_storeu_si256((__m256i *)parts, sums[i]);
            int64_t sum = parts[0] + parts[1] + parts[2] + parts[3];
            for (size_t k = tap; k < middle; k++) {
                sum += (int64_t)(taps[k] + taps[2 * middle - k]) * row[k];
            }
            sum += (int64_t)taps[middle] * row[middle];
            output[n + i] = rounded_sample(sum);
        }
    }
}

// MARK: Window

static int32_t window(
    const int32_t *signal, const int32_t *window, size_t count, affect_complex *output,
    size_t half_length) {
    assert(count <= 2 * half_length);
    int32_t *parts = (int32_t *)output;
    const __m256i zero = _mm256_setzero_si256();

    // The union of the magnitudes' bits has the bit length of the largest magnitude.
    __m256i all = zero;
    size_t n = 0;
    for (; n + 8 <= count; n += 8) {
        const __m256i s = _mm256_loadu_si256((const __m256i *)(signal + n));
        const __m256i w = _mm256_loadu_si256((const __m256i *)(window + n));
        const __m256i even = _mm256_mul_epi32(s, w);
        const __m256i odd = _mm256_mul_epi32(high(s), high(w));
        all = _mm256_or_si256(all, _mm256_xor_si256(even, _mm256_cmpgt_epi64(zero, even)));
        all = _mm256_or_si256(all, _mm256_xor_si256(odd, _mm256_cmpgt_epi64(zero, odd)));
    }
    uint64_t words[4];
    _mm256_storeu_si256((__m256i *)words, all);
    uint64_t bits = words[0] | words[1] | words[2] | words[3];
    for (; n < count; n++) {
        const int64_t product = (int64_t)signal[n] * window[n];
        bits |= (uint64_t)(product ^ (product >> 63));
    }
    if (bits == 0) {
        // Products of −1 have no bits either.
        int is_silent = 1;
        for (n = 0; n < count; n++) is_silent &= signal[n] == 0 || window[n] == 0;
        if (is_silent) return affect_window_silent;
    }
    const int32_t shift = (bits == 0 ? 0 : 64 - __builtin_clzll(bits)) - 30;

    const __m128i left = _mm_cvtsi32_si128(shift < 0 ? -shift : 0);
    const __m128i right = _mm_cvtsi32_si128(shift > 0 ? shift : 0);
    const int64_t half = shift > 0 ? (int64_t)1 << (shift - 1) : 0;
    const __m256i rounding = _mm256_set1_epi64x(half);
    for (n = 0; n + 8 <= count; n += 8) {
        const __m256i s = _mm256_loadu_si256((const __m256i *)(signal + n));
        const __m256i w = _mm256_loadu_si256((const __m256i *)(window + n));
        __m256i even = _mm256_sll_epi64(_mm256_mul_epi32(s, w), left);
        __m256i odd = _mm256_sll_epi64(_mm256_mul_epi32(high(s), high(w)), left);
        // The shift is at most 31, so the 32 bits that count are there after a logical one.
        even = _mm256_srl_epi64(_mm256_add_epi64(even, rounding), right);
        odd = _mm256_srl_epi64(_mm256_add_epi64(odd, rounding), right);
        _mm256_storeu_si256(
            (__m256i *)(parts + n),
            _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA));
    }
    for (; n < count; n++) {
        const uint64_t product = (uint64_t)((int64_t)signal[n] * window[n]);
        parts[n] = shift > 0 ? (int32_t)((int64_t)(product + (uint64_t)half) >> shift)
                             : (int32_t)(product << -shift);
    }
    memset(parts + n, 0, (2 * half_length - n) * sizeof *parts);
    return shift;
}

// MARK: Transform

/// Butterflies of neighbours, divided by two, halves up.
static void radix2_pass(affect_complex *block, size_t length) {
    for (size_t i = 0; i < length; i += 2) {
        const affect_complex a = block[i], b = block[i + 1];
        block[i].real = (int32_t)(((int64_t)a.real + b.real + 1) >> 1);
        block[i].imaginary = (int32_t)(((int64_t)a.imaginary + b.imaginary + 1) >> 1);
        block[i + 1].real = (int32_t)(((int64_t)a.real - b.real + 1) >> 1);
        block[i + 1].imaginary = (int32_t)(((int64_t)a.imaginary - b.imaginary + 1) >> 1);
    }
}

typedef struct {
    __m256i real, imaginary;
} term;

/// Multiplies by Q31 twiddles and keeps 8 fraction bits, raised by 2^39.
INLINE term twiddled(__m256i value, __m256i twiddle) {
    const __m256i raise = _mm256_set1_epi64x((int64_t)1 << 62);
    const __m256i imaginary = high(value), sine = high(twiddle);
    const __m256i real_sum = _mm256_sub_epi64(
        _mm256_mul_epi32(value, twiddle), _mm256_mul_epi32(imaginary, sine));
    const __m256i imaginary_sum = _mm256_add_epi64(
        _mm256_mul_epi32(value, sine), _mm256_mul_epi32(imaginary, twiddle));
    return (term){
        _mm256_srli_epi64(_mm256_add_epi64(real_sum, raise), 23),
        _mm256_srli_epi64(_mm256_add_epi64(imaginary_sum, raise), 23),
    };
}

/// Four butterflies; `v` [4] in and out, `w` the twiddles of its members 1, 2 and 3.
INLINE void butterflies(__m256i v[4], __m256i w1, __m256i w2, __m256i w3) {
    const __m256i scale = _mm256_set1_epi32(256);
    const __m256i ar = _mm256_mul_epi32(v[0], scale), ai = _mm256_mul_epi32(high(v[0]), scale);
    const term b = twiddled(v[1], w1), c = twiddled(v[2], w2), d = twiddled(v[3], w3);
    const __m256i sr = _mm256_add_epi64(ar, b.real), si = _mm256_add_epi64(ai, b.imaginary);
    const __m256i dr = _mm256_sub_epi64(ar, b.real), di = _mm256_sub_epi64(ai, b.imaginary);
    const __m256i or = _mm256_add_epi64(c.real, d.real);
    const __m256i oi = _mm256_add_epi64(c.imaginary, d.imaginary);
    const __m256i er = _mm256_sub_epi64(c.real, d.real);
    const __m256i ei = _mm256_sub_epi64(c.imaginary, d.imaginary);
    // Half a unit, less what b, c and d have been raised by: three times in the first sum, minus
    // once in the others.
    const int64_t raised = (int64_t)1 << 39;
    const __m256i first = _mm256_set1_epi64x(512 - 3 * raised);
    const __m256i others = _mm256_set1_epi64x(512 + raised);
    v[0] = packed(_mm256_add_epi64(sr, or), _mm256_add_epi64(si, oi), first);
    v[1] = packed(_mm256_add_epi64(dr, ei), _mm256_sub_epi64(di, er), others);
    v[2] = packed(_mm256_sub_epi64(sr, or), _mm256_sub_epi64(si, oi), others);
    v[3] = packed(_mm256_sub_epi64(dr, ei), _mm256_add_epi64(di, er), others);
}

/// The radix-4 pass over pairs, two groups at a time.
static void pair_pass(affect_complex *block, size_t length, const affect_complex *twiddles) {
    __m256i w[3];
    for (int i = 0; i < 3; i++) {
        // Bit reversal has put the even half's odd part in the second quarter.
        const int place = i == 0 ? 1 : i == 1 ? 0 : 2;
        affect_complex four[4] = {
            twiddles[place], twiddles[3 + place], twiddles[place], twiddles[3 + place]};
        w[i] = load(four);
    }
    for (size_t group = 0; group < length; group += 16) {
        affect_complex *at = block + group;
        const __m256i ab = load(at), cd = load(at + 4), ef = load(at + 8), gh = load(at + 12);
        __m256i v[4] = {
            _mm256_permute2x128_si256(ab, ef, 0x20), _mm256_permute2x128_si256(ab, ef, 0x31),
            _mm256_permute2x128_si256(cd, gh, 0x20), _mm256_permute2x128_si256(cd, gh, 0x31)};
        butterflies(v, w[0], w[1], w[2]);
        store(at, _mm256_permute2x128_si256(v[0], v[1], 0x20));
        store(at + 4, _mm256_permute2x128_si256(v[2], v[3], 0x20));
        store(at + 8, _mm256_permute2x128_si256(v[0], v[1], 0x31));
        store(at + 12, _mm256_permute2x128_si256(v[2], v[3], 0x31));
    }
}

/// One radix-4 pass: four transforms of `quarter` elements, at least four, become one.
static void radix4_pass(
    affect_complex *block, size_t length, size_t quarter, const affect_complex *twiddles) {
    for (size_t group = 0; group < length; group += 4 * quarter) {
        for (size_t i = 0; i < quarter; i += 4) {
            affect_complex *at = block + group + i;
            // w, w², w³ of four neighbours follow one another: picked apart and put in order.
            const __m256i x = load(twiddles + 3 * i), y = load(twiddles + 3 * i + 4);
            const __m256i z = load(twiddles + 3 * i + 8);
            const __m256i w1 = _mm256_permute4x64_epi64(
                _mm256_blend_epi32(_mm256_blend_epi32(x, z, 0x0C), y, 0x30), 0x6C);
            const __m256i w2 = _mm256_permute4x64_epi64(
                _mm256_blend_epi32(_mm256_blend_epi32(y, x, 0x0C), z, 0x30), 0xB1);
            const __m256i w3 = _mm256_permute4x64_epi64(
                _mm256_blend_epi32(_mm256_blend_epi32(z, y, 0x0C), x, 0x30), 0xC6);
            __m256i v[4] = {
                load(at), load(at + quarter), load(at + 2 * quarter), load(at + 3 * quarter)};
            // Bit reversal has put the even half's odd part in the second quarter.
            butterflies(v, w2, w1, w3);
            store(at, v[0]);
            store(at + quarter, v[1]);
            store(at + 2 * quarter, v[2]);
            store(at + 3 * quarter, v[3]);
        }
    }
}

#include "transform_passes.h"

// MARK: Real spectrum

static void separate(affect_complex *block, size_t half_length, const affect_complex *twiddles) {
    assert(half_length >= affect_shortest_transform);
    separate_ends(block, half_length);
    const __m256i scale = _mm256_set1_epi32(256);
    const __m256i raise = _mm256_set1_epi64x(INT64_MIN);
    const int64_t raised = (int64_t)1 << 40;
    const __m256i with_term = _mm256_set1_epi64x(512 - raised);
    const __m256i without_term = _mm256_set1_epi64x(512 + raised);
    size_t k = 1;
    for (; k + 4 <= half_length / 2; k += 4) {
        affect_complex *mirror = block + half_length - k - 3;
        const __m256i low = load(block + k);
        const __m256i up = _mm256_permute4x64_epi64(load(mirror), 0x1B);
        const __m256i cosine = load(twiddles + k), sine = high(cosine);
        const __m256i lr = low, li = high(low), hr = up, hi = high(up);
        const __m256i even_real
            = _mm256_add_epi64(_mm256_mul_epi32(lr, scale), _mm256_mul_epi32(hr, scale));
        const __m256i even_imaginary
            = _mm256_sub_epi64(_mm256_mul_epi32(li, scale), _mm256_mul_epi32(hi, scale));
        // The odd part may need 33 bits: each of its halves is multiplied by itself.
        const __m256i real_sum = _mm256_sub_epi64(
            _mm256_add_epi64(_mm256_mul_epi32(li, cosine), _mm256_mul_epi32(hi, cosine)),
            _mm256_sub_epi64(_mm256_mul_epi32(hr, sine), _mm256_mul_epi32(lr, sine)));
        const __m256i imaginary_sum = _mm256_add_epi64(
            _mm256_add_epi64(_mm256_mul_epi32(li, sine), _mm256_mul_epi32(hi, sine)),
            _mm256_sub_epi64(_mm256_mul_epi32(hr, cosine), _mm256_mul_epi32(lr, cosine)));
        const __m256i real = _mm256_srli_epi64(_mm256_xor_si256(real_sum, raise), 23);
        const __m256i imaginary = _mm256_srli_epi64(_mm256_xor_si256(imaginary_sum, raise), 23);
        store(
            block + k,
            packed(
                _mm256_add_epi64(even_real, real), _mm256_add_epi64(even_imaginary, imaginary),
                with_term));
        // The imaginary part holds the term with the other sign.
        const __m256i mirrored = _mm256_blend_epi32(
            _mm256_srli_epi64(
                _mm256_add_epi64(_mm256_sub_epi64(even_real, real), without_term), 10),
            _mm256_slli_epi64(
                _mm256_add_epi64(_mm256_sub_epi64(imaginary, even_imaginary), with_term), 22),
            0xAA);
        store(mirror, _mm256_permute4x64_epi64(mirrored, 0x1B));
    }
    for (; k < half_length / 2; k++) {
        separate_pair(block + k, block + half_length - k, twiddles[k]);
    }
}

#pragma clang attribute pop

extern const affect_signal_kernels affect_signal_kernels_avx2;
const affect_signal_kernels affect_signal_kernels_avx2 = {
    .average_pairs = average_pairs,
    .decimate_by_three = decimate_by_three,
    .window = window,
    .transform = transform,
    .separate = separate,
};

#endif
