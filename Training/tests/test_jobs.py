"""A job learns from its training side alone, with a model of its own, and scores the rest once.

The whole path runs for real, from WAV files with the names of RAVDESS through augmentation, gate
and the device's front end; only the network is a stub that writes down what it is shown.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affect_training import front_end
from affect_training.answers import Answers
from affect_training.cli import main
from affect_training.corpora.audio import write_wav
from affect_training.corpora.ravdess import LABELS
from affect_training.experiment import Experiment
from affect_training.features import FeatureSet, cache_path
from affect_training.jobs import Job, finalize, is_trained, load_jobs, train
from affect_training.jobs.result import write_json
from affect_training.jobs.runner import Places, is_result_of
from affect_training.protocols import load_protocol
from affect_training.utterances import Frames

try:
    front_end.load_library()
except front_end.FrontEndError as missing:
    pytest.skip(f"libAffectFeatures is not built: {missing}", allow_module_level=True)

EXPERIMENT = """\
name = "stub"
version = "1"
release = 1
seed = 9
frontEnd = { kind = "logMel", sampleRate = 16000, frameLength = 1024, hopLength = 512, \
fftLength = 1024, preEmphasis = 0.97, window = "hann", melScale = "htk", \
melNormalization = "none", melBinCount = 8, lowFrequency = 50, highFrequency = 5200, \
logFloor = -18, extraChannels = [], normalization = "mean", outputFractionBits = 10 }
network = {}
decision = { preRollFrames = 4, minimumFrames = 8, maximumUtteranceFrames = 200 }
augmentation = { copies = [{ gain = [-6, 6] }, { speed = 1.1 }] }

[data]
protocol = "ravdess-five-folds"
testFold = 1
"""

TABLE = """\
[[jobs]]
protocol = "ravdess-five-folds"
experiment = "stub"
folds = [1, 2, 3, 4, 5]
seeds = [4]
validation = "next"
"""


class Stub:
    """Remembers what it was shown and answers `neutral`, alone `calm`; a file for a checkpoint."""

    made: list["Stub"]

    def __init__(self, experiment: Experiment, features: FeatureSet, labels: Any) -> None:
        self.experiment, self.features, self.labels = experiment, features, labels
        self.seconds, self.epochs = 0.0, 0
        self.asked: tuple[Frames, ...] = ()
        self.checkpoint: Path | None = None
        self.begun_with = ""
        self.softened: dict[str, list[float]] = {}
        self.teachers: list[Stub] = []
        self.shares: dict[str, float] = {}
        Stub.made.append(self)

    def begin_with(self, checkpoint: Path) -> None:
        self.begun_with = checkpoint.read_text()

    def soften(self, answers: dict[str, Any], share: float) -> None:
        self.softened |= {path: [share, *answer.tolist()] for path, answer in answers.items()}

    def learn_from(
        self, teachers: Sequence[Any], shares: Mapping[str, float], temperature: float
    ) -> None:
        assert temperature == 1.5
        self.teachers, self.shares = list(teachers), dict(shares)

    def run(self, checkpoint: Path, report: Any) -> None:
        self.checkpoint = checkpoint
        if not checkpoint.exists():
            self.epochs += 1
            checkpoint.write_text("trained")

    def answers(self, heard: tuple[Frames, ...], alone: bool = False) -> Answers:
        self.asked = heard
        clips = tuple(dict.fromkeys(frames.clip for frames in heard))
        label = np.eye(len(self.labels))[1 if alone else 0]
        return Answers(clips, np.tile(label, (len(clips), 1)))


def no_report(_: dict[str, Any]) -> None:
    pass


def no_progress(_: int, __: int) -> None:
    pass


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Two clips an actor, the second without a sound; a table of five jobs beside them."""
    Stub.made = []
    time = np.arange(16000) / 16000
    for actor in range(1, 25):
        tone = np.sign(np.sin(2 * np.pi * (100 + 4 * actor) * time)) * 5000
        voice = np.concatenate([np.zeros(4000), tone, np.zeros(8000)]).astype(np.int16)
        folder = tmp_path / "prepared" / "RAVDESS" / f"Actor_{actor:02}"
        write_wav(folder / f"03-01-01-01-01-01-{actor:02}.wav", voice)
        write_wav(folder / f"03-01-02-01-01-01-{actor:02}.wav", voice * 0)
    (tmp_path / "stub.toml").write_text(EXPERIMENT)
    (tmp_path / "jobs.toml").write_text(TABLE)
    names = ("prepared", "corpora", "cache", "runs", "results")
    return Places(*(tmp_path / name for name in names))


