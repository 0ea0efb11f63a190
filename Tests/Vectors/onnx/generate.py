#!/usr/bin/env python3
"""Writes small ONNX networks with the logits that ONNX Runtime gives for random features.

    python3 generate.py            needs numpy, onnx and onnxruntime, and for the networks of
                                   PyTorch torch; versions are written beside the cases

Each case is NAME.onnx; cases.json holds features as Int16 in Q8, [frame, channel], and logits.
The networks have random weights; nothing was trained.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent
CHANNELS = 10
LABELS = 3
FRAMES = (16, 24)


class Network:
    """Nodes and weights of a network in the making."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.last = "x"

    def weight(self, *shape: int, low: float = -1.0, high: float = 1.0) -> str:
        values = self.random.uniform(low, high, shape).astype(np.float32)
        if low < 0 and len(shape) > 1:
            values *= (2 / np.prod(shape[1:])) ** 0.5
        return self.constant(values)

    def constant(self, values: np.ndarray) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(values, name))
        return name

    def add(self, operation: str, *inputs: str, **attributes) -> str:
        output = f"y{len(self.nodes)}"
        name = f"/{operation}_{len(self.nodes)}"
        used = inputs or (self.last,)
        self.nodes.append(helper.make_node(operation, used, [output], name=name, **attributes))
        self.last = output
        return output

    def conv(self, inputs: int, outputs: int, *kernel: int, **attributes) -> str:
        group = attributes.get("group", 1)
        weight = self.weight(outputs, inputs // group, *kernel)
        return self.add(
            "Conv", self.last, weight, self.weight(outputs), kernel_shape=kernel, **attributes
        )

    def norm(self, channels: int) -> str:
        return self.add(
            "BatchNormalization", self.last, self.weight(channels, low=0.5, high=1.5),
            self.weight(channels), self.weight(channels), self.weight(channels, low=0.5, high=2),
            epsilon=1e-3,
        )  # fmt: skip

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, np.int64))

    def model(self, shape: list, opset: int) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes, "g",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, ["N", LABELS])],
            self.weights,
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model


def residual() -> onnx.ModelProto:
    """Image [N, 1, T, F]: stem, block with a sum, depthwise, both pools, joined, Gemm, softmax."""
    n = Network(1)
    n.conv(1, 6, 3, 3, pads=[1, 1, 1, 1], strides=[1, 2])
    n.norm(6)
    stem = n.add("Relu")
    n.conv(6, 6, 3, 5, pads=[1, 2, 1, 2])
    n.norm(6)
    second = n.last
    n.add("Add", stem, second)
    n.add("Clip", n.last, n.constant(np.float32(0)), n.constant(np.float32(6)))
    n.conv(6, 12, 3, 3, pads=[2, 2, 2, 2], dilations=[2, 2], group=6)
    body = n.last
    high = n.add("MaxPool", body, kernel_shape=[2, 2], strides=[2, 2])
    mean = n.add("AveragePool", body, kernel_shape=[2, 2], strides=[2, 2])
    n.add("Concat", high, mean, axis=1)
    n.add("GlobalAveragePool")
    n.add("Flatten")
    n.add("Gemm", n.last, n.weight(LABELS, 24), n.weight(LABELS), transB=1, alpha=0.5, beta=2.0)
    n.add("Softmax", axis=-1)
    # The logits of the model are those before the softmax.
    return n.model(["N", 1, "T", CHANNELS], 17)


def turned() -> onnx.ModelProto:
    """Image [N, T, F], operator set 13: unsqueezed, transposed, frequencies kept up to the end."""
    n = Network(2)
    n.add("Unsqueeze", n.last, n.ints(3))
    n.add("Transpose", perm=[0, 3, 2, 1])  # [N, 1, F, T]
    n.conv(1, 4, 3, 5, pads=[1, 2, 1, 2])
    n.add("Relu")
    n.add("ReduceMean", n.last, axes=[3], keepdims=0)  # [N, C, F]
    n.add("Reshape", n.last, n.ints(-1, 4 * CHANNELS))
    n.add("MatMul", n.last, n.weight(4 * CHANNELS, 7))
    n.add("Add", n.last, n.weight(7))
    n.add("Relu")
    n.add("Gemm", n.last, n.weight(7, LABELS))
    return n.model(["N", "T", CHANNELS], 13)


def sequence() -> onnx.ModelProto:
    """Sequence [N, C, T], operator set 18: convolutions in time, mean with axes as an input."""
    n = Network(3)
    n.conv(CHANNELS, 8, 4, auto_pad="SAME_UPPER")
    n.norm(8)
    n.add("Relu")
    n.add("Transpose", perm=[0, 2, 1])  # [N, T, C]
    n.add("MatMul", n.last, n.weight(8, 9))
    n.add("Add", n.last, n.weight(9))
    n.add("Transpose", perm=[0, 2, 1])
    n.add("MaxPool", kernel_shape=[3], strides=[2], pads=[1, 1])
    n.add("ReduceMean", n.last, n.ints(2), keepdims=1)
    n.add("Squeeze", n.last, n.ints(2))
    n.add("Gemm", n.last, n.weight(9, LABELS), n.weight(LABELS))
    return n.model(["N", CHANNELS, "T"], 18)


