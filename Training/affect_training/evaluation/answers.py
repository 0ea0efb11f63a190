"""The entries `clips` of a report as arrays."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..metrics import bootstrap_interval, confusion, speaker_interval, uar


@dataclass(frozen=True)
class ReportedClips:
    """Truth, answer (−1: missed) and probability of the answer (0: missed) of every recording."""

    labels: tuple[str, ...]
    truth: npt.NDArray[np.int64]
    answered: npt.NDArray[np.int64]
    confidences: npt.NDArray[np.float64]
    of_truth: npt.NDArray[np.float64]
    speakers: tuple[str, ...]

    @staticmethod
    def of(report: dict[str, Any]) -> "ReportedClips":
        """The clips of a report of `affect-model evaluate`."""
        labels = tuple(report["labels"])
        clips = report["clips"]
        truth = [labels.index(clip["label"]) for clip in clips]
        shares = [clip["probabilities"] or [0.0] * len(labels) for clip in clips]
        return ReportedClips(
            labels,
            np.array(truth, dtype=np.int64),
            np.array(
                [-1 if c["predicted"] is None else labels.index(c["predicted"]) for c in clips],
                dtype=np.int64,
            ),
            np.array([max(share) for share in shares]),
            np.array([share[index] for share, index in zip(shares, truth, strict=True)]),
            tuple(clip["speaker"] for clip in clips),
        )

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self.truth == self.answered
        return found

    def figures(self) -> dict[str, Any]:
        """As in a report of the product, by its definitions."""
        count = len(self.labels)
        matrix = confusion(self.truth, self.answered, count)
        hits = np.diagonal(matrix)
        sums = matrix.sum(1) + matrix[:, :count].sum(0)
        around = speaker_interval(self.truth, self.answered, list(self.speakers), count)
        files = bootstrap_interval(self.truth, self.answered, count)
        return {
            "count": len(self.truth),
            "missed": int((self.answered < 0).sum()),
            "uar": round(uar(self.truth, self.answered, count), 4),
            "accuracy": round(float(self.right.mean()), 4),
            "macro_f1": round(float((2 * hits[sums > 0] / sums[sums > 0]).mean()), 4),
            "intervals": {
                "files": {"uar": [round(value, 4) for value in files]},
                "speakers": {"uar": [round(value, 4) for value in around]},
            },
        }

    def groups(self, name: Callable[[str], str], over: str) -> dict[str, dict[str, Any]]:
        """UAR and accuracy of groups of speakers, in the order of their names.

        The 95 % interval of the UAR is a bootstrap over `files` or over `speakers`.
        """
        names = np.array([name(speaker) for speaker in self.speakers])
        speakers = np.array(self.speakers)
        found = {}
        for group in sorted(set(names.tolist()), key=lambda text: (len(text), text)):
            own = names == group
            truth, answered, count = self.truth[own], self.answered[own], len(self.labels)
            if over == "files":
                interval = bootstrap_interval(truth, answered, count)
            else:
                interval = speaker_interval(truth, answered, speakers[own].tolist(), count)
            found[group] = {
                "count": int(own.sum()),
                "speakers": len(set(speakers[own].tolist())),
                "uar": round(uar(truth, answered, count), 4),
                "uarInterval": [round(value, 4) for value in interval],
                "accuracy": round(float((truth == answered).mean()), 4),
            }
        return found