def jobs_of(places: Places) -> list[Job]:
    return load_jobs(places.prepared.parent / "jobs.toml")


def test_no_test_speaker_and_no_sibling_of_a_test_clip_is_heard(places: Places) -> None:
    protocol = load_protocol("ravdess-five-folds")
    tested: list[str] = []
    for job in jobs_of(places):
        train(job, places, Stub, no_report, no_progress)
        shown = Stub.made[-1].features
        assert {frames.copy for frames in shown.training} == {0, 1, 2}
        assert {frames.copy for frames in shown.validation} == {0}
        hidden = protocol.fold(job.fold)
        kept = protocol.fold(job.experiment.data.validationFold)
        assert {frames.clip.speaker for frames in shown.training} == (
            protocol.members - hidden - kept
        )
        assert {frames.clip.speaker for frames in shown.validation} == kept
        finalize(job, places, Stub, no_report, no_progress)
        asked = {frames.clip for frames in Stub.made[-1].asked}
        assert {clip.speaker for clip in asked} == hidden
        # Copies carry the path of the clip that they were made of.
        heard = {frames.clip.path for frames in shown.training + shown.validation}
        assert not heard & {clip.path for clip in asked}
        tested += [clip.path for clip in asked]
    assert len(tested) == len(set(tested)) == 24


def test_split_by_file_hears_test_speakers_but_no_copy_of_a_test_clip(places: Places) -> None:
    protocol = load_protocol("ravdess-random-by-file")
    (places.prepared.parent / "jobs.toml").write_text(
        TABLE.replace("ravdess-five-folds", protocol.name).replace("[1, 2, 3, 4, 5]", "[2]")
    )
    (job,) = jobs_of(places)
    train(job, places, Stub, no_report, no_progress)
    shown = Stub.made[-1].features
    finalize(job, places, Stub, no_report, no_progress)
    asked = {protocol.member(frames.clip) for frames in Stub.made[-1].asked}
    heard = {protocol.member(frames.clip) for frames in shown.training + shown.validation}
    assert asked == protocol.fold(2) & (asked | heard)
    assert asked and not asked & heard
    assert len(asked | heard) == 24


def test_every_fold_makes_a_model_of_its_own(places: Places) -> None:
    for job in jobs_of(places):
        train(job, places, Stub, no_report, no_progress)
    assert len({id(stub) for stub in Stub.made}) == 5
    assert [stub.epochs for stub in Stub.made] == [1] * 5
    assert len({stub.checkpoint for stub in Stub.made}) == 5
    assert [stub.experiment.data.testFold for stub in Stub.made] == [1, 2, 3, 4, 5]


def test_a_job_is_scored_once_and_only_after_training(places: Places) -> None:
    job = jobs_of(places)[0]
    with pytest.raises(ValueError, match="not trained"):
        finalize(job, places, Stub, no_report, no_progress)
    train(job, places, Stub, no_report, no_progress)
    assert is_trained(job, places.runs)
    finalize(job, places, Stub, no_report, no_progress)
    with pytest.raises(ValueError, match="scored once"):
        finalize(job, places, Stub, no_report, no_progress)
    assert Stub.made[-1].epochs == 0, "the scored model is the trained one"
    assert not cache_path(job.experiment, places.cache).exists()


def test_result_names_its_origin_and_counts_silent_clips_as_wrong(places: Places) -> None:
    job = jobs_of(places)[0]
    train(job, places, Stub, no_report, no_progress)
    finalize(job, places, Stub, no_report, no_progress)
    path = job.result_path(places.results)
    assert path.relative_to(places.results).as_posix() == "ravdess-five-folds/stub-fold1-seed4.json"
    text = path.read_text()
    assert str(places.results.parent) not in text
    result = json.loads(text)
    assert is_result_of(job, path)
    assert (result["fold"], result["seed"], result["validationFold"]) == (1, 4, 2)
    assert (result["count"], result["missed"]) == (10, 5)
    # Five of five neutral clips, none of five calm ones.
    assert (result["uar"], result["accuracy"]) == (0.5, 0.5)
    # Neutral: precision 1, recall 1; calm: no hit.
    assert result["macroF1"] == 0.5
    assert result["recalls"]["neutral"] == 1 and result["recalls"]["happy"] is None
    assert sorted(result["confusions"]) == ["14", "15", "16", "2", "5"]
    assert np.array(result["confusions"]["14"]).shape == (8, 9)
    assert result["labels"] == list(LABELS)


