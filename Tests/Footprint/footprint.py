"""Measures the daemon against its budgets and prints one table; exits 1 when one is exceeded.

Usage: footprint.py BIN_DIRECTORY

Idle figures are those of the daemon with the models of the package, capturing near silence from a
microphone in real time (`Tests/Service/fakemic`). The hour of speech goes through the same
recognizer by standard input, as fast as it will; memory is read before its end is let through.
Processor time comes from the kernel's scheduler (`/proc/PID/schedstat`), wake-ups from its context
switches.
"""

import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import wave

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FAKEMIC = ROOT / "Tests/Service/fakemic/fakemic.c"
SAMPLE_RATE = 16_000
#: Seconds until the daemon has settled in silence, and seconds that wake-ups are counted for.
SETTLING, COUNTED = 10, 20
HOUR = 3600
MEBIBYTE = 1 << 20


def models() -> list[str | pathlib.Path]:
    """The options that name the models of the package."""
    folder = ROOT / "Models"
    return [
        *("--model", folder / "emotion-open.int8.affect"),
        *("--speech-model", folder / "speech-open.int8.affect"),
    ]


def speech() -> bytes:
    """The sample clips of the repository, one after the other."""
    parts = []
    for path in sorted((ROOT / "Models/samples").glob("*.wav")):
        with wave.open(str(path)) as clip:
            parts.append(clip.readframes(clip.getnframes()))
    return b"".join(parts)


def noise(seconds: int) -> bytes:
    """What a quiet microphone gives: a few units."""
    source = random.Random(1)
    return b"".join(
        round(source.gauss(0, 5)).to_bytes(2, "little", signed=True)
        for _ in range(seconds * SAMPLE_RATE)
    )


def proportional_memory(process: int) -> int:
    """Bytes of proportional set size."""
    text = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
    return 1024 * int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1])


def processor_time(process: int) -> int:
    """Nanoseconds that the process has run."""
    return int(pathlib.Path(f"/proc/{process}/schedstat").read_text(encoding="utf-8").split()[0])


def wake_ups(process: int) -> int:
    """How often the process has waited for something."""
    text = pathlib.Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.MULTILINE)[1])


def idle(binary: pathlib.Path, folder: pathlib.Path) -> dict[str, float]:
    """Starts the daemon on a silent microphone."""
    plugin = folder / "libasound_module_pcm_fakemic.so"
    compiler = shutil.which("cc") or shutil.which("clang")
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-DPIC", "-O1", "-o", plugin, FAKEMIC, "-lasound"],
        check=True,
    )
    (folder / "silence.raw").write_bytes(noise(4))
    (folder / "asound.conf").write_text(
        "</usr/share/alsa/alsa.conf>\n"
        f'pcm_type.fakemic {{ lib "{plugin}" }}\n'
        f'pcm.fakemic {{ type fakemic file "{folder}/silence.raw" loop 1 }}\n',
        encoding="utf-8",
    )
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind(str(folder / "notify"))
    notify.settimeout(20)
    process = subprocess.Popen(
        [binary, *models(), "--socket", folder / "socket", "--device", "fakemic"],
        env={
            **os.environ,
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "NOTIFY_SOCKET": str(folder / "notify"),
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        listening = None
        while listening is None or b"READY=1" not in listening:
            listening = notify.recv(4096)
        start = processor_time(process.pid)
        time.sleep(SETTLING)
        before, ran = wake_ups(process.pid), processor_time(process.pid)
        time.sleep(COUNTED)
        return {
            "start": start / 1e6,
            "wake-ups": (wake_ups(process.pid) - before) / COUNTED,
            "load": (processor_time(process.pid) - ran) / COUNTED / 1e6,
            "idle": proportional_memory(process.pid) / MEBIBYTE,
        }
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        notify.close()


def after_an_hour(binary: pathlib.Path) -> dict[str, float]:
    """Feeds an hour of speech as fast as it is taken."""
    clip = speech()
    process = subprocess.Popen(
        [binary, *models(), "--input", "-", "--format", "json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    answers = []

    def read() -> None:
        answers.extend(1 for line in process.stdout if b'"event":"utterance"' in line)

    reader = threading.Thread(target=read)
    reader.start()
    started = time.monotonic()
    left = HOUR * SAMPLE_RATE * 2
    while left > 0:
        process.stdin.write(clip[:left])
        left -= len(clip)
    process.stdin.flush()
    # The end of the pipe is open: what is in it will be read, and then nothing comes.
    count = -1
    while count != processor_time(process.pid):
        count = processor_time(process.pid)
        time.sleep(0.2)
    result = {
        "hour": proportional_memory(process.pid) / MEBIBYTE,
        "hour-load": processor_time(process.pid) / HOUR / 1e6,
        "faster": HOUR / (time.monotonic() - started),
    }
    process.stdin.close()
    reader.join()
    if process.wait() != 0 or not answers:
        sys.exit("footprint: the hour of speech gave no answers")
    return result


def stripped_size(binary: pathlib.Path, folder: pathlib.Path) -> float:
    """Mebibytes of the daemon without symbols."""
    subprocess.run(["strip", "-o", folder / "stripped", binary], check=True)
    return (folder / "stripped").stat().st_size / MEBIBYTE


def main() -> int:
    """Measures everything and prints the table."""
    binary = pathlib.Path(sys.argv[1]) / "affectd"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        figures = {"binary": stripped_size(binary, folder)}
        figures |= idle(binary, folder)
        figures |= after_an_hour(binary)
    rows = [
        ("proportional memory in silence, MiB", "idle", 12),
        (f"the same after an hour of speech, fed {figures['faster']:.0f} times faster", "hour", 12),
        ("binary, stripped, MiB", "binary", 8),
        ("wake-ups a second in silence", "wake-ups", 7),
        ("processor time from start to listening, ms", "start", 50),
        ("processor time a second of silence, ms", "load", None),
        ("processor time a second of speech, ms", "hour-load", None),
    ]
    print("| what | measured | at most |\n| --- | --- | --- |")
    for what, key, limit in rows:
        print(f"| {what} | {figures[key]:.2f} | {limit or ''} |")
    exceeded = [what for what, key, limit in rows if limit is not None and figures[key] > limit]
    for what in exceeded:
        print(f"above its budget: {what}")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
