"""Speakers never stand on two sides, and no copy of a clip crosses over."""

import subprocess
import sys
from pathlib import Path

import pytest

from affect_training.corpora import Clip
from affect_training.corpora.crema_d import EXCLUDED
from affect_training.corpora.crema_d import parse as parse_crema_d
from affect_training.corpora.ravdess import LABELS
from affect_training.corpora.ravdess import parse as parse_ravdess
from affect_training.corpora.savee import parse as parse_savee
from affect_training.corpora.tess import parse as parse_tess
from affect_training.protocols import load_protocol, protocol_names, split_clips

HIDDEN = {"2", "5", "14", "15", "16"}


def ravdess_clips() -> list[Clip]:
    return [
        parse_ravdess(f"Actor_{actor:02}/03-01-{emotion:02}-01-01-01-{actor:02}.flac")
        for actor in range(1, 25)
        for emotion in range(1, 9)
    ]


@pytest.mark.parametrize("name", protocol_names())
def test_protocol_is_a_partition(name: str) -> None:
    protocol = load_protocol(name)
    assert sum(len(fold) for fold in protocol.folds.values()) == len(protocol.speakers)
    assert sorted(protocol.folds) == list(range(1, len(protocol.folds) + 1))


def test_first_fold_of_ravdess_is_the_published_one() -> None:
    protocol = load_protocol("ravdess-five-folds")
    assert protocol.fold(1) == HIDDEN
    assert len(protocol.speakers) == 24


@pytest.mark.parametrize("validation", [2, 3, 4, 5, None])
def test_test_speakers_are_heard_nowhere(validation: int | None) -> None:
    split = split_clips(ravdess_clips(), load_protocol("ravdess-five-folds"), 1, validation)
    speakers = {side: {clip.speaker for clip in split.side(side)} for side in ("training", "test")}
    validated = {clip.speaker for clip in split.validation}
    assert speakers["test"] == HIDDEN
    assert not speakers["training"] & (HIDDEN | validated)
    assert not validated & HIDDEN
    assert len(split.training) + len(split.validation) + len(split.test) == 24 * 8


def test_no_clip_stands_on_two_sides() -> None:
    split = split_clips(ravdess_clips(), load_protocol("ravdess-five-folds"), 1, 2)
    paths = [clip.path for side in (split.training, split.validation, split.test) for clip in side]
    assert len(paths) == len(set(paths))


def test_unknown_speaker_is_refused() -> None:
    clips = [Clip("x.flac", "happy", "99")]
    with pytest.raises(ValueError, match="does not name speaker 99"):
        split_clips(clips, load_protocol("ravdess-five-folds"), 1, 2)


def test_same_fold_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be tested and validated"):
        split_clips([], load_protocol("ravdess-five-folds"), 1, 1)


def test_speaker_in_two_folds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "twice.csv").write_text("corpus,fold,speaker\nRAVDESS,1,7\nRAVDESS,2,7\n")
    with pytest.raises(ValueError, match="two folds"):
        load_protocol("twice", tmp_path)


def test_names_carry_the_labels() -> None:
    assert parse_ravdess("Actor_05/03-01-08-02-01-02-05.flac") == Clip(
        "Actor_05/03-01-08-02-01-02-05.flac", LABELS[7], "5"
    )
    assert parse_crema_d("1001_DFA_FEA_XX.opus") == Clip("1001_DFA_FEA_XX.opus", "fearful", "1001")
    assert parse_savee("JE_su03.flac") == Clip("JE_su03.flac", "surprised", "JE")
    clip = parse_tess("OAF_ps/OAF_back_ps.opus")
    assert (clip.label, clip.speaker) == ("surprised", "OAF")
    assert clip.prepared_path == "OAF_ps/OAF_back_ps.wav"


def test_clips_with_two_labels_are_left_out() -> None:
    assert len(EXCLUDED) == 7


@pytest.mark.parametrize(
    "module",
    [
        "affect_training.cli",
        "affect_training.corpora",
        "affect_training.protocols",
        "affect_training.augmentation",
        "affect_training.modelfile",
        "affect_training.features",
        "affect_training.jobs",
        "affect_training.models",
        "affect_training.metrics",
        "affect_training.cards",
    ],
)
def test_import_needs_no_pytorch(module: str) -> None:
    code = f"import sys; sys.modules['torch'] = None; import {module}"
    subprocess.run([sys.executable, "-c", code], check=True)
