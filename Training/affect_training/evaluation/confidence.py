"""What confidences are worth: calibration, and what is won by answering `unknown`."""

from typing import Any

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

BINS = 10


def calibration(confidences: Reals, right: Flags) -> dict[str, Any]:
    """Expected calibration error over ten bins of equal width, with the bins.

    - Source: Guo et al., On Calibration of Modern Neural Networks (2017), equation 3.
    """
    index = np.minimum((confidences * BINS).astype(int), BINS - 1)
    bins = []
    error = 0.0
    for number in range(BINS):
        own = index == number
        count = int(own.sum())
        if count == 0:
            continue
        confidence, accuracy = float(confidences[own].mean()), float(right[own].mean())
        error += count / len(right) * abs(accuracy - confidence)
        bins.append(
            {
                "from": number / BINS,
                "count": count,
                "confidence": round(confidence, 4),
                "accuracy": round(accuracy, 4),
            }
        )
    return {"ece": round(error, 4), "bins": bins}


def risk_coverage(confidences: Reals, right: Flags, points: int = 100) -> list[list[float]]:
    """Share answered and share of it that is wrong, from the surest answer on; at most `points`."""
    wrong = np.cumsum(~right[np.argsort(-confidences, kind="stable")])
    counts = np.unique(np.linspace(1, len(right), min(points, len(right))).round().astype(int))
    return [[round(n / len(right), 4), round(float(wrong[n - 1] / n), 4)] for n in counts]


def at_threshold(confidences: Reals, right: Flags, threshold: float) -> dict[str, float | None]:
    """What is answered, and wrong, when less than `threshold` is answered `unknown`."""
    answered = confidences >= threshold
    risk = float((~right[answered]).mean()) if answered.any() else None
    return {
        "threshold": threshold,
        "coverage": round(float(answered.mean()), 4),
        "risk": None if risk is None else round(risk, 4),
    }
