"""Section 4 and 5: the nodes of a graph, their shapes at every length, and their tensors."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .container import Tensor
from .errors import ModelFileError
from .members import Members

MAXIMUM_CELLS = 2**22
MAXIMUM_EXTENT = 4096
MAXIMUM_REDUCED_CELLS = 2**18
MAXIMUM_WORK = 2**31
INT32_MAXIMUM = 2**31 - 1

Times = npt.NDArray[np.int64]
Expected = dict[str, tuple[str, tuple[int, ...]]]


@dataclass(frozen=True)
class Activation:
    """Shape of a value: `time` for every possible number of input frames, the rest fixed."""

    time: Times
    frequency: int
    channels: int
    scale: float = 0.0
    zero_point: int = 0


@dataclass
class Node:
    """A checked node."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: dict[str, Any]
    output: Activation
    expected: Expected = field(default_factory=dict)
    macs_per_cell: int = 0


@dataclass(frozen=True)
class Graph:
    """A checked graph."""

    layout: str
    nodes: tuple[Node, ...]
    frame_counts: Times

    @property
    def expected(self) -> Expected:
        return {name: entry for node in self.nodes for name, entry in node.expected.items()}

    def macs(self, frames: int) -> int:
        """Multiply-accumulates of convolutions and fully connected nodes for so many frames."""
        index = int(frames - self.frame_counts[0])
        total = 0
        for node in self.nodes:
            out = node.output
            total += node.macs_per_cell * int(out.time[index]) * out.frequency * out.channels
        return total


