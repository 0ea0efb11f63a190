"""A compact residual CNN over the image of time and cepstrum, or of time and bands."""

from collections.abc import Sequence
from typing import Any

from .graph_builder import GraphBuilder


def residual_cnn(
    label_count: int,
    channels: Sequence[int] = (24, 32, 64, 96),
    stem_stride: Sequence[int] = (1, 2),
    block: str = "plain",
    bands: int | None = None,
) -> dict[str, Any]:
    """A stem and one residual block a width, each halving time and frequency.

    Mean and deviation over time and frequency make the answer independent of the length; logits
    follow. `block` is `plain` (two 3 × 3 convolutions) or `separable` (depthwise and pointwise).
    With `bands`, the features are channels of a frame (`sequence`), and a 1 × 1 convolution turns
    them into so many rows of the image first: with the inverse cosine transform as its weights,
    cepstra become mel bands again.
    """
    if block not in ("plain", "separable"):
        raise ValueError(f"block {block!r} is neither plain nor separable")
    graph = GraphBuilder("image" if bands is None else "sequence")
    image = "features" if bands is None else _image(graph, bands)
    stem = graph.convolution("stem", image, channels[0], 3, (stem_stride[0], stem_stride[1]))
    value = graph.relu("stemRelu", stem)
    for number, width in enumerate(channels[1:], start=1):
        add = _plain_block if block == "plain" else _separable_block
        value = add(graph, f"block{number}", value, width)
    pooled = graph.add("pool", "meanDeviationPool", [value], axes="timeAndFrequency")
    graph.add("logits", "fullyConnected", [pooled], outputChannels=label_count)
    return graph.finish()


def _image(graph: GraphBuilder, bands: int) -> str:
    graph.add("bands", "conv2d", ["features"], kernel=[1, 1], outputChannels=bands)
    return graph.add("image", "reshape", ["bands"], frequency=bands)


def _plain_block(graph: GraphBuilder, name: str, source: str, width: int) -> str:
    first = graph.convolution(f"{name}First", source, width, 3, (2, 2))
    second = graph.convolution(f"{name}Second", graph.relu(f"{name}Relu", first), width, 3, (1, 1))
    shortcut = graph.convolution(f"{name}Shortcut", source, width, 1, (2, 2))
    return graph.add(f"{name}Sum", "add", [second, shortcut], activation="relu")


def _separable_block(graph: GraphBuilder, name: str, source: str, width: int) -> str:
    spread = graph.depthwise(f"{name}FirstSpread", source, (2, 2))
    first = graph.convolution(f"{name}First", spread, width, 1, (1, 1))
    inner = graph.relu(f"{name}Relu", first)
    spread = graph.depthwise(f"{name}SecondSpread", inner, (1, 1))
    second = graph.convolution(f"{name}Second", spread, width, 1, (1, 1))
    shortcut = graph.convolution(f"{name}Shortcut", source, width, 1, (2, 2))
    return graph.add(f"{name}Sum", "add", [second, shortcut], activation="relu")
