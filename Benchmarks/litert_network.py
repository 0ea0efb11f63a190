"""The network of a model file as a LiteRT flatbuffer, in float or int8."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from litert_model import ModelBuilder, Quantization
from model import Model

_OPERATOR = schema.BuiltinOperator
_OPTIONS = schema.BuiltinOptions
_ACTIVATIONS = {
    "none": schema.ActivationFunctionType.NONE,
    "relu": schema.ActivationFunctionType.RELU,
    "relu6": schema.ActivationFunctionType.RELU6,
}


class _Network:
    """Grows a flatbuffer node by node; activations are [1, time, frequency, channels]."""

    def __init__(self, model: Model, is_integer: bool) -> None:
        self.model = model
        self.is_integer = is_integer
        self.builder = ModelBuilder()
        self.values: dict[str, tuple[int, tuple[int, ...]]] = {}
        shape = (1, *model.input_shape)
        self.input = self.activation("features", shape)
        for node in model.nodes:
            self.append(node)
        self.output = self.values[model.nodes[-1]["name"]][0]

    def activation(self, name: str, shape: tuple[int, ...]) -> int:
        quantization = None
        if self.is_integer:
            scale, zero = self.model.quantization(name)
            quantization = Quantization((scale,), (zero,))
        index = self.builder.tensor(shape, "int8" if self.is_integer else "float32", quantization)
        self.values[name] = index, shape
        return index

    def constants(self, node: dict[str, Any], axis: int) -> tuple[int, int]:
        """Weights and bias, with output channels along `axis` of the weights."""
        name = node["name"]
        weights, bias = self.model.tensors[f"{name}.weight"], self.model.tensors[f"{name}.bias"]
        if axis == 3:
            weights = weights[np.newaxis]
        scales = self.model.weight_scales(node)
        bias_scales = scales * self.model.quantization(node["inputs"][0])[0]
        if not self.is_integer:
            spread = scales.reshape([-1 if i == axis else 1 for i in range(weights.ndim)])
            real = (weights * spread).astype(np.float32)
            offset = (bias * bias_scales).astype(np.float32)
            return (
                self.builder.tensor(real.shape, "float32", None, real),
                self.builder.tensor(offset.shape, "float32", None, offset),
            )
        zeros = (0,) * len(scales)
        return (
            self.builder.tensor(
                weights.shape, "int8", Quantization(tuple(map(float, scales)), zeros, axis), weights
            ),
            self.builder.tensor(
                bias.shape, "int32", Quantization(tuple(map(float, bias_scales)), zeros), bias
            ),
        )

    def append(self, node: dict[str, Any]) -> None:
        getattr(self, f"append_{node['op']}")(node)

    def padded(self, node: dict[str, Any], channels_of: tuple[int, ...]) -> tuple[int, ...]:
        before_t, after_t, before_f, after_f = node["padding"]
        _, time, frequency, channels = channels_of
        return 1, time + before_t + after_t, frequency + before_f + after_f, channels

    def windowed(self, node: dict[str, Any]) -> tuple[int, tuple[int, ...], tuple[int, int]]:
        """The input with its padding, by a PAD that LiteRT folds, and the output's extents."""
        index, shape = self.values[node["inputs"][0]]
        if any(node["padding"]):
            padded = self.padded(node, shape)
            before_t, after_t, before_f, after_f = node["padding"]
            amounts = np.array(
                [[0, 0], [before_t, after_t], [before_f, after_f], [0, 0]], dtype=np.int32
            )
            constant = self.builder.tensor(amounts.shape, "int32", None, amounts)
            quantization = None
            if self.is_integer:
                scale, zero = self.model.quantization(node["inputs"][0])
                quantization = Quantization((scale,), (zero,))
            target = self.builder.tensor(
                padded, "int8" if self.is_integer else "float32", quantization
            )
            self.builder.operator(
                _OPERATOR.PAD,
                [index, constant],
                [target],
                _OPTIONS.PadOptions,
                schema.PadOptionsT(),
            )
            index, shape = target, padded
        dilation = node.get("dilation", [1, 1])
        extents = tuple(
            1 + (shape[1 + i] - dilation[i] * (node["kernel"][i] - 1) - 1) // node["stride"][i]
            for i in range(2)
        )
        return index, shape, (extents[0], extents[1])

    def sliding(self, node: dict[str, Any], options: Any) -> Any:
        options.padding = schema.Padding.VALID
        options.strideH, options.strideW = node["stride"]
        options.fusedActivationFunction = _ACTIVATIONS[node.get("activation", "none")]
        return options

    def append_conv2d(self, node: dict[str, Any]) -> None:
        index, _, extents = self.windowed(node)
        weights, bias = self.constants(node, 0)
        output = self.activation(node["name"], (1, *extents, node["outputChannels"]))
        options = self.sliding(node, schema.Conv2DOptionsT())
        options.dilationHFactor, options.dilationWFactor = node.get("dilation", [1, 1])
        self.builder.operator(
            _OPERATOR.CONV_2D, [index, weights, bias], [output], _OPTIONS.Conv2DOptions, options
        )

    def append_depthwiseConv2d(self, node: dict[str, Any]) -> None:
        index, shape, extents = self.windowed(node)
        weights, bias = self.constants(node, 3)
        output = self.activation(
            node["name"], (1, *extents, shape[3] * node.get("depthMultiplier", 1))
        )
        options = self.sliding(node, schema.DepthwiseConv2DOptionsT())
        options.depthMultiplier = node.get("depthMultiplier", 1)
        options.dilationHFactor, options.dilationWFactor = node.get("dilation", [1, 1])
        self.builder.operator(
            _OPERATOR.DEPTHWISE_CONV_2D,
            [index, weights, bias],
            [output],
            _OPTIONS.DepthwiseConv2DOptions,
            options,
        )

    def append_fullyConnected(self, node: dict[str, Any]) -> None:
        index, _ = self.values[node["inputs"][0]]
        weights, bias = self.constants(node, 0)
        output = self.activation(node["name"], (1, node["outputChannels"]))
        options = schema.FullyConnectedOptionsT()
        options.fusedActivationFunction = _ACTIVATIONS[node["activation"]]
        self.builder.operator(
            _OPERATOR.FULLY_CONNECTED,
            [index, weights, bias],
            [output],
            _OPTIONS.FullyConnectedOptions,
            options,
        )

    def append_add(self, node: dict[str, Any]) -> None:
        inputs = [self.values[name][0] for name in node["inputs"]]
        output = self.activation(node["name"], self.values[node["inputs"][0]][1])
        options = schema.AddOptionsT()
        options.fusedActivationFunction = _ACTIVATIONS[node["activation"]]
        self.builder.operator(_OPERATOR.ADD, inputs, [output], _OPTIONS.AddOptions, options)

    def append_reshape(self, node: dict[str, Any]) -> None:
        index, (_, time, frequency, channels) = self.values[node["inputs"][0]]
        shape = (1, time, node["frequency"], frequency * channels // node["frequency"])
        output = self.activation(node["name"], shape)
        options = schema.ReshapeOptionsT()
        options.newShape = list(shape)
        self.builder.operator(
            _OPERATOR.RESHAPE, [index], [output], _OPTIONS.ReshapeOptions, options
        )

    def append_maxPool2d(self, node: dict[str, Any]) -> None:
        index, shape, extents = self.windowed(node)
        output = self.activation(node["name"], (1, *extents, shape[3]))
        options = self.sliding(node, schema.Pool2DOptionsT())
        options.filterHeight, options.filterWidth = node["kernel"]
        self.builder.operator(
            _OPERATOR.MAX_POOL_2D, [index], [output], _OPTIONS.Pool2DOptions, options
        )

    def reduce(self, index: int, shape: tuple[int, ...], axes: list[int]) -> int:
        """MEAN in float over some axes, which stay as ones."""
        constant = self.builder.tensor((len(axes),), "int32", None, np.array(axes, dtype=np.int32))
        options = schema.ReducerOptionsT()
        options.keepDims = True
        output = self.builder.tensor(
            tuple(1 if i in axes else n for i, n in enumerate(shape)), "float32"
        )
        self.builder.operator(
            _OPERATOR.MEAN, [index, constant], [output], _OPTIONS.ReducerOptions, options
        )
        return output

    def append_globalMeanPool(self, node: dict[str, Any]) -> None:
        self.pool(node, has_deviation=False)

    def append_meanDeviationPool(self, node: dict[str, Any]) -> None:
        self.pool(node, has_deviation=True)

    def pool(self, node: dict[str, Any], has_deviation: bool) -> None:
        """In float in either network, as LiteRT has no deviation."""
        index, shape = self.values[node["inputs"][0]]
        axes = [1, 2] if node["axes"] == "timeAndFrequency" else [1]
        if self.is_integer:
            real = self.builder.tensor(shape, "float32")
            self.builder.operator(_OPERATOR.DEQUANTIZE, [index], [real], _OPTIONS.NONE, None)
            index = real
        pooled = tuple(1 if i in axes else n for i, n in enumerate(shape))
        result = self.reduce(index, shape, axes)
        if has_deviation:
            squares = self.builder.tensor(shape, "float32")
            self.builder.operator(
                _OPERATOR.SQUARED_DIFFERENCE,
                [index, result],
                [squares],
                _OPTIONS.SquaredDifferenceOptions,
                schema.SquaredDifferenceOptionsT(),
            )
            variance = self.reduce(squares, shape, axes)
            deviation = self.builder.tensor(pooled, "float32")
            self.builder.operator(_OPERATOR.SQRT, [variance], [deviation], _OPTIONS.NONE, None)
            pooled = (*pooled[:3], 2 * pooled[3])
            joined = self.builder.tensor(pooled, "float32")
            options = schema.ConcatenationOptionsT()
            options.axis = 3
            self.builder.operator(
                _OPERATOR.CONCATENATION,
                [result, deviation],
                [joined],
                _OPTIONS.ConcatenationOptions,
                options,
            )
            result = joined
        if not self.is_integer:
            self.values[node["name"]] = result, pooled
            return
        output = self.activation(node["name"], pooled)
        self.builder.operator(
            _OPERATOR.QUANTIZE,
            [result],
            [output],
            _OPTIONS.QuantizeOptions,
            schema.QuantizeOptionsT(),
        )


def flatbuffer(model: Model, is_integer: bool = True) -> bytes:
    """The network as a file of LiteRT."""
    network = _Network(model, is_integer)
    return network.builder.content([network.input], [network.output])


def runner(content: bytes, values: np.ndarray) -> Callable[[], None]:
    """A call of the default interpreter with one thread; the input is set beforehand."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], values)

    def run(_keep: bytes = content) -> None:
        interpreter.invoke()

    return run


def networks(model: Model, values: np.ndarray) -> dict[str, Callable[[], None]]:
    """One window in float and in int8; `values` [time, frequency, channels] are stored integers."""
    runs = {}
    scale, zero = model.quantization("features")
    for name, is_integer in (("litert-float", False), ("litert-int8", True)):
        content = flatbuffer(model, is_integer)
        real = ((values.astype(np.float32) - zero) * np.float32(scale)).astype(np.float32)
        runs[name] = runner(content, (values if is_integer else real)[np.newaxis])
    return runs


def least() -> Callable[[], None]:
    """A network of one addition of one number: what a call costs by itself."""
    builder = ModelBuilder()
    first = builder.tensor((1,), "float32")
    output = builder.tensor((1,), "float32")
    builder.operator(
        _OPERATOR.ADD, [first, first], [output], _OPTIONS.AddOptions, schema.AddOptionsT()
    )
    return runner(builder.content([first], [output]), np.zeros(1, np.float32))