def scaled() -> onnx.ModelProto:
    """Image [N, T, F, 1]: factors and offsets of channels where no weights stand in front of them.

    A batch normalisation first and one behind a ReLU, products and sums with constants, and a
    convolution that is read under two names.
    """
    n = Network(5)
    # As from Keras: the channel of extent 1 changes its place by a reshape.
    n.add("Reshape", n.last, n.ints(0, 1, -1, CHANNELS))
    n.norm(1)
    first = n.conv(1, 5, 3, 3, pads=[1, 1, 1, 1])
    n.add("Identity", first)
    other = n.add("Add", n.last, n.weight(1, 5, 1, 1))
    n.add("Relu", first)
    n.norm(5)
    n.add("Add", n.last, other)
    n.add("Mul", n.weight(5, 1, 1, low=0.5, high=1.5), n.last)
    n.add("Add", n.constant(np.float32(0.25)), n.last)
    n.conv(5, 10, 3, 3, pads=[1, 1, 1, 1], group=5)
    n.add("Mul", n.last, n.weight(1, 10, 1, 1, low=0.5, high=1.5))
    n.add("Relu")
    n.add("ReduceMean", n.last, axes=[2, 3], keepdims=0)
    n.add("MatMul", n.last, n.weight(10, LABELS))
    n.add("Mul", n.last, n.weight(LABELS, low=0.5, high=1.5))
    n.add("Add", n.last, n.weight(LABELS))
    return n.model(["N", "T", CHANNELS, 1], 17)


def torch_networks() -> dict[str, onnx.ModelProto]:
    """Two networks as `torch.onnx.export` writes them."""
    import io

    import torch
    from torch import nn

    torch.manual_seed(4)

    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Sequential(
                nn.Conv2d(1, 6, 3, padding=1, bias=False), nn.BatchNorm2d(6), nn.ReLU()
            )
            self.body = nn.Sequential(
                nn.Conv2d(6, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU6(),
                nn.Conv2d(6, 6, 3, padding=1), nn.BatchNorm2d(6),
            )  # fmt: skip
            self.pool = nn.AdaptiveAvgPool2d(1)
            self.head = nn.Linear(6, LABELS)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.stem(x)
            x = torch.relu(x + self.body(x))
            return self.head(self.pool(x).flatten(1))

    class Temporal(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv1d(CHANNELS, 12, 5, padding=2)
            self.norm = nn.BatchNorm1d(12)
            self.pool = nn.MaxPool1d(2)
            self.head = nn.Linear(12, LABELS)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.pool(torch.relu(self.norm(self.first(x))))
            return torch.softmax(self.head(x.mean(2)), 1)

    shapes = {"torch-image": (1, 1, 20, CHANNELS), "torch-sequence": (1, CHANNELS, 20)}
    found = {}
    for (name, shape), network in zip(shapes.items(), (Residual(), Temporal()), strict=True):
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                nn.init.uniform_(module.running_mean, -0.5, 0.5)
                nn.init.uniform_(module.running_var, 0.5, 2)
        time = shape.index(20)
        file = io.BytesIO()
        torch.onnx.export(
            network.eval(), (torch.zeros(shape),), file, opset_version=17, dynamo=False,
            input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "N", time: "T"}},
            do_constant_folding=False,
        )  # fmt: skip
        found[name] = onnx.load_from_string(file.getvalue())
    return found


def logits(model: onnx.ModelProto, features: np.ndarray, axes: str) -> np.ndarray:
    """What ONNX Runtime gives in front of a softmax at the end."""
    last = model.graph.node[-1]
    if last.op_type == "Softmax":
        model = onnx.ModelProto.FromString(model.SerializeToString())
        del model.graph.output[:]
        model.graph.output.append(
            helper.make_tensor_value_info(last.input[0], TensorProto.FLOAT, None)
        )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    # [T, F] becomes a tensor with the axes of the network.
    whole = features.reshape(1, *features.shape, 1)
    order = {"N": 0, "T": 1, "F": 2, "C": 3} if "F" in axes else {"N": 0, "T": 1, "C": 2, "F": 3}
    places = [order[axis] for axis in axes]
    x = whole.transpose(places + [place for place in range(4) if place not in places])
    x = x.reshape(x.shape[: len(axes)])
    (y,) = session.run(None, {"x": x.astype(np.float32)})
    return y[0]


def main() -> int:
    networks = {
        "residual": (residual(), "NCTF"),
        "turned": (turned(), "NTF"),
        "sequence": (sequence(), "NCT"),
    }
    versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    import torch

    versions["torch"] = torch.__version__
    exported = torch_networks()
    networks["torch-image"] = (exported["torch-image"], "NCTF")
    networks["torch-sequence"] = (exported["torch-sequence"], "NCT")
    networks["scaled"] = (scaled(), "NTFC")
    write("cases.json", versions, networks, 9)
    return 0


def write(
    file: str, versions: dict[str, str], networks: dict[str, tuple[onnx.ModelProto, str]], seed: int
) -> None:
    """Writes networks, and a file with random features and the logits that they give."""
    random = np.random.default_rng(seed)
    cases = []
    for name, (model, axes) in networks.items():
        onnx.save(model, FOLDER / f"{name}.onnx")
        for count in FRAMES:
            features = random.integers(-1024, 1024, (count, CHANNELS))
            cases.append(
                {
                    "name": name,
                    "axes": axes,
                    "frameCount": count,
                    "features": features.ravel().tolist(),
                    "logits": [float(f"{v:.9g}") for v in logits(model, features / 256, axes)],
                }
            )
    text = json.dumps({"versions": versions, "cases": cases}, separators=(",", ":"))
    (FOLDER / file).write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    sys.exit(main())
