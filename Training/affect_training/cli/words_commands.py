"""`words`: what the texts of a protocol give away."""

import argparse
from dataclasses import replace
from typing import Any

import numpy as np

from ..features import channel_count, experiment_split, utterances
from ..metrics import uar
from ..protocols import load_protocol
from ..words import labels_by_words, spelled
from .common import Progress, add_experiment, add_prepared, experiment_of


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    command = commands.add_parser(
        "words",
        help="how much of a protocol can be told from the words alone",
        description="Gives every test clip the label of the training clip whose words are nearest, "
        "by dynamic time warping of cepstra without level and spread, and prints how many are "
        "right. Nothing is trained. Where this is far above chance, the same sentences are spoken "
        "with the same emotions on both sides, and figures of the protocol may come from words.",
    )
    add_experiment(command)
    add_prepared(command)
    command.add_argument("--fold", type=int, metavar="N", help="this fold alone (default: all)")
    command.set_defaults(run=_words)


def _words(options: argparse.Namespace) -> int:
    base = experiment_of(options)
    front_end = {"channelWeights": [0.25] * channel_count(base.frontEnd), **base.frontEnd}
    protocol = load_protocol(base.data.protocol)
    labels = protocol.labels
    folds = [options.fold] if options.fold is not None else protocol.tested_folds
    means = []
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
        tested = [one for one in heard if one.clip in set(split.test)]
        known = [one for one in heard if one.clip not in set(split.test)]
        answers = labels_by_words(tested, known, Progress(f"fold {fold}: clip"))
        truth = np.array([labels.index(one.clip.label) for one in tested])
        told = np.array([labels.index(label) for label in answers])
        means.append(uar(truth, told, len(labels)))
        print(
            f"fold {fold}: {len(tested)} clips beside {len(known)}, UAR by words "
            f"{100 * means[-1]:.1f} %, accuracy {100 * (truth == told).mean():.1f} %",
            flush=True,
        )
    print(
        f"{protocol.name}: UAR by words {100 * np.mean(means):.1f} %, chance "
        f"{100 / len(labels):.1f} %"
    )
    return 0
