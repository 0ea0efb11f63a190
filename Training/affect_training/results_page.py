"""`Documentation/Results.md`: every figure on it comes from a file in `Training`."""

import textwrap
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .jobs.figures import RowFigures
from .side_by_side import HEAD as SIDE_BY_SIDE
from .side_by_side import side_by_side

HEAD = [
    "# Results",
    "Written by `affect_training results` from `Training/results`, "
    "`Training/experiments/jobs.toml` and `Training/experiments/published.toml`; do not edit it.",
    "Each of our rows trains its recipe anew in every fold and scores the test side of the fold "
    "once. **These folds measure the recipe, not a shipped model**: a shipped model is trained "
    "once, and its section below and its card in `Models/` give the figures of the people that it "
    "never heard, on the device's arithmetic. The rows here are full precision in PyTorch, on "
    "features of the device's own front end behind its energy gate; a clip in which the gate "
    "stays shut counts as wrong.",
    "UAR is the unweighted average recall; means are over the seeds of a fold, then over folds. "
    "In brackets: 95 % bootstrap interval of the mean, test speakers drawn anew within "
    "each fold (folds, where each tests one speaker) and seeds drawn anew. Rows marked "
    "*published* are the figures of their authors, on their own splits; nothing of ours is in "
    "them.",
    "A recipe whose name ends with `-voice` normalises an utterance together with those that it "
    "heard before, as the device does with such a model (`voiceMemoryFrames`). The clips of a test "
    "speaker are then heard one after another, in an order that the digests of their names give, "
    "with nothing remembered before the first and no label ever told; *alone* is the same network "
    "with nothing remembered before any clip.",
]


def folded(block: str) -> list[str]:
    """A paragraph in lines; headings, tables and images as they are."""
    if block[0] in "#|!":
        return block.splitlines()
    return textwrap.wrap(block, 100, break_long_words=False, break_on_hyphens=False)


def percent(value: float | None) -> str:
    """One decimal, or a dash."""
    return "–" if value is None else f"{100 * value:.1f} %"


def table(rows: list[list[str]]) -> list[str]:
    """A Markdown table; the first row is its head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def load_published(path: Path) -> list[dict[str, Any]]:
    """The published systems."""
    with path.open("rb") as file:
        systems: list[dict[str, Any]] = tomllib.load(file)["systems"]
    return systems


def overview(rows: list[RowFigures], published: list[dict[str, Any]]) -> list[str]:
    """One line a row of the table of jobs, then one a published system."""
    lines = [["protocol", "system", "folds × seeds done", "UAR", "accuracy", "macro F1"]]
    for row in rows:
        name, total = row.row.experiment, len(row.row.jobs)
        if not row.results:
            lines.append([row.row.protocol, name, f"0 of {total}", "not run", "–", "–"])
            continue
        low, high = row.uar_interval()
        lines.append(
            [
                row.row.protocol,
                name,
                f"{len(row.results)} of {total}",
                f"{percent(row.mean('uar'))} [{100 * low:.1f} … {100 * high:.1f}]" + _alone(row),
                percent(row.mean("accuracy")),
                percent(row.mean("macroF1")),
            ]
        )
    lines += [
        [
            system["protocol"],
            f"{system['name']}: {system['about']} (*published*)",
            f"rebuilt: {system['rebuilt']}" if "rebuilt" in system else "not run by us",
            percent(system.get("uar")),
            percent(system.get("accuracy")),
            percent(system.get("macroF1")),
        ]
        for system in published
    ]
    return table(lines)


def _alone(row: RowFigures) -> str:
    return "" if row.alone is None else f"; alone {percent(row.alone)}"


def details(row: RowFigures) -> list[str]:
    """Every finished job of a row, and the recalls of the classes."""
    folds = sorted({result["fold"] for result in row.results})
    lines = [["seed", *(f"fold {fold}" for fold in folds)]]
    for seed in sorted({result["seed"] for result in row.results}):
        values = {r["fold"]: r["uar"] for r in row.results if r["seed"] == seed}
        lines.append([str(seed), *(percent(values.get(fold)) for fold in folds)])
    labels = row.results[0]["labels"]
    clips = {result["fold"]: (result["count"], result["missed"]) for result in row.results}
    missed = sum(missed for _, missed in clips.values())
    commits = ", ".join(sorted({f"`{result['commit'][:10]}`" for result in row.results}))
    seconds = max(result["seconds"] for result in row.results)
    about = (
        f"{sum(count for count, _ in clips.values())} test clips, the gate shut in {missed}; "
        f"trained at commit {commits}, each in at most {seconds:.0f} s of processor time. "
        f"{row.row.note}"
    )
    return [
        f"## {row.row.protocol}, {row.row.experiment}",
        "",
        *textwrap.wrap(about, 100, break_long_words=False, break_on_hyphens=False),
        "",
        "UAR of each fold:",
        "",
        *table(lines),
        "",
        "Mean recall of each class:",
        "",
        *table([list(labels), [percent(row.recall(label)) for label in labels]]),
        "",
    ]


def page(
    rows: list[RowFigures], published: list[dict[str, Any]], further: Sequence[str] = ()
) -> str:
    """The whole document; `further` are blocks about shipped models and quantisation."""
    lines = [HEAD[0], ""]
    for text in HEAD[1:]:
        lines += [*textwrap.wrap(text, 100, break_long_words=False, break_on_hyphens=False), ""]
    lines += [*overview(rows, published), ""]
    compared = side_by_side(rows, published)
    if len(compared) > 1:
        about = textwrap.wrap(SIDE_BY_SIDE, 100, break_long_words=False, break_on_hyphens=False)
        lines += ["## Published systems, rebuilt", "", *about, "", *table(compared), ""]
    for block in further:
        lines += [*folded(block), ""]
    for row in rows:
        if row.results:
            lines += details(row)
    return "\n".join(lines).rstrip() + "\n"
