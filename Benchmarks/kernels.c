// Runs every kernel of every variant for 64-bit ARM once between two marks, which are calls of getppid,
// over an activation of 94 · 20 · 24 elements; prints their names in order. See instructions.c.

#include "CNeuralKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { time = 94, frequency = 20, channels = 24, elements = time * frequency * channels };

static int8_t input[elements], second[elements], output[elements], weights[channels * channels * 9];
static int16_t features[elements];
static int32_t bias[channels], multipliers[channels], shifts[channels];
static const affect_output limits = {3, INT8_MIN, INT8_MAX};

static affect_convolution convolution(int kernel) {
    const affect_axis axis = {kernel, 1, 1, kernel / 2, kernel / 2};
    return (affect_convolution){axis, axis, frequency, channels, channels, 5, 0, limits};
}

static void run_convolution(
    const affect_kernels *kernels, const char *name, affect_convolution c, size_t input_time,
    size_t weight_count) {
    const size_t packed_size = kernels->convolution_packed_size(&c);
    const size_t scratch_size = kernels->convolution_scratch_size(&c, input_time);
    void *packed = aligned_alloc(64, (packed_size + 63) / 64 * 64);
    void *scratch = aligned_alloc(64, (scratch_size + 63) / 64 * 64);
    kernels->convolution_pack(
        &c, weights, weight_count, bias, multipliers, shifts, packed, packed_size);
    getppid();
    kernels->convolution_run(
        &c, packed, packed_size, input, input_time, scratch, scratch_size, output, elements);
    getppid();
    printf("%s %s\n", name, kernels->name);
    free(packed);
    free(scratch);
}

static void run_all(const affect_kernels *kernels) {
    run_convolution(
        kernels, "convolution-3x3", convolution(3), time, channels * channels * 9);
    run_convolution(kernels, "convolution-1x1", convolution(1), time, channels * channels);
    affect_convolution connected = convolution(1);
    connected.input_frequency = 1;
    connected.input_channels = 9 * channels;
    run_convolution(kernels, "fully-connected", connected, 1, channels * channels * 9);

    affect_convolution depthwise = convolution(3);
    depthwise.is_depthwise = 1;
    run_convolution(kernels, "depthwise-3x3", depthwise, time, channels * 9);

    const affect_factor factor = {1500000000, -2}, last = {1500000000, -18};
    const affect_addition addition = {1, factor, 2, factor, last, limits};
    getppid();
    kernels->addition(&addition, input, second, output, elements);
    getppid();
    printf("addition %s\n", kernels->name);

    const affect_factor scale = {1500000000, -7};
    getppid();
    kernels->input_quantization(features, scale, limits, output, elements);
    getppid();
    printf("input-quantization %s\n", kernels->name);
}

int main(void) {
    for (int i = 0; i < elements; i++) {
        input[i] = (int8_t)(i * 79);
        second[i] = (int8_t)(i * 31);
        features[i] = (int16_t)(i * 7919);
    }
    // No weight is the least one, as in most layers.
    for (int i = 0; i < channels * channels * 9; i++) weights[i] = (int8_t)(i * 31 % 255 - 127);
    for (int i = 0; i < channels; i++) {
        bias[i] = 100;
        multipliers[i] = 1500000000;
        shifts[i] = -9;
    }
    const affect_kernels *kernels;
    for (size_t i = 0; (kernels = affect_kernels_available(i)) != NULL; i++) run_all(kernels);
}
