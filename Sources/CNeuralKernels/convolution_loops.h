// The convolution of every variant. The file that includes it defines
//
//   ELEMENT                  type of an element in scratch
//   ELEMENT_OF(q, zero)      the element of a stored integer q with the zero point `zero`
//   BIAS_OFFSET(zero)        what an element exceeds `q - zero` by
//   GROUP                    elements that one DOT multiplies in each lane
//   WEIGHT                   type of a packed weight
//   LANES                    output channels of one vector, a panel
//   PANELS                   most panels of a tile
//   TILE_ROWS(panels)        outputs of a tile of so many panels
//   TILE_SUMS                the most of TILE_ROWS(panels) * panels
//   STEP(panels)             groups that `add_products` takes at a time
//   WEIGHT_PLACE(lane, k)    where weight k of a group stands among those of its panel
//   LEAST_WEIGHT_IS_APART    whether `add_products` must be told of weights that are −128
//   VECTOR                   LANES sums of 32 bits
//   LOAD(p)                  a VECTOR; p is aligned to 16 bytes at least
//   OVERRUN                  elements that `widen_row` and `fill_row` may write past their end
//
// and before it the functions
//
//   widen_row                copies `count` of `available` stored integers as elements
//   fill_row                 writes `count` equal elements
//   add_products             adds the products of `step` groups of neighbouring elements
//   store_tile               requantises the sums of a tile and stores them
//
// Packed: offsets of the runs and flags, then bias, multipliers, left and right shifts of all lanes,
// then the weights of each block of panels as [group][panel][LANES * GROUP].

#include "convolution_geometry.h"
#include "plain_requantization.h"

typedef struct {
    affect_geometry geometry;
    size_t groups_per_run;
    size_t group_count;
    size_t panel_count;
    /// Bytes from the beginning of the packed data.
    size_t flags, bias, multipliers, left_shifts, right_shifts, weights, panel_size, size;
} packing;

/// What is known of all weights and factors of a convolution.
typedef struct {
    /// Whether every requantisation is plain.
    int32_t is_plain;
    /// Whether some weight is −128, where that matters.
    int32_t has_least_weight;
} packed_flags;

static packing packing_of(const affect_convolution *c) {
    packing p;
    p.geometry = affect_geometry_of(c);
    p.groups_per_run = (p.geometry.run_length + GROUP - 1) / GROUP;
    p.group_count = p.geometry.run_count * p.groups_per_run;
    p.panel_count = ((size_t)c->output_channels + LANES - 1) / LANES;
    size_t column = affect_round_up(p.panel_count * LANES * sizeof(int32_t), affect_alignment);
    p.flags = p.geometry.run_count * sizeof(int32_t);
    p.bias = affect_round_up(p.flags + sizeof(packed_flags), affect_alignment);
    p.multipliers = p.bias + column;
    p.left_shifts = p.multipliers + column;
    p.right_shifts = p.left_shifts + column;
    p.weights = p.right_shifts + column;
    p.panel_size = p.group_count * LANES * GROUP * sizeof(WEIGHT);
    p.size = affect_round_up(p.weights + p.panel_count * p.panel_size, affect_alignment);
    return p;
}

static size_t convolution_packed_size(const affect_convolution *c) { return packing_of(c).size; }

static size_t padded_time(const affect_convolution *c, size_t input_time) {
    return input_time + (size_t)c->time.padding_before + (size_t)c->time.padding_after;
}

static size_t convolution_scratch_size(const affect_convolution *c, size_t input_time) {
    // The last group may begin at the last element, and rows are written in whole vectors.
    const size_t count = padded_time(c, input_time) * affect_geometry_of(c).pitch + GROUP;
    return (count + OVERRUN) * sizeof(ELEMENT);
}

static packed_flags flags_of(
    const affect_convolution *c, size_t depth, const int8_t *weights, const int32_t *bias,
    const int32_t *shifts) {
    packed_flags flags = {.is_plain = 1, .has_least_weight = 0};
    for (size_t channel = 0; channel < (size_t)c->output_channels; channel++) {
        const int8_t *row = weights + channel * depth;
        int64_t magnitude = bias[channel] < 0 ? -(int64_t)bias[channel] : bias[channel];
        for (size_t i = 0; i < depth; i++) {
            magnitude += 255 * (row[i] < 0 ? -row[i] : row[i]);
            flags.has_least_weight |= LEAST_WEIGHT_IS_APART && row[i] == INT8_MIN;
        }
        flags.is_plain &= affect_is_plain(magnitude, shifts[channel], c->output);
    }
    return flags;
}

