"""The sound of `affectd --benchmark` (`BenchmarkSound.swift`): a quiet room, and a voice in it."""

from __future__ import annotations

import wave
from pathlib import Path

SAMPLE_RATE = 16_000
SYLLABLE = 3200
#: Five vowels, three resonances each in Q14; `BenchmarkSound.swift` says where they are from.
VOWELS = [
    [30_880, 29_289, 18_512],
    [32_013, 20_030, 12_203],
    [31_499, 24_149, 18_096],
    [31_391, 30_458, 18_821],
    [31_971, 30_333, 20_521],
]
DECAY = 15_815


class _Noise:
    def __init__(self) -> None:
        self.state = 7

    def next(self) -> int:
        self.state = (self.state * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFF
        return (self.state >> 16) % 9 - 4


def _divide(value: int, divisor: int) -> int:
    """Rounds towards zero."""
    return -(-value // divisor) if value < 0 else value // divisor


def room(seconds: int) -> list[int]:
    """Noise of a quiet microphone."""
    noise = _Noise()
    return [noise.next() for _ in range(seconds * SAMPLE_RATE)]


def voice(seconds: int) -> list[int]:
    """A voice without a pause."""
    noise, phase, resonances = _Noise(), 0, list(VOWELS[0])
    memory = [(0, 0)] * 3
    samples = []
    for index in range(seconds * SAMPLE_RATE):
        fall = abs(index % SAMPLE_RATE - SAMPLE_RATE // 2)
        phase = (phase + 170 - 120 * fall // SAMPLE_RATE) % SAMPLE_RATE
        if index % 64 == 0:
            vowel = VOWELS[index // SYLLABLE * 3 % 5]
            resonances = [
                old + _divide(new - old, 8) for old, new in zip(resonances, vowel, strict=True)
            ]
        edge = min(index % SYLLABLE, SYLLABLE - index % SYLLABLE)
        loudness = 100 + 900 * min(6000 * edge // SYLLABLE, 1000) // 1000
        position = phase * 64 // SAMPLE_RATE
        value = _divide((2 * position - 20 if position < 20 else 0) * loudness * 24, 1000)
        for number, (last, earlier) in enumerate(memory):
            value += (resonances[number] * last - DECAY * earlier) >> 14
            memory[number] = (value, last)
            value >>= 2
        samples.append(max(-32_768, min(32_767, value + noise.next())))
    return samples


def write(path: Path, samples: list[int], *, is_wide: bool) -> None:
    """A WAV file of 16 kHz mono S16_LE or, wide, 48 kHz stereo S32_LE."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2 if is_wide else 1)
        file.setsampwidth(4 if is_wide else 2)
        file.setframerate(48_000 if is_wide else SAMPLE_RATE)
        data = bytearray()
        before = samples[0]
        for sample in samples:
            for step in (1, 2, 3) if is_wide else ():
                value = before + _divide((sample - before) * step, 3)
                data += 2 * (value << 16).to_bytes(4, "little", signed=True)
            if not is_wide:
                data += sample.to_bytes(2, "little", signed=True)
            before = sample
        file.writeframes(data)
