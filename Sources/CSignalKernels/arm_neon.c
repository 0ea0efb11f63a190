// NEON: four complex numbers, their real and imaginary parts in vectors of their own; products of 32
// by 32 bits in two vectors of 64-bit lanes each.

#if defined(__aarch64__)

#include "scalar_steps.h"

#include <arm_neon.h>
#include <string.h>

/// Four numbers of 64 bits.
typedef struct {
    int64x2_t low, high;
} wide;

INLINE wide add(wide a, wide b) {
    return (wide){vaddq_s64(a.low, b.low), vaddq_s64(a.high, b.high)};
}

INLINE wide subtract(wide a, wide b) {
    return (wide){vsubq_s64(a.low, b.low), vsubq_s64(a.high, b.high)};
}

INLINE wide product(int32x4_t a, int32x4_t b) {
    return (wide){vmull_s32(vget_low_s32(a), vget_low_s32(b)), vmull_high_s32(a, b)};
}

INLINE wide add_product(wide sum, int32x4_t a, int32x4_t b) {
    return (wide){
        vmlal_s32(sum.low, vget_low_s32(a), vget_low_s32(b)), vmlal_high_s32(sum.high, a, b)};
}

INLINE wide subtract_product(wide sum, int32x4_t a, int32x4_t b) {
    return (wide){
        vmlsl_s32(sum.low, vget_low_s32(a), vget_low_s32(b)), vmlsl_high_s32(sum.high, a, b)};
}

/// With 8 fraction bits more.
INLINE wide raised(int32x4_t value) {
    return (wide){vshll_n_s32(vget_low_s32(value), 8), vshll_high_n_s32(value, 8)};
}

/// Products with a twiddle, Q31, with 8 fraction bits.
INLINE wide shifted(wide value) {
    return (wide){vshrq_n_s64(value.low, 23), vshrq_n_s64(value.high, 23)};
}

/// Removes 8 extra bits and divides by four, rounding half up.
INLINE int32x4_t rounded_four(wide value) {
    return vrshrn_high_n_s64(vrshrn_n_s64(value.low, 10), value.high, 10);
}

// MARK: Sound

static void average_pairs(const int16_t *samples, size_t count, int16_t *output) {
    size_t n = 0;
    for (; n + 8 <= count; n += 8) {
        const int16x8x2_t pairs = vld2q_s16(samples + 2 * n);
        // What is above zero when rounded up is a sum above zero.
        const int16x8_t up = vrhaddq_s16(pairs.val[0], pairs.val[1]);
        const int16x8_t down = vhaddq_s16(pairs.val[0], pairs.val[1]);
        vst1q_s16(output + n, vbslq_s16(vcgtzq_s16(up), up, down));
    }
    for (; n < count; n++) output[n] = average(samples[2 * n], samples[2 * n + 1]);
}

/// Sums of eight outputs.
typedef struct {
    int64x2_t part[4];
} eight_sums;

/// Adds the products of samples and one coefficient of three.
#define ADD_PRODUCTS(sums, low_samples, high_samples, factors, lane) \
    do { \
        sums.part[0] = vmlal_laneq_s32(sums.part[0], vget_low_s32(low_samples), factors, lane); \
        sums.part[1] = vmlal_high_laneq_s32(sums.part[1], low_samples, factors, lane); \
        sums.part[2] = vmlal_laneq_s32(sums.part[2], vget_low_s32(high_samples), factors, lane); \
        sums.part[3] = vmlal_high_laneq_s32(sums.part[3], high_samples, factors, lane); \
    } while (0)

/// The same for two taps that have this coefficient both.
#define ADD_PAIR(sums, a, b, factors, lane) \
    do { \
        const int32x4_t low_pair = vaddl_s16(vget_low_s16(a), vget_low_s16(b)); \
        const int32x4_t high_pair = vaddl_high_s16(a, b); \
        ADD_PRODUCTS(sums, low_pair, high_pair, factors, lane); \
    } while (0)

/// Rounds half up, from Q30.
INLINE int16x4_t rounded_samples(int64x2_t a, int64x2_t b) {
    return vqmovn_s32(vrshrn_high_n_s64(vrshrn_n_s64(a, 30), b, 30));
}

