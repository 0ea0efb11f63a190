"""Batches of crops: one length a batch, every clip once an epoch, no padding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..augmentation import mask_frames
from ..augmentation.frames import cepstral_matrix, changed_bands, stretched
from ..experiment import Experiment
from ..features import FeatureSet
from ..protocols import drawing_weights
from ..utterances import Frames
from ..voices import Moments, TrainingVoices, normalize

Reals = npt.NDArray[np.float32]


def _smoothed(label: int, count: int, smoothing: float) -> Reals:
    target = np.zeros(count, dtype=np.float32)
    target[label] = 1
    result: Reals = target * np.float32(1 - smoothing) + np.float32(smoothing / count)
    return result


class Bands:
    """The way from the spectral channels of frames to log-mel bands and back."""

    def __init__(self, front_end: dict[str, Any]) -> None:
        count = len(front_end["channelWeights"]) - len(front_end["extraChannels"])
        self._weights = np.array(front_end["channelWeights"][:count], dtype=np.float32)
        self._matrix = None
        if front_end["kind"] == "mfcc":
            if front_end["lifter"]:
                raise ValueError("liftered frames cannot be changed by bands")
            self._matrix = cepstral_matrix(
                int(front_end["cepstralCount"]), int(front_end["melBinCount"])
            )

    def bands(self, frames: Reals) -> Reals:
        """Log-mel bands of frames; smoothed where cepstra were left out."""
        plain: Reals = frames[:, : len(self._weights)] / self._weights
        return plain if self._matrix is None else plain @ self._matrix

    def frames(self, bands: Reals) -> Reals:
        """The inverse of `bands`, without zero crossings and level."""
        plain: Reals = bands if self._matrix is None else bands @ self._matrix.T
        return plain * self._weights


@dataclass(frozen=True)
class Batch:
    """Normalised crops [batch, time, channels], the probability of each label for each, and how
    much of its target teachers are to say; `targets` holds the rest."""

    frames: Reals
    targets: Reals
    taught: Reals


class Batches:
    """Draws copies of training clips, one at a time; jitters their edges, crops or repeats them."""

    def __init__(
        self, experiment: Experiment, features: FeatureSet, labels: tuple[str, ...]
    ) -> None:
        front_end = features.front_end
        self._copies: dict[str, list[Frames]] = {}
        for frames in features.training:
            self._copies.setdefault(frames.clip.path, []).append(frames)
        self._scale = np.float32(2.0 ** -int(front_end["outputFractionBits"]))
        self._normalization = str(front_end["normalization"])
        self._options = experiment.training
        self._changes = experiment.frameChanges
        self._bands = Bands(front_end) if self._changes.bands else None
        clips = [copies[0].clip for copies in self._copies.values()]
        self._targets = {
            clip.path: _smoothed(
                labels.index(clip.label), len(labels), self._options.labelSmoothing
            )
            for clip in clips
        }
        self._taught = dict.fromkeys(self._targets, 0.0)
        self._weights = drawing_weights(clips, experiment.trainedOn)
        self._shares = np.cumsum(self._weights)
        self._labels = np.array([labels.index(clip.label) for clip in clips], dtype=np.int64)
        self._label_count = len(labels)
        self._voices = self._remembered_voices(experiment) if self._options.memoryShare else None

    @property
    def priors(self) -> Reals:
        """The share of each label in what is drawn, as far as clips are learned by their labels."""
        told = self._weights * (1 - np.array(list(self._taught.values()), dtype=np.float64))
        counts = np.bincount(self._labels, told, self._label_count)
        shares: Reals = (counts / max(told.sum(), 1e-9)).astype(np.float32)
        return shares

    def soften(self, answers: Mapping[str, Reals], share: float) -> None:
        """Makes `answers`, probabilities by the path of a clip, that share of its target."""
        for path, answer in answers.items():
            self._targets[path] = (1 - share) * self._targets[path] + share * answer

    def leave_to_teachers(self, shares: Mapping[str, float]) -> None:
        """Leaves that share of the target of a clip, by its path, to teachers."""
        for path, share in shares.items():
            self._targets[path] = np.float32(1 - share) * self._targets[path]
            self._taught[path] = share

    def _remembered_voices(self, experiment: Experiment) -> TrainingVoices:
        if experiment.voice_memory == 0:
            raise ValueError("memoryShare needs voiceMemoryFrames: the device remembers nothing")
        heard = (frames for copies in self._copies.values() for frames in copies)
        return TrainingVoices(heard, self._scale, experiment.voice_memory)

    def __len__(self) -> int:
        return int(self._draws // self._options.batchSize)

    @property
    def _draws(self) -> int:
        """Clips that an epoch draws, repeated ones counted again."""
        return round(float(self._shares[-1])) if len(self._shares) else 0

    def _drawn(self, generator: np.random.Generator) -> npt.NDArray[np.int64]:
        """Indices of clips, each as often as its weight says, to within one."""
        if self._draws == len(self._shares):
            return np.arange(self._draws)
        places = generator.random() + np.arange(self._draws)
        return np.minimum(np.searchsorted(self._shares, places), len(self._shares) - 1)

    def epoch(self, generator: np.random.Generator) -> Iterator[Batch]:
        """The batches of one epoch; a remainder smaller than a batch is left out."""
        paths = list(self._copies)
        order = generator.permutation(self._drawn(generator))
        size = self._options.batchSize
        for number in range(len(self)):
            chosen = [paths[index] for index in order[number * size : (number + 1) * size]]
            length = int(
                generator.integers(self._options.shortestCrop, self._options.longestCrop + 1)
            )
            crops = []
            for path in chosen:
                copies = self._copies[path]
                frames = copies[int(generator.integers(len(copies)))]
                crops.append(self._crop(frames, length, generator))
            yield Batch(
                np.stack(crops),
                np.stack([self._targets[path] for path in chosen]),
                np.array([self._taught[path] for path in chosen], dtype=np.float32),
            )

    def _crop(self, frames: Frames, length: int, generator: np.random.Generator) -> Reals:
        jitter = self._options.edgeJitter
        count = len(frames.values)
        begin = frames.head + int(generator.integers(-jitter, jitter + 1))
        end = count - frames.tail + int(generator.integers(-jitter, jitter + 1))
        begin, end = max(0, begin), min(count, end)
        if end - begin < 8:
            begin, end = frames.head, count - frames.tail
        speech = frames.values[begin:end].astype(np.float32) * self._scale
        if self._changes.stretch:
            speech = stretched(speech, self._changes.stretch, generator)
        if len(speech) < length:
            speech = np.tile(speech, (-(-length // len(speech)), 1))
        offset = int(generator.integers(len(speech) - length + 1))
        crop = speech[offset : offset + length]
        remembered = self._remembered(frames, generator)
        if self._bands and remembered is not None:
            # The same voice was changed before: its mean goes the way of a frame.
            both = np.concatenate([crop, remembered.mean[None].astype(np.float32)])
            both = self._changed(both, self._bands, generator)
            crop, remembered = both[:-1], remembered.moved_to(both[-1].astype(np.float64))
        elif self._bands:
            crop = self._changed(crop, self._bands, generator)
        crop = normalize(crop, self._normalization, remembered)
        options = self._options
        mask_frames(crop, generator, options.maskCount, options.maskTimeShare, options.maskChannels)
        return crop

    def _remembered(self, frames: Frames, generator: np.random.Generator) -> Moments | None:
        """What the device might have heard of the voice before, or None."""
        if self._voices is None or generator.random() >= self._options.memoryShare:
            return None
        found = self._voices.drawn(frames.clip, frames.copy, generator)
        return found if found.count else None

    def _changed(self, frames: Reals, bands: Bands, generator: np.random.Generator) -> Reals:
        """Zero crossings and level stay those of the voice that was recorded."""
        changed = bands.frames(changed_bands(bands.bands(frames), self._changes, generator))
        return np.concatenate([changed, frames[:, changed.shape[1] :]], 1)
