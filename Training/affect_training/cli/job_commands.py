"""`run`, `finalize`, `jobs` and `results`: the table of jobs."""

import argparse
import json
from pathlib import Path
from typing import Any

from ..corpora.locations import REPOSITORY, corpora_folder
from ..evaluation.page import sections
from ..experiment import Experiment
from ..features import FeatureSet
from ..jobs import Job, finalize, is_result_of, is_trained, load_jobs, load_rows, train
from ..jobs.figures import figures_of
from ..jobs.runner import Learner, Places, Report
from ..results_page import load_published, overview, page
from .common import TRAINING, Progress, add_corpora, add_places, add_prepared

LONGEST = 25 * 60.0
"""Processor seconds that a training may take."""


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    command = commands.add_parser(
        "run",
        help="do the missing jobs of the table",
        description="Trains and scores the jobs without a result, in the order of the table. An "
        "interrupted job goes on from its checkpoint. The test side of a job is opened once, after "
        "its training; the figures go to Training/results/PROTOCOL.",
    )
    command.add_argument(
        "--missing", action="store_true", required=True, help="every job that has no result"
    )
    command.add_argument("--keep-closed", action="store_true", help="train, but do not score")
    _add_common(command)
    command.set_defaults(run=_run)

    command = commands.add_parser(
        "finalize",
        help="score the test side of trained jobs",
        description="Scores the jobs that `run --keep-closed` trained; each once.",
    )
    _add_common(command)
    command.set_defaults(run=_finalize)

    command = commands.add_parser("jobs", help="list the jobs of the table and how far they are")
    _add_table(command)
    command.set_defaults(run=_jobs)

    command = commands.add_parser(
        "results",
        help="print the results and write Documentation/Results.md",
        description="Means over folds and seeds with 95 % bootstrap intervals of every row of the "
        "table of jobs, beside the published systems. A row without results says so.",
    )
    add_page(command)
    command.set_defaults(run=_results)


def add_page(command: argparse.ArgumentParser) -> None:
    """Everything that the page of results is written from, and where it goes."""
    add_results(command)
    command.add_argument(
        "--published",
        type=Path,
        default=TRAINING / "experiments" / "published.toml",
        metavar="FILE",
        help="published systems (default: Training/experiments/published.toml)",
    )
    command.add_argument(
        "--output",
        type=Path,
        default=REPOSITORY / "Documentation" / "Results.md",
        metavar="FILE",
        help="(default: Documentation/Results.md)",
    )


def add_results(command: argparse.ArgumentParser) -> None:
    """`--table` and `--results`."""
    command.add_argument(
        "--table",
        type=Path,
        default=TRAINING / "experiments" / "jobs.toml",
        metavar="FILE",
        help="the table of jobs (default: Training/experiments/jobs.toml)",
    )
    command.add_argument(
        "--results",
        type=Path,
        default=TRAINING / "results",
        metavar="DIR",
        help="folder of the results (default: Training/results)",
    )


def _add_table(command: argparse.ArgumentParser) -> None:
    add_results(command)
    add_places(command)


def _add_common(command: argparse.ArgumentParser) -> None:
    _add_table(command)
    add_prepared(command)
    add_corpora(command)
    command.add_argument(
        "--experiment", action="append", metavar="NAME", help="of this one alone; repeatable"
    )
    command.add_argument("--limit", type=int, metavar="N", help="at most N jobs (default: all)")
    command.add_argument("--threads", type=int, default=1, help="of PyTorch (default: 1)")


def is_done(job: Job, results: Path) -> bool:
    """Whether a job has the result of its configuration."""
    path = job.result_path(results)
    return path.exists() and is_result_of(job, path)


def _places(options: argparse.Namespace) -> Places:
    return Places(
        options.prepared,
        corpora_folder(options.corpora),
        options.cache,
        options.runs,
        options.results,
    )


def _chosen(options: argparse.Namespace) -> list[Job]:
    """The jobs of the table, or those of the experiments that were named."""
    jobs = load_jobs(options.table)
    if options.experiment is None:
        return jobs
    names = {job.experiment.name for job in jobs}
    for name in options.experiment:
        if name not in names:
            raise ValueError(f"no job of {name}; the table has {', '.join(sorted(names))}")
    return [job for job in jobs if job.experiment.name in options.experiment]


def _run(options: argparse.Namespace) -> int:
    jobs = _chosen(options)
    missing = [job for job in jobs if not is_done(job, options.results)]
    print(f"{len(jobs)} jobs, {len(missing)} without a result")
    if options.keep_closed:
        missing = [job for job in missing if not is_trained(job, options.runs)]
    return _do(missing, options, not options.keep_closed)


def _finalize(options: argparse.Namespace) -> int:
    jobs = [job for job in _chosen(options) if not is_done(job, options.results)]
    ready = [job for job in jobs if is_trained(job, options.runs)]
    print(f"{len(ready)} jobs are trained and not scored")
    return _do(ready, options, True)


def _do(jobs: list[Job], options: argparse.Namespace, score: bool) -> int:
    import torch

    from ..training.setup import make_trainer

    def make(experiment: Experiment, features: FeatureSet, labels: tuple[str, ...]) -> Learner:
        trainer = make_trainer(experiment, features, labels)
        trainer.longest = LONGEST
        return trainer

    torch.set_num_threads(options.threads)
    places = _places(options)
    chosen = jobs[: options.limit]
    for index, job in enumerate(chosen):
        title = f"job {index + 1}/{len(chosen)}: {job.title}"
        print(title, flush=True)
        folder = job.run_folder(places.runs)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
            report = _reporter(log, job.experiment.training.epochs)
            if not is_trained(job, places.runs):
                train(job, places, make, report, Progress("features: clip"))
            if score:
                result = finalize(job, places, make, report, Progress("test side: clip"))
                print(
                    f"{title}: UAR {100 * result['uar']:.1f} %, accuracy "
                    f"{100 * result['accuracy']:.1f} %, {result['count']} clips, "
                    f"{result['seconds']:.0f} s of training",
                    flush=True,
                )
    return 0


def _reporter(log: Any, epochs: int) -> Report:
    def report(entry: dict[str, Any]) -> None:
        log.write(json.dumps(entry) + "\n")
        log.flush()
        if entry["epoch"] % 10 == 0 or entry["epoch"] == epochs:
            figures = " ".join(f"{name} {value}" for name, value in entry.items())
            print(f"  {figures} of {epochs} epochs", flush=True)

    return report


def _jobs(options: argparse.Namespace) -> int:
    for job in load_jobs(options.table):
        state = "missing"
        if is_done(job, options.results):
            state = "done"
        elif is_trained(job, options.runs):
            state = "trained"
        elif (job.run_folder(options.runs) / "checkpoint.pt").exists():
            state = "begun"
        print(f"{state:8} {job.title}")
    return 0


def _results(options: argparse.Namespace) -> int:
    print("\n".join(write_page(options)))
    print(options.output)
    return 0


def write_page(options: argparse.Namespace) -> list[str]:
    """Writes the page of results; returns the table of its overview."""
    rows = [figures_of(row, options.results) for row in load_rows(options.table)]
    published = load_published(options.published)
    text = page(rows, published, sections(options.results))
    options.output.write_text(text, encoding="utf-8")
    return overview(rows, published)
