"""The integer operators in NumPy, written from Documentation/ModelFormat.md, sections 4 and 5.

Activations are `[time, frequency, channels]` arrays of int64. `generate.py` holds this model to
LiteRT's answers, case by case; `networks.py` chains it into whole networks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from arithmetic import deviation_q16, mean_multiplier

Window = list[list[int]]


class Layer(NamedTuple):
    """Tensors of a convolution or a fully connected operator."""

    weights: np.ndarray
    bias: np.ndarray
    multipliers: np.ndarray
    shifts: np.ndarray


def requantize(values: np.ndarray, multipliers: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Double rounding: doubling high multiplication, then division by a power of two."""
    left = np.maximum(shifts, 0)
    right = np.maximum(-shifts, 0)
    shifted = values << left
    assert np.all(np.abs(shifted) < 2**31)
    product = shifted * multipliers
    nudged = product + np.where(product >= 0, 2**30, 1 - 2**30)
    high = np.sign(nudged) * (np.abs(nudged) >> 31)
    remainder = high & ((1 << right) - 1)
    threshold = (((1 << right) - 1) >> 1) + (high < 0)
    return (high >> right) + (remainder > threshold)


def store(values: np.ndarray, output: list[int]) -> np.ndarray:
    """Adds the zero point and clamps."""
    zero_point, minimum, maximum = output
    return np.clip(values + zero_point, minimum, maximum)


def _positions(window: Window, shape: tuple[int, ...]) -> list[int]:
    return [
        1 + (extent + before + after - dilation * (kernel - 1) - 1) // stride
        for extent, (kernel, stride, dilation, before, after) in zip(shape, window, strict=False)
    ]


def _taps(values: np.ndarray, window: Window) -> list[tuple[int, int, np.ndarray]]:
    """For each tap, the cells that it sees, `[outputTime, outputFrequency, channels]`."""
    times, frequencies = _positions(window, values.shape)
    padded = np.pad(values, [window[0][3:], window[1][3:], (0, 0)])
    taps = []
    for kernel_time in range(window[0][0]):
        for kernel_frequency in range(window[1][0]):
            first_time = kernel_time * window[0][2]
            first_frequency = kernel_frequency * window[1][2]
            cells = padded[
                first_time : first_time + (times - 1) * window[0][1] + 1 : window[0][1],
                first_frequency : first_frequency + (frequencies - 1) * window[1][1] + 1 : window[
                    1
                ][1],
            ]
            taps.append((kernel_time, kernel_frequency, cells))
    return taps


def convolution2d(
    values: np.ndarray,
    zero_point: int,
    window: Window,
    layer: Layer,
    output: list[int],
) -> np.ndarray:
    """`layer.weights` is `[outputChannels, kernelTime, kernelFrequency, inputChannels]`."""
    sums = layer.bias + sum(
        cells @ layer.weights[:, time, frequency, :].T
        for time, frequency, cells in _taps(values - zero_point, window)
    )
    return store(requantize(sums, layer.multipliers, layer.shifts), output)


