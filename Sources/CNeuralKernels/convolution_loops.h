// The dense convolution of every variant, where every output channel has weights for every input
// channel. The file that includes it defines
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
//   PARTS                    sums that the products of a single output are dealt to
//   ADD(x, y)                a VECTOR of sums; where PARTS is not 1
//   GATHERED                 elements of the longest run that is gathered, see below; or 0
//
// and before it the functions
//
//   widen_row                copies `count` of `available` stored integers as elements
//   fill_row                 writes `count` equal elements
//   add_products             adds the products of `step` groups of neighbouring elements
//   store_tile               requantises the sums of a tile and stores them
//   copy_run                 copies GATHERED elements; where that is not 0
//
// Short runs, those of few input channels, are gathered: scratch then holds the taps of one output
// after another as one run each, so that only one group an output is not full. Outputs that lie 8, 12 or
// 16 elements apart have a loop of their own, in which all addresses are known: with so few products an
// output, finding its cells takes as long as multiplying them.
//
// Packed: the `packing`, offsets of the runs, then bias, multipliers, left and right shifts of all
// lanes, then the weights of each block of panels as [group][panel][LANES * GROUP].

#include "convolution_geometry.h"
#include "plain_requantization.h"

typedef struct {
    /// In the padded input.
    affect_geometry geometry;
    /// Whether runs are gathered.
    int is_gathered;
    /// Runs of one output and elements of one run, when they are multiplied.
    size_t run_count, run_length;
    /// Elements from one output to the next along frequency, and along time.
    size_t step, time_step;
    /// The step, if outputs have the loop of those that lie close together; otherwise 0.
    size_t spacing;
    size_t groups_per_run;
    size_t group_count;
    size_t panel_count;
    /// Bytes from the beginning of the packed data.
    size_t offsets, bias, multipliers, left_shifts, right_shifts, weights, panel_size, size;
    /// Whether every requantisation is plain; known when weights and factors are.
    int is_plain;
    /// Whether some weight is −128, where that matters; known when weights are.
    int has_least_weight;
} packing;

static packing packing_of(const affect_convolution *c) {
    packing p;
    p.geometry = affect_geometry_of(c);
    p.run_count = p.geometry.run_count;
    p.run_length = p.geometry.run_length;
    p.step = (size_t)(c->frequency.stride * c->input_channels);
    p.time_step = (size_t)c->time.stride * p.geometry.pitch;
    p.is_gathered = p.run_count > 1 && p.run_length <= GATHERED;
    if (p.is_gathered) {
        p.run_length *= p.run_count;
        p.run_count = 1;
        p.step = affect_round_up(p.run_length, 4);
        p.time_step = p.step * p.geometry.output_frequency;
    }
    const int is_close = p.step == 8 || p.step == 12 || p.step == 16;
    p.spacing = GATHERED > 0 && is_close && p.run_count == 1 && p.run_length <= p.step
            && p.time_step == p.step * p.geometry.output_frequency
        ? p.step
        : 0;
    p.groups_per_run
        = p.spacing > 0 ? p.spacing / GROUP : (p.run_length + GROUP - 1) / GROUP;
    p.group_count = p.run_count * p.groups_per_run;
    p.panel_count = ((size_t)c->output_channels + LANES - 1) / LANES;
    size_t column = affect_round_up(p.panel_count * LANES * sizeof(int32_t), affect_alignment);
    p.offsets = affect_round_up(sizeof p, sizeof(int32_t));
    p.bias = affect_round_up(
        p.offsets + p.geometry.run_count * sizeof(int32_t), affect_alignment);
    p.multipliers = p.bias + column;
    p.left_shifts = p.multipliers + column;
    p.right_shifts = p.left_shifts + column;
    p.weights = p.right_shifts + column;
    p.panel_size = p.group_count * LANES * GROUP * sizeof(WEIGHT);
    p.size = affect_round_up(p.weights + p.panel_count * p.panel_size, affect_alignment);
    p.is_plain = 0;
    p.has_least_weight = 0;
    return p;
}

static size_t dense_packed_size(const affect_convolution *c) { return packing_of(c).size; }

static size_t padded_time(const affect_convolution *c, size_t input_time) {
    return input_time + (size_t)c->time.padding_before + (size_t)c->time.padding_after;
}

/// Elements of the padded input: the last group may begin at the last element, and rows are written in
/// whole vectors.
static size_t padded_count(const affect_convolution *c, const packing *p, size_t input_time) {
    return padded_time(c, input_time) * p->geometry.pitch + GROUP + OVERRUN;
}

