// Requantisation in vectors of 256 bits, and the operators that are nothing else.

/// The operands of a requantisation in eight lanes.
typedef struct {
    __m256i bias, multiplier, odd_multiplier, left, right, mask, half;
    __m256i zero_point, minimum, maximum;
} requantizer;

static inline __attribute__((always_inline)) requantizer requantizer_make(
    __m256i bias, __m256i multiplier, __m256i left, __m256i right, affect_output output) {
    requantizer r;
    r.bias = bias;
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
    return r;
}

static inline __attribute__((always_inline)) requantizer requantizer_load(
    const void *bias, const void *multipliers, const void *left, const void *right,
    affect_output output) {
    return requantizer_make(
        _mm256_loadu_si256(bias), _mm256_loadu_si256(multipliers), _mm256_loadu_si256(left),
        _mm256_loadu_si256(right), output);
}

static inline __attribute__((always_inline)) requantizer requantizer_of(
    affect_factor factor, affect_output output) {
    return requantizer_make(
        _mm256_setzero_si256(), _mm256_set1_epi32(factor.multiplier),
        _mm256_set1_epi32(factor.shift > 0 ? factor.shift : 0),
        _mm256_set1_epi32(factor.shift > 0 ? 0 : -factor.shift), output);
}

/// `FixedPointMath.requantize` in every lane.
///
/// The first rounding, `(p + nudge) / 2^31` with a division that truncates, is `(p + 2^30) >> 31`
/// for either sign.
static inline __attribute__((always_inline)) __m256i requantize(
    __m256i value, const requantizer *r) {
    const __m256i nudge = _mm256_set1_epi64x(1 << 30);
    value = _mm256_sllv_epi32(value, r->left);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(value, r->multiplier), nudge);
    const __m256i odd = _mm256_add_epi64(
        _mm256_mul_epi32(_mm256_srli_epi64(value, 32), r->odd_multiplier), nudge);
    const __m256i high = _mm256_blend_epi32(
        _mm256_srli_epi64(even, 31), _mm256_add_epi64(odd, odd), 0xAA);
    const __m256i remainder = _mm256_and_si256(high, r->mask);
    const __m256i threshold = _mm256_sub_epi32(r->half, _mm256_srai_epi32(high, 31));
    const __m256i quotient = _mm256_srav_epi32(high, r->right);
    return _mm256_sub_epi32(quotient, _mm256_cmpgt_epi32(remainder, threshold));
}

static inline __attribute__((always_inline)) void store(
    __m256i sums, const requantizer *r, int8_t *output, size_t lanes) {
    __m256i value = requantize(_mm256_add_epi32(sums, r->bias), r);
    value = _mm256_add_epi32(value, r->zero_point);
    value = _mm256_min_epi32(_mm256_max_epi32(value, r->minimum), r->maximum);
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

/// Loads `lanes` integers; the lanes behind them are zero.
static inline __attribute__((always_inline)) __m256i load_widened(
    const int8_t *values, size_t lanes) {
    int64_t all = 0;
    if (lanes == 8) {
        __builtin_memcpy(&all, values, 8);
    } else {
        int8_t bytes[8] = {0};
        for (size_t i = 0; i < lanes; i++) bytes[i] = values[i];
        __builtin_memcpy(&all, bytes, 8);
    }
    return _mm256_cvtepi8_epi32(_mm_cvtsi64_si128(all));
}

static void addition(
    const affect_addition *a, const int8_t *first, const int8_t *second, int8_t *output,
    size_t count) {
    const requantizer first_factor = requantizer_of(a->first_factor, a->output);
    const requantizer second_factor = requantizer_of(a->second_factor, a->output);
    const requantizer output_factor = requantizer_of(a->output_factor, a->output);
    const __m256i first_zero = _mm256_set1_epi32(a->first_zero_point);
    const __m256i second_zero = _mm256_set1_epi32(a->second_zero_point);
    for (size_t i = 0; i < count; i += 8) {
        const size_t lanes = count - i < 8 ? count - i : 8;
        const __m256i x = load_widened(first + i, lanes);
        const __m256i y = load_widened(second + i, lanes);
        const __m256i scaled_x = requantize(
            _mm256_slli_epi32(_mm256_sub_epi32(x, first_zero), 20), &first_factor);
        const __m256i scaled_y = requantize(
            _mm256_slli_epi32(_mm256_sub_epi32(y, second_zero), 20), &second_factor);
        store(_mm256_add_epi32(scaled_x, scaled_y), &output_factor, output + i, lanes);
    }
}

static void input_quantization(
    const int16_t *features, affect_factor factor, affect_output quantization, int8_t *output,
    size_t count) {
    const requantizer r = requantizer_of(factor, quantization);
    for (size_t i = 0; i < count; i += 8) {
        const size_t lanes = count - i < 8 ? count - i : 8;
        int16_t words[8] = {0};
        if (lanes == 8) {
            __builtin_memcpy(words, features + i, sizeof words);
        } else {
            for (size_t j = 0; j < lanes; j++) words[j] = features[i + j];
        }
        store(
            _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)words)), &r, output + i,
            lanes);
    }
}
