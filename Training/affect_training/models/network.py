"""Runs and trains a graph of the model file in PyTorch."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

_STILL = 1e-5


class GraphNetwork(nn.Module):
    """A float32 graph as a module.

    Activations are [batch, channels, time, frequency] here (NHWC in memory by channels-last),
    while the file stores NHWC shapes; `tensors` converts.
    """

    def __init__(self, graph: dict[str, Any], channel_count: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.graph = graph
        self.channel_count = channel_count
        self.dropout = dropout
        self.parts = nn.ModuleDict()
        normalized = {n["inputs"][0] for n in graph["nodes"] if n["op"] == "batchNorm"}
        image = graph["layout"] == "image"
        extents = {"features": (channel_count, 1) if image else (1, channel_count)}
        for node in graph["nodes"]:
            sources = [extents[name] for name in node["inputs"]]
            part, extents[node["name"]] = _make(node, sources, node["name"] not in normalized)
            if part is not None:
                self.parts[node["name"]] = part

    def forward(self, frames: Tensor) -> Tensor:
        """Logits [batch, labels] of normalised frames [batch, time, channels]."""
        image = self.graph["layout"] == "image"
        value = frames[:, None] if image else frames.transpose(1, 2)[..., None]
        values = {"features": value.contiguous(memory_format=torch.channels_last)}
        for node in self.graph["nodes"]:
            inputs = [values[name] for name in node["inputs"]]
            values[node["name"]] = self._run(node, inputs)
        return values[self.graph["output"]].flatten(1).float()

    def _run(self, node: dict[str, Any], inputs: list[Tensor]) -> Tensor:
        op, value = node["op"], inputs[0]
        if op in ("conv2d", "depthwiseConv2d"):
            before, after, low, high = node.get("padding", [0, 0, 0, 0])
            if (before, low) != (after, high):
                value = functional.pad(value, (low, high, before, after))
            value = self.parts[node["name"]](value)
        elif op == "fullyConnected":
            value = value.permute(0, 2, 3, 1).flatten(1).float()
            value = functional.dropout(value, self.dropout, self.training)
            value = self.parts[node["name"]](value)[:, :, None, None]
        elif op == "batchNorm":
            value = self.parts[node["name"]](value)
        elif op in ("maxPool2d", "averagePool2d"):
            value = _pool(node, value)
        elif op == "globalMeanPool":
            value = value.float().mean(_axes(node), keepdim=True)
        elif op == "meanDeviationPool":
            value = self._mean_deviation(node, value.float())
        elif op == "add":
            value = inputs[0] + inputs[1]
        elif op == "concatenate":
            value = torch.cat(inputs, 3 if node["axis"] == "frequency" else 1)
        elif op == "reshape":
            # The document counts in NHWC, where nothing moves.
            batch, _, time, _ = value.shape
            value = value.permute(0, 2, 3, 1).reshape(batch, time, node["frequency"], -1)
            value = value.permute(0, 3, 1, 2)
        activation = op if op in ("relu", "relu6") else node.get("activation", "none")
        if activation == "relu":
            return functional.relu(value)
        if activation == "relu6":
            return functional.relu6(value)
        return value

    def _mean_deviation(self, node: dict[str, Any], value: Tensor) -> Tensor:
        variance, mean = torch.var_mean(value, _axes(node), correction=0, keepdim=True)
        # The square root has no slope at 0: training keeps away from it, inference is exact.
        deviation = torch.sqrt(variance + _STILL if self.training else variance)
        return torch.cat([mean, deviation], 1)

    def tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        """The tensors of the graph, named and shaped as the model file wants them."""
        result: dict[str, npt.NDArray[np.float32]] = {}
        for node in self.graph["nodes"]:
            if node["name"] in self.parts:
                for name, value in _tensors(node, self.parts[node["name"]]).items():
                    array = np.ascontiguousarray(value.detach().float().numpy())
                    result[f"{node['name']}.{name}"] = array
        return result

    def load_tensors(self, tensors: dict[str, npt.NDArray[Any]]) -> None:
        """Takes the tensors of a file, the inverse of `tensors`."""
        for node in self.graph["nodes"]:
            if node["name"] in self.parts:
                part = self.parts[node["name"]]
                prefix = node["name"] + "."
                own = {
                    name[len(prefix) :]: torch.from_numpy(np.array(value, dtype=np.float32))
                    for name, value in tensors.items()
                    if name.startswith(prefix)
                }
                _load(node, part, own)


def _make(
    node: dict[str, Any], sources: list[tuple[int, int]], bias: bool
) -> tuple[nn.Module | None, tuple[int, int]]:
    """The module of a node (or none) and its (frequency, channels)."""
    frequency, channels = sources[0]
    op = node["op"]
    if op in ("conv2d", "depthwiseConv2d"):
        groups = channels if op == "depthwiseConv2d" else 1
        outputs = channels * node["depthMultiplier"] if groups > 1 else node.get("outputChannels")
        if op == "depthwiseConv2d" and groups == 1:
            outputs = node["depthMultiplier"]
        before, after, low, high = node.get("padding", [0, 0, 0, 0])
        symmetric = (before, low) == (after, high)
        part = nn.Conv2d(
            channels,
            int(outputs or 0),
            tuple(node["kernel"]),
            tuple(node.get("stride", [1, 1])),
            (before, low) if symmetric else 0,
            tuple(node.get("dilation", [1, 1])),
            groups,
            bias,
        )
        return part, (_extent(node, frequency, low + high), int(outputs or 0))
    if op == "fullyConnected":
        return nn.Linear(frequency * channels, node["outputChannels"]), (1, node["outputChannels"])
    if op == "batchNorm":
        return nn.BatchNorm2d(channels, eps=node["epsilon"]), sources[0]
    if op in ("maxPool2d", "averagePool2d"):
        padding = node.get("padding", [0, 0, 0, 0])
        return None, (_extent(node, frequency, padding[2] + padding[3]), channels)
    if op in ("globalMeanPool", "meanDeviationPool"):
        kept = frequency if node["axes"] == "time" else 1
        return None, (kept, channels * (2 if op == "meanDeviationPool" else 1))
    if op == "concatenate":
        if node["axis"] == "frequency":
            return None, (sum(source[0] for source in sources), channels)
        return None, (frequency, sum(source[1] for source in sources))
    if op == "reshape":
        return None, (node["frequency"], frequency * channels // node["frequency"])
    return None, sources[0]


def _extent(node: dict[str, Any], extent: int, padding: int) -> int:
    reach = int(node.get("dilation", [1, 1])[1]) * (int(node["kernel"][1]) - 1) + 1
    return (extent + padding - reach) // int(node.get("stride", [1, 1])[1]) + 1


def _axes(node: dict[str, Any]) -> tuple[int, ...]:
    return (2,) if node["axes"] == "time" else (2, 3)


def _pool(node: dict[str, Any], value: Tensor) -> Tensor:
    before, after, low, high = node.get("padding", [0, 0, 0, 0])
    edges = (low, high, before, after)
    kernel, stride = tuple(node["kernel"]), tuple(node.get("stride", [1, 1]))
    if node["op"] == "maxPool2d":
        value = functional.pad(value, edges, value=float("-inf"))
        return functional.max_pool2d(value, kernel, stride)
    inside = functional.pad(torch.ones_like(value[:1, :1]), edges)
    value = functional.pad(value, edges)
    return functional.avg_pool2d(value, kernel, stride) / functional.avg_pool2d(
        inside, kernel, stride
    )


def _tensors(node: dict[str, Any], part: Any) -> dict[str, Tensor]:
    if node["op"] == "batchNorm":
        return {
            "scale": part.weight,
            "offset": part.bias,
            "mean": part.running_mean,
            "variance": part.running_var,
        }
    weight = part.weight
    if node["op"] == "conv2d":
        weight = weight.permute(0, 2, 3, 1)
    elif node["op"] == "depthwiseConv2d":
        weight = weight[:, 0].permute(1, 2, 0)
    bias = torch.zeros(part.weight.shape[0]) if part.bias is None else part.bias
    return {"weight": weight, "bias": bias}


def _load(node: dict[str, Any], part: Any, own: dict[str, Tensor]) -> None:
    with torch.no_grad():
        if node["op"] == "batchNorm":
            part.weight.copy_(own["scale"])
            part.bias.copy_(own["offset"])
            part.running_mean.copy_(own["mean"])
            part.running_var.copy_(own["variance"])
            return
        weight = own["weight"]
        if node["op"] == "conv2d":
            weight = weight.permute(0, 3, 1, 2)
        elif node["op"] == "depthwiseConv2d":
            weight = weight.permute(2, 0, 1)[:, None]
        part.weight.copy_(weight)
        if part.bias is not None:
            part.bias.copy_(own["bias"])
        elif bool(own["bias"].any()):
            raise ValueError(f"{node['name']} has a bias before its batch normalisation")
