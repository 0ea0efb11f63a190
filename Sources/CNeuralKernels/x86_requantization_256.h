// Requantisation in vectors of 256 bits, and the operators that are nothing else.

/// The operands of a requantisation in eight lanes.
typedef struct {
    __m256i multiplier, odd_multiplier, left, right, mask, half;
    __m256i zero_point, minimum, maximum;
    /// What `store_plain` adds before the last shift: a half and the zero point.
    __m256i plain_offset;
} requantizer;

static inline __attribute__((always_inline)) requantizer requantizer_make(
    __m256i multiplier, __m256i left, __m256i right, affect_output output) {
    requantizer r;
    r.multiplier = multiplier;
    r.odd_multiplier = _mm256_srli_epi64(multiplier, 32);
    r.left = left;
    r.right = right;
    r.mask = _mm256_sub_epi32(
        _mm256_sllv_epi32(_mm256_set1_epi32(1), right), _mm256_set1_epi32(1));
    r.half = _mm256_srli_epi32(r.mask, 1);
    r.zero_point = _mm256_set1_epi32(output.zero_point);
    r.minimum = _mm256_set1_epi32(output.minimum);
    r.maximum = _mm256_set1_epi32(output.maximum);
    r.plain_offset = _mm256_sllv_epi32(
        _mm256_set1_epi32(2 * output.zero_point + 1),
        _mm256_sub_epi32(right, _mm256_set1_epi32(1)));
    return r;
}

static inline __attribute__((always_inline)) requantizer requantizer_load(
    const void *multipliers, const void *left, const void *right, affect_output output) {
    return requantizer_make(
        _mm256_loadu_si256(multipliers), _mm256_loadu_si256(left), _mm256_loadu_si256(right),
        output);
}

static inline __attribute__((always_inline)) requantizer requantizer_of(
    affect_factor factor, affect_output output) {
    return requantizer_make(
        _mm256_set1_epi32(factor.multiplier),
        _mm256_set1_epi32(factor.shift > 0 ? factor.shift : 0),
        _mm256_set1_epi32(factor.shift > 0 ? 0 : -factor.shift), output);
}

/// The high half of twice the product, as `saturatingRoundingDoublingHighMultiply`.
///
/// Its `(p + nudge) / 2^31`, a division that truncates, is `(p + 2^30) >> 31` for either sign.
static inline __attribute__((always_inline)) __m256i multiply_high(
    __m256i value, const requantizer *r) {
    const __m256i nudge = _mm256_set1_epi64x(1 << 30);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(value, r->multiplier), nudge);
    const __m256i odd = _mm256_add_epi64(
        _mm256_mul_epi32(_mm256_srli_epi64(value, 32), r->odd_multiplier), nudge);
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_add_epi64(odd, odd), 0xAA);
}

/// `FixedPointMath.requantize` in every lane.
static inline __attribute__((always_inline)) __m256i requantize(
    __m256i value, const requantizer *r) {
    const __m256i high = multiply_high(_mm256_sllv_epi32(value, r->left), r);
    const __m256i remainder = _mm256_and_si256(high, r->mask);
    const __m256i threshold = _mm256_sub_epi32(r->half, _mm256_srai_epi32(high, 31));
    const __m256i quotient = _mm256_srav_epi32(high, r->right);
    return _mm256_sub_epi32(quotient, _mm256_cmpgt_epi32(remainder, threshold));
}

/// Saturates eight integers and stores the first `lanes` of them.
static inline __attribute__((always_inline)) void store_saturated(
    __m256i value, int8_t *output, size_t lanes) {
    const __m128i words = _mm_packs_epi32(
        _mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1));
    const __m128i bytes = _mm_packs_epi16(words, words);
    if (lanes == 8) {
        _mm_storel_epi64((__m128i *)output, bytes);
    } else {
        int8_t all[16];
        _mm_storeu_si128((__m128i *)all, bytes);
        for (size_t i = 0; i < lanes; i++) output[i] = all[i];
    }
}

static inline __attribute__((always_inline)) void store(
    __m256i sums, const requantizer *r, int8_t *output, size_t lanes) {
    const __m256i value = _mm256_add_epi32(requantize(sums, r), r->zero_point);
    store_saturated(
        _mm256_min_epi32(_mm256_max_epi32(value, r->minimum), r->maximum), output, lanes);
}

/// The same where `affect_is_plain`, with the zero point: half away from zero is half up of what is
/// one less below zero.
static inline __attribute__((always_inline)) __m256i requantize_plain(
    __m256i value, const requantizer *r) {
    const __m256i high = multiply_high(value, r);
    const __m256i raised = _mm256_add_epi32(
        _mm256_add_epi32(high, r->plain_offset), _mm256_srai_epi32(high, 31));
    return _mm256_srav_epi32(raised, r->right);
}