static size_t dense_scratch_size(const affect_convolution *c, size_t input_time) {
    const packing p = packing_of(c);
    size_t count = padded_count(c, &p, input_time);
    if (p.is_gathered) {
        count += affect_output_extent(c->time, input_time) * p.time_step + GATHERED + OVERRUN;
    }
    return count * sizeof(ELEMENT);
}

static void set_flags(
    packing *p, const affect_convolution *c, const int8_t *weights, const int32_t *bias,
    const int32_t *shifts) {
    const size_t depth = p->run_count * p->run_length;
    p->is_plain = 1;
    for (size_t channel = 0; channel < (size_t)c->output_channels; channel++) {
        const int8_t *row = weights + channel * depth;
        int64_t magnitude = bias[channel] < 0 ? -(int64_t)bias[channel] : bias[channel];
        for (size_t i = 0; i < depth; i++) {
            magnitude += 255 * (row[i] < 0 ? -row[i] : row[i]);
            p->has_least_weight |= LEAST_WEIGHT_IS_APART && row[i] == INT8_MIN;
        }
        p->is_plain &= affect_is_plain(magnitude, shifts[channel], c->output);
    }
}

/// Panels that go through the elements together, when `left` are left: their weights lie together,
/// too. One more than a tile holds go as two halves, not as a full tile and a single panel.
static size_t block_of(size_t left, const packing *p) {
    if (p->has_least_weight) return 1;
    return left == PANELS + 1 ? (left + 1) / 2 : left < PANELS ? left : PANELS;
}

static void dense_pack(
    const affect_convolution *c, const int8_t *weights, size_t weight_count,
    const int32_t *bias, const int32_t *multipliers, const int32_t *shifts,
    void *packed, size_t packed_size) {
    packing p = packing_of(c);
    size_t channels = (size_t)c->output_channels;
    size_t depth = p.run_count * p.run_length;
    assert(packed_size >= p.size && weight_count == channels * depth);
    (void)weight_count;
    (void)packed_size;
    memset(packed, 0, p.size);
    char *base = packed;

    set_flags(&p, c, weights, bias, shifts);
    *(packing *)base = p;
    int32_t *offsets = (int32_t *)(base + p.offsets);
    for (size_t run = 0; run < p.geometry.run_count; run++) {
        offsets[run] = (int32_t)affect_run_offset(c, &p.geometry, run);
    }
    size_t block = 0, panels = block_of(p.panel_count, &p);
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
            panels = block_of(p.panel_count - block, &p);
        }
        WEIGHT *const first = (WEIGHT *)(base + p.weights + block * p.panel_size);
        for (size_t i = 0; i < depth; i++) {
            size_t in_run = i % p.run_length;
            size_t group = i / p.run_length * p.groups_per_run + in_run / GROUP;
            WEIGHT *place = first + (group * panels + channel / LANES - block) * LANES * GROUP;
            place[WEIGHT_PLACE(channel % LANES, in_run % GROUP)] = row[i];
        }
    }
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

#if GATHERED > 0
/// Copies the taps of every output, `runs` runs, behind one another.
static inline __attribute__((always_inline)) void gather_runs(
    const affect_convolution *c, const packing *p, const int32_t *restrict offsets,
    const ELEMENT *restrict padded, size_t output_time, ELEMENT *restrict gathered,
    const size_t runs) {
    const size_t step = (size_t)(c->frequency.stride * c->input_channels);
    const size_t time_step = (size_t)c->time.stride * p->geometry.pitch;
    const size_t length = p->geometry.run_length, frequencies = p->geometry.output_frequency;
    const size_t gathered_step = p->step;
    for (size_t time = 0; time < output_time; time++) {
        for (size_t frequency = 0; frequency < frequencies; frequency++) {
            const ELEMENT *cell = padded + frequency * step;
            // In order: a run that is longer than its copy is mended by the next one.
            for (size_t run = 0; run < runs; run++) {
                copy_run(cell + offsets[run], gathered + run * length);
            }
            gathered += gathered_step;
        }
        padded += time_step;
    }
}
#endif

/// Begins `count` sums, panel by panel of every output, with the bias.
static inline __attribute__((always_inline)) void begin_sums(
    const packing *p, const char *packed, size_t panel, VECTOR *sums, const int count,
    const int panels) {
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
        sums[i] = LOAD(
            packed + p->bias + (panel + (size_t)(i % panels)) * LANES * sizeof(int32_t));
    }
}

