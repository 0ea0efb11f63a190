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
//   VECTOR                   LANES sums of 32 bits
//   LOAD(p)                  a VECTOR; p is aligned to 64 bytes
//   BROADCAST(p)             the GROUP elements at p in every lane
//   DOT(sums, elements, w)   adds the products
//   OVERRUN                  elements that `widen_row` and `fill_row` may write past their end
//
// and before it the functions
//
//   widen_row                copies `count` of `available` stored integers as elements
//   fill_row                 writes `count` equal elements
//   requantizer_load         makes the `requantizer` of one panel
//   store, store_plain       requantise one VECTOR and store `lanes` integers
//
// Packed: offsets of the runs and whether requantisation is plain, then bias, multipliers, left and right shifts of all lanes, then the
// weights of each panel as [group][lane][GROUP].

#include "convolution_geometry.h"
#include "plain_requantization.h"

typedef struct {
    affect_geometry geometry;
    size_t groups_per_run;
    size_t group_count;
    size_t panel_count;
    /// Bytes from the beginning of the packed data.
    size_t plainness, bias, multipliers, left_shifts, right_shifts, weights, panel_size, size;
} packing;

static packing packing_of(const affect_convolution *c) {
    packing p;
    p.geometry = affect_geometry_of(c);
    p.groups_per_run = (p.geometry.run_length + GROUP - 1) / GROUP;
    p.group_count = p.geometry.run_count * p.groups_per_run;
    p.panel_count = ((size_t)c->output_channels + LANES - 1) / LANES;
    size_t column = affect_round_up(p.panel_count * LANES * sizeof(int32_t), affect_alignment);
    p.plainness = p.geometry.run_count * sizeof(int32_t);
    p.bias = affect_round_up(p.plainness + sizeof(int32_t), affect_alignment);
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
    int32_t is_plain = 1;
    for (size_t channel = 0; channel < channels; channel++) {
        const int8_t *row = weights + channel * depth;
        uint32_t sum = 0;
        int64_t magnitude = bias[channel] < 0 ? -(int64_t)bias[channel] : bias[channel];
        for (size_t i = 0; i < depth; i++) {
            sum += (uint32_t)row[i];
            magnitude += 255 * (row[i] < 0 ? -row[i] : row[i]);
        }
        is_plain &= affect_is_plain(magnitude, shifts[channel], c->output);
        ((uint32_t *)(base + p.bias))[channel]
            = (uint32_t)bias[channel] - sum * (uint32_t)BIAS_OFFSET(c->input_zero_point);
        int32_t shift = shifts[channel];
        ((int32_t *)(base + p.multipliers))[channel] = multipliers[channel];
        ((int32_t *)(base + p.left_shifts))[channel] = shift > 0 ? shift : 0;
        ((int32_t *)(base + p.right_shifts))[channel] = shift > 0 ? 0 : -shift;

        WEIGHT *panel = (WEIGHT *)(base + p.weights + channel / LANES * p.panel_size);
        for (size_t i = 0; i < depth; i++) {
            size_t in_run = i % p.geometry.run_length;
            size_t group = i / p.geometry.run_length * p.groups_per_run + in_run / GROUP;
            panel[(group * LANES + channel % LANES) * GROUP + in_run % GROUP] = row[i];
        }
    }
    *(int32_t *)(base + p.plainness) = is_plain;
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

/// Adds the products of `step` groups of neighbouring elements.
static inline __attribute__((always_inline)) void add_products(
    VECTOR *sums, const ELEMENT *const *cells, size_t offset, const char *weights,
    size_t panel_size, const int rows, const int panels, const int step) {
    VECTOR columns[2 * PANELS];
#pragma clang loop unroll(full)
    for (int k = 0; k < step; k++) {
#pragma clang loop unroll(full)
        for (int j = 0; j < panels; j++) {
            columns[k * panels + j] = LOAD(
                weights + (size_t)k * LANES * GROUP * sizeof(WEIGHT) + (size_t)j * panel_size);
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
        // Keeps the loads where they are used: hoisted, they drive sums out of the registers.
        __asm__ volatile("" ::: "memory");
        const ELEMENT *cell = cells[i] + offset;
#pragma clang loop unroll(full)
        for (int k = 0; k < step; k++) {
            const VECTOR elements = BROADCAST(cell + k * GROUP);
#pragma clang loop unroll(full)
            for (int j = 0; j < panels; j++) {
                sums[i * panels + j]
                    = DOT(sums[i * panels + j], elements, columns[k * panels + j]);
            }
        }
    }
}

/// Computes `rows` outputs, of which `stored` are stored, in `panels` panels.
static inline __attribute__((always_inline)) void tile(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *const *cells, int8_t *output, size_t stored, const int rows, const int panels) {
    const int32_t *offsets = (const int32_t *)packed;
    const char *weights = packed + p->weights + panel * p->panel_size;
    const size_t panel_size = p->panel_size;
    VECTOR sums[TILE_SUMS];
#pragma clang loop unroll(full)
    for (int i = 0; i < rows * panels; i++) {
        sums[i] = LOAD(
            packed + p->bias + (panel + (size_t)(i % panels)) * LANES * sizeof(int32_t));
    }

    // Two groups at a time, as far as there are registers for their weights: the addresses of the
    // outputs are loaded once for both.
    const int step = panels <= 2 ? 2 : 1;
    for (size_t run = 0; run < p->geometry.run_count; run++) {
        size_t offset = (size_t)offsets[run];
        size_t group = 0;
        for (; group + (size_t)step <= p->groups_per_run; group += (size_t)step) {
            add_products(sums, cells, offset, weights, panel_size, rows, panels, step);
            offset += (size_t)step * GROUP;
            weights += (size_t)step * LANES * GROUP * sizeof(WEIGHT);
        }
        if (group < p->groups_per_run) {
            add_products(sums, cells, offset, weights, panel_size, rows, panels, 1);
            weights += LANES * GROUP * sizeof(WEIGHT);
        }
    }

    const size_t channels = (size_t)c->output_channels;
    const int is_plain = *(const int32_t *)(packed + p->plainness);
#pragma clang loop unroll(full)
    for (int j = 0; j < panels; j++) {
        const size_t first = (panel + (size_t)j) * LANES;
        const size_t lanes = channels - first < LANES ? channels - first : LANES;
        const requantizer factors = requantizer_load(
            packed + p->multipliers + first * sizeof(int32_t),
            packed + p->left_shifts + first * sizeof(int32_t),
            packed + p->right_shifts + first * sizeof(int32_t), c->output);
        // The common cases apart, so that nothing is decided row by row in them.
        if (is_plain && lanes == LANES && stored == (size_t)rows) {
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                store_plain(
                    sums[i * panels + j], &factors, output + (size_t)i * channels + first, LANES);
            }
            continue;
        }
        if (is_plain && lanes == 8 && stored == (size_t)rows) {
#pragma clang loop unroll(full)
            for (int i = 0; i < rows; i++) {
                store_plain(
                    sums[i * panels + j], &factors, output + (size_t)i * channels + first, 8);
            }
            continue;
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            if ((size_t)i >= stored) continue;
            int8_t *target = output + (size_t)i * channels + first;
            if (is_plain) {
                store_plain(sums[i * panels + j], &factors, target, lanes);
            } else {
                store(sums[i * panels + j], &factors, target, lanes);
            }
        }
    }
}

/// Computes all outputs in `panels` panels from `panel` on.
static inline __attribute__((always_inline)) void sweep(
    const affect_convolution *c, const packing *p, const char *packed, size_t panel,
    const ELEMENT *scratch, int8_t *output, size_t output_time, const int rows, const int panels) {
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
            tile(c, p, packed, panel, cells, output, 1, 1, panels);
        } else {
            tile(c, p, packed, panel, cells, output, wanted, rows, panels);
        }
        output += wanted * channels;
        left -= wanted;
    }
}

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
    size_t panel = 0;
    while (panel < p.panel_count) {
        const size_t left = p.panel_count - panel;
        // Five panels go as three and two, not as four and one.
        const size_t panels = left == PANELS + 1 ? (left + 1) / 2 : left < PANELS ? left : PANELS;
        switch (panels) {
#if PANELS >= 4
        case 4:
            sweep(c, &p, packed, panel, scratch, output, output_time, TILE_ROWS(4), 4);
            break;
#endif
#if PANELS >= 3
        case 3:
            sweep(c, &p, packed, panel, scratch, output, output_time, TILE_ROWS(3), 3);
            break;
#endif
        case 2:
            sweep(c, &p, packed, panel, scratch, output, output_time, TILE_ROWS(2), 2);
            break;
        default:
            sweep(c, &p, packed, panel, scratch, output, output_time, TILE_ROWS(1), 1);
        }
        panel += panels;
    }
}
