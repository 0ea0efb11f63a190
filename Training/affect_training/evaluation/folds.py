"""Full precision against int8 on the test side of a job, both through the product.

The file `results/int8/PROTOCOL/EXPERIMENT-foldN-seedN.json` holds

    {protocol, experiment, fold, seed, configuration, commit, labels, calibrationClips,
     float32: {uar, accuracy, missed}, int8: {the same}, agreement,
     speakers: {name: {truth: […], float32: […], int8: […]}}}

with an entry a clip in each array: the index of a label, −1 where the gate stayed shut.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..corpora import Clip
from ..features import (
    audio_folder,
    cache_path,
    experiment_split,
    load_features,
    measure_channel_weights,
)
from ..jobs import Job
from ..jobs.runner import CHECKPOINT, Places, commit
from ..utterances import Cuts
from ..voices import voice_after_voice
from .answers import ReportedClips
from .product import Product, Recording

FOLDER = "int8"
ROUNDS = 2000


def quantized_path(job: Job, results: Path) -> Path:
    """Where the comparison of a job goes."""
    return results / FOLDER / job.result_path(results).relative_to(results)


def quantized_result(
    job: Job, places: Places, product: Product, calibration: int
) -> dict[str, Any]:
    """Exports, quantises with at most `calibration` clips of the training side, and compares."""
    from ..export import export_model

    split = experiment_split(job.experiment, places.prepared)
    folder = audio_folder(job.experiment, places.prepared)
    step = max(1.0, len(split.training) / calibration)
    count = min(calibration, len(split.training))
    chosen = tuple(split.training[int(index * step)] for index in range(count))
    voices = job.experiment.voice_memory > 0

    def recordings(clips: tuple[Clip, ...]) -> list[Recording]:
        heard = voice_after_voice(clips) if voices else clips
        return [
            Recording(folder / clip.prepared_path, clip.label, clip.speaker, "") for clip in heard
        ]

    with tempfile.TemporaryDirectory(prefix="affect-quantize-") as made:
        full, small = Path(made) / "float32.affect", Path(made) / "int8.affect"
        checkpoint = job.run_folder(places.runs) / CHECKPOINT
        # The temperature changes no label.
        export_model(job.experiment, front_end_of(job, places), checkpoint, 1.0, None, full)
        product.quantize(full, recordings(chosen), small)
        reports = {
            "float32": product.evaluate(full, recordings(split.test), voices),
            "int8": product.evaluate(small, recordings(split.test), voices),
        }
    return comparison(job, reports, len(chosen))


def front_end_of(job: Job, places: Places) -> dict[str, Any]:
    """The front end that a job learned with; what its cache no longer holds is measured again."""
    path = cache_path(job.experiment, places.cache)
    if path.exists():
        return load_features(path).front_end
    options = dict(job.experiment.frontEnd)
    if "channelWeights" not in options:
        options["channelWeights"] = measure_channel_weights(
            experiment_split(job.experiment, places.prepared).training,
            audio_folder(job.experiment, places.prepared),
            options,
            job.experiment.channelSpread,
            Cuts.of(job.experiment.decision),
        )
    return options


def comparison(job: Job, reports: dict[str, dict[str, Any]], calibration: int) -> dict[str, Any]:
    """The result of two reports on the same clips."""
    answers = {name: ReportedClips.of(report) for name, report in reports.items()}
    first, second = answers["float32"], answers["int8"]
    speakers = np.array(first.speakers)
    figures = {
        name: {
            "uar": round(report["uar"], 4),
            "accuracy": round(report["accuracy"], 4),
            "missed": report["missed"],
        }
        for name, report in reports.items()
    }
    return {
        "protocol": job.protocol,
        "experiment": job.experiment.name,
        "fold": job.fold,
        "seed": job.seed,
        "configuration": job.configuration,
        "commit": commit(),
        "labels": list(first.labels),
        "calibrationClips": calibration,
        **figures,
        "agreement": round(float((first.answered == second.answered).mean()), 4),
        "speakers": {
            name: {
                "truth": first.truth[speakers == name].tolist(),
                "float32": first.answered[speakers == name].tolist(),
                "int8": second.answered[speakers == name].tolist(),
            }
            for name in sorted(set(first.speakers), key=lambda text: (len(text), text))
        },
    }


def load_comparisons(results: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Every comparison there is, by protocol and experiment."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for path in sorted((results / FOLDER).rglob("*.json")):
        entry = json.loads(path.read_text(encoding="utf-8"))
        found.setdefault((entry["protocol"], entry["experiment"]), []).append(entry)
    return found


def pooled_difference(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """int8 minus float32 in UAR over the clips of all folds and seeds together.

    The 95 % interval is a paired bootstrap: a round draws test speakers with replacement, each with
    the answers of both models in every seed.
    """
    count = len(entries[0]["labels"])
    matrices: dict[tuple[int, str], npt.NDArray[np.int64]] = {}
    clips = agreed = 0
    for entry in entries:
        for name, own in entry["speakers"].items():
            pair = matrices.setdefault(
                (entry["fold"], name), np.zeros((2, count, count + 1), dtype=np.int64)
            )
            truth = np.array(own["truth"])
            for index, which in enumerate(("float32", "int8")):
                # A missed clip stands in the last column.
                np.add.at(pair[index], (truth, np.array(own[which])), 1)
            clips += len(truth)
            agreed += int((np.array(own["float32"]) == np.array(own["int8"])).sum())
    stacked = np.stack(list(matrices.values()))
    full, small = _uars(stacked.sum(0))
    generator = np.random.default_rng(1)
    drawn = generator.integers(len(stacked), size=(ROUNDS, len(stacked)))
    differences = [float(np.subtract(*_uars(stacked[rows].sum(0))[::-1])) for rows in drawn]
    low, high = np.percentile(differences, [2.5, 97.5])
    return {
        "clips": clips,
        "float32": full,
        "int8": small,
        "difference": small - full,
        "interval": (float(low), float(high)),
        "agreement": agreed / clips,
    }


def _uars(pair: npt.NDArray[np.int64]) -> tuple[float, float]:
    values = []
    for matrix in pair:
        there = matrix.sum(1)
        hits = np.diagonal(matrix[:, : len(matrix)])
        values.append(float((hits[there > 0] / there[there > 0]).mean()))
    return values[0], values[1]
