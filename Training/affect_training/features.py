"""Features of an experiment, from prepared audio through the device's front end to one cache file.

The split comes first: augmented copies are made of training clips alone, the validation side is
heard as it is, and the test side is not touched at all.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from . import front_end
from .augmentation import augmented_copy
from .augmentation.copies import generator_for
from .corpora import Clip
from .corpora.audio import SAMPLE_RATE, decode, read_wav
from .experiment import Experiment
from .frame_store import FrameStore
from .protocols import Split, joined_clips, joined_folder, joining, load_protocol, split_clips
from .speech_detection.sound_library import load_recordings as load_side
from .utterances import Cuts, Frames, extract

FRAMES = "frames"
"""Folder of the cache that holds the frames of clips as they are."""

FIRST = ("speed", "gain", "tilt", "noise")
"""What names of caches hold of every copy, drawn or not; the rest only if it is drawn."""

NOISE_PIECE = 5 * SAMPLE_RATE
"""Samples of the longest piece of noise that is drawn as one."""

Waveform = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class FeatureSet:
    """Everything that training reads."""

    front_end: dict[str, Any]
    training: tuple[Frames, ...]
    validation: tuple[Frames, ...]
    missed: tuple[str, ...]


def experiment_split(experiment: Experiment, prepared: Path) -> Split:
    """The split of an experiment over the prepared audio."""
    own = load_protocol(experiment.data.protocol)
    protocol, clips = joined_clips(own, experiment.trainedOn, prepared)
    fold = experiment.data.validationFold or None
    return split_clips(clips, protocol, experiment.data.testFold, fold)


def audio_folder(experiment: Experiment, prepared: Path) -> Path:
    """What the paths of an experiment's clips are relative to."""
    protocol = load_protocol(experiment.data.protocol)
    return joined_folder(protocol, experiment.trainedOn, prepared)


def measure_channel_weights(
    clips: Sequence[Clip], folder: Path, options: dict[str, Any], spread: float, cuts: Cuts
) -> list[float]:
    """Weights that give every channel the same spread around the mean of its utterance.

    Measured on un-augmented training clips, rounded to four significant digits.
    """
    probe, count = probe_options(options), channel_count(options)
    squares, frames = np.zeros(count), 0
    with front_end.opened(probe) as engine:
        for clip in clips:
            for found in extract(clip, 0, read_wav(folder / clip.prepared_path), engine, cuts):
                speech = found.speech.astype(np.float64) / (0.25 * 2**8)
                squares += ((speech - speech.mean(0)) ** 2).sum(0)
                frames += len(speech)
    deviations = np.sqrt(squares / max(1, frames))
    weights = np.clip(spread / np.maximum(deviations, 1e-6), 2.0**-14, 16)
    return [float(f"{weight:.4g}") for weight in weights]