static void decimate_by_three(
    const int16_t *samples, const int32_t *row, size_t tap_count, size_t count, int16_t *output) {
    assert(count % affect_decimated_group == 0 && is_symmetric(row, tap_count));
    const size_t middle = tap_count / 2 - 1;
    for (size_t n = 0; n < count; n += affect_decimated_group) {
        // Three taps of eight outputs in a load; those with the same coefficients mirror them.
        const int16_t *taps = samples + 3 * n, *mirrored = taps + 2 * middle - 2;
        eight_sums sums = {{vdupq_n_s64(0), vdupq_n_s64(0), vdupq_n_s64(0), vdupq_n_s64(0)}};
        size_t tap = 0;
        for (; tap + 2 < middle; tap += 3) {
            const int16x8x3_t a = vld3q_s16(taps + tap), b = vld3q_s16(mirrored - tap);
            const int32x4_t factors = vld1q_s32(row + tap);
            ADD_PAIR(sums, a.val[0], b.val[2], factors, 0);
            ADD_PAIR(sums, a.val[1], b.val[1], factors, 1);
            ADD_PAIR(sums, a.val[2], b.val[0], factors, 2);
        }
        // The third tap of the last three is the one in the middle.
        const int16x8x3_t a = vld3q_s16(taps + tap), b = vld3q_s16(mirrored - tap);
        const int32x4_t factors = vld1q_s32(row + tap);
        ADD_PAIR(sums, a.val[0], b.val[2], factors, 0);
        ADD_PAIR(sums, a.val[1], b.val[1], factors, 1);
        const int32x4_t low_middle = vmovl_s16(vget_low_s16(a.val[2]));
        const int32x4_t high_middle = vmovl_high_s16(a.val[2]);
        ADD_PRODUCTS(sums, low_middle, high_middle, factors, 2);
        const int16x4_t low = rounded_samples(sums.part[0], sums.part[1]);
        const int16x4_t high = rounded_samples(sums.part[2], sums.part[3]);
        vst1q_s16(output + n, vcombine_s16(low, high));
    }
}

// MARK: Window

static int32_t window(
    const int32_t *signal, const int32_t *window, size_t count, affect_complex *output,
    size_t half_length) {
    assert(count <= 2 * half_length);
    int32_t *parts = (int32_t *)output;

    // The union of the magnitudes' bits has the bit length of the largest magnitude.
    int64x2_t all = vdupq_n_s64(0);
    size_t n = 0;
    for (; n + 4 <= count; n += 4) {
        const wide p = product(vld1q_s32(signal + n), vld1q_s32(window + n));
        all = vorrq_s64(all, veorq_s64(p.low, vshrq_n_s64(p.low, 63)));
        all = vorrq_s64(all, veorq_s64(p.high, vshrq_n_s64(p.high, 63)));
    }
    uint64_t bits = (uint64_t)vgetq_lane_s64(all, 0) | (uint64_t)vgetq_lane_s64(all, 1);
    for (; n < count; n++) {
        const int64_t single = (int64_t)signal[n] * window[n];
        bits |= (uint64_t)(single ^ (single >> 63));
    }
    if (bits == 0) {
        // Products of −1 have no bits either.
        int is_silent = 1;
        for (n = 0; n < count; n++) is_silent &= signal[n] == 0 || window[n] == 0;
        if (is_silent) return affect_window_silent;
    }
    const int32_t shift = (bits == 0 ? 0 : 64 - __builtin_clzll(bits)) - 30;

    // The instruction shifts left, or rounds half up where it shifts right.
    const int64x2_t left = vdupq_n_s64(-(int64_t)shift);
    for (n = 0; n + 4 <= count; n += 4) {
        const wide p = product(vld1q_s32(signal + n), vld1q_s32(window + n));
        vst1q_s32(
            parts + n,
            vmovn_high_s64(vmovn_s64(vrshlq_s64(p.low, left)), vrshlq_s64(p.high, left)));
    }
    for (; n < count; n++) {
        const int64x1_t single = vdup_n_s64((int64_t)signal[n] * window[n]);
        parts[n] = (int32_t)vget_lane_s64(vrshl_s64(single, vget_low_s64(left)), 0);
    }
    memset(parts + n, 0, (2 * half_length - n) * sizeof *parts);
    return shift;
}

