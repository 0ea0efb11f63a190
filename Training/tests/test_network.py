"""What is exported is what was trained; crops and checkpoints behave."""

from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Parts

torch = pytest.importorskip("torch")

from affect_training.augmentation.frames import cepstral_matrix  # noqa: E402
from affect_training.corpora import Clip  # noqa: E402
from affect_training.experiment import Experiment, parse_experiment  # noqa: E402
from affect_training.features import FeatureSet  # noqa: E402
from affect_training.models import build_graph  # noqa: E402
from affect_training.models.network import GraphNetwork  # noqa: E402
from affect_training.training.batches import Bands, Batches  # noqa: E402
from affect_training.training.setup import make_trainer  # noqa: E402
from affect_training.training.trainer import Trainer, answer  # noqa: E402
from affect_training.utterances import Frames  # noqa: E402
from affect_training.voices import normalize, voice_after_voice  # noqa: E402

LABELS = ("calm", "happy", "sad")
TOY = {"family": "residual-cnn", "channels": [4, 6]}


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


def test_bands_become_the_rows_of_an_image() -> None:
    graph = build_graph("residual-cnn", 8, {"channels": [4, 6], "bands": 48})
    assert graph["layout"] == "sequence"
    network = GraphNetwork(graph, 40)
    network.eval()
    tensors = network.tensors()
    assert tensors["bands.weight"].shape == (48, 1, 1, 40)
    assert tensors["stem.weight"].shape == (4, 3, 3, 1)
    # The same network behind the first convolution, with the image of the bands as its features.
    plain = GraphNetwork(build_graph("residual-cnn", 8, {"channels": [4, 6]}), 48)
    plain.load_tensors(tensors)
    plain.eval()
    frames = np.random.default_rng(7).standard_normal((1, 37, 40)).astype(np.float32)
    bands = frames @ tensors["bands.weight"][:, 0, 0].T + tensors["bands.bias"]
    with torch.inference_mode():
        logits = network(torch.from_numpy(frames)).numpy()
        expected = plain(torch.from_numpy(bands)).numpy()
    assert logits == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("frequency", [1, 4, 12])
def test_reshape_moves_nothing_in_the_order_of_the_document(frequency: int) -> None:
    nodes: list[dict[str, Any]] = [
        {"name": "wide", "op": "conv2d", "inputs": ["features"], "kernel": [1, 2]},
        {"name": "turned", "op": "reshape", "inputs": ["wide"], "frequency": frequency},
        {"name": "pool", "op": "globalMeanPool", "inputs": ["turned"], "axes": "time"},
        {"name": "logits", "op": "fullyConnected", "inputs": ["pool"], "outputChannels": 12},
    ]
    nodes[0]["outputChannels"] = 6
    network = GraphNetwork({"layout": "image", "nodes": nodes, "output": "logits"}, 3)
    tensors = network.tensors()
    tensors |= {"logits.weight": np.eye(12, dtype=np.float32), "logits.bias": np.zeros(12)}
    network.load_tensors(tensors)
    network.eval()
    frames = np.random.default_rng(8).standard_normal((9, 3)).astype(np.float32)
    pairs = np.stack([frames[:, :2], frames[:, 1:]], 1)  # [time, frequency 2, taps 2]
    wide = pairs @ tensors["wide.weight"][:, 0, :, 0].T + tensors["wide.bias"]
    # [time, 2, 6] in memory is [time, frequency, 12 / frequency]; the mean is over time.
    expected = wide.reshape(9, frequency, -1).mean(0).ravel()
    with torch.inference_mode():
        logits = network(torch.from_numpy(frames)[None]).numpy()[0]
    assert logits == pytest.approx(expected, rel=1e-5, abs=1e-5)


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
        "kind": "logMel",
        "extraChannels": [],
    }
    return FeatureSet(front_end, frames, frames[:6], ())


def test_an_epoch_takes_one_copy_of_each_clip() -> None:
    made = features()
    options = {"batchSize": 4, "shortestCrop": 20, "longestCrop": 90, "maskCount": 0}
    batches = Batches(toy_experiment(options), made, LABELS)
    drawn = list(batches.epoch(np.random.default_rng(1)))
    assert len(drawn) == len(batches) == 3
    drawn_labels = np.concatenate([batch.targets.argmax(1) for batch in drawn])
    assert sorted(drawn_labels) == [0] * 4 + [1] * 4 + [2] * 4
    for batch in drawn:
        assert 20 <= batch.frames.shape[1] <= 90
        assert np.abs(batch.frames.mean(1)).max() < 1e-5


