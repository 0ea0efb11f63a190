// The depthwise convolution of x86-64, one filter a channel. The file that includes it has included
// convolution_loops.h, and defines besides
//
//   WIDEN(p, lanes)          a VECTOR of `lanes` stored integers, as integers of 32 bits
//   MULTIPLY_ADD(s, x, w, lanes)
//                            s + x * w in `lanes` lanes, of which only the low 16 bits of every lane are
//                            read, and the high ones must be zero in w
//
// Weights stand in the model as [tap][channel], so that neighbouring lanes are neighbouring channels
// of input and weights alike. The output is computed panel by panel of LANES channels. With w the taps
// and z the zero point, a sum is (bias - z * sum of all w) + sum of x * w, and a cell outside the input
// counts as x = z.
//
// Packed: for every panel its `depthwise_panel` and its taps, widened.

/// What the outputs of a panel begin with and how they are stored; its taps lie behind it.
typedef struct {
    /// The bias, less the zero point times all weights.
    uint32_t begin[LANES];
    int32_t multipliers[LANES], left_shifts[LANES], right_shifts[LANES];
    int32_t is_plain;
} depthwise_panel;

static size_t depthwise_panel_size(const affect_convolution *c) {
    return sizeof(depthwise_panel)
        + (size_t)(c->time.kernel * c->frequency.kernel) * LANES * sizeof(int32_t);
}

static size_t depthwise_packed_size(const affect_convolution *c) {
    const size_t panel_count = ((size_t)c->output_channels + LANES - 1) / LANES;
    return affect_round_up(panel_count * depthwise_panel_size(c), affect_alignment);
}

static void depthwise_pack(
    const affect_convolution *c, const int8_t *weights, size_t weight_count,
    const int32_t *bias, const int32_t *multipliers, const int32_t *shifts,
    void *packed, size_t packed_size) {
    const size_t channels = (size_t)c->output_channels;
    const size_t tap_count = (size_t)(c->time.kernel * c->frequency.kernel);
    assert(c->input_channels == c->output_channels && tap_count <= affect_most_depthwise_taps);
    assert(weight_count == channels * tap_count && packed_size >= depthwise_packed_size(c));
    (void)weight_count;
    memset(packed, 0, packed_size);
    char *place = packed;
    for (size_t first = 0; first < channels; first += LANES) {
        const size_t lanes = channels - first < LANES ? channels - first : LANES;
        depthwise_panel *panel = (depthwise_panel *)place;
        int32_t *taps = (int32_t *)(panel + 1);
        uint32_t weight_sums[LANES] = {0}, magnitudes[LANES] = {0};
        for (size_t tap = 0; tap < tap_count; tap++) {
            const int8_t *row = weights + tap * channels + first;
            for (size_t lane = 0; lane < lanes; lane++) {
                // The low halves: see MULTIPLY_ADD.
                taps[tap * LANES + lane] = (uint16_t)row[lane];
                weight_sums[lane] += (uint32_t)row[lane];
                magnitudes[lane] += (uint32_t)(row[lane] < 0 ? -row[lane] : row[lane]);
            }
        }
        panel->is_plain = 1;
        for (size_t lane = 0; lane < lanes; lane++) {
            const int64_t value = bias[first + lane];
            const int32_t shift = shifts[first + lane];
            panel->is_plain &= affect_is_plain(
                (value < 0 ? -value : value) + 255 * (int64_t)magnitudes[lane], shift, c->output);
            panel->begin[lane]
                = (uint32_t)value - (uint32_t)c->input_zero_point * weight_sums[lane];
            panel->multipliers[lane] = multipliers[first + lane];
            panel->left_shifts[lane] = shift > 0 ? shift : 0;
            panel->right_shifts[lane] = shift > 0 ? 0 : -shift;
        }
        place += depthwise_panel_size(c);
    }
}

