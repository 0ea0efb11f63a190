"""Counts instructions on emulated 64-bit ARM and writes tables, or the page.

    run-arm64                 # the tables
    run-arm64 --json          # everything that was counted
    run-arm64 --write         # Documentation/ArmCost.md

QEMU runs the programs and a plugin counts (`instructions.c`). What `affectd --input` costs a second
is the difference between two lengths of sound, so that its start is not in it; what one call costs
is counted between two marks around it.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import cost_report
import litert_network
import sound
from model import Model

ROOT = Path(__file__).resolve().parent.parent
RELEASE = "aarch64-unknown-linux-gnu/release"
CORES = ("cortex-a53", "cortex-a76")
NARROW, WIDE = "16 kHz mono S16_LE", "48 kHz stereo S32_LE"
FORMATS = {NARROW: False, WIDE: True}
#: Seconds of sound that two counts differ by: two of the longest utterances.
DIFFERENCE = 16
#: Runs of LiteRT between two marks.
RUNS = 4


@dataclass(frozen=True)
class Emulator:
    """Runs programs for ARM on one kind of processor."""

    core: str
    sysroot: Path
    site: Path

    def run(self, *command: str | Path) -> tuple[list[int], int, str]:
        """The counts at the marks, of the whole program, and its output."""
        plugin = ROOT / ".build-arm64-benchmarks/instructions.so"
        words = ["qemu-aarch64", "-cpu", self.core, "-L", self.sysroot, "-plugin", plugin]
        words += ["-E", f"PYTHONPATH={self.site.resolve()}", *command]
        done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=True)
        marks = [int(count) for count in re.findall(r"^mark (\d+)$", done.stderr, re.MULTILINE)]
        whole = re.findall(r"^instructions (\d+)$", done.stderr, re.MULTILINE)
        return marks, int(whole[-1]), done.stdout

    def peer(self, *command: str | Path) -> list[int]:
        """The counts at the marks of a peer."""
        python = self.sysroot / "usr/bin/python3"
        return self.run(python, ROOT / "Benchmarks/emulated_peers.py", *command)[0]


def shipped(task: str) -> Path:
    """The released open int8 model for a task."""
    return ROOT / f"Models/{task}-open.int8.affect"


@dataclass(frozen=True)
class Heard:
    """What one run of `affectd --input` took, and what it answered."""

    instructions: int
    #: Frames of each answer of the network.
    answers: list[int]


def hear(emulator: Emulator, path: Path, model: Path, *options: str | Path) -> Heard:
    """Lets the daemon's file mode hear a file."""
    affectd = ROOT / f".build-arm64/{RELEASE}/affectd"
    command = [affectd, "--model", model, *options, "--input", path, "--format", "json"]
    _, count, output = emulator.run(*command)
    front_end = Model.read(model).manifest["frontEnd"]
    hop, length = (front_end[name] / sound.SAMPLE_RATE for name in ("hopLength", "frameLength"))
    events = [json.loads(line) for line in output.splitlines()]
    answers = [
        1 + round((event["durationMicroseconds"] / 1e6 - length) / hop)
        for event in events
        if event["event"] in ("emotion", "utterance")
    ]
    return Heard(count, answers)


def slower(path: Path, folder: Path) -> Path:
    """The emotion model with half as many answers in speech."""
    data = path.read_bytes()
    hop = Model.read(path).manifest["decision"]["hopFrames"]
    before, after = (f'hopFrames\\":{value}'.encode() for value in (hop, 2 * hop))
    # In place: the places of the tensors must not move.
    assert data.count(before) == 1 and len(before) == len(after)
    (folder / "slower.affect").write_bytes(data.replace(before, after))
    return folder / "slower.affect"


def window(emulator: Emulator, folder: Path) -> float:
    """One answer over a whole window.

    Two lengths of one utterance, heard by models that differ in how often they answer: what is left
    are the answers that only the first one gives, and those are over whole windows.
    """
    emotion = shipped("emotion")
    costs, counts = [], []
    for model in (emotion, slower(emotion, folder)):
        short, long = (
            hear(emulator, folder / f"voice {length} {NARROW}.wav", model)
            for length in ("short", "middle")
        )
        costs.append(long.instructions - short.instructions)
        counts.append(len(long.answers) - len(short.answers))
    return (costs[0] - costs[1]) / (counts[0] - counts[1])


