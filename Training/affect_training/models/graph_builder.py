"""Collects nodes of a graph under readable names."""

from typing import Any


class GraphBuilder:
    """Appends nodes; each method returns the name of the node that it added."""

    def __init__(self, layout: str) -> None:
        self.layout = layout
        self.nodes: list[dict[str, Any]] = []

    def add(self, name: str, op: str, inputs: list[str], **attributes: Any) -> str:
        self.nodes.append({"name": name, "op": op, "inputs": inputs, **attributes})
        return name

    def convolution(
        self, name: str, source: str, channels: int, kernel: int, stride: tuple[int, int]
    ) -> str:
        """Convolution without padding loss, followed by batch normalisation."""
        before = (kernel - 1) // 2
        padding = [before] * 4
        self.add(
            name,
            "conv2d",
            [source],
            kernel=[kernel, kernel],
            stride=list(stride),
            padding=padding,
            outputChannels=channels,
        )
        return self.add(f"{name}Norm", "batchNorm", [name], epsilon=1e-5)

    def depthwise(self, name: str, source: str, stride: tuple[int, int]) -> str:
        """Depthwise 3 × 3 convolution, followed by batch normalisation."""
        self.add(
            name,
            "depthwiseConv2d",
            [source],
            kernel=[3, 3],
            stride=list(stride),
            padding=[1, 1, 1, 1],
            depthMultiplier=1,
        )
        return self.add(f"{name}Norm", "batchNorm", [name], epsilon=1e-5)

    def relu(self, name: str, source: str) -> str:
        return self.add(name, "relu", [source])

    def finish(self) -> dict[str, Any]:
        """The `graph` member of a float32 manifest."""
        return {"layout": self.layout, "nodes": self.nodes, "output": self.nodes[-1]["name"]}
