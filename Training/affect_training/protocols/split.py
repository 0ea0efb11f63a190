"""Clips on three sides, by speaker or by file."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..corpora.clip import Clip
from .protocol import Protocol

SIDES = ("training", "validation", "test")


@dataclass(frozen=True)
class Split:
    """Three sides without a common member of the protocol: speaker or file.

    The training side is handed to augmentation; the other two never are.
    """

    training: tuple[Clip, ...]
    validation: tuple[Clip, ...]
    test: tuple[Clip, ...]

    def side(self, name: str) -> tuple[Clip, ...]:
        if name not in SIDES:
            raise KeyError(f"no side {name!r}; sides are {', '.join(SIDES)}")
        return {"training": self.training, "validation": self.validation, "test": self.test}[name]


def split_clips(
    clips: Iterable[Clip], protocol: Protocol, test_fold: int, validation_fold: int | None
) -> Split:
    """Splits by the protocol: one fold is tested, one validated (or none), the rest trains.

    A clip that the protocol does not name is an error: nobody slips into training unnoticed.
    """
    if test_fold == validation_fold:
        raise ValueError(f"fold {test_fold} cannot be tested and validated on")
    tested = protocol.fold(test_fold)
    validated = frozenset() if validation_fold is None else protocol.fold(validation_fold)
    members = protocol.members
    sides: dict[str, list[Clip]] = {name: [] for name in SIDES}
    for clip in sorted(clips):
        member = protocol.member(clip)
        if member not in members:
            raise ValueError(f"{clip.path}: {protocol.name} does not name {protocol.unit} {member}")
        if member in tested:
            sides["test"].append(clip)
        elif member in validated:
            sides["validation"].append(clip)
        else:
            sides["training"].append(clip)
    return Split(tuple(sides["training"]), tuple(sides["validation"]), tuple(sides["test"]))
