// Where the inputs of one output lie, the same for every variant.
//
// A variant copies the input into scratch with the padding around it, so that no tap is ever outside.
// The taps of one output are then a few runs of neighbouring elements: whole rows of taps, or single
// taps where the frequency axis is dilated. Each run is read in groups of GROUP elements, the last
// one past its end, where the packed weights are zero.

#ifndef AFFECT_CONVOLUTION_GEOMETRY_H
#define AFFECT_CONVOLUTION_GEOMETRY_H

#include "CNeuralKernels.h"

#include <assert.h>
#include <string.h>

/// Alignment of every part of the packed data.
enum { affect_alignment = 64 };

typedef struct {
    /// Elements of one padded frame.
    size_t pitch;
    /// Runs of one output.
    size_t run_count;
    /// Elements of one run.
    size_t run_length;
    /// Frequency rows of the output.
    size_t output_frequency;
} affect_geometry;

static inline size_t affect_round_up(size_t value, size_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

/// Positions of the window over `extent` cells; at least one fits.
static inline size_t affect_output_extent(affect_axis axis, size_t extent) {
    size_t reach = (size_t)axis.dilation * (size_t)(axis.kernel - 1) + 1;
    size_t padded = extent + (size_t)axis.padding_before + (size_t)axis.padding_after;
    assert(padded >= reach);
    return 1 + (padded - reach) / (size_t)axis.stride;
}

static inline affect_geometry affect_geometry_of(const affect_convolution *c) {
    assert(c->input_frequency >= 1 && c->input_channels >= 1 && c->output_channels >= 1);
    affect_geometry geometry;
    size_t channels = (size_t)c->input_channels;
    size_t taps = (size_t)c->frequency.kernel;
    geometry.pitch = channels * (size_t)(c->input_frequency + c->frequency.padding_before
                                         + c->frequency.padding_after);
    geometry.output_frequency
        = affect_output_extent(c->frequency, (size_t)c->input_frequency);
    if (c->frequency.dilation > 1 && taps > 1) {
        geometry.run_count = (size_t)c->time.kernel * taps;
        geometry.run_length = channels;
    } else if (c->time.dilation == 1 && taps * channels == geometry.pitch) {
        geometry.run_count = 1;
        geometry.run_length = (size_t)c->time.kernel * taps * channels;
    } else {
        geometry.run_count = (size_t)c->time.kernel;
        geometry.run_length = taps * channels;
    }
    return geometry;
}

/// Elements from the first one of an output's taps to the first one of its run number `run`.
static inline size_t affect_run_offset(
    const affect_convolution *c, const affect_geometry *geometry, size_t run) {
    size_t time = run, frequency = 0;
    if (geometry->run_count > (size_t)c->time.kernel) {
        time = run / (size_t)c->frequency.kernel;
        frequency = run % (size_t)c->frequency.kernel;
    }
    return time * (size_t)c->time.dilation * geometry->pitch
        + frequency * (size_t)c->frequency.dilation * (size_t)c->input_channels;
}

#endif
