"""Figures against values computed by hand."""

import numpy as np
import pytest

from affect_training.metrics import (
    bootstrap_interval,
    confusion,
    fit_temperature,
    macro_f1,
    speaker_interval,
    uar,
)

TRUTH = np.array([0, 0, 0, 1, 1, 2])
ANSWERS = np.array([0, 0, 1, 1, 5, 2])


def test_uar_is_the_mean_of_recalls() -> None:
    assert uar(TRUTH, ANSWERS, 3) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)


def test_classes_that_do_not_occur_are_left_out() -> None:
    assert uar(TRUTH[:5], ANSWERS[:5], 3) == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_answers_outside_the_labels_count_as_wrong() -> None:
    assert confusion(TRUTH, ANSWERS, 3).tolist() == [[2, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0]]


def test_macro_f1_is_the_mean_of_the_classes() -> None:
    # Class 0: precision 1, recall 2/3; class 1: 1/2 and 1/2; class 2: 1 and 1.
    assert macro_f1(TRUTH, ANSWERS, 3) == pytest.approx((4 / 5 + 1 / 2 + 1) / 3)


def test_intervals_hold_the_value_and_are_reproducible() -> None:
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 4, 200)
    answers = np.where(generator.random(200) < 0.6, truth, (truth + 1) % 4)
    low, high = bootstrap_interval(truth, answers, 4)
    assert low < uar(truth, answers, 4) < high
    assert (low, high) == bootstrap_interval(truth, answers, 4)
    speakers = [str(n % 5) for n in range(200)]
    low, high = speaker_interval(truth, answers, speakers, 4)
    assert low < uar(truth, answers, 4) < high


def test_temperature_undoes_a_scale() -> None:
    generator = np.random.default_rng(2)
    logits = generator.standard_normal((4000, 4)) * 2
    odds = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    truth = (odds.cumsum(1) < generator.random((4000, 1))).sum(1)
    assert fit_temperature(logits * 3, truth) == pytest.approx(3, rel=0.1)
