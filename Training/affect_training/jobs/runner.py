"""What a job does: `train` learns from the training side, `finalize` opens the test side once."""

import hashlib
import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..answers import Answers
from ..corpora import Clip
from ..corpora.locations import REPOSITORY
from ..experiment import Experiment, Teachers
from ..features import (
    FeatureSet,
    cache_path,
    experiment_split,
    load_features,
    make_features,
    save_features,
    utterances,
)
from ..protocols import joining, load_protocol, qualified
from ..soft_targets import ByPath, ensemble, voted
from ..utterances import Frames
from .job import Job
from .result import result_of, write_json

CHECKPOINT = "checkpoint.pt"

Report = Callable[[dict[str, Any]], None]
Progress = Callable[[int, int], None]


class Learner(Protocol):
    """A new model with what trains it; PyTorch stands behind it, or a stub."""

    seconds: float

    def begin_with(self, checkpoint: Path) -> None:
        """Takes the weights of another training, all but those of the logits."""

    def soften(self, answers: ByPath, share: float) -> None:
        """Makes `answers`, probabilities by the path of a clip, that share of its target."""

    def learn_from(
        self, teachers: Sequence[Any], shares: Mapping[str, float], temperature: float
    ) -> None:
        """Leaves that share of the target of a clip, by its path, to what trained learners of its
        own kind say of the crops."""

    def run(self, checkpoint: Path, report: Report) -> object:
        """Trains to the end, from the checkpoint if there is one."""

    def answers(self, heard: tuple[Frames, ...], alone: bool = False) -> Answers:
        """One answer a clip; `alone`: with nothing remembered of its voice."""


MakeLearner = Callable[[Experiment, FeatureSet, tuple[str, ...]], Learner]


@dataclass(frozen=True)
class Places:
    """Folders that jobs read and write."""

    prepared: Path
    corpora: Path
    cache: Path
    runs: Path
    results: Path


def train(job: Job, places: Places, make: MakeLearner, report: Report, progress: Progress) -> None:
    """Makes a new model and trains it, or goes on from the job's own checkpoint.

    The job that it begins with and those that teach it are trained first, if they are not yet.
    """
    for earlier in (*_beginnings(job)[:1], *job.teachers):
        if not is_trained(earlier, places.runs):
            train(earlier, places, make, report, progress)
    _trained(job, places, make, report, progress)
    (job.run_folder(places.runs) / "trained").write_text(job.configuration + "\n")


def is_trained(job: Job, runs: Path) -> bool:
    """Whether `train` came to its end with this very configuration."""
    marker = job.run_folder(runs) / "trained"
    return marker.exists() and marker.read_text().strip() == job.configuration


def finalize(
    job: Job, places: Places, make: MakeLearner, report: Report, progress: Progress
) -> dict[str, Any]:
    """Scores the test side and writes the result; refuses to score a job twice.

    Raises `ValueError` if the job is not trained or has its result.
    """
    if not is_trained(job, places.runs):
        raise ValueError(f"{job.title} is not trained: `affect_training run --missing` does that")
    path = job.result_path(places.results)
    if path.exists() and is_result_of(job, path):
        raise ValueError(f"{path} exists: the test side is scored once")
    features, learner = _trained(job, places, make, report, progress)
    clips = experiment_split(job.experiment, places.prepared).test
    heard = utterances(
        job.experiment, places.prepared, clips, features.front_end, places.cache, progress
    )
    labels = load_protocol(job.protocol).labels
    alone = learner.answers(heard, alone=True) if job.experiment.voice_memory else None
    result = result_of(
        job, clips, learner.answers(heard), labels, commit(), round(learner.seconds, 1), alone
    )
    write_json(path, result)
    # The features of a scored job serve no other; they are the bulk of what a job leaves.
    cache_path(job.experiment, places.cache).unlink()
    return result


def is_result_of(job: Job, path: Path) -> bool:
    """Whether the result at `path` was measured with the configuration of this job."""
    found = json.loads(path.read_text(encoding="utf-8")).get("configuration")
    return bool(found == job.configuration)


