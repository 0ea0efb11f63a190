"""Decodes a corpus once into a folder of 16 kHz WAV files with the original's names.

The list of a corpus that a CSV lists goes along.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from .audio import decode, write_wav
from .listed import CLIPS
from .registry import Corpus


def prepare(
    corpus: Corpus, source: Path, output: Path, progress: Callable[[int, int], None]
) -> tuple[int, int]:
    """Decodes what is not there yet.

    `source` is the folder of the corpus; the files go to `output/FOLDER/…`. `progress` is called
    with done and total. Returns the numbers of clips and of files written.
    """
    clips = corpus.scan(source)
    if not clips:
        raise FileNotFoundError(f"{source} holds no clip of {corpus.name}")
    listing = source / CLIPS
    if listing.exists():
        (output / corpus.folder).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(listing, output / corpus.folder / CLIPS)
    written = 0
    for index, clip in enumerate(clips):
        target = output / corpus.folder / clip.prepared_path
        if not target.exists():
            write_wav(target, decode(source / clip.path))
            written += 1
        progress(index + 1, len(clips))
    return len(clips), written
