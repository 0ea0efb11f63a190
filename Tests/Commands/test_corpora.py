"""Real speech, where the corpora are: a stratified sample of RAVDESS through the commands."""

import ast
import json
import math
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest

from commands import MODEL, ROOT, events, run

CORPORA = pathlib.Path(os.environ.get("AFFECT_CORPORA", ROOT.parent / "shared/corpora"))
RAVDESS = CORPORA / "RAVDESS"


def lacking() -> str | None:
    if not RAVDESS.is_dir():
        return f"absent: no corpora at {CORPORA}, real speech is not tested"
    if shutil.which("flac") is None:
        return "absent: flac is not installed, real speech is not tested"
    return None


def read_npy(path: pathlib.Path) -> list[tuple]:
    """Rows of a two-dimensional array of int16 or float64, format version 1."""
    data = path.read_bytes()
    length = struct.unpack("<H", data[8:10])[0]
    header = ast.literal_eval(data[10 : 10 + length].decode())
    rows, columns = header["shape"]
    kind = {"<i2": "h", "<f8": "d"}[header["descr"]]
    values = struct.unpack(f"<{rows * columns}{kind}", data[10 + length :])
    return [values[row * columns : (row + 1) * columns] for row in range(rows)]


class RealSpeech(unittest.TestCase):
    """One clip of every actor, the eight emotions in turn."""

    @classmethod
    def setUpClass(cls):
        if reason := lacking():
            print(reason)
            raise unittest.SkipTest(reason)
        cls.folder = tempfile.TemporaryDirectory()
        cls.clips = []
        for actor in range(1, 25):
            emotion = (actor - 1) % 8 + 1
            name = next((RAVDESS / f"Actor_{actor:02}").glob(f"03-01-{emotion:02}-01-*.flac"))
            clip = pathlib.Path(cls.folder.name) / f"{name.stem}.wav"
            subprocess.run(["flac", "-s", "-d", "-o", str(clip), str(name)], check=True)
            cls.clips.append(clip)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_actor_is_heard(self):
        for clip in self.clips:
            with self.subTest(clip.name):
                done = run("affectd", "--model", MODEL, "--input", clip, "--format", "json")
                self.assertEqual(done.returncode, 0, done.stderr)
                kinds = [line["event"] for line in events(done.stdout)]
                self.assertIn("utterance", kinds)

    def test_features_follow_double_precision(self):
        """Worst coefficient after mean removal, pooled over the clips as they were recorded.

        66 dB is CMSIS-DSP's own tolerance for its 31-bit MFCC.
        """
        about = json.loads(run("affect-model", "inspect", MODEL, "--json").stdout)
        scale = 2 ** about["manifest"]["frontEnd"]["outputFractionBits"]
        signal: list[float] = []
        noise: list[float] = []
        for clip in self.clips:
            fixed, reference = clip.with_suffix(".npy"), clip.with_suffix(".reference.npy")
            for output, extra in ((fixed, []), (reference, ["--reference"])):
                done = run("affect-model", "features", "--model", MODEL, clip, output, *extra)
                self.assertEqual(done.returncode, 0, done.stderr)
            ours, twin = read_npy(fixed), read_npy(reference)
            self.assertEqual(len(ours), len(twin))
            columns = len(ours[0])
            signal = signal or [0.0] * columns
            noise = noise or [0.0] * columns
            for column in range(columns):
                exact = [row[column] for row in twin]
                error = [row[column] / scale - value for row, value in zip(ours, exact)]
                mean, offset = sum(exact) / len(exact), sum(error) / len(error)
                signal[column] += sum((value - mean) ** 2 for value in exact)
                noise[column] += sum((value - offset) ** 2 for value in error)
        worst = min(10 * math.log10(s / n) for s, n in zip(signal, noise))
        print(f"figure: worst coefficient {worst:.1f} dB against double precision, 24 actors")
        self.assertGreaterEqual(worst, 66)


if __name__ == "__main__":
    unittest.main()