/// Computes all outputs of `lanes` channels with filters of `time_taps` by `frequency_taps`; `input`
/// and `output` begin at the first channel.
static inline __attribute__((always_inline)) void run_panel(
    const affect_convolution *c, const depthwise_panel *panel, const int8_t *input,
    size_t input_time, int8_t *output, const size_t lanes, const int32_t time_taps,
    const int32_t frequency_taps, const int is_plain) {
    const size_t channels = (size_t)c->output_channels;
    // Copies that no store to the output can change, so that they stay in registers.
    const affect_axis times = c->time, frequencies = c->frequency;
    const int32_t time_extent = (int32_t)input_time, frequency_extent = c->input_frequency;
    const size_t row = (size_t)frequency_extent * channels;
    const size_t tap_row = (size_t)times.dilation * row;
    const size_t tap_step = (size_t)frequencies.dilation * channels;
    VECTOR taps[affect_most_depthwise_taps];
    for (int32_t tap = 0; tap < time_taps * frequency_taps; tap++) {
        taps[tap] = LOAD((const int32_t *)(panel + 1) + tap * LANES);
    }
    const VECTOR begin = LOAD(panel->begin);
    const requantizer factors = requantizer_load(
        panel->multipliers, panel->left_shifts, panel->right_shifts, c->output);
    int8_t outside[LANES];
    memset(outside, c->input_zero_point, sizeof outside);

    const int32_t output_time = (int32_t)affect_output_extent(times, input_time);
    const int32_t output_frequency
        = (int32_t)affect_output_extent(frequencies, (size_t)frequency_extent);
    const int32_t time_reach = times.dilation * (time_taps - 1);
    const int32_t frequency_reach = frequencies.dilation * (frequency_taps - 1);
    int32_t t = -times.padding_before;
    for (int32_t time = 0; time < output_time; time++) {
        const int is_time_inside = t >= 0 && t + time_reach < time_extent;
        int32_t f = -frequencies.padding_before;
        for (int32_t frequency = 0; frequency < output_frequency; frequency++) {
            const ptrdiff_t place = (ptrdiff_t)t * (ptrdiff_t)row + f * (ptrdiff_t)channels;
            VECTOR sums = begin;
            if (is_time_inside && f >= 0 && f + frequency_reach < frequency_extent) {
                const int8_t *cells = input + place;
                for (int32_t i = 0; i < time_taps; i++) {
                    VECTOR products = (VECTOR){0};
                    for (int32_t j = 0; j < frequency_taps; j++) {
                        products = MULTIPLY_ADD(
                            products, WIDEN(cells + (size_t)j * tap_step, lanes),
                            taps[i * frequency_taps + j], lanes);
                    }
                    sums = ADD(sums, products);
                    cells += tap_row;
                }
            } else {
                ptrdiff_t tap_place = place;
                for (int32_t i = 0; i < time_taps; i++) {
                    const int32_t u = t + i * times.dilation;
                    const int is_row_inside = u >= 0 && u < time_extent;
                    VECTOR products = (VECTOR){0};
                    for (int32_t j = 0; j < frequency_taps; j++) {
                        const int32_t v = f + j * frequencies.dilation;
                        const int is_inside = is_row_inside & (v >= 0) & (v < frequency_extent);
                        const int8_t *cell = is_inside
                            ? input + tap_place + (ptrdiff_t)((size_t)j * tap_step)
                            : outside;
                        products = MULTIPLY_ADD(
                            products, WIDEN(cell, lanes), taps[i * frequency_taps + j], lanes);
                    }
                    sums = ADD(sums, products);
                    tap_place += (ptrdiff_t)tap_row;
                }
            }
            if (is_plain) {
                store_plain(sums, &factors, output, lanes);
            } else {
                store(sums, &factors, output, lanes);
            }
            output += channels;
            f += frequencies.stride;
        }
        t += times.stride;
    }
}

/// The same with the filters of a panel.
static inline __attribute__((always_inline)) void run_filters(
    const affect_convolution *c, const depthwise_panel *panel, const int8_t *input,
    size_t input_time, int8_t *output, const size_t lanes) {
    // Three by three, which is common, keeps its weights in registers.
    if (c->time.kernel == 3 && c->frequency.kernel == 3 && panel->is_plain) {
        run_panel(c, panel, input, input_time, output, lanes, 3, 3, 1);
    } else {
        run_panel(
            c, panel, input, input_time, output, lanes, c->time.kernel, c->frequency.kernel,
            panel->is_plain);
    }
}

static void depthwise_run(
    const affect_convolution *c, const void *packed, size_t packed_size, const int8_t *input,
    size_t input_time, int8_t *output, size_t output_size) {
    const size_t channels = (size_t)c->output_channels;
    assert(packed_size >= depthwise_packed_size(c));
    assert(output_size >= channels * affect_output_extent(c->time, input_time)
                              * affect_output_extent(c->frequency, (size_t)c->input_frequency));
    (void)packed_size;
    (void)output_size;
    const char *place = packed;
    for (size_t first = 0; first < channels; first += LANES) {
        const size_t lanes = channels - first;
        const depthwise_panel *panel = (const depthwise_panel *)place;
        if (lanes >= LANES) {
            run_filters(c, panel, input + first, input_time, output + first, LANES);
        } else if (LANES > 8 && lanes == 8) {
            // A panel of eight is common in small networks.
            run_filters(c, panel, input + first, input_time, output + first, 8);
        } else {
            run_filters(c, panel, input + first, input_time, output + first, lanes);
        }
        place += depthwise_panel_size(c);
    }
}
