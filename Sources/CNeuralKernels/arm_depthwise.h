// The depthwise convolution of the variants of 64-bit ARM, one filter a channel; NEON for both, because
// a dot product adds along channels and this adds along taps. Included behind arm_tile.h.
//
// Weights stand in the model as [tap][channel], so that neighbouring lanes are neighbouring channels of
// input and weights alike. The output is computed in panels of sixteen channels or eight. Products of two
// taps fit 16 bits together, unless both weights are −128; their sums go into lanes of 32 bits. With w
// the taps and z the zero point, a sum is (bias − z · sum of all w) + sum of x · w, and a cell outside
// the input counts as x = z.

/// The filters and factors of some channels.
typedef struct {
    int8x16_t taps[affect_most_depthwise_taps];
    size_t offsets[affect_most_depthwise_taps];
    int32x4_t begin[4];
    requantizer factors[4];
    limiter limits;
    int is_plain, has_least_weight;
} depthwise_panel;

/// `lanes` neighbouring bytes, and zeros; no byte behind them is read.
INLINE int8x16_t load_lanes(const int8_t *bytes, const size_t lanes) {
    if (lanes == 16) return vld1q_s8(bytes);
    if (lanes == 8) return vcombine_s8(vld1_s8(bytes), vdup_n_s8(0));
    int8_t all[16] = {0};
    memcpy(all, bytes, lanes);
    return vld1q_s8(all);
}

INLINE void add_words(int32x4_t *sums, int16x8_t words) {
    sums[0] = vaddw_s16(sums[0], vget_low_s16(words));
    sums[1] = vaddw_high_s16(sums[1], words);
}

/// Adds the products of `count` taps, two at a time where they fit.
INLINE void add_taps(
    int32x4_t *sums, const int8_t *const *cells, const int8_t *origin, const size_t *offsets,
    const int8x16_t *taps, const int count, const size_t lanes, const int has_least_weight) {
    int tap = 0;
    if (!has_least_weight) {
        for (; tap + 2 <= count; tap += 2) {
            const int8x16_t w = taps[tap], v = taps[tap + 1];
            const int8x16_t x = load_lanes(cells ? cells[tap] : origin + offsets[tap], lanes);
            const int8x16_t y
                = load_lanes(cells ? cells[tap + 1] : origin + offsets[tap + 1], lanes);
            add_words(
                sums, vmlal_s8(
                          vmull_s8(vget_low_s8(x), vget_low_s8(w)), vget_low_s8(y),
                          vget_low_s8(v)));
            if (lanes > 8) {
                add_words(sums + 2, vmlal_high_s8(vmull_high_s8(x, w), y, v));
            }
        }
    }
    for (; tap < count; tap++) {
        const int8x16_t w = taps[tap];
        const int8x16_t x = load_lanes(cells ? cells[tap] : origin + offsets[tap], lanes);
        add_words(sums, vmull_s8(vget_low_s8(x), vget_low_s8(w)));
        if (lanes > 8) add_words(sums + 2, vmull_high_s8(x, w));
    }
}

/// Requantises the sums of one output and stores `lanes` channels.
INLINE void store_lanes(
    const int32x4_t *sums, const requantizer *factors, limiter limits, const int is_plain,
    int8_t *output, const size_t lanes) {
    int8x8_t halves[2];
    for (int half = 0; half < (lanes > 8 ? 2 : 1); half++) {
        const int32x4_t low = sums[2 * half], high = sums[2 * half + 1];
        const requantizer *r = factors + 2 * half;
        halves[half] = limited(
            requantize_as(low, r[0], is_plain), requantize_as(high, r[1], is_plain), limits,
            is_plain);
    }
    if (lanes == 16) {
        vst1q_s8(output, vcombine_s8(halves[0], halves[1]));
    } else {
        store_first(output, halves[0], lanes);
    }
}