def probe_options(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a front end whose frames are measured: no channel saturates.

    Cepstra reach 8 · |logFloor|: a quarter as a weight and few fraction bits keep them inside.
    """
    probe = {**options, "normalization": "none", "outputFractionBits": 8}
    probe["channelWeights"] = [0.25] * channel_count(options)
    return probe


def channel_count(options: dict[str, Any]) -> int:
    """Channels of a frame with these options."""
    key = "cepstralCount" if options["kind"] == "mfcc" else "melBinCount"
    return int(options[key]) + len(options["extraChannels"])


def load_noise(corpora: Path, names: Sequence[str]) -> list[Waveform]:
    """Noise that training may hear: the recordings of the training side of `speech/noise.csv`.

    Long ones come as pieces of five seconds, so that a minute is drawn as often as twelve short
    recordings.
    """
    found = load_side(corpora, names, "training")
    unknown = [name for name in names if name not in found]
    if unknown:
        raise ValueError(
            f"speech/noise.csv names no recording of {unknown[0]} to train with: list its files "
            "there, side training"
        )
    length = NOISE_PIECE
    return [
        noise[begin : begin + length]
        for name in names
        for noise in found[name]
        for begin in range(0, max(1, len(noise) - length // 2), length)
    ]


def load_responses(corpora: Path, names: Sequence[str]) -> list[Waveform]:
    """Every recording below the named folders of `noise`, in the order of their paths."""
    recordings = []
    for name in names:
        folder = corpora / "noise" / name
        paths = sorted(p for p in folder.rglob("*") if p.suffix in (".flac", ".opus", ".wav"))
        if not paths:
            raise FileNotFoundError(
                f"{folder} holds no recording: check --corpora or AFFECT_CORPORA"
            )
        recordings += [decode(path).astype(np.float64) / 32768 for path in paths]
    return [each for each in recordings if len(each) and float(np.abs(each).max()) > 0.01]


def make_features(
    experiment: Experiment, prepared: Path, corpora: Path, cache: Path, progress: Progress
) -> FeatureSet:
    """Computes the features of an experiment; what `cache` holds of them is not computed again."""
    split = experiment_split(experiment, prepared)
    folder = audio_folder(experiment, prepared)
    options = dict(experiment.frontEnd)
    cuts = Cuts.of(experiment.decision)
    if "channelWeights" not in options:
        options["channelWeights"] = measure_channel_weights(
            split.training, folder, options, experiment.channelSpread, cuts
        )
    noises = load_noise(corpora, experiment.noise)
    responses = load_responses(corpora, experiment.rooms)
    training: list[Frames] = []
    validation: list[Frames] = []
    missed: list[str] = []
    total = len(split.training) + len(split.validation)
    with front_end.opened(options) as engine:
        store = FrameStore(cache / FRAMES, engine, cuts)
        for index, clip in enumerate(split.training + split.validation):
            is_training = index < len(split.training)
            samples = read_wav(folder / clip.prepared_path)
            found = store.frames(clip, samples)
            if not found:
                missed.append(clip.path)
            (training if is_training else validation).extend(found)
            for copy, recipe in enumerate(experiment.copies if is_training else (), start=1):
                generator = generator_for(experiment.seed, clip.path, copy)
                heard = augmented_copy(samples, recipe, noises, generator, responses)
                training += extract(clip, copy, heard, engine, cuts)
            progress(index + 1, total)
    return FeatureSet(options, tuple(training), tuple(validation), tuple(missed))


def utterances(
    experiment: Experiment,
    prepared: Path,
    clips: Sequence[Clip],
    options: dict[str, Any],
    cache: Path,
    progress: Progress,
) -> tuple[Frames, ...]:
    """Clips as they are, through the gate and a front end whose channel weights are known."""
    folder = audio_folder(experiment, prepared)
    cuts = Cuts.of(experiment.decision)
    found: list[Frames] = []
    with front_end.opened(options) as engine:
        store = FrameStore(cache / FRAMES, engine, cuts)
        for index, clip in enumerate(clips):
            found += store.frames(clip, read_wav(folder / clip.prepared_path))
            progress(index + 1, len(clips))
    return tuple(found)


def cache_path(experiment: Experiment, cache: Path) -> Path:
    """Where the features of an experiment are kept: the name tells what they were made from."""
    parts = {
        "version": 3,
        "cuts": vars(Cuts.of(experiment.decision)),
        "seed": experiment.seed,
        "data": vars(experiment.data),
        "frontEnd": experiment.frontEnd,
        "spread": experiment.channelSpread,
        "copies": [
            {
                name: value
                for name, value in vars(copy).items()
                if name in FIRST or value is not None
            }
            for copy in experiment.copies
        ],
        "noise": experiment.noise,
    }
    # What is added here must leave the names of older caches as they are.
    further = joining(load_protocol(experiment.data.protocol), experiment.trainedOn)
    if experiment.noise:
        parts["noiseSide"] = ["training", NOISE_PIECE]
    if experiment.rooms:
        parts["rooms"] = experiment.rooms
    if further:
        parts["trainedOn"] = [[entry.corpus, entry.labels] for entry in further]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return cache / f"{experiment.name}-{digest[:12]}.npz"


def save_features(path: Path, features: FeatureSet) -> None:
    """Writes the cache file in one step."""
    everything = features.training + features.validation
    rows = [
        [f.clip.path, f.clip.label, f.clip.speaker, f.copy, len(f.values), f.head, f.tail]
        for f in everything
    ]
    about = {
        "frontEnd": features.front_end,
        "training": len(features.training),
        "rows": rows,
        "missed": features.missed,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial.npz")
    values = np.concatenate([f.values for f in everything])
    np.savez(temporary, values=values, about=np.array(json.dumps(about)))
    temporary.replace(path)


def load_features(path: Path) -> FeatureSet:
    """Reads what `save_features` wrote."""
    with np.load(path, allow_pickle=False) as file:
        values, about = file["values"], json.loads(str(file["about"]))
    everything = []
    begin = 0
    for name, label, speaker, copy, length, head, tail in about["rows"]:
        clip = Clip(name, label, speaker)
        everything.append(Frames(clip, copy, values[begin : begin + length], head, tail))
        begin += length
    count = about["training"]
    return FeatureSet(
        about["frontEnd"],
        tuple(everything[:count]),
        tuple(everything[count:]),
        tuple(about["missed"]),
    )
