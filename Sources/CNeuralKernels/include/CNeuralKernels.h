// int8 kernels written for particular processors, bit for bit the answers of NeuralKernels.
//
// One table of functions per variant; a table is chosen once, when a model is prepared. Weights are
// packed then too, each variant in an order of its own, so that running only reads them forward.
//
// Every function takes the sizes of the memory it is given and asserts them in debug builds; the
// Swift side checks them in every build.

#ifndef AFFECT_NEURAL_KERNELS_H
#define AFFECT_NEURAL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// One axis of a sliding window; the members are those of `NeuralKernels.SlidingAxis`.
typedef struct {
    int32_t kernel;
    int32_t stride;
    int32_t dilation;
    int32_t padding_before;
    int32_t padding_after;
} affect_axis;

/// How the integers of a result are stored.
typedef struct {
    int32_t zero_point;
    int32_t minimum;
    int32_t maximum;
} affect_output;

/// A real factor `multiplier * 2^(shift - 31)`.
typedef struct {
    int32_t multiplier;
    int32_t shift;
} affect_factor;

/// A convolution, apart from its number of frames. Activations are `[time, frequency, channels]`.
///
/// A depthwise one has one filter a channel: as many output channels as input channels, and at most
/// `affect_most_depthwise_taps` taps.
typedef struct {
    affect_axis time;
    affect_axis frequency;
    int32_t input_frequency;
    int32_t input_channels;
    int32_t output_channels;
    int32_t input_zero_point;
    int32_t is_depthwise;
    affect_output output;
} affect_convolution;

/// An addition of two activations; the members are those of `NeuralKernels.AdditionQuantization`.
typedef struct {
    int32_t first_zero_point;
    affect_factor first_factor;
    int32_t second_zero_point;
    affect_factor second_factor;
    affect_factor output_factor;
    affect_output output;
} affect_addition;

/// Taps of the largest depthwise filter that variants run.
enum { affect_most_depthwise_taps = 64 };

/// The kernels of one variant.
typedef struct {
    /// Such as "avx2".
    const char *name;

    /// Bytes of the packed weights, bias and factors of a convolution.
    size_t (*convolution_packed_size)(const affect_convolution *convolution);

    /// Bytes of scratch to run a convolution over `input_time` frames.
    size_t (*convolution_scratch_size)(const affect_convolution *convolution, size_t input_time);

    /// Packs `weights` [output_channels, kernel time, kernel frequency, input_channels], those of a
    /// depthwise convolution [kernel time, kernel frequency, channels], and, for each output channel,
    /// bias, multiplier and shift. `packed` is aligned to 16 bytes.
    void (*convolution_pack)(
        const affect_convolution *convolution, const int8_t *weights, size_t weight_count,
        const int32_t *bias, const int32_t *multipliers, const int32_t *shifts,
        void *packed, size_t packed_size);

    /// Convolves `input_time` frames.
    void (*convolution_run)(
        const affect_convolution *convolution, const void *packed, size_t packed_size,
        const int8_t *input, size_t input_time, void *scratch, size_t scratch_size,
        int8_t *output, size_t output_size);

    /// Adds `count` elements.
    void (*addition)(
        const affect_addition *addition, const int8_t *first, const int8_t *second,
        int8_t *output, size_t count);

    /// Quantises `count` features.
    void (*input_quantization)(
        const int16_t *features, affect_factor factor, affect_output quantization,
        int8_t *output, size_t count);
} affect_kernels;

/// The tables that this processor can run, fastest first; NULL from the last one on.
const affect_kernels *affect_kernels_available(size_t index);

/// Whether this is an x86 processor, under a system, that runs AVX2.
int affect_processor_has_avx2(void);

#endif
