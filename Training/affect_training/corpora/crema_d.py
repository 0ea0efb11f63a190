"""CREMA-D: `AAAA_SSS_EEE_LL.opus`, first field actor, third field emotion."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .clip import Clip
from .listing import audio_files

LABELS = ("angry", "disgust", "fearful", "happy", "neutral", "sad")
_CODES = dict(zip(("ANG", "DIS", "FEA", "HAP", "NEU", "SAD"), LABELS, strict=True))

# Identical audio under two labels, or digital silence.
EXCLUDED = frozenset(
    (
        "1006_TIE_HAP_XX",
        "1006_TIE_NEU_XX",
        "1013_WSI_DIS_XX",
        "1013_WSI_SAD_XX",
        "1017_IWW_ANG_XX",
        "1017_IWW_FEA_XX",
        "1076_MTI_SAD_XX",
    )
)


def parse(path: str) -> Clip:
    """The clip that a path relative to the corpus names."""
    fields = Path(path).stem.split("_")
    if len(fields) != 4 or fields[2] not in _CODES:
        raise ValueError(f"{path}: expected AAAA_SSS_EEE_LL")
    return Clip(path, _CODES[fields[2]], fields[0])


def scan(folder: Path) -> list[Clip]:
    """Every usable clip in `folder`, sorted by path."""
    found = audio_files(folder, "*")
    return sorted(parse(path) for path in found if Path(path).stem not in EXCLUDED)


VOTES = Path("CREMA-D-votes") / "tabulatedVotes.csv"
"""CREMA-D's own table of its raters' votes, below the folder of the corpora."""

PERCEIVED = {"voice": "1", "face": "2", "both": "3"}
"""What the raters of a row perceived, and the digit that its number begins with."""


def votes(corpora: Path, perceived: str) -> dict[str, npt.NDArray[np.float32]]:
    """The share of the raters' votes for each of `LABELS`, by the name of a clip without ending."""
    if perceived not in PERCEIVED:
        raise ValueError(f"raters perceived {perceived!r}; expected {', '.join(PERCEIVED)}")
    found = {}
    with (corpora / VOTES).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row[""].startswith(PERCEIVED[perceived]):
                counts = np.array([float(row[label[0].upper()]) for label in LABELS])
                if counts.sum() > 0:
                    found[row["fileName"]] = (counts / counts.sum()).astype(np.float32)
    return found
