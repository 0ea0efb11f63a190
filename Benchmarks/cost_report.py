"""The page about instructions on 64-bit ARM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Instructions a second of sound at most, and the aim, by the design: silence, then gate and front end in speech.
BUDGETS = {
    "silence": {"16 kHz mono S16_LE": (2e6, 0.5e6), "48 kHz stereo S32_LE": (4e6, 1.5e6)},
    "frontEnd": {"16 kHz mono S16_LE": (12e6, 6e6), "48 kHz stereo S32_LE": (16e6, 9e6)},
}
#: The same from the last frame of an utterance to its event, and a network beside LiteRT's.
END_BUDGET = (120e6, 40e6)
ROWS = [
    ("silence", "silence, gate shut"),
    ("frontEnd", "speech: gate and front end"),
    ("network", "speech: emotion network"),
    ("detector", "speech: speech detector"),
    ("speech", "speech: everything"),
]
VARIANTS = ("reference", "neon", "dot-product")
BOARDS = {
    "cortex-a53": "Raspberry Pi Zero 2 W, 3",
    "cortex-a76": "Raspberry Pi 5",
}


def millions(value: float) -> str:
    """Three significant digits or so."""
    return f"{value / 1e6:.2f}" if value < 100e6 else f"{value / 1e6:.0f}"


@dataclass(frozen=True)
class Report:
    """What was counted, by core."""

    counted: dict[str, dict[str, Any]]
    #: Seconds that two lengths of sound differ by.
    difference: int
    #: Of the emotion model's manifest, and seconds from one of its frames to the next.
    decision: dict[str, Any]
    frame: float

    def end(self, core: str) -> float:
        """From the last samples of the longest utterance to its event: its answer, and a wake-up's front end."""
        counts = self.counted[core]
        wide = counts["seconds"]["48 kHz stereo S32_LE"]["frontEnd"]
        share = self.decision["maximumUtteranceFrames"] / self.decision["windowFrames"]
        return float(counts["window"] * share + wide * 0.05)

    def sound(self) -> str:
        """Instructions of a second of sound."""
        formats = list(next(iter(self.counted.values()))["seconds"])
        head = [f"{core}, {name.replace(' ', ' ')}" for core in self.counted for name in formats]
        lines = ["| M instructions a second | " + " | ".join(head) + " | at most, aim |"]
        lines.append("| --- |" + " --- |" * (len(head) + 1))
        for key, title in ROWS:
            cells = [
                millions(self.counted[core]["seconds"][name][key])
                for core in self.counted
                for name in formats
            ]
            limits = BUDGETS.get(key, {})
            words = "; ".join(f"{most / 1e6:g}, {aim / 1e6:g}" for most, aim in limits.values())
            lines.append(f"| {title} | " + " | ".join(cells) + f" | {words} |")
        return "\n".join(lines)

    def network(self) -> str:
        """One answer of the network, beside LiteRT."""
        rows = [
            ("emotion-open, one answer: affectd", lambda c: f"{c['window'] / 1e6:.2f}"),
            ("the same int8 network: LiteRT 2.1.6", lambda c: f"{c['peers']['litert'] / 1e6:.2f}"),
            ("affectd over LiteRT", lambda c: f"{self.ratio(c):.2f}"),
        ]
        lines = [self._head("M instructions")]
        for title, cell in rows:
            lines.append(
                f"| {title} | " + " | ".join(cell(c) for c in self.counted.values()) + " |"
            )
        ends = " | ".join(millions(self.end(core)) for core in self.counted)
        return "\n".join([*lines, f"| end of the longest utterance to its event | {ends} |"])

    def _head(self, title: str) -> str:
        return (
            f"| {title} | "
            + " | ".join(self.counted)
            + " |\n| --- |"
            + " --- |" * len(self.counted)
        )

    @staticmethod
    def ratio(counts: dict[str, Any]) -> float:
        """Our instructions over LiteRT's."""
        return float(counts["window"] / counts["peers"]["litert"])

    def detector(self) -> str:
        """WebRTC's detector, for a second of sound."""
        lines = [self._head("M instructions a second, 16 kHz mono")]
        for key, kind, title in (("silence", "room", "silence"), ("detector", "voice", "speech")):
            for who, cell in (
                ("affectd", lambda c, k=key: c["seconds"]["16 kHz mono S16_LE"][k]),
                ("WebRTC", lambda c, k=kind: 100 * c["peers"][f"webrtc/{k}"]),
            ):
                values = " | ".join(millions(cell(counts)) for counts in self.counted.values())
                lines.append(f"| {title}: {who} | {values} |")
        return "\n".join(lines)

    def kernels(self) -> str:
        """A call of each kernel by each variant."""
        calls = self.counted["cortex-a76"]["kernels"]
        names = list(dict.fromkeys(name.rpartition("/")[0] for name in calls))
        lines = [
            "| thousand instructions a call | reference, in Swift | neon | dot-product |",
            "| --- | --- | --- | --- |",
        ]
        for name in names:
            # What no processor has a variant of runs by the reference alone.
            if f"{name}/neon" not in calls:
                continue
            cells = [f"{calls[f'{name}/{variant}'] / 1e3:,.1f}" for variant in VARIANTS]
            title = "one window of emotion-open" if name == "network" else name.partition("/")[2]
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
        return "\n".join(lines)

    def boards(self) -> str:
        """Shares of a core at 1 GHz, if every instruction took a cycle."""
        lines = [
            "| core | board | silence, 16 and 48 kHz | speech, 16 and 48 kHz | end of the longest utterance |",
            "| --- | --- | --- | --- | --- |",
        ]
        for core, board in BOARDS.items():
            values = self.counted[core]["seconds"].values()
            shares = [
                ", ".join(f"{value[key] / 1e7:.2f} %" for value in values)
                for key in ("silence", "speech")
            ]
            lines.append(
                f"| {core} | {board} | {shares[0]} | {shares[1]} | {self.end(core) / 1e6:.0f} ms |"
            )
        return "\n".join(lines)

    def tables(self) -> str:
        """All tables."""
        return "\n\n".join(
            [self.boards(), self.sound(), self.network(), self.detector(), self.kernels()]
        )

    def failures(self) -> list[str]:
        """What is above its budget."""
        found = []
        for core, counts in self.counted.items():
            for key, limits in BUDGETS.items():
                for name, (most, _) in limits.items():
                    if counts["seconds"][name][key] > most:
                        found.append(f"above its budget: {core}, {name}, {key}")
            if self.end(core) > END_BUDGET[0]:
                found.append(f"above its budget: {core}, end of an utterance")
            if self.ratio(counts) > 1:
                found.append(f"more instructions than LiteRT: {core}")
        return found

    def page(self) -> str:
        """The page."""
        longest = self.decision["maximumUtteranceFrames"] * self.frame
        hop = self.decision["hopFrames"] * self.frame * 1000
        return f"""# What it costs on 64-bit ARM

`make bench-arm64` builds for ARM, counts and prints these tables; `Benchmarks/run-arm64 --write` writes this page.
**Instructions are counted, cycles are not**: no board was at hand. QEMU 7.2 runs the programs in user mode as
Cortex-A53 (Raspberry Pi 3 and Zero 2 W) and A76 (Raspberry Pi 5), and a plugin counts every instruction
(`Benchmarks/instructions.c`); two runs differ by some thousandths. The kernels are `neon` on A53 and `dot-product` on A76; a
Cortex-A72 (Raspberry Pi 4) runs the same instructions as A53.

A second of sound is what `affectd --input` takes more for {self.difference} seconds more of sound, so that its start is not in it: noise of
a quiet microphone, and the voice without a pause of `affectd --benchmark`. Reading the file is in it, sound driver, socket
and waking up are not. A call is counted between two marks around it, peers likewise. Models: emotion-open, which answers
every {hop:.0f} ms in speech, and speech-open.

## What that means on a board

Shares of one core at 1 GHz if every instruction took a cycle. How many cycles they take was not measured, and boards run at
1 to 2.4 GHz: take it as an order of magnitude, and measure with `affectd --benchmark`, which says what your board takes.

{self.boards()}

## Sound

{self.sound()}

Budgets are those of the design, for 16 and 48 kHz. The emotion network's part is the cost of a window's frame times the frames
that its answers and utterances are over; the speech detector's is what speech-open adds.

## Network

{self.network()}

An answer of affectd is what one more answer over a whole window takes in running speech: normalisation, network, decision and
the line of the event. LiteRT runs the same int8 network, rebuilt from the model file, in its default interpreter with XNNPACK and one thread;
mean and deviation pooling, which it lacks in int8, is in float there. It is version 2.1.6, the newest that runs: 2.2.0 and
2.3.0 end by a segmentation fault in QEMU 7.2 (Debian 12). Of older ones 1.2.0 takes 11.15 M on Cortex-A53 and 4.54 M on A76,
2.0.3 takes 10.03 M on A53, and TensorFlow Lite 2.14 (`tflite-runtime`) does not load the network.

The end of the longest utterance ({longest:.0f} s) is one answer over all of its frames, and gate and front end of a wake-up of 50 ms at
48 kHz; at most {END_BUDGET[0] / 1e6:.0f} M, aim {END_BUDGET[1] / 1e6:.0f} M.

## Speech or not, beside WebRTC's detector

{self.detector()}

In silence the energy gate decides alone; in speech the speech detector's front end and network look at what it lets pass.
WebRTC's detector, in mode 3, is counted without what Python takes to call it.

## Kernels

Operators run over 94 · 20 · 24 elements (fully connected: 216 to 24), steps of the front end over a frame of 1024 samples or
10 ms of 48 kHz stereo. The reference is what ran before the kernels were written, and runs on processors without any.

{self.kernels()}

Weights of -128 take the convolutions of `neon` a slower way, which is not counted here.
"""
