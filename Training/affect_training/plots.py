"""Plots of corpora and augmentation; this module needs matplotlib."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt

from . import front_end
from .augmentation import CopyRecipe, augmented_copy, mask_frames
from .augmentation.copies import generator_for
from .augmentation.frames import changed_bands, stretched
from .corpora import Clip
from .corpora.audio import SAMPLE_RATE
from .experiment import Experiment
from .features import probe_options
from .summary import Entry, labels_of
from .training.batches import Bands
from .utterances import Cuts, extract
from .voices import SMALLEST_DEVIATION

matplotlib.use("Agg")
from matplotlib import pyplot

Int16s = npt.NDArray[np.int16]

Reals = npt.NDArray[np.float32]
Recordings = Sequence[npt.NDArray[np.float64]]

FRAME, HOP = 1024, 256

EXAMPLES: tuple[dict[str, float], ...] = (
    {"speed": 1.2},
    {"stretch": 1.2},
    {"pitch": 4},
    {"shift": 0.3},
    {"room": 1},
    {"reverberation": 0.6, "directRatio": 0},
    {"tilt": 0.6},
    {"noise": 5},
    {"lowPass": 2000},
    {"gain": 12},
    {"level": -20},
)
"""Every kind of augmentation, for `plot_kinds`."""


def spectrogram(samples: Int16s) -> npt.NDArray[np.float64]:
    """Power in dB of full scale, [bins, frames], Hann windows of 64 ms every 16 ms."""
    padded = np.pad(samples.astype(np.float64) / 32768, (0, max(0, FRAME - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME))) ** 2 / (FRAME / 4) ** 2
    decibels: npt.NDArray[np.float64] = 10 * np.log10(power.T + 1e-12)
    return decibels


def plot_counts(entries: list[Entry], path: Path) -> None:
    """Clips per emotion, corpora stacked."""
    labels = labels_of(entries)
    figure, axis = pyplot.subplots(figsize=(8, 4), layout="constrained")
    bottom = np.zeros(len(labels))
    for corpus in dict.fromkeys(entry.corpus for entry in entries):
        own = [entry.clip.label for entry in entries if entry.corpus == corpus]
        heights = np.array([own.count(label) for label in labels])
        axis.bar(labels, heights, bottom=bottom, label=corpus)
        bottom += heights
    axis.set_ylabel("clips")
    figure.legend(loc="outside right upper")
    _save(figure, path)


def plot_emotions(chosen: list[tuple[str, Int16s]], path: Path) -> None:
    """Waveform and spectrogram of a clip an emotion."""
    _grid(chosen, path)


def plot_augmentations(
    name: str,
    samples: Int16s,
    recipes: tuple[CopyRecipe, ...],
    noises: Recordings,
    responses: Recordings,
    seed: int,
    path: Path,
) -> None:
    """The original beside each augmented copy, drawn as training draws it."""
    shown = [("original", samples)]
    for copy, recipe in enumerate(recipes, start=1):
        generator = generator_for(seed, name, copy)
        heard = augmented_copy(samples, recipe, noises, generator, responses)
        shown.append((f"copy {copy}: {', '.join(recipe.drawn())}", heard))
    _grid(shown, path)


def plot_kinds(
    samples: Int16s, noises: Recordings, responses: Recordings, seed: int, path: Path
) -> None:
    """The original beside every kind of augmentation, one at a time, at a strength one can see."""
    shown = [("original", samples)]
    for members in EXAMPLES:
        recipe = CopyRecipe.parsed(members, "example")
        generator = generator_for(seed, "example", 1)
        title = "\n".join(f"{name} {value:g}" for name, value in members.items())
        shown.append((title, augmented_copy(samples, recipe, noises, generator, responses)))
    _grid(shown, path)


def plot_features(first: Int16s, second: Int16s, experiment: Experiment, path: Path) -> None:
    """What the network sees of two clips, the first changed, masked, and both mixed in halves.

    Needs libAffectFeatures; masks and changes of frames are as the experiment draws them.
    """
    probe = probe_options(experiment.frontEnd)
    speech = _speech_frames(first, probe, experiment)
    frames, others = _evened(speech), _evened(_speech_frames(second, probe, experiment))
    length = min(len(frames), len(others))
    masked, options = frames.copy(), experiment.training
    generator = np.random.default_rng(experiment.seed)
    mask_frames(masked, generator, options.maskCount, options.maskTimeShare, options.maskChannels)
    shown = {"frames": frames}
    changes = experiment.frameChanges
    if changes.bands:
        way = Bands(probe)
        changed = changed_bands(way.bands(speech), changes, generator)
        shown["another voice"] = _evened(way.frames(changed))
    if changes.stretch:
        shown["another tempo"] = _evened(stretched(speech, changes.stretch, generator))
    shown |= {"SpecAugment": masked, "another clip": others}
    shown["mixup of both"] = np.float32(0.5) * (frames[:length] + others[:length])
    size = (2.8 * len(shown), 2.6)
    figure, axes = pyplot.subplots(1, len(shown), figsize=size, layout="constrained")
    for (title, image), axis in zip(shown.items(), axes, strict=True):
        axis.imshow(image.T, origin="lower", aspect="auto", vmin=-2.5, vmax=2.5)
        axis.set(title=title, xlabel="frame")
    axes[0].set_ylabel("channel")
    _save(figure, path)


def _speech_frames(samples: Int16s, probe: dict[str, Any], experiment: Experiment) -> Reals:
    """Frames of the gated speech, in the units that the channel weights multiply."""
    with front_end.opened(probe) as engine:
        found = extract(Clip("", "", ""), 0, samples, engine, Cuts.of(experiment.decision))
    if not found:
        raise ValueError("the gate lets nothing of this clip pass: features cannot be drawn")
    speech = np.concatenate([frames.speech for frames in found]).astype(np.float32)
    return speech * np.float32(2.0 ** -probe["outputFractionBits"])


def _evened(frames: Reals) -> Reals:
    """Every channel with mean 0 and deviation 1."""
    evened: Reals = (frames - frames.mean(0)) / np.maximum(frames.std(0), SMALLEST_DEVIATION)
    return evened


def _grid(shown: list[tuple[str, Int16s]], path: Path) -> None:
    figure, axes = pyplot.subplots(
        2, len(shown), figsize=(2.8 * len(shown), 5), squeeze=False, layout="constrained"
    )
    for (title, samples), above, below in zip(shown, axes[0], axes[1], strict=True):
        seconds = len(samples) / SAMPLE_RATE
        above.plot(np.arange(len(samples)) / SAMPLE_RATE, samples / 32768, linewidth=0.4)
        above.set(title=title, xlim=(0, seconds))
        below.imshow(
            spectrogram(samples),
            origin="lower",
            aspect="auto",
            extent=(0, seconds, 0, SAMPLE_RATE / 2000),
            vmin=-110,
            vmax=-20,
        )
        below.set_xlabel("s")
    axes[0][0].set_ylabel("amplitude")
    axes[1][0].set_ylabel("kHz")
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
