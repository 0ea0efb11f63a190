"""Shared by the end-to-end tests: where things are, and how to run a command."""

import json
import os
import pathlib
import struct
import subprocess
import wave

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("AFFECT_BIN", ".build/release")).resolve()
MODEL = ROOT / "Models/emotion-research.int8.affect"
FULL_PRECISION = ROOT / "Models/emotion-research.float32.affect"
SAMPLES = sorted((ROOT / "Models/samples").glob("*.wav"))
LABELS = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]

# Whoever started the tests may be a service; what a daemon under test says of itself is none of its affair.
os.environ.pop("NOTIFY_SOCKET", None)


def run(*command, stdin: bytes | None = None, timeout: float = 120, **environment: str):
    """Runs a command and returns its CompletedProcess with text output."""
    return subprocess.run(
        [str(BIN / command[0]), *map(str, command[1:])],
        input=stdin,
        capture_output=True,
        timeout=timeout,
        env={**os.environ, **environment},
    )


def events(output: bytes) -> list[dict]:
    return [json.loads(line) for line in output.decode().splitlines()]


def samples_of(path: pathlib.Path) -> list[int]:
    with wave.open(str(path)) as reader:
        data = reader.readframes(reader.getnframes())
    return list(struct.unpack(f"<{len(data) // 2}h", data))


def write_wav(path: pathlib.Path, samples: list[int], rate: int = 16000, channels: int = 1) -> None:
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(struct.pack(f"<{len(samples)}h", *samples))
