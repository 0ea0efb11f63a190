"""Changes of a waveform; each takes and returns float64 samples in [−1, 1)."""

import numpy as np
import numpy.typing as npt

from ..corpora.audio import SAMPLE_RATE

Waveform = npt.NDArray[np.float64]

LEVEL_FRAME = SAMPLE_RATE // 50
"""Samples of a frame whose level is measured: 20 ms."""

ACTIVE = 30.0
"""Frames at most so many dB below the loudest one count as speech."""


def speed(samples: Waveform, rate: float) -> Waveform:
    """Plays `rate` times as fast: duration and pitch change together (band-limited, by FFT)."""
    length = max(1, round(len(samples) / rate))
    spectrum = np.fft.rfft(samples)
    bins = length // 2 + 1
    resized = np.zeros(bins, dtype=np.complex128)
    kept = min(bins, len(spectrum))
    resized[:kept] = spectrum[:kept]
    result: Waveform = np.fft.irfft(resized, length) * (length / len(samples))
    return result


def gain(samples: Waveform, decibels: float) -> Waveform:
    """Louder or quieter."""
    result: Waveform = samples * 10.0 ** (decibels / 20)
    return result


def level(samples: Waveform, decibels: float) -> Waveform:
    """The speech of the clip at a level, in dB of full scale; silence stays."""
    current = active_level(samples)
    return gain(samples, decibels - current) if np.isfinite(current) else samples.copy()


def active_level(samples: Waveform) -> float:
    """The level of the active frames in dB of full scale, 20 log10 of their RMS."""
    count = max(1, len(samples) // LEVEL_FRAME)
    powers = np.array([np.mean(part**2) for part in np.array_split(samples, count)])
    active = powers[powers >= powers.max() * 10.0 ** (-ACTIVE / 10)]
    mean = float(active.mean())
    return 10 * float(np.log10(mean)) if mean > 0 else float("-inf")


def shift(samples: Waveform, seconds: float) -> Waveform:
    """Later by `seconds`, earlier if negative; silence comes in, the length stays."""
    moved = round(seconds * SAMPLE_RATE)
    result = np.zeros_like(samples)
    kept = max(0, len(samples) - abs(moved))
    if moved >= 0:
        result[len(samples) - kept :] = samples[:kept]
    else:
        result[:kept] = samples[len(samples) - kept :]
    return result


def low_pass(samples: Waveform, hertz: float) -> Waveform:
    """The magnitude of a Butterworth filter of order 8 (−3 dB at `hertz`) without its delay."""
    size = len(samples) + LEVEL_FRAME  # what rings over the end does not come in at the beginning
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    magnitude = 1 / np.sqrt(1 + (frequencies / hertz) ** 16)
    result: Waveform = np.fft.irfft(np.fft.rfft(samples, size) * magnitude, size)[: len(samples)]
    return result


def tilt(samples: Waveform, amount: float) -> Waveform:
    """A gentle spectral tilt, `y[n] = x[n] + amount · x[n−1]`: another microphone or distance."""
    result = samples.copy()
    result[1:] += amount * samples[:-1]
    return result


def add_noise(
    samples: Waveform, noise: Waveform, decibels: float, generator: np.random.Generator
) -> Waveform:
    """Adds a random stretch of `noise` at a signal-to-noise ratio over the whole clip."""
    repeated = np.tile(noise, 1 + len(samples) // len(noise))
    begin = int(generator.integers(len(repeated) - len(samples) + 1))
    stretch = repeated[begin : begin + len(samples)]
    level = float(np.sqrt(np.mean(stretch**2)))
    if level == 0:
        return samples.copy()
    signal = float(np.sqrt(np.mean(samples**2)))
    result: Waveform = samples + stretch * (signal / level * 10.0 ** (-decibels / 20))
    return result
