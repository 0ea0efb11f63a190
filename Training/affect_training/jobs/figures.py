"""Figures of a row: mean over its folds and seeds, with an interval."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .runner import is_result_of
from .table import Row

Interval = tuple[float, float]


@dataclass(frozen=True)
class RowFigures:
    """What the finished jobs of a row say; `results` in the order of the table."""

    row: Row
    results: tuple[dict[str, Any], ...]

    def mean(self, name: str) -> float:
        """Of a figure, over the finished jobs."""
        return float(np.mean([result[name] for result in self.results]))

    def recall(self, label: str) -> float:
        """Of a class, over the finished jobs in which it occurs."""
        values = [result["recalls"][label] for result in self.results]
        return float(np.mean([value for value in values if value is not None]))

    def uar_interval(self, rounds: int = 2000) -> Interval:
        """95 % bootstrap interval of the mean UAR (percentiles, fixed draws).

        A round draws seeds with replacement, and within each fold its test speakers with
        replacement, the same speakers for every seed: speakers differ more than clips do, and the
        answers of two seeds to the same speaker are no independent evidence.
        """
        generator = np.random.default_rng(1)
        folds: dict[int, dict[int, npt.NDArray[np.int64]]] = {}
        for result in self.results:
            stacked = np.array(list(result["confusions"].values()), dtype=np.int64)
            folds.setdefault(result["fold"], {})[result["seed"]] = stacked
        seeds = sorted({result["seed"] for result in self.results})
        values = np.empty(rounds)
        for index in range(rounds):
            drawn = [seeds[n] for n in generator.integers(len(seeds), size=len(seeds))]
            found = []
            for runs in folds.values():
                count = len(next(iter(runs.values())))
                speakers = generator.integers(count, size=count)
                # A seed that has not reached this fold yet is left out of it.
                found += [_uar(runs[seed][speakers].sum(0)) for seed in drawn if seed in runs]
            values[index] = np.mean(found) if found else np.nan
        low, high = np.nanpercentile(values, [2.5, 97.5])
        return float(low), float(high)


def _uar(matrix: npt.NDArray[np.int64]) -> float:
    there = matrix.sum(1)
    return float((np.diagonal(matrix)[there > 0] / there[there > 0]).mean())


def figures_of(row: Row, results: Path) -> RowFigures:
    """Reads the results of a row's jobs; those of another configuration do not count."""
    found = []
    for job in row.jobs:
        path = job.result_path(results)
        if path.exists() and is_result_of(job, path):
            found.append(json.loads(path.read_text(encoding="utf-8")))
    return RowFigures(row, tuple(found))
