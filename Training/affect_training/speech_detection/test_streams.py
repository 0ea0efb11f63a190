"""The streams that a detector is tested with: people and noise that no training hears.

Every voice speaks once with each kind of noise; the same mixture of voice, room and noise is
brought to each signal-to-noise ratio. Then every kind of noise alone, and silence.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..augmentation.copies import generator_for
from ..augmentation.rooms import convolve, synthetic_response
from ..corpora.audio import SAMPLE_RATE, write_wav
from .labels import Boundaries
from .mixtures import (
    NoiseSource,
    Stream,
    Waveform,
    coloured_noise,
    mix,
    noise_sources,
    speech_track,
)
from .sound_library import load_recordings, load_voices

SPEECH = ("CREMA-D", "RAVDESS", "SAVEE")
NOISE = ("ESC10", "GSC", "Nonspeech")
RATIOS = (20, 10, 5, 0)
SEED = 1
CLIPS_PER_SPEAKER = 20
SECONDS = 15.0
NOISE_SECONDS = 60.0
NOISE_STREAMS = 12
"""Of each kind, a minute each."""
SILENCE = "silence"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class TestStream:
    """A stream with its name, the kind of noise and the ratio in decibels."""

    __test__ = False

    name: str
    kind: str
    snr: str
    stream: Stream


def make_test_streams(corpora: Path) -> Iterator[TestStream]:
    """The streams, the same wherever they are made."""
    voices = load_voices(corpora, SPEECH, "test", CLIPS_PER_SPEAKER, SEED)
    babblers = [v for own in voices["babble"].values() for v in own]
    noises = noise_sources(load_recordings(corpora, NOISE, "test"), babblers)
    for speaker, own in sorted(voices["target"].items()):
        for source in noises:
            generator = generator_for(SEED, f"{speaker}/{source.kind}", 0)
            speech, boundaries = speech_track(own, SECONDS, (0.5, 2.5), generator)
            if generator.random() < 0.5:
                room = synthetic_response(
                    generator, generator.uniform(0.15, 0.7), generator.uniform(0, 12)
                )
                speech = convolve(speech, room)
            noise = source.draw(SECONDS, generator)
            floor = coloured_noise(len(speech), generator) * 10 ** (-50 / 20)
            peak = generator.uniform(-25, -3)
            for ratio in RATIOS:
                stream = mix(speech, boundaries, noise, ratio, floor, peak)
                name = f"{speaker.replace('/', '-')}-{source.kind}-{ratio}"
                yield TestStream(name, source.kind, str(ratio), stream)
    for source in (*noises, NoiseSource(SILENCE, silence)):
        for index in range(NOISE_STREAMS):
            generator = generator_for(SEED, f"alone/{source.kind}/{index}", 0)
            noise = source.draw(NOISE_SECONDS, generator)
            level = -60.0 if source.kind == SILENCE else generator.uniform(-25, -3)
            floor = np.zeros(len(noise))
            stream = mix(np.zeros(len(noise)), (), noise, 0, floor, level)
            yield TestStream(f"alone-{source.kind}-{index}", source.kind, "", stream)


def silence(seconds: float, generator: np.random.Generator) -> Waveform:
    """A quiet room: faint coloured noise."""
    return coloured_noise(round(seconds * SAMPLE_RATE), generator)


def write_test_streams(corpora: Path, folder: Path, progress: Progress) -> Path:
    """Writes WAV files and `streams.csv`, the list for `affect-model evaluate`."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, entry in enumerate(make_test_streams(corpora), start=1):
        write_wav(folder / f"{entry.name}.wav", entry.stream.samples)
        rows.append(
            [
                f"{entry.name}.wav",
                milliseconds(entry.stream.boundaries),
                entry.kind,
                entry.snr,
            ]
        )
        progress(number, number)
    path = folder / "streams.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "boundaries", "kind", "snr"])
        writer.writerows(rows)
    return path


def milliseconds(boundaries: Boundaries) -> str:
    """Boundaries as `affect-model evaluate` reads them."""
    return " ".join(f"{round(begin / 16)}-{round(end / 16)}" for begin, end in boundaries)