def test_answers_of_others_take_their_share_of_a_target() -> None:
    made = features()
    options = {"batchSize": 4, "shortestCrop": 20, "longestCrop": 20, "labelSmoothing": 0.3}
    batches = Batches(toy_experiment(options), made, LABELS)
    one_hot = np.eye(3, dtype=np.float32)
    batches.soften({f"{n}.wav": one_hot[2] for n in range(0, 12, 3)}, 0.25)
    for batch in batches.epoch(np.random.default_rng(1)):
        assert batch.targets.sum(1) == pytest.approx(1, abs=1e-6)
        for target in batch.targets:
            if target.argmax() == 0:  # 0.25 of `sad`, 0.75 of `calm` smoothed
                assert target == pytest.approx([0.6, 0.075, 0.325], abs=1e-6)
            else:
                assert target.max() == pytest.approx(0.8, abs=1e-6)


def test_teachers_take_their_share_of_a_target_and_of_its_label() -> None:
    options = {"batchSize": 12, "shortestCrop": 20, "longestCrop": 20, "labelSmoothing": 0.0}
    batches = Batches(toy_experiment(options), features(), LABELS)
    assert batches.priors == pytest.approx([1 / 3] * 3)
    # The calm clips are learned from teachers alone, the others by a quarter.
    batches.leave_to_teachers({f"{n}.wav": 1.0 if n % 3 == 0 else 0.25 for n in range(12)})
    assert batches.priors == pytest.approx([0, 1 / 2, 1 / 2])
    (batch,) = batches.epoch(np.random.default_rng(1))
    assert batch.targets.sum(1) + batch.taught == pytest.approx([1] * 12)
    assert sorted(batch.taught) == [0.25] * 8 + [1.0] * 4


def test_a_pupil_learns_what_its_teachers_say_and_leaves_them_alone(tmp_path: Path) -> None:
    options = {
        "epochs": 60,
        "batchSize": 12,
        "learningRate": 0.02,
        "averaging": 0.5,
        "longestCrop": 96,
        "mixUp": 0.2,
    }
    made, experiment = features(), toy_experiment(options)
    graph = build_graph("residual-cnn", 3, {"channels": [4, 6]})
    pupil, *teachers = (
        Trainer(experiment, lambda width: GraphNetwork(graph, width), made, LABELS)
        for _ in range(3)
    )
    for teacher, preferred in zip(teachers, (0, 1), strict=True):
        with torch.no_grad():  # says the same of everything: 0.98 for one label
            teacher.average.get_parameter("parts.logits.weight").zero_()
            teacher.average.get_parameter("parts.logits.bias").copy_(torch.eye(3)[preferred] * 5)
    before = [parameter.clone() for t in teachers for parameter in t.average.parameters()]
    pupil.learn_from(teachers, {f.clip.path: 1.0 for f in made.training}, 1.0)
    pupil.run(tmp_path / "pupil.pt", lambda _: None)
    logits = torch.from_numpy(pupil.answers(made.training).logits)
    # The mean of two that are each sure of another label, whatever the labels of the clips.
    assert logits.softmax(1).mean(0).tolist() == pytest.approx([0.497, 0.497, 0.007], abs=0.05)
    after = [parameter for t in teachers for parameter in t.average.parameters()]
    assert all(torch.equal(old, new) for old, new in zip(before, after, strict=True))


def toy_experiment(training: dict[str, Any], **members: Any) -> Experiment:
    source: dict[str, Any] = {
        "name": "toy",
        "version": "1",
        "release": 1,
        "seed": 3,
        "data": {"protocol": "ravdess-five-folds", "testFold": 1},
        "frontEnd": {},
        "network": {},
        "decision": {},
        "training": training,
        **members,
    }
    return parse_experiment(source, "test")


