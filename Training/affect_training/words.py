"""How much of a protocol the words alone tell: an audit of its texts.

Where the same sentence is spoken with the same emotion on both sides, who knows the sentence knows
the emotion. Every test clip gets the label of the training clip that is nearest to it by dynamic
time warping (Sakoe and Chiba, 1978) of cepstra 1 to 13, each with mean 0 and deviation 1 over its
clip: what says who speaks, how loud and through which microphone is gone. How a sentence is
articulated is not gone, so that the figure has to be held against that of other sentences: what
falls when clips of the same sentence are left out came from the words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .corpora import Clip
from .utterances import Frames

Reals = npt.NDArray[np.float32]

FIRST, LAST = 1, 14
"""Cepstra: the first says how loud it is, those behind the last how the voice is."""
STEP = 2
"""Every second frame, 32 ms apart, is enough for words."""
AT_ONCE = 256
"""Clips that one is held against at once: long ones of thousands would take gigabytes."""


@dataclass(frozen=True)
class Spelled:
    """A clip as a sequence of sounds [time, cepstra]."""

    clip: Clip
    sounds: Reals


def spelled(utterances: Sequence[Frames]) -> list[Spelled]:
    """The clips among `utterances`, in their order, the utterances of each behind one another."""
    parts: dict[Clip, list[Reals]] = {}
    for frames in utterances:
        values = frames.speech[::STEP, FIRST:LAST].astype(np.float32)
        parts.setdefault(frames.clip, []).append(values)
    found = []
    for clip, own in parts.items():
        sounds = np.concatenate(own)
        spread = np.maximum(sounds.std(0), 1e-6)
        found.append(Spelled(clip, ((sounds - sounds.mean(0)) / spread).astype(np.float32)))
    return found


def warped_distances(one: Reals, others: Sequence[Reals]) -> Reals:
    """The distance of `one` to each of the others: the cheapest way through the Euclidean distances
    of their frames in steps (1, 0), (0, 1) and (1, 1), over the sum of both lengths."""
    rows, columns = len(one), max(len(other) for other in others)
    padded = np.zeros((len(others), columns, one.shape[1]), dtype=np.float32)
    for index, other in enumerate(others):
        padded[index, : len(other)] = other
    squares = (one**2).sum(1)[None, :, None] + (padded**2).sum(2)[:, None, :]
    between = np.sqrt(np.maximum(0, squares - 2 * np.einsum("id,kjd->kij", one, padded)))
    ways = np.full((len(others), rows + 1, columns + 1), np.inf, dtype=np.float32)
    ways[:, 0, 0] = 0
    for diagonal in range(2, rows + columns + 1):
        i = np.arange(max(1, diagonal - columns), min(rows, diagonal - 1) + 1)
        j = diagonal - i
        before = np.minimum(ways[:, i - 1, j], ways[:, i, j - 1])
        ways[:, i, j] = between[:, i - 1, j - 1] + np.minimum(before, ways[:, i - 1, j - 1])
    lengths = np.array([len(other) for other in others])
    found: Reals = ways[np.arange(len(others)), rows, lengths] / (rows + lengths)
    return found


@dataclass(frozen=True)
class ByWords:
    """The label of the nearest known clip for each clip that was tested: of all, and of those with
    another sentence."""

    any_sentence: tuple[str, ...]
    other_sentence: tuple[str, ...]


def labels_by_words(
    tested: Sequence[Spelled],
    known: Sequence[Spelled],
    sentence: Callable[[Clip], str],
    progress: Callable[[int, int], None],
) -> ByWords:
    """Hears every tested clip against every known one; `sentence` names what is spoken in a clip.

    Raises `ValueError` where only clips of the same sentence are known.
    """
    sounds = [other.sounds for other in known]
    sentences = np.array([sentence(other.clip) for other in known])
    nearest, elsewhere = [], []
    for index, one in enumerate(tested):
        distances = np.concatenate(
            [
                warped_distances(one.sounds, sounds[begin : begin + AT_ONCE])
                for begin in range(0, len(sounds), AT_ONCE)
            ]
        )
        nearest.append(known[int(distances.argmin())].clip.label)
        same = sentences == sentence(one.clip)
        if same.all():
            raise ValueError(f"{one.clip.path}: every known clip has its sentence")
        distances[same] = np.inf
        elsewhere.append(known[int(distances.argmin())].clip.label)
        progress(index + 1, len(tested))
    return ByWords(tuple(nearest), tuple(elsewhere))
