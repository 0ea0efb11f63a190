"""Audio files below a folder."""

from pathlib import Path

SUFFIXES = (".flac", ".mp3", ".opus", ".wav")
"""The endings of files that `audio.decode` is asked to read."""


def audio_files(folder: Path, pattern: str) -> list[str]:
    """The audio files that the pattern finds, as paths relative to `folder`, sorted."""
    found = (path for path in folder.glob(pattern) if path.suffix.lower() in SUFFIXES)
    return sorted(path.relative_to(folder).as_posix() for path in found)
