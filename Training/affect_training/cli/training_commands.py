"""`features`, `train`, `cross-validate`, `export` and `card`: what an experiment goes through."""

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from ..corpora.locations import REPOSITORY, corpora_folder
from ..experiment import Experiment
from ..features import FeatureSet, cache_path, load_features, make_features, save_features
from ..protocols import load_protocol
from ..soft_targets import voted
from .common import (
    TRAINING,
    Progress,
    add_corpora,
    add_experiment,
    add_prepared,
    experiment_of,
    with_validation_fold,
)


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    command = commands.add_parser(
        "features",
        help="compute the features of an experiment",
        description="Splits by speaker, augments the training side, and runs the device's front "
        "end over both sides. The test side is not touched.",
    )
    _add_audio(command)
    command.add_argument("--force", action="store_true", help="compute again what is cached")
    command.set_defaults(run=_features)

    command = commands.add_parser(
        "train",
        help="train the network of an experiment",
        description="Trains, or goes on from the last checkpoint of the same configuration.",
    )
    _add_audio(command)
    _add_training(command)
    command.set_defaults(run=_train)

    command = commands.add_parser(
        "cross-validate",
        help="train once for each validation fold and pool the figures",
        description="Every fold but the one under test is validated once, by a network that heard "
        "neither of the two. Writes results.json with the figures and the pooled temperature.",
    )
    _add_audio(command)
    _add_training(command)
    command.set_defaults(run=_cross_validate)

    command = commands.add_parser(
        "export",
        help="write the model file (float32)",
        description="Writes the trained network as a model file with the temperature that "
        "cross-validation (or --temperature) gave.",
    )
    add_experiment(command)
    command.add_argument("--temperature", type=float, help="instead of the fitted one")
    command.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="(default: Models/NAME.float32.affect)",
    )
    command.set_defaults(run=_export)

    command = commands.add_parser(
        "card",
        help="write the model card",
        description="Fills Models/NAME.md from the model file, the results of cross-validation and "
        "the reports of `affect-model evaluate`.",
    )
    add_experiment(command)
    command.add_argument("--model", type=Path, metavar="FILE", help="the full-precision file")
    command.add_argument("--int8-model", type=Path, metavar="FILE", help="the integer file")
    command.add_argument(
        "--float-report", type=Path, metavar="JSON", help="report of affect-model evaluate"
    )
    command.add_argument(
        "--int8-report", type=Path, metavar="JSON", help="report of affect-model evaluate"
    )
    command.add_argument(
        "--other",
        nargs=2,
        action="append",
        metavar=("NAME", "JSON"),
        help="report of the integer model on a corpus that it never heard; may be repeated",
    )
    command.add_argument("--output", type=Path, metavar="FILE", help="(default: Models/NAME.md)")
    command.set_defaults(run=_card)


def _add_audio(command: argparse.ArgumentParser) -> None:
    add_experiment(command)
    add_prepared(command)
    add_corpora(command)


def _add_training(command: argparse.ArgumentParser) -> None:
    command.add_argument("--threads", type=int, default=1, help="of PyTorch (default: 1)")
    command.add_argument("--restart", action="store_true", help="ignore checkpoints")


def _ensure_features(experiment: Experiment, options: argparse.Namespace) -> FeatureSet:
    path = cache_path(experiment, options.cache)
    if not path.exists() or getattr(options, "force", False):
        progress = Progress("features: clip")
        corpora = corpora_folder(options.corpora)
        save_features(
            path, make_features(experiment, options.prepared, corpora, options.cache, progress)
        )
    features = load_features(path)
    for name, side in (("training", features.training), ("validation", features.validation)):
        clips = {frames.clip.path for frames in side}
        speakers = sorted({frames.clip.speaker for frames in side}, key=lambda s: (len(s), s))
        total = sum(len(frames.speech) for frames in side)
        print(
            f"{name}: {len(clips)} clips, {len(side)} with copies, {total} frames, "
            f"speakers {' '.join(speakers) or '–'}"
        )
    if features.missed:
        print(f"the gate stayed shut in {len(features.missed)} clips")
    return features


def _features(options: argparse.Namespace) -> int:
    experiment = experiment_of(options)
    _ensure_features(experiment, options)
    print(cache_path(experiment, options.cache))
    return 0


def run_folder(experiment: Experiment, runs: Path) -> Path:
    """Where checkpoint, log and results of one training are."""
    name = f"{experiment.name}-fold{experiment.data.validationFold}-seed{experiment.seed}"
    return runs / name


