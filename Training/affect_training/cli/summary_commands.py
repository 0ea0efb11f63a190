"""`summary`: what the corpora hold, as tables and plots."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ..corpora import CORPORA, corpus
from ..corpora.audio import decode
from ..corpora.locations import corpora_folder, require_folder
from ..experiment import load_experiment
from ..features import load_noise, load_responses
from ..front_end import FrontEndError
from ..summary import Entry, aligned, counts, entries_of, labels_of
from .common import TRAINING, add_corpora

NOISE, ROOMS = "ESC10", "RIR"
"""Folders below `noise` of the corpora that the plot of every augmentation draws from."""


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    command = commands.add_parser(
        "summary",
        help="clips per emotion, corpus, sex and speaker, and plots",
        description="Prints what the corpora hold. With --plots also draws the counts, a waveform "
        "and a spectrogram per emotion, a clip beside its augmented copies and beside every kind "
        "of augmentation, and masked and mixed features (needs matplotlib).",
    )
    command.add_argument(
        "--corpus",
        action="append",
        choices=sorted(CORPORA),
        help="may be given more than once (default: every corpus that is there)",
    )
    add_corpora(command)
    command.add_argument("--plots", type=Path, metavar="DIR", help="folder for the plots (PNG)")
    command.add_argument(
        "--experiment",
        type=Path,
        default=TRAINING / "experiments" / "ravdess-mfcc-cnn.toml",
        metavar="FILE",
        help="whose augmentation is drawn (default: ravdess-mfcc-cnn)",
    )
    command.set_defaults(run=_summary)


def _summary(options: argparse.Namespace) -> int:
    folder = require_folder(
        corpora_folder(options.corpora), "name the corpora by --corpora or AFFECT_CORPORA"
    )
    chosen = [corpus(name) for name in options.corpus or CORPORA]
    entries = entries_of(chosen, folder)
    if not entries:
        raise FileNotFoundError(f"{folder} holds no clip of {', '.join(c.name for c in chosen)}")
    by_corpus = counts(entries, ["corpus"], lambda entry: (entry.corpus,))
    by_sex = counts(entries, ["corpus", "sex"], lambda entry: (entry.corpus, entry.sex))
    by_speaker = counts(
        entries,
        ["corpus", "sex", "speaker"],
        lambda entry: (entry.corpus, entry.sex, entry.clip.speaker),
    )
    print("\n\n".join(aligned(rows) for rows in (by_corpus, by_sex, by_speaker)))
    if options.plots:
        _plot(entries, folder, options)
    return 0


def _plot(entries: list[Entry], folder: Path, options: argparse.Namespace) -> None:
    try:
        from .. import plots
    except ImportError as error:
        raise FileNotFoundError(
            f"plots need matplotlib ({error}): pip install matplotlib"
        ) from None

    def heard(entry: Entry) -> Any:
        return decode(folder / corpus(entry.corpus).folder / entry.clip.path)

    plots.plot_counts(entries, options.plots / "emotions.png")
    # The first clip of each emotion, of the first corpus that has it.
    first = [
        next(entry for entry in entries if entry.clip.label == label)
        for label in labels_of(entries)
    ]
    plots.plot_emotions(
        [(f"{entry.clip.label} ({entry.corpus})", heard(entry)) for entry in first],
        options.plots / "clips.png",
    )
    experiment = load_experiment(options.experiment)
    clip = heard(first[0])
    plots.plot_augmentations(
        first[0].clip.path,
        clip,
        experiment.copies,
        load_noise(folder, experiment.noise),
        load_responses(folder, experiment.rooms),
        experiment.seed,
        options.plots / "copies.png",
    )
    plots.plot_kinds(
        clip,
        load_noise(folder, [NOISE]),
        load_responses(folder, [ROOMS]),
        experiment.seed,
        options.plots / "augmentation.png",
    )
    drawn = ["emotions", "clips", "copies", "augmentation"]
    try:
        plots.plot_features(clip, heard(first[-1]), experiment, options.plots / "features.png")
        drawn.append("features")
    except FrontEndError as error:
        print(f"affect_training: features are not drawn: {error}", file=sys.stderr)
    for name in drawn:
        print(options.plots / f"{name}.png")
