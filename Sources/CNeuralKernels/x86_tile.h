// What the variants of x86-64 do with a tile. The file that includes it defines, besides what
// convolution_loops.h wants,
//
//   BROADCAST(p)             the GROUP elements at p in every lane
//   DOT(sums, elements, w)   adds the products
//
// and the functions
//
//   requantizer_load         makes the `requantizer` of one panel
//   store, store_plain       requantise one VECTOR and store `lanes` integers

#include "convolution_geometry.h"

#define LEAST_WEIGHT_IS_APART 0
#define WEIGHT_PLACE(lane, k) ((lane) * GROUP + (k))
// As far as there are registers for their weights: the addresses of the outputs are loaded once for
// both.
#define STEP(panels) ((panels) <= 2 ? 2 : 1)

/// Adds the products of `step` groups of neighbouring elements.
static inline __attribute__((always_inline)) void add_products(
    VECTOR *sums, const ELEMENT *const *cells, size_t offset, const char *weights,
    const int has_least_weight, const int rows, const int panels, const int step) {
    (void)has_least_weight;
    VECTOR columns[2 * PANELS];
#pragma clang loop unroll(full)
    for (int k = 0; k < step * panels; k++) {
        columns[k] = LOAD(weights + (size_t)k * LANES * GROUP * sizeof(WEIGHT));
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

/// Requantises the sums of a tile and stores those of its first `stored` outputs.
static inline __attribute__((always_inline)) void store_tile(
    const VECTOR *sums, affect_factors factors, affect_output limits, int8_t *output,
    size_t pitch, size_t channels, size_t stored, const int rows, const int panels) {
#pragma clang loop unroll(full)
    for (int j = 0; j < panels; j++) {
        const size_t first = (size_t)j * LANES;
        const size_t lanes = channels - first < LANES ? channels - first : LANES;
        // The common cases apart, so that nothing is decided row by row in them.
        const int is_common
            = factors.is_plain && stored == (size_t)rows && (lanes == LANES || lanes == 8);
        if (is_common && affect_is_rectified(limits)) {
            const rectifier r
                = rectifier_load(factors.multipliers + first, factors.right_shifts + first);
            if (lanes == LANES) {
#pragma clang loop unroll(full)
                for (int i = 0; i < rows; i++) {
                    store_rectified(
                        sums[i * panels + j], &r, output + (size_t)i * pitch + first, LANES);
                }
            } else {
#pragma clang loop unroll(full)
                for (int i = 0; i < rows; i++) {
                    store_rectified(
                        sums[i * panels + j], &r, output + (size_t)i * pitch + first, 8);
                }
            }
            continue;
        }
        const requantizer r = requantizer_load(
            factors.multipliers + first, factors.left_shifts + first,
            factors.right_shifts + first, limits);
        if (is_common) {
            if (lanes == LANES) {
#pragma clang loop unroll(full)
                for (int i = 0; i < rows; i++) {
                    store_plain(
                        sums[i * panels + j], &r, output + (size_t)i * pitch + first, LANES);
                }
            } else {
#pragma clang loop unroll(full)
                for (int i = 0; i < rows; i++) {
                    store_plain(sums[i * panels + j], &r, output + (size_t)i * pitch + first, 8);
                }
            }
            continue;
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < rows; i++) {
            if ((size_t)i >= stored) continue;
            int8_t *target = output + (size_t)i * pitch + first;
            if (factors.is_plain) {
                store_plain(sums[i * panels + j], &r, target, lanes);
            } else {
                store(sums[i * panels + j], &r, target, lanes);
            }
        }
    }
}
