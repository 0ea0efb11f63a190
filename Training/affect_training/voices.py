"""What the device remembers of a voice: sums over frames, with which later ones are normalised.

One utterance tells little about a voice. The device normalises it together with the utterances
before it, `voiceMemoryFrames` of the manifest at most; see `Documentation/ModelFormat.md`.
"""

import hashlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .corpora import Clip
from .utterances import Frames

Reals = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

SMALLEST_DEVIATION = 1 / 16
MOST_CLIPS = 40
"""A training crop is heard behind fewer clips of its voice than these, few as often as many."""
FEW_MOODS = 0.3
"""How often all that is remembered has at most `MOST_MOODS` labels."""
MOST_MOODS = 3


@dataclass(frozen=True)
class Moments:
    """How many frames, and for each channel their sum and the sum of their squares."""

    count: int
    sums: Doubles
    squares: Doubles

    @staticmethod
    def of(frames: npt.NDArray[np.float32]) -> "Moments":
        """Of frames [time, channels]."""
        values = frames.astype(np.float64)
        return Moments(len(values), values.sum(0), (values * values).sum(0))

    @staticmethod
    def none(channels: int) -> "Moments":
        """Of no frames."""
        return Moments(0, np.zeros(channels), np.zeros(channels))

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(
            self.count + other.count, self.sums + other.sums, self.squares + other.squares
        )

    @property
    def mean(self) -> Doubles:
        return self.sums / self.count

    @property
    def variance(self) -> Doubles:
        """Of the population, as the device has it."""
        found: Doubles = np.maximum(self.squares / self.count - self.mean**2, 0)
        return found

    def moved_to(self, mean: Doubles) -> "Moments":
        """The same spread around another mean."""
        return Moments(self.count, mean * self.count, (self.variance + mean**2) * self.count)


def normalize(frames: Reals, method: str, remembered: Moments | None = None) -> Reals:
    """The device's normalisation in floating point: over these frames and the remembered ones."""
    if method == "none":
        return frames
    if remembered is None or remembered.count == 0:
        centred: Reals = frames - frames.mean(0)
        if method == "meanVariance":
            centred /= np.maximum(frames.std(0), SMALLEST_DEVIATION)
        return centred
    heard = Moments.of(frames) + remembered
    moved = frames - heard.mean
    if method == "meanVariance":
        moved /= np.maximum(np.sqrt(heard.variance), SMALLEST_DEVIATION)
    return moved.astype(np.float32)


class VoiceMemory:
    """The last utterances of a voice, together at most `limit` frames."""

    def __init__(self, limit: int, channels: int) -> None:
        self.channels = channels
        self.moments = Moments.none(channels)
        self._limit = limit
        self._utterances: deque[Moments] = deque()

    def append(self, frames: Reals) -> None:
        """Remembers an utterance and drops the oldest ones that are too many."""
        self._utterances.append(Moments.of(frames))
        while sum(utterance.count for utterance in self._utterances) > self._limit:
            self._utterances.popleft()
        self.moments = sum(self._utterances, Moments.none(self.channels))


def voice_after_voice(clips: Iterable[Clip]) -> list[Clip]:
    """The clips of each speaker one after the other, in an order that nobody chose.

    The digest of their paths inside the corpus deals them out, so that sentences and emotions are
    mixed, and alike whatever other corpora the protocol has.
    """
    return sorted(clips, key=lambda clip: (clip.speaker, _digest(clip)))


def _digest(clip: Clip) -> str:
    # Beside other corpora, path and speaker begin with those of the corpus.
    own = clip.path.partition("/")[2] if "/" in clip.speaker else clip.path
    return hashlib.sha256(own.encode()).hexdigest()


class TrainingVoices:
    """Draws what might be remembered when a training clip, or a copy of it, is heard: other clips
    of its speaker, copied by the same recipe, so that a voice in noise is remembered in noise."""

    def __init__(self, heard: Iterable[Frames], scale: np.float32, limit: int) -> None:
        """`heard`: every utterance of the training side, those of copies too."""
        self._limit = limit
        self._moments: dict[tuple[str, int], Moments] = {}
        self._mates: dict[tuple[str, int], list[Clip]] = {}
        for frames in heard:
            key = frames.clip.path, frames.copy
            found = Moments.of(frames.speech.astype(np.float32) * scale)
            if key in self._moments:
                self._moments[key] += found
                continue
            self._moments[key] = found
            self._mates.setdefault((frames.clip.speaker, frames.copy), []).append(frames.clip)
            self._channels = len(found.sums)

    def drawn(self, clip: Clip, copy: int, generator: np.random.Generator) -> Moments:
        """Clips of the same speaker, often of few moods; of no frames where there are no others."""
        everybody = self._mates.get((clip.speaker, copy), ())
        mates = [mate for mate in everybody if mate.path != clip.path]
        found = Moments.none(self._channels)
        if not mates:
            return found
        count = int(np.exp(generator.uniform(0, np.log(MOST_CLIPS))))
        if generator.random() < FEW_MOODS:
            moods = sorted({mate.label for mate in mates})
            kept = min(int(generator.integers(1, MOST_MOODS + 1)), len(moods))
            chosen = set(generator.choice(moods, size=kept, replace=False).tolist())
            mates = [mate for mate in mates if mate.label in chosen]
        for index in generator.integers(len(mates), size=count):
            more = found + self._moments[mates[int(index)].path, copy]
            if more.count > self._limit:
                break
            found = more
        return found