def test_clips_are_drawn_as_often_as_their_corpus_weighs() -> None:
    made = features(24)
    renamed = tuple(
        replace(f, clip=replace(f.clip, speaker=f"{'TESS' if n % 4 < 2 else 'SAVEE'}/1"))
        for n, f in enumerate(made.training)
    )
    made = replace(made, training=renamed)
    options = {"batchSize": 3, "shortestCrop": 20, "longestCrop": 30}
    weights = [{"corpus": "TESS", "weight": 0.25}, {"corpus": "SAVEE", "weight": 2}]
    batches = Batches(toy_experiment(options, trainedOn=weights), made, LABELS)
    assert len(batches) == 9  # 12 clips of TESS and 12 of SAVEE: 3 + 24 draws
    paths = [frames.clip.path for frames in renamed[::2]]
    drawn = batches._drawn(np.random.default_rng(2))
    counts = np.bincount(drawn, minlength=24)
    assert counts[[p.clip.speaker == "SAVEE/1" for p in renamed[::2]]].tolist() == [2] * 12, paths
    assert counts.sum() == 27
    # Every third clip has the same label, in both corpora: 9 draws each.
    assert batches.priors == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("kind", ["logMel", "mfcc"])
def test_bands_of_frames_and_back(kind: str) -> None:
    options = {"kind": kind, "extraChannels": ["rms"], "channelWeights": [0.5, 0.25, 2, 1, 3]}
    ways = Bands({**options, "cepstralCount": 4, "melBinCount": 4, "lifter": 0})
    frames = np.random.default_rng(3).normal(0, 1, (5, 5)).astype(np.float32)
    assert ways.frames(ways.bands(frames)) == pytest.approx(frames[:, :4], abs=1e-5)


def test_changes_of_bands_leave_the_level_alone() -> None:
    made = features()
    front_end = {**made.front_end, "extraChannels": ["rms"]}
    options = {"batchSize": 4, "shortestCrop": 20, "longestCrop": 20, "maskCount": 0}
    drawn = []
    for changes in ({}, {"frames": {"warp": 0.2}}):
        experiment = toy_experiment(options, augmentation=changes)
        batches = Batches(experiment, replace(made, front_end=front_end), LABELS)
        crop = batches._crop(made.training[0], 50, np.random.default_rng(1))
        drawn.append(crop)
    assert np.array_equal(drawn[0][:, 7], drawn[1][:, 7])
    assert not np.allclose(drawn[0][:, :7], drawn[1][:, :7])


def test_crops_are_normalised_together_with_what_is_remembered() -> None:
    options = {"batchSize": 4, "shortestCrop": 20, "longestCrop": 20, "maskCount": 0}
    remembering = {**options, "memoryShare": 1.0}
    decision = {"voiceMemoryFrames": 300}
    for changes in ({}, {"frames": {"warp": 0.1, "floor": 0.5}}):
        members = {"augmentation": changes, "decision": decision}
        heard = Batches(toy_experiment(remembering, **members), features(), LABELS)
        (first, *_) = heard.epoch(np.random.default_rng(1))
        assert np.isfinite(first.frames).all()
        # The mean of a crop says how it differs from the voice; alone it would be gone.
        assert np.abs(first.frames.mean(1)).max() > 0.01
    with pytest.raises(ValueError, match="memoryShare needs voiceMemoryFrames"):
        Batches(toy_experiment(remembering), features(), LABELS)


def test_the_mean_of_a_remembered_voice_is_changed_as_its_frames_are() -> None:
    # Every clip of the voice is the same: whatever is remembered has the mean of the crop.
    frame = np.random.default_rng(6).integers(-999, 999, 8).astype(np.int16)
    still = tuple(replace(each, values=np.tile(frame, (60, 1))) for each in features().training)
    made = replace(features(), training=still)
    options = {"batchSize": 4, "maskCount": 0, "memoryShare": 1.0}
    members = {"augmentation": {"frames": {"warp": 0.2, "shift": 2.0}}}
    experiment = toy_experiment(options, decision={"voiceMemoryFrames": 300}, **members)
    crop = Batches(experiment, made, LABELS)._crop(still[0], 50, np.random.default_rng(1))
    assert crop == pytest.approx(np.zeros((50, 8)), abs=1e-5)


