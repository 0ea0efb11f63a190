"""Augmented copies of a clip: which changes, how much, drawn reproducibly."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from . import rooms, stretching, waveform

Int16s = npt.NDArray[np.int16]
Range = tuple[float, float]

LIMITS: dict[str, tuple[float, float, str]] = {
    "speed": (0.25, 4, "times as fast"),
    "gain": (-60, 60, "dB"),
    "tilt": (-0.9, 0.9, "of the sample before"),
    "noise": (-30, 90, "dB of signal over noise"),
    "stretch": (0.25, 4, "times as long"),
    "pitch": (-12, 12, "semitones"),
    "shift": (-2, 2, "s"),
    "room": (0, 4, "times the measured tail"),
    "reverberation": (0.05, 3, "s to fall by 60 dB"),
    "directRatio": (-20, 30, "dB of direct over reverberant sound"),
    "lowPass": (200, 8000, "Hz"),
    "level": (-60, 0, "dB of full scale"),
}
"""Least, most and unit of what a copy draws."""


@dataclass(frozen=True)
class CopyRecipe:
    """Ranges that one augmented copy draws from; `None` leaves that property alone."""

    speed: Range | None = None
    gain: Range | None = None
    tilt: Range | None = None
    noise: Range | None = None
    stretch: Range | None = None
    pitch: Range | None = None
    shift: Range | None = None
    room: Range | None = None
    reverberation: Range | None = None
    directRatio: Range | None = None
    lowPass: Range | None = None
    level: Range | None = None

    @staticmethod
    def parsed(members: dict[str, Any], where: str) -> "CopyRecipe":
        """A copy of a configuration: a number or `[low, high]` for each property.

        Raises `ValueError` for properties that there are not and for what they cannot be.
        """
        unknown = set(members) - set(LIMITS)
        if unknown:
            raise ValueError(
                f"{where}: unknown members {sorted(unknown)} of a copy; there are "
                f"{', '.join(LIMITS)}"
            )
        ranges = {name: _range(name, value, where) for name, value in members.items()}
        if ("reverberation" in ranges) != ("directRatio" in ranges):
            raise ValueError(
                f"{where}: a copy needs both reverberation and directRatio, or neither"
            )
        if "reverberation" in ranges and "room" in ranges:
            raise ValueError(f"{where}: a copy has a room or reverberation, not both")
        if "level" in ranges and "gain" in ranges:
            raise ValueError(f"{where}: a copy has a level or a gain, not both")
        return CopyRecipe(**ranges)

    def drawn(self) -> dict[str, Range]:
        """The properties that this copy changes."""
        values = ((entry.name, getattr(self, entry.name)) for entry in fields(self))
        return {name: value for name, value in values if value is not None}


def _range(name: str, value: Any, where: str) -> Range:
    least, most, unit = LIMITS[name]
    ends = value if isinstance(value, list) and len(value) == 2 else [value, value]
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
    if not numbers or not least <= ends[0] <= ends[1] <= most:
        raise ValueError(
            f"{where}: {name} is {value!r}, expected a number or [low, high] from {least:g} to "
            f"{most:g} {unit}"
        )
    return float(ends[0]), float(ends[1])


def generator_for(seed: int, path: str, copy: int) -> np.random.Generator:
    """A generator that depends on the clip and the copy alone, not on the order of the work."""
    digest = hashlib.sha256(f"{seed}/{copy}/{path}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))


def augmented_copy(
    samples: Int16s,
    recipe: CopyRecipe,
    noises: Sequence[waveform.Waveform],
    generator: np.random.Generator,
    responses: Sequence[waveform.Waveform] = (),
) -> Int16s:
    """Draws one copy of a training clip.

    Order: speaker (speed, stretch, pitch, shift), room, tilt, noise, low-pass, gain or level. A
    property that the recipe leaves alone draws nothing, so that recipes without it stay as they
    were.
    """
    result = samples.astype(np.float64) / 32768
    for name, change in _CHANGES_OF_THE_SPEAKER.items():
        drawn = getattr(recipe, name)
        if drawn is not None:
            result = change(result, generator.uniform(*drawn))
    if recipe.room is not None:
        recording = _one_of(responses, "room", generator)
        response = rooms.measured_response(recording, generator.uniform(*recipe.room))
        result = rooms.in_room(result, response)
    if recipe.reverberation is not None and recipe.directRatio is not None:
        seconds = generator.uniform(*recipe.reverberation)
        ratio = generator.uniform(*recipe.directRatio)
        result = rooms.in_room(result, rooms.synthetic_response(generator, seconds, ratio))
    if recipe.tilt is not None:
        result = waveform.tilt(result, generator.uniform(*recipe.tilt))
    if recipe.noise is not None:
        noise = _one_of(noises, "noise", generator)
        ratio = generator.uniform(*recipe.noise)
        result = waveform.add_noise(result, noise, ratio, generator)
    if recipe.lowPass is not None:
        result = waveform.low_pass(result, generator.uniform(*recipe.lowPass))
    if recipe.gain is not None:
        result = waveform.gain(result, generator.uniform(*recipe.gain))
    if recipe.level is not None:
        result = waveform.level(result, generator.uniform(*recipe.level))
    return np.clip(np.rint(result * 32768), -32768, 32767).astype(np.int16)


_CHANGES_OF_THE_SPEAKER = {
    "speed": waveform.speed,
    "stretch": stretching.stretch,
    "pitch": stretching.pitch,
    "shift": waveform.shift,
}


def _one_of(
    recordings: Sequence[waveform.Waveform], what: str, generator: np.random.Generator
) -> waveform.Waveform:
    if not recordings:
        raise ValueError(f"a copy asks for {what}, but there is no {what} to draw from")
    return recordings[int(generator.integers(len(recordings)))]
