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

    def refuses(self, inputs, option, *command):
        """Each input stays what it is, named directly or through a link."""
        for path in inputs:
            link = self.folder / "link"
            link.unlink(missing_ok=True)
            link.symlink_to(path)
            before = path.read_bytes()
            for output in (path, link, self.folder / "." / path.name):
                done = run("affect-model", *command, output)
                with self.subTest(command=command[0], option=option, output=output.name):
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(option, done.stderr.decode())
                    self.assertEqual(path.read_bytes(), before)

    def test_no_input_is_ever_overwritten(self):
        model, wav = self.folder / "model.affect", self.folder / "speech.wav"
        model.write_bytes(FULL_PRECISION.read_bytes())
        wav.write_bytes(SAMPLES[0].read_bytes())
        self.list.write_text("path,label,speaker\nspeech.wav,angry,1079\n")
        for option in ("--report", "--predictions"):
            self.refuses([model, self.list, wav], option,
                         "evaluate", "--model", model, "--manifest", self.list, option)
        quantize = ["quantize", "--model", model, "--calibration", self.list]
        self.refuses([model, self.list, wav], "--output", *quantize, "--output")
        self.refuses([model, self.list, wav], "--report",
                     *quantize, "--output", self.folder / "q.affect", "--report")
        self.refuses([model, wav], "out.npy", "features", "--model", model, wav)

    def test_two_outputs_are_two_files(self):
        one = self.folder / "one"
        done = self.evaluate("--report", one, "--predictions", self.folder / "." / "one")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertFalse(one.exists())
        done = run("affect-model", "quantize", "--model", FULL_PRECISION, "--calibration",
                   self.list, "--output", one, "--report", one)
        self.assertEqual(done.returncode, 2, done.stderr)
        done = run("affect-model", "keygen", "--public", one, "--secret", one)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertFalse(one.exists())

    def test_a_signature_replaces_neither_the_model_nor_the_key(self):
        model, public, secret = (self.folder / name for name in ("m.affect", "k.pub", "k.sec"))
        model.write_bytes(FULL_PRECISION.read_bytes())
        run("affect-model", "keygen", "--public", public, "--secret", secret)
        for path in (model, secret):
            before = path.read_bytes()
            signature = self.folder / "m.affect.minisig"
            signature.unlink(missing_ok=True)
            signature.symlink_to(path)
            done = run("affect-model", "sign", "--key", secret, model)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(path.read_bytes(), before)

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
