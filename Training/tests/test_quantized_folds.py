"""A trained job, exported, quantised and compared by the product."""

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from affect_training import front_end  # noqa: E402
from affect_training.cli import main  # noqa: E402
from affect_training.corpora.audio import write_wav  # noqa: E402
from affect_training.evaluation.folds import load_comparisons, pooled_difference  # noqa: E402
from affect_training.evaluation.product import TOOL  # noqa: E402
from affect_training.jobs import load_jobs  # noqa: E402

try:
    front_end.load_library()
except front_end.FrontEndError as missing:
    pytest.skip(f"libAffectFeatures is not built: {missing}", allow_module_level=True)
if not TOOL.exists():
    pytest.skip("affect-model is not built", allow_module_level=True)

EXPERIMENT = """\
name = "tiny"
version = "1"
release = 1
seed = 1
frontEnd = { kind = "logMel", sampleRate = 16000, frameLength = 1024, hopLength = 512, \
fftLength = 1024, preEmphasis = 0.97, window = "hann", melScale = "htk", \
melNormalization = "none", melBinCount = 8, lowFrequency = 50, highFrequency = 5200, \
logFloor = -18, extraChannels = [], normalization = "mean", outputFractionBits = 10 }
network = { family = "residual-cnn", channels = [4, 4] }
decision = { windowFrames = 32, hopFrames = 16, minimumFrames = 8, maximumUtteranceFrames = 200, \
preRollFrames = 4, unknownThreshold = 300, smoothing = 500 }
training = { epochs = 2, batchSize = 8, shortestCrop = 12, longestCrop = 30, edgeJitter = 2 }

[data]
protocol = "ravdess-five-folds"
testFold = 1
"""

TABLE = """\
[[jobs]]
protocol = "ravdess-five-folds"
experiment = "tiny"
folds = [1, 2]
seeds = [1]

[[jobs]]
protocol = "ravdess-five-folds"
experiment = "remembering"
folds = [1]
seeds = [1]

[[jobs]]
protocol = "ravdess-five-folds"
experiment = "rebuilt"
folds = [1]
seeds = [1]
"""

REMEMBERING = (
    EXPERIMENT.replace('"tiny"', '"remembering"')
    .replace("preRollFrames = 4,", "preRollFrames = 4, voiceMemoryFrames = 200,")
    .replace("epochs = 2,", "epochs = 30, averaging = 0.9, memoryShare = 1.0,")
)

REBUILT = EXPERIMENT.replace('"tiny"', '"rebuilt"').replace(
    'family = "residual-cnn", channels = [4, 4]', 'family = "system-a-lstm"'
)


@pytest.fixture
def places(tmp_path: Path) -> list[str]:
    """Options of commands; eight clips an actor and a table of jobs stand in the folder."""
    generator = np.random.default_rng(1)
    for actor in range(1, 25):
        for emotion in range(1, 9):
            tone = np.sign(np.sin(np.arange(16000) * (0.02 + 0.01 * emotion + 0.001 * actor)))
            # Louder from emotion to emotion: a normalised utterance alone does not tell.
            buzz = 1000 * 1.35**emotion * tone + generator.normal(0, 400, 16000)
            samples = np.concatenate([np.zeros(4000), buzz, np.zeros(4000)]).astype(np.int16)
            name = f"03-01-{emotion:02}-01-01-01-{actor:02}.wav"
            write_wav(tmp_path / "prepared" / "RAVDESS" / f"Actor_{actor:02}" / name, samples)
    (tmp_path / "tiny.toml").write_text(EXPERIMENT)
    (tmp_path / "remembering.toml").write_text(REMEMBERING)
    (tmp_path / "rebuilt.toml").write_text(REBUILT)
    (tmp_path / "jobs.toml").write_text(TABLE)
    options = ["--table", str(tmp_path / "jobs.toml")]
    for name in ("results", "prepared", "corpora", "cache", "runs"):
        options += [f"--{name}", str(tmp_path / name)]
    return options


def test_a_finished_job_is_compared_once(tmp_path: Path, places: list[str]) -> None:
    table, results = tmp_path / "jobs.toml", tmp_path / "results"
    assert main(["run", "--missing", "--limit", "1", *places]) == 0
    # What no model file can hold has no int8 form to compare.
    assert main(["run", "--missing", "--experiment", "rebuilt", *places]) == 0
    assert main(["quantize-folds", "--calibration", "20", *places]) == 0

    job = load_jobs(table)[0]
    (path,) = (results / "int8").rglob("*.json")
    assert path == results / "int8" / "ravdess-five-folds" / "tiny-fold1-seed1.json"
    found = json.loads(path.read_text())
    assert str(tmp_path) not in path.read_text()
    assert (found["configuration"], found["calibrationClips"]) == (job.configuration, 20)
    assert sorted(found["speakers"]) == ["14", "15", "16", "2", "5"]
    # The product in full precision and PyTorch hear the same clips alike.
    scored = json.loads(job.result_path(results).read_text())
    assert found["float32"]["uar"] == pytest.approx(scored["uar"], abs=0.026)
    pooled = pooled_difference(load_comparisons(results)["ravdess-five-folds", "tiny"])
    assert pooled["clips"] == 40
    assert pooled["float32"] == pytest.approx(found["float32"]["uar"], abs=1e-4)
    assert pooled["int8"] == pytest.approx(found["int8"]["uar"], abs=1e-4)
    assert pooled["agreement"] == pytest.approx(found["agreement"], abs=1e-4)

    before = path.stat().st_mtime_ns
    assert main(["quantize-folds", *places]) == 0
    assert path.stat().st_mtime_ns == before


def test_a_remembered_voice_is_the_same_in_the_product(tmp_path: Path, places: list[str]) -> None:
    assert main(["run", "--missing", "--experiment", "remembering", *places]) == 0
    assert main(["quantize-folds", "--calibration", "20", *places]) == 0
    found = json.loads(next((tmp_path / "results" / "int8").rglob("remembering*.json")).read_text())
    scored = json.loads(next((tmp_path / "results").glob("*/remembering*.json")).read_text())
    assert found["float32"]["uar"] == pytest.approx(scored["uar"], abs=0.026)
    assert abs(scored["alone"]["uar"] - scored["uar"]) > 0.026, "the test tells them apart"
