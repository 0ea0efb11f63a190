"""Frames are kept by content: the same audio and options once, anything else anew."""

from pathlib import Path

import numpy as np
import pytest

from affect_training import front_end
from affect_training.corpora import Clip
from affect_training.frame_store import FrameStore
from affect_training.utterances import Cuts, extract

try:
    front_end.load_library()
except front_end.FrontEndError as missing:
    pytest.skip(f"libAffectFeatures is not built: {missing}", allow_module_level=True)

OPTIONS = {
    "kind": "logMel",
    "sampleRate": 16000,
    "frameLength": 1024,
    "hopLength": 512,
    "fftLength": 1024,
    "preEmphasis": 0.97,
    "window": "hann",
    "melScale": "htk",
    "melNormalization": "none",
    "melBinCount": 8,
    "lowFrequency": 50,
    "highFrequency": 5200,
    "logFloor": -18,
    "extraChannels": [],
    "normalization": "mean",
    "outputFractionBits": 10,
    "channelWeights": [1.0] * 8,
}
CUTS = Cuts(4, 8, 60)
CLIP = Clip("a.wav", "sad", "1")


def voice(seed: int) -> np.ndarray:
    time = np.arange(80000) / 16000
    tone = np.sign(np.sin(2 * np.pi * 150 * time)) * 5000 * ((time % 2) < 1.2)
    noise = np.random.default_rng(seed).normal(0, 20, len(time))
    return (tone + noise).astype(np.int16)


def test_what_is_kept_equals_what_was_computed(tmp_path: Path) -> None:
    with front_end.opened(OPTIONS) as engine:
        computed = extract(CLIP, 0, voice(1), engine, CUTS)
        assert len(computed) > 1, "the clip has more than one utterance"
        for _ in range(2):
            found = FrameStore(tmp_path, engine, CUTS).frames(CLIP, voice(1))
            assert [(f.head, f.tail) for f in found] == [(f.head, f.tail) for f in computed]
            for one, other in zip(found, computed, strict=True):
                assert np.array_equal(one.values, other.values)
        assert len(list(tmp_path.rglob("*.npz"))) == 1


def test_other_audio_options_and_cuts_are_computed_anew(tmp_path: Path) -> None:
    with front_end.opened(OPTIONS) as engine:
        FrameStore(tmp_path, engine, CUTS).frames(CLIP, voice(1))
        FrameStore(tmp_path, engine, CUTS).frames(CLIP, voice(2))
        FrameStore(tmp_path, engine, Cuts(4, 8, 50)).frames(CLIP, voice(1))
    with front_end.opened({**OPTIONS, "lowFrequency": 60}) as engine:
        FrameStore(tmp_path, engine, CUTS).frames(CLIP, voice(1))
    assert len(list(tmp_path.rglob("*.npz"))) == 4


def test_silence_is_kept_as_nothing(tmp_path: Path) -> None:
    silence = np.zeros(32000, dtype=np.int16)
    with front_end.opened(OPTIONS) as engine:
        store = FrameStore(tmp_path, engine, CUTS)
        assert store.frames(CLIP, silence) == store.frames(CLIP, silence) == []
