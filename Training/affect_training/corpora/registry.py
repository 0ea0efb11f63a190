"""The corpora that this package can read, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import crema_d, emo_db, ravdess, savee, tess
from .clip import Clip


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


def corpus(name: str) -> Corpus:
    """The corpus of that name; raises `KeyError` with the names there are."""
    if name not in CORPORA:
        raise KeyError(f"no corpus {name!r}; there are {', '.join(CORPORA)}")
    return CORPORA[name]
