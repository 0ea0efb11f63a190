"""Augmented copies of a clip: which changes, how much, drawn reproducibly."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import waveform

Int16s = npt.NDArray[np.int16]
Range = tuple[float, float]


@dataclass(frozen=True)
class CopyRecipe:
    """Ranges that one augmented copy draws from; `None` leaves that property alone."""

    speed: Range | None = None
    gain: Range | None = None
    tilt: Range | None = None
    noise: Range | None = None


def generator_for(seed: int, path: str, copy: int) -> np.random.Generator:
    """A generator that depends on the clip and the copy alone, not on the order of the work."""
    digest = hashlib.sha256(f"{seed}/{copy}/{path}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def augmented_copy(
    samples: Int16s,
    recipe: CopyRecipe,
    noises: list[waveform.Waveform],
    generator: np.random.Generator,
) -> Int16s:
    """Draws one copy of a training clip; order: speed, tilt, noise, gain."""
    result = samples.astype(np.float64) / 32768
    if recipe.speed is not None:
        result = waveform.speed(result, generator.uniform(*recipe.speed))
    if recipe.tilt is not None:
        result = waveform.tilt(result, generator.uniform(*recipe.tilt))
    if recipe.noise is not None:
        if not noises:
            raise ValueError("a copy asks for noise, but there is no noise to draw from")
        noise = noises[int(generator.integers(len(noises)))]
        ratio = generator.uniform(*recipe.noise)
        result = waveform.add_noise(result, noise, ratio, generator)
    if recipe.gain is not None:
        result = waveform.gain(result, generator.uniform(*recipe.gain))
    return np.clip(np.rint(result * 32768), -32768, 32767).astype(np.int16)
