"""Streams of speech and noise whose speech is known to the sample."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ..augmentation.rooms import convolve, synthetic_response
from ..augmentation.waveform import gain, tilt
from ..corpora.audio import SAMPLE_RATE, Samples
from .labels import Boundaries, speech_boundaries
from .music import synthesise_music

Waveform = npt.NDArray[np.float64]
Generator = np.random.Generator

BEFORE, AFTER, FADE = 0.12, 0.15, 0.05
"""Seconds kept around the speech of a clip, and faded at either end."""
BABBLERS = (6, 8)
SPEECH_LEVEL = 0.05
"""Root mean square of speech before the stream is brought to its level."""


@dataclass(frozen=True)
class Voice:
    """The speech of a clip with a little around it, at the usual level, and its boundaries."""

    speaker: str
    samples: Waveform
    boundaries: Boundaries


@dataclass(frozen=True)
class Stream:
    """A mixture, and where its speech is."""

    samples: Samples
    boundaries: Boundaries


def voice(speaker: str, samples: Samples) -> Voice | None:
    """Cuts a clip to its speech; `None` if there is none."""
    found = speech_boundaries(samples)
    if not found:
        return None
    begin = max(0, found[0][0] - round(BEFORE * SAMPLE_RATE))
    end = min(len(samples), found[-1][1] + round(AFTER * SAMPLE_RATE))
    boundaries = tuple((first - begin, last - begin) for first, last in found)
    cut = samples[begin:end].astype(np.float64) / 32768
    level = speech_level(cut, boundaries)
    ramp = np.minimum(np.arange(len(cut)) / (FADE * SAMPLE_RATE), 1)
    return Voice(speaker, cut * ramp * ramp[::-1] * (SPEECH_LEVEL / level), boundaries)


def speech_level(samples: Waveform, boundaries: Boundaries) -> float:
    """Root mean square of the speech alone."""
    energy = sum(float((samples[begin:end] ** 2).sum()) for begin, end in boundaries)
    return float(np.sqrt(energy / max(1, sum(end - begin for begin, end in boundaries))))


def speech_track(
    voices: Sequence[Voice],
    seconds: float,
    pauses: tuple[float, float],
    generator: Generator,
) -> tuple[Waveform, Boundaries]:
    """Clips one after the other, drawn from `voices`, with pauses between them."""
    length = round(seconds * SAMPLE_RATE)
    track = np.zeros(length)
    boundaries: list[tuple[int, int]] = []
    position = round(generator.uniform(0.3, pauses[1]) * SAMPLE_RATE)
    while True:
        chosen = voices[int(generator.integers(len(voices)))]
        if position + len(chosen.samples) > length:
            return track, tuple(boundaries)
        end = position + len(chosen.samples)
        track[position:end] = gain(chosen.samples, generator.uniform(-3, 3))
        boundaries += [(position + first, position + last) for first, last in chosen.boundaries]
        position = end + round(generator.uniform(*pauses) * SAMPLE_RATE)


def babble(voices: Sequence[Voice], seconds: float, generator: Generator) -> Waveform:
    """Six to eight people who talk at the far end of rooms."""
    speakers = sorted({voice.speaker for voice in voices})
    if len(speakers) < BABBLERS[0]:
        raise ValueError(f"babble needs {BABBLERS[0]} speakers, found {len(speakers)}")
    count = min(int(generator.integers(BABBLERS[0], BABBLERS[1] + 1)), len(speakers))
    mixture = np.zeros(round(seconds * SAMPLE_RATE))
    for speaker in generator.permutation(speakers)[:count]:
        own = [voice for voice in voices if voice.speaker == speaker]
        track, _ = speech_track(own, seconds, (0.1, 0.6), generator)
        room = synthetic_response(
            generator, generator.uniform(0.4, 1.0), generator.uniform(-10, -2)
        )
        mixture += gain(convolve(track, room), generator.uniform(-4, 4))
    return tilt(mixture, generator.uniform(0.2, 0.6))


def recorded_noise(
    recordings: Sequence[Waveform], seconds: float, generator: Generator
) -> Waveform:
    """A stretch of one recording, or of two or three one after the other, each at one level."""
    length = round(seconds * SAMPLE_RATE)
    count = int(generator.integers(1, 4))
    edges = np.linspace(0, length, count + 1).astype(int)
    track = np.zeros(length)
    for begin, end in pairwise(edges):
        recording = recordings[int(generator.integers(len(recordings)))]
        repeated = np.tile(recording, 1 + (end - begin) // len(recording))
        first = int(generator.integers(len(repeated) - (end - begin) + 1))
        stretch = repeated[first : first + end - begin]
        track[begin:end] = stretch / max(float(np.sqrt((stretch**2).mean())), 1e-6)
    return track


def without_silence(samples: Waveform) -> Waveform:
    """A recording without the digital silence that fills it up to its nominal length."""
    count = len(samples) // 160
    blocks = samples[: count * 160].reshape(count, 160)
    result: Waveform = blocks[np.abs(blocks).max(1) > 1e-4].reshape(-1)
    return result


def coloured_noise(length: int, generator: Generator) -> Waveform:
    """Noise whose spectrum falls by 0 to 6 dB an octave, with a root mean square of 1."""
    spectrum = np.fft.rfft(generator.normal(size=length))
    slope = generator.uniform(0, 1)
    spectrum[1:] *= np.arange(1, len(spectrum), dtype=np.float64) ** -slope
    spectrum[0] = 0
    result: Waveform = np.fft.irfft(spectrum, length)
    return result / float(np.sqrt((result**2).mean()))


@dataclass(frozen=True)
class NoiseSource:
    """A kind of noise and how a track of so many seconds is drawn."""

    kind: str
    draw: Callable[[float, Generator], Waveform]


def noise_sources(
    recordings: dict[str, list[Waveform]], babblers: Sequence[Voice]
) -> list[NoiseSource]:
    """The kinds of noise of a side: each corpus of recordings, music and babble."""
    found = [
        NoiseSource(kind, lambda s, g, own=own: recorded_noise(own, s, g))  # type: ignore[misc]
        for kind, own in recordings.items()
    ]
    found.append(NoiseSource("music", synthesise_music))
    found.append(NoiseSource("babble", lambda s, g: babble(babblers, s, g)))
    return found


def mix(
    speech: Waveform,
    boundaries: Boundaries,
    noise: Waveform | None,
    decibels: float,
    floor: Waveform,
    peak: float,
) -> Stream:
    """Speech, noise at a ratio to it and a faint floor, brought to a peak in dB of full scale.

    The ratio is that of the speech alone to the whole noise; without speech, to the usual level.
    """
    level = speech_level(speech, boundaries) if boundaries else SPEECH_LEVEL
    mixture = speech + floor * level
    if noise is not None:
        rms = max(float(np.sqrt((noise**2).mean())), 1e-9)
        mixture = mixture + gain(noise * (level / rms), -decibels)
    mixture = mixture * (10 ** (peak / 20) / max(float(np.abs(mixture).max()), 1e-9))
    samples = np.clip(np.rint(mixture * 32768), -32768, 32767).astype(np.int16)
    return Stream(samples, boundaries)


def draw_stream(
    voices: dict[str, list[Voice]],
    noises: Sequence[NoiseSource],
    seconds: float,
    ratios: tuple[float, float],
    generator: Generator,
) -> Stream:
    """A random stream for training or validation.

    A quarter has no speech, a tenth no noise; half of the speech is in a room.
    """
    length = round(seconds * SAMPLE_RATE)
    has_speech = generator.random() >= 0.25
    speech = np.zeros(length)
    boundaries: Boundaries = ()
    if has_speech:
        speakers = sorted(voices)
        own = voices[speakers[int(generator.integers(len(speakers)))]]
        speech, boundaries = speech_track(own, seconds, (0.3, 2.0), generator)
        if generator.random() < 0.5:
            room = synthetic_response(
                generator, generator.uniform(0.15, 0.7), generator.uniform(0, 12)
            )
            speech = convolve(speech, room)
    noise = None
    if generator.random() >= 0.1:
        noise = noises[int(generator.integers(len(noises)))].draw(seconds, generator)
        if generator.random() < 0.2:
            other = noises[int(generator.integers(len(noises)))].draw(seconds, generator)
            noise = noise / _rms(noise) + generator.uniform(0.2, 1) * other / _rms(other)
        noise = tilt(noise, generator.uniform(-0.3, 0.3))
    floor = coloured_noise(length, generator) * 10 ** (generator.uniform(-65, -30) / 20)
    return mix(
        tilt(speech, generator.uniform(-0.3, 0.3)),
        boundaries,
        noise,
        generator.uniform(*ratios),
        floor,
        generator.uniform(-40, 0),
    )


def _rms(samples: Waveform) -> float:
    return max(float(np.sqrt((samples**2).mean())), 1e-9)
