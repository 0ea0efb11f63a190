"""The same network at its published protocol and on unseen speakers, side by side."""

from dataclasses import replace
from typing import Any

from .jobs.figures import RowFigures

HEAD = (
    "The same network twice: at the protocol that it was published with, where its test speakers "
    "are heard in training, and on speakers that it never heard. Accuracy, with the unweighted "
    "average recall in brackets, and the folds that are scored: of our network those that the "
    "rebuild has done, too, with the name of its experiment, whose row says whether it heard other "
    "corpora before. The rebuilt systems are made from their descriptions "
    "(`Training/affect_training/models/published` says what was chosen where a description is "
    "silent) and see the device's features. Augmented copies are made of training clips alone, "
    "after the split: where a published figure comes from copies that were dealt to both sides, "
    "no rebuild can reach it."
)
COLUMNS = [
    "system",
    "published",
    "rebuilt, its protocol",
    "rebuilt, unseen speakers",
    "our compact CNN, its protocol",
    "our compact CNN, unseen speakers",
]


def side_by_side(rows: list[RowFigures], published: list[dict[str, Any]]) -> list[list[str]]:
    """The cells of the table; a published system that names no rebuild has no line."""
    found = {(row.row.protocol, row.row.experiment): row for row in rows}
    lines = [COLUMNS]
    for system in published:
        if "rebuilt" not in system:
            continue
        rebuilt, compact = [], []
        protocols = (system["ownProtocol"], system["unseenSpeakers"])
        for protocol, ours in zip(protocols, system["compact"], strict=True):
            pair = _on_common_folds(
                found.get((protocol, system["rebuilt"])), found.get((protocol, ours))
            )
            rebuilt.append(_cell(pair[0]))
            compact.append(f"{_cell(pair[1])} ({ours})")
        lines.append([system["name"], f"{100 * system['accuracy']:.1f} %", *rebuilt, *compact])
    return lines


def _on_common_folds(
    first: RowFigures | None, second: RowFigures | None
) -> tuple[RowFigures | None, RowFigures | None]:
    """Both on the folds that both have done, if there are any: folds are not equally hard."""
    if first is None or second is None:
        return first, second
    common = _folds(first) & _folds(second)
    if not common:
        return first, second
    kept = [
        replace(row, results=tuple(r for r in row.results if r["fold"] in common))
        for row in (first, second)
    ]
    return kept[0], kept[1]


def _folds(row: RowFigures) -> set[int]:
    return {result["fold"] for result in row.results}


def _cell(row: RowFigures | None) -> str:
    if row is None or not row.results:
        return "not run"
    folds = " ".join(str(fold) for fold in sorted(_folds(row)))
    return f"{100 * row.mean('accuracy'):.1f} % ({100 * row.mean('uar'):.1f}), fold {folds}"
