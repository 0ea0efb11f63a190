"""Folds dealt out by file, the same wherever they are dealt."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from ..corpora import Clip


def deal_files(clips: Iterable[tuple[str, Clip]], folds: int) -> list[tuple[str, int, str]]:
    """Rows `corpus, fold, file`; every label of every corpus is spread evenly over the folds.

    Takes pairs of corpus and clip. Within a label the files stand in the order of the SHA-256 of
    `CORPUS/file` and go to the folds in turn; the turn goes on from label to label.
    """
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for corpus, clip in clips:
        groups[corpus, clip.label].append(clip.path.rpartition(".")[0])
    rows, turn = [], 0
    for (corpus, _), files in sorted(groups.items()):
        for name in sorted(files, key=lambda name: _digest(f"{corpus}/{name}")):
            rows.append((corpus, 1 + turn % folds, name))
            turn += 1
    return sorted(rows)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
