"""Options and output that several commands share."""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from ..corpora.locations import REPOSITORY
from ..experiment import Experiment, load_experiment

TRAINING = REPOSITORY / "Training"


def add_corpora(command: argparse.ArgumentParser) -> None:
    """`--corpora`."""
    command.add_argument(
        "--corpora",
        type=Path,
        metavar="DIR",
        help="folder of the corpora (default: AFFECT_CORPORA, else ../shared/corpora)",
    )


def add_prepared(command: argparse.ArgumentParser) -> None:
    """`--prepared`."""
    command.add_argument(
        "--prepared",
        type=Path,
        default=TRAINING / "prepared",
        metavar="DIR",
        help="folder that `prepare` wrote (default: Training/prepared)",
    )


def add_experiment(command: argparse.ArgumentParser) -> None:
    """The configuration, where its results are, and what may override it."""
    command.add_argument("experiment", type=Path, help="configuration file (TOML)")
    add_places(command)
    command.add_argument(
        "--validation-fold",
        type=int,
        metavar="N",
        help="validate on this fold instead of the configuration's (0: none)",
    )
    command.add_argument("--seed", type=int, metavar="N", help="instead of the configuration's")


def add_cache(command: argparse.ArgumentParser) -> None:
    """`--cache`."""
    command.add_argument(
        "--cache",
        type=Path,
        default=TRAINING / ".cache",
        metavar="DIR",
        help="folder for features (default: Training/.cache)",
    )


def add_places(command: argparse.ArgumentParser) -> None:
    """`--cache` and `--runs`."""
    add_cache(command)
    command.add_argument(
        "--runs",
        type=Path,
        default=TRAINING / "runs",
        metavar="DIR",
        help="folder for checkpoints and results (default: Training/runs)",
    )


def experiment_of(options: argparse.Namespace) -> Experiment:
    """The configuration with what the command line overrides."""
    experiment = load_experiment(options.experiment)
    if options.validation_fold is not None:
        experiment = with_validation_fold(experiment, options.validation_fold)
    if options.seed is not None:
        source = {**experiment.source, "seed": options.seed}
        experiment = replace(experiment, seed=options.seed, source=source)
    return experiment


def with_validation_fold(experiment: Experiment, fold: int) -> Experiment:
    """The same experiment, validated on another fold."""
    data = replace(experiment.data, validationFold=fold)
    return replace(experiment, data=data, source={**experiment.source, "data": vars(data)})


class Progress:
    """One line that counts on a terminal; a line now and then elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._last = 0.0
        self._terminal = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        pause = 0.1 if self._terminal else 10.0
        if done < total and now - self._last < pause:
            return
        self._last = now
        end = "\r" if self._terminal and done < total else "\n"
        print(f"{self._what} {done}/{total}", end=end, file=sys.stderr, flush=True)
