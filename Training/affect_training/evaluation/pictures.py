"""Plots of a shipped model's figures; this module needs matplotlib."""

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot

BLUE, GREY = "#1f77b4", "#888888"


def draw(result: dict[str, Any], folder: Path, name: str) -> list[Path]:
    """Every plot of a result, as `NAME-WHAT.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for what, plot in PLOTS.items():
        figure = plot(result)
        path = folder / f"{name}-{what}.png"
        figure.savefig(path, dpi=80, metadata={"Software": None})
        pyplot.close(figure)
        made.append(path)
    return made


def confusion(result: dict[str, Any]) -> Any:
    """Counts, shaded by the share of the truth."""
    labels = result["figures"]["labels"]
    counts = np.array(result["figures"]["confusion"])
    shares = counts / np.maximum(1, counts.sum(1, keepdims=True))
    figure, axis = pyplot.subplots(figsize=(6.4, 5.6), layout="constrained")
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        colour = "white" if shares[row, column] > 0.55 else "black"
        if counts[row, column]:
            axis.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    axis.set_xticks(range(len(labels)), labels, rotation=40, ha="right")
    axis.set_yticks(range(len(labels)), labels)
    axis.set(xlabel="answer", ylabel="truth")
    return figure


def reliability(result: dict[str, Any]) -> Any:
    """Accuracy against confidence, and how often each confidence is given."""
    found = result["calibration"]
    bins = found["bins"]
    figure, (axis, below) = pyplot.subplots(
        2, 1, figsize=(5.6, 5.6), height_ratios=(3, 1), sharex=True, layout="constrained"
    )
    axis.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="perfect calibration")
    axis.plot(
        [b["confidence"] for b in bins],
        [b["accuracy"] for b in bins],
        "o-",
        color=BLUE,
        label=f"model, ECE {100 * found['ece']:.1f} %",
    )
    axis.set(ylabel="share that is right", ylim=(0, 1), xlim=(0, 1))
    axis.legend(loc="upper left")
    below.bar(
        [b["from"] for b in bins],
        [b["count"] for b in bins],
        0.1,
        align="edge",
        color=BLUE,
        edgecolor="white",
    )
    below.set(xlabel="probability of the answer", ylabel="clips")
    return figure


def risk(result: dict[str, Any]) -> Any:
    """Error among what is answered against how much is answered; the model's threshold marked."""
    points = np.array(result["riskCoverage"])
    figure, axis = pyplot.subplots(figsize=(6, 4), layout="constrained")
    axis.plot(100 * points[:, 0], 100 * points[:, 1], color=BLUE)
    mark = result["unknown"]
    if mark["risk"] is not None:
        axis.plot(
            100 * mark["coverage"],
            100 * mark["risk"],
            "o",
            color="crimson",
            label=f"unknown below {mark['threshold']:.2f}: answers {100 * mark['coverage']:.0f} %, "
            f"{100 * mark['risk']:.0f} % wrong",
        )
        axis.legend(loc="upper left")
    axis.set(xlabel="clips that are answered, %", ylabel="of them wrong, %", xlim=(0, 102))
    axis.set_ylim(bottom=0, top=1.25 * float(100 * points[:, 1].max()) + 1)
    axis.grid(alpha=0.3)
    return figure


def robustness(result: dict[str, Any]) -> Any:
    """UAR against the signal-to-noise ratio of each kind of noise, with intervals."""
    found = result["robustness"]
    figure, axis = pyplot.subplots(figsize=(6.4, 4.2), layout="constrained")
    clean = found["clean"]["uar"]
    for offset, (kind, levels) in enumerate(found["kinds"].items()):
        at = [level["snr"] + 0.3 * (offset - 1.5) for level in levels]
        values = np.array([level["uar"] for level in levels])
        low, high = np.array([level["uarInterval"] for level in levels]).T
        errors = 100 * np.maximum(0, np.array([values - low, high - values]))
        axis.errorbar(at, 100 * values, errors, marker="o", capsize=3, label=kind)
    axis.axhline(100 * clean, color=GREY, linestyle="--", label=f"clean, {100 * clean:.1f} %")
    chance = 100 / len(result["figures"]["labels"])
    axis.axhline(chance, color=GREY, linestyle=":", label=f"chance, {chance:.1f} %")
    axis.invert_xaxis()
    axis.set(xlabel="signal over noise, dB", ylabel="UAR, %", ylim=(0, 100))
    axis.legend(ncols=2, loc="upper right", fontsize=8)
    axis.grid(alpha=0.3)
    return figure


def speakers(result: dict[str, Any]) -> Any:
    """UAR of each sex and each speaker with 95 % intervals."""
    rows = [*result["sexes"].items(), *result["speakers"].items()]
    figure, axis = pyplot.subplots(figsize=(6, 1 + 0.28 * len(rows)), layout="constrained")
    for index, (_, group) in enumerate(rows):
        low, high = group["uarInterval"]
        colour = "crimson" if index < len(result["sexes"]) else BLUE
        axis.plot([100 * low, 100 * high], [index, index], color=colour)
        axis.plot(100 * group["uar"], index, "o", color=colour)
    axis.set_yticks(range(len(rows)), [f"{name} ({group['count']})" for name, group in rows])
    axis.invert_yaxis()
    axis.axvline(100 * result["figures"]["uar"], color=GREY, linestyle="--")
    axis.set(xlabel="UAR, % (clips in brackets; dashed: all)", xlim=(0, 100))
    axis.grid(alpha=0.3, axis="x")
    return figure


def occlusion(result: dict[str, Any]) -> Any:
    """How much the probability of the truth falls when a part of time and frequency is hidden."""
    found = result["occlusion"]
    maps = found["maps"]
    columns = 4 if len(maps) > 6 else 3
    rows = -(-len(maps) // columns)
    figure, axes = pyplot.subplots(
        rows,
        columns,
        figsize=(2.6 * columns + 0.8, 2.5 * rows),
        squeeze=False,
        sharex=True,
        sharey=True,
        layout="constrained",
    )
    limit = 100 * max(float(np.abs(values).max()) for values in map(np.array, maps.values()))
    edges = np.array(found["edges"]) / 1000
    shown: Any = None
    for axis, (label, values) in zip(axes.flat, maps.items(), strict=False):
        shown = axis.pcolormesh(
            np.linspace(0, 100, found["parts"] + 1),
            np.arange(len(edges)),
            100 * np.array(values),
            cmap="RdBu_r",
            vmin=-limit,
            vmax=limit,
        )
        axis.set_title(f"{label} ({found['counts'][label]})", fontsize=10)
        axis.set_yticks(np.arange(len(edges)), [f"{edge:.2g}" for edge in edges], fontsize=8)
    for axis in axes.flat[len(maps) :]:
        axis.set_visible(False)
    for row in axes:
        row[0].set_ylabel("kHz")
    for axis in axes[-1]:
        axis.set_xlabel("time of speech, %")
    bar = figure.colorbar(shown, ax=axes, shrink=0.8)
    bar.set_label("probability of the truth falls by, points")
    return figure


PLOTS = {
    "confusion": confusion,
    "reliability": reliability,
    "risk-coverage": risk,
    "robustness": robustness,
    "speakers": speakers,
    "occlusion": occlusion,
}