def seconds(emulator: Emulator, folder: Path, frame: float) -> dict[str, dict[str, float]]:
    """Instructions of a second of sound by format and kind; the network takes `frame` a frame."""
    emotion, speech = shipped("emotion"), shipped("speech")
    result: dict[str, dict[str, float]] = {}
    for name in FORMATS:

        def second(kind: str, *options: str | Path, name: str = name) -> tuple[float, float]:
            short, long = (
                hear(emulator, folder / f"{kind} {length} {name}.wav", emotion, *options)
                for length in ("short", "long")
            )
            assert bool(long.answers) == (kind == "voice")
            frames = sum(long.answers) - sum(short.answers)
            return (long.instructions - short.instructions) / DIFFERENCE, frames / DIFFERENCE

        alone, frames = second("voice")
        both, _ = second("voice", "--speech-model", speech)
        result[name] = {
            "silence": second("room")[0],
            "frontEnd": alone - frames * frame,
            "detector": both - alone,
            "network": frames * frame,
            "speech": both,
        }
    return result


def kernels(emulator: Emulator, folder: Path) -> dict[str, int]:
    """A call of every kernel by every variant, and a window of the network, reference included."""
    marks, _, output = emulator.run(
        ROOT / f".build-arm64-benchmarks/{RELEASE}/affect-benchmark",
        *(shipped("emotion"), folder / "voice.raw", folder / "room.raw"),
        *("operator/", "front-end-kernel/", "network/"),
    )
    names = output.splitlines()
    assert len(marks) == 2 * len(names)
    return {name: marks[2 * i + 1] - marks[2 * i] for i, name in enumerate(names)}


def peers(emulator: Emulator, folder: Path) -> dict[str, float]:
    """Instructions of a unit of the peers."""
    marks = emulator.peer("litert", folder / "emotion.tflite", str(RUNS))
    result = {"litert": (marks[1] - marks[0]) / RUNS}
    for kind in ("voice", "room"):
        path = folder / f"{kind}.raw"
        work, done, idle = emulator.peer("webrtc", path)
        blocks = path.stat().st_size // 320
        result[f"webrtc/{kind}"] = ((done - work) - (idle - done)) / blocks
    return result


def prepare(folder: Path) -> None:
    """Writes sounds and networks."""
    for kind, make in (("voice", sound.voice), ("room", sound.room)):
        samples = make(4 + DIFFERENCE)
        quiet = sound.room(1)
        # The one in the middle ends before the longest utterance does.
        for length, count in (("short", 4.0), ("middle", 7.5), ("long", 4.0 + DIFFERENCE)):
            part = quiet + samples[: round(count * sound.SAMPLE_RATE)] + quiet
            for name, is_wide in FORMATS.items():
                sound.write(folder / f"{kind} {length} {name}.wav", part, is_wide=is_wide)
        raw = np.array(samples[: 4 * sound.SAMPLE_RATE], "<i2").tobytes()
        (folder / f"{kind}.raw").write_bytes(raw)
    network = litert_network.flatbuffer(Model.read(shipped("emotion")))
    (folder / "emotion.tflite").write_bytes(network)


def main() -> None:
    """Counts everything and reports."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sysroot", type=Path)
    parser.add_argument("site", type=Path)
    parser.add_argument("--json", action="store_true", help="print what was counted")
    parser.add_argument("--write", action="store_true", help="write the page")
    options = parser.parse_args()
    counted = {}
    decision = Model.read(shipped("emotion")).manifest["decision"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        for core in CORES:
            print(f"counting on {core}", file=sys.stderr)
            emulator = Emulator(core, options.sysroot, options.site)
            answer = window(emulator, folder)
            counted[core] = {
                "window": answer,
                "seconds": seconds(emulator, folder, answer / decision["windowFrames"]),
                "kernels": kernels(emulator, folder),
                "peers": peers(emulator, folder),
            }
    if options.json:
        print(json.dumps(counted))
        return
    hop = Model.read(shipped("emotion")).manifest["frontEnd"]["hopLength"]
    page = cost_report.Report(counted, DIFFERENCE, decision, hop / sound.SAMPLE_RATE)
    print(page.tables())
    if options.write:
        (ROOT / "Documentation/ArmCost.md").write_text(page.page(), encoding="utf-8")
    failures = page.failures()
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
