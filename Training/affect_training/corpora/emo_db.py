"""EMO-DB: `SStttEv.wav`, e.g. `03a01Fa.wav`: speaker, text, letter of the emotion, version.

The letters are those of the German words: Wut, Langeweile, Ekel, Angst, Freude, Trauer, neutral.
"""

import re
from pathlib import Path

from .clip import Clip
from .listing import audio_files

LABELS = ("angry", "bored", "disgust", "fearful", "happy", "neutral", "sad")
_CODES = dict(zip("WLEAFNT", LABELS, strict=True))

WOMEN = frozenset(("08", "09", "13", "14", "16"))
MEN = frozenset(("03", "10", "11", "12", "15"))


def parse(path: str) -> Clip:
    """The clip that a path relative to the corpus names."""
    match = re.fullmatch(r"(\d\d)[ab]\d\d([WLEAFNT])[a-z]?", Path(path).stem)
    if match is None or match[1] not in WOMEN | MEN:
        raise ValueError(f"{path}: expected SStttEv such as 03a01Fa, by speaker 03 or 08 to 16")
    return Clip(path, _CODES[match[2]], match[1])


def scan(folder: Path) -> list[Clip]:
    """Every clip in `folder` or below it (the original keeps them in `wav`), sorted by path."""
    return sorted(parse(path) for path in audio_files(folder, "**/*"))
