"""One detector = one configuration file (TOML) in `Training/speech`."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..corpora.audio import SAMPLE_RATE


@dataclass(frozen=True)
class StreamOptions:
    """What is mixed: corpora of speech and of noise, how much, at which ratios in decibels."""

    speech: list[str]
    noise: list[str]
    clipsPerSpeaker: int
    seconds: float
    trainingStreams: int
    validationStreams: int
    calibrationStreams: int
    ratios: list[float]


@dataclass(frozen=True)
class FitOptions:
    """How a detector is trained; `segmentStarts` is the share of windows at the opening of the
    gate."""

    epochs: int
    windowsPerEpoch: int
    batchSize: int
    learningRate: float
    weightDecay: float
    warmUp: float
    averaging: float
    segmentStarts: float
    labelSmoothing: float


@dataclass(frozen=True)
class DetectorConfiguration:
    """A configuration file, checked.

    A window tells whether there is speech around `delay` milliseconds and half a hop before its
    end; `falseAlarms` is the share of noise that may be taken for speech where speech begins.
    """

    name: str
    version: str
    release: int
    seed: int
    licence: str
    notice: str
    delay: int
    falseAlarms: float
    streams: StreamOptions
    frontEnd: dict[str, Any]
    network: dict[str, Any]
    training: FitOptions
    decision: dict[str, Any]
    source: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def target_offset(self) -> int:
        """Samples from the middle of the stretch that a window tells about to the window's end."""
        hop = int(self.decision["hopFrames"]) * int(self.frontEnd["hopLength"])
        return self.delay * SAMPLE_RATE // 1000 + hop // 2


def load_configuration(path: Path) -> DetectorConfiguration:
    """Reads a configuration; raises `ValueError` for members that are missing or unknown."""
    with path.open("rb") as file:
        source = tomllib.load(file)
    members = dict(source)
    members["streams"] = _record(StreamOptions, members.get("streams", {}), path)
    members["training"] = _record(FitOptions, members.get("training", {}), path)
    result: DetectorConfiguration = _record(
        DetectorConfiguration, {**members, "source": source}, path
    )
    return result


def _record(kind: Any, members: dict[str, Any], path: Path) -> Any:
    unknown = set(members) - {entry.name for entry in fields(kind)}
    if unknown:
        raise ValueError(f"{path}: unknown members {sorted(unknown)} of {kind.__name__}")
    try:
        return kind(**members)
    except TypeError as error:
        raise ValueError(f"{path}: {error}") from None
