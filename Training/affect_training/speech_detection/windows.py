"""Windows of frames as the detector sees them."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .frames import LabelledFrames

Reals = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

SMALLEST_DEVIATION = 1 / 16


class WindowDrawer:
    """Cuts windows that end at given frames; the first frames of a stream repeat before it."""

    def __init__(self, frames: LabelledFrames, length: int, scale: float, normalization: str):
        self._frames, self._length = frames, length
        self._scale, self._normalization = np.float32(scale), normalization
        counts = np.diff(frames.edges)
        self._first = np.repeat(frames.edges[:-1], counts)

    def windows(self, ends: Indices, heard: Indices | None = None) -> Reals:
        """[windows, length, channels]; of each only the last `heard` frames are of its segment.

        What lies before the segment, or before the stream, repeats its first frame.
        """
        first = self._first[ends]
        if heard is not None:
            first = np.maximum(first, ends - heard + 1)
        offsets = np.arange(1 - self._length, 1)
        chosen = np.maximum(ends[:, None] + offsets, first[:, None])
        windows: Reals = self._frames.values[chosen].astype(np.float32) * self._scale
        if self._normalization != "none":
            windows -= windows.mean(1, keepdims=True)
        if self._normalization == "meanVariance":
            windows /= np.maximum(windows.std(1, keepdims=True), SMALLEST_DEVIATION)
        return windows

    def batches(self, ends: Indices, size: int) -> Iterator[Reals]:
        """Windows for all ends, so many at a time."""
        for begin in range(0, len(ends), size):
            yield self.windows(ends[begin : begin + size])
