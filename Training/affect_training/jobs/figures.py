"""Figures of a row: mean over its folds and seeds, with an interval."""

import json
from collections.abc import Callable
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
        """Of a figure: over the seeds of each fold, then over the folds."""
        return self._mean(lambda result: result[name])

    @property
    def alone(self) -> float | None:
        """Mean UAR with every clip heard alone, of a recipe that remembers voices."""
        if not all("alone" in result for result in self.results):
            return None
        return self._mean(lambda result: result["alone"]["uar"])

    def recall(self, label: str) -> float:
        """Of a class, over the folds in which it occurs."""
        return self._mean(lambda result: result["recalls"][label])

    def _mean(self, pick: Callable[[dict[str, Any]], float | None]) -> float:
        # Folds differ more than seeds do: a fold that is ahead by a seed must not count twice.
        folds: dict[int, list[float]] = {}
        for result in self.results:
            value = pick(result)
            if value is not None:
                folds.setdefault(result["fold"], []).append(value)
        return float(np.mean([np.mean(found) for found in folds.values()]))

    def uar_interval(self, rounds: int = 2000) -> Interval:
        """95 % bootstrap interval of the mean UAR (percentiles, fixed draws).

        A round draws seeds with replacement, and within each fold its test speakers with
        replacement, the same speakers for every seed: speakers differ more than clips do, and the
        answers of two seeds to the same speaker are no independent evidence. Where every fold tests
        one speaker, the folds are drawn: they are the speakers.
        """
        generator = np.random.default_rng(1)
        folds: dict[int, dict[int, npt.NDArray[np.int64]]] = {}
        for result in self.results:
            stacked = np.array(list(result["confusions"].values()), dtype=np.int64)
            folds.setdefault(result["fold"], {})[result["seed"]] = stacked
        seeds = sorted({result["seed"] for result in self.results})
        alone = all(len(stack) == 1 for runs in folds.values() for stack in runs.values())
        everybody = list(folds.values())
        values = np.empty(rounds)
        for index in range(rounds):
            drawn = [seeds[n] for n in generator.integers(len(seeds), size=len(seeds))]
            means = []
            tested = everybody
            if alone:
                chosen = generator.integers(len(everybody), size=len(everybody))
                tested = [everybody[n] for n in chosen]
            for runs in tested:
                count = len(next(iter(runs.values())))
                speakers = generator.integers(count, size=count)
                # A seed that has not reached this fold yet is left out of it.
                found = [_uar(runs[seed][speakers].sum(0)) for seed in drawn if seed in runs]
                if found:
                    means.append(np.mean(found))
            values[index] = np.mean(means) if len(means) == len(tested) else np.nan
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