// MARK: Transform

/// Butterflies of neighbours, divided by two, halves up; no element is −2^31, so that each can be
/// negated.
static void radix2_pass(affect_complex *block, size_t length) {
    for (size_t i = 0; i < length; i += 4) {
        const int64x2x2_t pairs = vld2q_s64((const int64_t *)(block + i));
        const int32x4_t a = vreinterpretq_s32_s64(pairs.val[0]);
        const int32x4_t b = vreinterpretq_s32_s64(pairs.val[1]);
        const int64x2x2_t halves = {{
            vreinterpretq_s64_s32(vrhaddq_s32(a, b)),
            vreinterpretq_s64_s32(vrhaddq_s32(a, vnegq_s32(b)))}};
        vst2q_s64((int64_t *)(block + i), halves);
    }
}

/// Four complex numbers.
typedef struct {
    int32x4_t real, imaginary;
} four;

INLINE four load(const affect_complex *values) {
    const int32x4x2_t parts = vld2q_s32((const int32_t *)values);
    return (four){parts.val[0], parts.val[1]};
}

INLINE void store(affect_complex *values, four v) {
    const int32x4x2_t parts = {{v.real, v.imaginary}};
    vst2q_s32((int32_t *)values, parts);
}

typedef struct {
    wide real, imaginary;
} term;

/// Multiplies by Q31 twiddles; not yet shifted.
INLINE term twiddled(four value, four twiddle) {
    return (term){
        subtract_product(
            product(value.real, twiddle.real), value.imaginary, twiddle.imaginary),
        add_product(product(value.real, twiddle.imaginary), value.imaginary, twiddle.real),
    };
}

/// Four butterflies; `v` [4] in and out, `w` the twiddles of its members 1, 2 and 3.
INLINE void butterflies(four v[4], four w1, four w2, four w3) {
    const wide ar = raised(v[0].real), ai = raised(v[0].imaginary);
    const term b = twiddled(v[1], w1), c = twiddled(v[2], w2), d = twiddled(v[3], w3);
    const wide br = shifted(b.real), bi = shifted(b.imaginary);
    const wide cr = shifted(c.real), ci = shifted(c.imaginary);
    const wide dr = shifted(d.real), di = shifted(d.imaginary);
    const wide sum_real = add(ar, br), sum_imaginary = add(ai, bi);
    const wide difference_real = subtract(ar, br), difference_imaginary = subtract(ai, bi);
    const wide odd_real = add(cr, dr), odd_imaginary = add(ci, di);
    const wide turned_real = subtract(cr, dr), turned_imaginary = subtract(ci, di);
    v[0].real = rounded_four(add(sum_real, odd_real));
    v[0].imaginary = rounded_four(add(sum_imaginary, odd_imaginary));
    v[1].real = rounded_four(add(difference_real, turned_imaginary));
    v[1].imaginary = rounded_four(subtract(difference_imaginary, turned_real));
    v[2].real = rounded_four(subtract(sum_real, odd_real));
    v[2].imaginary = rounded_four(subtract(sum_imaginary, odd_imaginary));
    v[3].real = rounded_four(subtract(difference_real, turned_imaginary));
    v[3].imaginary = rounded_four(add(difference_imaginary, turned_real));
}

/// Joins the first halves of two vectors, and the second ones.
INLINE int32x4_t first_halves(int32x4_t a, int32x4_t b) {
    return vcombine_s32(vget_low_s32(a), vget_low_s32(b));
}

INLINE int32x4_t second_halves(int32x4_t a, int32x4_t b) {
    return vcombine_s32(vget_high_s32(a), vget_high_s32(b));
}

INLINE four first_pairs(four a, four b) {
    return (four){first_halves(a.real, b.real), first_halves(a.imaginary, b.imaginary)};
}

INLINE four second_pairs(four a, four b) {
    return (four){second_halves(a.real, b.real), second_halves(a.imaginary, b.imaginary)};
}

