"""`words`: what the texts of a protocol give away."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..corpora import Clip
from ..experiment import load_experiment
from ..features import channel_count, experiment_split, utterances
from ..metrics import uar
from ..protocols import load_protocol
from ..words import FIRST, LAST, labels_by_words, spelled
from .common import Progress, add_cache, add_prepared


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    command = commands.add_parser(
        "words",
        help="how much of a protocol can be told from the words alone",
        description="Gives every test clip the label of the training clip whose words are nearest, "
        "by dynamic time warping of cepstra without level and spread: once among all, once among "
        "those with another sentence. Nothing is trained. Where the first is right far more often "
        "than the second, the sentence tells the emotion, and figures of the protocol may come "
        "from words. Example: affect_training words Training/experiments/mfcc-cnn-savee.toml "
        "--sentence '_([a-z]+[0-9]+)'",
    )
    command.add_argument("experiment", type=Path, help="configuration file (TOML)")
    add_cache(command)
    add_prepared(command)
    command.add_argument(
        "--sentence",
        required=True,
        type=_pattern,
        metavar="REGEX",
        help="what in the name of a file, without ending, names its sentence: the first group",
    )
    command.add_argument("--fold", type=int, metavar="N", help="this fold alone (default: all)")
    command.set_defaults(run=_words)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        found = re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from None
    if found.groups == 0:
        raise argparse.ArgumentTypeError(f"{text!r} has no group: put what names it in ( )")
    return found


def _words(options: argparse.Namespace) -> int:
    base = load_experiment(options.experiment)
    front_end = {"channelWeights": [0.25] * channel_count(base.frontEnd), **base.frontEnd}
    kind, count = base.frontEnd["kind"], channel_count(base.frontEnd)
    if kind != "mfcc" or count < LAST:
        raise ValueError(
            f"{options.experiment}: expected cepstra {FIRST} to {LAST - 1}, found {kind} "
            f"of {count} channels: name an experiment on mfcc"
        )
    protocol = load_protocol(base.data.protocol)
    labels = protocol.labels
    folds = [options.fold] if options.fold is not None else protocol.tested_folds
    means = []

    def sentence(clip: Clip) -> str:
        match = options.sentence.search(Path(clip.path).stem)
        if match is None or match[1] is None:
            raise ValueError(f"{clip.path}: --sentence does not match its name")
        return str(match[1])

    for fold in folds:
        data = replace(base.data, testFold=fold, validationFold=0)
        experiment = replace(base, data=data)
        split = experiment_split(experiment, options.prepared)
        clips = split.test + split.training
        heard = spelled(
            utterances(
                experiment,
                options.prepared,
                clips,
                front_end,
                options.cache,
                Progress(f"fold {fold}: features of clip"),
            )
        )
        of_test = set(split.test)
        tested = [one for one in heard if one.clip in of_test]
        known = [one for one in heard if one.clip not in of_test]
        if not tested or not known:
            side = "test" if not tested else "training"
            raise ValueError(
                f"fold {fold}: none of its {side} clips is there, or has speech: run `prepare`"
            )
        answers = labels_by_words(tested, known, sentence, Progress(f"fold {fold}: clip"))
        truth = np.array([labels.index(one.clip.label) for one in tested])
        figures = [
            uar(truth, np.array([labels.index(label) for label in told]), len(labels))
            for told in (answers.any_sentence, answers.other_sentence)
        ]
        means.append(figures)
        shut = len(split.test) - len(tested)
        print(
            f"fold {fold}: {len(tested)} clips beside {len(known)}, {shut} without speech left "
            f"out, {_said(figures)}",
            flush=True,
        )
    print(f"{protocol.name}: {_said(np.mean(means, 0))}, chance {100 / len(labels):.1f} %")
    return 0


def _said(figures: Sequence[float]) -> str:
    return (
        f"UAR by the nearest words {100 * figures[0]:.1f} %, "
        f"of another sentence {100 * figures[1]:.1f} %"
    )