/// Panels that go through the elements together, when `left` are left: their weights lie together,
/// too. One more than a tile holds go as two halves, not as a full tile and a single panel.
static size_t block_of(size_t left, packed_flags flags) {
    if (flags.has_least_weight) return 1;
    return left == PANELS + 1 ? (left + 1) / 2 : left < PANELS ? left : PANELS;
}

static void convolution_pack(
    const affect_convolution *c, const int8_t *weights, size_t weight_count,
    const int32_t *bias, const int32_t *multipliers, const int32_t *shifts,
    void *packed, size_t packed_size) {
    packing p = packing_of(c);
    size_t channels = (size_t)c->output_channels;
    size_t depth = p.geometry.run_count * p.geometry.run_length;
    assert(packed_size >= p.size && weight_count == channels * depth);
    (void)weight_count;
    (void)packed_size;
    memset(packed, 0, p.size);
    char *base = packed;

    int32_t *offsets = (int32_t *)base;
    for (size_t run = 0; run < p.geometry.run_count; run++) {
        offsets[run] = (int32_t)affect_run_offset(c, &p.geometry, run);
    }
    const packed_flags flags = flags_of(c, depth, weights, bias, shifts);
    size_t block = 0, panels = block_of(p.panel_count, flags);
    for (size_t channel = 0; channel < channels; channel++) {
        const int8_t *row = weights + channel * depth;
        uint32_t sum = 0;
        for (size_t i = 0; i < depth; i++) sum += (uint32_t)row[i];
        ((uint32_t *)(base + p.bias))[channel]
            = (uint32_t)bias[channel] - sum * (uint32_t)BIAS_OFFSET(c->input_zero_point);
        int32_t shift = shifts[channel];
        ((int32_t *)(base + p.multipliers))[channel] = multipliers[channel];
        ((int32_t *)(base + p.left_shifts))[channel] = shift > 0 ? shift : 0;
        ((int32_t *)(base + p.right_shifts))[channel] = shift > 0 ? 0 : -shift;

        if (channel / LANES == block + panels) {
            block += panels;
            panels = block_of(p.panel_count - block, flags);
        }
        WEIGHT *const first = (WEIGHT *)(base + p.weights + block * p.panel_size);
        for (size_t i = 0; i < depth; i++) {
            size_t in_run = i % p.geometry.run_length;
            size_t group = i / p.geometry.run_length * p.groups_per_run + in_run / GROUP;
            WEIGHT *place = first + (group * panels + channel / LANES - block) * LANES * GROUP;
            place[WEIGHT_PLACE(channel % LANES, in_run % GROUP)] = row[i];
        }
    }
    *(packed_flags *)(base + p.flags) = flags;
}

/// Copies the input into scratch with the padding around it.
///
/// Rows and fillings follow one another, so that each may run over into the next one's place.
static void spread_input(
    const affect_convolution *c, size_t pitch, const int8_t *input, size_t input_time,
    ELEMENT *scratch) {
    const size_t row = (size_t)(c->input_frequency * c->input_channels);
    const size_t before = (size_t)(c->frequency.padding_before * c->input_channels);
    const size_t between = pitch - row;
    const ELEMENT zero = ELEMENT_OF(c->input_zero_point, c->input_zero_point);
    const size_t top = (size_t)c->time.padding_before * pitch + before;
    const size_t bottom = (size_t)c->time.padding_after * pitch + GROUP;

    fill_row(scratch, top, zero);
    scratch += top;
    size_t left = input_time * row;
    const size_t length = between == 0 ? left : row;
    while (left > 0) {
        widen_row(input, left, scratch, length, c->input_zero_point);
        input += length;
        left -= length;
        scratch += length;
        if (left > 0) {
            fill_row(scratch, between, zero);
            scratch += between;
        }
    }
    fill_row(scratch, between - before + bottom, zero);
}