static void prepare_panel(
    depthwise_panel *p, const affect_convolution *c, const int8_t *weights, const int32_t *bias,
    const int32_t *multipliers, const int32_t *shifts, size_t lanes) {
    const size_t channels = (size_t)c->output_channels;
    const int32_t frequency_taps = c->frequency.kernel;
    const int32_t tap_count = c->time.kernel * frequency_taps;
    const size_t row = (size_t)c->input_frequency * channels;
    uint32_t weight_sums[16] = {0}, magnitudes[16] = {0};
    p->has_least_weight = 0;
    for (int32_t tap = 0; tap < tap_count; tap++) {
        const int8_t *values = weights + (size_t)tap * channels;
        p->taps[tap] = load_lanes(values, lanes);
        p->offsets[tap] = (size_t)(tap / frequency_taps * c->time.dilation) * row
            + (size_t)(tap % frequency_taps * c->frequency.dilation) * channels;
        for (size_t lane = 0; lane < lanes; lane++) {
            weight_sums[lane] += (uint32_t)values[lane];
            magnitudes[lane] += (uint32_t)(values[lane] < 0 ? -values[lane] : values[lane]);
            p->has_least_weight |= values[lane] == INT8_MIN;
        }
    }
    uint32_t begin[16] = {0};
    int32_t multiplier[16] = {0}, left[16] = {0}, right[16] = {0};
    p->is_plain = 1;
    for (size_t lane = 0; lane < lanes; lane++) {
        const int64_t value = bias[lane];
        p->is_plain &= affect_is_plain(
            (value < 0 ? -value : value) + 255 * (int64_t)magnitudes[lane], shifts[lane],
            c->output);
        begin[lane] = (uint32_t)value - (uint32_t)c->input_zero_point * weight_sums[lane];
        multiplier[lane] = multipliers[lane];
        left[lane] = shifts[lane] > 0 ? shifts[lane] : 0;
        right[lane] = shifts[lane] > 0 ? 0 : shifts[lane];
    }
    for (int k = 0; k < 4; k++) {
        p->begin[k] = LOAD(begin + 4 * k);
        p->factors[k] = (requantizer){
            LOAD(multiplier + 4 * k), LOAD(left + 4 * k), LOAD(right + 4 * k)};
    }
    p->limits = limiter_of(c->output);
}

/// Where the taps of an output begin that is not inside the input with all of them.
///
/// Apart, so that it takes no registers from the outputs that are inside.
static __attribute__((noinline)) void find_cells(
    const affect_convolution *c, const int8_t *input, int32_t input_time, int32_t t, int32_t f,
    const int8_t *outside, const int8_t **cells) {
    // Copies that no store to `cells` can change.
    const affect_axis times = c->time, frequencies = c->frequency;
    const ptrdiff_t channels = c->output_channels, extent = c->input_frequency;
    const ptrdiff_t step = frequencies.dilation * channels;
    for (int32_t i = 0; i < times.kernel; i++) {
        const int is_row_inside = t >= 0 && t < input_time;
        const ptrdiff_t end = is_row_inside ? extent * channels : 0;
        const int8_t *row = is_row_inside ? input + t * extent * channels : outside;
        ptrdiff_t place = f * channels;
        for (int32_t j = 0; j < frequencies.kernel; j++) {
            *cells++ = place >= 0 && place < end ? row + place : outside;
            place += step;
        }
        t += times.dilation;
    }
}

/// Computes all outputs of `lanes` channels; `input` and `output` begin at the first of them.
INLINE void run_panel(
    const affect_convolution *c, const depthwise_panel *p, const int8_t *input,
    int32_t input_time, int8_t *output, const int count, const size_t lanes,
    const int is_plain, const int has_least_weight) {
    const size_t channels = (size_t)c->output_channels;
    const size_t row = (size_t)c->input_frequency * channels;
    const affect_axis times = c->time, frequencies = c->frequency;
    const int32_t input_frequency = c->input_frequency;
    const int32_t output_time = (int32_t)affect_output_extent(times, (size_t)input_time);
    const int32_t output_frequency
        = (int32_t)affect_output_extent(frequencies, (size_t)input_frequency);
    const int32_t time_reach = times.dilation * (times.kernel - 1);
    const int32_t frequency_reach = frequencies.dilation * (frequencies.kernel - 1);
    // Copies that no store to the output can change, so that they stay in registers.
    int8x16_t taps[affect_most_depthwise_taps];
    size_t offsets[affect_most_depthwise_taps];
    for (int tap = 0; tap < count; tap++) {
        taps[tap] = p->taps[tap];
        offsets[tap] = p->offsets[tap];
    }
    const int32x4_t begin[4] = {p->begin[0], p->begin[1], p->begin[2], p->begin[3]};
    const requantizer factors[4] = {p->factors[0], p->factors[1], p->factors[2], p->factors[3]};
    const limiter limits = p->limits;
    int8_t outside[16];
    vst1q_s8(outside, vdupq_n_s8((int8_t)c->input_zero_point));
    for (int32_t time = 0; time < output_time; time++) {
        const int32_t t = time * times.stride - times.padding_before;
        const int is_time_inside = t >= 0 && t + time_reach < input_time;
        const int8_t *cell = is_time_inside ? input + (size_t)t * row : input;
        for (int32_t frequency = 0; frequency < output_frequency; frequency++) {
            const int32_t f = frequency * frequencies.stride - frequencies.padding_before;
            int32x4_t sums[4] = {begin[0], begin[1], begin[2], begin[3]};
            if (is_time_inside && f >= 0 && f + frequency_reach < input_frequency) {
                add_taps(
                    sums, NULL, cell + (size_t)f * channels, offsets, taps, count, lanes,
                    has_least_weight);
            } else {
                const int8_t *cells[affect_most_depthwise_taps];
                find_cells(c, input, input_time, t, f, outside, cells);
                add_taps(sums, cells, NULL, NULL, taps, count, lanes, has_least_weight);
            }
            store_lanes(sums, factors, limits, is_plain, output, lanes);
            output += channels;
        }
    }
}

