"""Folds of speakers, read from the data files in `Training/protocols`.

A file `NAME.csv` has the columns `corpus,fold,speaker`; every speaker of the corpus stands in
exactly one fold, folds count from 1.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from ..corpora import corpus

FOLDER = Path(__file__).resolve().parents[2] / "protocols"


@dataclass(frozen=True)
class Protocol:
    """A partition of the speakers of one corpus into folds."""

    name: str
    corpus: str
    folds: dict[int, frozenset[str]]

    @property
    def speakers(self) -> frozenset[str]:
        return frozenset().union(*self.folds.values())

    @property
    def tested_folds(self) -> tuple[int, ...]:
        return tuple(self.folds)

    @property
    def labels(self) -> tuple[str, ...]:
        return corpus(self.corpus).labels

    def fold(self, number: int) -> frozenset[str]:
        """The speakers of a fold; raises `KeyError` with the folds there are."""
        if number not in self.folds:
            raise KeyError(f"{self.name} has no fold {number}; folds are {sorted(self.folds)}")
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
        rows = list(csv.DictReader(file))
    corpora = {row["corpus"] for row in rows}
    if len(corpora) != 1:
        raise ValueError(f"{path}: expected one corpus, found {sorted(corpora)}")
    folds: dict[int, set[str]] = {}
    seen: set[str] = set()
    for row in rows:
        if row["speaker"] in seen:
            raise ValueError(f"{path}: speaker {row['speaker']} stands in two folds")
        seen.add(row["speaker"])
        folds.setdefault(int(row["fold"]), set()).add(row["speaker"])
    ordered = {number: frozenset(folds[number]) for number in sorted(folds)}
    return Protocol(name, corpora.pop(), ordered)
