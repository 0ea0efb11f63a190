// The depthwise convolution of every variant, one filter a channel. The file that includes it has
// included convolution_loops.h, and defines besides
//
//   WIDEN(p, lanes)          a VECTOR of `lanes` stored integers, as integers of 32 bits
//   REPEAT(value)            a VECTOR of equal integers of 32 bits
//   MULTIPLY_ADD(s, x, w)    s + x * w, of which only the low 16 bits of every lane are read, and
//                            the high ones must be zero in w
//   LOW_HALVES(w)            w with the high 16 bits of every lane zero
//
// Weights stand in the model as [tap][channel], so that neighbouring lanes are neighbouring channels
// of input and weights alike. The output is computed panel by panel of LANES channels, the weights
// of a panel widened once. With w the taps and z the zero point, a sum is
// (bias - z * sum of all w) + sum of x * w, and a cell outside the input counts as x = z.

/// Computes all outputs of `lanes` channels from `first` on.
static inline __attribute__((always_inline)) void depthwise_panel(
    const affect_convolution *c, const int8_t *weights, const int32_t *bias,
    const int32_t *multipliers, const int32_t *shifts, size_t first, const size_t lanes,
    const int8_t *input, size_t input_time, int8_t *output) {
    const size_t channels = (size_t)c->output_channels;
    const int32_t time_taps = c->time.kernel, frequency_taps = c->frequency.kernel;
    const int32_t tap_count = time_taps * frequency_taps;
    const size_t row_length = (size_t)c->input_frequency * channels;

    VECTOR taps[affect_most_depthwise_taps];
    size_t offsets[affect_most_depthwise_taps];
    uint32_t weight_sums[LANES] = {0}, magnitudes[LANES] = {0};
    for (int32_t tap = 0; tap < tap_count; tap++) {
        const int8_t *row = weights + (size_t)tap * channels + first;
        taps[tap] = LOW_HALVES(WIDEN(row, lanes));
        offsets[tap] = (size_t)(tap / frequency_taps * c->time.dilation) * row_length
            + (size_t)(tap % frequency_taps * c->frequency.dilation) * channels;
        for (size_t lane = 0; lane < lanes; lane++) {
            weight_sums[lane] += (uint32_t)row[lane];
            magnitudes[lane] += (uint32_t)(row[lane] < 0 ? -row[lane] : row[lane]);
        }
    }
    uint32_t begin[LANES] = {0};
    int32_t multiplier[LANES] = {0}, left[LANES] = {0}, right[LANES] = {0};
    int is_plain = 1;
    for (size_t lane = 0; lane < lanes; lane++) {
        const int64_t value = bias[first + lane];
        const int32_t shift = shifts[first + lane];
        is_plain &= affect_is_plain(
            (value < 0 ? -value : value) + 255 * (int64_t)magnitudes[lane], shift, c->output);
        begin[lane] = (uint32_t)value - (uint32_t)c->input_zero_point * weight_sums[lane];
        multiplier[lane] = multipliers[first + lane];
        left[lane] = shift > 0 ? shift : 0;
        right[lane] = shift > 0 ? 0 : -shift;
    }
    const requantizer factors = requantizer_load(multiplier, left, right, c->output);
    const VECTOR zero = REPEAT(c->input_zero_point);
    const VECTOR sums_at_first = LOAD(begin);

    const int32_t output_time = (int32_t)affect_output_extent(c->time, input_time);
    const int32_t output_frequency
        = (int32_t)affect_output_extent(c->frequency, (size_t)c->input_frequency);
    const int32_t time_reach = c->time.dilation * (time_taps - 1);
    const int32_t frequency_reach = c->frequency.dilation * (frequency_taps - 1);
    output += first;
    input += first;
    for (int32_t time = 0; time < output_time; time++) {
        const int32_t t = time * c->time.stride - c->time.padding_before;
        const int is_time_inside = t >= 0 && t + time_reach < (int32_t)input_time;
        for (int32_t frequency = 0; frequency < output_frequency; frequency++) {
            const int32_t f = frequency * c->frequency.stride - c->frequency.padding_before;
            VECTOR sums = sums_at_first;
            if (is_time_inside && f >= 0 && f + frequency_reach < c->input_frequency) {
                const int8_t *cell = input + (size_t)t * row_length + (size_t)f * channels;
#pragma clang loop unroll_count(3)
                for (int32_t tap = 0; tap < tap_count; tap++) {
                    sums = MULTIPLY_ADD(sums, WIDEN(cell + offsets[tap], lanes), taps[tap]);
                }
            } else {
                for (int32_t tap = 0; tap < tap_count; tap++) {
                    const int32_t u = t + tap / frequency_taps * c->time.dilation;
                    const int32_t v = f + tap % frequency_taps * c->frequency.dilation;
                    const int is_inside = u >= 0 && u < (int32_t)input_time && v >= 0
                        && v < c->input_frequency;
                    const VECTOR cells = is_inside
                        ? WIDEN(input + (size_t)u * row_length + (size_t)v * channels, lanes)
                        : zero;
                    sums = MULTIPLY_ADD(sums, cells, taps[tap]);
                }
            }
            if (is_plain) {
                store_plain(sums, &factors, output, lanes);
            } else {
                store(sums, &factors, output, lanes);
            }
            output += channels;
        }
    }
}

static void depthwise_run(
    const affect_convolution *c, const int8_t *weights, size_t weight_count,
    const int32_t *bias, const int32_t *multipliers, const int32_t *shifts,
    const int8_t *input, size_t input_time, int8_t *output, size_t output_size) {
    const size_t channels = (size_t)c->output_channels;
    assert(c->input_channels == c->output_channels);
    assert(c->time.kernel * c->frequency.kernel <= affect_most_depthwise_taps);
    assert(weight_count == channels * (size_t)(c->time.kernel * c->frequency.kernel));
    assert(output_size >= channels * affect_output_extent(c->time, input_time)
                              * affect_output_extent(c->frequency, (size_t)c->input_frequency));
    (void)weight_count;
    (void)output_size;
    size_t first = 0;
    for (; first + LANES <= channels; first += LANES) {
        depthwise_panel(
            c, weights, bias, multipliers, shifts, first, LANES, input, input_time, output);
    }
    // A panel of eight is common in small networks.
    if (LANES > 8 && channels - first == 8) {
        depthwise_panel(c, weights, bias, multipliers, shifts, first, 8, input, input_time, output);
    } else if (first < channels) {
        depthwise_panel(
            c, weights, bias, multipliers, shifts, first, channels - first, input, input_time,
            output);
    }
}
