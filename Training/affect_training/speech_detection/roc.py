"""Receiver operating characteristic of scores against truth."""

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


def area_under_curve(scores: Reals, truth: Truths) -> float:
    """The share of pairs of speech and noise in which speech scores higher; ties count half."""
    positive, negative = np.sort(scores[truth]), np.sort(scores[~truth])
    if len(positive) == 0 or len(negative) == 0:
        raise ValueError("the curve needs speech and noise")
    below = np.searchsorted(negative, positive, "left").sum()
    upto = np.searchsorted(negative, positive, "right").sum()
    return float((below + upto) / 2 / len(positive) / len(negative))


def threshold_at(scores: Reals, truth: Truths, false_alarm_rate: float) -> float:
    """The lowest threshold `t` at which `score ≥ t` takes no more than this share of noise for
    speech."""
    levels, counts = np.unique(scores[~truth], return_counts=True)
    at_least = counts[::-1].cumsum()[::-1]
    allowed = np.flatnonzero(at_least <= false_alarm_rate * counts.sum())
    if len(allowed) == 0:
        return float(np.nextafter(levels[-1], np.inf))
    first = int(allowed[0])
    return float(np.nextafter(levels[first - 1], np.inf) if first else levels[0])


def hit_rate_at(scores: Reals, truth: Truths, false_alarm_rate: float) -> float:
    """The share of speech that is found with no more than this share of false alarms."""
    return float((scores[truth] >= threshold_at(scores, truth, false_alarm_rate)).mean())