def test_a_recipe_that_remembers_voices_says_what_it_has_without(places: Places) -> None:
    recipe = places.prepared.parent / "stub.toml"
    job = jobs_of(places)[0]
    train(job, places, Stub, no_report, no_progress)
    assert "alone" not in finalize(job, places, Stub, no_report, no_progress)
    recipe.write_text(EXPERIMENT.replace("{ preRoll", "{ voiceMemoryFrames = 400, preRoll"))
    job = jobs_of(places)[0]
    train(job, places, Stub, no_report, no_progress)
    found = finalize(job, places, Stub, no_report, no_progress)
    # Of two clips an actor the first, neutral, is heard; alone the stub says calm.
    assert (found["accuracy"], found["alone"]["accuracy"]) == (0.5, 0.0)
    assert sorted(found["alone"]) == ["accuracy", "macroF1", "uar"]


def test_another_configuration_is_another_job(places: Places) -> None:
    job = jobs_of(places)[0]
    write_json(job.result_path(places.results), {"configuration": job.configuration})
    assert is_result_of(job, job.result_path(places.results))
    source = places.prepared.parent / "stub.toml"
    source.write_text(EXPERIMENT.replace("speed = 1.1", "speed = 1.2"))
    changed = jobs_of(places)[0]
    assert changed.configuration != job.configuration
    assert not is_result_of(changed, job.result_path(places.results))


def test_innermost_lists_stand_on_one_line(tmp_path: Path) -> None:
    value = {"a": ["x y", "z"], "b": [[1, 2], [3, 4]]}
    write_json(tmp_path / "value.json", value)
    text = (tmp_path / "value.json").read_text()
    assert json.loads(text) == value
    assert (
        text
        == """{
  "a": ["x y", "z"],
  "b": [
    [1, 2],
    [3, 4]
  ]
}
"""
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds = [4]", "seeds = [4, 4]", "twice"),
        ("folds = [1, 2, 3, 4, 5]", "folds = [6]", "not 6"),
        ("seeds = [4]", "seeds = [4]\nspeakers = 3", "speakers"),
        ("seeds = [4]\n", "", "seeds"),
        ('"next"', '"last"', "'last'"),
    ],
)
def test_a_wrong_table_is_refused(places: Places, old: str, new: str, message: str) -> None:
    table = places.prepared.parent / "jobs.toml"
    table.write_text(TABLE.replace(old, new))
    with pytest.raises(ValueError, match=message):
        load_jobs(table)


