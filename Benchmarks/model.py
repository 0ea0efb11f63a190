"""Reads an int8 model file, with the real numbers that its integers stand for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_TYPES = {"I8": np.int8, "U8": np.uint8, "U16": np.uint16, "I32": np.int32}


@dataclass(frozen=True)
class Model:
    """Manifest and tensors by name."""

    manifest: dict[str, Any]
    tensors: dict[str, np.ndarray]

    @classmethod
    def read(cls, path: Path) -> Model:
        """Reads a model file."""
        data = path.read_bytes()
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        manifest = json.loads(header.pop("__metadata__")["affect"])
        tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            part = data[8 + length + begin : 8 + length + end]
            tensors[name] = np.frombuffer(part, _TYPES[entry["dtype"]]).reshape(entry["shape"])
        return cls(manifest, tensors)

    @property
    def nodes(self) -> list[dict[str, Any]]:
        """The nodes of the graph, in order."""
        return list(self.manifest["graph"]["nodes"])

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Time, frequency and channels of one window."""
        frames = self.manifest["decision"]["windowFrames"]
        channels = len(self.manifest["frontEnd"]["channelWeights"])
        return (
            (frames, channels, 1)
            if self.manifest["graph"]["layout"] == "image"
            else (frames, 1, channels)
        )

    def quantization(self, name: str) -> tuple[float, int]:
        """Scale and zero point of a value."""
        graph = self.manifest["graph"]
        stored = (
            graph["input"]
            if name == "features"
            else next(node["output"] for node in graph["nodes"] if node["name"] == name)
        )
        return stored["scale"], stored["zeroPoint"]

    def weight_scales(self, node: dict[str, Any]) -> np.ndarray:
        """The scale of each output channel's weights: its factor is S_in * S_w / S_out."""
        multipliers = self.tensors[f"{node['name']}.multiplier"].astype(np.float64)
        shifts = self.tensors[f"{node['name']}.shift"].astype(np.float64)
        factors = multipliers * 2.0 ** (shifts - 31)
        return (factors * node["output"]["scale"] / self.quantization(node["inputs"][0])[0]).astype(
            np.float32
        )
