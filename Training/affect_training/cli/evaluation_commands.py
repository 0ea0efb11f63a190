"""`evaluate` and `quantize-folds`: figures through the product's own tool."""

import argparse
import json
from pathlib import Path
from typing import Any

from ..corpora.locations import REPOSITORY, corpora_folder
from ..evaluation.folds import quantized_path, quantized_result
from ..evaluation.product import TOOL, Product
from ..evaluation.shipped import Evaluation
from ..jobs import is_result_of, is_trained, load_jobs
from ..jobs.result import write_json
from ..jobs.runner import Places
from ..models.builders import BUILDERS
from ..protocols import protocol_names
from .common import Progress, add_corpora, add_places, add_prepared
from .job_commands import add_page, add_results, write_page

PLOTS = REPOSITORY / "Documentation" / "results"


def add(commands: Any) -> None:
    """Adds the commands of this file."""
    command = commands.add_parser(
        "evaluate",
        help="measure shipped models through affect-model, with plots and the page",
        description="Measures models on the people that no shipped model has heard: figures, "
        "calibration, risk and coverage, noise, sexes, speakers, and what is listened to. Every "
        "figure comes from `affect-model evaluate`. Writes Training/results/models/NAME.json and "
        "Documentation/results/NAME-*.png (needs matplotlib), then Documentation/Results.md.",
    )
    command.add_argument("model", type=Path, nargs="+", help="int8 model file")
    command.add_argument("--protocol", default="shipped-holdout", choices=protocol_names())
    command.add_argument("--fold", type=int, default=1, help="the fold under test (default: 1)")
    command.add_argument(
        "--noisy", type=int, default=300, metavar="N", help="clips under noise (default: 300)"
    )
    command.add_argument(
        "--hidden",
        type=int,
        default=12,
        metavar="N",
        help="clips an emotion of which parts are hidden (default: 12)",
    )
    command.add_argument(
        "--redraw", action="store_true", help="measure nothing: plots and page from what is there"
    )
    _add_tool(command)
    add_prepared(command)
    add_corpora(command)
    add_page(command)
    command.set_defaults(run=_evaluate)

    command = commands.add_parser(
        "quantize-folds",
        help="compare int8 with full precision on the test sides of trained jobs",
        description="For every job of the table that has its result and whose checkpoint is still "
        "in the runs folder: exports the network, quantises it on clips of the training side, "
        "measures both on the test side through affect-model, and writes "
        "Training/results/int8/PROTOCOL/JOB.json. What is there already stays.",
    )
    _add_tool(command)
    add_prepared(command)
    add_corpora(command)
    add_places(command)
    add_results(command)
    command.add_argument(
        "--calibration",
        type=int,
        default=400,
        metavar="N",
        help="clips of the training side to quantise with (default: 400)",
    )
    command.add_argument("--limit", type=int, metavar="N", help="at most N jobs (default: all)")
    command.set_defaults(run=_quantize_folds)


def _add_tool(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--tool",
        type=Path,
        default=TOOL,
        metavar="FILE",
        help="affect-model (default: .build/release/affect-model)",
    )


def _evaluate(options: argparse.Namespace) -> int:
    try:
        from ..evaluation.pictures import draw
    except ImportError as error:
        raise FileNotFoundError(f"plots need matplotlib ({error})") from None
    for model in options.model:
        name = model.name.removesuffix(".affect")
        path = options.results / "models" / f"{name}.json"
        if not options.redraw:
            evaluation = Evaluation(
                Product(options.tool),
                model,
                options.prepared,
                corpora_folder(options.corpora),
                options.protocol,
                options.fold,
                options.noisy,
                options.hidden,
            )
            write_json(path, evaluation.run(Progress(f"{name}: condition")))
            print(path)
        result = json.loads(path.read_text(encoding="utf-8"))
        for plot in draw(result, PLOTS, name):
            print(plot)
    write_page(options)
    print(options.output)
    return 0


def _quantize_folds(options: argparse.Namespace) -> int:
    places = Places(
        options.prepared,
        corpora_folder(options.corpora),
        options.cache,
        options.runs,
        options.results,
    )
    jobs = [
        job
        for job in load_jobs(options.table)
        if job.experiment.network["family"] in BUILDERS
        and is_trained(job, places.runs)
        and _holds(job, job.result_path(places.results))
        and not _holds(job, quantized_path(job, places.results))
    ]
    chosen = jobs[: options.limit]
    print(f"{len(jobs)} jobs to compare, {len(chosen)} now")
    for index, job in enumerate(chosen):
        result = quantized_result(job, places, Product(options.tool), options.calibration)
        write_json(quantized_path(job, places.results), result)
        print(
            f"{index + 1}/{len(chosen)}: {job.title}: UAR float32 "
            f"{100 * result['float32']['uar']:.1f} %, int8 {100 * result['int8']['uar']:.1f} %, "
            f"{100 * result['agreement']:.1f} % of labels agree",
            flush=True,
        )
    return 0


def _holds(job: Any, path: Path) -> bool:
    return path.exists() and is_result_of(job, path)