def test_an_experiment_without_jobs_is_refused(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    table = places.prepared.parent / "jobs.toml"
    assert main(["run", "--missing", "--experiment", "stab", "--table", str(table)]) == 1
    assert "no job of stab; the table has stub" in capsys.readouterr().err


def begun_jobs(places: Places, fold: int) -> list[Job]:
    """Fold 1 of `next`, which begins with the stub's job on `fold`."""
    beginning = f'begin = {{ experiment = "stub", protocol = "ravdess-five-folds", fold = {fold} }}'
    folder = places.prepared.parent
    text = EXPERIMENT.replace('name = "stub"', f'name = "next"\n{beginning}')
    (folder / "next.toml").write_text(text)
    (folder / "jobs.toml").write_text(
        '[[jobs]]\nprotocol = "ravdess-five-folds"\nexperiment = "next"\nfolds = [1]\nseeds = [1]\n'
    )
    return jobs_of(places)


def test_a_job_begins_with_another_that_is_trained_first(places: Places) -> None:
    (job,) = begun_jobs(places, 1)
    assert job.beginning is not None
    train(job, places, Stub, no_report, no_progress)
    assert [stub.experiment.name for stub in Stub.made] == ["stub", "next"]
    assert Stub.made[1].begun_with == "trained"
    assert not job.beginning.result_path(places.results).exists(), "its test side stays closed"
    assert job.configuration != Job(job.experiment).configuration


def test_a_job_never_begins_with_one_that_heard_its_test_side(places: Places) -> None:
    (job,) = begun_jobs(places, 2)
    with pytest.raises(ValueError, match=r"has heard 5 speakers .* RAVDESS/14 among them"):
        train(job, places, Stub, no_report, no_progress)


TEACHERS = 'teachers = { experiment = "stub", seeds = [5, 6], share = 0.25 }'


def taught_jobs(places: Places, teacher: str = EXPERIMENT) -> list[Job]:
    """Every fold of `pupil`, which the stub's jobs of two seeds teach."""
    folder = places.prepared.parent
    text = EXPERIMENT.replace('name = "stub"', f'name = "pupil"\n{TEACHERS}')
    (folder / "pupil.toml").write_text(text)
    (folder / "stub.toml").write_text(teacher)
    (folder / "jobs.toml").write_text(TABLE.replace('"stub"', '"pupil"'))
    return jobs_of(places)


def test_teachers_have_heard_what_their_pupil_hears_and_nobody_else(places: Places) -> None:
    for job in taught_jobs(places):
        Stub.made = []
        train(job, places, Stub, no_report, no_progress)
        first, second, pupil, *asked = Stub.made
        assert [stub.experiment.seed for stub in (first, second, pupil)] == [5, 6, 4]
        for teacher in (first, second):
            assert teacher.experiment.name == "stub" and teacher.epochs == 1
            for side in ("training", "validation"):
                heard = {f.clip for f in getattr(teacher.features, side)}
                assert heard == {f.clip for f in getattr(pupil.features, side)}
        # Both say `neutral` with the weight that a logit of one has beside seven of none.
        neutral = np.e / (np.e + 7)
        expected = pytest.approx([0.25, neutral, *[(1 - neutral) / 7] * 7], abs=1e-6)
        assert pupil.softened.keys() == {f.clip.path for f in pupil.features.training}
        assert all(target == expected for target in pupil.softened.values())
        # The teachers are asked about clips as they are, never about copies, and not trained again.
        assert [stub.experiment.seed for stub in asked] == [5, 6]
        assert all(f.copy == 0 for stub in asked for f in stub.asked)
        assert sum(stub.epochs for stub in asked) == 0
        assert not job.teachers[0].result_path(places.results).exists(), "their test side is closed"


def test_what_teachers_say_is_kept_for_the_next_seed(places: Places) -> None:
    job = taught_jobs(places)[0]
    train(job, places, Stub, no_report, no_progress)
    Stub.made = []
    finalize(job, places, Stub, no_report, no_progress)
    assert [stub.experiment.name for stub in Stub.made] == ["pupil"]
    assert Stub.made[0].softened


def test_teachers_of_crops_are_trained_on_the_same_fold_and_stay_as_they_are(
    places: Places,
) -> None:
    folder = places.prepared.parent
    taught_jobs(places)
    crops = TEACHERS.replace("share = 0.25", 'share = 0.25, temperature = 1.5, asked = "crops"')
    pupil_file = folder / "pupil.toml"
    pupil_file.write_text(pupil_file.read_text().replace(TEACHERS, crops))
    job = jobs_of(places)[0]
    Stub.made = []
    train(job, places, Stub, no_report, no_progress)
    pupil = Stub.made[2]
    assert pupil.experiment.name == "pupil" and not pupil.softened
    assert [teacher.experiment.seed for teacher in pupil.teachers] == [5, 6]
    assert [teacher.epochs for teacher in pupil.teachers] == [0, 0], "trained before, kept as is"
    for teacher, own in zip(pupil.teachers, job.teachers, strict=True):
        assert teacher.checkpoint is not None and own.name in str(teacher.checkpoint)
        assert own.fold == job.fold
    assert pupil.shares == {f.clip.path: 0.25 for f in pupil.features.training}


def test_other_teachers_are_another_configuration(places: Places) -> None:
    job = taught_jobs(places)[0]
    changed = taught_jobs(places, EXPERIMENT.replace("speed = 1.1", "speed = 1.2"))[0]
    assert changed.configuration != job.configuration


def test_teachers_hear_through_the_same_front_end(places: Places) -> None:
    with pytest.raises(ValueError, match="stub cannot teach pupil"):
        taught_jobs(places, EXPERIMENT.replace("melBinCount = 8", "melBinCount = 9"))


def test_listing_jobs_into_a_pipe_that_closes_is_no_error(places: Places) -> None:
    command = [sys.executable, "-m", "affect_training", "jobs"]
    command += ["--table", str(places.prepared.parent / "jobs.toml")]
    command += ["--results", str(places.results), "--runs", str(places.runs)]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 141, "as a shell reports a reader that went away: 128 + SIGPIPE"
