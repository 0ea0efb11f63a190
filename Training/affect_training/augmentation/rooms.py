"""Rooms: speech convolved with an impulse response, measured or synthetic."""

import numpy as np

from ..corpora.audio import SAMPLE_RATE
from .waveform import Waveform

DIRECT = round(0.0025 * SAMPLE_RATE)
"""Samples after the peak that count as the direct sound: 2.5 ms, as is usual for the ratio of
direct to reverberant energy."""

LEAD = round(0.001 * SAMPLE_RATE)
"""Samples before the peak of a measured response that are kept: its filter rings before it."""


def synthetic_response(
    seconds: float, direct_ratio: float, generator: np.random.Generator
) -> Waveform:
    """An impulse and, from 2.5 ms on, noise that falls by 60 dB in `seconds`.

    A diffuse field behind the direct sound; `direct_ratio` is the energy of the impulse over that
    of the noise, in dB.
    """
    length = DIRECT + max(1, round(seconds * SAMPLE_RATE))
    time = np.arange(length) / SAMPLE_RATE
    response: Waveform = generator.standard_normal(length) * 10.0 ** (-3 * time / seconds)
    response[:DIRECT] = 0
    response *= 10.0 ** (-direct_ratio / 20) / np.sqrt(np.sum(response**2))
    response[0] = 1
    return response


def measured_response(recording: Waveform, tail: float) -> Waveform:
    """A measured response from its direct sound on, its tail `tail` times as loud as measured.

    Less than 1 is nearer to the speaker, more is farther away.
    """
    peak = int(np.abs(recording).argmax())
    response = recording[max(0, peak - LEAD) :].copy()
    response[min(peak, LEAD) + DIRECT :] *= tail
    return response


def in_room(samples: Waveform, response: Waveform) -> Waveform:
    """Heard through `response`, with the level and the length of before."""
    # The next power of two: no echo comes round, and the transform is fast.
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    spectrum = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    heard = np.fft.irfft(spectrum, size)[: len(samples)]
    level = float(np.sqrt(np.mean(heard**2)))
    if level == 0:
        return samples.copy()
    result: Waveform = heard * (float(np.sqrt(np.mean(samples**2))) / level)
    return result
