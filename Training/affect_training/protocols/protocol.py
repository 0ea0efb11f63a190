"""Folds, read from the data files in `Training/protocols`.

A file `NAME.csv` has the columns `corpus,fold,speaker` or `corpus,fold,file` (the path within the
corpus without its ending). Every speaker or file stands in exactly one fold; folds count from 1,
and what stands in fold 0 is never tested: it trains in every fold.

`NAME.toml` beside it may say which `labels` count; clips of other labels are left out. Without it
every label of the corpus counts.
"""

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..corpora import Clip, corpus

FOLDER = Path(__file__).resolve().parents[2] / "protocols"
UNITS = ("speaker", "file")


@dataclass(frozen=True)
class Protocol:
    """A partition of the speakers, or files, of one or more corpora into folds.

    With several corpora the members, and the clips, are named `CORPUS/…`.
    """

    name: str
    corpora: tuple[str, ...]
    unit: str
    labels: tuple[str, ...]
    folds: dict[int, frozenset[str]]

    @property
    def members(self) -> frozenset[str]:
        return frozenset().union(*self.folds.values())

    @property
    def tested_folds(self) -> tuple[int, ...]:
        return tuple(number for number in self.folds if number > 0)

    @property
    def corpus(self) -> str:
        """The only corpus; raises `ValueError` if there are several."""
        if len(self.corpora) > 1:
            raise ValueError(f"{self.name} spans {', '.join(self.corpora)}, expected one corpus")
        return self.corpora[0]

    def member(self, clip: Clip) -> str:
        """What the folds list of a clip: its speaker or its file."""
        if self.unit == "speaker":
            return clip.speaker
        return str(PurePosixPath(clip.path).with_suffix(""))

    def fold(self, number: int) -> frozenset[str]:
        """The members of a fold; raises `KeyError` with the folds that can be tested."""
        if number not in self.tested_folds:
            raise KeyError(f"{self.name} has no fold {number}; folds are {list(self.tested_folds)}")
        return self.folds[number]


def protocol_names(folder: Path = FOLDER) -> list[str]:
    """The protocols there are."""
    return sorted(path.stem for path in folder.glob("*.csv"))


def load_protocol(name: str, folder: Path = FOLDER) -> Protocol:
    """Reads a protocol; raises `ValueError` if it is not a partition."""
    path = folder / f"{name}.csv"
    if not path.exists():
        raise KeyError(f"no protocol {name!r}; there are {', '.join(protocol_names(folder))}")
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    if columns[:2] != ["corpus", "fold"] or columns[2:] not in [[unit] for unit in UNITS]:
        raise ValueError(f"{path}: expected the columns corpus,fold,speaker or corpus,fold,file")
    unit = columns[2]
    corpora = tuple(dict.fromkeys(row["corpus"] for row in rows))
    folds: dict[int, set[str]] = {}
    seen: set[str] = set()
    for row in rows:
        member = f"{row['corpus']}/{row[unit]}" if len(corpora) > 1 else row[unit]
        if member in seen:
            raise ValueError(f"{path}: {unit} {member} stands in two folds")
        seen.add(member)
        folds.setdefault(int(row["fold"]), set()).add(member)
    ordered = {number: frozenset(folds[number]) for number in sorted(folds)}
    return Protocol(name, corpora, unit, _labels(path.with_suffix(".toml"), corpora), ordered)


def _labels(path: Path, corpora: tuple[str, ...]) -> tuple[str, ...]:
    if path.exists():
        with path.open("rb") as file:
            return tuple(tomllib.load(file)["labels"])
    if len(corpora) > 1:
        raise ValueError(f"{path} is missing: it says which labels of several corpora count")
    return corpus(corpora[0]).labels
