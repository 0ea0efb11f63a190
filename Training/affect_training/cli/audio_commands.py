"""`prepare`, `manifest` and `protocols`: everything before features."""

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import Any

from ..corpora import CORPORA, corpus
from ..corpora.locations import corpora_folder, require_folder
from ..corpora.preparation import prepare
from ..protocols import (
    SIDES,
    load_protocol,
    protocol_clips,
    protocol_folder,
    protocol_names,
    split_clips,
)
from ..voices import voice_after_voice
from .common import TRAINING, Progress, add_corpora, add_prepared


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    command = commands.add_parser(
        "prepare",
        help="decode a corpus once to 16 kHz WAV",
        description="Decodes a corpus to 16 kHz mono WAV; what is there already stays.",
    )
    command.add_argument(
        "--corpus",
        action="append",
        choices=sorted(CORPORA),
        help="may be given more than once (default: RAVDESS)",
    )
    add_corpora(command)
    command.add_argument(
        "--output",
        type=Path,
        default=TRAINING / "prepared",
        metavar="DIR",
        help="where the WAV files go (default: Training/prepared)",
    )
    command.set_defaults(run=_prepare)

    command = commands.add_parser(
        "manifest",
        help="write path,label,speaker,corpus of one side of a fold",
        description="Writes the CSV that `affect-model evaluate --manifest` reads. Paths are "
        "relative to the folder of the CSV.",
    )
    command.add_argument("--protocol", default="ravdess-five-folds", choices=protocol_names())
    command.add_argument("--fold", type=int, default=1, help="the fold under test (default: 1)")
    command.add_argument(
        "--validation-fold", type=int, metavar="N", help="the fold of validation (default: none)"
    )
    command.add_argument("--side", choices=SIDES, default="test", help="(default: test)")
    command.add_argument(
        "--labels-of",
        choices=protocol_names(),
        metavar="PROTOCOL",
        help="leave out labels that this protocol does not count (for a model of other labels)",
    )
    command.add_argument("--limit", type=int, metavar="N", help="every k-th clip, at most N")
    command.add_argument(
        "--voices",
        action="store_true",
        help="one speaker after the other, in the order of digests, for a model that remembers "
        "voices",
    )
    add_prepared(command)
    command.add_argument("--output", type=Path, metavar="CSV", help="(default: standard output)")
    command.set_defaults(run=_manifest)

    command = commands.add_parser("protocols", help="list protocols and their folds")
    command.set_defaults(run=_protocols)


def _prepare(options: argparse.Namespace) -> int:
    folder = require_folder(
        corpora_folder(options.corpora), "name the corpora by --corpora or AFFECT_CORPORA"
    )
    for name in options.corpus or ["RAVDESS"]:
        chosen = corpus(name)
        count, written = prepare(
            chosen,
            require_folder(folder / chosen.folder, "check --corpora"),
            options.output,
            Progress(f"{name}: clip"),
        )
        print(f"{name}: {count} clips, {written} decoded to {options.output / chosen.folder}")
    return 0


def _manifest(options: argparse.Namespace) -> int:
    protocol = load_protocol(options.protocol)
    folder = protocol_folder(protocol, options.prepared)
    clips_of_all = protocol_clips(protocol, options.prepared)
    split = split_clips(clips_of_all, protocol, options.fold, options.validation_fold)
    clips = split.side(options.side)
    if options.labels_of:
        known = load_protocol(options.labels_of).labels
        clips = tuple(clip for clip in clips if clip.label in known)
    if options.limit and len(clips) > options.limit:
        step = len(clips) / options.limit
        clips = tuple(clips[int(index * step)] for index in range(options.limit))
    if options.voices:
        clips = tuple(voice_after_voice(clips))
    base = (options.output.parent if options.output else Path.cwd()).resolve()
    target = options.output.open("w", newline="", encoding="utf-8") if options.output else None
    try:
        writer = csv.writer(target or sys.stdout, lineterminator="\n")
        writer.writerow(["path", "label", "speaker", "corpus"])
        for clip in clips:
            path = (folder / clip.prepared_path).resolve()
            stroke = clip.speaker.partition("/")
            name = stroke[0] if stroke[1] else protocol.corpora[0]
            writer.writerow([os.path.relpath(path, base), clip.label, clip.speaker, name])
    finally:
        if target:
            target.close()
    speakers = sorted({clip.speaker for clip in clips})
    print(f"{len(clips)} clips of {len(speakers)} speakers: {' '.join(speakers)}", file=sys.stderr)
    return 0


def _protocols(_: argparse.Namespace) -> int:
    for name in protocol_names():
        protocol = load_protocol(name)
        print(
            f"{name}: {', '.join(protocol.corpora)}; {len(protocol.members)} {protocol.unit}s; "
            f"{len(protocol.labels)} labels"
        )
        for number, fold in protocol.folds.items():
            what = f"fold {number}" if number else "only trained on"
            who = f": {' '.join(sorted(fold))}" if protocol.unit == "speaker" else ""
            print(f"  {what} ({len(fold)}){who}")
    return 0
