"""affectd --benchmark: what it costs here, with the released models."""

import json
import unittest

from commands import ROOT, SAMPLES, run

MODELS = ["--model", ROOT / "Models/emotion-open.int8.affect"]
MODELS += ["--speech-model", ROOT / "Models/speech-open.int8.affect"]


class Benchmark(unittest.TestCase):
    def measured(self, *options: str) -> dict:
        done = run("affectd", "--benchmark", "--format", "json", *MODELS, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_made_voice_is_speech_to_the_released_models(self):
        for cost in self.measured()["formats"]:
            # Seven seconds of voice; a detector may find pauses in it.
            self.assertGreater(cost["utteranceMicroseconds"], 2_000_000)
            self.assertGreater(
                cost["speechMicrosecondsPerSecond"], cost["frontEndMicrosecondsPerSecond"]
            )
            self.assertGreater(
                cost["frontEndMicrosecondsPerSecond"], cost["silenceMicrosecondsPerSecond"]
            )

    def test_a_sample_can_be_measured(self):
        report = self.measured("--input", SAMPLES[0])
        self.assertEqual(report["sound"], str(SAMPLES[0]))
        self.assertEqual([cost["rate"] for cost in report["formats"]], [16_000, 48_000])

    def test_the_last_line_of_the_table_is_complete(self):
        done = run("affectd", "--benchmark", *MODELS)
        line = done.stdout.decode().splitlines()[-1]
        fields = line.split("; ")
        self.assertEqual(len(fields), 12, line)
        self.assertIn("emotion-open release", fields[4])

    def test_what_is_no_recording_is_unreadable_input(self):
        done = run("affectd", "--benchmark", *MODELS, "--input", "/nonexistent.wav")
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"/nonexistent.wav", done.stderr)


if __name__ == "__main__":
    unittest.main()
