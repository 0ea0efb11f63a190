"""SAVEE: `SS_eNN.flac`, speaker before the underscore, letters of the emotion after it."""

import re
from pathlib import Path

from .clip import Clip
from .listing import audio_files

LABELS = ("angry", "disgust", "fearful", "happy", "neutral", "sad", "surprised")
_CODES = dict(zip(("a", "d", "f", "h", "n", "sa", "su"), LABELS, strict=True))


def parse(path: str) -> Clip:
    """The clip that a path relative to the corpus names."""
    match = re.fullmatch(r"([A-Z]+)_([a-z]+)\d+", Path(path).stem)
    if match is None or match[2] not in _CODES:
        raise ValueError(f"{path}: expected SS_eNN")
    return Clip(path, _CODES[match[2]], match[1])


def scan(folder: Path) -> list[Clip]:
    """Every clip in `folder`, sorted by path."""
    return sorted(parse(path) for path in audio_files(folder, "*"))
