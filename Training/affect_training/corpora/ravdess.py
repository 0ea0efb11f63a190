"""RAVDESS, speech: `Actor_NN/03-01-EE-II-SS-RR-AA.flac`, third field emotion, last field actor."""

from pathlib import Path

from .clip import Clip
from .listing import audio_files

LABELS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")


def parse(path: str) -> Clip:
    """The clip that a path relative to the corpus names."""
    fields = Path(path).stem.split("-")
    if len(fields) != 7 or fields[:2] != ["03", "01"]:
        raise ValueError(f"{path}: expected 03-01-EE-II-SS-RR-AA, the name of a speech clip")
    return Clip(path, LABELS[int(fields[2]) - 1], str(int(fields[6])))


def scan(folder: Path) -> list[Clip]:
    """Every clip below `folder`, sorted by path."""
    return sorted(parse(path) for path in audio_files(folder, "Actor_*/*"))
