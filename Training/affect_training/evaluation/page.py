"""The sections of `Documentation/Results.md` about shipped models and about quantisation."""

import json
from pathlib import Path
from typing import Any

from .folds import load_comparisons, pooled_difference

PLOTS = "results"
"""Folder of the plots beside the page."""


def load_models(results: Path) -> dict[str, dict[str, Any]]:
    """The results of `affect_training evaluate`, by the name of the model file."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((results / "models").glob("*.json"))
    }


def sections(results: Path) -> list[str]:
    """Paragraphs and tables, each a block of the page."""
    blocks = []
    for name, result in load_models(results).items():
        blocks += model_section(name, result)
    comparisons = load_comparisons(results)
    return blocks + (quantization_section(comparisons) if comparisons else [])


def percent(value: float | None) -> str:
    """One decimal, or a dash."""
    return "–" if value is None else f"{100 * value:.1f} %"


def interval(pair: list[float]) -> str:
    """In per cent; a dash where nothing varies, as over a single speaker."""
    return "–" if pair[0] == pair[1] else f"{100 * pair[0]:.1f} … {100 * pair[1]:.1f}"


def table(rows: list[list[str]]) -> str:
    """A Markdown table; the first row is its head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def image(name: str, what: str, about: str) -> str:
    """A plot."""
    return f"![{about}]({PLOTS}/{name}-{what}.png)"


def model_section(name: str, result: dict[str, Any]) -> list[str]:
    """Everything that is known of a shipped model."""
    model = result["model"]
    return [
        f"## {name}: the shipped model on people that it never heard",
        f"{model['name']} {model['version']}, {model['precision']}, SHA-256 "
        f"`{model['digest'][:16]}…`, trained on {', '.join(result['trainedOn'])}; fold "
        f"{result['fold']} of `{result['protocol']}`, measured by `affect-model evaluate` at "
        f"commit `{result['commit'][:10]}`: the device's gate, front end and arithmetic. A clip in "
        "which the gate stays shut counts as wrong. Plots and figures: `affect_training evaluate`.",
        *voice_block(result),
        corpora_table(result),
        classes_table(result["figures"]),
        image(name, "confusion", "confusion matrix"),
        *confidence_blocks(name, result),
        *robustness_blocks(name, result),
        *speaker_blocks(name, result),
        *occlusion_blocks(name, result),
    ]


def voice_block(result: dict[str, Any]) -> list[str]:
    """How a model that remembers voices was measured."""
    if "alone" not in result:
        return []
    return [
        "The model remembers the voice: the clips of a speaker were heard one after the other, in "
        "an order given by the digests of their names, nothing remembered before the first and no "
        "label told. In the line “every clip alone” nothing was remembered before any clip, as "
        "after five minutes of silence; nor was it for the maps of what the model listens to."
    ]


def corpora_table(result: dict[str, Any]) -> str:
    """One line a corpus; those that the model was not trained on say so."""
    rows = [
        [
            "test clips",
            "clips",
            "missed",
            "UAR",
            "95 % over clips",
            "95 % over speakers",
            "accuracy",
            "macro F1",
        ]
    ]
    tested = result["testedOn"]
    entries = [(name, result["corpora"][name]) for name in tested]
    if len(tested) > 1:
        entries.insert(0, (" and ".join(tested), result["figures"]))
    if "alone" in result:
        entries.append((f"{' and '.join(tested)}, every clip alone", result["alone"]))
    entries.append((f"{' and '.join(tested)}, no gate", result["withoutGate"]))
    entries += [
        (f"{name}, a corpus that it was not trained on", figures)
        for name, figures in result["corpora"].items()
        if name not in tested
    ]
    for what, figures in entries:
        around = figures["intervals"]
        rows.append(
            [
                what,
                str(figures["count"]),
                str(figures["missed"]),
                percent(figures["uar"]),
                interval(around["files"]["uar"]),
                interval(around["speakers"]["uar"]),
                percent(figures["accuracy"]),
                percent(figures["macro_f1"]),
            ]
        )
    return table(rows)


def classes_table(figures: dict[str, Any]) -> str:
    """Precision, recall, F1 and support of every class."""
    rows = [["class", "clips", "recall", "precision", "F1"]]
    for label in figures["labels"]:
        own = figures["per_class"][label]
        rows.append(
            [
                label,
                str(own["count"]),
                percent(own["recall"]),
                percent(own["precision"]),
                percent(own["f1"]),
            ]
        )
    return table(rows)


