"""`speech`: the speech detector, from labels to the model card."""

import argparse
import csv
from pathlib import Path
from typing import Any

import numpy as np

from ..corpora import corpus
from ..corpora.audio import decode
from ..corpora.locations import corpora_folder
from ..speech_detection.label_sheets import draw_sheets
from ..speech_detection.labels import (
    BLOCK,
    format_boundaries,
    is_speech,
    parse_boundaries,
    speech_boundaries,
)
from ..speech_detection.sides import FOLDER
from .common import add_corpora


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    group = commands.add_parser(
        "speech", help="the speech detector: labels, streams, training, comparison"
    )
    parts = group.add_subparsers(dest="part", required=True, metavar="COMMAND")
    command = parts.add_parser(
        "labels",
        help="hold the rule for labels against the boundaries that were checked by eye",
        description="Applies the rule to the hundred clips of Training/speech/"
        "checked-boundaries.csv and says how many blocks of ten milliseconds agree.",
    )
    add_corpora(command)
    command.add_argument(
        "--sheets", type=Path, metavar="DIR", help="draw contact sheets of the clips as PNG"
    )
    command.set_defaults(run=_labels)


def _labels(options: argparse.Namespace) -> int:
    folder = corpora_folder(options.corpora)
    with (FOLDER / "checked-boundaries.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    clips, agreed, total, changed = [], 0, 0, []
    for row in rows:
        samples = decode(folder / corpus(row["corpus"]).folder / row["path"])
        rule, checked = speech_boundaries(samples), parse_boundaries(row["checked"])
        if format_boundaries(rule) != row["rule"]:
            changed.append(row["path"])
        blocks = np.arange(0, len(samples), BLOCK)
        agreed += int((is_speech(rule, blocks) == is_speech(checked, blocks)).sum())
        total += len(blocks)
        clips.append((row["path"], samples, rule))
    print(f"{len(rows)} clips, {total} blocks, {100 * agreed / total:.2f} % as checked")
    if options.sheets:
        for path in draw_sheets(clips, options.sheets):
            print(path)
    if changed:
        print(f"the rule gives other boundaries than were checked: {', '.join(changed)}")
    return 1 if changed else 0
