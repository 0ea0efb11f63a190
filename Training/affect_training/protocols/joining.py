"""Corpora of the training side that a protocol does not name, and how often clips are drawn.

A configuration lists them as `[[trainedOn]]`, each with its `corpus`, a `weight` (how often a clip
of it is drawn against a clip of weight 1) and `labels`, what its labels become:

    [[trainedOn]]
    corpus = "RAVDESS"
    weight = 0.5
    labels = { calm = "neutral" }

An entry for a corpus of the protocol itself sets its weight. Any other corpus joins the training
side of every fold with all its speakers; it is never validated on nor tested.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..corpora import Clip
from .protocol import Protocol
from .scanning import clips_of, protocol_clips, protocol_folder, qualified


@dataclass(frozen=True)
class TrainingCorpus:
    """A corpus on the training side."""

    corpus: str
    weight: float = 1.0
    labels: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def parsed(entries: Sequence[dict[str, Any]], where: str) -> tuple["TrainingCorpus", ...]:
        """The entries of a configuration; raises `ValueError` for what they cannot mean."""
        found: dict[str, TrainingCorpus] = {}
        for entry in entries:
            unknown = set(entry) - {"corpus", "weight", "labels"}
            if unknown or not isinstance(entry.get("corpus"), str):
                raise ValueError(
                    f"{where}: an entry of trainedOn has a corpus, and may have weight and labels; "
                    f"found {sorted(entry)}"
                )
            name, weight = entry["corpus"], entry.get("weight", 1.0)
            if name in found:
                raise ValueError(f"{where}: trainedOn names {name} twice")
            if not isinstance(weight, int | float) or isinstance(weight, bool) or weight <= 0:
                raise ValueError(f"{where}: weight of {name} is {weight!r}, expected more than 0")
            found[name] = TrainingCorpus(name, float(weight), dict(entry.get("labels", {})))
        return tuple(found.values())


def joining(protocol: Protocol, entries: Iterable[TrainingCorpus]) -> tuple[TrainingCorpus, ...]:
    """The entries whose corpus the protocol lacks."""
    return tuple(entry for entry in entries if entry.corpus not in protocol.corpora)


def joined_folder(protocol: Protocol, entries: Iterable[TrainingCorpus], folder: Path) -> Path:
    """What the paths of `joined_clips` are relative to, below the folder of all corpora."""
    return folder if joining(protocol, entries) else protocol_folder(protocol, folder)


def joined_clips(
    protocol: Protocol, entries: Sequence[TrainingCorpus], folder: Path
) -> tuple[Protocol, list[Clip]]:
    """The protocol with every corpus it lacks in fold 0, and the clips of them all.

    Fold 0 is what trains in every fold. Without such a corpus the protocol stays as it is;
    otherwise members and clips are named `CORPUS/…`. Clips whose label the protocol does not count
    are left out. Raises `ValueError` for labels that cannot be mapped.
    """
    own = protocol_clips(protocol, folder)
    for entry in entries:
        if entry.corpus in protocol.corpora and entry.labels:
            raise ValueError(
                f"trainedOn: {entry.corpus} is of {protocol.name} itself: its labels stay"
            )
    further = joining(protocol, entries)
    if not further:
        return protocol, own
    folds = protocol.folds
    if len(protocol.corpora) == 1:
        name = protocol.corpus
        own = [qualified(clip, name) for clip in own]
        folds = {
            number: frozenset(f"{name}/{member}" for member in fold)
            for number, fold in folds.items()
        }
    added = [clip for entry in further for clip in _mapped(entry, protocol, folder)]
    trained = frozenset(protocol.member(clip) for clip in added)
    folds = {0: folds.get(0, frozenset()) | trained, **{n: f for n, f in folds.items() if n}}
    names = tuple(entry.corpus for entry in further)
    return (
        replace(protocol, corpora=(*protocol.corpora, *names), folds=folds),
        sorted(own + added),
    )


def _mapped(entry: TrainingCorpus, protocol: Protocol, folder: Path) -> list[Clip]:
    clips = clips_of(entry.corpus, folder)
    unknown = set(entry.labels) - {clip.label for clip in clips}
    if unknown:
        raise ValueError(f"trainedOn: {entry.corpus} has no label {', '.join(sorted(unknown))}")
    foreign = set(entry.labels.values()) - set(protocol.labels)
    if foreign:
        raise ValueError(
            f"trainedOn: {protocol.name} has no label {', '.join(sorted(foreign))} for "
            f"{entry.corpus}; there are {', '.join(protocol.labels)}"
        )
    mapped = (replace(clip, label=entry.labels.get(clip.label, clip.label)) for clip in clips)
    return [qualified(clip, entry.corpus) for clip in mapped if clip.label in protocol.labels]


def drawing_weights(
    clips: Sequence[Clip], entries: Iterable[TrainingCorpus]
) -> npt.NDArray[np.float64]:
    """How often each clip is drawn in an epoch, on average.

    The corpus of a clip stands before the stroke in its speaker; where there is but one corpus
    there is no stroke, and every clip is drawn once.
    """
    known = {entry.corpus: entry.weight for entry in entries}
    return np.array([known.get(clip.speaker.partition("/")[0], 1.0) for clip in clips])
