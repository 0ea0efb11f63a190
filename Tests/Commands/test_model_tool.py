"""affect-model: what it makes, measures and refuses."""

import csv
import hashlib
import json
import math
import pathlib
import shutil
import struct
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from commands import FULL_PRECISION, LABELS, MODEL, ROOT, SAMPLES, run, samples_of, write_wav

# Third field of the file names of CREMA-D.
EMOTIONS = {"ANG": "angry", "DIS": "disgust", "FEA": "fearful", "HAP": "happy", "NEU": "neutral",
            "SAD": "sad"}


def read_array(path: pathlib.Path) -> tuple[tuple[int, ...], list[float]]:
    """NumPy's format 1.0, read by its description."""
    data = path.read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00"
    length = struct.unpack("<H", data[8:10])[0]
    assert (10 + length) % 64 == 0
    header = eval(data[10:10 + length].decode())  # noqa: S307 - our own output
    code = {"<i2": "h", "<f8": "d"}[header["descr"]]
    count = math.prod(header["shape"])
    return header["shape"], list(struct.unpack(f"<{count}{code}", data[10 + length:]))


class ModelTool(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def done(self, *arguments, code: int = 0):
        result = run("affect-model", *arguments)
        self.assertEqual(result.returncode, code, result.stderr.decode())
        self.assertNotIn(b"Fatal", result.stderr)
        return result

    def fails(self, code: int, arguments, *words: str):
        message = self.done(*arguments, code=code).stderr.decode()
        for word in words:
            self.assertIn(word, message)

    def manifest(self, *rows: str) -> pathlib.Path:
        path = self.folder / "list.csv"
        path.write_text("\n".join(["path,label,speaker", *rows]) + "\n")
        return path

    def samples(self) -> pathlib.Path:
        return self.manifest(*(
            f"{path},{EMOTIONS[path.name.split('_')[2]]},{path.name[:4]}" for path in SAMPLES
        ))


class Inspect(ModelTool):
    def test_text_names_labels_layers_and_provenance(self):
        text = self.done("inspect", MODEL).stdout.decode()
        for word in [*LABELS, "int8", "mfcc", "logits", "fullyConnected", "training: RAVDESS"]:
            self.assertIn(word, text)

    def test_json_holds_manifest_and_digest(self):
        summary = json.loads(self.done("inspect", MODEL, "--json").stdout)
        digest = subprocess.run(["sha256sum", MODEL], capture_output=True, text=True).stdout
        self.assertEqual(summary["digest"], digest.split()[0])
        self.assertEqual(summary["bytes"], MODEL.stat().st_size)
        self.assertEqual(summary["manifest"]["labels"], LABELS)
        self.assertEqual(
            summary["multiplyAccumulates"],
            sum(layer["multiplyAccumulates"] for layer in summary["layers"]),
        )

    def test_refuses_what_is_no_model(self):
        self.fails(4, ["inspect", __file__], "model rejected")
        self.fails(3, ["inspect", "/nonexistent/model"], "/nonexistent/model: No such file")
        cut = self.folder / "cut.affect"
        cut.write_bytes(MODEL.read_bytes()[:-1])
        self.fails(4, ["inspect", cut], "model rejected")

    def test_usage_and_help(self):
        self.fails(2, ["inspect"], "Missing")
        self.fails(2, ["inspekt", MODEL], "inspekt")
        evaluate = ["evaluate", "--model", MODEL, "--manifest", self.samples()]
        self.fails(2, [*evaluate, "--modle", "x"], "--modle", "--model")
        for command in ("import", "inspect", "features", "quantize", "evaluate", "keygen", "sign", "verify"):
            self.assertIn(b"Example: affect-model", self.done(command, "--help").stdout)
            self.assertIn(command.encode(), self.done("--help").stdout)


class Features(ModelTool):
    def test_integer_features_are_the_reference_in_q_format(self):
        model = json.loads(self.done("inspect", MODEL, "--json").stdout)["manifest"]
        options = model["frontEnd"]
        integers, reals = self.folder / "i.npy", self.folder / "f.npy"
        self.done("features", "--model", MODEL, SAMPLES[0], integers)
        self.done("features", "--model", MODEL, "--reference", SAMPLES[0], reals)
        shape, found = read_array(integers)
        self.assertEqual(read_array(reals)[0], shape)
        count = len(samples_of(SAMPLES[0]))
        frames = 1 + (count - options["frameLength"]) // options["hopLength"]
        self.assertEqual(shape, (frames, len(options["channelWeights"])))
        signal = noise = 0.0
        for value, real in zip(found, read_array(reals)[1]):
            expected = real * 2 ** options["outputFractionBits"]
            signal += expected**2
            noise += (value - expected) ** 2
        # The budget of the front end is 66 dB.
        self.assertGreater(10 * math.log10(signal / noise), 66)

    def test_other_rates_and_channels_give_the_same_number_of_frames(self):
        samples = samples_of(SAMPLES[1])
        stereo = self.folder / "stereo.wav"
        write_wav(stereo, [s for sample in samples for s in (sample, sample)], channels=2)
        one, two = self.folder / "1.npy", self.folder / "2.npy"
        self.done("features", "--model", MODEL, SAMPLES[1], one)
        self.done("features", "--model", MODEL, stereo, two)
        self.assertEqual(one.read_bytes(), two.read_bytes())
        fast = self.folder / "fast.wav"
        write_wav(fast, [s for sample in samples for s in (sample,) * 3], rate=48000)
        self.done("features", "--model", MODEL, fast, two)
        self.assertEqual(read_array(one)[0], read_array(two)[0])

    def test_short_input_gives_no_frames(self):
        short = self.folder / "short.wav"
        write_wav(short, [0] * 100)
        self.done("features", "--model", MODEL, short, self.folder / "none.npy")
        self.assertEqual(read_array(self.folder / "none.npy")[0][0], 0)


class Evaluate(ModelTool):
    def figures(self, rows: list[dict]) -> dict:
        """The report's figures, computed here from the answers by their definitions."""
        truths = sorted({row["label"] for row in rows}, key=LABELS.index)
        recalls = []
        for label in truths:
            own = [row for row in rows if row["label"] == label]
            recalls.append(sum(row["prediction"] == label for row in own) / len(own))
        scores = []
        for label in LABELS:
            hits = sum(row["prediction"] == label == row["label"] for row in rows)
            claimed = sum(row["prediction"] == label for row in rows)
            actual = sum(row["label"] == label for row in rows)
            if claimed or actual:
                scores.append(2 * hits / (claimed + actual))
        return {
            "accuracy": sum(row["prediction"] == row["label"] for row in rows) / len(rows),
            "uar": sum(recalls) / len(recalls),
            "macro_f1": sum(scores) / len(scores),
            "missed": sum(not row["prediction"] for row in rows),
            "count": len(rows),
        }

    def test_report_follows_from_the_predictions(self):
        for model in (MODEL, FULL_PRECISION):
            with self.subTest(model.name):
                report, answers = self.folder / "r.json", self.folder / "p.csv"
                self.done("evaluate", "--model", model, "--manifest", self.samples(),
                          "--report", report, "--predictions", answers)
                figures = json.loads(report.read_text())
                with answers.open() as file:
                    rows = list(csv.DictReader(file))
                for name, expected in self.figures(rows).items():
                    self.assertAlmostEqual(figures[name], expected, 12, name)
                self.assertEqual(figures["labels"], LABELS)
                self.assertEqual(sum(map(sum, figures["confusion"])), len(SAMPLES))
                for row in rows:
                    shares = {label: float(row[label]) for label in LABELS}
                    self.assertEqual(max(shares, key=shares.get), row["prediction"])
                    self.assertAlmostEqual(sum(shares.values()), 1, 3)
                for key in ("per_class", "per_speaker", "coverage_risk", "intervals"):
                    self.assertIn(key, figures)
                self.assertEqual(figures["no_gate"]["count"], len(SAMPLES))
                self.assertNotIn("clips", figures)
                self.assertEqual(figures["coverage_risk"][-1]["coverage"], 1)
                low, high = figures["intervals"]["files"]["uar"]
                self.assertLessEqual(low, figures["uar"])
                self.assertGreaterEqual(high, figures["uar"])

    def test_two_runs_give_the_same_report(self):
        for name in ("1.json", "2.json"):
            self.done("evaluate", "--model", MODEL, "--manifest", self.samples(), "--report",
                      self.folder / name)
        self.assertEqual((self.folder / "1.json").read_bytes(),
                         (self.folder / "2.json").read_bytes())

    def test_silence_is_missed_and_wrong(self):
        write_wav(self.folder / "silence.wav", [0] * 32000)
        report = self.folder / "r.json"
        # The path is relative to the list.
        manifest = self.manifest("silence.wav,calm,a", f"{SAMPLES[0]},angry,b")
        self.done("evaluate", "--model", MODEL, "--manifest", manifest, "--report", report)
        figures = json.loads(report.read_text())
        self.assertEqual(figures["missed"], 1)
        self.assertEqual(figures["per_class"]["calm"]["missed"], 1)
        self.assertEqual(figures["per_class"]["calm"]["recall"], 0)
        self.assertEqual(figures["no_gate"]["missed"], 0)

    def test_goes_on_past_recordings_that_cannot_be_read(self):
        report, answers = self.folder / "r.json", self.folder / "p.csv"
        rows = [f"{SAMPLES[0]},angry,a", "missing.wav,calm,b", f"{ROOT / 'README.md'},calm,b",
                f"{SAMPLES[1]},fearful,a"]
        self.fails(3, ["evaluate", "--model", MODEL, "--manifest", self.manifest(*rows),
                       "--report", report, "--clips", "--predictions", answers],
                   "missing.wav: No such file", "README.md", "2 of 4 recordings")
        figures = json.loads(report.read_text())
        self.assertEqual((figures["count"], figures["unreadable"]), (2, 2))
        self.assertEqual(list(figures["per_speaker"]), ["a"])
        gates = [clip["gate"] for clip in figures["clips"]]
        self.assertEqual(gates, ["open", "open"])
        self.assertEqual([(entry["path"], entry["line"]) for entry in figures["unread"]],
                         [("missing.wav", 3), (str(ROOT / "README.md"), 4)])
        self.assertIn("RIFF", figures["unread"][1]["reason"])
        with answers.open() as file:
            self.assertEqual(len(list(csv.DictReader(file))), 2)

    def test_counts_recordings_that_were_cut(self):
        cut, report = self.folder / "cut.wav", self.folder / "r.json"
        cut.write_bytes(SAMPLES[0].read_bytes()[:44 + len(samples_of(SAMPLES[0]))])
        manifest = self.manifest(f"{cut},angry,a", f"{SAMPLES[1]},fearful,a")
        done = self.done("evaluate", "--model", MODEL, "--manifest", manifest, "--report", report,
                         "--clips")
        figures = json.loads(report.read_text())
        self.assertEqual(figures["truncated"], 1)
        self.assertEqual([clip["truncated"] for clip in figures["clips"]], [True, False])
        self.assertIn("1 cut short", done.stdout.decode())

    def test_report_says_what_became_of_each_recording(self):
        write_wav(self.folder / "silence.wav", [0] * 24000)
        # 80 ms of a tone: fewer frames than the model needs, even with the pre-roll.
        tone = [round(8000 * math.sin(0.3 * n)) for n in range(1280)]
        write_wav(self.folder / "short.wav", tone)
        manifest = self.folder / "list.csv"
        manifest.write_text("path,label,speaker,corpus\n"
                            f"{SAMPLES[0]},angry,a,CREMA-D\nsilence.wav,calm,b,\n"
                            "short.wav,calm,b,\n")
        for model in (MODEL, FULL_PRECISION):
            with self.subTest(model.name):
                report, answers = self.folder / "r.json", self.folder / "p.csv"
                self.done("evaluate", "--model", model, "--manifest", manifest, "--report", report,
                          "--clips", "--predictions", answers)
                figures = json.loads(report.read_text())
                first, silent, short = figures["clips"]
                with answers.open() as file:
                    row = next(csv.DictReader(file))
                self.assertEqual(first["path"], str(SAMPLES[0]))
                self.assertEqual((first["label"], first["speaker"], first["corpus"]),
                                 ("angry", "a", "CREMA-D"))
                self.assertEqual(first["predicted"], row["prediction"])
                self.assertEqual(first["frames"], int(row["frames"]))
                self.assertAlmostEqual(first["seconds"], len(samples_of(SAMPLES[0])) / 16000, 4)
                for label, probability in zip(LABELS, first["probabilities"]):
                    self.assertAlmostEqual(probability, float(row[label]), 4)
                # The softmax of the logits that stand beside them.
                powers = [math.exp(logit) for logit in first["logits"]]
                for power, probability in zip(powers, first["probabilities"]):
                    self.assertAlmostEqual(power / sum(powers), probability, 4)
                self.assertEqual([first["gate"], silent["gate"]], ["open", "shut"])
                self.assertIn(short["gate"], ["shut", "short"])
                for missed in (silent, short):
                    self.assertEqual((missed["predicted"], missed["frames"]), (None, 0))
                    self.assertIsNone(missed["probabilities"])
                self.assertEqual(silent["seconds"], 1.5)
                self.assertEqual(len(figures["no_gate"]["clips"]), 3)

    def test_checks_where_the_report_goes_before_the_work(self):
        # The recording that is missing would be named if the work had begun.
        manifest = self.manifest("missing.wav,calm,a")
        for option in ("--report", "--predictions"):
            command = ["evaluate", "--model", MODEL, "--manifest", manifest, option]
            message = self.done(*command, self.folder / "none/r.json", code=1).stderr.decode()
            self.assertIn("none", message)
            self.assertNotIn("missing.wav", message)
            self.fails(1, [*command, self.folder], "folder")

    def test_without_gate_only(self):
        report = self.folder / "r.json"
        self.done("evaluate", "--model", MODEL, "--manifest", self.samples(), "--no-gate",
                  "--report", report)
        figures = json.loads(report.read_text())
        self.assertFalse(figures["gate"])
        self.assertNotIn("no_gate", figures)

    def test_names_the_line_that_is_wrong(self):
        def fails(rows: list[str], *words: str):
            command = ["evaluate", "--model", MODEL, "--manifest", self.manifest(*rows)]
            self.fails(3, command, *words)

        good = f"{SAMPLES[0]},angry,a"
        fails([good, f"{SAMPLES[1]},furious,a"], "list.csv:3", "furious", "neutral")
        fails([good, good, "a.wav,angry"], "list.csv:4", "3 fields", "found 2")
        fails([good, " ,angry,a"], "list.csv:3", "path is empty")
        fails(["missing.wav,angry,a"], "missing.wav", "No such file", "none of the 1 recordings")
        fails([f"{ROOT / 'README.md'},angry,a"], "README.md", "RIFF")
        fails([], "no recordings")
        self.fails(3, ["evaluate", "--model", MODEL, "--manifest", "/none.csv"], "/none.csv")
        path = self.folder / "columns.csv"
        path.write_text("file,label,speaker\n")
        self.fails(3, ["evaluate", "--model", MODEL, "--manifest", path], "columns.csv:1", "path")


class Import(ModelTool):
    ONNX = ROOT / "Tests/Vectors/onnx"

    def test_makes_a_model_that_can_be_quantised_and_run(self):
        source, output = self.folder / "n.float32.affect", self.folder / "n.affect"
        text = self.done("import", self.ONNX / "torch-image.onnx", "--front-end",
                         self.ONNX / "description.json", "--output", source).stdout.decode()
        self.assertIn("float32", text)
        self.done("quantize", "--model", source, "--calibration", SAMPLES[0].parent,
                  "--output", output)
        provenance = json.loads(self.done("inspect", output, "--json").stdout)["manifest"][
            "provenance"]
        digest = hashlib.sha256((self.ONNX / "torch-image.onnx").read_bytes()).hexdigest()
        self.assertEqual(provenance["ancestors"][0], digest)
        self.assertEqual(run("affectd", "--model", output, "--input", SAMPLES[0]).returncode, 0)

    def test_the_description_may_be_a_manifest(self):
        manifest = json.loads(self.done("inspect", FULL_PRECISION, "--json").stdout)["manifest"]
        manifest["labels"] = manifest["labels"][:3]
        manifest["frontEnd"] |= {"cepstralCount": 10,
                                 "channelWeights": manifest["frontEnd"]["channelWeights"][:10]}
        path = self.folder / "description.json"
        path.write_text(json.dumps(manifest))
        self.done("import", self.ONNX / "residual.onnx", "--front-end", path, "--output",
                  self.folder / "n.affect")

    def test_refuses_what_it_cannot_read(self):
        output = self.folder / "n.affect"

        def fails(code: int, network, description, *words: str):
            self.fails(code, ["import", network, "--front-end", description, "--output", output],
                       *words)

        good = (self.ONNX / "residual.onnx", self.ONNX / "description.json")
        fails(3, "/none.onnx", good[1], "/none.onnx")
        fails(3, good[0], "/none.json", "/none.json")
        fails(3, good[0], good[0], "UTF-8")
        fails(4, good[1], good[1], "ONNX")
        fails(4, self.ONNX / "turned.onnx", good[1], "/Conv", "channels")
        for name, old, new in (("strides", b"@\x01@\x02", b"@\x00@\x02"),
                               ("dilations", b"@\x02@\x02", b"@\x7f@\x02"),
                               ("pads", b"@\x01@\x01", b"@\x7f@\x01")):
            data = good[0].read_bytes()
            broken = data.replace(name.encode() + old, name.encode() + new)
            self.assertNotEqual(broken, data)
            path = self.folder / "broken.onnx"
            path.write_bytes(broken)
            fails(4, path, good[1], "/Conv", name)
        self.assertFalse(output.exists())


class Quantize(ModelTool):
    def test_makes_a_model_that_runs_and_reports(self):
        output, report = self.folder / "q.affect", self.folder / "r.json"
        self.done("quantize", "--model", FULL_PRECISION, "--calibration", SAMPLES[0].parent,
                  "--output", output, "--report", report, "--corpus", "CREMA-D=ODbL-1.0")
        figures = json.loads(report.read_text())
        summary = json.loads(self.done("inspect", output, "--json").stdout)
        source = json.loads(self.done("inspect", FULL_PRECISION, "--json").stdout)
        self.assertEqual(figures["source"]["digest"], source["digest"])
        self.assertEqual(figures["result"]["digest"], summary["digest"])
        provenance = summary["manifest"]["provenance"]
        self.assertEqual(provenance["ancestors"][-1], source["digest"])
        self.assertIn({"name": "CREMA-D", "licence": "ODbL-1.0", "role": "calibration"},
                      provenance["corpora"])
        self.assertEqual(summary["manifest"]["precision"], "int8")
        # Eight bits through a dozen layers leave 20 dB and more everywhere.
        for layer in figures["layers"]:
            self.assertGreater(layer["signalToNoiseDecibel"], 20, layer["name"])
            self.assertGreater(layer["rangeUse"], 0.1, layer["name"])
        # Five ways to choose ranges, with and without equalisation, then two corrections.
        trials = figures["trials"]
        self.assertEqual(len(trials), 12)
        best = max(trials, key=lambda trial: trial["signalToNoiseDecibel"])
        for choice in ("ranges", "equalized", "correction"):
            self.assertEqual(figures["result"][choice], best[choice])
        agreement = figures["labelAgreement"]
        self.assertEqual(agreement["calibration"]["count"] + agreement["heldOut"]["count"], 6)
        self.assertEqual(run("affectd", "--model", output, "--input", SAMPLES[0]).returncode, 0)

    def test_compares_with_full_precision_and_draws(self):
        output, report = self.folder / "q.affect", self.folder / "r.json"
        plot = self.folder / "q.svg"
        text = self.done("quantize", "--model", FULL_PRECISION, "--calibration", SAMPLES[0].parent,
                         "--ranges", "mean-squared-error", "--equalization", "false",
                         "--correction", "logits", "--output", output, "--report", report,
                         "--plot", plot, "--compare", self.samples()).stdout.decode()
        figures = json.loads(report.read_text())
        self.assertEqual(len(figures["trials"]), 2)
        compared = figures["compare"]
        self.assertEqual(compared["count"], len(SAMPLES))
        rows = compared["recordings"]
        self.assertEqual(compared["agreed"], sum(row["float32"] == row["int8"] for row in rows))
        for precision in ("float32", "int8"):
            right = sum(row[precision] == row["label"] for row in rows)
            self.assertAlmostEqual(compared[precision]["accuracy"], right / len(rows), 12)
        low, high = compared["difference"]["files"]["uar"]
        self.assertLessEqual(low, compared["difference"]["uar"])
        self.assertGreaterEqual(high, compared["difference"]["uar"])
        self.assertIn(f"{compared['agreed']} of {len(rows)} labels agree", text)
        # The same answers as of `evaluate`.
        for precision, model in (("float32", FULL_PRECISION), ("int8", output)):
            answers = self.folder / "p.csv"
            self.done("evaluate", "--model", model, "--manifest", self.samples(),
                      "--predictions", answers)
            with answers.open() as file:
                found = [row["prediction"] for row in csv.DictReader(file)]
            self.assertEqual(found, [row[precision] for row in rows])
        drawing = xml.etree.ElementTree.parse(plot).getroot()
        self.assertTrue(drawing.tag.endswith("svg"))
        names = {element.text for element in drawing.iter() if element.tag.endswith("text")}
        self.assertLessEqual({layer["name"] for layer in figures["layers"]}, names)

    def test_refuses_choices_that_do_not_exist(self):
        command = ["quantize", "--model", FULL_PRECISION, "--output", self.folder / "q.affect",
                   "--calibration", SAMPLES[0].parent]
        self.fails(2, [*command, "--ranges", "best"], "best", "--ranges")
        self.fails(2, [*command, "--correction", "all"], "all", "--correction")
        self.fails(3, [*command, "--compare", "/none.csv"], "/none.csv")

    def test_is_reproducible_and_reads_lists(self):
        names = self.folder / "list.txt"
        names.write_text("".join(f"{path}\n" for path in SAMPLES))
        # Everybody speaks once: nobody is remembered from one recording to the next.
        table = self.folder / "list.csv"
        table.write_text("path,label,speaker\n"
                         + "".join(f"{path},angry,{path.stem}\n" for path in SAMPLES))
        for number, source in enumerate((names, table)):
            self.done("quantize", "--model", FULL_PRECISION, "--calibration", source,
                      "--output", self.folder / f"{number}.affect")
        self.assertEqual((self.folder / "0.affect").read_bytes(),
                         (self.folder / "1.affect").read_bytes())

    def test_refuses_what_cannot_be_calibrated(self):
        output = self.folder / "q.affect"
        command = ["quantize", "--model", FULL_PRECISION, "--output", output, "--calibration"]
        self.fails(3, [*command, self.folder], "no WAV files")
        self.fails(3, [*command, "/nonexistent"], "/nonexistent")
        write_wav(self.folder / "silence.wav", [0] * 32000)
        self.fails(1, [*command, self.folder], "no calibration clip")
        self.fails(2, [*command, self.folder, "--corpus", "CREMA-D"], "name=licence")
        self.fails(4, ["quantize", "--model", MODEL, "--output", output, "--calibration",
                       self.folder], "already int8")
        self.assertFalse(output.exists())


class Signatures(ModelTool):
    def setUp(self):
        super().setUp()
        self.public, self.secret = self.folder / "k.pub", self.folder / "k.sec"
        self.model = self.folder / "m.affect"
        shutil.copy(MODEL, self.model)
        self.done("keygen", "--public", self.public, "--secret", self.secret)

    def test_signed_models_verify_and_changed_ones_do_not(self):
        self.done("sign", "--key", self.secret, self.model)
        self.done("verify", "--key", self.public, self.model)
        data = bytearray(self.model.read_bytes())
        data[-1] ^= 1
        self.model.write_bytes(data)
        self.fails(4, ["verify", "--key", self.public, self.model], "changed")

    def test_secret_key_is_for_its_owner_alone_and_is_never_overwritten(self):
        self.assertEqual(self.secret.stat().st_mode & 0o777, 0o600)
        before = self.secret.read_bytes()
        self.fails(1, ["keygen", "--public", self.public, "--secret", self.secret], "exists")
        self.assertEqual(self.secret.read_bytes(), before)

    def test_another_key_and_missing_files_are_refused(self):
        self.fails(3, ["verify", "--key", self.public, self.model], "m.affect.minisig")
        self.done("sign", "--key", self.secret, self.model)
        other = self.folder / "other.pub"
        self.done("keygen", "--public", other, "--secret", self.folder / "other.sec")
        self.fails(4, ["verify", "--key", other, self.model], "expected key")
        self.fails(3, ["verify", "--key", self.secret, self.model], "public key")
        self.fails(4, ["sign", "--key", self.secret, __file__], "model rejected")

    def minisign(self, *arguments):
        subprocess.run(["minisign", *arguments], check=True, capture_output=True)

    def test_minisign_agrees_where_it_is_installed(self):
        if shutil.which("minisign") is None:
            print("absent: minisign, signatures are compared with recorded ones only")
            return
        theirs = self.folder / "t.pub", self.folder / "t.sec"
        self.minisign("-G", "-W", "-p", theirs[0], "-s", theirs[1])
        # Keys of either maker, signatures of either maker, checked by both.
        for public, secret in ((self.public, self.secret), theirs):
            self.done("sign", "--key", secret, self.model)
            self.minisign("-V", "-p", public, "-m", self.model)
            # Prehashed, as it is the default by now, and the older kind.
            for kind in ([], ["-l"]):
                self.minisign("-S", "-W", *kind, "-s", secret, "-m", self.model, "-t", "hello")
                done = self.done("verify", "--key", public, self.model)
                self.assertIn(b"hello", done.stdout)
                self.minisign("-V", "-p", public, "-m", self.model)


if __name__ == "__main__":
    unittest.main()
