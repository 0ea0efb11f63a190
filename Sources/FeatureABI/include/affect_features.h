/*
 * libAffectFeatures: the fixed-point front end of affectd behind a C ABI.
 *
 * The library is the device's own code: for the same samples and options it gives the bytes that
 * the daemon gives, on every processor. Train with it, and what a model learned is what it meets.
 *
 * Samples are signed 16-bit PCM, mono, 16 kHz. Frames are signed 16-bit in the Q-format that the
 * options state (outputFractionBits), row-major [frame_count, channel_count]. Options and number
 * formats are specified in ModelFormat.md, section 3.
 *
 * A front end is not thread-safe; different ones may be used from different threads. Every
 * function that can fail returns a negative AFFECT_ERROR_ value and then has written nothing.
 */
#ifndef AFFECT_FEATURES_H
#define AFFECT_FEATURES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The options are no JSON, or not what ModelFormat.md allows; the message says where. */
#define AFFECT_ERROR_OPTIONS (-1)
/* The given buffer is too small. */
#define AFFECT_ERROR_CAPACITY (-2)
/* An argument is out of range: a null pointer, an unknown table, too many frames. */
#define AFFECT_ERROR_ARGUMENT (-3)

/* The most frames that can be normalised at once. */
#define AFFECT_MAXIMUM_FRAMES 2048

typedef struct affect_front_end affect_front_end;

/* The version of the library, "MAJOR.MINOR.PATCH"; lives for ever. */
const char *affect_version(void);

/*
 * Creates a front end from the frontEnd object of a manifest, as JSON of `length` bytes.
 *
 * On success returns 0 and stores the front end in `*out`; end it with affect_front_end_destroy.
 * On failure stores a message, cut to `error_capacity` bytes with its NUL, in `error`, which may
 * be NULL if `error_capacity` is 0.
 */
int32_t affect_front_end_create(const char *options_json, size_t length, affect_front_end **out,
                                char *error, size_t error_capacity);

/* Ends a front end; NULL is ignored. */
void affect_front_end_destroy(affect_front_end *front_end);

/* The number of values in a frame. */
int32_t affect_front_end_channel_count(const affect_front_end *front_end);

/* The number of whole frames in a segment of `sample_count` samples. */
size_t affect_front_end_frame_count(const affect_front_end *front_end, size_t sample_count);

/*
 * Computes the frames of a whole segment, before normalisation.
 *
 * `frames` has room for `frame_capacity` frames. Returns the number of frames written, which is
 * affect_front_end_frame_count(front_end, count).
 */
ptrdiff_t affect_front_end_process(affect_front_end *front_end, const int16_t *samples,
                                   size_t count, int16_t *frames, size_t frame_capacity);

/*
 * Normalises frames in place, as the options say (none, mean, meanVariance), over exactly these
 * frames, at most AFFECT_MAXIMUM_FRAMES. Returns 0.
 */
int32_t affect_front_end_normalize(affect_front_end *front_end, int16_t *frames,
                                   size_t frame_count);

/*
 * Copies a table of the front end, in the type and shape of the tensor `frontEnd.NAME` of a model
 * file, native byte order: "window" (int32), "melFirstBin" (int32), "melBinCounts" (int32),
 * "melWeights" (uint16), "melLogOffset" (int32), "dct" (int32; empty for logMel),
 * "channelWeights" (int32).
 *
 * `capacity` is in bytes. Returns the size of the table in bytes; with `buffer` NULL it only
 * returns the size.
 */
ptrdiff_t affect_front_end_table(const affect_front_end *front_end, const char *name, void *buffer,
                                 size_t capacity);

/*
 * Converts interleaved PCM of any rate from 8000 to 192000 Hz and 1 to 32 channels to 16 kHz mono
 * as the device does: the mean of the channels, then the integer resampler, with silence before
 * and after.
 *
 * `frame_count` counts samples of one channel. Returns the number of samples written to `out`,
 * which is frame_count * 16000 / rate, rounded up.
 */
ptrdiff_t affect_resample(const int16_t *samples, size_t frame_count, int32_t rate,
                          int32_t channels, int16_t *out, size_t capacity);

/*
 * Finds what the energy gate of the product lets pass of 16 kHz mono audio.
 *
 * `pre_roll` counts the samples that pass from before the sound that opened the gate: a model's
 * preRollFrames times hopLength. Writes pairs of first sample and one past the last, in ten
 * millisecond steps; `pair_capacity` counts pairs. Returns the number of segments.
 */
ptrdiff_t affect_gate_segments(const int16_t *samples, size_t count, size_t pre_roll,
                               int32_t *begin_end, size_t pair_capacity);

#ifdef __cplusplus
}
#endif

#endif
