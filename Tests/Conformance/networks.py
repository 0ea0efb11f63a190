"""Draws random int8 networks and answers them with the NumPy model of the operators.

python networks.py                       # the committed set
python networks.py --output F.json --networks 300 --seed 1
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import reference
from arithmetic import quantized_multiplier

COMMITTED = Path(__file__).resolve().parent.parent / "Vectors" / "neural" / "networks.json"

# The front end of the sample model that the Swift test puts around each graph.
CHANNEL_COUNT = 10
MINIMUM_FRAMES, MAXIMUM_FRAMES = 10, 60
FRAME_COUNTS = range(MINIMUM_FRAMES, MAXIMUM_FRAMES + 1)

Evaluate = Callable[[list[np.ndarray]], np.ndarray]


@dataclass
class Value:
    """An activation: its name, fixed extents, times for every frame count, quantisation."""

    name: str
    frequency: int
    channels: int
    times: tuple[int, ...]
    scale: float
    zero_point: int
    inputs: list[int]
    evaluate: Evaluate
    sample: np.ndarray


@dataclass
class Draft:
    """A network that grows node by node; real data at the greatest length sets the scales."""

    rng: np.random.Generator
    layout: str
    values: list[Value] = field(default_factory=list)
    nodes: list[dict[str, Any]] = field(default_factory=list)
    tensors: dict[str, np.ndarray] = field(default_factory=dict)

    def integer(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def pick(self, items: list[Any]) -> Any:
        return items[self.integer(0, len(items) - 1)]

    def features(self, frame_count: int) -> np.ndarray:
        return (
            self.rng.normal(0, 4000, (frame_count, CHANNEL_COUNT)).clip(-32768, 32767).astype(int)
        )

    def begin(self) -> dict[str, Any]:
        """Adds the quantised features and returns the graph's `input`."""
        scale, zero_point = 2.0**-12 * 100, self.integer(-20, 20)
        factor = list(quantized_multiplier(2.0**-12 / scale))
        output = [zero_point, -128, 127]
        image = self.layout == "image"
        frequency, channels = (CHANNEL_COUNT, 1) if image else (1, CHANNEL_COUNT)

        def evaluate(inputs: list[np.ndarray]) -> np.ndarray:
            return reference.input_quantization(inputs[0], factor, output).reshape(
                -1, frequency, channels
            )

        sample = evaluate([self.features(MAXIMUM_FRAMES)])
        self.values.append(
            Value(
                "features",
                frequency,
                channels,
                tuple(FRAME_COUNTS),
                scale,
                zero_point,
                [],
                evaluate,
                sample,
            )
        )
        return {
            "scale": scale,
            "zeroPoint": zero_point,
            "multiplier": factor[0],
            "shift": factor[1],
        }

    def append(
        self,
        operation: str,
        inputs: list[int],
        attributes: dict[str, Any],
        quantization: tuple[float, int],
        limits: tuple[int, int],
        evaluate: Evaluate,
        times: tuple[int, ...],
    ) -> int:
        """Adds a node whose `evaluate` is complete and returns the index of its value."""
        name = f"n{len(self.nodes)}"
        scale, zero_point = quantization
        self.nodes.append(
            {
                "name": name,
                "op": operation,
                "inputs": [self.values[i].name for i in inputs],
                "output": {
                    "scale": scale,
                    "zeroPoint": zero_point,
                    "minimum": limits[0],
                    "maximum": limits[1],
                },
                **attributes,
            }
        )
        sample = evaluate([self.values[i].sample for i in inputs])
        self.values.append(
            Value(
                name,
                sample.shape[1],
                sample.shape[2],
                times,
                scale,
                zero_point,
                inputs,
                evaluate,
                sample,
            )
        )
        return len(self.values) - 1

    def activation(self, scale: float, zero_point: int) -> tuple[str, tuple[int, int]]:
        name = str(self.pick(["none", "relu", "relu6"]))
        low = -128 if name == "none" else zero_point
        high = min(127, zero_point + round(6 / scale)) if name == "relu6" else 127
        return name, (low, max(low, high))

    def spread(self, real: np.ndarray) -> tuple[float, int]:
        """A scale and zero point under which most of these values fit."""
        if self.rng.random() < 0.3:
            other = self.values[self.integer(0, len(self.values) - 1)]
            return other.scale, other.zero_point
        return float(max(np.std(real), 1e-3)) * 4 / 127, self.integer(-60, 60)

    def window(self, value: Value, dilated: bool) -> list[list[int]] | None:
        """A window with room at every number of frames, or None after a few attempts."""
        for _ in range(20):
            axes = []
            for _axis in range(2):
                kernel = self.integer(1, 4)
                dilation = self.integer(1, 2) if dilated else 1
                reach = dilation * (kernel - 1)
                axes.append(
                    [kernel, self.integer(1, 2), dilation]
                    + [self.integer(0, reach), self.integer(0, reach)]
                )
            if min(self.times(value, axes)) >= 1 and self.extent(value.frequency, axes[1]) >= 1:
                return axes
        return None

    @staticmethod
    def extent(extent: int, axis: list[int]) -> int:
        kernel, stride, dilation, before, after = axis
        return 1 + (extent + before + after - dilation * (kernel - 1) - 1) // stride

    def times(self, value: Value, window: list[list[int]]) -> tuple[int, ...]:
        return tuple(self.extent(t, window[0]) for t in value.times)

    @staticmethod
    def spatial(window: list[list[int]], dilated: bool) -> dict[str, Any]:
        attributes = {
            "kernel": [axis[0] for axis in window],
            "stride": [axis[1] for axis in window],
            "padding": window[0][3:] + window[1][3:],
        }
        if dilated:
            attributes["dilation"] = [axis[2] for axis in window]
        return attributes

    def layer(
        self, shape: tuple[int, ...], channels: int, sums: Callable[..., np.ndarray], source: Value
    ) -> tuple[reference.Layer, tuple[float, int]]:
        """Weights, bias and factors of a new node, and its output's quantisation.

        `sums` computes the accumulators of the sample with factors of one.
        """
        weights = self.rng.integers(-127, 128, shape)
        bias = self.rng.integers(-20_000, 20_000, channels)
        raw = sums(weights, bias)
        quantization = self.spread(raw * source.scale / 1000)
        factors = [
            quantized_multiplier(source.scale * s / quantization[0])
            for s in self.rng.uniform(0.5, 1.5, channels) / 1000
        ]
        name = f"n{len(self.nodes)}"
        multipliers, shifts = (np.array(column) for column in zip(*factors, strict=True))
        tensors = reference.Layer(weights, bias, multipliers, shifts)
        for suffix, tensor in zip(("weight", "bias", "multiplier", "shift"), tensors, strict=True):
            self.tensors[f"{name}.{suffix}"] = tensor
        return tensors, quantization

    def convolution(self, source: int, depthwise: bool, window: list[list[int]] | None) -> None:
        value = self.values[source]
        window = window or self.window(value, dilated=True)
        if window is None:
            return
        kernel = (window[0][0], window[1][0])
        if depthwise:
            multiplier = self.integer(1, 2)
            channels = value.channels * multiplier
            shape: tuple[int, ...] = (*kernel, channels)
            compute = reference.depthwise_convolution2d
            own: dict[str, Any] = {"depthMultiplier": multiplier}
        else:
            channels = self.integer(1, 6)
            shape = (channels, *kernel, value.channels)
            compute = reference.convolution2d
            own = {"outputChannels": channels}
        ones = [np.full(channels, 2**30), np.full(channels, 1)]
        wide = [0, -(2**31), 2**31]

        def sums(weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
            return compute(
                value.sample, value.zero_point, window, reference.Layer(weights, bias, *ones), wide
            )

        tensors, quantization = self.layer(shape, channels, sums, value)
        activation, limits = self.activation(*quantization)
        output = [quantization[1], *limits]
        self.append(
            "depthwiseConv2d" if depthwise else "conv2d",
            [source],
            {**self.spatial(window, dilated=True), **own, "activation": activation},
            quantization,
            limits,
            lambda inputs: compute(inputs[0], value.zero_point, window, tensors, output),
            self.times(value, window),
        )

    def fully_connected(self, source: int, channels: int) -> None:
        value = self.values[source]
        ones = [np.full(channels, 2**30), np.full(channels, 1)]
        wide = [0, -(2**31), 2**31]

        def sums(weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
            return reference.fully_connected(
                value.sample, value.zero_point, reference.Layer(weights, bias, *ones), wide
            )

        shape = (channels, value.frequency * value.channels)
        tensors, quantization = self.layer(shape, channels, sums, value)
        output = [quantization[1], -128, 127]
        self.append(
            "fullyConnected",
            [source],
            {"outputChannels": channels},
            quantization,
            (-128, 127),
            lambda inputs: reference.fully_connected(inputs[0], value.zero_point, tensors, output),
            value.times,
        )

    def pool(self, source: int, maximum: bool) -> None:
        value = self.values[source]
        window = self.window(value, dilated=False)
        if window is None:
            return
        activation, limits = self.activation(value.scale, value.zero_point)
        output = [value.zero_point, *limits]
        compute = reference.maximum_pool2d if maximum else reference.average_pool2d
        self.append(
            "maxPool2d" if maximum else "averagePool2d",
            [source],
            {**self.spatial(window, dilated=False), "activation": activation},
            (value.scale, value.zero_point),
            limits,
            lambda inputs: compute(inputs[0], window, output),
            self.times(value, window),
        )

    def addition(self, source: int) -> None:
        value = self.values[source]
        partners = [
            i
            for i, other in enumerate(self.values)
            if (other.times, other.frequency, other.channels)
            == (value.times, value.frequency, value.channels)
        ]
        other = self.pick(partners)
        inputs = [self.values[source], self.values[other]]
        scale, zero_point = max(v.scale for v in inputs) * 1.3, self.integer(-60, 60)
        greatest = 2 * max(v.scale for v in inputs)
        factors = [list(quantized_multiplier(v.scale / greatest)) for v in inputs]
        factors.append(list(quantized_multiplier(greatest / (2**20 * scale))))
        activation, limits = self.activation(scale, zero_point)
        zero_points = [v.zero_point for v in inputs]
        output = [zero_point, *limits]
        quantization = {
            "leftShift": 20,
            "inputMultipliers": [f[0] for f in factors[:2]],
            "inputShifts": [f[1] for f in factors[:2]],
            "outputMultiplier": factors[2][0],
            "outputShift": factors[2][1],
        }
        self.append(
            "add",
            [source, other],
            {"activation": activation, "quantization": quantization},
            (scale, zero_point),
            limits,
            lambda arrays: reference.addition(arrays[0], arrays[1], zero_points, factors, output),
            value.times,
        )

    def concatenation(self, source: int) -> None:
        value = self.values[source]
        along_channels = self.rng.random() < 0.5
        partners = [
            i
            for i, other in enumerate(self.values)
            if other.times == value.times
            and (other.scale, other.zero_point) == (value.scale, value.zero_point)
            and (
                other.frequency == value.frequency
                if along_channels
                else other.channels == value.channels
            )
        ]
        inputs = [source] + [self.pick(partners) for _ in range(self.integer(1, 3))]
        self.append(
            "concatenate",
            inputs,
            {"axis": "channels" if along_channels else "frequency"},
            (value.scale, value.zero_point),
            (-128, 127),
            lambda arrays: np.concatenate(arrays, axis=2 if along_channels else 1),
            value.times,
        )

    def reshape(self, source: int) -> None:
        value = self.values[source]
        count = value.frequency * value.channels
        frequency = self.pick([f for f in range(1, count + 1) if count % f == 0])
        self.append(
            "reshape",
            [source],
            {"frequency": frequency},
            (value.scale, value.zero_point),
            (-128, 127),
            lambda arrays: arrays[0].reshape(-1, frequency, count // frequency),
            value.times,
        )

    def rectified_linear(self, source: int) -> None:
        value = self.values[source]
        scale, zero_point = value.scale * self.rng.uniform(0.5, 1.5), self.integer(-128, 0)
        factor = list(quantized_multiplier(value.scale / scale))
        six = self.rng.random() < 0.5
        limits = (zero_point, min(127, zero_point + round(6 / scale)) if six else 127)
        output = [zero_point, *limits]
        self.append(
            "relu6" if six else "relu",
            [source],
            {"quantization": {"multiplier": factor[0], "shift": factor[1]}},
            (scale, zero_point),
            limits,
            lambda arrays: reference.rectified_linear(arrays[0], value.zero_point, factor, output),
            value.times,
        )

    def global_pool(self, source: int, over_frequency: bool, deviation: bool) -> None:
        value = self.values[source]
        scale, zero_point = value.scale * self.rng.uniform(0.3, 1), self.integer(-60, 60)
        mean = list(quantized_multiplier(value.scale / scale))
        spread = list(quantized_multiplier(value.scale / scale / 2**16))
        output = [zero_point, -128, 127]

        def evaluate(arrays: list[np.ndarray]) -> np.ndarray:
            count = arrays[0].shape[0] * (arrays[0].shape[1] if over_frequency else 1)
            if deviation:
                pooled = reference.mean_deviation_pool(
                    arrays[0], count, value.channels, value.zero_point, mean, spread, output
                )
                return pooled.reshape(1, -1, 2 * value.channels)
            pooled = reference.global_mean_pool(arrays[0], count, value.zero_point, mean, output)
            return pooled.reshape(1, -1, value.channels)

        quantization = (
            {
                "meanMultiplier": mean[0],
                "meanShift": mean[1],
                "deviationMultiplier": spread[0],
                "deviationShift": spread[1],
            }
            if deviation
            else {"multiplier": mean[0], "shift": mean[1]}
        )
        self.append(
            "meanDeviationPool" if deviation else "globalMeanPool",
            [source],
            {
                "axes": "timeAndFrequency" if over_frequency else "time",
                "quantization": quantization,
            },
            (scale, zero_point),
            (-128, 127),
            evaluate,
            (1,) * len(value.times),
        )

    def grow(self) -> None:
        """Adds one random node, most often after the newest."""
        source = len(self.values) - 1
        if self.rng.random() < 0.3:
            source = self.integer(0, source)
        same = [[3, 1, 1, 1, 1], [3, 1, 1, 1, 1]]
        growth = {
            "residual": lambda: self.convolution(source, depthwise=False, window=same),
            "convolution": lambda: self.convolution(source, depthwise=False, window=None),
            "depthwise": lambda: self.convolution(source, depthwise=True, window=None),
            "maximum": lambda: self.pool(source, maximum=True),
            "average": lambda: self.pool(source, maximum=False),
            "addition": lambda: self.addition(source),
            "concatenation": lambda: self.concatenation(source),
            "reshape": lambda: self.reshape(source),
            "rectified": lambda: self.rectified_linear(source),
        }
        if self.values[source].sample.size > 3000:
            del growth["concatenation"]
        growth[self.pick(list(growth))]()

    def run(self, features: np.ndarray) -> np.ndarray:
        """The logits of one input."""
        results = [self.values[0].evaluate([features])]
        for value in self.values[1:]:
            results.append(value.evaluate([results[i] for i in value.inputs]))
        return results[-1].reshape(-1)


def draw_network(rng: np.random.Generator) -> dict[str, Any]:
    draft = Draft(rng, "image" if rng.random() < 0.6 else "sequence")
    network_input = draft.begin()
    for _ in range(draft.integer(2, 12)):
        draft.grow()
    draft.global_pool(len(draft.values) - 1, rng.random() < 0.5, rng.random() < 0.5)
    labels = draft.integer(2, 8)
    draft.fully_connected(len(draft.values) - 1, labels)
    lengths = [MAXIMUM_FRAMES, MINIMUM_FRAMES, *(draft.integer(10, 60) for _ in range(2))]
    runs = []
    for frame_count in lengths:
        features = draft.features(frame_count)
        runs.append(
            {
                "frameCount": frame_count,
                "features": features.reshape(-1).tolist(),
                "logits": draft.run(features).tolist(),
            }
        )
    return {
        "labels": labels,
        "graph": {
            "layout": draft.layout,
            "input": network_input,
            "nodes": draft.nodes,
            "output": draft.nodes[-1]["name"],
        },
        "tensors": {
            name: {"shape": list(tensor.shape), "values": tensor.reshape(-1).tolist()}
            for name, tensor in draft.tensors.items()
        },
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=COMMITTED)
    parser.add_argument("--networks", type=int, default=12)
    parser.add_argument("--seed", type=int, default=20_260)
    arguments = parser.parse_args()
    networks = [
        draw_network(np.random.default_rng([arguments.seed, index]))
        for index in range(arguments.networks)
    ]
    header = {
        "generator": "Tests/Conformance/networks.py",
        "oracle": "Tests/Conformance/reference.py",
        "versions": {"numpy": version("numpy"), "python": platform.python_version()},
        "seed": arguments.seed,
        "minimumFrames": MINIMUM_FRAMES,
        "maximumFrames": MAXIMUM_FRAMES,
        "comparison": "exact",
    }
    lines = ",\n".join(json.dumps(network, separators=(",", ":")) for network in networks)
    text = json.dumps(header, indent=2)[:-2] + f',\n  "networks": [\n{lines}\n  ]\n}}\n'
    arguments.output.write_text(text)
    operations = [node["op"] for network in networks for node in network["graph"]["nodes"]]
    print({name: operations.count(name) for name in sorted(set(operations))})


if __name__ == "__main__":
    main()
