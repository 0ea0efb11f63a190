"""Frames of streams with a label for the window that ends at each, cached in one file."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import front_end
from ..augmentation.copies import generator_for
from .configuration import DetectorConfiguration
from .labels import is_speech
from .mixtures import Stream, draw_stream, noise_sources
from .sound_library import load_recordings, load_voices

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class LabelledFrames:
    """Frames of all streams in one array; stream `k` is `edges[k] … edges[k + 1]`."""

    values: npt.NDArray[np.int16]
    labels: npt.NDArray[np.bool_]
    edges: npt.NDArray[np.int64]


def front_end_options(configuration: DetectorConfiguration) -> dict[str, Any]:
    """The options of the front end; all channels have one weight."""
    options = dict(configuration.frontEnd)
    weight = options.pop("channelWeight")
    return {**options, "channelWeights": [weight] * int(options["melBinCount"])}


def draw_streams(
    configuration: DetectorConfiguration,
    corpora: Path,
    side: str,
    count: int,
    progress: Progress,
) -> list[Stream]:
    """Streams of a side; the same wherever and in whatever order they are drawn."""
    options = configuration.streams
    voices = load_voices(
        corpora,
        options.speech,
        side,
        options.clipsPerSpeaker,
        configuration.seed,
    )
    babblers = [v for own in voices["babble"].values() for v in own]
    noises = noise_sources(load_recordings(corpora, options.noise, side), babblers)
    low, high = options.ratios
    streams = []
    for index in range(count):
        generator = generator_for(configuration.seed, f"{side}/{index}", 0)
        streams.append(
            draw_stream(voices["target"], noises, options.seconds, (low, high), generator)
        )
        progress(index + 1, count)
    return streams


def frames_of(configuration: DetectorConfiguration, streams: list[Stream]) -> LabelledFrames:
    """What the device's front end makes of the streams, not normalised."""
    options = front_end_options(configuration)
    hop, length = int(options["hopLength"]), int(options["frameLength"])
    values, labels, edges = [], [], [0]
    with front_end.opened(options) as engine:
        for stream in streams:
            frames = engine.process(stream.samples)
            ends = np.arange(len(frames), dtype=np.int64) * hop + length
            values.append(frames)
            labels.append(is_speech(stream.boundaries, ends - configuration.target_offset))
            edges.append(edges[-1] + len(frames))
    return LabelledFrames(
        np.concatenate(values), np.concatenate(labels), np.array(edges, dtype=np.int64)
    )


def cached_frames(
    configuration: DetectorConfiguration,
    side: str,
    corpora: Path,
    cache: Path,
    progress: Progress,
) -> LabelledFrames:
    """The training or the validation side, computed once: the name tells what it was made from."""
    parts = {
        "version": 1,
        "streams": vars(configuration.streams),
        "frontEnd": configuration.frontEnd,
        "offset": configuration.target_offset,
        "seed": configuration.seed,
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]
    path = cache / f"{configuration.name}-{side}-{digest}.npz"
    if not path.exists():
        counts = {
            "training": configuration.streams.trainingStreams,
            "validation": configuration.streams.validationStreams,
        }
        streams = draw_streams(configuration, corpora, side, counts[side], progress)
        _save(path, frames_of(configuration, streams))
    return _load(path)


def _save(path: Path, frames: LabelledFrames) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial.npz")
    np.savez(temporary, values=frames.values, labels=frames.labels, edges=frames.edges)
    temporary.replace(path)


def _load(path: Path) -> LabelledFrames:
    with np.load(path, allow_pickle=False) as file:
        return LabelledFrames(file["values"], file["labels"], file["edges"])
