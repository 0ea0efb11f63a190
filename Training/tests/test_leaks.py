"""Under every protocol: what is tested is heard neither in training nor in validation.

Clips are made from the members that the protocol names. The splits of speakers are looked at
for every pair of folds; one fold of each protocol also goes through augmentation, gate and front
end for real.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from affect_training import front_end
from affect_training.corpora import Clip, corpus
from affect_training.corpora.audio import write_wav
from affect_training.experiment import load_experiment
from affect_training.features import experiment_split, load_noise, make_features
from affect_training.jobs import Job
from affect_training.protocols import (
    Protocol,
    Split,
    TrainingCorpus,
    joined_clips,
    load_protocol,
    protocol_clips,
    protocol_names,
    split_clips,
)
from affect_training.speech_detection.sides import load_noise_files

EXPERIMENT = Path(__file__).resolve().parents[1] / "experiments" / "ravdess-mfcc-cnn.toml"

# A file that a speaker of each corpus may have; `{}` is the speaker.
NAMES = {
    "RAVDESS": "Actor_{0:0>2}/03-01-03-01-01-01-{0:0>2}",
    "CREMA-D": "{}_DFA_HAP_XX",
    "SAVEE": "{}_h01",
    "TESS": "{}_happy/{}_back_happy",
    "EMO-DB": "wav/{}a01Fa",
}


def files_of(protocol: Protocol) -> list[tuple[str, str]]:
    """Corpus and file, without ending, of one clip a member."""
    found = []
    for member in sorted(protocol.members):
        name, rest = protocol.corpora[0], member
        if len(protocol.corpora) > 1:
            name, _, rest = member.partition("/")
        found.append((name, rest if protocol.unit == "file" else NAMES[name].format(rest, rest)))
    return found


def clips_of_all(protocol: Protocol, folder: Path) -> list[Clip]:
    for name, file in files_of(protocol):
        path = folder / corpus(name).folder / f"{file}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return protocol_clips(protocol, folder)


def assert_apart(split: Split, protocol: Protocol) -> None:
    sides = {name: split.side(name) for name in ("training", "validation", "test")}
    assert all(sides.values())
    members = [{protocol.member(clip) for clip in side} for side in sides.values()]
    paths = [{clip.path for clip in side} for side in sides.values()]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert not members[first] & members[second]
        assert not paths[first] & paths[second]
    if protocol.unit == "speaker":
        heard = {clip.speaker for clip in sides["training"] + sides["validation"]}
        assert not heard & {clip.speaker for clip in sides["test"]}


@pytest.mark.parametrize("name", protocol_names())
def test_no_side_shares_a_member_with_another(name: str, tmp_path: Path) -> None:
    protocol = load_protocol(name)
    clips = clips_of_all(protocol, tmp_path)
    assert len(clips) == len(protocol.members)
    folds = protocol.tested_folds
    tested: list[str] = []
    for fold in folds:
        others = [other for other in folds if other != fold]
        # Thousands of files need not be split for every pair.
        for validation in others if protocol.unit == "speaker" else others[:1]:
            split = split_clips(clips, protocol, fold, validation)
            assert_apart(split, protocol)
            assert {protocol.member(clip) for clip in split.validation} == protocol.fold(validation)
        split = split_clips(clips, protocol, fold, None)
        assert not split.validation
        assert {protocol.member(clip) for clip in split.test} == protocol.fold(fold)
        tested += [clip.path for clip in split.test]
    assert len(tested) == len(set(tested)) == len(protocol.members - protocol.folds.get(0, set()))


@pytest.mark.parametrize("name", protocol_names())
def test_no_copy_of_a_test_clip_and_no_test_speaker_is_heard(name: str, tmp_path: Path) -> None:
    try:
        front_end.load_library()
    except front_end.FrontEndError as missing:
        pytest.skip(f"libAffectFeatures is not built: {missing}")
    protocol = load_protocol(name)
    time = np.arange(8000) / 16000
    voice = (np.sign(np.sin(2 * np.pi * 150 * time)) * 5000).astype(np.int16)
    files = files_of(protocol)
    # Of thousands of files, as many as there are speakers elsewhere.
    for owner, file in files[:: max(1, len(files) // 100)]:
        path = tmp_path / "prepared" / corpus(owner).folder / f"{file}.wav"
        write_wav(path, np.concatenate([voice * 0, voice, voice * 0]))
    base = load_experiment(EXPERIMENT)
    base = replace(base, copies=base.copies[2:])
    for entry in load_noise_files():
        if entry.corpus in base.noise and entry.side == "training":
            hiss = np.random.default_rng(1).integers(-9000, 9000, 4000).astype(np.int16)
            write_wav(tmp_path / "corpora" / "noise" / entry.corpus / f"{entry.file}.wav", hiss)
    folds = protocol.tested_folds
    experiment = Job.of(base, name, folds[0], folds[1] if len(folds) > 1 else 0, 1).experiment
    features = make_features(
        experiment,
        tmp_path / "prepared",
        tmp_path / "corpora",
        tmp_path / "cache",
        lambda *_: None,
    )
    split = experiment_split(experiment, tmp_path / "prepared")
    assert split.test and features.training
    assert {frames.copy for frames in features.training} == {0, 1, 2}
    assert {frames.copy for frames in features.validation} <= {0}
    heard = [frames.clip for frames in features.training + features.validation]
    # A copy carries the path of the clip that it was made of.
    assert not {clip.path for clip in heard} & {clip.path for clip in split.test}
    trained = {frames.clip.path for frames in features.training}
    assert not trained & {clip.path for clip in split.validation}
    assert {protocol.member(clip) for clip in split.test} <= protocol.fold(folds[0])
    if protocol.unit == "speaker":
        assert not {clip.speaker for clip in heard} & {clip.speaker for clip in split.test}
        assert {clip.speaker for clip in split.test} == protocol.fold(folds[0])


def test_noise_that_models_are_tested_with_is_not_trained_with(tmp_path: Path) -> None:
    rates = {"training": 3, "validation": 5, "test": 7}
    for entry in load_noise_files():
        path = tmp_path / "noise" / entry.corpus / f"{entry.file}.wav"
        period = rates[entry.side]
        write_wav(path, np.where(np.arange(3000) % period == 0, 9000, -9000).astype(np.int16))
    write_wav(tmp_path / "noise" / "GSC" / "unlisted.wav", np.full(3000, 1000, dtype=np.int16))
    listed = [n for n in load_noise_files() if n.corpus in ("ESC10", "GSC")]
    found = load_noise(tmp_path, ["ESC10", "GSC"])
    assert len(found) == sum(entry.side == "training" for entry in listed)
    assert {int(np.diff(np.flatnonzero(noise > 0))[0]) for noise in found} == {3}
    with pytest.raises(ValueError, match="names no recording of Rain"):
        load_noise(tmp_path, ["Rain"])


def test_long_noise_is_drawn_as_often_as_many_short_ones(tmp_path: Path) -> None:
    lengths = iter([12 * 16000, 8 * 16000, 7 * 16000])
    for entry in load_noise_files():
        if entry.corpus == "GSC" and entry.side == "training":
            path = tmp_path / "noise" / "GSC" / f"{entry.file}.wav"
            write_wav(path, np.full(next(lengths), 9000, dtype=np.int16))
    seconds = [len(noise) / 16000 for noise in load_noise(tmp_path, ["GSC"])]
    assert seconds == [5, 5, 5, 3, 5], "a rest shorter than half a piece is left out"


def test_joined_corpora_leak_nothing(tmp_path: Path) -> None:
    own = load_protocol("savee-leave-one-speaker-out")
    for name in ("savee-leave-one-speaker-out", "ravdess-five-folds", "crema-d-five-folds"):
        clips_of_all(load_protocol(name), tmp_path)
    entries = (TrainingCorpus("RAVDESS"), TrainingCorpus("CREMA-D", 0.2))
    protocol, clips = joined_clips(own, entries, tmp_path)
    for fold in own.tested_folds:
        assert_apart(split_clips(clips, protocol, fold, fold % 4 + 1), protocol)
