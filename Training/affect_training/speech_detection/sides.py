"""Who and what is trained on, validated on and tested: people and noise files, by data files.

`Training/speech/people.csv` has the columns `corpus,speaker,side,role`; the role is `target` for
voices that are to be found and `babble` for voices that talk in the distance, so nobody is both.
`Training/speech/noise.csv` has `corpus,file,side`.
"""

import csv
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..protocols import load_protocol

FOLDER = Path(__file__).resolve().parents[2] / "speech"
SIDES = ("training", "validation", "test")
ROLES = ("target", "babble")

GSC_TEST = ("dude_miaowing", "running_tap", "white_noise")
ESC10_SIDES = {"1": "training", "2": "training", "3": "training", "4": "validation", "5": "test"}
"""By ESC-50's own folds, the first field of a name: one source recording stays in one fold."""


@dataclass(frozen=True, order=True)
class Person:
    """A speaker of a corpus, with side and role."""

    corpus: str
    speaker: str
    side: str
    role: str


@dataclass(frozen=True, order=True)
class NoiseFile:
    """A recording below `noise/CORPUS`, without its ending, with its side."""

    corpus: str
    file: str
    side: str


def load_people(path: Path = FOLDER / "people.csv") -> list[Person]:
    """Everybody, in the order of the file."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Person(**row) for row in csv.DictReader(file)]


def load_noise_files(path: Path = FOLDER / "noise.csv") -> list[NoiseFile]:
    """Every recording of noise, in the order of the file."""
    with path.open(newline="", encoding="utf-8") as file:
        return [NoiseFile(**row) for row in csv.DictReader(file)]


def deal_people(speakers: Collection[tuple[str, str]]) -> list[Person]:
    """Sides and roles of (corpus, speaker).

    The people that no shipped model hears are tested. Of the others of each corpus a quarter is
    validated on, in the order of their digests; corpora with fewer than eight of them only train.
    On each side of each corpus every third talks in the distance.
    """
    holdout = load_protocol("shipped-holdout").fold(1)
    sides: dict[tuple[str, str], list[str]] = {}
    for corpus in sorted({corpus for corpus, _ in speakers}):
        names = _by_digest(corpus, (name for owner, name in speakers if owner == corpus))
        others = [name for name in names if f"{corpus}/{name}" not in holdout]
        validated = set(others[::4]) if len(others) >= 8 else set()
        for name in names:
            if name not in others:
                side = "test"
            else:
                side = "validation" if name in validated else "training"
            sides.setdefault((corpus, side), []).append(name)
    return sorted(
        Person(corpus, name, side, "babble" if index % 3 == 1 else "target")
        for (corpus, side), names in sides.items()
        for index, name in enumerate(names)
    )


def deal_noise(files: Iterable[tuple[str, str]]) -> list[NoiseFile]:
    """Sides of (corpus, file): ESC10 by ESC-50's folds, GSC by name, others by digest."""
    return sorted(NoiseFile(corpus, file, _noise_side(corpus, file)) for corpus, file in files)


def _noise_side(corpus: str, file: str) -> str:
    name = file.rpartition("/")[2]
    if corpus == "ESC10":
        return ESC10_SIDES[name[0]]
    if corpus == "GSC":
        return "test" if name in GSC_TEST else "training"
    turn = int(hashlib.sha256(f"{corpus}/{file}".encode()).hexdigest()[:8], 16) % 5
    return ("training", "training", "validation", "test", "test")[turn]


def _by_digest(corpus: str, names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: hashlib.sha256(f"{corpus}/{name}".encode()).digest())