/// Computes `rows` outputs, of which `stored` are stored, in `panels` panels.
static inline __attribute__((always_inline)) void tile(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *const *cells, int8_t *output, size_t stored, const int rows, const int panels,
    const int has_least_weight) {
    const int32_t *offsets = (const int32_t *)packed;
    const char *weights = packed + p->weights + panel * p->panel_size;
    VECTOR sums[TILE_SUMS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * panels; i++) {
        sums[i] = LOAD(
            packed + p->bias + (panel + (size_t)(i % panels)) * LANES * sizeof(int32_t));
    }

    const int step = STEP(panels);
    for (size_t run = 0; run < p->geometry.run_count; run++) {
        size_t offset = (size_t)offsets[run];
        size_t group = 0;
        for (; group + (size_t)step <= p->groups_per_run; group += (size_t)step) {
            add_products(
                sums, cells, offset, weights, has_least_weight, rows, panels, step);
            offset += (size_t)step * GROUP;
            weights += (size_t)(step * panels) * LANES * GROUP * sizeof(WEIGHT);
        }
        for (; group < p->groups_per_run; group++) {
            add_products(sums, cells, offset, weights, has_least_weight, rows, panels, 1);
            offset += GROUP;
            weights += (size_t)panels * LANES * GROUP * sizeof(WEIGHT);
        }
    }

    const affect_factors factors = {
        .multipliers = (const int32_t *)(packed + p->multipliers) + panel * LANES,
        .left_shifts = (const int32_t *)(packed + p->left_shifts) + panel * LANES,
        .right_shifts = (const int32_t *)(packed + p->right_shifts) + panel * LANES,
        .is_plain = ((const packed_flags *)(packed + p->flags))->is_plain,
    };
    store_tile(
        sums, factors, c->output, output + panel * LANES, (size_t)c->output_channels,
        (size_t)c->output_channels - panel * LANES, stored, rows, panels);
}

/// Computes all outputs in `panels` panels from `panel` on.
static inline __attribute__((always_inline)) void sweep(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *scratch, int8_t *output, size_t output_time, const int rows, const int panels,
    const int has_least_weight) {
    const size_t channels = (size_t)c->output_channels;
    const size_t step = (size_t)(c->frequency.stride * c->input_channels);
    const size_t time_step = (size_t)c->time.stride * p->geometry.pitch;
    const size_t frequencies = p->geometry.output_frequency;
    size_t left = output_time * frequencies;
    size_t frequency = 0;
    const ELEMENT *row = scratch;
    const ELEMENT *cells[TILE_SUMS];
    while (left > 0) {
        // A tile at the end is filled up with its last output, which is not stored again.
        const size_t wanted = left < (size_t)rows ? left : (size_t)rows;
        for (size_t i = 0; i < wanted; i++) {
            cells[i] = row + frequency * step;
            frequency += 1;
            if (frequency == frequencies) {
                frequency = 0;
                row += time_step;
            }
        }
        for (size_t i = wanted; i < (size_t)rows; i++) cells[i] = cells[wanted - 1];
        if (wanted == 1) {
            tile(c, p, packed, panel, cells, output, 1, 1, panels, has_least_weight);
        } else {
            tile(
                c, p, packed, panel, cells, output, wanted, rows, panels, has_least_weight);
        }
        output += wanted * channels;
        left -= wanted;
    }
}

#define SWEEP(panels, has_least_weight) \
    sweep(c, &p, packed, panel, scratch, output, output_time, TILE_ROWS(panels), panels, \
          has_least_weight)

static void convolution_run(
    const affect_convolution *c, const void *packed, size_t packed_size,
    const int8_t *input, size_t input_time, void *scratch, size_t scratch_size,
    int8_t *output, size_t output_size) {
    const packing p = packing_of(c);
    const size_t output_time = affect_output_extent(c->time, input_time);
    assert(packed_size >= p.size);
    assert(scratch_size >= convolution_scratch_size(c, input_time));
    assert(output_size >= output_time * p.geometry.output_frequency * (size_t)c->output_channels);
    (void)packed_size;
    (void)scratch_size;
    (void)output_size;

    spread_input(c, p.geometry.pitch, input, input_time, scratch);
    const packed_flags flags = *(const packed_flags *)((const char *)packed + p.flags);
    size_t panel = 0;
    while (panel < p.panel_count) {
        const size_t panels = block_of(p.panel_count - panel, flags);
        switch (panels) {
#if PANELS >= 6
        case 6: SWEEP(6, 0); break;
        case 5: SWEEP(5, 0); break;
#endif
#if PANELS >= 4
        case 4: SWEEP(4, 0); break;
#endif
#if PANELS >= 3
        case 3: SWEEP(3, 0); break;
#endif
        case 2: SWEEP(2, 0); break;
        default:
#if LEAST_WEIGHT_IS_APART
            if (flags.has_least_weight) {
                SWEEP(1, 1);
                break;
            }
#endif
            SWEEP(1, 0);
        }
        panel += panels;
    }
}
