"""What a network answered."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .corpora import Clip


@dataclass(frozen=True)
class Answers:
    """Logits [clips, labels] and the clips that they are for."""

    clips: tuple[Clip, ...]
    logits: npt.NDArray[np.float64]

    def truth(self, labels: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """The indices of the true labels."""
        return np.array([labels.index(clip.label) for clip in self.clips], dtype=np.int64)

    @property
    def speakers(self) -> list[str]:
        return [clip.speaker for clip in self.clips]
