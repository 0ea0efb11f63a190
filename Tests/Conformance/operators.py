"""One random case per call for each operator, answered by LiteRT's reference kernels.

Where LiteRT has no such operator (mean and deviation, average pooling with padding of one's own),
the expected output comes from `reference`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

import reference
from arithmetic import quantized_multiplier
from litert_model import ModelBuilder, Quantization

Case = dict[str, Any]
Shape = tuple[int, int, int]

_OPERATORS = schema.BuiltinOperator
_OPTIONS = schema.BuiltinOptions
_ACTIVATIONS = {
    "none": schema.ActivationFunctionType.NONE,
    "relu": schema.ActivationFunctionType.RELU,
    "relu6": schema.ActivationFunctionType.RELU6,
}


class Draw:
    """Random choices of one case, within a bound on extents and channels."""

    def __init__(self, rng: np.random.Generator, extent: int, channels: int) -> None:
        self.rng = rng
        self.extent = extent
        self.channel_limit = channels

    def integer(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def length(self, limit: int) -> int:
        """A length of 1 with a chance of one in five, to reach the degenerate shapes."""
        return 1 if self.chance(0.2) else self.integer(1, limit)

    def shape(self) -> Shape:
        return (self.length(self.extent), self.length(self.extent), self.channels())

    def channels(self) -> int:
        return self.length(self.channel_limit)

    def scale(self) -> float:
        """A scale of 12 significant bits: products of two are exact in float32."""
        return self.integer(2048, 4095) * 2.0 ** self.integer(-16, -13)

    def zero_point(self) -> int:
        return int(self.rng.choice([-128, 127, 0, self.integer(-128, 127)]))

    def activation(self) -> str:
        return str(self.rng.choice(["none", "relu", "relu6"]))

    def int8(self, shape: tuple[int, ...], low: int = -128) -> np.ndarray:
        if self.chance(0.1):
            return self.rng.choice([low, 127], shape).astype(np.int8)
        return self.rng.integers(low, 128, shape).astype(np.int8)


def _limits(activation: str, scale: float, zero_point: int) -> tuple[int, int]:
    low, high = -128, 127
    if activation != "none":
        low = max(low, zero_point)
    if activation == "relu6":
        high = min(high, zero_point + math.floor(6 / float(np.float32(scale)) + 0.5))
    return low, max(low, high)


def _flat(values: np.ndarray) -> list[int]:
    return [int(v) for v in values.reshape(-1)]


def _output(zero_point: int, limits: tuple[int, int]) -> list[int]:
    return [zero_point, *limits]


def _window(draw: Draw, shape: Shape, dilated: bool) -> list[list[int]]:
    """`[kernel, stride, dilation, before, after]` of each axis, with room for one output."""
    axes = []
    for extent in shape[:2]:
        while True:
            kernel = draw.length(5)
            stride = draw.length(3)
            dilation = draw.length(3) if dilated else 1
            reach = dilation * (kernel - 1) + 1
            before, after = draw.integer(0, reach - 1), draw.integer(0, reach - 1)
            if draw.chance(0.3):
                before, after = _same_padding(extent, kernel, stride, dilation)
            elif draw.chance(0.3):
                before = after = 0
            if before < reach and after < reach and extent + before + after >= reach:
                break
        axes.append([kernel, stride, dilation, before, after])
    return axes


def _same_padding(extent: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    outputs = -(-extent // stride)
    total = max(0, (outputs - 1) * stride + dilation * (kernel - 1) + 1 - extent)
    return total // 2, total - total // 2


def _output_shape(shape: Shape, window: list[list[int]], channels: int) -> Shape:
    extents = [
        1 + (extent + before + after - dilation * (kernel - 1) - 1) // stride
        for extent, (kernel, stride, dilation, before, after) in zip(shape[:2], window, strict=True)
    ]
    return (extents[0], extents[1], channels)


def _is_same(shape: Shape, window: list[list[int]]) -> bool:
    return all(
        (before, after) == _same_padding(extent, kernel, stride, dilation)
        for extent, (kernel, stride, dilation, before, after) in zip(shape[:2], window, strict=True)
    )


def _padded_source(
    model: ModelBuilder,
    source: int,
    shape: Shape,
    window: list[list[int]],
    quantization: Quantization,
    fill: int | None,
) -> tuple[int, int]:
    """The tensor that the window slides over and LiteRT's padding; `fill` None is real zero."""
    if not any(axis[3] or axis[4] for axis in window):
        return source, schema.Padding.VALID
    if _is_same(shape, window):
        return source, schema.Padding.SAME
    pads = np.array([[0, 0], window[0][3:], window[1][3:], [0, 0]], np.int32)
    amounts = model.tensor((4, 2), "int32", data=pads)
    padded_shape = (
        1,
        shape[0] + sum(window[0][3:]),
        shape[1] + sum(window[1][3:]),
        shape[2],
    )
    padded = model.tensor(padded_shape, "int8", quantization)
    if fill is None:
        model.operator(
            _OPERATORS.PAD, [source, amounts], [padded], _OPTIONS.PadOptions, schema.PadOptionsT()
        )
    else:
        value = model.tensor((1,), "int8", quantization, np.array([fill], np.int8))
        model.operator(
            _OPERATORS.PADV2,
            [source, amounts, value],
            [padded],
            _OPTIONS.PadV2Options,
            schema.PadV2OptionsT(),
        )
    return padded, schema.Padding.VALID


