"""The page and the plot that `make fidelity` writes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from fidelity import Pool
    from speech import Recording

INTRODUCTION = """# Fidelity of the front end

`make fidelity` writes this page. It compares the fixed-point front end (`libAffectFeatures`, the
code of the daemon) with double precision (the equations of `Tests/Vectors/features/generate.py`,
ideal tables, no rounding), on real speech. Those equations agree with librosa in float64 to less
than 1e-6 in natural logarithms, which the command checks first.

The signal of a coefficient is the twin's value without its mean, the noise the difference from it
without its mean, over the frames of a clip in which every mel energy lies above the log floor,
summed over all clips of a level. Each entry is **the worst coefficient**, in decibels; in brackets
what the format of the features alone allows: the twin's own values, times channel weights rounded
to Q16, rounded to Int16. Levels are the peak of each clip below full scale, re-quantised to Int16
at that level; the twin hears the same Int16 samples.

66 dB is what CMSIS-DSP asks of its 31-bit MFCC (34 dB of its 16-bit one). The command fails when a
figure from −40 dBFS to full scale, or as recorded, is below it.
"""

READING = """
A figure that equals its bracket says that nothing but the rounding of the output to Int16 is lost:
the arithmetic before it keeps at least 30 bits from the window to the logarithm, and 20 fraction
bits from there on ([Numerics.md](Numerics.md)). Where the output is filled best, tables and
arithmetic begin to show: they cost half a decibel at 77 dB. The networks' own input is far coarser,
eight bits.
"""

VALUES = """The Int16 values themselves, at all levels together: how many equal the twin's, rounded;
the greatest difference from the unrounded twin, in units of the output, of which rounding is half
a unit; and how many saturate. Below, the share of the frames that are judged: those without a mel
energy at the floor.
"""

EDGES = """Greatest difference from the twin, in units of the Int16 output; half a unit is its
rounding. Silence shows the rounding of a small channel weight to Q16, as in Numerics.md, section 2;
a full-scale tone with a window that leaks little shows the rounding of the transform, next to mel
energies more than 100 dB below the tone. What may be expected value by value is derived in
`Tests/FeaturesTests/FrontEndTolerance.swift`; `FrontEndTests.extremesFollowTheTwin` holds more
signals to it in `make test`.
"""


def level_name(level: float | None) -> str:
    """The heading of a column."""
    return "as recorded" if level is None else f"{level:.0f} dBFS".replace("-", "−")


def cell(pool: Pool) -> str:
    """A figure and its limit."""
    return f"{pool.decibels().min():.1f} ({pool.limit().min():.1f})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def describe(options: dict[str, Any]) -> str:
    """One set of options in a line."""
    o = options
    kind = (
        f"{o['cepstralCount']} MFCC of {o['melBinCount']} mel bins, lifter {o['lifter']:.0f}"
        if o["kind"] == "mfcc"
        else f"log-mel, {o['melBinCount']} bins"
    )
    weights = o["channelWeights"]
    return (
        f"{kind}, {o['melScale']} scale, {o['lowFrequency']:.0f} to {o['highFrequency']:.0f} Hz,\n"
        f"  frame {o['frameLength']}, hop {o['hopLength']}, FFT {o['fftLength']}, {o['window']}, "
        f"weights {min(weights)} … {max(weights)}, Q{o['outputFractionBits']}"
    )


def page(
    recordings: list[Recording],
    levels: tuple[float | None, ...],
    sets: dict[str, dict[str, Any]],
    pools: dict[str, list[Pool]],
    edges: dict[str, list[float]],
) -> str:
    """The whole page."""
    counts = Counter(recording.corpus for recording in recordings)
    heard = ", ".join(f"{name} {count}" for name, count in counts.items())
    columns = [level_name(level) for level in levels]
    parts = [INTRODUCTION]
    parts.append(f"{len(recordings)} clips, one of every speaker and emotion: {heard}.\n")
    parts += ["![worst coefficient over level](Fidelity.svg)\n", "## Worst coefficient\n"]
    parts.append(
        table(
            ["front end", *columns],
            [[name, *(cell(pool) for pool in row)] for name, row in pools.items()],
        )
    )
    parts.append(READING)
    parts.append("## Median coefficient\n")
    parts.append(
        table(
            ["front end", *columns],
            [
                [name, *(f"{float(np.median(pool.decibels())):.1f}" for pool in row)]
                for name, row in pools.items()
            ],
        )
    )
    parts.append("## Values\n")
    parts.append(VALUES)
    parts.append(
        table(
            ["front end", "values", "equal", "greatest difference", "saturated"],
            [
                [
                    name,
                    f"{sum(pool.values for pool in row):,}",
                    f"{100 * sum(p.equal for p in row) / sum(p.values for p in row):.2f} %",
                    f"{max(pool.greatest for pool in row):.2f}",
                    str(sum(pool.saturated for pool in row)),
                ]
                for name, row in pools.items()
            ],
        )
    )
    parts.append(
        table(
            ["frames that are judged", *columns],
            [
                [name, *(f"{100 * pool.judged / pool.frames:.0f} %" for pool in row)]
                for name, row in pools.items()
            ],
        )
    )
    parts.append("## Signals at the edge\n")
    parts.append(EDGES)
    parts.append(
        table(
            ["signal", *sets],
            [[title, *(f"{value:.2f}" for value in row)] for title, row in edges.items()],
        )
    )
    parts.append("## The front ends\n")
    parts += [f"- {name}: {describe(options)}" for name, options in sets.items()]
    return "\n".join(parts) + "\n"


WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 176, 16, 44
LOWEST, HIGHEST = 50, 80
COLOURS = (
    "#c0392b", "#2467a8", "#2e8b57", "#8e44ad", "#b8860b", "#444444", "#d35c9e", "#0f8b8d",
)  # fmt: skip


def plot(levels: tuple[float | None, ...], pools: dict[str, list[Pool]], threshold: float) -> str:
    """The worst coefficient over level, as SVG."""
    shown = [(place, level) for place, level in enumerate(levels) if level is not None]
    least = min(level for _, level in shown)

    def x(level: float) -> float:
        return LEFT + (level - least) / (0 - least) * (WIDTH - LEFT - RIGHT)

    def y(decibels: float) -> float:
        return HEIGHT - BOTTOM - (decibels - LOWEST) / (HIGHEST - LOWEST) * (HEIGHT - TOP - BOTTOM)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    right = WIDTH - RIGHT
    for decibels in range(LOWEST, HIGHEST + 1, 10):
        height = y(decibels)
        lines.append(f'<path d="M{LEFT} {height:.1f}H{right}" stroke="#ddd"/>')
        lines.append(
            f'<text x="{LEFT - 6}" y="{height + 4:.1f}" text-anchor="end">{decibels} dB</text>'
        )
    for _, level in shown:
        lines.append(
            f'<text x="{x(level):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">'
            f"{level:.0f}</text>".replace(">-", ">−")
        )
    middle = (LEFT + right) / 2
    lines.append(f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">peak, dBFS</text>')
    lines.append(
        f'<path d="M{LEFT} {y(threshold):.1f}H{right}" stroke="black" stroke-dasharray="4 4"/>'
        f'<text x="{right + 8}" y="{y(threshold) + 4:.1f}">{threshold} dB</text>'
    )
    # Names stand beside the ends of their lines, from the top down and a line of text apart.
    last = 0.0
    ends = sorted(
        (y(float(row[shown[0][0]].decibels().min())), name, colour)
        for (name, row), colour in zip(pools.items(), COLOURS, strict=False)
    )
    for end, name, colour in ends:
        places = [(x(level), y(float(pools[name][n].decibels().min()))) for n, level in shown]
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        last = max(end + 4, last + 14)
        lines.append(f'<text x="{right + 8}" y="{last:.1f}" fill="{colour}">{name}</text>')
    lines.append("</svg>")
    return "\n".join(lines) + "\n"
