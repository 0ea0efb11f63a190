"""Frames of clips as they are, kept on disk by the content that they were made of.

Jobs of many folds and seeds hear the same clips through the same front end; copies, which depend
on the seed, are not kept here.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from . import front_end
from .corpora import Clip
from .utterances import Cuts, Frames, extract


class FrameStore:
    """Utterances by the digest of audio, front-end options, library and cuts."""

    def __init__(self, folder: Path, engine: front_end.FrontEnd, cuts: Cuts) -> None:
        self._folder, self._engine, self._cuts = folder, engine, cuts
        version = engine.library.affect_version().decode()
        described = json.dumps([version, engine.options, vars(cuts)], sort_keys=True)
        self._prefix = described.encode()

    def frames(self, clip: Clip, samples: npt.NDArray[np.int16]) -> list[Frames]:
        """The utterances of a clip, computed only when they are not there yet."""
        digest = hashlib.sha256(self._prefix + samples.tobytes()).hexdigest()
        path = self._folder / digest[:2] / f"{digest}.npz"
        if path.exists():
            with np.load(path, allow_pickle=False) as file:
                values, ends = file["values"], file["ends"]
            parts = np.split(values, ends[:-1, 0]) if len(ends) else []
            return [
                Frames(clip, 0, part, int(head), int(tail))
                for part, (_, head, tail) in zip(parts, ends, strict=True)
            ]
        found = extract(clip, 0, samples, self._engine, self._cuts)
        self._keep(path, found)
        return found

    def _keep(self, path: Path, found: list[Frames]) -> None:
        counts = np.cumsum([len(frames.values) for frames in found])
        ends = np.array(
            [(end, frames.head, frames.tail) for end, frames in zip(counts, found, strict=True)],
            dtype=np.int32,
        ).reshape(-1, 3)
        nothing = np.zeros((0, self._engine.channel_count), dtype=np.int16)
        values = np.concatenate([frames.values for frames in found]) if found else nothing
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".partial.npz")
        np.savez(temporary, values=values, ends=ends)
        temporary.replace(path)
