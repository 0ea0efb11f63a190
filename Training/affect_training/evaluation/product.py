"""Runs `affect-model`, the product's own tool: figures of shipped models come from nowhere else."""

import csv
import json
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..corpora.locations import REPOSITORY

TOOL = REPOSITORY / ".build" / "release" / "affect-model"


@dataclass(frozen=True)
class Recording:
    """An audio file (WAV) with what is true of it."""

    path: Path
    label: str
    speaker: str
    corpus: str


@dataclass(frozen=True)
class Product:
    """The tool, wherever it was built."""

    tool: Path = TOOL

    def evaluate(
        self, model: Path, recordings: Iterable[Recording], voices: bool = False
    ) -> dict[str, Any]:
        """The report of `affect-model evaluate`; `clips` are in the order of `recordings`.

        With `voices`, recordings of a speaker that stand behind one another are one voice.

        Raises `RuntimeError` with the tool's words where it fails or cannot read a recording.
        """
        with tempfile.TemporaryDirectory(prefix="affect-evaluate-") as folder:
            manifest, report = Path(folder) / "list.csv", Path(folder) / "report.json"
            _write_list(manifest, recordings)
            arguments = ["--model", str(model), "--manifest", str(manifest), "--clips"]
            remembered = ["--remember-voices"] if voices else []
            self._run("evaluate", *arguments, "--report", str(report), *remembered)
            found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
            return found

    def quantize(self, model: Path, calibration: Iterable[Recording], output: Path) -> None:
        """Makes the int8 model of a full-precision one."""
        with tempfile.TemporaryDirectory(prefix="affect-quantize-") as folder:
            manifest = Path(folder) / "calibration.csv"
            _write_list(manifest, calibration)
            self._run(
                "quantize",
                *("--model", str(model), "--calibration", str(manifest), "--output", str(output)),
            )

    def _run(self, *arguments: str) -> None:
        if not self.tool.exists():
            raise FileNotFoundError(
                f"there is no {self.tool}: `make build` makes it, or name it by --tool"
            )
        done = subprocess.run(
            [str(self.tool), *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines()
            raise RuntimeError(f"affect-model {arguments[0]}: {lines[-1] if lines else 'failed'}")


def _write_list(path: Path, recordings: Iterable[Recording]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "label", "speaker", "corpus"])
        for entry in recordings:
            writer.writerow([str(entry.path.resolve()), entry.label, entry.speaker, entry.corpus])