def _channel_parameters(
    draw: Draw, channels: int, depth: int, weight_shape: tuple[int, ...], axis: int
) -> dict[str, Any]:
    """Weights, bias, scales and factors that spread the results over the range of Int8."""
    input_scale, output_scale = draw.scale(), draw.scale()
    spread = 75.0 * 75.0 * math.sqrt(depth)
    target = 2.0 ** draw.rng.uniform(3, 7)
    weight_scales = []
    for _ in range(channels):
        wanted = target / spread * output_scale / input_scale * 2 ** draw.rng.uniform(-1, 1)
        exponent = math.floor(math.log2(wanted)) - 11
        weight_scales.append(math.floor(wanted / 2.0**exponent) * 2.0**exponent)
    factors = [quantized_multiplier(input_scale * w / output_scale) for w in weight_scales]
    bias = draw.rng.normal(0, spread, channels).round().astype(np.int32)
    return {
        "input_scale": input_scale,
        "output_scale": output_scale,
        "weight_quantization": Quantization(tuple(weight_scales), (0,) * channels, axis),
        "bias_quantization": Quantization(
            tuple(input_scale * w for w in weight_scales), (0,) * channels
        ),
        "weights": draw.int8(weight_shape, low=-127),
        "bias": bias,
        "multipliers": [m for m, _ in factors],
        "shifts": [s for _, s in factors],
    }


def _convolution(draw: Draw, depthwise: bool) -> Case:
    shape = draw.shape()
    window = _window(draw, shape, dilated=True)
    if depthwise:
        depth_multiplier = draw.length(3)
        channels = shape[2] * depth_multiplier
        depth = window[0][0] * window[1][0]
        weight_shape, axis = (1, window[0][0], window[1][0], channels), 3
    else:
        channels = draw.channels()
        depth = window[0][0] * window[1][0] * shape[2]
        weight_shape, axis = (channels, window[0][0], window[1][0], shape[2]), 0
    values = _channel_parameters(draw, channels, depth, weight_shape, axis)
    activation = draw.activation()
    input_zero, output_zero = draw.zero_point(), draw.zero_point()
    output_shape = _output_shape(shape, window, channels)
    data = draw.int8((1, *shape))

    model = ModelBuilder()
    input_quantization = Quantization((values["input_scale"],), (input_zero,))
    source = model.tensor((1, *shape), "int8", input_quantization)
    weights = model.tensor(weight_shape, "int8", values["weight_quantization"], values["weights"])
    bias = model.tensor((channels,), "int32", values["bias_quantization"], values["bias"])
    padded, padding = _padded_source(model, source, shape, window, input_quantization, None)
    result = model.tensor(
        (1, *output_shape), "int8", Quantization((values["output_scale"],), (output_zero,))
    )
    options = schema.DepthwiseConv2DOptionsT() if depthwise else schema.Conv2DOptionsT()
    options.padding = padding
    options.strideH, options.strideW = window[0][1], window[1][1]
    options.dilationHFactor, options.dilationWFactor = window[0][2], window[1][2]
    options.fusedActivationFunction = _ACTIVATIONS[activation]
    if depthwise:
        options.depthMultiplier = depth_multiplier
    model.operator(
        _OPERATORS.DEPTHWISE_CONV_2D if depthwise else _OPERATORS.CONV_2D,
        [padded, weights, bias],
        [result],
        _OPTIONS.DepthwiseConv2DOptions if depthwise else _OPTIONS.Conv2DOptions,
        options,
    )
    expected = model.run([(source, data)], result)
    assert expected.shape == (1, *output_shape)
    return {
        "input": _flat(data),
        "inputShape": list(shape),
        "inputZeroPoint": input_zero,
        "window": window,
        "weights": _flat(values["weights"]),
        "bias": _flat(values["bias"]),
        "multipliers": values["multipliers"],
        "shifts": values["shifts"],
        "outputShape": list(output_shape),
        "output": _output(output_zero, _limits(activation, values["output_scale"], output_zero)),
        "expected": _flat(expected),
    }


