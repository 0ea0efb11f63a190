"""What is exported is what was trained; crops and checkpoints behave."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Parts

torch = pytest.importorskip("torch")

from affect_training.corpora import Clip  # noqa: E402
from affect_training.experiment import TrainingOptions, parse_experiment  # noqa: E402
from affect_training.features import FeatureSet, Frames  # noqa: E402
from affect_training.models import build_graph  # noqa: E402
from affect_training.models.network import GraphNetwork  # noqa: E402
from affect_training.training.batches import Batches, normalize  # noqa: E402
from affect_training.training.trainer import Trainer  # noqa: E402

LABELS = ("calm", "happy", "sad")


def reference(tensors: dict[str, np.ndarray], frames: np.ndarray) -> Any:
    """The graph of `float_parts` from the equations of the document, in NHWC and float64."""
    get = {name: values.astype(np.float64) for name, values in tensors.items()}
    value = np.pad(frames[:, :, None], ((1, 1), (1, 1), (0, 0)))
    extents = [(value.shape[axis] - 3) // 2 + 1 for axis in (0, 1)]
    first = np.empty((*extents, 5))
    for t in range(extents[0]):
        for f in range(extents[1]):
            window = value[2 * t : 2 * t + 3, 2 * f : 2 * f + 3]
            first[t, f] = (get["first.weight"] * window).sum((1, 2, 3)) + get["first.bias"]
    centred = (first - get["firstNorm.mean"]) / np.sqrt(get["firstNorm.variance"] + 1e-5)
    first = np.maximum(centred * get["firstNorm.scale"] + get["firstNorm.offset"], 0)
    padded = np.pad(first, ((1, 1), (0, 0), (0, 0)))
    spread = sum(padded[k : k + len(first)] * get["spread.weight"][k] for k in range(3))
    spread = np.clip(spread + get["spread.bias"], 0, 6)
    total = np.maximum(spread + first, 0)
    count = (len(total) + 1 - 2) // 2 + 1
    pairs = [total[2 * t : 2 * t + 2] for t in range(count)]
    small = np.array([pair.mean(0) for pair in pairs])
    large = np.array([pair.max(0) for pair in pairs])
    both = np.concatenate([small, large], 2)
    pooled = np.concatenate([both.mean(0), both.std(0)], 1)
    return get["logits.weight"] @ pooled.ravel() + get["logits.bias"]


@pytest.mark.parametrize("length", [16, 37])
def test_network_follows_the_document(length: int, float_parts: Parts) -> None:
    manifest, tensors = float_parts
    network = GraphNetwork(manifest["graph"], 4)
    network.load_tensors(tensors)
    network.eval()
    frames = np.random.default_rng(3).standard_normal((length, 4))
    with torch.inference_mode():
        logits = network(torch.from_numpy(frames.astype(np.float32))[None]).numpy()[0]
    expected = reference(tensors, frames)
    assert logits == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_tensors_make_the_round_trip(float_parts: Parts) -> None:
    manifest, tensors = float_parts
    network = GraphNetwork(manifest["graph"], 4)
    network.load_tensors(tensors)
    for name, values in network.tensors().items():
        assert np.array_equal(values, tensors[name]), name


@pytest.mark.parametrize("block", ["plain", "separable"])
def test_families_run_at_every_length(block: str) -> None:
    graph = build_graph("residual-cnn", 8, {"channels": [4, 6, 8], "block": block})
    network = GraphNetwork(graph, 40)
    network.eval()
    for length in (31, 188):
        assert network(torch.zeros(1, length, 40)).shape == (1, 8)


def test_normalisation_is_over_the_given_frames() -> None:
    frames = np.array([[1.0, 2.0], [3.0, 2.0]], dtype=np.float32)
    assert normalize(frames, "none") is frames
    assert normalize(frames, "mean").tolist() == [[-1, 0], [1, 0]]
    # The second channel does not move: its deviation counts as 1/16.
    assert normalize(frames, "meanVariance").tolist() == [[-1, 0], [1, 0]]


def features(count: int = 12) -> FeatureSet:
    generator = np.random.default_rng(5)
    clips = [Clip(f"{n}.wav", LABELS[n % 3], str(n % 4)) for n in range(count)]
    frames = tuple(
        Frames(clip, copy, generator.integers(-999, 999, (60, 8)).astype(np.int16), 5, 5)
        for clip in clips
        for copy in range(2)
    )
    front_end = {
        "outputFractionBits": 10,
        "normalization": "mean",
        "channelWeights": [1.0] * 8,
    }
    return FeatureSet(front_end, frames, frames[:6], ())


def test_an_epoch_takes_one_copy_of_each_clip() -> None:
    made = features()
    options = TrainingOptions(batchSize=4, shortestCrop=20, longestCrop=90, maskCount=0)
    batches = Batches(made.training, LABELS, made.front_end, options)
    drawn = list(batches.epoch(np.random.default_rng(1)))
    assert len(drawn) == len(batches) == 3
    assert sorted(np.concatenate([batch.labels for batch in drawn])) == [0] * 4 + [1] * 4 + [2] * 4
    for batch in drawn:
        assert 20 <= batch.frames.shape[1] <= 90
        assert np.abs(batch.frames.mean(1)).max() < 1e-5


def toy_trainer(epochs: int) -> Trainer:
    source: dict[str, Any] = {
        "name": "toy",
        "version": "1",
        "release": 1,
        "seed": 3,
        "data": {"protocol": "ravdess-five-folds", "testFold": 1},
        "frontEnd": {},
        "network": {},
        "decision": {},
        "training": {"epochs": 4, "batchSize": 4, "shortestCrop": 24, "longestCrop": 32},
    }
    experiment = parse_experiment(source, "test")
    graph = build_graph("residual-cnn", 3, {"channels": [4, 6]})
    made = Trainer(experiment, lambda width: GraphNetwork(graph, width, 0.3), features(), LABELS)
    made.stop_at = epochs
    return made


def test_training_resumes_where_it_stopped(tmp_path: Path) -> None:
    entries: list[dict[str, Any]] = []
    whole = toy_trainer(4).run(tmp_path / "whole.pt", entries.append, 1).tensors()
    begun = toy_trainer(2)
    begun.run(tmp_path / "parts.pt", entries.append, 1)
    ended = toy_trainer(4)
    parts = ended.run(tmp_path / "parts.pt", entries.append, 1).tensors()
    assert [entry["epoch"] for entry in entries] == [1, 2, 3, 4, 1, 2, 3, 4]
    assert ended.seconds > begun.seconds > 0, "time is counted over every session"
    for name, values in whole.items():
        assert np.array_equal(values, parts[name]), name


def test_training_that_takes_too_long_is_an_error(tmp_path: Path) -> None:
    trainer = toy_trainer(4)
    trainer.longest = 0
    with pytest.raises(RuntimeError, match="processor time"):
        trainer.run(tmp_path / "long.pt", lambda _: None, 1)