def commit() -> str:
    """The commit that is checked out, with `-changed` if the package or its data differ."""
    command = ["git", "-C", str(REPOSITORY)]
    head = subprocess.run(
        [*command, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    if head.returncode != 0:
        return "unknown"
    places = [f"Training/{name}" for name in ("affect_training", "experiments", "protocols")]
    changed = subprocess.run(
        [*command, "status", "--porcelain", "--", *places, "Sources"],
        capture_output=True,
        text=True,
        check=False,
    )
    return head.stdout.strip() + ("-changed" if changed.stdout.strip() else "")


def _trained(
    job: Job, places: Places, make: MakeLearner, report: Report, progress: Progress
) -> tuple[FeatureSet, Learner]:
    path = cache_path(job.experiment, places.cache)
    if not path.exists():
        features = make_features(
            job.experiment, places.prepared, places.corpora, places.cache, progress
        )
        save_features(path, features)
    features = load_features(path)
    labels = load_protocol(job.protocol).labels
    learner = make(job.experiment, features, labels)
    folder = job.run_folder(places.runs)
    folder.mkdir(parents=True, exist_ok=True)
    if job.beginning is not None:
        _check_beginnings(job, places)
        learner.begin_with(job.beginning.run_folder(places.runs) / CHECKPOINT)
    if job.experiment.raters is not None:
        clips = [frames.clip for frames in features.training]
        votes = voted(job.experiment.raters, clips, labels, places.corpora)
        learner.soften(votes, job.experiment.raters.share)
    if job.experiment.teachers is not None:
        _learn_from(job, job.experiment.teachers, places, make, features, learner)
    learner.run(folder / CHECKPOINT, report)
    return features, learner


def _learn_from(
    job: Job,
    options: Teachers,
    places: Places,
    make: MakeLearner,
    features: FeatureSet,
    learner: Learner,
) -> None:
    """Softens the targets of the training side by what the trained teachers say of its clips."""
    shown = tuple(frames for frames in features.training if frames.copy == 0)
    own = load_protocol(job.protocol).corpora
    joined = tuple(f"{e.corpus}/" for e in job.experiment.trainedOn if e.corpus not in own)
    shares = {
        frames.clip.path: options.joinedShare
        if frames.clip.path.startswith(joined)
        else options.share
        for frames in shown
    }
    if options.asked == "crops":
        teachers = [_trained_teacher(teacher, places, make, features) for teacher in job.teachers]
        learner.learn_from(teachers, shares, options.temperature)
        return
    members = [_answers(teacher, places, make, features, shown) for teacher in job.teachers]
    for path, answer in ensemble(members, options.temperature).items():
        learner.soften({path: answer}, shares[path])


def _trained_teacher(
    teacher: Job, places: Places, make: MakeLearner, features: FeatureSet
) -> Learner:
    learner = make(teacher.experiment, features, load_protocol(teacher.protocol).labels)
    learner.run(teacher.run_folder(places.runs) / CHECKPOINT, lambda _: None)
    return learner


def _answers(
    teacher: Job,
    places: Places,
    make: MakeLearner,
    features: FeatureSet,
    shown: tuple[Frames, ...],
) -> Answers:
    """What a trained job says of clips; kept, because every seed of its pupil asks it the same."""
    paths = [frames.clip.path for frames in shown]
    asked = hashlib.sha256("\n".join([teacher.configuration, *paths]).encode()).hexdigest()
    path = places.cache / "answers" / f"{teacher.name}-{asked[:12]}.npz"
    clips = tuple(dict.fromkeys(frames.clip for frames in shown))
    if path.exists():
        with np.load(path, allow_pickle=False) as file:
            return Answers(clips, file["logits"])
    answers = _trained_teacher(teacher, places, make, features).answers(shown)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial.npz")
    np.savez(temporary, logits=answers.logits)
    temporary.replace(path)
    return answers


def _beginnings(job: Job) -> list[Job]:
    """What a job begins with, what that begins with, and so on."""
    return [] if job.beginning is None else [job.beginning, *_beginnings(job.beginning)]


def _check_beginnings(job: Job, places: Places) -> None:
    """Raises `ValueError` if a beginning has heard who is to be judged."""
    unit = load_protocol(job.protocol).unit
    split = experiment_split(job.experiment, places.prepared)
    judged = _members(job, split.validation + split.test, unit)
    for earlier in _beginnings(job):
        heard = experiment_split(earlier.experiment, places.prepared).training
        both = judged & _members(earlier, heard, unit)
        if both:
            raise ValueError(
                f"{earlier.title} has heard {len(both)} {unit}s that {job.title} is judged on, "
                f"{min(both)} among them: begin with a job that leaves them out"
            )


def _members(job: Job, clips: tuple[Clip, ...], unit: str) -> set[str]:
    """Speakers as `CORPUS/speaker`, or files as `FOLDER/path`, of clips of a job."""
    protocol = load_protocol(job.protocol)
    if len(protocol.corpora) == 1 and not joining(protocol, job.experiment.trainedOn):
        clips = tuple(qualified(clip, protocol.corpus) for clip in clips)
    return {clip.speaker if unit == "speaker" else clip.path for clip in clips}
