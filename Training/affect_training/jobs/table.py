"""Reads a table of jobs, `Training/experiments/jobs.toml`.

Each `[[jobs]]` names a `protocol`, an `experiment` (a configuration beside the table), the
`folds` that are tested, the `seeds`, and whether a fold of the training side is kept back for
validation: `validation = "none"` (default) or `"next"`, the fold after the tested one. A `note`
stands below the results.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..experiment import Experiment, load_experiment
from ..protocols import load_protocol
from .job import Job

REQUIRED = {"protocol", "experiment", "folds", "seeds"}
OPTIONAL = {"validation", "note"}


@dataclass(frozen=True)
class Row:
    """One entry of the table: its jobs are one row of the results."""

    protocol: str
    experiment: str
    note: str
    jobs: tuple[Job, ...]


def load_rows(path: Path) -> list[Row]:
    """The entries of a table.

    Raises `ValueError` for members that nobody knows and for a job that stands there twice.
    """
    with path.open("rb") as file:
        table = tomllib.load(file)
    rows = [_row(entry, path) for entry in table.get("jobs", [])]
    seen: set[tuple[str, str]] = set()
    for job in (job for row in rows for job in row.jobs):
        if (job.protocol, job.name) in seen:
            raise ValueError(f"{path}: {job.title} stands there twice")
        seen.add((job.protocol, job.name))
    return rows


def load_jobs(path: Path) -> list[Job]:
    """The jobs of a table, within an entry seed by seed so that early results cover every fold."""
    return [job for row in load_rows(path) for job in row.jobs]


def _row(entry: dict[str, Any], path: Path) -> Row:
    wrong = (set(entry) - REQUIRED - OPTIONAL) | (REQUIRED - set(entry))
    if wrong:
        raise ValueError(f"{path}: unknown or missing members {sorted(wrong)} of a job")
    validation = entry.get("validation", "none")
    if validation not in ("none", "next"):
        raise ValueError(f"{path}: validation is {validation!r}, expected 'none' or 'next'")
    base = load_experiment(path.parent / f"{entry['experiment']}.toml")
    protocol = load_protocol(entry["protocol"])
    beginning = _beginning(base, path)
    order = protocol.tested_folds
    for fold in entry["folds"]:
        if fold not in order:
            raise ValueError(f"{path}: {protocol.name} tests the folds {list(order)}, not {fold}")
    following = dict(zip(order, (*order[1:], order[0]), strict=True))
    validated = {fold: following[fold] if validation == "next" else 0 for fold in entry["folds"]}
    teachers = {
        fold: _teachers(base, protocol.name, fold, kept, path) for fold, kept in validated.items()
    }
    jobs = tuple(
        Job.of(base, protocol.name, fold, validated[fold], seed, beginning, teachers[fold])
        for seed in entry["seeds"]
        for fold in entry["folds"]
    )
    return Row(protocol.name, base.name, " ".join(entry.get("note", "").split()), jobs)


def _beginning(base: Experiment, path: Path) -> Job | None:
    if base.begin is None:
        return None
    named = load_experiment(path.parent / f"{base.begin.experiment}.toml")
    begin = base.begin
    return Job.of(named, begin.protocol, begin.fold, 0, begin.seed, _beginning(named, path))


def _teachers(
    base: Experiment, protocol: str, fold: int, validation_fold: int, path: Path
) -> tuple[Job, ...]:
    """The ensemble for a fold: it tests and validates on the folds that its pupil does."""
    if base.teachers is None:
        return ()
    named = load_experiment(path.parent / f"{base.teachers.experiment}.toml")
    if named.teachers is not None or named.frontEnd != base.frontEnd:
        raise ValueError(
            f"{path}: {named.name} cannot teach {base.name}: teachers have no teachers themselves, "
            "and the same front end"
        )
    beginning = _beginning(named, path)
    return tuple(
        Job.of(named, protocol, fold, validation_fold, seed, beginning)
        for seed in base.teachers.seeds
    )