static inline __attribute__((always_inline)) void store_plain(
    __m256i sums, const requantizer *r, int8_t *output, size_t lanes) {
    store_saturated(requantize_plain(sums, r), output, lanes);
}

/// The operands of `store_rectified` in the even and in the odd lanes, of 64 bits each.
typedef struct {
    __m256i even_multiplier, odd_multiplier, even_offset, odd_offset, even_shift, odd_shift;
} rectifier;

static inline __attribute__((always_inline)) rectifier rectifier_load(
    const void *multipliers, const void *right) {
    const __m256i m = _mm256_loadu_si256(multipliers), shift = _mm256_loadu_si256(right);
    const __m256i one = _mm256_set1_epi64x(1), nudge = _mm256_set1_epi64x(1 << 30);
    const __m256i even = _mm256_and_si256(shift, _mm256_set1_epi64x(UINT32_MAX));
    const __m256i odd = _mm256_srli_epi64(shift, 32);
    rectifier r;
    r.even_multiplier = m;
    r.odd_multiplier = _mm256_srli_epi64(m, 32);
    r.even_offset = _mm256_add_epi64(_mm256_sllv_epi64(nudge, even), nudge);
    r.odd_offset = _mm256_add_epi64(_mm256_sllv_epi64(nudge, odd), nudge);
    r.even_shift = _mm256_add_epi64(even, _mm256_set1_epi64x(31));
    r.odd_shift = _mm256_sub_epi64(odd, one);
    return r;
}

/// The same where `affect_is_rectified`, in one rounding: sums below zero are stored as zero is, and
/// the others need no sign. The odd lanes are shifted by 32 bits less, so that they stay in their place.
static inline __attribute__((always_inline)) void store_rectified(
    __m256i sums, const rectifier *r, int8_t *output, size_t lanes) {
    const __m256i value = _mm256_max_epi32(sums, _mm256_setzero_si256());
    const __m256i even
        = _mm256_add_epi64(_mm256_mul_epu32(value, r->even_multiplier), r->even_offset);
    const __m256i odd = _mm256_add_epi64(
        _mm256_mul_epu32(_mm256_srli_epi64(value, 32), r->odd_multiplier), r->odd_offset);
    const __m256i high = _mm256_blend_epi32(
        _mm256_srlv_epi64(even, r->even_shift), _mm256_srlv_epi64(odd, r->odd_shift), 0xAA);
    store_saturated(_mm256_add_epi32(high, _mm256_set1_epi32(INT8_MIN)), output, lanes);
}

/// Brings an input of an addition, shifted left by 20, to the common scale.
static inline __attribute__((always_inline)) __m256i scale_term(
    __m256i value, __m256i zero_point, const requantizer *r, affect_scaling scaling) {
    value = _mm256_slli_epi32(_mm256_sub_epi32(value, zero_point), 20);
    switch (scaling) {
    case affect_scaling_half: return _mm256_srai_epi32(value, 1);
    case affect_scaling_plain: return requantize_plain(value, r);
    default: return requantize(value, r);
    }
}

/// The factors of an addition.
typedef struct {
    requantizer first, second, output;
    affect_scaling first_scaling, second_scaling;
    int is_plain;
    __m256i first_zero, second_zero;
} adder;

/// Adds eight elements and stores the first `lanes` of the sums.
static inline __attribute__((always_inline)) void add_vector(
    const adder *a, const int8_t *first, const int8_t *second, int8_t *output, size_t lanes) {
    const __m256i x = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(first)));
    const __m256i y = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(second)));
    const __m256i sum = _mm256_add_epi32(
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
        _mm256_set1_epi32(d->first_zero_point),
        _mm256_set1_epi32(d->second_zero_point),
    };
    size_t i = 0;
    for (; i + 8 <= count; i += 8) add_vector(&a, first + i, second + i, output + i, 8);
    if (i < count) {
        int8_t first_rest[8] = {0}, second_rest[8] = {0};
        memcpy(first_rest, first + i, count - i);
        memcpy(second_rest, second + i, count - i);
        add_vector(&a, first_rest, second_rest, output + i, count - i);
    }
}

/// Quantises eight features and stores the first `lanes` of the results.
static inline __attribute__((always_inline)) void quantize_vector(
    const int16_t *features, const requantizer *r, int is_plain, int8_t *output, size_t lanes) {
    const __m256i values = _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)features));
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
    for (; i + 8 <= count; i += 8) quantize_vector(features + i, &r, is_plain, output + i, 8);
    if (i < count) {
        int16_t rest[8] = {0};
        memcpy(rest, features + i, (count - i) * sizeof *rest);
        quantize_vector(rest, &r, is_plain, output + i, count - i);
    }
}
