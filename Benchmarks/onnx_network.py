"""The network of a model file for ONNX Runtime, in float or int8 (Q and DQ pairs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from model import Model

_OPSET = 17


class _Network:
    """Grows a graph node by node; activations are [1, channels, time, frequency]."""

    def __init__(self, model: Model, is_integer: bool) -> None:
        self.model = model
        self.is_integer = is_integer
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        time, frequency, channels = model.input_shape
        self.shape = (1, channels, time, frequency)
        self.requantize("input", "features")
        for node in model.nodes:
            getattr(self, f"append_{node['op']}")(node)

    def constant(self, name: str, values: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def node(self, operation: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operation, inputs, [output], **attributes))
        return output

    def requantize(self, source: str, name: str) -> None:
        """Gives a real value its name, by way of its integers in an int8 network."""
        if not self.is_integer:
            self.node("Identity", [source], name)
            return
        scale, zero = self.model.quantization(name)
        pair = [
            self.constant(f"{name}.scale", np.array(scale, np.float32)),
            self.constant(f"{name}.zero", np.array(zero, np.int8)),
        ]
        self.node("QuantizeLinear", [source, *pair], f"{name}.q")
        self.node("DequantizeLinear", [f"{name}.q", *pair], name)

    def tensors(self, node: dict[str, Any], weights: np.ndarray) -> list[str]:
        """Weights, output channels first, and bias."""
        name = node["name"]
        scales = self.model.weight_scales(node)
        bias = self.model.tensors[f"{name}.bias"]
        bias_scales = (scales * self.model.quantization(node["inputs"][0])[0]).astype(np.float32)
        if not self.is_integer:
            spread = scales.reshape([-1] + [1] * (weights.ndim - 1))
            return [
                self.constant(f"{name}.w", (weights * spread).astype(np.float32)),
                self.constant(f"{name}.b", (bias * bias_scales).astype(np.float32)),
            ]
        result = []
        for suffix, values, factors in (("w", weights, scales), ("b", bias, bias_scales)):
            stored = [
                self.constant(f"{name}.{suffix}.q", np.ascontiguousarray(values)),
                self.constant(f"{name}.{suffix}.scale", factors),
                self.constant(f"{name}.{suffix}.zero", np.zeros(len(factors), values.dtype)),
            ]
            result.append(self.node("DequantizeLinear", stored, f"{name}.{suffix}", axis=0))
        return result

    def activate(self, node: dict[str, Any], source: str) -> None:
        activation = node.get("activation", "none")
        name = node["name"]
        if activation == "relu":
            source = self.node("Relu", [source], f"{name}.a")
        elif activation == "relu6":
            limits = [self.constant(f"{name}.{i}", np.array(i, np.float32)) for i in (0, 6)]
            source = self.node("Clip", [source, *limits], f"{name}.a")
        self.requantize(source, name)

    @staticmethod
    def window(node: dict[str, Any]) -> dict[str, Any]:
        before_t, after_t, before_f, after_f = node["padding"]
        return {
            "kernel_shape": node["kernel"],
            "strides": node["stride"],
            "pads": [before_t, before_f, after_t, after_f],
        }

    def append_conv2d(self, node: dict[str, Any]) -> None:
        weights = self.model.tensors[f"{node['name']}.weight"].transpose(0, 3, 1, 2)
        self.activate(
            node,
            self.node(
                "Conv",
                [node["inputs"][0], *self.tensors(node, weights)],
                f"{node['name']}.s",
                dilations=node.get("dilation", [1, 1]),
                **self.window(node),
            ),
        )

    def append_depthwiseConv2d(self, node: dict[str, Any]) -> None:
        weights = self.model.tensors[f"{node['name']}.weight"].transpose(2, 0, 1)[:, np.newaxis]
        groups = weights.shape[0] // node.get("depthMultiplier", 1)
        self.activate(
            node,
            self.node(
                "Conv",
                [node["inputs"][0], *self.tensors(node, weights)],
                f"{node['name']}.s",
                group=groups,
                dilations=node.get("dilation", [1, 1]),
                **self.window(node),
            ),
        )

    def append_maxPool2d(self, node: dict[str, Any]) -> None:
        self.activate(
            node,
            self.node("MaxPool", [node["inputs"][0]], f"{node['name']}.s", **self.window(node)),
        )

    def append_reshape(self, node: dict[str, Any]) -> None:
        """In the order of memory of the model, where channels are innermost."""
        name, frames = node["name"], self.model.input_shape[0]
        moved = self.node("Transpose", node["inputs"], f"{name}.t", perm=[0, 2, 3, 1])
        extents = np.array([1, frames, node["frequency"], -1], np.int64)
        shaped = self.node("Reshape", [moved, self.constant(f"{name}.n", extents)], f"{name}.n.s")
        self.activate(node, self.node("Transpose", [shaped], f"{name}.s", perm=[0, 3, 1, 2]))

    def append_add(self, node: dict[str, Any]) -> None:
        self.activate(node, self.node("Add", node["inputs"], f"{node['name']}.s"))

    def append_globalMeanPool(self, node: dict[str, Any]) -> None:
        self.activate(node, self.mean(node, node["inputs"][0], "s"))

    def append_meanDeviationPool(self, node: dict[str, Any]) -> None:
        name, source = node["name"], node["inputs"][0]
        mean = self.mean(node, source, "m")
        difference = self.node("Sub", [source, mean], f"{name}.d")
        squares = self.node("Mul", [difference, difference], f"{name}.dd")
        deviation = self.node("Sqrt", [self.mean(node, squares, "v")], f"{name}.r")
        self.activate(node, self.node("Concat", [mean, deviation], f"{name}.s", axis=1))

    def mean(self, node: dict[str, Any], source: str, suffix: str) -> str:
        axes = [2, 3] if node["axes"] == "timeAndFrequency" else [2]
        return self.node("ReduceMean", [source], f"{node['name']}.{suffix}", axes=axes, keepdims=1)

    def append_fullyConnected(self, node: dict[str, Any]) -> None:
        name = node["name"]
        flat = self.node("Flatten", [node["inputs"][0]], f"{name}.f", axis=1)
        weights = self.model.tensors[f"{name}.weight"]
        self.activate(
            node,
            self.node("Gemm", [flat, *self.tensors(node, weights)], f"{name}.s", transB=1),
        )

    def content(self) -> bytes:
        last = self.model.nodes[-1]["name"]
        graph = helper.make_graph(
            self.nodes,
            "network",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(last, TensorProto.FLOAT, None)],
            self.constants,
        )
        opset = helper.make_opsetid("", _OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
        return bytes(model.SerializeToString())


def runner(content: bytes, values: np.ndarray) -> Callable[[], None]:
    """A call of a default session with one thread; the input is bound beforehand."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_cpu_input(session.get_inputs()[0].name, values)
    binding.bind_output(session.get_outputs()[0].name)

    def run() -> None:
        session.run_with_iobinding(binding)

    return run


def networks(model: Model, values: np.ndarray) -> dict[str, Callable[[], None]]:
    """One window in float and in int8; `values` [time, frequency, channels] are stored integers."""
    scale, zero = model.quantization("features")
    real = ((values.astype(np.float32) - zero) * np.float32(scale)).astype(np.float32)
    real = np.ascontiguousarray(real.transpose(2, 0, 1)[np.newaxis])
    return {
        name: runner(_Network(model, is_integer).content(), real)
        for name, is_integer in (("onnxruntime-float", False), ("onnxruntime-int8", True))
    }


def least() -> Callable[[], None]:
    """A network of one addition of one number: what a call costs by itself."""
    graph = helper.make_graph(
        [helper.make_node("Add", ["input", "input"], ["output"])],
        "least",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, (1,))],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, (1,))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)
    return runner(bytes(model.SerializeToString()), np.zeros(1, np.float32))