def confidence_blocks(name: str, result: dict[str, Any]) -> list[str]:
    """Calibration and `unknown`."""
    mark = result["unknown"]
    return [
        f"Calibration: the expected calibration error over ten bins is "
        f"{percent(result['calibration']['ece'])}. The device answers `unknown` below a "
        f"probability of {mark['threshold']:.2f}: {percent(mark['coverage'])} of the clips are "
        f"then answered, {percent(mark['risk'])} of these wrongly.",
        image(name, "reliability", "reliability diagram"),
        image(name, "risk-coverage", "error among the answered against the share answered"),
    ]


def robustness_blocks(name: str, result: dict[str, Any]) -> list[str]:
    """UAR under noise."""
    found = result["robustness"]
    heard = [kind for kind in result["noiseHeardInTraining"] if kind in found["kinds"]]
    levels = [level["snr"] for level in next(iter(found["kinds"].values()))]
    rows = [["UAR with noise", "clean", *(f"{level} dB" for level in levels)]]
    clean = percent(found["clean"]["uar"])
    for kind, entries in found["kinds"].items():
        rows.append([kind, clean, *(percent(entry["uar"]) for entry in entries)])
    also = (
        f" The model heard other recordings of {' and '.join(heard)} in training, of the training "
        "side."
        if heard
        else ""
    )
    if "alone" in result:
        also += " What is remembered was heard in the same kind of noise, at the same ratio."
    return [
        f"Noise, on {found['count']} of the clips, signal over noise measured over the samples in "
        "which there is speech; recordings of the test side of `Training/speech/noise.csv`, and "
        f"babble of four clips of other test speakers.{also}",
        table(rows),
        image(name, "robustness", "UAR against the signal-to-noise ratio"),
    ]


def speaker_blocks(name: str, result: dict[str, Any]) -> list[str]:
    """UAR of sexes and speakers."""
    rows = [["who", "speakers", "clips", "UAR", "95 %", "accuracy"]]
    for who, group in [*result["sexes"].items(), *result["speakers"].items()]:
        rows.append(
            [
                who,
                str(group["speakers"]),
                str(group["count"]),
                percent(group["uar"]),
                interval(group["uarInterval"]),
                percent(group["accuracy"]),
            ]
        )
    return [
        "By sex (intervals over speakers) and by speaker (intervals over clips). Intervals over "
        "two or three speakers say little.",
        table(rows),
        image(name, "speakers", "UAR of each sex and speaker"),
    ]


def occlusion_blocks(name: str, result: dict[str, Any]) -> list[str]:
    """What the network listens to."""
    found = result["occlusion"]
    return [
        "What it listens to: in the audio itself, one cell of frequency and time after the other "
        "is lowered by 30 dB, and the product hears the result. Red is where the probability of "
        "the true emotion falls, blue where it rises; means over "
        f"{max(found['counts'].values())} clips an emotion, time from the first to the last "
        "sample of speech.",
        image(name, "occlusion", "what the network listens to, for each emotion"),
    ]


def quantization_section(
    comparisons: dict[tuple[str, str], list[dict[str, Any]]],
) -> list[str]:
    """int8 minus full precision, a line a protocol and experiment."""
    rows = [
        [
            "protocol",
            "system",
            "folds × seeds",
            "clips",
            "float32 UAR",
            "int8 UAR",
            "difference, points",
            "labels that agree",
        ]
    ]
    for (protocol, experiment), entries in comparisons.items():
        pooled = pooled_difference(entries)
        low, high = pooled["interval"]
        rows.append(
            [
                protocol,
                experiment,
                str(len(entries)),
                str(pooled["clips"]),
                percent(pooled["float32"]),
                percent(pooled["int8"]),
                f"{100 * pooled['difference']:+.2f} [{100 * low:+.2f} … {100 * high:+.2f}]",
                percent(pooled["agreement"]),
            ]
        )
    return [
        "## int8 against full precision",
        "Networks of finished jobs, quantised by `affect-model quantize` on clips of their own "
        "training side, and measured in both precisions on their test side by `affect-model "
        "evaluate` (`affect_training quantize-folds`). UAR over the clips of all folds and seeds "
        "together; in brackets the 95 % interval of the difference, a paired bootstrap over test "
        "speakers.",
        table(rows),
    ]