def depthwise_convolution2d(
    values: np.ndarray,
    zero_point: int,
    window: Window,
    layer: Layer,
    output: list[int],
) -> np.ndarray:
    """`layer.weights` is `[kernelTime, kernelFrequency, inputChannels · depthMultiplier]`."""
    repeated = np.repeat(values - zero_point, layer.weights.shape[2] // values.shape[2], axis=2)
    sums = layer.bias + sum(
        cells * layer.weights[time, frequency] for time, frequency, cells in _taps(repeated, window)
    )
    return store(requantize(sums, layer.multipliers, layer.shifts), output)


def fully_connected(
    values: np.ndarray,
    zero_point: int,
    layer: Layer,
    output: list[int],
) -> np.ndarray:
    """`layer.weights` is `[outputChannels, inputs]`."""
    sums = layer.bias + layer.weights @ (values.reshape(-1) - zero_point)
    return store(requantize(sums, layer.multipliers, layer.shifts), output).reshape(1, 1, -1)


def maximum_pool2d(values: np.ndarray, window: Window, output: list[int]) -> np.ndarray:
    # Shifted so that padding, which is zero, is below every cell.
    taps = _taps(values + 1000, window)
    greatest = np.max([cells for _, _, cells in taps], axis=0) - 1000
    return np.clip(greatest, output[1], output[2])


def average_pool2d(values: np.ndarray, window: Window, output: list[int]) -> np.ndarray:
    sums = sum(cells for _, _, cells in _taps(values, window))
    counts = sum(cells for _, _, cells in _taps(np.ones_like(values), window))
    quotients = np.sign(sums) * ((np.abs(sums) + counts // 2) // counts)
    return np.clip(quotients, output[1], output[2])


def global_mean_pool(
    values: np.ndarray, count: int, zero_point: int, factor: list[int], output: list[int]
) -> np.ndarray:
    """`values` is `[count, lanes]` in any shape; the answer is `[lanes]`."""
    sums = (values.reshape(count, -1) - zero_point).sum(axis=0)
    multiplier, shift = mean_multiplier(factor[0], factor[1], count)
    return store(requantize(sums, np.array(multiplier), np.array(shift)), output)


def mean_deviation_pool(
    values: np.ndarray,
    count: int,
    channels: int,
    zero_point: int,
    mean_factor: list[int],
    deviation_factor: list[int],
    output: list[int],
) -> np.ndarray:
    """The answer is `[cells, 2 · channels]`, the means of a cell before its deviations."""
    lanes = values.reshape(count, -1) - zero_point
    means = global_mean_pool(lanes, count, 0, mean_factor, output)
    deviations = np.array([deviation_q16([int(v) for v in lane]) for lane in lanes.T])
    multiplier, shift = deviation_factor
    stored = store(requantize(deviations, np.array(multiplier), np.array(shift)), output)
    return np.concatenate([means.reshape(-1, channels), stored.reshape(-1, channels)], axis=1)


def addition(
    first: np.ndarray,
    second: np.ndarray,
    zero_points: list[int],
    factors: list[list[int]],
    output: list[int],
) -> np.ndarray:
    first_factor, second_factor, output_factor = ([np.array(v) for v in f] for f in factors)
    total = requantize((first - zero_points[0]) << 20, *first_factor) + requantize(
        (second - zero_points[1]) << 20, *second_factor
    )
    return store(requantize(total, *output_factor), output)


def rectified_linear(
    values: np.ndarray, zero_point: int, factor: list[int], output: list[int]
) -> np.ndarray:
    return store(requantize(values - zero_point, *(np.array(v) for v in factor)), output)


def input_quantization(features: np.ndarray, factor: list[int], output: list[int]) -> np.ndarray:
    return store(requantize(features, *(np.array(v) for v in factor)), output)


def answer(name: str, case: dict) -> np.ndarray:
    """The expected output of a case of `operators.py`, flat."""

    def array(key: str, *shape: int) -> np.ndarray:
        return np.array(case[key], np.int64).reshape(*shape)

    def layer(*shape: int) -> Layer:
        return Layer(
            array("weights", *shape),
            array("bias", -1),
            array("multipliers", -1),
            array("shifts", -1),
        )

    if "inputShape" in case:
        values = array("input", *case["inputShape"])
        window = case["window"]
        kernel = (window[0][0], window[1][0])
        channels = case["outputShape"][2]
    output = case.get("output", [])
    zero_point = case.get("inputZeroPoint", 0)
    match name:
        case "convolution2D":
            tensors = layer(channels, *kernel, case["inputShape"][2])
            result = convolution2d(values, zero_point, window, tensors, output)
        case "depthwiseConvolution2D":
            tensors = layer(*kernel, channels)
            result = depthwise_convolution2d(values, zero_point, window, tensors, output)
        case "fullyConnected":
            tensors = layer(len(case["bias"]), -1)
            result = fully_connected(array("input", -1), zero_point, tensors, output)
        case "maximumPool2D":
            result = maximum_pool2d(values, window, output)
        case "averagePool2D":
            result = average_pool2d(values, window, output)
        case "globalMeanPool":
            result = global_mean_pool(
                array("input", -1), case["count"], zero_point, case["factor"], output
            )
        case "meanDeviationPool":
            result = mean_deviation_pool(
                array("input", -1),
                case["count"],
                case["channels"],
                zero_point,
                case["meanFactor"],
                case["deviationFactor"],
                output,
            )
        case "addition":
            result = addition(
                array("first", -1), array("second", -1), case["zeroPoints"], case["factors"], output
            )
        case "concatenation":
            parts = [np.array(p, np.int64).reshape(case["rows"], -1) for p in case["inputs"]]
            result = np.concatenate(parts, axis=1)
        case "rectifiedLinear":
            result = rectified_linear(array("input", -1), zero_point, case["factor"], output)
        case "inputQuantization":
            result = input_quantization(array("features", -1), case["factor"], output)
        case _:
            raise ValueError(name)
    return result.reshape(-1)
