"""Contact sheets: spectrogram, level and boundaries of many recordings, to check labels by eye."""

from pathlib import Path

import numpy as np

from ..corpora.audio import SAMPLE_RATE, Samples
from .labels import BLOCK, Boundaries, block_levels, speech_line

COLUMNS, ROWS = 4, 5


def draw_sheets(clips: list[tuple[str, Samples, Boundaries]], folder: Path) -> list[Path]:
    """Writes `sheet-N.png` with twenty recordings each; returns the files."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for first in range(0, len(clips), COLUMNS * ROWS):
        figure, axes = plt.subplots(ROWS, COLUMNS, figsize=(22, 18))
        shown = clips[first : first + COLUMNS * ROWS]
        for number, (axis, (name, samples, boundaries)) in enumerate(
            zip(axes.flat, shown, strict=False), start=first + 1
        ):
            noise = np.random.default_rng(0).normal(0, 1e-6, len(samples))
            axis.specgram(samples / 32768 + noise, NFFT=512, Fs=SAMPLE_RATE, noverlap=352)
            axis.set_ylim(0, 6000)
            for begin, end in boundaries:
                axis.axvspan(begin / SAMPLE_RATE, end / SAMPLE_RATE, 0, 0.04, color="red")
                for edge in (begin, end):
                    axis.axvline(edge / SAMPLE_RATE, color="red", linewidth=1.2)
            levels = block_levels(samples)
            level_axis = axis.twinx()
            level_axis.plot(np.arange(len(levels)) * BLOCK / SAMPLE_RATE, levels, "w", linewidth=1)
            level_axis.axhline(speech_line(levels), color="orange", linewidth=0.8)
            level_axis.set_ylim(-90, 0)
            level_axis.set_yticks([])
            axis.set_title(f"{number} {name}", fontsize=9)
        figure.tight_layout()
        path = folder / f"sheet-{len(written) + 1}.png"
        figure.savefig(path, dpi=60)
        plt.close(figure)
        written.append(path)
    return written
