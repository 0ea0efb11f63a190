"""What the corpora hold: clips per emotion, corpus, sex and speaker."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .corpora import Clip, Corpus
from .corpora.sex import sexes


@dataclass(frozen=True)
class Entry:
    """A clip with what is known of it."""

    corpus: str
    clip: Clip
    sex: str


def entries_of(corpora: list[Corpus], folder: Path) -> list[Entry]:
    """The usable clips of corpora below `folder`; one that is not there is left out."""
    entries = []
    for corpus in corpora:
        clips = corpus.scan(folder / corpus.folder)
        known = sexes(corpus.name, {clip.speaker for clip in clips}, folder)
        entries += [Entry(corpus.name, clip, known[clip.speaker]) for clip in clips]
    return entries


def labels_of(entries: list[Entry]) -> list[str]:
    """The emotions that occur."""
    return sorted({entry.clip.label for entry in entries})


def counts(
    entries: list[Entry], heads: list[str], key: Callable[[Entry], tuple[str, ...]]
) -> list[list[str]]:
    """Rows of a table: what `key` tells apart, clips per emotion, all; then the sum, if any.

    An emotion that a row does not have is a dash.
    """
    labels = labels_of(entries)
    found: dict[tuple[str, ...], Counter[str]] = {}
    for entry in entries:
        found.setdefault(key(entry), Counter())[entry.clip.label] += 1
    rows = [[*heads, *labels, "all"]]
    for names in sorted(found, key=lambda names: [(len(name), name) for name in names]):
        rows.append([*names, *_cells(found[names], labels)])
    if len(found) > 1:
        everything = Counter(entry.clip.label for entry in entries)
        rows.append(["all", *[""] * (len(heads) - 1), *_cells(everything, labels)])
    return rows


def _cells(counter: Counter[str], labels: list[str]) -> list[str]:
    return [*(str(counter[label] or "–") for label in labels), str(sum(counter.values()))]


def aligned(rows: list[list[str]]) -> str:
    """The rows as columns of text; the first row is underlined."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.rjust(width) if cell.isdigit() or cell == "–" else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
