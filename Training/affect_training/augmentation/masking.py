"""SpecAugment on normalised frames."""

import numpy as np
import numpy.typing as npt


def mask_frames(
    frames: npt.NDArray[np.float32],
    generator: np.random.Generator,
    count: int,
    time_share: float,
    channels: int,
) -> None:
    """Zeroes `count` stretches of time and of channels, in place.

    A stretch of time is at most `time_share` of the frames, one of channels at most `channels`.
    Zero is the mean after normalisation.
    """
    length, width = frames.shape
    for _ in range(count):
        stretch = int(generator.integers(int(length * time_share) + 1))
        begin = int(generator.integers(length - stretch + 1))
        frames[begin : begin + stretch] = 0
        stretch = int(generator.integers(min(channels, width) + 1))
        begin = int(generator.integers(width - stretch + 1))
        frames[:, begin : begin + stretch] = 0
