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

    def evaluate(self, model: Path, recordings: Iterable[Recording]) -> dict[str, Any]:
        """The report of `affect-model evaluate`; `clips` are in the order of `recordings`.

        Raises `RuntimeError` with the tool's words where it fails or cannot read a recording.
        """
        with tempfile.TemporaryDirectory(prefix="affect-evaluate-") as folder:
            manifest, report = Path(folder) / "list.csv", Path(folder) / "report.json"
            with manifest.open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(["path", "label", "speaker", "corpus"])
                for entry in recordings:
                    path = str(entry.path.resolve())
                    writer.writerow([path, entry.label, entry.speaker, entry.corpus])
            arguments = ["--model", str(model), "--manifest", str(manifest)]
            self._run("evaluate", *arguments, "--report", str(report), "--clips")
            found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
            return found

    def quantize(self, model: Path, calibration: Iterable[Path], output: Path) -> None:
        """Makes the int8 model of a full-precision one."""
        with tempfile.TemporaryDirectory(prefix="affect-quantize-") as folder:
            names = Path(folder) / "calibration.txt"
            names.write_text("".join(f"{path.resolve()}\n" for path in calibration))
            self._run(
                "quantize",
                *("--model", str(model), "--calibration", str(names), "--output", str(output)),
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