/// Requantises the sums of `rows` outputs in `panels` panels and stores those of the first `stored`.
static inline __attribute__((always_inline)) void finish_sums(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const VECTOR *sums, int8_t *output, size_t stored, const int rows, const int panels) {
    const affect_factors factors = {
        .multipliers = (const int32_t *)(packed + p->multipliers) + panel * LANES,
        .left_shifts = (const int32_t *)(packed + p->left_shifts) + panel * LANES,
        .right_shifts = (const int32_t *)(packed + p->right_shifts) + panel * LANES,
        .is_plain = p->is_plain,
    };
    store_tile(
        sums, factors, c->output, output + panel * LANES, (size_t)c->output_channels,
        (size_t)c->output_channels - panel * LANES, stored, rows, panels);
}

/// Computes `rows` outputs, of which `stored` are stored, in `panels` panels.
static inline __attribute__((always_inline)) void tile(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *const *cells, int8_t *output, size_t stored, const int rows, const int panels,
    const int has_least_weight) {
    const int32_t *offsets = (const int32_t *)(packed + p->offsets);
    const char *weights = packed + p->weights + panel * p->panel_size;
    VECTOR sums[TILE_SUMS];
    begin_sums(p, packed, panel, sums, rows * panels, panels);

    const int step = STEP(panels);
    for (size_t run = 0; run < p->run_count; run++) {
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
    finish_sums(c, p, packed, panel, sums, output, stored, rows, panels);
}

#if PARTS > 1
/// Computes a single output: its groups are dealt to several sums, because one would have to wait for
/// itself at every group.
static inline __attribute__((always_inline)) void single(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *cell, int8_t *output, const int panels) {
    const int32_t *offsets = (const int32_t *)(packed + p->offsets);
    const char *weights = packed + p->weights + panel * p->panel_size;
    const size_t group_size = (size_t)panels * LANES * GROUP * sizeof(WEIGHT);
    VECTOR sums[PARTS * PANELS];
    begin_sums(p, packed, panel, sums, panels, panels);
#pragma clang loop unroll(full)
    for (int i = panels; i < PARTS * panels; i++) sums[i] = (VECTOR){0};

    for (size_t run = 0; run < p->run_count; run++) {
        const ELEMENT *element = cell + offsets[run];
        size_t group = 0;
        for (; group + PARTS <= p->groups_per_run; group += PARTS) {
#pragma clang loop unroll(full)
            for (int part = 0; part < PARTS; part++) {
                add_products(
                    sums + part * panels, &element, (size_t)part * GROUP, weights, 0, 1, panels, 1);
                weights += group_size;
            }
            element += PARTS * GROUP;
        }
        for (; group < p->groups_per_run; group++) {
            add_products(sums, &element, 0, weights, 0, 1, panels, 1);
            weights += group_size;
            element += GROUP;
        }
    }
#pragma clang loop unroll(full)
    for (int i = panels; i < PARTS * panels; i++) {
        sums[i % panels] = ADD(sums[i % panels], sums[i]);
    }
    finish_sums(c, p, packed, panel, sums, output, 1, 1, panels);
}
#endif

/// Computes all outputs in `panels` panels from `panel` on.
static inline __attribute__((always_inline)) void sweep(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *scratch, int8_t *output, size_t output_time, const int rows, const int panels,
    const int has_least_weight) {
    const size_t channels = (size_t)c->output_channels;
    const size_t frequencies = p->geometry.output_frequency;
    size_t left = output_time * frequencies;
    size_t frequency = 0;
    const ELEMENT *row = scratch;
    const ELEMENT *cells[TILE_SUMS];
    while (left > 0) {
        // A tile at the end is filled up with its last output, which is not stored again.
        const size_t wanted = left < (size_t)rows ? left : (size_t)rows;
        for (size_t i = 0; i < wanted; i++) {
            cells[i] = row + frequency * p->step;
            frequency += 1;
            if (frequency == frequencies) {
                frequency = 0;
                row += p->time_step;
            }
        }
        for (size_t i = wanted; i < (size_t)rows; i++) cells[i] = cells[wanted - 1];
        if (wanted == 1) {
#if PARTS > 1
            single(c, p, packed, panel, cells[0], output, panels);
#else
            tile(c, p, packed, panel, cells, output, 1, 1, panels, has_least_weight);
#endif
        } else {
            tile(
                c, p, packed, panel, cells, output, wanted, rows, panels, has_least_weight);
        }
        output += wanted * channels;
        left -= wanted;
    }
}

#if GATHERED > 0
/// Computes all of `count` outputs, `rows` at least, that lie `spacing` elements apart.
static inline __attribute__((always_inline)) void sweep_close(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *scratch, int8_t *output, size_t count, const int rows, const int panels,
    const int spacing) {
    const char *weights = packed + p->weights + panel * p->panel_size;
    for (size_t first = 0;;) {
        const ELEMENT *cells[TILE_SUMS];
        VECTOR sums[TILE_SUMS];
        begin_sums(p, packed, panel, sums, rows * panels, panels);
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) cells[i] = scratch + first * (size_t)spacing + i * spacing;
#pragma clang loop unroll(full)
        for (int group = 0; group < spacing / GROUP; group++) {
            add_products(
                sums, cells, (size_t)(group * GROUP),
                weights + (size_t)(group * panels) * LANES * GROUP * sizeof(WEIGHT), 0, rows,
                panels, 1);
        }
        finish_sums(
            c, p, packed, panel, sums, output + first * (size_t)c->output_channels, (size_t)rows,
            rows, panels);
        if (first + (size_t)rows == count) return;
        // The last tile may begin earlier and compute some outputs once more.
        first += (size_t)rows;
        if (first + (size_t)rows > count) first = count - (size_t)rows;
    }
}

