"""Changes of log-mel frames: other voices, tempos and rooms, drawn afresh for every crop.

They cost no audio: a vocal tract that is shorter by a few percent moves the bands of a mel
spectrum up, another tempo moves its frames apart, and noise fills its valleys. MFCC frames are
taken back to log-mel bands, changed there, and transformed again.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float32]


@dataclass(frozen=True)
class FrameChanges:
    """How far a crop may be changed; zeros leave it alone.

    `warp`: bands are scaled by e^±warp. `shift`: and moved by ±shift bands. `stretch`: frames are
    spread by e^±stretch. `floor`: probability of a noise floor, `floorDepth` (nepers of power)
    below the loudest 2 % of the crop, tilted at random.
    """

    warp: float = 0.0
    shift: float = 0.0
    stretch: float = 0.0
    floor: float = 0.0
    floorDepth: tuple[float, float] = (2.5, 7.0)

    @property
    def bands(self) -> bool:
        """Whether anything happens that must be done on log-mel bands."""
        return bool(self.warp or self.shift or self.floor)


def stretched(frames: Reals, amount: float, generator: np.random.Generator) -> Reals:
    """`frames` at another tempo, interpolated linearly; at least 8 frames."""
    count = max(8, round(len(frames) * math.exp(generator.uniform(-amount, amount))))
    return _interpolated(frames, np.linspace(0, len(frames) - 1, count))


def changed_bands(bands: Reals, changes: FrameChanges, generator: np.random.Generator) -> Reals:
    """Log-mel `bands` [time, band] of another voice in another room."""
    if changes.warp or changes.shift:
        width = bands.shape[1]
        scale = math.exp(generator.uniform(-changes.warp, changes.warp))
        move = generator.uniform(-changes.shift, changes.shift)
        places = np.clip(np.arange(width) * scale + move, 0, width - 1)
        bands = np.ascontiguousarray(_interpolated(bands.T, places).T)
    if changes.floor and generator.random() < changes.floor:
        bands = _with_floor(bands, changes.floorDepth, generator)
    return bands


def _with_floor(bands: Reals, depth: tuple[float, float], generator: np.random.Generator) -> Reals:
    width = bands.shape[1]
    level = float(np.percentile(bands, 98)) - generator.uniform(*depth)
    colour = np.interp(np.arange(width), np.linspace(0, width - 1, 6), generator.normal(0, 1.5, 6))
    # The power of noise in a band spreads about its mean by a third of a neper or so.
    floor = level + colour + generator.normal(0, 0.35, bands.shape)
    result: Reals = np.logaddexp(bands, floor.astype(np.float32))
    return result


def _interpolated(rows: Reals, places: npt.NDArray[np.float64]) -> Reals:
    low = places.astype(np.int64)
    high = np.minimum(low + 1, len(rows) - 1)
    share = (places - low).astype(np.float32)[:, None]
    result: Reals = rows[low] * (1 - share) + rows[high] * share
    return result


def cepstral_matrix(cepstra: int, bands: int) -> Reals:
    """The orthonormal DCT-II [cepstra, bands]; its transpose leads back, smoothed if cepstra are
    fewer than bands."""
    order, band = np.arange(cepstra)[:, None], np.arange(bands)[None]
    matrix = np.cos(np.pi * order * (2 * band + 1) / (2 * bands)) * np.sqrt(2 / bands)
    matrix[0] /= np.sqrt(2)
    result: Reals = matrix.astype(np.float32)
    return result
