"""Speakers, or files, never stand on two sides."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from affect_training.corpora import Clip
from affect_training.corpora.crema_d import EXCLUDED
from affect_training.corpora.crema_d import parse as parse_crema_d
from affect_training.corpora.ravdess import LABELS
from affect_training.corpora.ravdess import parse as parse_ravdess
from affect_training.corpora.savee import parse as parse_savee
from affect_training.corpora.tess import parse as parse_tess
from affect_training.experiment import load_experiment
from affect_training.protocols import (
    deal_files,
    joining,
    load_protocol,
    protocol_clips,
    protocol_folder,
    protocol_names,
    split_clips,
)

FOLDER = Path(__file__).resolve().parents[1] / "protocols"
MODELS = FOLDER.parents[1] / "Models"
HIDDEN = {"2", "5", "14", "15", "16"}

# The women of CREMA-D's VideoDemographics.csv.
ACTRESSES = {
    f"1{number:03}"
    for number in (
        *(2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 18, 20, 21, 24, 25, 28, 29, 30, 37, 43, 46, 47),
        *(49, 52, 53, 54, 55, 56, 58, 60, 61, 63, 72, 73, 74, 75, 76, 78, 79, 82, 84, 89, 91),
    )
}


def ravdess_clips() -> list[Clip]:
    return [
        parse_ravdess(f"Actor_{actor:02}/03-01-{emotion:02}-01-01-01-{actor:02}.flac")
        for actor in range(1, 25)
        for emotion in range(1, 9)
    ]


@pytest.mark.parametrize("name", protocol_names())
def test_protocol_is_a_partition(name: str) -> None:
    protocol = load_protocol(name)
    assert sum(len(fold) for fold in protocol.folds.values()) == len(protocol.members)
    assert sorted(protocol.tested_folds) == list(range(1, len(protocol.tested_folds) + 1))
    assert set(protocol.folds) <= {0, *protocol.tested_folds}


def test_first_fold_of_ravdess_is_the_published_one() -> None:
    protocol = load_protocol("ravdess-five-folds")
    assert protocol.fold(1) == HIDDEN
    assert len(protocol.members) == 24


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


PARSERS = {
    "RAVDESS": lambda name: parse_ravdess(f"{name}.flac"),
    "CREMA-D": lambda name: parse_crema_d(f"{name}.opus"),
    "SAVEE": lambda name: parse_savee(f"{name}.flac"),
    "TESS": lambda name: parse_tess(f"{name}.opus"),
}


def rows_of(name: str) -> list[tuple[str, int, str]]:
    with (FOLDER / f"{name}.csv").open(newline="") as file:
        return [(row[0], int(row[1]), row[2]) for row in list(csv.reader(file))[1:]]


@pytest.mark.parametrize(
    ("name", "folds", "count"),
    [
        ("ravdess-random-by-file", 5, 1440),
        ("ravdess-blind-180", 8, 1440),
        ("pooled-seven-random-by-file", 5, 11963),
    ],
)
def test_random_folds_are_dealt_from_the_names_alone(name: str, folds: int, count: int) -> None:
    rows = rows_of(name)
    # RAVDESS 1440, of which 192 calm, CREMA-D 7442 less 7, SAVEE 480, TESS 2800.
    assert len(rows) == count
    clips = [(corpus, PARSERS[corpus](file)) for corpus, _, file in rows]
    assert deal_files(clips, folds) == rows
    labels = set(load_protocol(name).labels)
    assert {clip.label for _, clip in clips} == labels
    for corpus, label in {(corpus, clip.label) for corpus, clip in clips}:
        sizes = Counter(
            fold
            for (own, fold, _), (_, clip) in zip(rows, clips, strict=True)
            if (own, clip.label) == (corpus, label)
        )
        assert max(sizes.values()) - min(sizes.values()) <= 1, (corpus, label)


def test_a_blind_set_is_an_eighth_of_ravdess() -> None:
    protocol = load_protocol("ravdess-blind-180")
    assert [len(fold) for fold in protocol.folds.values()] == [180] * 8


def test_actors_of_crema_d_are_dealt_evenly_by_sex() -> None:
    protocol = load_protocol("crema-d-five-folds")
    assert len(protocol.members) == 91
    women = [len(fold & ACTRESSES) for fold in protocol.folds.values()]
    men = [len(fold - ACTRESSES) for fold in protocol.folds.values()]
    assert sum(women) == len(ACTRESSES) == 43
    assert max(women) - min(women) <= 1
    assert max(men) - min(men) <= 1


def test_clips_with_two_labels_stand_in_no_list() -> None:
    files = {file for corpus, _, file in rows_of("pooled-seven-random-by-file")}
    assert not files & EXCLUDED
    assert len(EXCLUDED) == 7


def test_random_split_by_file_keeps_files_apart() -> None:
    protocol = load_protocol("ravdess-random-by-file")
    clips = [parse_ravdess(f"{file}.flac") for _, _, file in rows_of(protocol.name)]
    split = split_clips(clips, protocol, 3, 4)
    sides = [
        {clip.path for clip in side} for side in (split.training, split.validation, split.test)
    ]
    assert [len(side) for side in sides] == [864, 288, 288]
    assert len(set.union(*sides)) == 1440
    assert protocol.unit == "file"


def test_pooled_speakers_stand_where_their_own_protocols_put_them() -> None:
    pooled = load_protocol("pooled-seven-speakers-disjoint")
    for name in ("ravdess-five-folds", "crema-d-five-folds", "savee-leave-one-speaker-out"):
        own = load_protocol(name)
        for number, fold in own.folds.items():
            assert {f"{own.corpus}/{speaker}" for speaker in fold} <= pooled.fold(number)
    assert pooled.folds[0] == {"TESS/OAF", "TESS/YAF"}
    with pytest.raises(KeyError, match="no fold 0"):
        pooled.fold(0)


def test_a_fold_of_the_cross_corpus_protocol_is_a_corpus() -> None:
    protocol = load_protocol("cross-corpus")
    corpora = [{member.split("/")[0] for member in fold} for fold in protocol.folds.values()]
    assert corpora == [{"RAVDESS"}, {"CREMA-D"}, {"SAVEE"}, {"TESS"}]
    assert "calm" not in protocol.labels


def test_shipped_models_leave_out_whom_the_samples_are_of() -> None:
    protocol = load_protocol("shipped-holdout")
    hidden = protocol.fold(1)
    assert {f"RAVDESS/{actor}" for actor in HIDDEN} <= hidden
    samples = (MODELS / "samples").glob("*.wav")
    actors = {f"CREMA-D/{parse_crema_d(path.name).speaker}" for path in samples}
    assert actors == {"CREMA-D/1079", "CREMA-D/1080", "CREMA-D/1089"}
    assert actors <= hidden
    per_corpus = Counter(member.split("/")[0] for member in hidden)
    # A fifth of CREMA-D's 91 actors.
    assert per_corpus == {"RAVDESS": 5, "CREMA-D": 19, "SAVEE": 1}


def test_the_open_model_is_judged_by_those_of_crema_d_alone() -> None:
    shipped, own = load_protocol("shipped-holdout"), load_protocol("open-holdout")
    assert own.corpora == ("CREMA-D",)
    for number, fold in own.folds.items():
        named = {f"CREMA-D/{actor}" for actor in fold}
        assert named == {name for name in shipped.folds[number] if name.startswith("CREMA-D/")}


@pytest.mark.parametrize(
    "name", [path.name.split(".")[0] for path in MODELS.glob("emotion-*.float32.affect")]
)
def test_released_experiments_hear_nobody_of_the_holdout(name: str) -> None:
    experiment = load_experiment(FOLDER.parent / "experiments" / f"{name}.toml")
    data, holdout = experiment.data, load_protocol("shipped-holdout").fold(1)
    protocol = load_protocol(data.protocol)
    # A corpus that joins brings all its speakers.
    joined = {entry.corpus for entry in joining(protocol, experiment.trainedOn)}
    assert not joined & {member.split("/")[0] for member in holdout}
    heard = {
        member if len(protocol.corpora) > 1 else f"{protocol.corpus}/{member}"
        for number, fold in protocol.folds.items()
        if number != data.testFold
        for member in fold
    }
    assert protocol.unit == "speaker"
    assert not heard & holdout


def test_clips_of_several_corpora_are_told_apart(tmp_path: Path) -> None:
    for path in (
        "RAVDESS/Actor_01/03-01-02-01-01-01-01.wav",
        "RAVDESS/Actor_01/03-01-03-01-01-01-01.wav",
        "CREMA-D/1004_DFA_HAP_XX.wav",
        "CREMA-D/1076_MTI_SAD_XX.wav",
        "SAVEE/DC_h01.wav",
        "TESS/OAF_happy/OAF_back_happy.wav",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    protocol = load_protocol("pooled-seven-speakers-disjoint")
    clips = protocol_clips(protocol, tmp_path)
    # One calm clip, and one that CREMA-D has under two labels, are left out.
    assert [(clip.path, clip.speaker) for clip in clips] == [
        ("CREMA-D/1004_DFA_HAP_XX.wav", "CREMA-D/1004"),
        ("RAVDESS/Actor_01/03-01-03-01-01-01-01.wav", "RAVDESS/1"),
        ("SAVEE/DC_h01.wav", "SAVEE/DC"),
        ("TESS/OAF_happy/OAF_back_happy.wav", "TESS/OAF"),
    ]
    assert all(
        (protocol_folder(protocol, tmp_path) / clip.prepared_path).exists() for clip in clips
    )
    split = split_clips(clips, protocol, 1, None)
    assert {clip.speaker for clip in split.test} == {"CREMA-D/1004", "SAVEE/DC"}
    assert {clip.speaker for clip in split.training} == {"RAVDESS/1", "TESS/OAF"}
    (tmp_path / "SAVEE" / "DC_h01.wav").unlink()
    with pytest.raises(FileNotFoundError, match="prepare --corpus SAVEE"):
        protocol_clips(protocol, tmp_path)


def test_several_corpora_must_say_which_labels_count(tmp_path: Path) -> None:
    (tmp_path / "two.csv").write_text("corpus,fold,speaker\nRAVDESS,1,7\nSAVEE,2,DC\n")
    with pytest.raises(ValueError, match="which labels"):
        load_protocol("two", tmp_path)
    (tmp_path / "two.toml").write_text('labels = ["sad", "happy"]\n')
    assert load_protocol("two", tmp_path).labels == ("sad", "happy")


def test_wrong_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("corpus,fold,actor\nRAVDESS,1,7\n")
    with pytest.raises(ValueError, match="expected the columns"):
        load_protocol("odd", tmp_path)


def test_names_carry_the_labels() -> None:
    assert parse_ravdess("Actor_05/03-01-08-02-01-02-05.flac") == Clip(
        "Actor_05/03-01-08-02-01-02-05.flac", LABELS[7], "5"
    )
    assert parse_crema_d("1001_DFA_FEA_XX.opus") == Clip("1001_DFA_FEA_XX.opus", "fearful", "1001")
    assert parse_savee("JE_su03.flac") == Clip("JE_su03.flac", "surprised", "JE")
    clip = parse_tess("OAF_ps/OAF_back_ps.opus")
    assert (clip.label, clip.speaker) == ("surprised", "OAF")
    assert clip.prepared_path == "OAF_ps/OAF_back_ps.wav"


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
        "affect_training.results_page",
        "affect_training.summary",
        "affect_training.cards",
    ],
)
def test_import_needs_no_pytorch(module: str) -> None:
    code = f"import sys; sys.modules['torch'] = None; import {module}"
    subprocess.run([sys.executable, "-c", code], check=True)
