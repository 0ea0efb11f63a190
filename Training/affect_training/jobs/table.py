"""Reads a table of jobs, `Training/experiments/jobs.toml`.

Each `[[jobs]]` names a `protocol`, an `experiment` (a configuration beside the table), the `folds`
that are tested, the `seeds`, and whether a fold of the training side is kept back for validation:
`validation = "none"` (default) or `"next"`, the fold after the tested one.
"""

import tomllib
from pathlib import Path
from typing import Any

from ..experiment import load_experiment
from ..protocols import load_protocol
from .job import Job

MEMBERS = {"protocol", "experiment", "folds", "seeds", "validation"}


def load_jobs(path: Path) -> list[Job]:
    """The jobs of a table, seed by seed so that early results cover every fold.

    Raises `ValueError` for members that nobody knows and for a job that stands there twice.
    """
    with path.open("rb") as file:
        table = tomllib.load(file)
    jobs: list[Job] = []
    for entry in table.get("jobs", []):
        jobs += _jobs_of(entry, path)
    seen: set[tuple[str, str]] = set()
    for job in jobs:
        if (job.protocol, job.name) in seen:
            raise ValueError(f"{path}: {job.title} stands there twice")
        seen.add((job.protocol, job.name))
    return jobs


def _jobs_of(entry: dict[str, Any], path: Path) -> list[Job]:
    wrong = set(entry) ^ MEMBERS - ({"validation"} - set(entry))
    if wrong:
        raise ValueError(f"{path}: unknown or missing members {sorted(wrong)} of a job")
    validation = entry.get("validation", "none")
    if validation not in ("none", "next"):
        raise ValueError(f"{path}: validation is {validation!r}, expected 'none' or 'next'")
    base = load_experiment(path.parent / f"{entry['experiment']}.toml")
    protocol = load_protocol(entry["protocol"])
    order = protocol.tested_folds
    for fold in entry["folds"]:
        if fold not in order:
            raise ValueError(f"{path}: {protocol.name} tests the folds {list(order)}, not {fold}")
    return [
        Job.of(
            base,
            protocol.name,
            fold,
            order[(order.index(fold) + 1) % len(order)] if validation == "next" else 0,
            seed,
        )
        for seed in entry["seeds"]
        for fold in entry["folds"]
    ]
