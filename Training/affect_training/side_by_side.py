"""The same network at its published protocol and on unseen speakers, side by side."""

from typing import Any

from .jobs.figures import RowFigures

HEAD = (
    "The same network twice: at the protocol that it was published with, where its test speakers "
    "are heard in training, and on speakers that it never heard. Accuracy, with the unweighted "
    "average recall in brackets. The rebuilt systems are made from their descriptions "
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
        protocols = (system["ownProtocol"], system["unseenSpeakers"])
        lines.append(
            [
                system["name"],
                f"{100 * system['accuracy']:.1f} %",
                *(_cell(found.get((protocol, system["rebuilt"]))) for protocol in protocols),
                *(_cell(found.get(key)) for key in zip(protocols, system["compact"], strict=True)),
            ]
        )
    return lines


def _cell(row: RowFigures | None) -> str:
    if row is None or not row.results:
        return "not run"
    text = f"{100 * row.mean('accuracy'):.1f} % ({100 * row.mean('uar'):.1f})"
    count, total = len(row.results), len(row.row.jobs)
    return text if count == total else f"{text}, {count} of {total}"
