"""Counts of a few files with the corpora's names; plots where matplotlib is."""

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from affect_training import front_end
from affect_training.augmentation import FrameChanges
from affect_training.augmentation.copies import LIMITS
from affect_training.cli import main
from affect_training.cli.common import TRAINING
from affect_training.corpora import CORPORA
from affect_training.corpora.audio import write_wav
from affect_training.experiment import load_experiment
from affect_training.speech_detection.sides import load_noise_files
from affect_training.summary import aligned, counts, entries_of

FILES = (
    "RAVDESS/Actor_01/03-01-03-01-01-01-01.wav",
    "RAVDESS/Actor_01/03-01-04-01-01-01-01.wav",
    "RAVDESS/Actor_02/03-01-03-01-01-01-02.wav",
    "CREMA-D/1001_DFA_SAD_XX.wav",
    "CREMA-D/1002_DFA_SAD_XX.wav",
    "SAVEE/DC_h01.wav",
    "TESS/OAF_happy/OAF_back_happy.wav",
)


def has_library() -> bool:
    try:
        front_end.load_library()
    except front_end.FrontEndError:
        return False
    return True


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    tone = (np.sin(np.arange(12000) / 5) * 9000).astype(np.int16)
    for path in FILES:
        write_wav(tmp_path / path, tone)
    for entry in load_noise_files():
        if (entry.corpus, entry.side) == ("ESC10", "training"):
            write_wav(tmp_path / "noise" / "ESC10" / f"{entry.file}.wav", tone[::-1])
    write_wav(tmp_path / "noise" / "RIR" / "room.wav", tone[:800])
    votes = tmp_path / "CREMA-D-votes"
    votes.mkdir()
    (votes / "VideoDemographics.csv").write_text('"ActorID","Age","Sex"\n1001,51,"Male"\n')
    return tmp_path


def test_clips_are_counted_by_corpus_and_emotion(corpora: Path) -> None:
    entries = entries_of(list(CORPORA.values()), corpora)
    assert counts(entries, ["corpus"], lambda entry: (entry.corpus,)) == [
        ["corpus", "happy", "sad", "all"],
        ["TESS", "1", "–", "1"],
        ["SAVEE", "1", "–", "1"],
        ["CREMA-D", "–", "2", "2"],
        ["RAVDESS", "2", "1", "3"],
        ["all", "4", "3", "7"],
    ]


def test_sex_is_what_the_corpora_tell(corpora: Path) -> None:
    entries = entries_of(list(CORPORA.values()), corpora)
    assert {(entry.corpus, entry.clip.speaker): entry.sex for entry in entries} == {
        ("RAVDESS", "1"): "male",
        ("RAVDESS", "2"): "female",
        ("CREMA-D", "1001"): "male",
        ("CREMA-D", "1002"): "unknown",
        ("SAVEE", "DC"): "male",
        ("TESS", "OAF"): "female",
    }


def test_columns_are_aligned() -> None:
    assert aligned([["a", "all"], ["long", "7"]]) == "a     all\n----  ---\nlong    7"


def test_the_command_prints_every_speaker(
    corpora: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["summary", "--corpora", str(corpora), "--corpus", "RAVDESS"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["RAVDESS", "male", "1", "1", "1", "2"] in lines
    assert ["RAVDESS", "female", "2", "1", "–", "1"] in lines


def test_no_clip_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "--corpora", str(tmp_path)]) == 3
    assert "holds no clip" in capsys.readouterr().err


def test_plots_are_drawn(corpora: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("soundfile")
    folder = corpora / "plots"
    assert main(["summary", "--corpora", str(corpora), "--plots", str(folder)]) == 0
    # The recipe makes four copies; there are eleven kinds of augmentation.
    widths = {"emotions": None, "clips": 2, "copies": 5, "augmentation": 12}
    if has_library():
        widths["features"] = 4
    for name, columns in widths.items():
        width = width_of(folder / f"{name}.png")
        # 2.8 inches a column at 100 dots an inch.
        assert columns is None or width == 280 * columns


def width_of(path: Path) -> int:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int(struct.unpack(">I", head[16:20])[0])


def test_changes_of_frames_are_drawn_where_the_experiment_has_them(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    if not has_library():
        pytest.skip("libAffectFeatures is not built")
    from affect_training.plots import plot_features

    experiment = load_experiment(TRAINING / "experiments" / "ravdess-mfcc-cnn.toml")
    changes = FrameChanges(warp=0.1, stretch=0.2)
    tone = (np.sin(np.arange(16000) / 5) * 9000).astype(np.int16)
    changed = replace(experiment, frameChanges=changes)
    plot_features(tone, tone[:14000], changed, tmp_path / "features.png")
    # Frames, another voice, another tempo, masked, another clip, both mixed.
    assert width_of(tmp_path / "features.png") == 280 * 6


def test_every_kind_of_augmentation_is_drawn() -> None:
    pytest.importorskip("matplotlib")
    from affect_training.plots import EXAMPLES

    assert {name for example in EXAMPLES for name in example} == set(LIMITS)


def test_a_full_scale_tone_has_its_level_at_its_frequency() -> None:
    pytest.importorskip("matplotlib")
    from affect_training.plots import spectrogram

    # A full-scale sine in the middle of a bin has magnitude N/4 behind a Hann window: 0 dB.
    tone = np.sin(2 * np.pi * 64 / 1024 * np.arange(4096)) * 32767
    image = spectrogram(tone.astype(np.int16))
    assert image.shape == (513, 13)
    assert image[:, 5].argmax() == 64
    assert image[64, 5] == pytest.approx(0, abs=0.05)