def _fit(experiment: Experiment, options: argparse.Namespace) -> Any:
    """Trains one network; returns its answers on the validation side, if there is one."""
    import torch

    from ..training.setup import labels_of, make_trainer

    if experiment.begin is not None or experiment.teachers is not None:
        raise ValueError(
            f"{experiment.name} builds upon other trainings: `affect_training run` does such jobs"
        )
    torch.set_num_threads(options.threads)
    features = _ensure_features(experiment, options)
    folder = run_folder(experiment, options.runs)
    if options.restart and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    log = (folder / "log.jsonl").open("a", encoding="utf-8")

    def report(entry: dict[str, Any]) -> None:
        log.write(json.dumps(entry) + "\n")
        log.flush()
        if "validationUAR" in entry or entry["epoch"] % 10 == 0:
            print(" ".join(f"{name} {value}" for name, value in entry.items()), flush=True)

    with log:
        trainer = make_trainer(experiment, features, labels_of(experiment))
        if experiment.raters is not None:
            clips = [frames.clip for frames in features.training]
            corpora = corpora_folder(options.corpora)
            votes = voted(experiment.raters, clips, labels_of(experiment), corpora)
            trainer.soften(votes, experiment.raters.share)
        trainer.run(folder / "checkpoint.pt", report)
    return trainer.answers(features.validation) if features.validation else None


def _train(options: argparse.Namespace) -> int:
    from ..metrics import report
    from ..training.setup import labels_of

    experiment = experiment_of(options)
    labels = labels_of(experiment)
    answers = _fit(experiment, options)
    if answers is not None:
        figures = report(answers.logits, answers.truth(labels), answers.speakers, labels)
        path = run_folder(experiment, options.runs) / "results.json"
        path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
        print_figures("validation", figures)
    print(run_folder(experiment, options.runs) / "checkpoint.pt")
    return 0


def _cross_validate(options: argparse.Namespace) -> int:
    import numpy as np

    from ..metrics import report, uar
    from ..training.setup import labels_of

    base = experiment_of(options)
    labels = labels_of(base)
    pooled, truths, folds = [], [], {}
    speakers: list[str] = []
    for fold in load_protocol(base.data.protocol).tested_folds:
        if fold == base.data.testFold:
            continue
        experiment = with_validation_fold(base, fold)
        print(f"validation fold {fold}")
        answers = _fit(experiment, options)
        truth = answers.truth(labels)
        folds[str(fold)] = round(uar(truth, answers.logits.argmax(1), len(labels)), 4)
        print(f"validation fold {fold}: UAR {100 * folds[str(fold)]:.1f} %", flush=True)
        pooled.append(answers.logits)
        truths.append(truth)
        speakers += answers.speakers
    figures = report(np.concatenate(pooled), np.concatenate(truths), speakers, labels)
    figures = {"experiment": base.name, "seed": base.seed, "folds": folds, **figures}
    path = cross_validation_path(base, options.runs)
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print_figures("cross-validation", figures)
    print(path)
    return 0


def cross_validation_path(experiment: Experiment, runs: Path) -> Path:
    """Where the pooled figures of an experiment are."""
    return runs / f"{experiment.name}-cross-validation.json"


def pooled_figures(experiment: Experiment, runs: Path) -> dict[str, Any] | None:
    """Figures of cross-validation: of the runs folder, else those kept in `Training/results`."""
    for path in (
        cross_validation_path(experiment, runs),
        cross_validation_path(experiment, TRAINING / "results"),
    ):
        if path.exists():
            return _read(path)
    return None


def print_figures(what: str, figures: dict[str, Any]) -> None:
    """The figures for a person."""
    low, high = figures["uarInterval"]
    print(
        f"{what}: {figures['count']} clips, UAR {100 * figures['uar']:.1f} % "
        f"(95 % interval {100 * low:.1f} … {100 * high:.1f}), temperature {figures['temperature']}"
    )
    for label, value in figures["recalls"].items():
        print(f"  {label:10} {100 * value:5.1f} %")


def _export(options: argparse.Namespace) -> int:
    from ..export import export_model
    from ..training.setup import graph_of
    from .file_commands import describe

    experiment = experiment_of(options)
    graph_of(experiment)  # refuses what no model file can hold, before asking for anything else
    figures = pooled_figures(experiment, options.runs)
    temperature = options.temperature or (figures or {}).get("temperature")
    if temperature is None:
        raise ValueError("no temperature: run `cross-validate` first, or give --temperature")
    features = load_features(cache_path(experiment, options.cache))
    checkpoint = run_folder(experiment, options.runs) / "checkpoint.pt"
    output = options.output or REPOSITORY / "Models" / f"{experiment.name}.float32.affect"
    model = export_model(
        experiment, features.front_end, checkpoint, float(temperature), figures, output
    )
    print(f"{output}: {describe(model)}")
    return 0


def _card(options: argparse.Namespace) -> int:
    from ..cards import write_card

    experiment = experiment_of(options)
    models = REPOSITORY / "Models"
    output = options.output or models / f"{experiment.name}.md"
    write_card(
        output,
        experiment,
        options.model or models / f"{experiment.name}.float32.affect",
        options.int8_model,
        pooled_figures(experiment, options.runs),
        _read(options.float_report),
        _read(options.int8_report),
        {name: _read(Path(path)) or {} for name, path in options.other or ()},
    )
    print(output)
    return 0


def _read(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value
