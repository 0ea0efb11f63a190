"""The page shows what the files hold, and nothing that was not run."""

from pathlib import Path
from typing import Any

import pytest

from affect_training.cli import main
from affect_training.jobs.figures import RowFigures
from affect_training.jobs.table import Row
from affect_training.results_page import overview, page
from affect_training.side_by_side import side_by_side

TRAINING = Path(__file__).resolve().parents[1]


def result(fold: int, seed: int, hits: int) -> dict[str, Any]:
    """Two speakers with ten clips of each of two classes; `hits` of the second class are right."""
    matrix = [[10, 0, 0], [10 - hits, hits, 0]]
    return {
        "fold": fold,
        "seed": seed,
        "labels": ["calm", "sad"],
        "count": 40,
        "missed": 0,
        "commit": "0123456789abcdef",
        "seconds": 12.0,
        "uar": (1 + hits / 10) / 2,
        "accuracy": (1 + hits / 10) / 2,
        "macroF1": 0.5,
        "recalls": {"calm": 1.0, "sad": hits / 10},
        "confusions": {"1": matrix, "2": matrix},
    }


def row(*results: dict[str, Any]) -> RowFigures:
    jobs: Any = (None,) * 4
    return RowFigures(Row("folds", "toy", "A note.", jobs), results)


def test_mean_is_over_folds_and_seeds() -> None:
    made = row(result(1, 1, 2), result(2, 1, 4), result(1, 2, 6), result(2, 2, 8))
    # Recalls of the second class 0.2, 0.4, 0.6, 0.8; of the first 1.
    assert made.mean("uar") == pytest.approx(0.75)
    assert made.recall("sad") == pytest.approx(0.5)
    # Both speakers are alike, so only the seeds spread: seed 1 alone 0.65, seed 2 alone 0.85.
    assert made.uar_interval() == pytest.approx((0.65, 0.85))


def test_a_fold_that_is_ahead_by_a_seed_does_not_count_twice() -> None:
    made = row(result(1, 1, 2), result(2, 1, 8), result(1, 2, 4))
    # Fold 1: (0.6 + 0.7) / 2, fold 2: 0.9.
    assert made.mean("uar") == pytest.approx((0.65 + 0.9) / 2)
    low, high = made.uar_interval()
    # Rounds that draw seed 2 alone say nothing of fold 2: seed 1 alone 0.75, both 0.775.
    assert (low, high) == pytest.approx((0.75, 0.775))


def test_a_row_that_remembers_voices_says_what_it_has_without() -> None:
    made = row(*(result(1, seed, 4) | {"alone": {"uar": 0.5 + seed / 10}} for seed in (1, 2)))
    assert made.alone == pytest.approx(0.65)
    assert "70.0 % [70.0 … 70.0]; alone 65.0 %" in "\n".join(overview([made], []))
    assert row(result(1, 1, 4)).alone is None


def test_one_seed_of_like_speakers_does_not_spread() -> None:
    assert row(result(1, 1, 4)).uar_interval() == pytest.approx((0.7, 0.7))


def test_where_every_fold_tests_one_speaker_the_folds_are_drawn() -> None:
    first, second = result(1, 1, 2), result(2, 1, 8)
    for one, name in ((first, "1"), (second, "2")):
        one["confusions"] = {name: one["confusions"]["1"]}
    # 0.6 and 0.9; a quarter of the rounds draws the first twice, a quarter the second.
    assert row(first, second).uar_interval() == pytest.approx((0.6, 0.9))


def test_a_row_that_was_not_run_says_so() -> None:
    text = page([row()], [])
    assert "| folds | toy | 0 of 4 | not run | – | – |" in text
    assert "##" not in text


def test_a_row_that_was_half_run_says_how_far() -> None:
    text = page([row(result(1, 1, 4), result(2, 1, 4))], [])
    assert "| folds | toy | 2 of 4 | 70.0 % [70.0 … 70.0] | 70.0 % | 50.0 % |" in text
    assert "| 1 | 70.0 % | 70.0 % |" in text
    assert "A note." in text


def test_published_figures_are_marked_as_theirs() -> None:
    system = {"name": "X", "about": "of others", "protocol": "theirs", "accuracy": 0.93}
    line = overview([], [system])[-1]
    assert line == "| theirs | X: of others (*published*) | not run by us | – | 93.0 % | – |"


def test_a_rebuilt_system_stands_beside_itself_on_unseen_speakers() -> None:
    def made(protocol: str, experiment: str, *results: dict[str, Any]) -> RowFigures:
        return RowFigures(Row(protocol, experiment, "", ()), results)

    system = {
        "name": "X",
        "about": "of others",
        "protocol": "theirs",
        "accuracy": 0.93,
        "rebuilt": "again",
        "compact": ["ours", "ours-unseen"],
        "ownProtocol": "by-file",
        "unseenSpeakers": "by-speaker",
    }
    rows = [
        made("by-file", "again", result(1, 1, 8)),
        made("by-speaker", "again", result(1, 1, 4), result(3, 1, 6)),
        made("by-speaker", "ours-unseen", result(1, 1, 6), result(2, 1, 0), result(3, 1, 10)),
    ]
    expected = [
        "X",
        "93.0 %",
        "90.0 % (90.0), fold 1",
        "75.0 % (75.0), fold 1 3",
        "not run (ours)",
        "90.0 % (90.0), fold 1 3 (ours-unseen)",
    ]
    assert side_by_side(rows, [system])[1:] == [expected]
    assert "| " + " | ".join(expected) + " |" in page(rows, [system])
    assert "rebuilt: again" in overview([], [system])[-1]


def test_a_system_that_is_not_rebuilt_has_no_line_beside_itself() -> None:
    system = {"name": "X", "about": "of others", "protocol": "theirs", "accuracy": 0.93}
    assert len(side_by_side([], [system])) == 1


def test_the_page_in_the_repository_is_what_the_results_give(tmp_path: Path) -> None:
    written = tmp_path / "Results.md"
    assert main(["results", "--output", str(written)]) == 0
    kept = TRAINING.parent / "Documentation" / "Results.md"
    assert written.read_text() == kept.read_text(), "run `affect_training results`"


def test_results_name_no_folder_of_a_machine() -> None:
    for path in (TRAINING / "results").rglob("*.json"):
        text = path.read_text()
        assert '"/' not in text and "../" not in text and "~" not in text, path
