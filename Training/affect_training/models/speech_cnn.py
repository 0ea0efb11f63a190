"""The tiny CNN of the speech detector: a window of fixed length in, silence or speech out."""

from collections.abc import Sequence
from typing import Any

from .graph_builder import GraphBuilder

STEM_KERNEL = (3, 5)


def speech_cnn(
    label_count: int,
    window: Sequence[int] = (48, 24),
    channels: Sequence[int] = (8, 16, 24),
    hidden: int = 16,
) -> dict[str, Any]:
    """A stem, a separable block a width, and a convolution over all that is left.

    `window` is frames and channels of the front end. Unlike a pool, the last convolution knows
    what came when, so the answer can be about a moment of the window. The stem sees no padding:
    features that are not normalised are far from zero in silence.
    """
    graph = GraphBuilder("image")
    kernel_time, kernel_frequency = STEM_KERNEL
    graph.add(
        "stem",
        "conv2d",
        ["features"],
        kernel=[kernel_time, kernel_frequency],
        stride=[2, 2],
        padding=[0, 0, 0, 0],
        outputChannels=channels[0],
    )
    graph.add("stemNorm", "batchNorm", ["stem"], epsilon=1e-5)
    value = graph.relu("stemRelu", "stemNorm")
    time = (window[0] - kernel_time) // 2 + 1
    frequency = (window[1] - kernel_frequency) // 2 + 1
    for number, width in enumerate(channels[1:], start=1):
        spread = graph.depthwise(f"spread{number}", value, (2, 2))
        mixed = graph.convolution(f"mix{number}", spread, width, 1, (1, 1))
        value = graph.relu(f"mix{number}Relu", mixed)
        time, frequency = (time + 1) // 2, (frequency + 1) // 2
    graph.add(
        "whole",
        "conv2d",
        [value],
        kernel=[time, frequency],
        stride=[1, 1],
        padding=[0, 0, 0, 0],
        outputChannels=hidden,
    )
    graph.add("wholeNorm", "batchNorm", ["whole"], epsilon=1e-5)
    whole = graph.relu("wholeRelu", "wholeNorm")
    graph.add("logits", "fullyConnected", [whole], outputChannels=label_count)
    return graph.finish()
