"""Utterances of a waveform: gated, cut and measured as the product does it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import front_end
from .corpora import Clip

MARGIN = 24
"""Frames kept before and after the gated speech, for jittered edges."""


@dataclass(frozen=True)
class Frames:
    """Un-normalised Int16 frames of one utterance of a clip or of a copy of it.

    The speech is `head … len − tail`; what is around it serves jittered edges.
    """

    clip: Clip
    copy: int
    values: npt.NDArray[np.int16]
    head: int
    tail: int

    @property
    def speech(self) -> npt.NDArray[np.int16]:
        return self.values[self.head : len(self.values) - self.tail]


@dataclass(frozen=True)
class Cuts:
    """How the product cuts speech: pre-roll of the gate, shortest and longest utterance."""

    pre_roll: int
    minimum: int
    maximum: int

    @staticmethod
    def of(decision: dict[str, Any]) -> "Cuts":
        """The cuts that the decision section of a manifest describes."""
        return Cuts(
            int(decision["preRollFrames"]),
            int(decision["minimumFrames"]),
            int(decision["maximumUtteranceFrames"]),
        )


def extract(
    clip: Clip,
    copy: int,
    samples: npt.NDArray[np.int16],
    engine: front_end.FrontEnd,
    cuts: Cuts,
) -> list[Frames]:
    """The utterances of a waveform: gated, cut and dropped when too short, as the product does.

    Frames from around an utterance are kept as margins, as far as no other utterance owns them.
    """
    hop = int(engine.options["hopLength"])
    segments = front_end.gate_segments(samples, cuts.pre_roll * hop, engine.library)
    found = []
    for index, (begin, end) in enumerate(segments):
        before = segments[index - 1][1] if index else 0
        after = segments[index + 1][0] if index + 1 < len(segments) else len(samples)
        head = min(MARGIN, max(0, begin - before) // hop)
        tail = min(MARGIN, max(0, after - end) // hop)
        values = engine.process(samples[begin - head * hop : end + tail * hop])
        count = len(values) - head - tail
        for start in range(0, count, cuts.maximum):
            length = min(cuts.maximum, count - start)
            if length < cuts.minimum:
                continue
            first = start + (0 if start == 0 else head)
            last = head + start + length + (tail if start + length == count else 0)
            found.append(
                Frames(
                    clip,
                    copy,
                    values[first:last],
                    head if start == 0 else 0,
                    tail if start + length == count else 0,
                )
            )
    return found