def convolution2d(draw: Draw) -> Case:
    return _convolution(draw, depthwise=False)


def depthwise_convolution2d(draw: Draw) -> Case:
    return _convolution(draw, depthwise=True)


def fully_connected(draw: Draw) -> Case:
    """Answered by CONV_2D over a single cell, which is the same sum with double rounding.

    LiteRT's own FULLY_CONNECTED rounds only once since 1.4.0 (1.2.0 still rounded twice), even in
    its reference kernels: about one output in 1,500 differs by one step.
    """
    depth = draw.length(16 * draw.channel_limit)
    channels = draw.channels()
    values = _channel_parameters(draw, channels, depth, (channels, 1, 1, depth), 0)
    activation = draw.activation()
    input_zero, output_zero = draw.zero_point(), draw.zero_point()
    data = draw.int8((1, 1, 1, depth))

    model = ModelBuilder()
    source = model.tensor(data.shape, "int8", Quantization((values["input_scale"],), (input_zero,)))
    weights = model.tensor(
        (channels, 1, 1, depth), "int8", values["weight_quantization"], values["weights"]
    )
    bias = model.tensor((channels,), "int32", values["bias_quantization"], values["bias"])
    result = model.tensor(
        (1, 1, 1, channels), "int8", Quantization((values["output_scale"],), (output_zero,))
    )
    options = schema.Conv2DOptionsT()
    options.padding = schema.Padding.VALID
    options.strideH = options.strideW = 1
    options.dilationHFactor = options.dilationWFactor = 1
    options.fusedActivationFunction = _ACTIVATIONS[activation]
    model.operator(
        _OPERATORS.CONV_2D, [source, weights, bias], [result], _OPTIONS.Conv2DOptions, options
    )
    expected = model.run([(source, data)], result)
    return {
        "input": _flat(data),
        "inputZeroPoint": input_zero,
        "weights": _flat(values["weights"]),
        "bias": _flat(values["bias"]),
        "multipliers": values["multipliers"],
        "shifts": values["shifts"],
        "output": _output(output_zero, _limits(activation, values["output_scale"], output_zero)),
        "expected": _flat(expected),
    }


def _pool(draw: Draw, maximum: bool) -> Case:
    shape = draw.shape()
    window = _window(draw, shape, dilated=False)
    output_shape = _output_shape(shape, window, shape[2])
    activation = draw.activation()
    scale, zero_point = draw.scale(), draw.zero_point()
    limits = _limits(activation, scale, zero_point)
    data = draw.int8((1, *shape))

    valid = not any(axis[3] or axis[4] for axis in window)
    if maximum or valid or _is_same(shape, window):
        model = ModelBuilder()
        quantization = Quantization((scale,), (zero_point,))
        source = model.tensor((1, *shape), "int8", quantization)
        padded, padding = _padded_source(model, source, shape, window, quantization, -128)
        result = model.tensor((1, *output_shape), "int8", quantization)
        options = schema.Pool2DOptionsT()
        options.padding = padding
        options.filterHeight, options.filterWidth = window[0][0], window[1][0]
        options.strideH, options.strideW = window[0][1], window[1][1]
        options.fusedActivationFunction = _ACTIVATIONS[activation]
        model.operator(
            _OPERATORS.MAX_POOL_2D if maximum else _OPERATORS.AVERAGE_POOL_2D,
            [padded],
            [result],
            _OPTIONS.Pool2DOptions,
            options,
        )
        expected = model.run([(source, data)], result)[0]
    else:
        # LiteRT pools with its own paddings only.
        expected = reference.average_pool2d(
            data[0].astype(np.int64), window, _output(zero_point, limits)
        )
    return {
        "input": _flat(data),
        "inputShape": list(shape),
        "window": window,
        "outputShape": list(output_shape),
        "output": _output(zero_point, limits),
        "expected": _flat(expected),
    }


