"""CREMA-D: `AAAA_SSS_EEE_LL.opus`, first field actor, third field emotion."""

from pathlib import Path

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
