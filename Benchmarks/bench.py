"""Measures the engine beside its peers, round by round, and writes JSON lines, a table or the page.

    run                       # the table
    run --json                # one JSON line a figure
    run --write               # Documentation/Benchmarks.md and its plot

Everything runs in one thread and is measured in processor time. A round measures every figure
once, ours and the peers' in turn; the medians over the rounds are what is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

import peers
import report
from model import Model

ROOT = Path(__file__).resolve().parent.parent
SAMPLE_RATE = 16_000


class Engine:
    """The measuring process of the engine: one name in, one figure out."""

    def __init__(self, model: Path, speech: Path, silence: Path) -> None:
        command = [os.environ["AFFECT_BENCHMARK"], str(model), str(speech), str(silence)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self.process.stdout is not None
        self.entries: dict[str, dict[str, object]] = {}
        while entry := json.loads(self.process.stdout.readline()):
            self.entries[entry["name"]] = entry

    def measure(self, name: str) -> float:
        assert self.process.stdin is not None and self.process.stdout is not None
        print(name, file=self.process.stdin)
        return float(self.process.stdout.readline())


def speech() -> np.ndarray:
    """The sample clips of the repository, one after the other."""
    parts = []
    for path in sorted((ROOT / "Models/samples").glob("*.wav")):
        with wave.open(str(path)) as clip:
            assert (clip.getframerate(), clip.getnchannels()) == (SAMPLE_RATE, 1)
            parts.append(np.frombuffer(clip.readframes(clip.getnframes()), "<i2"))
    return np.concatenate(parts)


def silence() -> np.ndarray:
    """Ten seconds of noise at 5 units root mean square, as from a quiet microphone."""
    noise = np.random.default_rng(1).normal(0, 5, 10 * SAMPLE_RATE)
    return noise.round().astype("<i2")


def shipped_model(task: str) -> Path:
    """The released int8 model for a task."""
    for path in sorted((ROOT / "Models").glob("*.int8.affect")):
        if Model.read(path).manifest["task"] == task:
            return path
    sys.exit(f"no int8 model for the task {task} under Models/")


def processor() -> str:
    """The processor's own name."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def main() -> None:
    """Runs all rounds and reports."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    parser.add_argument("--write", action="store_true", help="write the page and its plot")
    options = parser.parse_args()
    path = options.model or shipped_model("emotion")
    model = Model.read(path)
    speech_path = shipped_model("speech")
    sounds = {"speech": speech(), "silence": silence()}
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, samples in sounds.items():
            files[name] = Path(folder, name)
            files[name].write_bytes(samples.tobytes())
        engine = Engine(path, files["speech"], files["silence"])
        others = peers.measurements(model, sounds["speech"], sounds["silence"])
        # Of the speech model the network alone, by the variant that the engine takes.
        detector = Engine(speech_path, files["speech"], files["silence"])
        network = next(name for name in detector.entries if name.startswith("network/"))
        others |= peers.networks(Model.read(speech_path), "speech-network")
        times: dict[str, list[float]] = {}
        for done in range(options.rounds):
            for name in engine.entries:
                times.setdefault(name, []).append(engine.measure(name))
            times.setdefault("speech-network/own", []).append(detector.measure(network))
            for name, peer in others.items():
                times.setdefault(name, []).append(peer.nanoseconds())
            print(f"round {done + 1} of {options.rounds}", file=sys.stderr)
    units = {name: entry["unit"] for name, entry in engine.entries.items()}
    units |= {name: peer.unit for name, peer in others.items()} | {"speech-network/own": "window"}
    figures = [
        {
            "name": name,
            "unit": units[name],
            "nanoseconds": round(statistics.median(values), 1),
            "fastest": round(min(values), 1),
            "multiplyAccumulates": int(engine.entries.get(name, {}).get("multiplyAccumulates", 0)),
        }
        for name, values in times.items()
    ]
    if options.json:
        for figure in figures:
            print(json.dumps(figure))
        return
    page = report.Report(
        figures=figures,
        model=model.manifest["name"],
        machine=f"{processor()}, {platform.system()} {platform.release()}",
        versions=peers.versions(),
        rounds=options.rounds,
        frame_rate=SAMPLE_RATE / model.manifest["frontEnd"]["hopLength"],
    )
    print(page.tables())
    if options.write:
        documentation = ROOT / "Documentation"
        (documentation / "Benchmarks.md").write_text(page.page(), encoding="utf-8")
        (documentation / "Benchmarks.svg").write_text(page.plot(), encoding="utf-8")
    for failure in page.failures():
        print(failure)


if __name__ == "__main__":
    main()
