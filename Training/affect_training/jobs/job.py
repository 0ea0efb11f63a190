"""One training and one look at its test side."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

from ..experiment import Experiment
from ..protocols import load_protocol


@dataclass(frozen=True)
class Job:
    """A fold of a protocol, tested on by one experiment with one seed.

    `experiment` already holds protocol, folds and seed of the job; `beginning` is the job whose
    network it goes on from, `teachers` are those whose answers it learns from.
    """

    experiment: Experiment
    beginning: "Job | None" = None
    teachers: "tuple[Job, ...]" = ()

    @staticmethod
    def of(
        base: Experiment,
        protocol: str,
        fold: int,
        validation_fold: int,
        seed: int,
        beginning: "Job | None" = None,
        teachers: "tuple[Job, ...]" = (),
    ) -> "Job":
        """The job that `base` becomes on this fold; validation fold 0: none."""
        data = replace(base.data, protocol=protocol, testFold=fold, validationFold=validation_fold)
        source = {**base.source, "data": vars(data), "seed": seed}
        return Job(replace(base, data=data, seed=seed, source=source), beginning, teachers)

    @property
    def protocol(self) -> str:
        return self.experiment.data.protocol

    @property
    def fold(self) -> int:
        return self.experiment.data.testFold

    @property
    def seed(self) -> int:
        return self.experiment.seed

    @property
    def name(self) -> str:
        """Unique among the jobs of a protocol."""
        return f"{self.experiment.name}-fold{self.fold}-seed{self.seed}"

    @property
    def title(self) -> str:
        """For a person."""
        return f"{self.protocol}, {self.experiment.name}, fold {self.fold}, seed {self.seed}"

    @property
    def configuration(self) -> str:
        """SHA-256 of everything that the figures depend on but the code and the audio."""
        protocol = load_protocol(self.protocol)
        folds = {number: sorted(fold) for number, fold in protocol.folds.items()}
        described: list[object] = [self.experiment.source, folds]
        if self.beginning is not None:
            described.append(self.beginning.configuration)
        if self.teachers:
            described.append([teacher.configuration for teacher in self.teachers])
        parts = json.dumps(described, sort_keys=True)
        return hashlib.sha256(parts.encode()).hexdigest()

    def result_path(self, results: Path) -> Path:
        """Where the figures go."""
        return results / self.protocol / f"{self.name}.json"

    def run_folder(self, runs: Path) -> Path:
        """Where checkpoint and log are."""
        return runs / "jobs" / self.protocol / self.name
