"""The corpora that this package can read, by name.

Those with file names of their own are built in. Corpora that a CSV lists are registered by
`Training/corpora.toml`, a table each:

    [Kiosk]
    labels = ["happy", "neutral", "angry"]
    licence = "CC-BY-4.0"
    folder = "Kiosk" # below the folder of the corpora; its own name by default
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from . import crema_d, emo_db, listed, ravdess, savee, tess
from .clip import Clip
from .locations import REPOSITORY

REGISTER = REPOSITORY / "Training" / "corpora.toml"


@dataclass(frozen=True)
class Corpus:
    """What a corpus is; `scan` lists its clips below a folder, sorted by path."""

    name: str
    folder: str
    labels: tuple[str, ...]
    licence: str
    scan: Callable[[Path], list[Clip]]


CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus("RAVDESS", "RAVDESS", ravdess.LABELS, "CC-BY-NC-SA-4.0", ravdess.scan),
        Corpus("CREMA-D", "CREMA-D", crema_d.LABELS, "ODbL-1.0 AND DbCL-1.0", crema_d.scan),
        Corpus("SAVEE", "SAVEE", savee.LABELS, "LicenseRef-SAVEE-research-use", savee.scan),
        Corpus("EMO-DB", "EMO-DB", emo_db.LABELS, "LicenseRef-EMO-DB", emo_db.scan),
        Corpus("TESS", "TESS", tess.LABELS, "CC-BY-NC-4.0", tess.scan),
    )
}
"""Every corpus that is known; `register` adds to it."""

BUILT_IN = frozenset(CORPORA)


def corpus(name: str) -> Corpus:
    """The corpus of that name; raises `KeyError` with the names there are."""
    if name not in CORPORA:
        raise KeyError(
            f"no corpus {name!r}; there are {', '.join(CORPORA)}, and {REGISTER.name} in Training "
            "may register others"
        )
    return CORPORA[name]


def register(path: Path | None = None) -> None:
    """Adds the corpora that a file (default: `REGISTER`) registers, if it is there.

    Raises `ValueError` for what a table cannot mean.
    """
    path = path or REGISTER
    if not path.exists():
        return
    with path.open("rb") as file:
        try:
            tables = tomllib.load(file)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{path}: {error}") from None
    CORPORA.update({name: _registered(name, table, path) for name, table in tables.items()})


def _registered(name: str, table: Any, path: Path) -> Corpus:
    if name in BUILT_IN or "/" in name:
        raise ValueError(f"{path}: a corpus cannot be named {name}")
    members = set(table) if isinstance(table, dict) else set()
    if not {"labels", "licence"} <= members <= {"labels", "licence", "folder"}:
        raise ValueError(
            f"{path}: {name} needs labels and licence and may have a folder; found "
            f"{', '.join(sorted(members)) or 'none of them'}"
        )
    labels, texts = table["labels"], [table["licence"], table.get("folder", name)]
    if not isinstance(labels, list) or not labels or len(set(map(str, labels))) != len(labels):
        raise ValueError(f"{path}: labels of {name} are {labels!r}, expected different names")
    if not all(isinstance(text, str) and text for text in (*labels, *texts)):
        raise ValueError(f"{path}: labels, licence and folder of {name} must be texts")
    licence, folder = texts
    scan = partial(listed.scan, name=name, labels=tuple(labels))
    return Corpus(name, folder, tuple(labels), licence, scan)
