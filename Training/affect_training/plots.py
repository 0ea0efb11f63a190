"""Plots of corpora and augmentation; this module needs matplotlib."""

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt

from .augmentation import CopyRecipe, augmented_copy
from .augmentation.copies import generator_for
from .corpora.audio import SAMPLE_RATE
from .summary import Entry, labels_of

matplotlib.use("Agg")
from matplotlib import pyplot

Int16s = npt.NDArray[np.int16]

FRAME, HOP = 1024, 256


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
    noises: list[npt.NDArray[np.float64]],
    seed: int,
    path: Path,
) -> None:
    """The original beside each augmented copy, drawn as training draws it."""
    shown = [("original", samples)]
    for copy, recipe in enumerate(recipes, start=1):
        generator = generator_for(seed, name, copy)
        changed = ", ".join(key for key, value in vars(recipe).items() if value is not None)
        heard = augmented_copy(samples, recipe, noises, generator)
        shown.append((f"copy {copy}: {changed}", heard))
    _grid(shown, path)


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
