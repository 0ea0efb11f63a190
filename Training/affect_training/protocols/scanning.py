"""The clips that a protocol is about."""

from dataclasses import replace
from pathlib import Path

from ..corpora import Clip, corpus
from .protocol import Protocol


def protocol_folder(protocol: Protocol, folder: Path) -> Path:
    """What the paths of a protocol's clips are relative to, below the folder of all corpora."""
    return folder if len(protocol.corpora) > 1 else folder / corpus(protocol.corpus).folder


def protocol_clips(protocol: Protocol, folder: Path) -> list[Clip]:
    """The clips whose label counts, sorted by path.

    Raises `FileNotFoundError` for a corpus that is not in `folder`.
    """
    clips: list[Clip] = []
    for name in protocol.corpora:
        found = clips_of(name, folder)
        if len(protocol.corpora) > 1:
            found = [qualified(clip, name) for clip in found]
        clips += [clip for clip in found if clip.label in protocol.labels]
    return sorted(clips)


def clips_of(name: str, folder: Path) -> list[Clip]:
    """Every clip of a corpus; raises `FileNotFoundError` if it is not in `folder`."""
    source = corpus(name)
    found = source.scan(folder / source.folder)
    if not found:
        raise FileNotFoundError(
            f"{folder / source.folder} holds no clip: run `affect_training prepare --corpus {name}`"
            " first, or give --prepared"
        )
    return found


def qualified(clip: Clip, name: str) -> Clip:
    """The clip among those of other corpora: path and speaker carry the name of its corpus."""
    return replace(
        clip, path=f"{corpus(name).folder}/{clip.path}", speaker=f"{name}/{clip.speaker}"
    )