def test_clips_of_a_speaker_are_answered_as_one_voice() -> None:
    made = features(6)
    scale = 2.0**-10

    class Levels(torch.nn.Module):
        def forward(self, frames: torch.Tensor) -> torch.Tensor:
            return frames.mean(1)

    heard = tuple(frames for frames in made.training if frames.copy == 0)
    alone = answer(Levels(), heard, made.front_end)
    assert np.abs(alone.logits).max() < 1e-6
    found = answer(Levels(), heard, made.front_end, memory=75)
    assert found.clips == alone.clips
    spoken = {frames.clip: frames.speech * scale for frames in heard}
    for _, voice in groupby(voice_after_voice(spoken), lambda clip: clip.speaker):
        before = np.zeros((0, 8))
        for clip in voice:
            together = np.concatenate([before, spoken[clip]]).mean(0)
            expected = spoken[clip].mean(0) - together
            assert found.logits[found.clips.index(clip)] == pytest.approx(expected, abs=1e-5)
            # 50 frames each, of which 75 hold one.
            before = spoken[clip]


def test_a_network_over_cepstra_begins_with_their_bands() -> None:
    front_end = {"cepstralCount": 8, "melBinCount": 8, "channelWeights": [0.5] * 4 + [2.0] * 4}
    made = replace(features(), front_end={**features().front_end, **front_end})
    network = {"family": "residual-cnn", "channels": [4, 6], "bands": 8}
    trainer = make_trainer(toy_experiment({"batchSize": 4}, network=network), made, LABELS)
    bands = np.random.default_rng(4).normal(0, 1, (5, 8)).astype(np.float32)
    cepstra = bands @ cepstral_matrix(8, 8).T * np.array(front_end["channelWeights"])
    part = trainer.network.get_submodule("parts.bands")
    heard = part(torch.from_numpy(cepstra.astype(np.float32).T[None, :, :, None]))
    assert pytest.approx(bands / 2, abs=1e-5) == heard.detach().numpy()[0, :, :, 0].T


def test_a_training_begins_with_the_body_of_another(tmp_path: Path) -> None:
    toy_trainer(1).run(tmp_path / "first.pt", lambda _: None, 1)
    first = torch.load(tmp_path / "first.pt", weights_only=True)["average"]
    second = toy_trainer(4)
    fresh = second.network.tensors()["logits.weight"]
    second.begin_with(tmp_path / "first.pt")
    taken = second.network.state_dict()
    for name, value in first.items():
        assert torch.equal(value, taken[name]) != name.startswith("parts.logits"), name
    assert np.array_equal(second.network.tensors()["logits.weight"], fresh)


def toy_trainer(epochs: int) -> Trainer:
    options = {"epochs": 4, "batchSize": 4, "shortestCrop": 24, "longestCrop": 32}
    experiment = toy_experiment(options)
    graph = build_graph("residual-cnn", 3, {"channels": [4, 6]})
    made = Trainer(experiment, lambda width: GraphNetwork(graph, width, 0.3), features(), LABELS)
    made.stop_at = epochs
    return made


@pytest.mark.parametrize(("balance", "lead"), [(0.0, np.log(2)), (1.0, 0.0)])
def test_balanced_logits_favour_no_frequent_label(
    balance: float, lead: float, tmp_path: Path
) -> None:
    made = features(16)
    silent = tuple(
        replace(
            frames,
            clip=replace(frames.clip, label=LABELS[(0, 0, 1, 2)[int(frames.clip.path[:-4]) % 4]]),
            values=np.zeros_like(frames.values),
        )
        for frames in made.training
    )
    options = {
        "epochs": 100,
        "batchSize": 16,
        "learningRate": 0.05,
        "averaging": 0.5,
        "longestCrop": 96,
        "labelSmoothing": 0.0,
        "balance": balance,
    }
    graph = build_graph("residual-cnn", 3, {"channels": [4, 6]})
    trainer = Trainer(
        toy_experiment(options),
        lambda width: GraphNetwork(graph, width),
        replace(made, training=silent),
        LABELS,
    )
    trainer.run(tmp_path / "silent.pt", lambda _: None)
    logits = trainer.answers(silent[:1]).logits[0]
    assert logits[0] - logits[1:] == pytest.approx([lead, lead], abs=0.05)


def test_labels_that_nobody_has_cannot_be_balanced() -> None:
    made = features()
    calm = tuple(frames for frames in made.training if frames.clip.label == "calm")
    with pytest.raises(ValueError, match="lacks one"):
        make_trainer(
            toy_experiment({"batchSize": 2, "balance": 1.0}, network=TOY),
            replace(made, training=calm),
            LABELS,
        )


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