/// The radix-4 pass over pairs, two groups at a time.
static void pair_pass(affect_complex *block, size_t length, const affect_complex *twiddles) {
    four w[3];
    for (int i = 0; i < 3; i++) {
        // Bit reversal has put the even half's odd part in the second quarter.
        const int place = i == 0 ? 1 : i == 1 ? 0 : 2;
        const affect_complex repeated[4] = {
            twiddles[place], twiddles[3 + place], twiddles[place], twiddles[3 + place]};
        w[i] = load(repeated);
    }
    for (size_t group = 0; group < length; group += 16) {
        affect_complex *at = block + group;
        const four ab = load(at), cd = load(at + 4), ef = load(at + 8), gh = load(at + 12);
        four v[4] = {
            first_pairs(ab, ef), second_pairs(ab, ef), first_pairs(cd, gh), second_pairs(cd, gh)};
        butterflies(v, w[0], w[1], w[2]);
        store(at, first_pairs(v[0], v[1]));
        store(at + 4, first_pairs(v[2], v[3]));
        store(at + 8, second_pairs(v[0], v[1]));
        store(at + 12, second_pairs(v[2], v[3]));
    }
}

/// Parts of two complex numbers each.
INLINE four parted(int64x2_t first, int64x2_t second) {
    const int32x4_t a = vreinterpretq_s32_s64(first), b = vreinterpretq_s32_s64(second);
    return (four){vuzp1q_s32(a, b), vuzp2q_s32(a, b)};
}

/// One radix-4 pass: four transforms of `quarter` elements, at least four, become one.
static void radix4_pass(
    affect_complex *block, size_t length, size_t quarter, const affect_complex *twiddles) {
    for (size_t i = 0; i < quarter; i += 4) {
        // w, w², w³ of four neighbours follow one another.
        const int64x2x3_t x = vld3q_s64((const int64_t *)(twiddles + 3 * i));
        const int64x2x3_t y = vld3q_s64((const int64_t *)(twiddles + 3 * i + 6));
        const four w1 = parted(x.val[0], y.val[0]);
        const four w2 = parted(x.val[1], y.val[1]);
        const four w3 = parted(x.val[2], y.val[2]);
        for (size_t group = 0; group < length; group += 4 * quarter) {
            affect_complex *at = block + group + i;
            four v[4] = {
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

INLINE int32x4_t reversed(int32x4_t value) {
    const int32x4_t swapped = vrev64q_s32(value);
    return vextq_s32(swapped, swapped, 2);
}

INLINE four reversed_four(four v) { return (four){reversed(v.real), reversed(v.imaginary)}; }

static void separate(affect_complex *block, size_t half_length, const affect_complex *twiddles) {
    assert(half_length >= affect_shortest_transform);
    separate_ends(block, half_length);
    size_t k = 1;
    for (; k + 4 <= half_length / 2; k += 4) {
        affect_complex *mirror = block + half_length - k - 3;
        const four low = load(block + k), w = load(twiddles + k);
        const four high = reversed_four(load(mirror));
        const wide even_real = add(raised(low.real), raised(high.real));
        const wide even_imaginary = subtract(raised(low.imaginary), raised(high.imaginary));
        // The odd part may need 33 bits: each of its halves is multiplied by itself.
        wide real = add_product(product(low.imaginary, w.real), high.imaginary, w.real);
        real = subtract_product(add_product(real, low.real, w.imaginary), high.real, w.imaginary);
        wide imaginary
            = add_product(product(low.imaginary, w.imaginary), high.imaginary, w.imaginary);
        imaginary = subtract_product(add_product(imaginary, high.real, w.real), low.real, w.real);
        real = shifted(real);
        imaginary = shifted(imaginary);
        const four lower = {
            rounded_four(add(even_real, real)), rounded_four(add(even_imaginary, imaginary))};
        const four upper = {
            rounded_four(subtract(even_real, real)),
            rounded_four(subtract(imaginary, even_imaginary))};
        store(block + k, lower);
        store(mirror, reversed_four(upper));
    }
    for (; k < half_length / 2; k++) {
        separate_pair(block + k, block + half_length - k, twiddles[k]);
    }
}

extern const affect_signal_kernels affect_signal_kernels_neon;
const affect_signal_kernels affect_signal_kernels_neon = {
    .average_pairs = average_pairs,
    .decimate_by_three = decimate_by_three,
    .window = window,
    .transform = transform,
    .separate = separate,
};

#endif
