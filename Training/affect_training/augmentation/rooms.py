"""Rooms: speech convolved with an impulse response, measured or synthetic."""

import numpy as np

from ..corpora.audio import SAMPLE_RATE
from .waveform import Waveform

EARLIEST_REFLECTION = 0.002
"""Seconds after the direct sound of a synthetic room."""

DIRECT = round(0.0025 * SAMPLE_RATE)
"""Samples after the peak of a measured response that count as the direct sound: 2.5 ms, as is
usual for the ratio of direct to reverberant energy."""

LEAD = round(0.001 * SAMPLE_RATE)
"""Samples before the peak of a measured response that are kept: its filter rings before it."""


def synthetic_response(
    generator: np.random.Generator, reverberation: float, direct_to_reverberant: float
) -> Waveform:
    """The impulse response of a room: direct sound, then noise that decays exponentially.

    - `reverberation`: seconds until the decay reaches −60 dB.
    - `direct_to_reverberant`: decibels of the direct sound over all that follows.

    Source: J. D. Polack's statistical model, Gaussian noise under an exponential decay. The direct
    sound comes first and with amplitude 1, so labels of the dry recording hold.
    """
    length = max(2, round(reverberation * SAMPLE_RATE))
    time = np.arange(length) / SAMPLE_RATE
    response = generator.normal(size=length) * 10 ** (-3 * time / reverberation)
    # Walls take more of the treble: a gentle one-pole smoothing of the tail.
    response[1:] += generator.uniform(0.2, 0.8) * response[:-1]
    response[time < EARLIEST_REFLECTION] = 0
    energy = float((response**2).sum())
    if energy > 0:
        response *= 10 ** (-direct_to_reverberant / 20) / np.sqrt(energy)
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


def convolve(samples: Waveform, response: Waveform) -> Waveform:
    """The sound in the room, as long as the dry one."""
    # A power of two is fast, and long enough for no echo to come round.
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    result: Waveform = np.fft.irfft(product, size)[: len(samples)]
    return result


def in_room(samples: Waveform, response: Waveform) -> Waveform:
    """The sound in the room at the level of the dry one."""
    heard = convolve(samples, response)
    level = float(np.sqrt(np.mean(heard**2)))
    if level == 0:
        return samples.copy()
    result: Waveform = heard * (float(np.sqrt(np.mean(samples**2))) / level)
    return result
