"""Batches of crops: one length a batch, every clip once an epoch, no padding."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..augmentation import mask_frames
from ..experiment import TrainingOptions
from ..features import Frames

Reals = npt.NDArray[np.float32]

SMALLEST_DEVIATION = 1 / 16


def normalize(frames: Reals, method: str) -> Reals:
    """The device's normalisation in floating point, over exactly these frames."""
    if method == "none":
        return frames
    centred: Reals = frames - frames.mean(0)
    if method == "meanVariance":
        centred /= np.maximum(frames.std(0), SMALLEST_DEVIATION)
    return centred


@dataclass(frozen=True)
class Batch:
    """Normalised crops [batch, time, channels] and the indices of their labels."""

    frames: Reals
    labels: npt.NDArray[np.int64]


class Batches:
    """Draws one copy of each training clip an epoch, jitters its edges, crops or repeats it."""

    def __init__(
        self,
        training: tuple[Frames, ...],
        labels: tuple[str, ...],
        front_end: dict[str, object],
        options: TrainingOptions,
    ) -> None:
        self._copies: dict[str, list[Frames]] = {}
        for frames in training:
            self._copies.setdefault(frames.clip.path, []).append(frames)
        self._labels = {label: index for index, label in enumerate(labels)}
        self._scale = np.float32(2.0 ** -int(str(front_end["outputFractionBits"])))
        self._normalization = str(front_end["normalization"])
        self._options = options

    def __len__(self) -> int:
        return len(self._copies) // self._options.batchSize

    def epoch(self, generator: np.random.Generator) -> Iterator[Batch]:
        """The batches of one epoch; a remainder smaller than a batch is left out."""
        paths = list(self._copies)
        order = generator.permutation(len(paths))
        size = self._options.batchSize
        for number in range(len(self)):
            chosen = [paths[index] for index in order[number * size : (number + 1) * size]]
            length = int(
                generator.integers(self._options.shortestCrop, self._options.longestCrop + 1)
            )
            crops, labels = [], []
            for path in chosen:
                copies = self._copies[path]
                frames = copies[int(generator.integers(len(copies)))]
                crops.append(self._crop(frames, length, generator))
                labels.append(self._labels[frames.clip.label])
            yield Batch(np.stack(crops), np.array(labels, dtype=np.int64))

    def _crop(self, frames: Frames, length: int, generator: np.random.Generator) -> Reals:
        jitter = self._options.edgeJitter
        count = len(frames.values)
        begin = frames.head + int(generator.integers(-jitter, jitter + 1))
        end = count - frames.tail + int(generator.integers(-jitter, jitter + 1))
        begin, end = max(0, begin), min(count, end)
        if end - begin < 8:
            begin, end = frames.head, count - frames.tail
        speech = frames.values[begin:end].astype(np.float32) * self._scale
        if len(speech) < length:
            speech = np.tile(speech, (-(-length // len(speech)), 1))
        offset = int(generator.integers(len(speech) - length + 1))
        crop = normalize(speech[offset : offset + length], self._normalization)
        options = self._options
        mask_frames(crop, generator, options.maskCount, options.maskTimeShare, options.maskChannels)
        return crop