#define SWEEP_CLOSE(panels, spacing) \
    sweep_close(c, p, packed, panel, scratch, output, count, TILE_ROWS(panels), panels, spacing)

/// The same for any spacing in one panel or two; returns whether there is such a loop.
static int swept_close(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *scratch, int8_t *output, size_t count, size_t panels) {
    if (p->spacing == 0 || panels > 2 || count < TILE_ROWS(1) || count < TILE_ROWS(2)) return 0;
    switch (p->spacing + panels) {
    case 8 + 1: SWEEP_CLOSE(1, 8); break;
    case 8 + 2: SWEEP_CLOSE(2, 8); break;
    case 12 + 1: SWEEP_CLOSE(1, 12); break;
    case 12 + 2: SWEEP_CLOSE(2, 12); break;
    case 16 + 1: SWEEP_CLOSE(1, 16); break;
    default: SWEEP_CLOSE(2, 16);
    }
    return 1;
}
#endif

#define SWEEP(panels, has_least_weight) \
    sweep(c, &p, packed, panel, scratch, output, output_time, TILE_ROWS(panels), panels, \
          has_least_weight)

static void dense_run(
    const affect_convolution *c, const void *packed, size_t packed_size,
    const int8_t *input, size_t input_time, void *scratch, size_t scratch_size,
    int8_t *output, size_t output_size) {
    const packing p = *(const packing *)packed;
    const size_t output_time = affect_output_extent(c->time, input_time);
    assert(packed_size >= p.size);
    assert(scratch_size >= dense_scratch_size(c, input_time));
    assert(output_size >= output_time * p.geometry.output_frequency * (size_t)c->output_channels);
    (void)packed_size;
    (void)scratch_size;
    (void)output_size;

    spread_input(c, p.geometry.pitch, input, input_time, scratch);
#if GATHERED > 0
    if (p.is_gathered) {
        ELEMENT *gathered = (ELEMENT *)scratch + padded_count(c, &p, input_time);
        const size_t runs = p.geometry.run_count;
        const int32_t *offsets = (const int32_t *)((const char *)packed + p.offsets);
        if (runs == 3) {
            gather_runs(c, &p, offsets, scratch, output_time, gathered, 3);
        } else {
            gather_runs(c, &p, offsets, scratch, output_time, gathered, runs);
        }
        scratch = gathered;
    }
    const size_t output_count = output_time * p.geometry.output_frequency;
#endif
    size_t panel = 0;
    while (panel < p.panel_count) {
        const size_t panels = block_of(p.panel_count - panel, &p);
#if GATHERED > 0
        if (swept_close(c, &p, packed, panel, scratch, output, output_count, panels)) {
            panel += panels;
            continue;
        }
#endif
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
            if (p.has_least_weight) {
                SWEEP(1, 1);
                break;
            }
#endif
            SWEEP(1, 0);
        }
        panel += panels;
    }
}
