"""TESS: `SPEAKER_emotion/…`; two speakers, one carrier sentence."""

from pathlib import Path

from .clip import Clip
from .listing import audio_files

LABELS = ("angry", "disgust", "fearful", "happy", "neutral", "sad", "surprised")
_CODES = {
    "angry": "angry",
    "disgust": "disgust",
    "fear": "fearful",
    "happy": "happy",
    "neutral": "neutral",
    "sad": "sad",
    "ps": "surprised",
    "pleasant_surprise": "surprised",
    "pleasant_surprised": "surprised",
}


def parse(path: str) -> Clip:
    """The clip that a path relative to the corpus names; the folder holds speaker and emotion."""
    speaker, _, code = Path(path).parent.name.partition("_")
    if code.lower() not in _CODES:
        raise ValueError(f"{path}: expected SPEAKER_emotion/…")
    return Clip(path, _CODES[code.lower()], speaker)


def scan(folder: Path) -> list[Clip]:
    """Every clip below `folder`, sorted by path."""
    return sorted(parse(path) for path in audio_files(folder, "*/*"))
