"""The writer and the validator agree, and every rule of the document bites."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Parts

from affect_training.cli.file_commands import summary
from affect_training.modelfile import (
    ModelFileError,
    encode_model,
    read_container,
    validate_bytes,
    validate_file,
    write_model,
)
from affect_training.modelfile.schema import check_schema


def test_float_model_makes_the_round_trip(float_parts: Parts, tmp_path: Path) -> None:
    manifest, tensors = float_parts
    path = tmp_path / "toy.affect"
    write_model(path, manifest, tensors)
    model = validate_file(path)
    assert model.manifest == manifest
    assert set(model.tensors) == set(tensors)
    for name, values in tensors.items():
        assert np.array_equal(model.tensors[name].values, values), name
    assert encode_model(manifest, tensors) == path.read_bytes()
    assert [entry.name for entry in tmp_path.iterdir()] == ["toy.affect"]


@pytest.mark.parametrize("frames", [0, 200, 2048])
def test_a_model_may_remember_the_voice(frames: int, float_parts: Parts) -> None:
    manifest, tensors = float_parts
    manifest["decision"]["voiceMemoryFrames"] = frames
    assert validate_bytes(encode_model(manifest, tensors)).manifest == manifest
    manifest["frontEnd"]["normalization"] = "none"
    if frames > 0:
        with pytest.raises(ModelFileError, match="voiceMemoryFrames"):
            validate_bytes(encode_model(manifest, tensors))
    else:
        validate_bytes(encode_model(manifest, tensors))


def test_integer_model_is_valid(integer_parts: Parts) -> None:
    model = validate_bytes(encode_model(*integer_parts))
    # first: 62 × 2 positions × 5 channels × 9; logits: 3 × 5.
    assert model.graph.macs(64) == 62 * 2 * 5 * 9 + 15


def test_an_integer_model_may_bring_its_self_test(integer_parts: Parts) -> None:
    manifest, tensors = integer_parts
    labels = len(manifest["labels"])
    vectors = {
        "selfTest.seeds": np.array([1, -2], np.int32),
        "selfTest.logits": np.zeros((2, labels), np.int8),
    }
    model = validate_bytes(encode_model(manifest, tensors | vectors))
    assert set(vectors) < set(model.tensors)
    bare = validate_bytes(encode_model(manifest, tensors))
    assert summary(model)["parameters"] == summary(bare)["parameters"]
    for name, values in {
        "selfTest.seeds": np.zeros(17, np.int32),
        "selfTest.logits": np.zeros((2, labels + 1), np.int8),
    }.items():
        with pytest.raises(ModelFileError):
            validate_bytes(encode_model(manifest, tensors | vectors | {name: values}))
    for name in vectors:
        rest = {other: values for other, values in vectors.items() if other != name}
        with pytest.raises(ModelFileError):
            validate_bytes(encode_model(manifest, tensors | rest))


def test_order_of_insertion_does_not_matter(float_parts: Parts) -> None:
    manifest, tensors = float_parts
    turned = dict(reversed(tensors.items()))
    assert encode_model(manifest, tensors) == encode_model(manifest, turned)


def test_tensors_are_aligned_and_padding_is_zero(float_parts: Parts) -> None:
    data = encode_model(*float_parts)
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    assert (8 + size) % 64 == 0
    for name, entry in header.items():
        if name != "__metadata__" and not name.startswith("padding."):
            assert entry["data_offsets"][0] % 64 == 0


def test_safetensors_opens_it(float_parts: Parts) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    tensors = safetensors.load(encode_model(*float_parts))
    assert np.array_equal(tensors["first.weight"], float_parts[1]["first.weight"])


Change = Callable[[dict[str, Any]], None]


def put(path: str, value: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        place: Any = manifest
        *parents, last = path.split(".")
        for name in parents:
            place = place[int(name) if name.isdigit() else name]
        place[int(last) if last.isdigit() else last] = value

    return change


def drop(path: str) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        place: Any = manifest
        *parents, last = path.split(".")
        for name in parents:
            place = place[int(name) if name.isdigit() else name]
        del place[last]

    return change


BROKEN_FLOAT = {
    "unknown member": put("extra", 1),
    "missing member": drop("release"),
    "other format": put("formatVersion", 2),
    "future engine": put("minimumEngine", 2),
    "name with capitals": put("name", "Toy"),
    "long name": put("name", "a" * 65),
    "release zero": put("release", 0),
    "release as a fraction": put("release", 1.0),
    "empty version": put("version", ""),
    "long version": put("version", "ä" * 33),
    "task": put("task", "singing"),
    "one label": put("labels", ["calm"]),
    "label twice": put("labels", ["calm", "calm", "sad"]),
    "speech without its labels": put("task", "speech"),
    "truth for a number": put("release", True),
    "front end kind": put("frontEnd.kind", "spectrogram"),
    "sample rate": put("frontEnd.sampleRate", 8000),
    "fft length": put("frontEnd.fftLength", 384),
    "frame longer than fft": put("frontEnd.frameLength", 257),
    "hop longer than frame": put("frontEnd.hopLength", 257),
    "frequencies": put("frontEnd.lowFrequency", 5200),
    "more cepstra than bins": put("frontEnd.cepstralCount", 9),
    "channel weights": put("frontEnd.channelWeights", [1, 1, 1]),
    "tiny channel weight": put("frontEnd.channelWeights", [1, 1, 1, 1e-6]),
    "extra channels out of order": put("frontEnd.extraChannels", ["rms", "zeroCrossingRate"]),
    "infinite lifter": put("frontEnd.lifter", 1e9),
    "log mel with cepstra": put("frontEnd.kind", "logMel"),
    "layout": put("graph.layout", "cube"),
    "no nodes": put("graph.nodes", []),
    "input of an integer model": put("graph.input", {}),
    "output is not last": put("graph.output", "pool"),
    "name twice": put("graph.nodes.2.name", "first"),
    "reserved name": put("graph.nodes.0.name", "features"),
    "unknown operator": put("graph.nodes.2.op", "gelu"),
    "later node as input": put("graph.nodes.2.inputs", ["pool"]),
    "two inputs": put("graph.nodes.2.inputs", ["firstNorm", "firstNorm"]),
    "unknown attribute": put("graph.nodes.2.slope", 0.1),
    "kernel": put("graph.nodes.0.kernel", [65, 3]),
    "padding as wide as the kernel": put("graph.nodes.0.padding", [3, 0, 0, 0]),
    "empty output": put("graph.nodes.0.dilation", [16, 1]),
    "shapes of add": put("graph.nodes.3.stride", [2, 1]),
    "shapes of concatenate": put("graph.nodes.6.stride", [1, 1]),
    "reshape to nothing": put(
        "graph.nodes.8", {"name": "pool", "op": "reshape", "inputs": ["both"], "frequency": 0}
    ),
    "epsilon": put("graph.nodes.1.epsilon", 0),
    "time left": put("graph.nodes.8", {"name": "pool", "op": "relu", "inputs": ["both"]}),
    "wrong number of logits": put("graph.nodes.9.outputChannels", 4),
    "quantised member": put("graph.nodes.2.output", {}),
    "window": put("decision.windowFrames", 7),
    "minimum beyond window": put("decision.minimumFrames", 65),
    "temperature": put("decision.temperature", 0.01),
    "logit multiplier": put("decision.logitMultiplier", 0),
    "smoothing": put("decision.smoothing", 951),
    "memory shorter than an utterance": put("decision.voiceMemoryFrames", 199),
    "memory beyond the limit": put("decision.voiceMemoryFrames", 2049),
    "digest": put("provenance.ancestors", ["A" * 64]),
    "metric in words": put("provenance.metrics", {"uar": "good"}),
    "no licence": put("provenance.licence", ""),
    "negative seed": put("provenance.seed", -1),
}


@pytest.mark.parametrize("name", BROKEN_FLOAT)
def test_broken_manifest_is_rejected(name: str, float_parts: Parts) -> None:
    manifest, tensors = copy.deepcopy(float_parts)
    BROKEN_FLOAT[name](manifest)
    with pytest.raises(ModelFileError):
        validate_bytes(encode_model(manifest, tensors))


BROKEN_INTEGER = {
    "batch norm": put(
        "graph.nodes.0", {"name": "first", "op": "batchNorm", "inputs": ["features"]}
    ),
    "no output": drop("graph.nodes.0.output"),
    "no input": drop("graph.input"),
    "zero point": put("graph.nodes.0.output.zeroPoint", 128),
    "limits": put("graph.nodes.0.output.maximum", -6),
    "scale": put("graph.nodes.0.output.scale", 0),
    "multiplier below a half": put("graph.input.multiplier", 2**30 - 1),
    "input shift": put("graph.input.shift", 16),
    "left shift": put("graph.nodes.1.quantization.leftShift", 19),
    "no quantization": drop("graph.nodes.1.quantization"),
    "mean shift": put("graph.nodes.2.quantization.shift", 9),
    "no logit multiplier": drop("decision.logitMultiplier"),
}


@pytest.mark.parametrize("name", BROKEN_INTEGER)
def test_broken_integer_manifest_is_rejected(name: str, integer_parts: Parts) -> None:
    manifest, tensors = copy.deepcopy(integer_parts)
    BROKEN_INTEGER[name](manifest)
    with pytest.raises(ModelFileError):
        validate_bytes(encode_model(manifest, tensors))


def test_pool_that_changes_the_scale_is_rejected(integer_parts: Parts) -> None:
    manifest, tensors = integer_parts
    manifest["graph"]["nodes"][1] = {
        "name": "sum",
        "op": "maxPool2d",
        "inputs": ["first"],
        "kernel": [2, 2],
        "output": {"scale": 0.2, "zeroPoint": -5, "minimum": -128, "maximum": 127},
    }
    with pytest.raises(ModelFileError, match="scale or zero point"):
        validate_bytes(encode_model(manifest, tensors))


def reshaped(manifest: dict[str, Any], at: int, **members: Any) -> None:
    """Puts a `reshape` between a node and the pool behind it."""
    nodes = manifest["graph"]["nodes"]
    source = nodes[at - 1]["name"]
    nodes.insert(at, {"name": "turned", "op": "reshape", "inputs": [source], **members})
    nodes[at + 1]["inputs"] = ["turned"]


@pytest.mark.parametrize("frequency", [1, 2, 4, 20])
def test_reshape_divides_the_values_of_a_frame(frequency: int, float_parts: Parts) -> None:
    # `both` has 2 frequencies of 10 channels: the pool over time gives the logits all 20 of each.
    manifest, tensors = float_parts
    reshaped(manifest, 8, frequency=frequency)
    nodes = validate_bytes(encode_model(manifest, tensors)).graph.nodes
    assert (nodes[8].output.frequency, nodes[8].output.channels) == (frequency, 20 // frequency)
    assert (nodes[8].output.time == nodes[7].output.time).all()


def test_reshape_that_does_not_divide_is_rejected(float_parts: Parts) -> None:
    manifest, tensors = float_parts
    reshaped(manifest, 8, frequency=3)
    with pytest.raises(ModelFileError, match="20 values of a frame do not divide into 3"):
        validate_bytes(encode_model(manifest, tensors))


def test_reshape_keeps_the_scale(integer_parts: Parts) -> None:
    # `first` and `sum` have 2 frequencies of 5 channels, the logits take 5.
    manifest, tensors = integer_parts
    output = dict(manifest["graph"]["nodes"][1]["output"])
    reshaped(manifest, 2, frequency=2, output=output)
    validate_bytes(encode_model(manifest, tensors))
    output["scale"] = 0.2
    with pytest.raises(ModelFileError, match="scale or zero point"):
        validate_bytes(encode_model(manifest, tensors))


def test_tensors_are_held_to_their_rules(float_parts: Parts, integer_parts: Parts) -> None:
    def rejected(parts: Parts, name: str, values: np.ndarray | None, message: str) -> None:
        tensors = {k: v for k, v in parts[1].items() if k != name}
        if values is not None:
            tensors[name] = values
        with pytest.raises(ModelFileError, match=message):
            validate_bytes(encode_model(parts[0], tensors))

    rejected(float_parts, "first.bias", None, "missing")
    rejected(float_parts, "stray", np.zeros(1, np.float32), "nothing refers")
    rejected(float_parts, "first.bias", np.zeros(6, np.float32), "expected F32")
    rejected(float_parts, "first.bias", np.zeros(5, np.int32), "expected F32")
    rejected(float_parts, "first.bias", np.full(5, np.nan, np.float32), "not finite")
    rejected(float_parts, "firstNorm.variance", np.full(5, -1, np.float32), "negative")
    rejected(float_parts, "frontEnd.window", np.full(256, -1, np.int32), "window")
    rejected(float_parts, "frontEnd.melWeights", np.full(24, 32769, np.uint16), "melWeights")
    rejected(float_parts, "frontEnd.melBinCounts", np.zeros(8, np.int32), "melBinCounts")
    rejected(float_parts, "frontEnd.melFirstBin", np.full(8, 127, np.int32), "beyond")
    rejected(integer_parts, "first.weight", np.full((5, 3, 3, 1), -128, np.int8), "−128")
    rejected(integer_parts, "first.multiplier", np.full(5, 5, np.int32), "2\\^30")
    rejected(integer_parts, "first.shift", np.full(5, 31, np.int32), "−31 … 30")
    rejected(integer_parts, "first.shift", np.full(5, 30, np.int32), "range of Int32")
    rejected(integer_parts, "first.bias", np.full(5, 2**31 - 1, np.int32), "range of Int32")


def with_header(data: bytes, change: Callable[[str], str]) -> bytes:
    size = int.from_bytes(data[:8], "little")
    text = change(data[8 : 8 + size].decode().rstrip(" ")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    return len(text).to_bytes(8, "little") + text + data[8 + size :]


BROKEN_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: data[:0],
    "length alone": lambda data: data[:8],
    "cut": lambda data: data[:-1],
    "longer": lambda data: data + b"\0",
    "header beyond the file": lambda data: (2**63).to_bytes(8, "little") + data[8:],
    "unaligned header": lambda data: (
        (int.from_bytes(data[:8], "little") - 1).to_bytes(8, "little") + data[8:]
    ),
    "not UTF-8": lambda data: data[:8] + b"\xff" + data[9:],
    "leading space": lambda data: with_header(data, lambda text: " " + text),
    "trailing newline": lambda data: with_header(data, lambda text: text + "\n"),
    "key twice": lambda data: with_header(data, lambda text: text[:-1] + ',"__metadata__":{}}'),
    "too deep": lambda data: with_header(
        data, lambda text: text[:-1] + ',"x":' + "[" * 16 + "]" * 16 + "}"
    ),
    "NaN": lambda data: with_header(data, lambda text: text.replace('"shape":[5]', '"shape":NaN')),
    "unknown type": lambda data: with_header(data, lambda text: text.replace('"F32"', '"F64"')),
    "padding renamed": lambda data: with_header(
        data, lambda t: t.replace("padding.0", "padding.9")
    ),
    "padding with a zero": lambda data: with_header(
        data, lambda text: text.replace("padding.0", "padding.00")
    ),
    "manifest missing": lambda data: with_header(data, lambda t: t.replace('"affect"', '"effect"')),
}


@pytest.mark.parametrize("name", BROKEN_BYTES)
def test_broken_bytes_are_rejected(name: str, float_parts: Parts) -> None:
    data = encode_model(*float_parts)
    changed = BROKEN_BYTES[name](data)
    assert changed != data
    with pytest.raises(ModelFileError):
        validate_bytes(changed)


def test_random_damage_never_crashes(float_parts: Parts) -> None:
    data = encode_model(*float_parts)
    generator = np.random.default_rng(7)
    for _ in range(400):
        damaged = bytearray(data)
        for _ in range(int(generator.integers(1, 4))):
            damaged[int(generator.integers(len(damaged)))] = int(generator.integers(256))
        try:
            validate_bytes(bytes(damaged))
        except ModelFileError:
            continue


def test_other_metadata_is_ignored(float_parts: Parts) -> None:
    data = encode_model(*float_parts)
    changed = with_header(data, lambda t: t.replace('{"affect"', '{"format":"np","affect"', 1))
    assert read_container(changed).manifest_text == read_container(data).manifest_text
    validate_bytes(changed)


def test_schema_accepts_both_precisions(float_parts: Parts, integer_parts: Parts) -> None:
    pytest.importorskip("jsonschema")
    assert check_schema(float_parts[0])
    assert check_schema(integer_parts[0])


# What a schema cannot say: relations between members, and types that JSON does not tell apart.
BEYOND_SCHEMA = {
    "future engine",
    "release as a fraction",
    "long version",
    "frame longer than fft",
    "hop longer than frame",
    "frequencies",
    "more cepstra than bins",
    "channel weights",
    "output is not last",
    "name twice",
    "later node as input",
    "padding as wide as the kernel",
    "empty output",
    "shapes of add",
    "shapes of concatenate",
    "time left",
    "wrong number of logits",
    "minimum beyond window",
    "memory shorter than an utterance",
}


@pytest.mark.parametrize("name", sorted(set(BROKEN_FLOAT) - BEYOND_SCHEMA))
def test_schema_rejects_what_it_can(name: str, float_parts: Parts) -> None:
    pytest.importorskip("jsonschema")
    manifest = copy.deepcopy(float_parts[0])
    BROKEN_FLOAT[name](manifest)
    with pytest.raises(ModelFileError):
        check_schema(manifest)


@pytest.mark.parametrize("name", sorted(BROKEN_INTEGER))
def test_schema_rejects_integers_too(name: str, integer_parts: Parts) -> None:
    pytest.importorskip("jsonschema")
    manifest = copy.deepcopy(integer_parts[0])
    BROKEN_INTEGER[name](manifest)
    if name != "limits":
        with pytest.raises(ModelFileError):
            check_schema(manifest)
