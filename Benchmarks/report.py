"""The tables, the page and the plot of the benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INTRODUCTION = """# Benchmarks

`make bench` prints these tables; `Benchmarks/run --write` writes this page, and `Benchmarks/run --json` one
JSON line a figure. Processor time of one thread, the median of {rounds} rounds; a round measures every
figure once, ours and the peers' in turn, at least five milliseconds each. What a call of a peer costs by
itself, Python's part included, is measured in the same round and taken off: WebRTC's detector and
LiteRT and ONNX Runtime by the least call they accept, kaldi-native-fbank and librosa by a call on one frame.

Machine: {machine}. Model: {model}.
Peers: {versions}.

**The outputs differ.** Our features are Int16 from integer arithmetic, the peers' are float; options match in frame,
hop, bins and coefficients. WebRTC's detector tells speech from other sound; our gate only tells sound from
silence. LiteRT and ONNX Runtime run the same network, rebuilt from the model file, with their default
optimisations; by default they round differently from LiteRT's reference operators, to which ours is exact to
the bit. Mean and deviation pooling, which they lack in int8, is in float there.
"""


@dataclass
class Report:
    """Figures by name, and where they come from."""

    figures: list[dict[str, Any]]
    model: str
    machine: str
    versions: str
    rounds: int
    #: Frames of features a second of audio.
    frame_rate: float

    def value(self, name: str) -> float:
        """Nanoseconds of one unit."""
        return float(next(f["nanoseconds"] for f in self.figures if f["name"] == name))

    def under(self, prefix: str) -> list[dict[str, Any]]:
        """The figures whose names begin so."""
        return [figure for figure in self.figures if figure["name"].startswith(prefix)]

    @property
    def own_network(self) -> str:
        """The fastest variant, which the engine takes by itself; the first one listed."""
        return str(self.under("network/")[0]["name"])

    def comparisons(self) -> list[tuple[str, str, float, float, float]]:
        """What, against what, ours, theirs, how many times faster ours is meant to be."""
        front_end = self.value("front-end/16-seconds")
        own = self.value(self.own_network)
        rows = [
            (f"front end, frame | {name.split('/')[-1]}", front_end, self.value(name), reach)
            for name, reach in (
                ("front-end/kaldi-native-fbank", 1.5),
                ("front-end/librosa", 1.0),
            )
            if self.under(name)
        ]
        for sound, reach in (("silence", 10.0), ("speech", 1.0)):
            name = f"gate/{sound}"
            rows.append(
                (
                    f"gate, 10 ms of {sound} | WebRTC",
                    self.value(name),
                    self.value(f"{name}/webrtc"),
                    reach,
                )
            )
        detector = self.value("speech-network/own")
        for what, ours, prefix in (
            ("network, window", own, "network"),
            ("speech model, window", detector, "speech-network"),
        ):
            for peer in ("litert-int8", "litert-float", "onnxruntime-int8", "onnxruntime-float"):
                rows.append((f"{what} | {peer}", ours, self.value(f"{prefix}/{peer}"), 1.0))
        return [(*row[0].split(" | "), *row[1:]) for row in rows]

    def failures(self) -> list[str]:
        """What is slower than it is meant to be, in words."""
        return [
            f"below the aim: {what} is {theirs / ours:.2f} times as fast as {peer}, not {reach}"
            for what, peer, ours, theirs, reach in self.comparisons()
            if theirs < reach * ours
        ]

    def tables(self) -> str:
        """All figures in Markdown."""
        parts = ["## Beside the peers\n"]
        parts.append(
            _table(
                ["what", "ours, µs", "peer", "peer, µs", "times faster", "aim"],
                [
                    [
                        what,
                        f"{ours / 1e3:.2f}",
                        peer,
                        f"{theirs / 1e3:.2f}",
                        f"{theirs / ours:.2f}",
                        f"{reach:g}",
                    ]
                    for what, peer, ours, theirs, reach in self.comparisons()
                ],
            )
        )
        parts.append("## Steps of the front end\n")
        parts.append(
            _table(
                ["step", "ns a frame"],
                [[_last(f), f"{f['nanoseconds']:.0f}"] for f in self.under("front-end-step/")],
            )
        )
        parts.append(
            "The transform is in place; its figure includes a copy of its input, which the front end does\n"
            "not make, so the steps add up to more than the whole.\n"
        )
        parts.append("## Variants of the kernels, one window\n")
        own = [f for f in self.under("network/") if f["multiplyAccumulates"]]
        parts.append(
            _table(
                ["variant", "µs", "multiply-accumulates a ns"],
                [
                    [
                        _last(f),
                        f"{f['nanoseconds'] / 1e3:.1f}",
                        f"{f['multiplyAccumulates'] / f['nanoseconds']:.1f}",
                    ]
                    for f in own
                ],
            )
        )
        parts.append("## Operators, over 94 · 20 · 24 elements (fully connected: 216 to 24)\n")
        variants = [_last(f) for f in own]
        names = dict.fromkeys(f["name"].split("/")[1] for f in self.under("operator/"))
        cells = {f["name"]: f"{f['nanoseconds'] / 1e3:.1f}" for f in self.figures}
        parts.append(
            _table(
                ["operator, µs", *variants],
                [[n, *(cells.get(f"operator/{n}/{v}", "—") for v in variants)] for n in names],
            )
        )
        parts.append("An operator that a variant lacks (—) runs by the reference.\n")
        parts.append(
            "## Kernels of the front end (1024 samples of a frame, 10 ms of 48 kHz stereo)\n"
        )
        names = dict.fromkeys(f["name"].split("/")[1] for f in self.under("front-end-kernel/"))
        parts.append(
            _table(
                ["kernel, µs", *variants],
                [[n, *(cells[f"front-end-kernel/{n}/{v}"] for v in variants)] for n in names],
            )
        )
        parts.append("## Nodes of the model, one window\n")
        parts.append(
            _table(
                ["node", "µs"],
                [[_last(f), f"{f['nanoseconds'] / 1e3:.2f}"] for f in self.under("node/")],
            )
        )
        return "\n".join(parts)

    def page(self) -> str:
        """The whole page."""
        head = INTRODUCTION.format(
            rounds=self.rounds, machine=self.machine, model=self.model, versions=self.versions
        )
        growth = """## Growth