/// The channels of the panel that begins when `done` are done.
typedef struct {
    size_t first, lanes;
} panel_channels;

INLINE panel_channels channels_of_panel(size_t channels, size_t done) {
    const size_t left = channels - done;
    const size_t lanes = channels >= 16 && left > 8 ? 16 : channels >= 8 ? 8 : channels;
    // The last panel may begin earlier and compute some channels once more.
    return (panel_channels){lanes <= left ? done : channels - lanes, lanes};
}

static size_t depthwise_packed_size(const affect_convolution *c) {
    const size_t channels = (size_t)c->output_channels;
    size_t size = 0, done = 0;
    while (done < channels) {
        size += sizeof(depthwise_panel);
        done += channels_of_panel(channels, done).lanes;
    }
    return affect_round_up(size, affect_alignment);
}

static void depthwise_pack(
    const affect_convolution *c, const int8_t *weights, size_t weight_count,
    const int32_t *bias, const int32_t *multipliers, const int32_t *shifts,
    void *packed, size_t packed_size) {
    const size_t channels = (size_t)c->output_channels;
    assert(c->input_channels == c->output_channels);
    assert(c->time.kernel * c->frequency.kernel <= affect_most_depthwise_taps);
    assert(weight_count == channels * (size_t)(c->time.kernel * c->frequency.kernel));
    assert(packed_size >= depthwise_packed_size(c));
    (void)weight_count;
    (void)packed_size;
    depthwise_panel *panel = packed;
    for (size_t done = 0; done < channels; panel++) {
        const panel_channels part = channels_of_panel(channels, done);
        prepare_panel(
            panel, c, weights + part.first, bias + part.first, multipliers + part.first,
            shifts + part.first, part.lanes);
        done += part.lanes;
    }
}

static void depthwise_run(
    const affect_convolution *c, const void *packed, size_t packed_size, const int8_t *input,
    size_t input_time, int8_t *output, size_t output_size) {
    const size_t channels = (size_t)c->output_channels;
    const int count = c->time.kernel * c->frequency.kernel;
    assert(packed_size >= depthwise_packed_size(c));
    assert(output_size >= channels * affect_output_extent(c->time, input_time)
                              * affect_output_extent(c->frequency, (size_t)c->input_frequency));
    (void)packed_size;
    (void)output_size;
    const depthwise_panel *p = packed;
    for (size_t done = 0; done < channels; p++) {
        const panel_channels part = channels_of_panel(channels, done);
        const size_t lanes = part.lanes;
        const int8_t *from = input + part.first;
        int8_t *to = output + part.first;
        const int32_t time = (int32_t)input_time;
        // Nine taps, which are common, keep their weights in registers.
        if (count == 9 && lanes == 16 && p->is_plain && !p->has_least_weight) {
            run_panel(c, p, from, time, to, 9, 16, 1, 0);
        } else if (count == 9 && lanes == 8 && p->is_plain && !p->has_least_weight) {
            run_panel(c, p, from, time, to, 9, 8, 1, 0);
        } else if (lanes == 16) {
            run_panel(c, p, from, time, to, count, 16, p->is_plain, p->has_least_weight);
        } else {
            run_panel(c, p, from, time, to, count, lanes, p->is_plain, p->has_least_weight);
        }
        done += lanes;
    }
}
