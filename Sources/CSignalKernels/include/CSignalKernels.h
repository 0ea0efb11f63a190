// Steps of the front end written for particular processors, bit for bit the answers of SignalKernels.
//
// Every function takes the sizes of the memory it is given and asserts them in debug builds; the
// Swift side checks them in every build.

#ifndef AFFECT_SIGNAL_KERNELS_H
#define AFFECT_SIGNAL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// A complex number; the layout of `SignalKernels.ComplexInt32`.
typedef struct {
    int32_t real;
    int32_t imaginary;
} affect_complex;

enum {
    /// What `window` returns for a frame that is exactly zero.
    affect_window_silent = INT32_MIN,
    /// The shortest transform.
    affect_shortest_transform = 16,
    /// What the counts of outputs of `decimate_by_three` are multiples of.
    affect_decimated_group = 8,
};

/// The kernels of one variant.
typedef struct {
    /// `SignalKernels.downmix` of two channels: `samples` [2 · count], `output` [count].
    void (*average_pairs)(const int16_t *samples, size_t count, int16_t *output);

    /// `SignalKernels.resample` by a third: `samples` [3 · (count − 1) + tap_count], `row` [tap_count],
    /// symmetric around tap_count / 2 − 1, the last one zero, and tap_count a multiple of six;
    /// `output` [count].
    void (*decimate_by_three)(
        const int16_t *samples, const int32_t *row, size_t tap_count, size_t count,
        int16_t *output);

    /// `SignalKernels.applyWindow`: `signal` and `window` [count], `output` [half_length].
    int32_t (*window)(
        const int32_t *signal, const int32_t *window, size_t count, affect_complex *output,
        size_t half_length);

    /// `SignalKernels.fourierTransform`: `block` [length], a power of two.
    void (*transform)(
        affect_complex *block, size_t length, const affect_complex *twiddles,
        size_t twiddle_count);

    /// `SignalKernels.separateRealSpectrum`: `block` [half_length + 1], `twiddles`
    /// [half_length / 2].
    void (*separate)(affect_complex *block, size_t half_length, const affect_complex *twiddles);
} affect_signal_kernels;

/// The fastest table that this processor can run, or NULL.
const affect_signal_kernels *affect_signal_kernels_fastest(void);

#endif
