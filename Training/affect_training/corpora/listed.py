"""Corpora that a CSV lists: `clips.csv`, columns `path,label,speaker` and, if wanted, `corpus`.

Paths are relative to the folder of the CSV. With the column `corpus` one CSV lists several
corpora; each takes its own lines.
"""

import csv
import difflib
from pathlib import Path, PurePosixPath

from .clip import Clip
from .listing import SUFFIXES

CLIPS = "clips.csv"
COLUMNS = ["path", "label", "speaker"]


def scan(folder: Path, name: str, labels: tuple[str, ...]) -> list[Clip]:
    """The clips of the corpus `name`, sorted by path; none if there is no CSV.

    The audio may be as it is listed, or prepared. Raises `ValueError` that names the line, what is
    wrong with it and what was expected.
    """
    path = folder / CLIPS
    if not path.exists():
        return []
    # Spreadsheets put a byte order mark in front.
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        columns = next(reader, [])
        if sorted(columns) not in (sorted(COLUMNS), sorted([*COLUMNS, "corpus"])):
            raise ValueError(
                f"{path}, line 1: expected the columns path,label,speaker or "
                f"path,label,speaker,corpus, found {','.join(columns) or 'nothing'}"
            )
        lines: dict[str, int] = {}
        clips: list[Clip] = []
        others: set[str] = set()
        for cells in reader:
            where = f"{path}, line {reader.line_num}"
            if not cells:
                continue
            row = _row(columns, cells, where)
            if row.get("corpus", name) != name:
                others.add(row["corpus"])
                continue
            clip = _clip(row, labels, folder, where)
            if clip.prepared_path in lines:
                raise ValueError(
                    f"{where}: {clip.path} stands in line {lines[clip.prepared_path]} already"
                )
            lines[clip.prepared_path] = reader.line_num
            clips.append(clip)
    if not clips and others:
        raise ValueError(f"{path}: no line is of {name}; there are {', '.join(sorted(others))}")
    return sorted(clips)


def _row(columns: list[str], cells: list[str], where: str) -> dict[str, str]:
    if len(cells) != len(columns):
        raise ValueError(f"{where}: expected {len(columns)} cells, found {len(cells)}")
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    empty = [column for column, cell in row.items() if not cell]
    if empty:
        raise ValueError(f"{where}: {' and '.join(empty)} must not be empty")
    return row


def _clip(row: dict[str, str], labels: tuple[str, ...], folder: Path, where: str) -> Clip:
    path, label = PurePosixPath(row["path"]), row["label"]
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(
            f"{where}: {path} leads out of the folder of the CSV: put the CSV above its audio"
        )
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{where}: {path} ends in none of {', '.join(SUFFIXES)}")
    if label not in labels:
        near = difflib.get_close_matches(label, labels, 1)
        hint = f"; is {near[0]} meant?" if near else ""
        raise ValueError(f"{where}: label {label!r} is none of {', '.join(labels)}{hint}")
    clip = Clip(str(path), label, row["speaker"])
    if not any((folder / each).exists() for each in (clip.path, clip.prepared_path)):
        raise ValueError(f"{where}: there is no file {folder / clip.path}")
    return clip
