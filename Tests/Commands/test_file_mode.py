"""affectd --input: a voice goes in, an emotion comes out."""

import pathlib
import struct
import tempfile
import unittest

from commands import LABELS, MODEL, SAMPLES, events, run, samples_of, write_wav


def recognize(path, *options: str, stdin: bytes | None = None):
    return run("affectd", "--model", MODEL, "--input", path, *options, stdin=stdin)


class FileMode(unittest.TestCase):
    def test_every_sample_gives_an_utterance_and_ends(self):
        self.assertEqual(len(SAMPLES), 6)
        for path in SAMPLES:
            with self.subTest(path.name):
                done = recognize(path, "--format", "json")
                self.assertEqual(done.returncode, 0, done.stderr)
                lines = events(done.stdout)
                utterances = [line for line in lines if line["event"] == "utterance"]
                self.assertTrue(utterances)
                for line in utterances:
                    self.assertEqual(list(line["probabilities"]), LABELS)
                    self.assertEqual(sum(line["probabilities"].values()), 1000)
                    self.assertIn(line["label"], LABELS + ["unknown"])
                end = lines[-1]
                self.assertEqual(end["event"], "end")
                self.assertEqual(end["audio_ms"], len(samples_of(path)) * 1000 // 16000)
                self.assertGreater(end["feature_frames"], 30)

    def test_event_stands_first_in_every_line(self):
        for line in recognize(SAMPLES[0], "--format", "json").stdout.splitlines():
            self.assertTrue(line.startswith(b'{"event":"'), line)

    def test_text_names_a_label(self):
        done = recognize(SAMPLES[0])
        self.assertEqual(done.returncode, 0)
        self.assertTrue(any(label in done.stdout.decode() for label in LABELS + ["unknown"]))

    def test_standard_input_gives_the_same_events_as_the_file(self):
        for path in SAMPLES[:2]:
            samples = samples_of(path)
            raw = struct.pack(f"<{len(samples)}h", *samples)
            self.assertEqual(
                recognize("-", "--format", "json", stdin=raw).stdout,
                recognize(path, "--format", "json").stdout,
            )

    def test_two_equal_channels_give_the_same_labels_as_one(self):
        samples = samples_of(SAMPLES[0])
        with tempfile.TemporaryDirectory() as folder:
            stereo = pathlib.Path(folder) / "stereo.wav"
            write_wav(stereo, [s for sample in samples for s in (sample, sample)], channels=2)
            self.assertEqual(
                recognize(stereo, "--format", "json").stdout,
                recognize(SAMPLES[0], "--format", "json").stdout,
            )

    def test_events_are_the_ones_that_were_recorded(self):
        """Byte identity on every machine: the golden file is what the int8 model says of a sample."""
        golden = pathlib.Path(__file__).parent / "golden"
        for path in SAMPLES:
            with self.subTest(path.name):
                expected = (golden / f"{path.stem}.jsonl").read_bytes()
                self.assertEqual(recognize(path, "--format", "json").stdout, expected)

    def test_events_behind_remembered_voices_are_the_ones_that_were_recorded(self):
        """Samples a second apart: every utterance but the first is normalised with those before."""
        def heard(*paths: pathlib.Path) -> bytes:
            samples = [sample for path in paths for sample in (*samples_of(path), *[0] * 16000)]
            raw = struct.pack(f"<{len(samples)}h", *samples)
            return recognize("-", "--format", "json", stdin=raw).stdout

        def probabilities(stdout: bytes) -> list:
            return [line["probabilities"] for line in events(stdout) if line["event"] == "utterance"]

        golden = pathlib.Path(__file__).parent / "golden" / "one-stream.jsonl"
        stream = heard(*SAMPLES)
        self.assertEqual(stream, golden.read_bytes())
        alone = [probabilities(heard(path)) for path in SAMPLES]
        behind = probabilities(stream)
        self.assertEqual([behind[0]], alone[0])
        for index in range(1, len(SAMPLES)):
            self.assertNotEqual([behind[index]], alone[index])

    def test_silence_is_no_speech(self):
        done = recognize("-", "--format", "json", stdin=bytes(64000))
        lines = events(done.stdout)
        self.assertEqual([line["event"] for line in lines], ["end"])
        self.assertEqual(lines[0]["audio_ms"], 2000)

    def test_empty_input_ends_at_once(self):
        done = recognize("-", "--format", "json", stdin=b"")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(events(done.stdout)[-1]["audio_ms"], 0)


class BadInput(unittest.TestCase):
    """A clear error says what was expected, what came and what to do."""

    def fails(self, done, code: int, *words: str):
        self.assertEqual(done.returncode, code, done.stderr)
        message = done.stderr.decode()
        for word in words:
            self.assertIn(word, message)
        self.assertNotIn("Fatal", message)

    def test_unknown_option(self):
        self.fails(run("affectd", "--modle", "x"), 2, "--modle", "--model")

    def test_missing_file(self):
        self.fails(recognize("/nonexistent/voice.wav"), 3, "/nonexistent/voice.wav")

    def test_file_that_is_no_wav(self):
        self.fails(recognize(__file__), 3, "RIFF")

    def test_truncated_wav(self):
        data = SAMPLES[0].read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "cut.wav"
            for length in (0, 3, 11, 12, 20, 43):
                path.write_bytes(data[:length])
                self.fails(recognize(path), 3, "cut.wav")

    def test_folder_in_place_of_a_file(self):
        self.fails(recognize("/tmp"), 3, "/tmp")

    def test_missing_model(self):
        done = run("affectd", "--model", "/nonexistent.affect", "--input", SAMPLES[0])
        self.assertIn(done.returncode, (3, 4))
        self.assertIn("/nonexistent.affect", done.stderr.decode())

    def test_file_that_is_no_model(self):
        self.fails(
            run("affectd", "--model", SAMPLES[0], "--input", SAMPLES[0]), 4, "model")

    def test_truncated_model(self):
        data = MODEL.read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "cut.affect"
            for length in (0, 7, 8, 100, len(data) // 2, len(data) - 1):
                path.write_bytes(data[:length])
                self.fails(run("affectd", "--model", path, "--input", SAMPLES[0]), 4)

    def test_full_precision_model_is_refused(self):
        full = MODEL.with_name(MODEL.name.replace("int8", "float32"))
        self.fails(run("affectd", "--model", full, "--input", SAMPLES[0]), 4, "quanti")


class Help(unittest.TestCase):
    def test_help_teaches_every_option_of_the_contract(self):
        done = run("affectd", "--help")
        self.assertEqual(done.returncode, 0)
        text = done.stdout.decode()
        for option in ("--input", "--format", "--model", "--speech-model", "--version", "--help"):
            self.assertIn(option, text)

    def test_version(self):
        done = run("affectd", "--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout.decode(), r"^affectd \d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
