"""Synthetic rooms: impulse responses drawn from a seed."""

import numpy as np
import numpy.typing as npt

from ..corpora.audio import SAMPLE_RATE

Waveform = npt.NDArray[np.float64]

EARLIEST_REFLECTION = 0.002
"""Seconds after the direct sound."""


def synthetic_room(
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


def convolve(samples: Waveform, response: Waveform) -> Waveform:
    """The sound in the room, as long as the dry one."""
    size = 1 << (len(samples) + len(response) - 1).bit_length()
    product = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    result: Waveform = np.fft.irfft(product, size)[: len(samples)]
    return result
