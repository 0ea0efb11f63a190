"""Noise at a stated signal-to-noise ratio, over the samples in which there is speech."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..corpora.audio import Samples
from ..speech_detection.labels import is_speech, speech_boundaries

Waveform = npt.NDArray[np.float64]

LEVELS = (20, 10, 5, 0)
"""Signal-to-noise ratios in dB."""

VOICES = 4
"""Voices of babble."""

DRAWS = 50


def active_samples(samples: Samples) -> npt.NDArray[np.bool_]:
    """Where there is speech; everywhere, if none is found."""
    found = is_speech(speech_boundaries(samples), np.arange(len(samples)))
    return found if found.any() else np.ones(len(samples), dtype=bool)


def spoken(samples: Samples) -> Waveform:
    """The speech alone, without the pauses, at a mean power of 1."""
    speech = samples[active_samples(samples)].astype(np.float64)
    return speech / max(1e-9, float(np.sqrt((speech**2).mean())))


def babble(clips: Sequence[Waveform], generator: np.random.Generator) -> Waveform:
    """As many of the clips as there are `VOICES`, at once and equally loud, over and over."""
    chosen = generator.choice(len(clips), size=min(VOICES, len(clips)), replace=False)
    length = max(len(clips[index]) for index in chosen)
    total: Waveform = np.sum([np.resize(clips[index], length) for index in chosen], axis=0)
    return total


def stretch(
    noise: Waveform, active: npt.NDArray[np.bool_], generator: np.random.Generator
) -> Waveform:
    """A random stretch of the noise, repeated where it is short.

    Where the speech is, it must have at least a tenth of the recording's mean power: one bark of a
    dog beside the speech is no noise under it. If no draw has it, the strongest is taken.
    """
    length = len(active)
    repeated = np.tile(noise, 2 + length // len(noise))
    least = 0.1 * float((noise**2).mean())
    best, strongest = repeated[:length], -1.0
    for _ in range(DRAWS):
        begin = int(generator.integers(len(noise)))
        drawn = repeated[begin : begin + length]
        power = float((drawn[active] ** 2).mean())
        if power > strongest:
            best, strongest = drawn, power
        if power >= least:
            return drawn
    return best


def mixed(samples: Samples, noise: Waveform, decibels: float) -> Samples:
    """`samples` with as much of `noise`, equally long, as gives the ratio over the speech.

    Where the sum would clip, all of it is made softer: the ratio stays.
    """
    active = active_samples(samples)
    signal = samples.astype(np.float64)
    power = float((noise[active] ** 2).mean())
    if power == 0:
        raise ValueError("the noise is silent where the speech is")
    wanted = float((signal[active] ** 2).mean()) * 10.0 ** (-decibels / 10)
    total = signal + noise * np.sqrt(wanted / power)
    total *= min(1.0, 32767 / max(1.0, float(np.abs(total).max())))
    heard: Samples = np.round(total).astype(np.int16)
    return heard