def maximum_pool2d(draw: Draw) -> Case:
    return _pool(draw, maximum=True)


def average_pool2d(draw: Draw) -> Case:
    return _pool(draw, maximum=False)


def global_mean_pool(draw: Draw) -> Case:
    shape = (draw.length(8 * draw.extent), draw.length(draw.extent), draw.channels())
    over_frequency = draw.chance(0.5)
    input_scale = draw.scale()
    output_scale = input_scale if draw.chance(0.3) else draw.scale()
    input_zero = draw.zero_point()
    output_zero = input_zero if draw.chance(0.3) else draw.zero_point()
    data = draw.int8((1, *shape))
    lanes = shape[2] if over_frequency else shape[1] * shape[2]

    model = ModelBuilder()
    source = model.tensor((1, *shape), "int8", Quantization((input_scale,), (input_zero,)))
    axes = np.array([1, 2] if over_frequency else [1], np.int32)
    axis = model.tensor(axes.shape, "int32", data=axes)
    output_shape = (1, 1, 1, lanes) if over_frequency else (1, 1, shape[1], shape[2])
    result = model.tensor(output_shape, "int8", Quantization((output_scale,), (output_zero,)))
    options = schema.ReducerOptionsT()
    options.keepDims = True
    model.operator(_OPERATORS.MEAN, [source, axis], [result], _OPTIONS.ReducerOptions, options)
    expected = model.run([(source, data)], result)
    multiplier, shift = quantized_multiplier(input_scale / output_scale)
    return {
        "input": _flat(data),
        "count": shape[0] * shape[1] if over_frequency else shape[0],
        "inputZeroPoint": input_zero,
        "factor": [multiplier, shift],
        "output": _output(output_zero, (-128, 127)),
        "expected": _flat(expected),
    }


def mean_deviation_pool(draw: Draw) -> Case:
    shape = (draw.length(8 * draw.extent), draw.length(draw.extent), draw.channels())
    over_frequency = draw.chance(0.5)
    input_scale, output_scale = draw.scale(), draw.scale()
    input_zero, output_zero = draw.zero_point(), draw.zero_point()
    data = draw.int8((1, *shape))
    if draw.chance(0.2):
        data[:] = data[0, 0]
    count = shape[0] * shape[1] if over_frequency else shape[0]
    mean = quantized_multiplier(input_scale / output_scale)
    deviation = quantized_multiplier(input_scale / output_scale / 2**16)
    output = _output(output_zero, (-128, 127))
    expected = reference.mean_deviation_pool(
        data.astype(np.int64), count, shape[2], input_zero, list(mean), list(deviation), output
    )
    return {
        "input": _flat(data),
        "count": count,
        "channels": shape[2],
        "inputZeroPoint": input_zero,
        "meanFactor": list(mean),
        "deviationFactor": list(deviation),
        "output": output,
        "expected": _flat(expected),
    }


def addition(draw: Draw) -> Case:
    shape = draw.shape()
    scales = draw.scale(), draw.scale()
    zeros = draw.zero_point(), draw.zero_point()
    output_scale, output_zero = draw.scale(), draw.zero_point()
    activation = draw.activation()
    data = draw.int8((1, *shape)), draw.int8((1, *shape))

    model = ModelBuilder()
    sources = [
        model.tensor((1, *shape), "int8", Quantization((scale,), (zero,)))
        for scale, zero in zip(scales, zeros, strict=True)
    ]
    result = model.tensor((1, *shape), "int8", Quantization((output_scale,), (output_zero,)))
    options = schema.AddOptionsT()
    options.fusedActivationFunction = _ACTIVATIONS[activation]
    model.operator(_OPERATORS.ADD, sources, [result], _OPTIONS.AddOptions, options)
    expected = model.run(list(zip(sources, data, strict=True)), result)
    twice_greatest = 2 * max(scales)
    return {
        "first": _flat(data[0]),
        "second": _flat(data[1]),
        "zeroPoints": list(zeros),
        "factors": [
            list(quantized_multiplier(scales[0] / twice_greatest)),
            list(quantized_multiplier(scales[1] / twice_greatest)),
            list(quantized_multiplier(twice_greatest / (2**20 * output_scale))),
        ],
        "output": _output(output_zero, _limits(activation, output_scale, output_zero)),
        "expected": _flat(expected),
    }


