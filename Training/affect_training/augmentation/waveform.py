"""Changes of a waveform; each takes and returns float64 samples in [−1, 1)."""

import numpy as np
import numpy.typing as npt

Waveform = npt.NDArray[np.float64]


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
