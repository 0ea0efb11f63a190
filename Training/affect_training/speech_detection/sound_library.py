"""Reads the voices and noises of a side from the corpora."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..augmentation.copies import generator_for
from ..corpora import corpus
from ..corpora.audio import decode
from ..corpora.listing import SUFFIXES
from .mixtures import Voice, Waveform, voice, without_silence
from .sides import load_noise_files, load_people


def load_voices(
    corpora: Path,
    names: Sequence[str],
    side: str,
    clips_per_speaker: int,
    seed: int,
) -> dict[str, dict[str, list[Voice]]]:
    """Voices by role and speaker; of every speaker as many clips, drawn from the seed."""
    people = [p for p in load_people() if p.side == side and p.corpus in names]
    clips = {name: corpus(name).scan(corpora / corpus(name).folder) for name in names}
    found: dict[str, dict[str, list[Voice]]] = {"target": {}, "babble": {}}
    for person in people:
        own = [clip for clip in clips[person.corpus] if clip.speaker == person.speaker]
        if not own:
            raise FileNotFoundError(f"{corpora} holds no clip of {person.corpus}/{person.speaker}")
        speaker = f"{person.corpus}/{person.speaker}"
        order = generator_for(seed, speaker, 0).permutation(len(own))[:clips_per_speaker]
        folder = corpora / corpus(person.corpus).folder
        voices = [voice(speaker, decode(folder / own[i].path)) for i in sorted(order)]
        found[person.role][speaker] = [v for v in voices if v is not None]
    return found


def load_recordings(corpora: Path, names: Sequence[str], side: str) -> dict[str, list[Waveform]]:
    """Recordings of noise by corpus, without the digital silence that pads them."""
    found: dict[str, list[Waveform]] = {}
    for entry in load_noise_files():
        if entry.side != side or entry.corpus not in names:
            continue
        stem = corpora / "noise" / entry.corpus / entry.file
        paths = [p for e in SUFFIXES if (p := stem.with_name(stem.name + e)).exists()]
        if not paths:
            raise FileNotFoundError(f"there is no recording {stem}: check --corpora")
        recording = without_silence(decode(paths[0]).astype(np.float64) / 32768)
        if len(recording) >= 1600:
            found.setdefault(entry.corpus, []).append(recording)
    return found
