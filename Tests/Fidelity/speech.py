"""A stratified sample of real speech: one clip of every speaker and emotion of every corpus."""

import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from affect_training.corpora import CORPORA

DECODERS = {
    ".flac": "flac -s -d -c --force-raw-format --endian=little --sign=signed FILE",
    ".opus": "opusdec --quiet --no-dither --rate 16000 FILE -",
}
"""What prints a file as raw Int16, by its ending."""


@dataclass(frozen=True)
class Recording:
    """A clip, and the corpus that it stands for."""

    corpus: str
    path: Path

    def samples(self) -> npt.NDArray[np.int16]:
        """16 kHz mono, as recorded."""
        words = DECODERS[self.path.suffix].split()
        command = [str(self.path) if word == "FILE" else word for word in words]
        raw = subprocess.run(command, check=True, capture_output=True).stdout
        return np.frombuffer(raw, "<i2")


def sample(folder: Path, limit: int | None) -> tuple[list[Recording], list[str]]:
    """The recordings in order of corpus, speaker and emotion, and a line for all that is absent.

    With a limit, as many of them as that, evenly spread.
    """
    found: list[Recording] = []
    absent: list[str] = []
    for corpus in CORPORA.values():
        cells = defaultdict(list)
        for clip in corpus.scan(folder / corpus.folder):
            cells[clip.speaker, clip.label].append(folder / corpus.folder / clip.path)
        if not cells:
            absent.append(f"absent: no {corpus.name} at {folder}")
            continue
        # The n-th cell gives its n-th clip, so that sentences and takes vary as well.
        chosen = [paths[n % len(paths)] for n, (_, paths) in enumerate(sorted(cells.items()))]
        ending = chosen[0].suffix
        if ending not in DECODERS:
            absent.append(f"absent: {corpus.name} as FLAC or Opus of 16 kHz; there is {ending}")
            continue
        program = DECODERS[ending].split()[0]
        if shutil.which(program) is None:
            absent.append(f"absent: {program}, so {corpus.name} is not heard")
            continue
        found += [Recording(corpus.name, path) for path in chosen]
    if limit is not None and limit < len(found):
        found = [found[n * len(found) // limit] for n in range(limit)]
    return found, absent


def at_level(samples: npt.NDArray[np.int16], decibels: float | None) -> npt.NDArray[np.int16]:
    """The samples with their peak at a level below full scale; None leaves them as recorded."""
    if decibels is None:
        return samples
    peak = np.abs(samples.astype(np.float64)).max()
    return np.round(samples * (32767 * 10 ** (decibels / 20) / peak)).astype(np.int16)
