"""Duration without pitch, and pitch without duration."""

import numpy as np

from .waveform import Waveform, speed

WINDOW = 512
"""Samples: 32 ms at 16 kHz, two periods of the deepest voices."""

HOP = WINDOW // 2
SEARCH = 160
"""Samples to either side: together one period of 50 Hz."""


def stretch(samples: Waveform, factor: float) -> Waveform:
    """Lasts `factor` times as long at the same pitch.

    WSOLA (Verhelst and Roelands, ICASSP 1993): Hann windows every `HOP` samples, each taken from
    where the waveform best goes on from the window before it, at most `SEARCH` samples from where
    the factor asks for. A factor of 1 changes nothing.
    """
    length = max(1, round(len(samples) * factor))
    count = length // HOP + 2
    before, after = HOP + SEARCH, WINDOW + HOP + 2 * SEARCH
    padded = np.pad(samples, (before, after + int(HOP / factor)))
    squares = np.concatenate([[0.0], np.cumsum(padded**2)])
    window = np.hanning(WINDOW + 1)[:-1]
    result = np.zeros(count * HOP + WINDOW)
    begin = SEARCH
    for index in range(count):
        if index:
            wanted = padded[begin + HOP : begin + HOP + WINDOW]
            first = min(round(index * HOP / factor), len(samples) + HOP)
            region = padded[first : first + WINDOW + 2 * SEARCH]
            energies = (
                squares[first + WINDOW :][: 2 * SEARCH + 1] - squares[first:][: 2 * SEARCH + 1]
            )
            likeness = np.correlate(region, wanted) / np.sqrt(np.maximum(energies, 1e-9))
            # Among equals, such as in silence, the nearest to what the factor asks for.
            likeness -= 1e-9 * np.abs(np.arange(-SEARCH, SEARCH + 1))
            begin = first + int(likeness.argmax())
        result[index * HOP : index * HOP + WINDOW] += window * padded[begin : begin + WINDOW]
    stretched: Waveform = result[HOP : HOP + length]
    return stretched


def pitch(samples: Waveform, semitones: float) -> Waveform:
    """Higher or deeper with the same duration: stretched, then played faster by the same ratio."""
    ratio = 2.0 ** (semitones / 12)
    moved = speed(stretch(samples, ratio), ratio)
    result = np.zeros_like(samples)
    count = min(len(samples), len(moved))
    result[:count] = moved[:count]
    return result
