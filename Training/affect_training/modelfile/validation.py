"""The whole verdict: container, manifest (sections 2, 6 and 7), front end, graph and tensors."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import strict_json
from .container import Container, Tensor, read_container
from .errors import ModelFileError
from .front_end_rules import FrontEndShape, check_front_end, check_tables, expected_tables
from .graph_rules import Graph, check_graph, check_multiplier, check_node_tensors
from .members import Members

ENGINE = 1
FORMAT_VERSION = 1
SELF_TEST_LIMIT = 16
_DIGEST = r"[0-9a-f]{64}"


@dataclass(frozen=True)
class Model:
    """A file that keeps every rule."""

    manifest: dict[str, Any]
    front_end: FrontEndShape
    graph: Graph
    tensors: dict[str, Tensor]
    digest: str
    size: int


def validate_file(path: Path) -> Model:
    """Reads and validates a file; raises `ModelFileError` or `OSError`."""
    return validate_bytes(path.read_bytes())


def validate_bytes(data: bytes) -> Model:
    """Validates the bytes of a file; raises `ModelFileError` for the first broken rule."""
    container = read_container(data)
    manifest, front_end, graph = _check_manifest(container)
    quantized = manifest["precision"] == "int8"
    expected = expected_tables(front_end, container.tensors) | graph.expected
    if quantized:
        expected |= _expected_self_test(len(manifest["labels"]), container.tensors)
    _check_references(expected, container.tensors)
    check_tables(front_end, container.tensors)
    check_node_tensors(graph, quantized, container.tensors)
    digest = hashlib.sha256(data).hexdigest()
    return Model(manifest, front_end, graph, container.tensors, digest, len(data))


def _check_manifest(container: Container) -> tuple[dict[str, Any], FrontEndShape, Graph]:
    value = strict_json.parse(container.manifest_text, "manifest")
    manifest = Members(value, "manifest")
    manifest.integer("formatVersion", FORMAT_VERSION, FORMAT_VERSION)
    manifest.integer("minimumEngine", 1, ENGINE)
    manifest.matching("name", r"[a-z0-9][a-z0-9-]{0,63}")
    manifest.integer("release", 1, 2**31 - 1)
    manifest.text("version", 1, 64)
    task = manifest.choice("task", ("emotion", "speech"))
    quantized = manifest.choice("precision", ("float32", "int8")) == "int8"
    labels = _check_labels(manifest, task)
    front_end = check_front_end(manifest.take("frontEnd"))
    frames = _check_decision(manifest.members("decision"), quantized)
    if value["decision"].get("voiceMemoryFrames", 0) > 0 and (
        task != "emotion" or value["frontEnd"]["normalization"] == "none"
    ):
        raise manifest.fail(
            "`decision.voiceMemoryFrames` needs the task emotion and a `frontEnd.normalization`"
        )
    graph = check_graph(
        manifest.take("graph"), quantized, front_end.channel_count, len(labels), frames
    )
    _check_provenance(manifest.members("provenance"))
    manifest.finish()
    return value, front_end, graph


def _expected_self_test(
    label_count: int, tensors: dict[str, Tensor]
) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Section 8; both tensors or none."""
    seeds = tensors.get("selfTest.seeds")
    if seeds is None and "selfTest.logits" not in tensors:
        return {}
    if seeds is None:
        raise ModelFileError("tensors", "selfTest.seeds is missing")
    if len(seeds.shape) != 1 or seeds.shape[0] > SELF_TEST_LIMIT:
        raise ModelFileError(
            "tensors",
            f"selfTest.seeds is {list(seeds.shape)}, expected 1 … {SELF_TEST_LIMIT} seeds",
        )
    count = seeds.shape[0]
    return {"selfTest.seeds": ("I32", (count,)), "selfTest.logits": ("I8", (count, label_count))}


def _check_labels(manifest: Members, task: str) -> list[str]:
    labels = manifest.array("labels")
    for label in labels:
        Members({"labels": label}, "manifest").matching("labels", r"[a-z][a-z0-9-]{0,31}")
    if not 2 <= len(labels) <= 16 or len(set(labels)) != len(labels):
        raise manifest.fail("`labels` are not 2 … 16 distinct strings")
    if task == "speech" and labels != ["silence", "speech"]:
        raise manifest.fail('the labels of a speech model are "silence", "speech"')
    return labels


def _check_decision(decision: Members, quantized: bool) -> tuple[int, int]:
    """Section 6; returns the smallest and the greatest number of frames."""
    window = decision.integer("windowFrames", 8, 1024)
    decision.integer("hopFrames", 1, window)
    minimum = decision.integer("minimumFrames", 8, window)
    longest = decision.integer("maximumUtteranceFrames", window, 2048)
    decision.integer("preRollFrames", 0, 128)
    decision.number("temperature", 0.05, 20)
    if quantized:
        check_multiplier(decision, "logitMultiplier")
        decision.integer("logitShift", -31, 22)
    decision.integer("unknownThreshold", 0, 1000)
    decision.integer("smoothing", 0, 950)
    memory = 0
    if "voiceMemoryFrames" in decision:
        memory = decision.integer("voiceMemoryFrames", 0, 2048)
    if 0 < memory < longest:
        raise decision.fail(
            f"`voiceMemoryFrames` is {memory}, expected 0 or an integer {longest} … 2048"
        )
    decision.finish()
    return minimum, longest


def _check_provenance(provenance: Members) -> None:
    for index, entry in enumerate(provenance.array("corpora")):
        corpus = Members(entry, f"provenance.corpora[{index}]")
        for name in ("name", "licence", "role"):
            corpus.text(name, 1, 128)
        corpus.finish()
    for ancestor in provenance.array("ancestors"):
        Members({"ancestors": ancestor}, "provenance").matching("ancestors", _DIGEST)
    provenance.integer("seed", 0, 2**53 - 1)
    provenance.text("tool", 1, 128)
    provenance.text("licence", 1, 128)
    provenance.text("notice", 0, 1024)
    metrics = provenance.take("metrics")
    if not isinstance(metrics, dict) or any(
        type(metric) not in (int, float) or abs(metric) > 1e300 for metric in metrics.values()
    ):
        raise provenance.fail("`metrics` is not an object of numbers")
    provenance.finish()


def _check_references(
    expected: dict[str, tuple[str, tuple[int, ...]]], tensors: dict[str, Tensor]
) -> None:
    for name, (dtype, shape) in expected.items():
        tensor = tensors.get(name)
        if tensor is None:
            raise ModelFileError("tensors", f"{name} is missing")
        if (tensor.dtype, tensor.shape) != (dtype, shape):
            raise ModelFileError(
                "tensors",
                f"{name} is {tensor.dtype} {list(tensor.shape)}, expected {dtype} {list(shape)}",
            )
    stray = sorted(set(tensors) - set(expected))
    if stray:
        raise ModelFileError("tensors", f"nothing refers to {' '.join(stray)}")
