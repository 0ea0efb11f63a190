"""Further corpora join the training side of a protocol, and nothing but that."""

from dataclasses import replace
from pathlib import Path

import pytest

from affect_training.corpora import Clip
from affect_training.experiment import load_experiment, parse_experiment
from affect_training.features import cache_path
from affect_training.protocols import (
    TrainingCorpus,
    drawing_weights,
    joined_clips,
    joined_folder,
    load_protocol,
    protocol_clips,
    split_clips,
)

EXPERIMENTS = Path(__file__).resolve().parents[1] / "experiments"
SAVEE = "savee-leave-one-speaker-out"
FILES = (
    "SAVEE/DC_h01.wav",
    "SAVEE/JE_sa01.wav",
    "SAVEE/JK_su01.wav",
    "SAVEE/KL_n01.wav",
    "RAVDESS/Actor_01/03-01-02-01-01-01-01.wav",
    "RAVDESS/Actor_02/03-01-03-01-01-01-02.wav",
    "CREMA-D/1001_DFA_SAD_XX.wav",
)


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    for path in FILES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


@pytest.mark.parametrize("fold", [1, 2, 3, 4])
def test_further_corpora_train_in_every_fold_and_are_never_scored(
    prepared: Path, fold: int
) -> None:
    entries = (TrainingCorpus("RAVDESS"), TrainingCorpus("CREMA-D", 0.5), TrainingCorpus("SAVEE"))
    own = load_protocol(SAVEE)
    protocol, clips = joined_clips(own, entries, prepared)
    split = split_clips(clips, protocol, fold, fold % 4 + 1)
    assert protocol.tested_folds == own.tested_folds
    assert {clip.speaker for clip in split.test} == {f"SAVEE/{s}" for s in own.fold(fold)}
    validated = {f"SAVEE/{s}" for s in own.fold(fold % 4 + 1)}
    assert {clip.speaker for clip in split.validation} == validated
    # RAVDESS's calm clip is of actor 1: the protocol has no such label.
    assert {clip.speaker for clip in split.training} == (
        {"RAVDESS/2", "CREMA-D/1001"} | {f"SAVEE/{s}" for s in own.members}
    ) - validated - {clip.speaker for clip in split.test}
    folder = joined_folder(own, entries, prepared)
    assert all((folder / clip.prepared_path).exists() for clip in clips)


def test_labels_are_mapped_where_the_configuration_says_so(prepared: Path) -> None:
    entries = (TrainingCorpus("RAVDESS", labels={"calm": "neutral"}),)
    _, clips = joined_clips(load_protocol(SAVEE), entries, prepared)
    assert {(clip.speaker, clip.label) for clip in clips if clip.path.startswith("RAVDESS")} == {
        ("RAVDESS/1", "neutral"),
        ("RAVDESS/2", "happy"),
    }


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (TrainingCorpus("RAVDESS", labels={"angst": "sad"}), "RAVDESS has no label angst"),
        (TrainingCorpus("RAVDESS", labels={"calm": "bored"}), "has no label bored for RAVDESS"),
        (TrainingCorpus("SAVEE", labels={"sad": "happy"}), "its labels stay"),
    ],
)
def test_labels_that_nobody_has_are_refused(
    prepared: Path, entry: TrainingCorpus, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        joined_clips(load_protocol(SAVEE), (entry,), prepared)


def test_a_weight_alone_leaves_the_protocol_as_it_is(prepared: Path) -> None:
    own = load_protocol(SAVEE)
    entries = (TrainingCorpus("SAVEE", 3.0),)
    protocol, clips = joined_clips(own, entries, prepared)
    assert protocol == own
    assert clips == protocol_clips(own, prepared)
    assert joined_folder(own, entries, prepared) == prepared / "SAVEE"


def test_a_protocol_of_several_corpora_takes_a_further_one(prepared: Path) -> None:
    (prepared / "EMO-DB").mkdir()
    (prepared / "EMO-DB" / "03a01Fa.wav").touch()
    (prepared / "EMO-DB" / "03a01La.wav").touch()
    (prepared / "TESS" / "OAF_happy").mkdir(parents=True)
    (prepared / "TESS" / "OAF_happy" / "OAF_back_happy.wav").touch()
    own = load_protocol("pooled-seven-speakers-disjoint")
    protocol, clips = joined_clips(own, (TrainingCorpus("EMO-DB"),), prepared)
    split = split_clips(clips, protocol, 1, 2)
    trained = {clip.speaker for clip in split.training}
    assert {"EMO-DB/03", "TESS/OAF"} <= trained
    assert [clip.path for clip in clips if clip.path.startswith("EMO-DB")] == ["EMO-DB/03a01Fa.wav"]
    assert all(protocol.folds[fold] == own.folds[fold] for fold in own.tested_folds)


def test_a_corpus_that_is_not_there_is_named(prepared: Path) -> None:
    with pytest.raises(FileNotFoundError, match="prepare --corpus TESS"):
        joined_clips(load_protocol(SAVEE), (TrainingCorpus("TESS"),), prepared)


def test_clips_are_drawn_by_the_weight_of_their_corpus() -> None:
    clips = [Clip("a", "sad", "SAVEE/DC"), Clip("b", "sad", "CREMA-D/1001")]
    clips.append(Clip("c", "sad", "CREMA-D/1002"))
    weights = drawing_weights(clips, (TrainingCorpus("SAVEE", 4.0),))
    assert weights.tolist() == [4, 1, 1]
    alone = drawing_weights([Clip("a", "sad", "DC"), Clip("b", "sad", "JE")], ())
    assert alone.tolist() == [1, 1]


def base() -> dict[str, object]:
    return dict(load_experiment(EXPERIMENTS / "ravdess-mfcc-cnn.toml").source)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([{"corpus": "TESS", "wieght": 2}], "wieght"),
        ([{"weight": 2}], "has a corpus"),
        ([{"corpus": "TESS", "weight": 0}], "weight of TESS is 0"),
        ([{"corpus": "TESS", "weight": "much"}], "weight of TESS is 'much'"),
        ([{"corpus": "TESS"}, {"corpus": "TESS"}], "TESS twice"),
    ],
)
def test_a_wrong_configuration_is_refused(entries: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"there: .*{message}"):
        parse_experiment({**base(), "trainedOn": entries}, "there")


def test_the_features_depend_on_the_corpora_and_not_on_their_weights() -> None:
    plain = parse_experiment(base(), "there")
    joined = parse_experiment({**base(), "trainedOn": [{"corpus": "TESS"}]}, "there")
    heavy = replace(joined, trainedOn=(TrainingCorpus("TESS", 2.0),))
    own = replace(plain, trainedOn=(TrainingCorpus("RAVDESS", 2.0),))
    names = [cache_path(each, Path()).name for each in (plain, joined, heavy, own)]
    assert names[0] != names[1] == names[2]
    assert names[3] == names[0]


def test_features_cached_before_keep_their_names() -> None:
    # As they were named at commit 3183b88: trainings that are under way find their features again.
    experiment = load_experiment(EXPERIMENTS / "mfcc-cnn-ravdess.toml")
    assert cache_path(experiment, Path()).name == "mfcc-cnn-ravdess-a339a8243237.npz"


def test_features_with_noise_of_every_side_are_not_taken_for_those_of_the_training_side() -> None:
    # Named so while noise was every recording of a folder.
    experiment = load_experiment(EXPERIMENTS / "ravdess-mfcc-cnn.toml")
    assert cache_path(experiment, Path()).name != "ravdess-mfcc-cnn-b9dc204b258b.npz"
