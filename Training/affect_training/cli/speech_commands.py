"""`speech`: the speech detector, from labels to the model card."""

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from ..corpora import corpus
from ..corpora.audio import decode, write_wav
from ..corpora.locations import REPOSITORY, corpora_folder
from ..speech_detection.card import write_card
from ..speech_detection.comparison import compare, read_scores, scored_streams
from ..speech_detection.configuration import DetectorConfiguration, load_configuration
from ..speech_detection.frames import LabelledFrames, cached_frames, draw_streams
from ..speech_detection.label_sheets import draw_sheets
from ..speech_detection.labels import (
    BLOCK,
    format_boundaries,
    is_speech,
    parse_boundaries,
    speech_boundaries,
)
from ..speech_detection.page import write_page
from ..speech_detection.sides import FOLDER
from ..speech_detection.test_streams import write_test_streams
from .common import TRAINING, Progress, add_corpora, add_places
from .file_commands import describe


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

    command = parts.add_parser("train", help="train the network of a configuration")
    _add_configuration(command)
    command.add_argument("--threads", type=int, default=1, help="of PyTorch (default: 1)")
    command.set_defaults(run=_train)

    command = parts.add_parser("export", help="write the full-precision model file")
    _add_configuration(command)
    _add_models(command)
    command.set_defaults(run=_export)

    command = parts.add_parser(
        "calibration",
        help="write streams to quantise with",
        description="Writes the first streams of the training side as WAV files, for "
        "`affect-model quantize --calibration`.",
    )
    _add_configuration(command)
    command.add_argument("--output", type=Path, required=True, metavar="DIR")
    command.set_defaults(run=_calibration)

    command = parts.add_parser(
        "test-streams",
        help="write the streams of the test, with their list",
        description="People and noise that no training hears, at 20, 10, 5 and 0 dB, and noise "
        "alone; `streams.csv` is the list for `affect-model evaluate`.",
    )
    add_corpora(command)
    command.add_argument(
        "--output",
        type=Path,
        default=TRAINING / "prepared" / "speech-test",
        metavar="DIR",
        help="(default: Training/prepared/speech-test)",
    )
    command.set_defaults(run=_test_streams)

    command = parts.add_parser(
        "compare",
        help="hold scores against WebRTC's detector on the same streams",
        description="Reads what `affect-model evaluate --predictions` wrote and runs WebRTC's "
        "detector (pip install webrtcvad-wheels) over the same files.",
    )
    command.add_argument(
        "--streams", type=Path, required=True, metavar="CSV", help="the list of the streams"
    )
    command.add_argument("--scores", type=Path, required=True, metavar="CSV")
    command.add_argument("--output", type=Path, required=True, metavar="JSON")
    command.set_defaults(run=_compare)

    command = parts.add_parser("card", help="write the model card")
    command.add_argument("configuration", type=Path, help="configuration file (TOML)")
    _add_models(command)
    _add_results(command)
    command.set_defaults(run=_card)

    command = parts.add_parser("page", help="write Documentation/SpeechDetector.md and its plot")
    command.add_argument("--model", default="speech-open", help="(default: speech-open)")
    _add_results(command)
    command.add_argument(
        "--output",
        type=Path,
        default=REPOSITORY / "Documentation" / "SpeechDetector.md",
        metavar="FILE",
        help="(default: Documentation/SpeechDetector.md)",
    )
    command.set_defaults(run=_page)


def _add_models(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--models",
        type=Path,
        default=REPOSITORY / "Models",
        metavar="DIR",
        help="(default: Models)",
    )


def _add_results(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--results",
        type=Path,
        default=TRAINING / "results" / "speech",
        metavar="DIR",
        help="(default: Training/results/speech)",
    )


def _add_configuration(command: argparse.ArgumentParser) -> None:
    command.add_argument("configuration", type=Path, help="configuration file (TOML)")
    add_corpora(command)
    add_places(command)


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


def _frames(
    options: argparse.Namespace, configuration: DetectorConfiguration, side: str
) -> LabelledFrames:
    return cached_frames(
        configuration, side, corpora_folder(options.corpora), options.cache, Progress("stream")
    )


def _train(options: argparse.Namespace) -> int:
    import torch

    from ..speech_detection.export import save_network
    from ..speech_detection.trainer import train

    torch.set_num_threads(options.threads)
    configuration = load_configuration(options.configuration)
    training = _frames(options, configuration, "training")
    validation = _frames(options, configuration, "validation")
    network = train(configuration, training, validation, _report)
    save_network(options.runs / f"{configuration.name}.pt", network)
    return 0


def _report(entry: dict[str, Any]) -> None:
    print(" ".join(f"{key} {value}" for key, value in entry.items()), flush=True)


def _export(options: argparse.Namespace) -> int:
    import torch

    from ..models.network import GraphNetwork
    from ..speech_detection.export import export_detector
    from ..speech_detection.trainer import graph_of

    configuration = load_configuration(options.configuration)
    network = GraphNetwork(graph_of(configuration), configuration.frontEnd["melBinCount"])
    weights = torch.load(options.runs / f"{configuration.name}.pt", weights_only=True)
    network.load_state_dict(weights)
    output = options.models / f"{configuration.name}.float32.affect"
    validation = _frames(options, configuration, "validation")
    print(describe(export_detector(configuration, network, validation, output)))
    return 0


def _calibration(options: argparse.Namespace) -> int:
    configuration = load_configuration(options.configuration)
    streams = draw_streams(
        configuration,
        corpora_folder(options.corpora),
        "training",
        configuration.streams.calibrationStreams,
        Progress("stream"),
    )
    for index, stream in enumerate(streams):
        write_wav(options.output / f"stream-{index:03}.wav", stream.samples)
    print(f"{len(streams)} streams in {options.output}")
    return 0


def _test_streams(options: argparse.Namespace) -> int:
    progress = Progress("stream")
    print(write_test_streams(corpora_folder(options.corpora), options.output, progress))
    return 0


def _compare(options: argparse.Namespace) -> int:
    streams = list(scored_streams(options.streams, read_scores(options.scores)))
    comparison = compare(streams)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(comparison, indent=1) + "\n", encoding="utf-8")
    for mode, found in comparison["all"]["modes"].items():
        print(
            f"mode {mode}: false alarms {found['falseAlarmRate']:.4f}, "
            f"WebRTC finds {found['webrtcHitRate']:.4f}, the detector {found['hitRate']:.4f}"
        )
    return 0


def _card(options: argparse.Namespace) -> int:
    configuration = load_configuration(options.configuration)
    output = options.models / f"{configuration.name}.md"
    write_card(configuration, options.models, options.results, output)
    print(output)
    return 0


def _page(options: argparse.Namespace) -> int:
    write_page(options.model, options.results, options.output)
    print(options.output)
    return 0
