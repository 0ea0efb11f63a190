"""Where there is speech, told from the recording before anything is mixed to it.

A block of ten milliseconds is speech when its level between 300 and 5000 Hz is at most 30 dB below
the loudest block; pauses of at most 200 ms between such blocks are speech, too, and stretches
shorter than 80 ms are not. In recordings whose own background reaches above that line, as in most
of CREMA-D, the line lies 8 dB above the background instead, but never less than 15 dB below the
loudest block.
"""

import numpy as np
import numpy.typing as npt

from ..corpora.audio import SAMPLE_RATE, Samples

Boundaries = tuple[tuple[int, int], ...]
"""Samples [begin, end) of each stretch of speech, in order, apart from each other."""

BLOCK = 160
LOW_FREQUENCY, HIGH_FREQUENCY = 300, 5000
RANGE = 30.0
ABOVE_BACKGROUND = 8.0
SMALLEST_RANGE = 15.0
BACKGROUND_SHARE = 15
"""Per cent of the blocks that are taken for background."""
LOWEST_LEVEL = -120.0
SMOOTHING = 3
LONGEST_PAUSE = 20
SHORTEST_STRETCH = 8
"""Blocks, as the two above it."""


def block_levels(samples: Samples) -> npt.NDArray[np.float64]:
    """Level of each whole block, over three blocks, in decibels below a full-scale square wave."""
    spectrum = np.fft.rfft(samples.astype(np.float64) / 32768)
    frequencies = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    spectrum[(frequencies < LOW_FREQUENCY) | (frequencies > HIGH_FREQUENCY)] = 0
    count = len(samples) // BLOCK
    blocks = np.fft.irfft(spectrum, len(samples))[: count * BLOCK].reshape(count, BLOCK)
    powers = np.convolve((blocks**2).mean(1), np.full(SMOOTHING, 1 / SMOOTHING), "same")
    return 10 * np.log10(np.maximum(powers, 10 ** (LOWEST_LEVEL / 10)))


def speech_line(levels: npt.NDArray[np.float64]) -> float:
    """The level from which on a block is speech."""
    peak = float(levels.max())
    background = float(np.percentile(levels, BACKGROUND_SHARE))
    return min(max(peak - RANGE, background + ABOVE_BACKGROUND), peak - SMALLEST_RANGE)


def speech_boundaries(samples: Samples) -> Boundaries:
    """The stretches of speech of a recording of one speaker."""
    if len(samples) < BLOCK:
        return ()
    levels = block_levels(samples)
    if float(levels.max()) <= LOWEST_LEVEL:
        return ()
    loud = np.flatnonzero(levels >= speech_line(levels))
    breaks = np.flatnonzero(np.diff(loud) > LONGEST_PAUSE + 1)
    begins = loud[np.concatenate(([0], breaks + 1))]
    ends = loud[np.concatenate((breaks, [len(loud) - 1]))] + 1
    return tuple(
        (int(begin) * BLOCK, int(end) * BLOCK)
        for begin, end in zip(begins, ends, strict=True)
        if end - begin >= SHORTEST_STRETCH
    )


def is_speech(boundaries: Boundaries, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether there is speech at each of the sample positions."""
    edges = np.array(boundaries, dtype=np.int64).reshape(-1)
    found: npt.NDArray[np.bool_] = np.searchsorted(edges, positions, side="right") % 2 == 1
    return found


def format_boundaries(boundaries: Boundaries) -> str:
    """`begin-end begin-end …` in samples, as manifests of `affect-model evaluate` have it."""
    return " ".join(f"{begin}-{end}" for begin, end in boundaries)


def parse_boundaries(text: str) -> Boundaries:
    """The inverse of `format_boundaries`; raises `ValueError` where it is none."""
    found = []
    last = 0
    for part in text.split():
        begin, dash, end = part.partition("-")
        if not dash or not last <= int(begin) < int(end):
            raise ValueError(f"boundaries {text!r}: expected begin-end begin-end …, in order")
        found.append((int(begin), int(end)))
        last = int(end)
    return tuple(found)
