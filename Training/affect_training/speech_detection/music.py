"""Music made from a seed: chords, a melody, a bass and percussion, each with a random timbre."""

import numpy as np
import numpy.typing as npt

from ..corpora.audio import SAMPLE_RATE

Waveform = npt.NDArray[np.float64]
Generator = np.random.Generator

SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 7, 10))
HIGHEST_PARTIAL = 5000.0


def synthesise_music(seconds: float, generator: Generator) -> Waveform:
    """A piece with a peak of 1 and a character of its own."""
    length = round(seconds * SAMPLE_RATE)
    beat = 60 / generator.uniform(60, 170)
    scale = SCALES[int(generator.integers(len(SCALES)))]
    tonic = 110 * 2 ** (generator.uniform(-5, 7) / 12)
    # Margin for the last notes, which are cut off.
    piece = np.zeros(length + 8 * SAMPLE_RATE)
    parts = generator.random(4) < (0.8, 0.75, 0.6, 0.5)
    if not parts.any():
        parts[int(generator.integers(4))] = True
    if parts[0]:
        _add_chords(piece, length, beat, tonic * 2, scale, generator)
    if parts[1]:
        _add_melody(piece, length, beat, tonic * 4, scale, generator)
    if parts[2]:
        _add_bass(piece, length, beat, tonic / 2, scale, generator)
    if parts[3]:
        _add_percussion(piece, length, beat, generator)
    piece = piece[:length]
    result: Waveform = piece / max(float(np.abs(piece).max()), 1e-9)
    return result


class _Timbre:
    """How the notes of a part sound."""

    def __init__(self, generator: Generator) -> None:
        self.rolloff = generator.uniform(0.6, 2.2)
        self.odd_only = generator.random() < 0.25
        self.vibrato = generator.uniform(0, 0.008) if generator.random() < 0.5 else 0.0
        self.vibrato_rate = generator.uniform(4, 7)
        self.attack = generator.uniform(0.003, 0.08)
        self.decay = generator.uniform(0.15, 2.0) if generator.random() < 0.6 else 1e3

    def note(self, frequency: float, seconds: float, generator: Generator) -> Waveform:
        time = np.arange(max(1, round(seconds * SAMPLE_RATE))) / SAMPLE_RATE
        phase = 2 * np.pi * frequency * time
        if self.vibrato:
            depth = self.vibrato * frequency / self.vibrato_rate
            phase += depth * np.sin(2 * np.pi * self.vibrato_rate * time)
        result = np.zeros(len(time))
        for partial in range(1, 1 + min(16, int(HIGHEST_PARTIAL / frequency))):
            if self.odd_only and partial % 2 == 0:
                continue
            offset = generator.uniform(0, 2 * np.pi)
            result += np.sin(partial * phase + offset) * partial**-self.rolloff
        envelope = np.minimum(time / self.attack, 1) * np.exp(-time / self.decay)
        release = np.minimum((time[-1] - time) / 0.02, 1)
        shaped: Waveform = result * envelope * release
        return shaped


def _pitch(tonic: float, scale: tuple[int, ...], step: int) -> float:
    octave, degree = divmod(step, len(scale))
    return tonic * 2 ** (octave + scale[degree] / 12)


def _place(piece: Waveform, begin: float, sound: Waveform, level: float) -> None:
    first = round(begin * SAMPLE_RATE)
    end = min(len(piece), first + len(sound))
    piece[first:end] += level * sound[: end - first]


def _add_chords(
    piece: Waveform,
    length: int,
    beat: float,
    tonic: float,
    scale: tuple[int, ...],
    generator: Generator,
) -> None:
    timbre, level = _Timbre(generator), generator.uniform(0.1, 0.4)
    beats = int(generator.choice([1, 2, 4]))
    for begin in np.arange(0, length / SAMPLE_RATE, beat * beats):
        root = int(generator.integers(0, len(scale)))
        for third in range(3):
            note = timbre.note(_pitch(tonic, scale, root + 2 * third), beat * beats, generator)
            _place(piece, begin, note, level)


def _add_melody(
    piece: Waveform,
    length: int,
    beat: float,
    tonic: float,
    scale: tuple[int, ...],
    generator: Generator,
) -> None:
    timbre, level = _Timbre(generator), generator.uniform(0.2, 0.7)
    begin, step = 0.0, int(generator.integers(-3, 5))
    while begin < length / SAMPLE_RATE:
        duration = beat * float(generator.choice([0.25, 0.5, 0.5, 1, 1, 2]))
        if generator.random() < 0.85:
            step = int(np.clip(step + generator.integers(-3, 4), -7, 9))
            note = timbre.note(_pitch(tonic, scale, step), duration, generator)
            _place(piece, begin, note, level)
        begin += duration


def _add_bass(
    piece: Waveform,
    length: int,
    beat: float,
    tonic: float,
    scale: tuple[int, ...],
    generator: Generator,
) -> None:
    timbre, level = _Timbre(generator), generator.uniform(0.3, 0.8)
    for begin in np.arange(0, length / SAMPLE_RATE, beat):
        step = int(generator.choice([0, 0, 2, 4])) % len(scale)
        _place(piece, begin, timbre.note(_pitch(tonic, scale, step), beat, generator), level)


def _add_percussion(piece: Waveform, length: int, beat: float, generator: Generator) -> None:
    level = generator.uniform(0.2, 0.9)
    for number, begin in enumerate(np.arange(0, length / SAMPLE_RATE, beat / 2)):
        kind = number % 4
        time = np.arange(round(0.25 * SAMPLE_RATE)) / SAMPLE_RATE
        if kind == 0:
            sound = np.sin(2 * np.pi * (50 * time + 8 * (1 - np.exp(-time / 0.02))))
            sound *= np.exp(-time / 0.08)
        else:
            noise = generator.normal(size=len(time))
            if kind != 2:
                noise = np.diff(noise, prepend=0)
            sound = 0.4 * noise * np.exp(-time / (0.08 if kind == 2 else 0.025))
        _place(piece, begin, sound, level)