Cost grows linearly with the audio and with the multiply-accumulates: the whole front end over stretches of speech, and
the network over utterances up to the longest one that the model takes.

![processor time over seconds of audio and over multiply-accumulates](Benchmarks.svg)
"""
        return f"{head}\n{self.tables()}\n{growth}"

    def plot(self) -> str:
        """Milliseconds over seconds of audio, and microseconds over multiply-accumulates, as SVG."""
        seconds = [
            (float(_last(f).split("-")[0]), f["nanoseconds"])
            for f in self.under("front-end/")
            if _last(f).endswith("-seconds")
        ]
        audio = [(s, s * self.frame_rate * cost / 1e6) for s, cost in seconds]
        network = [
            (f["multiplyAccumulates"] / 1e6, f["nanoseconds"] / 1e3)
            for f in self.under("network-length/")
        ]
        width, height = 720, 300
        body = [
            *_chart(audio, 60, "front end: seconds of audio", "ms"),
            *_chart(network, 420, "network: million multiply-accumulates", "µs"),
        ]
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
                'font-family="sans-serif" font-size="12">',
                f'<rect width="{width}" height="{height}" fill="white"/>',
                *body,
                "</svg>\n",
            ]
        )


def _chart(points: list[tuple[float, float]], left: int, title: str, unit: str) -> list[str]:
    """One chart: the points, and the line from the origin to the last of them."""
    wide, high, base = 270, 220, 250
    most_x, most_y = points[-1]

    def place(x: float, y: float) -> tuple[float, float]:
        return left + wide * x / (1.05 * most_x), base - high * y / (1.1 * most_y)

    end_x, end_y = place(most_x, most_y)
    lines = [
        f'<path d="M{left} {base - high}V{base}H{left + wide}" stroke="black" fill="none"/>',
        f'<path d="M{left} {base}L{end_x:.1f} {end_y:.1f}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<text x="{left + wide / 2}" y="{base + 38}" text-anchor="middle">{title}</text>',
        f'<text x="{left - 6}" y="{base - high - 6}" text-anchor="middle">{unit}</text>',
    ]
    for x, y in points:
        at_x, at_y = place(x, y)
        lines += [
            f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="4" fill="#2467a8"/>',
            f'<text x="{at_x:.1f}" y="{base + 18}" text-anchor="middle">{x:.3g}</text>',
            f'<text x="{at_x - 8:.1f}" y="{at_y - 6:.1f}" text-anchor="end">{y:.3g}</text>',
        ]
    return lines


def _last(figure: dict[str, Any]) -> str:
    return str(figure["name"]).split("/")[-1]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
