"""affect-model with models that remember the voice: evaluate --remember-voices, and calibration."""

import json
import pathlib
import struct
import tempfile
import unittest

from commands import FULL_PRECISION, MODEL, SAMPLES, run

EMOTIONS = {"ANG": "angry", "DIS": "disgust", "FEA": "fearful", "HAP": "happy", "NEU": "neutral",
            "SAD": "sad"}


def remembering(source: pathlib.Path, target: pathlib.Path, frames: int = 2048) -> pathlib.Path:
    """A copy of a model with `voiceMemoryFrames`, 0 for none: section 1 of ModelFormat.md."""
    data = source.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    manifest = json.loads(header["__metadata__"]["affect"])
    manifest["decision"]["voiceMemoryFrames"] = frames
    header["__metadata__"]["affect"] = json.dumps(manifest)
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    target.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length:])
    return target


class RememberedVoices(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.int8 = remembering(MODEL, self.folder / "int8.affect")
        self.float32 = remembering(FULL_PRECISION, self.folder / "float32.affect")
        self.forgetful = remembering(MODEL, self.folder / "forgetful.int8.affect", 0)
        self.forgetful_float32 = remembering(FULL_PRECISION, self.folder / "forgetful.affect", 0)

    def run_tool(self, *arguments, code: int = 0):
        result = run("affect-model", *arguments)
        self.assertEqual(result.returncode, code, result.stderr.decode())
        return result

    def list(self, *rows: tuple[pathlib.Path, str]) -> pathlib.Path:
        path = self.folder / "list.csv"
        lines = [f"{sample},{EMOTIONS[sample.name.split('_')[2]]},{speaker}"
                 for sample, speaker in rows]
        path.write_text("\n".join(["path,label,speaker", *lines]) + "\n")
        return path

    def logits(self, model: pathlib.Path, *rows: tuple[pathlib.Path, str], options=()) -> list:
        """Of every recording in turn, with the gate and without."""
        report = self.folder / "r.json"
        self.run_tool("evaluate", "--model", model, "--manifest", self.list(*rows), "--clips",
                      "--report", report, *options)
        figures = json.loads(report.read_text())
        self.assertEqual(figures.get("rememberedVoices"),
                         True if "--remember-voices" in options else None)
        found = [[clip["logits"] for clip in part["clips"]]
                 for part in (figures, figures["no_gate"])]
        return list(zip(*found))

    def test_a_voice_goes_on_until_the_speaker_changes(self):
        first, second, third = SAMPLES[:3]
        remember = ("--remember-voices",)
        for model in (self.int8, self.float32):
            with self.subTest(model.name):
                rows = (first, "a"), (second, "a"), (third, "b")
                alone = self.logits(model, *rows)
                together = self.logits(model, *rows, options=remember)
                self.assertEqual(together[0], alone[0])
                for gate in (0, 1):
                    self.assertNotEqual(together[1][gate], alone[1][gate])
                self.assertEqual(together[2], alone[2])
                # The order of the list decides: another voice between the two, and all are alone.
                mixed = self.logits(model, (first, "a"), (third, "b"), (second, "a"),
                                    options=remember)
                self.assertEqual(mixed, [alone[0], alone[2], alone[1]])
                # A third recording remembers both.
                three = self.logits(model, (first, "a"), (second, "a"), (third, "a"),
                                    options=remember)
                after_second = self.logits(model, (second, "a"), (third, "a"), options=remember)
                self.assertEqual(three[:2], together[:2])
                self.assertNotIn(three[2], (alone[2], after_second[1]))

    def test_recordings_by_themselves_are_answered_as_by_a_model_without_memory(self):
        # Each sample is one utterance.
        rows = [(sample, "a") for sample in SAMPLES[:3]]
        for model, source in ((self.int8, self.forgetful), (self.float32, self.forgetful_float32)):
            self.assertEqual(self.logits(model, *rows), self.logits(source, *rows))

    def test_refuses_what_cannot_be_remembered(self):
        good = self.list((SAMPLES[0], "a"))
        for model in (self.forgetful, self.forgetful_float32):
            message = self.run_tool("evaluate", "--model", model, "--manifest", good,
                                    "--remember-voices", code=2).stderr.decode()
            self.assertIn("--remember-voices", message)
            self.assertIn("voiceMemoryFrames", message)
        evaluate = ["evaluate", "--model", self.int8, "--remember-voices", "--manifest"]
        message = self.run_tool(*evaluate, self.list((SAMPLES[0], "a"), (SAMPLES[1], "")),
                                code=3).stderr.decode()
        self.assertIn("list.csv:3", message)
        self.assertIn("speaker", message)
        columns = self.folder / "columns.csv"
        columns.write_text(f"path,label\n{SAMPLES[0]},angry\n")
        message = self.run_tool(*evaluate, columns, code=3).stderr.decode()
        self.assertIn("columns.csv:1: expected a column speaker", message)

    def test_calibration_hears_voices_as_the_list_has_them(self):
        def quantized(source: pathlib.Path, *rows: tuple[pathlib.Path, str]) -> dict:
            output, report = self.folder / "q.affect", self.folder / "q.json"
            self.run_tool("quantize", "--model", source, "--calibration", self.list(*rows),
                          "--ranges", "mean-squared-error", "--equalization", "false",
                          "--correction", "logits", "--output", output, "--report", report)
            return json.loads(self.run_tool("inspect", output, "--json").stdout)

        one = [(sample, "a") for sample in SAMPLES]
        many = [(sample, str(number)) for number, sample in enumerate(SAMPLES)]
        nobody = [(sample, "") for sample in SAMPLES]
        together, alone = quantized(self.float32, *one), quantized(self.float32, *many)
        self.assertEqual(together["manifest"]["decision"]["voiceMemoryFrames"], 2048)
        hop = together["manifest"]["frontEnd"]["hopLength"] / 16000
        text = self.run_tool("inspect", self.float32).stdout.decode()
        self.assertIn(f"voice memory {2048 * hop:.2f} s", text)
        self.assertNotIn("voice memory", self.run_tool("inspect", self.forgetful).stdout.decode())
        self.assertNotEqual(together["manifest"]["graph"], alone["manifest"]["graph"])
        self.assertEqual(quantized(self.float32, *nobody)["digest"], alone["digest"])
        # A model without memory does not look at speakers.
        self.assertEqual(quantized(self.forgetful_float32, *one)["digest"],
                         quantized(self.forgetful_float32, *many)["digest"])


if __name__ == "__main__":
    unittest.main()