def concatenation(draw: Draw) -> Case:
    shape = draw.shape()
    along_channels = draw.chance(0.5)
    shapes = []
    for _ in range(draw.integer(2, 5)):
        if along_channels:
            shapes.append((shape[0], shape[1], draw.channels()))
        else:
            shapes.append((shape[0], draw.length(draw.extent), shape[2]))
    quantization = Quantization((draw.scale(),), (draw.zero_point(),))
    data = [draw.int8((1, *s)) for s in shapes]

    model = ModelBuilder()
    sources = [model.tensor((1, *s), "int8", quantization) for s in shapes]
    joined = 2 if along_channels else 1
    output_shape = list(shape)
    output_shape[joined] = sum(s[joined] for s in shapes)
    result = model.tensor((1, *output_shape), "int8", quantization)
    options = schema.ConcatenationOptionsT()
    options.axis = 1 + joined
    model.operator(
        _OPERATORS.CONCATENATION, sources, [result], _OPTIONS.ConcatenationOptions, options
    )
    expected = model.run(list(zip(sources, data, strict=True)), result)
    return {
        "inputs": [_flat(d) for d in data],
        "rows": shape[0] * shape[1] if along_channels else shape[0],
        "expected": _flat(expected),
    }


def rectified_linear(draw: Draw) -> Case:
    shape = draw.shape()
    activation = str(draw.rng.choice(["relu", "relu6"]))
    input_scale, output_scale = draw.scale(), draw.scale()
    input_zero, output_zero = draw.zero_point(), draw.zero_point()
    data = draw.int8((1, *shape))

    model = ModelBuilder()
    source = model.tensor((1, *shape), "int8", Quantization((input_scale,), (input_zero,)))
    result = model.tensor((1, *shape), "int8", Quantization((output_scale,), (output_zero,)))
    code = _OPERATORS.RELU if activation == "relu" else _OPERATORS.RELU6
    model.operator(code, [source], [result], 0, None)
    expected = model.run([(source, data)], result)
    # LiteRT divides these two scales in float32.
    factor = float(np.float32(input_scale) / np.float32(output_scale))
    return {
        "input": _flat(data),
        "inputZeroPoint": input_zero,
        "factor": list(quantized_multiplier(factor)),
        "output": _output(output_zero, _limits(activation, output_scale, output_zero)),
        "expected": _flat(expected),
    }


def input_quantization(draw: Draw) -> Case:
    count = draw.length(16 * draw.channel_limit)
    input_scale, output_scale = 2.0 ** -draw.integer(4, 14), draw.scale()
    output_zero = draw.zero_point()
    data = draw.rng.integers(-32768, 32768, (1, count)).astype(np.int16)

    model = ModelBuilder()
    source = model.tensor((1, count), "int16", Quantization((input_scale,), (0,)))
    result = model.tensor((1, count), "int8", Quantization((output_scale,), (output_zero,)))
    model.operator(
        _OPERATORS.QUANTIZE, [source], [result], _OPTIONS.QuantizeOptions, schema.QuantizeOptionsT()
    )
    expected = model.run([(source, data)], result)
    return {
        "features": _flat(data),
        "factor": list(quantized_multiplier(input_scale / output_scale)),
        "output": _output(output_zero, (-128, 127)),
        "expected": _flat(expected),
    }


OPERATORS = {
    "convolution2D": convolution2d,
    "depthwiseConvolution2D": depthwise_convolution2d,
    "fullyConnected": fully_connected,
    "maximumPool2D": maximum_pool2d,
    "averagePool2D": average_pool2d,
    "globalMeanPool": global_mean_pool,
    "meanDeviationPool": mean_deviation_pool,
    "addition": addition,
    "concatenation": concatenation,
    "rectifiedLinear": rectified_linear,
    "inputQuantization": input_quantization,
}
