"""What a network listens to: parts of time and frequency are hidden in the audio itself.

Each cell of a grid over a clip (bands of equal width in mel, equal parts of the time from the first
to the last sample of speech) is lowered by 30 dB in turn, and the product hears the result. A map
shows by how much the probability of the true emotion falls.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..corpora.audio import SAMPLE_RATE, Samples
from ..speech_detection.labels import speech_boundaries

DEPTH = 30.0
"""Decibels by which a cell is lowered."""

FRAME, HOP = 512, 128


@dataclass(frozen=True)
class Grid:
    """Edges of the bands in Hz, and the number of parts of time."""

    edges: tuple[float, ...]
    parts: int

    @staticmethod
    def over(low: float, high: float, bands: int, parts: int) -> "Grid":
        """Bands of equal width in mel (2595·log10(1 + f/700)) over what the front end hears."""
        first, last = (2595 * float(np.log10(1 + f / 700)) for f in (low, high))
        mels = np.linspace(first, last, bands + 1)
        return Grid(tuple(float(700 * (10 ** (mel / 2595) - 1)) for mel in mels), parts)

    @property
    def bands(self) -> int:
        return len(self.edges) - 1


def speech_span(samples: Samples) -> tuple[int, int]:
    """From the first to the last sample of speech; the whole clip if there is none."""
    boundaries = speech_boundaries(samples)
    return (boundaries[0][0], boundaries[-1][1]) if boundaries else (0, len(samples))


def hidden(samples: Samples, grid: Grid, band: int, part: int) -> Samples:
    """The clip with one cell lowered (square-root Hann windows, 32 ms every 8 ms)."""
    begin, end = speech_span(samples)
    edges = begin + (end - begin) * np.arange(grid.parts + 1) / grid.parts
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME))
    padded = np.pad(samples.astype(np.float64), FRAME)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    spectra = np.fft.rfft(frames * window)
    frequencies = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)
    centres = np.arange(len(frames)) * HOP + FRAME / 2 - FRAME
    rows = (centres >= edges[part]) & (centres < edges[part + 1])
    columns = (frequencies >= grid.edges[band]) & (frequencies < grid.edges[band + 1])
    spectra[np.ix_(rows, columns)] *= 10.0 ** (-DEPTH / 20)
    total: npt.NDArray[np.float64] = np.zeros(len(padded))
    for index, frame in enumerate(np.fft.irfft(spectra, FRAME) * window):
        total[index * HOP : index * HOP + FRAME] += frame
    # Four squared windows over each sample add up to 2.
    heard = total[FRAME : FRAME + len(samples)] / 2
    return np.clip(np.round(heard), -32768, 32767).astype(np.int16)
