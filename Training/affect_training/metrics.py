"""Figures of a classifier: unweighted average recall, confusion, intervals, temperature."""

from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]


def confusion(truth: Integers, answers: Integers, count: int) -> Integers:
    """Rows are the truth, columns the answers; answers outside the labels count as wrong."""
    matrix = np.zeros((count, count + 1), dtype=np.int64)
    inside = np.where((answers >= 0) & (answers < count), answers, count)
    np.add.at(matrix, (truth, inside), 1)
    return matrix


def recalls(truth: Integers, answers: Integers, count: int) -> Reals:
    """Recall of each class, NaN for a class that does not occur."""
    matrix = confusion(truth, answers, count)
    with np.errstate(invalid="ignore"):
        values: Reals = np.diagonal(matrix) / matrix.sum(1)
    return values


def uar(truth: Integers, answers: Integers, count: int) -> float:
    """Unweighted average recall over the classes that occur, 0 … 1."""
    return float(np.nanmean(recalls(truth, answers, count)))


def macro_f1(truth: Integers, answers: Integers, count: int) -> float:
    """Mean of the F1 of the classes that occur, 0 … 1."""
    matrix = confusion(truth, answers, count)
    hits, there = np.diagonal(matrix), matrix.sum(1)
    values = 2 * hits / np.maximum(1, there + matrix[:, :count].sum(0))
    return float(values[there > 0].mean())


def bootstrap_interval(
    truth: Integers, answers: Integers, count: int, seed: int = 1, rounds: int = 2000
) -> tuple[float, float]:
    """95 % interval of the UAR by resampling files with replacement (percentiles)."""
    generator = np.random.default_rng(seed)
    values = np.empty(rounds)
    for index in range(rounds):
        drawn = generator.integers(len(truth), size=len(truth))
        values[index] = uar(truth[drawn], answers[drawn], count)
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def speaker_interval(
    truth: Integers,
    answers: Integers,
    speakers: list[str],
    count: int,
    seed: int = 1,
    rounds: int = 2000,
) -> tuple[float, float]:
    """95 % interval of the UAR by resampling whole speakers with replacement (percentiles)."""
    generator = np.random.default_rng(seed)
    names = sorted(set(speakers))
    matrices = []
    for name in names:
        own = np.array([speaker == name for speaker in speakers])
        matrices.append(confusion(truth[own], answers[own], count))
    stacked = np.stack(matrices)
    values = np.empty(rounds)
    for index in range(rounds):
        matrix = stacked[generator.integers(len(names), size=len(names))].sum(0)
        with np.errstate(invalid="ignore"):
            values[index] = np.nanmean(np.diagonal(matrix) / matrix.sum(1))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def cross_entropy(logits: Reals, truth: Integers, temperature: float) -> float:
    """Mean negative logarithm of the probability of the truth."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(1, keepdims=True)
    logarithms = scaled - np.log(np.exp(scaled).sum(1, keepdims=True))
    return float(-logarithms[np.arange(len(truth)), truth].mean())


def fit_temperature(logits: Reals, truth: Integers) -> float:
    """The temperature of least cross-entropy within 0.05 … 20, to three significant digits."""
    candidates = np.geomspace(0.05, 20, 2000)
    losses = [cross_entropy(logits, truth, float(value)) for value in candidates]
    return float(f"{candidates[int(np.argmin(losses))]:.3g}")


def report(
    logits: Reals, truth: Integers, speakers: list[str], labels: tuple[str, ...]
) -> dict[str, Any]:
    """The figures of one set of predictions, ready for JSON."""
    answers = logits.argmax(1)
    around = speaker_interval(truth, answers, speakers, len(labels))
    low, high = bootstrap_interval(truth, answers, len(labels))
    return {
        "count": len(truth),
        "uar": round(uar(truth, answers, len(labels)), 4),
        "uarInterval": [round(low, 4), round(high, 4)],
        "uarIntervalSpeakers": [round(value, 4) for value in around],
        "accuracy": round(float((truth == answers).mean()), 4),
        "recalls": {
            label: round(float(value), 4)
            for label, value in zip(labels, recalls(truth, answers, len(labels)), strict=True)
        },
        "confusion": confusion(truth, answers, len(labels))[:, : len(labels)].tolist(),
        "temperature": fit_temperature(logits, truth),
    }
