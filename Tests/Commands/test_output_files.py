"""What affect-model writes: through links, into pipes, and no model over the one it was made from."""

import os
import pathlib
import tempfile
import unittest

from commands import FULL_PRECISION, MODEL, SAMPLES, run, samples_of


class OutputFiles(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.list = self.folder / "list.csv"
        self.list.write_text(f"path,label,speaker\n{SAMPLES[0]},angry,1079\n")

    def evaluate(self, *options):
        return run("affect-model", "evaluate", "--model", MODEL, "--manifest", self.list, *options)

    def test_a_link_stays_a_link(self):
        target, link = self.folder / "target.json", self.folder / "link.json"
        target.write_text("old")
        link.symlink_to("target.json")
        done = self.evaluate("--report", link)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(link.is_symlink())
        self.assertIn('"uar"', target.read_text())

    def test_a_pipe_stays_a_pipe(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            done = self.evaluate("--report", pipe)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(pipe.is_fifo())
            self.assertIn(b'"uar"', os.read(reader, 1 << 20))
        finally:
            os.close(reader)

    def test_standard_output_takes_a_report(self):
        done = self.evaluate("--report", "/dev/stdout")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b'"uar"', done.stdout)

    def test_the_input_is_never_overwritten(self):
        model = self.folder / "model.affect"
        model.write_bytes(FULL_PRECISION.read_bytes())
        same = self.folder / "same.affect"
        same.symlink_to(model)
        for output in (model, same):
            done = run("affect-model", "quantize", "--model", model, "--calibration",
                       SAMPLES[0].parent, "--output", output)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("--output", done.stderr.decode())
            self.assertEqual(model.read_bytes(), FULL_PRECISION.read_bytes())

    def test_a_list_may_begin_with_a_byte_order_mark(self):
        self.list.write_bytes(b"\xef\xbb\xbf" + self.list.read_bytes())
        self.assertEqual(self.evaluate().returncode, 0)

    def test_a_recording_that_was_cut_is_named(self):
        cut = self.folder / "cut.wav"
        cut.write_bytes(SAMPLES[0].read_bytes()[: 44 + len(samples_of(SAMPLES[0]))])
        self.list.write_text(f"path,label,speaker\n{cut},angry,1079\n")
        done = self.evaluate()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("cut.wav", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