class _Rules:
    """Walks the nodes in order; one method an operator."""

    def __init__(self, quantized: bool) -> None:
        self.quantized = quantized
        self.values: dict[str, Activation] = {}

    # Attributes that several operators share.

    def _output_extents(
        self, at: Members, value: Activation, kernel: tuple[int, ...], dilation: tuple[int, ...]
    ) -> tuple[Times, int]:
        stride = at.integers("stride", 2, 1, 16, (1, 1))
        reach = [dilation[axis] * (kernel[axis] - 1) + 1 for axis in (0, 1)]
        padding = at.integers("padding", 4, 0, 63, (0, 0, 0, 0))
        for index, amount in enumerate(padding):
            if amount >= reach[index // 2]:
                raise at.fail(f"`padding` {amount} is not below the dilated kernel")
        time = (value.time + padding[0] + padding[1] - reach[0]) // stride[0] + 1
        frequency = (value.frequency + padding[2] + padding[3] - reach[1]) // stride[1] + 1
        if int(time.min()) < 1 or frequency < 1:
            raise at.fail("the output is empty at `minimumFrames`")
        return time, frequency

    def _weights(self, name: str, channels: int, shape: tuple[int, ...]) -> Expected:
        if not self.quantized:
            return {f"{name}.weight": ("F32", shape), f"{name}.bias": ("F32", (channels,))}
        return {
            f"{name}.weight": ("I8", shape),
            f"{name}.bias": ("I32", (channels,)),
            f"{name}.multiplier": ("I32", (channels,)),
            f"{name}.shift": ("I32", (channels,)),
        }

    def _quantization(self, at: Members, members: dict[str, tuple[str, int]]) -> None:
        """`members` maps a name to ("multiplier" or "shift", greatest shift)."""
        if not self.quantized:
            return
        quantization = at.members("quantization")
        for name, (kind, highest) in members.items():
            if kind == "multiplier":
                check_multiplier(quantization, name)
            else:
                quantization.integer(name, -31, highest)
        quantization.finish()

    def _activation(self, at: Members) -> None:
        at.choice("activation", ("none", "relu", "relu6"), "none")

    # Operators: each returns the output's shape, the expected tensors, MACs per output cell.

    def conv2d(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        kernel = at.integers("kernel", 2, 1, 64)
        dilation = at.integers("dilation", 2, 1, 16, (1, 1))
        channels = at.integer("outputChannels", 1, 1024)
        self._activation(at)
        time, frequency = self._output_extents(at, value, kernel, dilation)
        shape = (channels, kernel[0], kernel[1], value.channels)
        return _Result(
            Activation(time, frequency, channels),
            self._weights(name, channels, shape),
            kernel[0] * kernel[1] * value.channels,
        )

    def depthwise(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        kernel = at.integers("kernel", 2, 1, 64)
        dilation = at.integers("dilation", 2, 1, 16, (1, 1))
        channels = value.channels * at.integer("depthMultiplier", 1, 64)
        self._activation(at)
        time, frequency = self._output_extents(at, value, kernel, dilation)
        return _Result(
            Activation(time, frequency, channels),
            self._weights(name, channels, (kernel[0], kernel[1], channels)),
            kernel[0] * kernel[1],
        )

    def fully_connected(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        channels = at.integer("outputChannels", 1, 1024)
        self._activation(at)
        if bool((value.time != 1).any()):
            raise at.fail("the input's time is not 1")
        width = value.frequency * value.channels
        return _Result(
            Activation(np.ones_like(value.time), 1, channels),
            self._weights(name, channels, (channels, width)),
            width,
        )

    def batch_norm(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        if self.quantized:
            raise at.fail("`batchNorm` stands in float32 models only")
        at.number("epsilon", 1e-9, 1)
        expected: Expected = {
            f"{name}.{part}": ("F32", (value.channels,))
            for part in ("scale", "offset", "mean", "variance")
        }
        return _Result(_plain(value), expected)

    def pool(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        kernel = at.integers("kernel", 2, 1, 64)
        self._activation(at)
        time, frequency = self._output_extents(at, value, kernel, (1, 1))
        return _Result(Activation(time, frequency, value.channels), same_scale=True)

    def global_mean(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        frequency = self._reduced(at, value)
        self._quantization(at, {"multiplier": ("multiplier", 0), "shift": ("shift", 8)})
        return _Result(Activation(np.ones_like(value.time), frequency, value.channels))

    def mean_deviation(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        frequency = self._reduced(at, value)
        self._quantization(
            at,
            {
                "meanMultiplier": ("multiplier", 0),
                "meanShift": ("shift", 8),
                "deviationMultiplier": ("multiplier", 0),
                "deviationShift": ("shift", 7),
            },
        )
        return _Result(Activation(np.ones_like(value.time), frequency, 2 * value.channels))

    def _reduced(self, at: Members, value: Activation) -> int:
        axes = at.choice("axes", ("time", "timeAndFrequency"))
        cells = int(value.time.max()) * value.frequency
        if cells > MAXIMUM_REDUCED_CELLS:
            raise at.fail(f"{cells} cells are pooled, at most {MAXIMUM_REDUCED_CELLS}")
        return value.frequency if axes == "time" else 1

    def add(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        left, right = inputs
        self._activation(at)
        same = bool((left.time == right.time).all())
        if not same or (left.frequency, left.channels) != (right.frequency, right.channels):
            raise at.fail("the two inputs differ in shape")
        if self.quantized:
            quantization = at.members("quantization")
            quantization.integer("leftShift", 20, 20)
            multipliers = quantization.integers("inputMultipliers", 2, 0, INT32_MAXIMUM)
            if any(0 < multiplier < 2**30 for multiplier in multipliers):
                raise quantization.fail("a multiplier is neither 0 nor at least 2^30")
            quantization.integers("inputShifts", 2, -31, 3)
            check_multiplier(quantization, "outputMultiplier")
            quantization.integer("outputShift", -31, 0)
            quantization.finish()
        return _Result(_plain(left))

    def concatenate(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        axis = at.choice("axis", ("frequency", "channels"))
        first = inputs[0]
        for value in inputs[1:]:
            other = value.channels if axis == "frequency" else value.frequency
            kept = first.channels if axis == "frequency" else first.frequency
            if other != kept or bool((value.time != first.time).any()):
                raise at.fail("the inputs differ on an axis that is not joined")
        frequency, channels = first.frequency, first.channels
        if axis == "frequency":
            frequency = sum(value.frequency for value in inputs)
        else:
            channels = sum(value.channels for value in inputs)
        return _Result(Activation(first.time, frequency, channels), same_scale=True)

    def reshape(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        frequency = at.integer("frequency", 1, MAXIMUM_EXTENT)
        count = value.frequency * value.channels
        if count % frequency:
            raise at.fail(f"{count} values of a frame do not divide into {frequency} frequencies")
        output = Activation(value.time, frequency, count // frequency)
        return _Result(output, same_scale=True)

    def relu(self, at: Members, name: str, inputs: list[Activation]) -> "_Result":
        (value,) = inputs
        self._quantization(at, {"multiplier": ("multiplier", 0), "shift": ("shift", 22)})
        return _Result(_plain(value))


@dataclass(frozen=True)
class _Result:
    output: Activation
    expected: Expected = field(default_factory=dict)
    macs_per_cell: int = 0
    same_scale: bool = False


_Operator = Callable[[_Rules, Members, str, list[Activation]], _Result]
_OPERATORS: dict[str, tuple[_Operator, int, int]] = {
    "conv2d": (_Rules.conv2d, 1, 1),
    "depthwiseConv2d": (_Rules.depthwise, 1, 1),
    "fullyConnected": (_Rules.fully_connected, 1, 1),
    "batchNorm": (_Rules.batch_norm, 1, 1),
    "maxPool2d": (_Rules.pool, 1, 1),
    "averagePool2d": (_Rules.pool, 1, 1),
    "globalMeanPool": (_Rules.global_mean, 1, 1),
    "meanDeviationPool": (_Rules.mean_deviation, 1, 1),
    "add": (_Rules.add, 2, 2),
    "concatenate": (_Rules.concatenate, 2, 8),
    "reshape": (_Rules.reshape, 1, 1),
    "relu": (_Rules.relu, 1, 1),
    "relu6": (_Rules.relu, 1, 1),
}


def _plain(value: Activation) -> Activation:
    return Activation(value.time, value.frequency, value.channels)


def check_multiplier(at: Members, name: str) -> None:
    """A normalised multiplier: 0, or 2^30 … 2^31 − 1."""
    if 0 < at.integer(name, 0, INT32_MAXIMUM) < 2**30:
        raise at.fail(f"`{name}` is neither 0 nor at least 2^30")


def check_graph(
    value: Any,
    quantized: bool,
    channel_count: int,
    label_count: int,
    frames: tuple[int, int],
) -> Graph:
    """Holds `graph` against section 4 for every number of frames in the closed range `frames`."""
    graph = Members(value, "graph")
    layout = graph.choice("layout", ("image", "sequence"))
    times = np.arange(frames[0], frames[1] + 1, dtype=np.int64)
    rules = _Rules(quantized)
    scale, zero_point = (0.0, 0)
    if quantized:
        source = graph.members("input")
        scale = _scale(source)
        zero_point = source.integer("zeroPoint", -128, 127)
        check_multiplier(source, "multiplier")
        source.integer("shift", -31, 15)
        source.finish()
    frequency, channels = (channel_count, 1) if layout == "image" else (1, channel_count)
    rules.values["features"] = Activation(times, frequency, channels, scale, zero_point)
    listed = graph.array("nodes")
    if not 1 <= len(listed) <= 128:
        raise graph.fail(f"{len(listed)} nodes, expected 1 … 128")
    nodes = tuple(_check_node(rules, entry, index) for index, entry in enumerate(listed))
    output = graph.take("output")
    graph.finish()
    last = nodes[-1]
    if output != last.name:
        raise graph.fail(f"`output` is {output!r}, the last node is {last.name!r}")
    shape = (int(last.output.time.max()), last.output.frequency, last.output.channels)
    if shape != (1, 1, label_count):
        raise graph.fail(f"the output has the shape {shape}, expected (1, 1, {label_count})")
    checked = Graph(layout, nodes, times)
    if checked.macs(frames[1]) > MAXIMUM_WORK:
        raise graph.fail(f"more than {MAXIMUM_WORK} multiply-accumulates at the longest input")
    return checked


def _check_node(rules: _Rules, entry: Any, index: int) -> Node:
    at = Members(entry, f"graph.nodes[{index}]")
    name = at.matching("name", r"[a-z][a-zA-Z0-9_]{0,47}")
    if name in rules.values:
        raise at.fail(f"the name {name!r} is taken")
    op = at.choice("op", tuple(_OPERATORS))
    operator, fewest, most = _OPERATORS[op]
    names = at.array("inputs")
    if not fewest <= len(names) <= most:
        raise at.fail(f"{op} has {len(names)} inputs, expected {fewest} … {most}")
    for source in names:
        if not isinstance(source, str) or source not in rules.values:
            raise at.fail(f"the input {source!r} is neither `features` nor an earlier node")
    inputs = [rules.values[source] for source in names]
    attributes = dict(entry)
    result = operator(rules, at, name, inputs)
    output = result.output
    if rules.quantized:
        output = _quantized_output(at.members("output"), output)
        if result.same_scale and any(
            (value.scale, value.zero_point) != (output.scale, output.zero_point) for value in inputs
        ):
            raise at.fail(f"{op} changes scale or zero point")
    at.finish()
    longest = int(output.time.max())
    if output.frequency > MAXIMUM_EXTENT or output.channels > MAXIMUM_EXTENT:
        raise at.fail(f"frequency or channels above {MAXIMUM_EXTENT}")
    if longest * output.frequency * output.channels > MAXIMUM_CELLS:
        raise at.fail(f"more than {MAXIMUM_CELLS} cells at the longest input")
    rules.values[name] = output
    return Node(name, op, tuple(names), attributes, output, result.expected, result.macs_per_cell)


def _scale(at: Members) -> float:
    return at.number("scale", 1e-12, 1e12)


def _quantized_output(at: Members, output: Activation) -> Activation:
    scale = _scale(at)
    zero_point = at.integer("zeroPoint", -128, 127)
    minimum = at.integer("minimum", -128, 127)
    at.integer("maximum", minimum, 127)
    at.finish()
    return Activation(output.time, output.frequency, output.channels, scale, zero_point)


def check_node_tensors(graph: Graph, quantized: bool, tensors: dict[str, Tensor]) -> None:
    """Values of weights, once types and shapes are known to be right."""
    for node in graph.nodes:
        if node.op == "batchNorm" and bool((tensors[f"{node.name}.variance"].values < 0).any()):
            raise ModelFileError("graph", f"{node.name}.variance is negative")
        if quantized and f"{node.name}.weight" in node.expected:
            _check_integer_weights(node, tensors)


def _check_integer_weights(node: Node, tensors: dict[str, Tensor]) -> None:
    name = node.name
    weight = tensors[f"{name}.weight"].values.astype(np.int64)
    if int(weight.min()) < -127:
        raise ModelFileError("graph", f"{name}.weight holds −128")
    multiplier = tensors[f"{name}.multiplier"].values.astype(np.int64)
    if bool(((multiplier != 0) & (multiplier < 2**30)).any()):
        raise ModelFileError("graph", f"{name}.multiplier is neither 0 nor at least 2^30")
    shift = tensors[f"{name}.shift"].values.astype(np.int64)
    if int(shift.min()) < -31 or int(shift.max()) > 30:
        raise ModelFileError("graph", f"{name}.shift is not −31 … 30")
    axes = (0, 1) if node.op == "depthwiseConv2d" else tuple(range(1, weight.ndim))
    reach = np.abs(tensors[f"{name}.bias"].values.astype(np.int64))
    reach = reach + 255 * np.abs(weight).sum(axis=axes)
    if bool((reach << np.maximum(shift, 0) > INT32_MAXIMUM).any()):
        raise ModelFileError("graph", f"{name}: a sum may leave the range of Int32")
