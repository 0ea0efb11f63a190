"""What stands beside the labels of training clips: votes of raters, answers of an ensemble."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt

from .answers import Answers
from .corpora import Clip, crema_d
from .experiment import Raters

Reals = npt.NDArray[np.float32]
ByPath = dict[str, Reals]


def voted(raters: Raters, clips: Sequence[Clip], labels: tuple[str, ...], corpora: Path) -> ByPath:
    """The votes of CREMA-D's raters over `labels`, for those of `clips` that are of CREMA-D."""
    found = crema_d.votes(corpora, raters.perceived)
    places = [labels.index(label) for label in crema_d.LABELS]
    result: ByPath = {}
    for clip in clips:
        shares = found.get(PurePosixPath(clip.path).stem)
        if shares is not None:
            result[clip.path] = np.zeros(len(labels), dtype=np.float32)
            result[clip.path][places] = shares
    return result


def ensemble(members: Sequence[Answers], temperature: float) -> ByPath:
    """The mean of what the members say of each clip, as probabilities at a temperature."""
    result: ByPath = {}
    for clip, *rows in zip(members[0].clips, *(answers.logits for answers in members), strict=True):
        result[clip.path] = np.mean([_probabilities(row / temperature) for row in rows], 0).astype(
            np.float32
        )
    return result


def _probabilities(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    powers = np.exp(logits - logits.max())
    result: npt.NDArray[np.float64] = powers / powers.sum()
    return result
