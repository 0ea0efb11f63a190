"""A small valid model of each precision, made by hand."""

from typing import Any

import numpy as np
import pytest

Parts = tuple[dict[str, Any], dict[str, np.ndarray]]

LABELS = ["calm", "happy", "sad"]


def front_end() -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    options = {
        "kind": "mfcc",
        "sampleRate": 16000,
        "frameLength": 256,
        "hopLength": 128,
        "fftLength": 256,
        "preEmphasis": 0.97,
        "window": "hann",
        "melScale": "htk",
        "melNormalization": "none",
        "melBinCount": 8,
        "lowFrequency": 50,
        "highFrequency": 5200,
        "logFloor": -18,
        "cepstralCount": 4,
        "lifter": 0,
        "extraChannels": [],
        "channelWeights": [0.1, 0.2, 0.3, 0.4],
        "normalization": "mean",
        "outputFractionBits": 10,
    }
    tables = {
        "window": np.full(256, 2**29, dtype=np.int32),
        "melFirstBin": np.arange(8, dtype=np.int32),
        "melBinCounts": np.full(8, 3, dtype=np.int32),
        "melWeights": np.full(24, 16384, dtype=np.uint16),
        "melLogOffset": np.zeros(8, dtype=np.int32),
        "dct": np.full((4, 8), 2**28, dtype=np.int32),
        "channelWeights": np.full(4, 6554, dtype=np.int32),
    }
    return options, {f"frontEnd.{name}": table for name, table in tables.items()}


def manifest(
    precision: str, options: dict[str, Any], nodes: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "formatVersion": 1,
        "minimumEngine": 1,
        "name": "toy",
        "release": 1,
        "version": "0.1.0",
        "task": "emotion",
        "precision": precision,
        "labels": LABELS,
        "frontEnd": options,
        "graph": {"layout": "image", "nodes": nodes, "output": nodes[-1]["name"]},
        "decision": {
            "windowFrames": 64,
            "hopFrames": 16,
            "minimumFrames": 16,
            "maximumUtteranceFrames": 200,
            "preRollFrames": 4,
            "temperature": 1.5,
            "unknownThreshold": 300,
            "smoothing": 500,
        },
        "provenance": {
            "corpora": [{"name": "none", "licence": "CC0-1.0", "role": "training"}],
            "ancestors": [],
            "seed": 1,
            "tool": "tests",
            "licence": "CC0-1.0",
            "notice": "",
            "metrics": {"uar": 0.5},
        },
    }


@pytest.fixture
def float_parts() -> Parts:
    generator = np.random.default_rng(1)
    options, tensors = front_end()
    nodes: list[dict[str, Any]] = [
        {
            "name": "first",
            "op": "conv2d",
            "inputs": ["features"],
            "kernel": [3, 3],
            "stride": [2, 2],
            "padding": [1, 1, 1, 1],
            "outputChannels": 5,
        },
        {"name": "firstNorm", "op": "batchNorm", "inputs": ["first"], "epsilon": 1e-5},
        {"name": "firstRelu", "op": "relu", "inputs": ["firstNorm"]},
        {
            "name": "spread",
            "op": "depthwiseConv2d",
            "inputs": ["firstRelu"],
            "kernel": [3, 1],
            "padding": [1, 1, 0, 0],
            "depthMultiplier": 1,
            "activation": "relu6",
        },
        {"name": "sum", "op": "add", "inputs": ["spread", "firstRelu"], "activation": "relu"},
        {
            "name": "small",
            "op": "averagePool2d",
            "inputs": ["sum"],
            "kernel": [2, 1],
            "stride": [2, 1],
            "padding": [0, 1, 0, 0],
        },
        {
            "name": "large",
            "op": "maxPool2d",
            "inputs": ["sum"],
            "kernel": [2, 1],
            "stride": [2, 1],
            "padding": [0, 1, 0, 0],
        },
        {"name": "both", "op": "concatenate", "inputs": ["small", "large"], "axis": "channels"},
        {"name": "pool", "op": "meanDeviationPool", "inputs": ["both"], "axes": "time"},
        {"name": "logits", "op": "fullyConnected", "inputs": ["pool"], "outputChannels": 3},
    ]
    shapes = {
        "first.weight": (5, 3, 3, 1),
        "first.bias": (5,),
        "firstNorm.scale": (5,),
        "firstNorm.offset": (5,),
        "firstNorm.mean": (5,),
        "firstNorm.variance": (5,),
        "spread.weight": (3, 1, 5),
        "spread.bias": (5,),
        "logits.weight": (3, 40),
        "logits.bias": (3,),
    }
    for name, shape in shapes.items():
        tensors[name] = generator.standard_normal(shape).astype(np.float32)
    tensors["first.bias"][:] = 0
    tensors["firstNorm.variance"] = np.abs(tensors["firstNorm.variance"]) + np.float32(0.1)
    return manifest("float32", options, nodes), tensors


@pytest.fixture
def integer_parts() -> Parts:
    generator = np.random.default_rng(2)
    options, tensors = front_end()
    output = {"scale": 0.1, "zeroPoint": -5, "minimum": -5, "maximum": 127}
    scale = {"multiplier": 2**30, "shift": -4}
    nodes: list[dict[str, Any]] = [
        {
            "name": "first",
            "op": "conv2d",
            "inputs": ["features"],
            "kernel": [3, 3],
            "outputChannels": 5,
            "activation": "relu",
            "output": output,
        },
        {
            "name": "sum",
            "op": "add",
            "inputs": ["first", "first"],
            "output": output,
            "quantization": {
                "leftShift": 20,
                "inputMultipliers": [2**30, 2**30],
                "inputShifts": [0, 0],
                "outputMultiplier": 2**30,
                "outputShift": -19,
            },
        },
        {
            "name": "pool",
            "op": "globalMeanPool",
            "inputs": ["sum"],
            "axes": "timeAndFrequency",
            "output": output,
            "quantization": scale,
        },
        {
            "name": "logits",
            "op": "fullyConnected",
            "inputs": ["pool"],
            "outputChannels": 3,
            "output": {"scale": 0.1, "zeroPoint": 0, "minimum": -128, "maximum": 127},
        },
    ]
    for name, shape in (("first", (5, 3, 3, 1)), ("logits", (3, 5))):
        channels = shape[0]
        tensors[f"{name}.weight"] = generator.integers(-127, 128, shape).astype(np.int8)
        tensors[f"{name}.bias"] = generator.integers(-1000, 1000, channels).astype(np.int32)
        tensors[f"{name}.multiplier"] = np.full(channels, 2**30, dtype=np.int32)
        tensors[f"{name}.shift"] = np.full(channels, -8, dtype=np.int32)
    made = manifest("int8", options, nodes)
    made["graph"]["input"] = {"scale": 0.05, "zeroPoint": 3, **scale}
    made["decision"] |= {"logitMultiplier": 2**30, "logitShift": 10}
    return made, tensors
