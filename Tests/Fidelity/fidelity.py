"""Signal-to-noise ratio of the fixed-point front end against double precision.

The signal of a coefficient is the twin without its mean, the noise the difference without its
mean, both over the frames of a clip in which every mel energy lies above the log floor, and summed
over all clips of a level. The figure of a level is that of its worst coefficient. Beside it stands
what the format of the features alone allows: the twin's own values, with the channel weights
rounded to Q16, rounded to Int16.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import report
from affect_training import front_end
from affect_training.modelfile import validate_file
from speech import Recording, at_level, sample
from twin import Twin

ROOT = Path(__file__).resolve().parents[2]
LEVELS: tuple[float | None, ...] = (None, 0, -20, -40, -50, -60)
"""Peak of every clip in decibels below full scale; None is as recorded."""
THRESHOLD = 66
"""What CMSIS-DSP asks of its 31-bit MFCC; held from -40 dBFS to full scale and as recorded."""
JUDGED = (None, 0, -20, -40)
QUICK_LEVELS = (None, -40)
QUICK_CLIPS = 200


def option_sets() -> dict[str, dict[str, Any]]:
    """The front ends that are measured, by their names: the shipped ones, and others."""
    sets = {}
    for path in sorted((ROOT / "Models").glob("*.int8.affect")):
        manifest = validate_file(path).manifest
        sets[manifest["name"]] = manifest["frontEnd"]
    emotion = sets["emotion-open"]
    log_mel = {
        **emotion,
        "kind": "logMel",
        "channelWeights": 48 * [1],
        "outputFractionBits": 10,
        "normalization": "mean",
    }
    del log_mel["cepstralCount"], log_mel["lifter"]
    # Powers of two that leave every coefficient of the corpora inside -128 ... 128.
    filling = [1, 2, *4 * [4], *20 * [8], *14 * [16]]
    return {
        **sets,
        "Q8 filled": {**emotion, "channelWeights": filling, "outputFractionBits": 8},
        "13 of 23": {
            **emotion, "frameLength": 400, "hopLength": 160, "fftLength": 512, "window": "povey",
            "lowFrequency": 20, "melBinCount": 23, "cepstralCount": 13, "lifter": 22,
            "channelWeights": 13 * [1], "outputFractionBits": 8, "normalization": "mean",
        },
        "20 of 40, Slaney": {
            **emotion, "frameLength": 512, "hopLength": 160, "fftLength": 512, "window": "hamming",
            "melScale": "slaney", "melNormalization": "slaney", "melBinCount": 40,
            "logFloor": -30, "cepstralCount": 20, "channelWeights": [0.5, 2, *18 * [4]],
            "outputFractionBits": 8, "normalization": "none",
        },
        "log-mel 48": log_mel,
    }  # fmt: skip


class Pool:
    """Sums over clips of one set of options at one level."""

    def __init__(self, channels: int) -> None:
        self.signal = np.zeros(channels)
        self.noise = np.zeros(channels)
        self.rounding = np.zeros(channels)
        self.frames = self.judged = self.values = self.equal = self.saturated = 0
        self.greatest = 0.0

    def add(
        self,
        fixed: npt.NDArray[np.int16],
        exact: npt.NDArray[np.float64],
        rounded: npt.NDArray[np.float64],
        judged: npt.NDArray[np.bool_],
    ) -> None:
        """Adds the frames of a clip, all in units of the output."""
        self.frames += len(fixed)
        self.judged += int(judged.sum())
        self.values += fixed.size
        self.equal += int((fixed == rounded).sum())
        self.greatest = max(self.greatest, float(np.abs(fixed - exact).max(initial=0)))
        self.saturated += int(((fixed == 32767) | (fixed == -32768)).sum())
        if not judged.any():
            return
        self.signal += power(exact[judged])
        self.noise += power(fixed[judged] - exact[judged])
        self.rounding += power(rounded[judged] - exact[judged])

    def decibels(self) -> npt.NDArray[np.float64]:
        """The ratio of every coefficient."""
        return 10 * np.log10(self.signal / self.noise)

    def limit(self) -> npt.NDArray[np.float64]:
        """The ratio that the format of the features alone allows every coefficient."""
        return 10 * np.log10(self.signal / self.rounding)

    def holds(self) -> bool:
        """Whether the worst coefficient reaches the threshold."""
        return bool(self.decibels().min() >= THRESHOLD)


def power(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The sum of squares of every column without its mean."""
    return ((values - values.mean(axis=0)) ** 2).sum(axis=0)


def measure(
    recordings: list[Recording],
    sets: dict[str, dict[str, Any]],
    levels: tuple[float | None, ...],
) -> dict[str, list[Pool]]:
    """The pools of every set of options, one a level."""
    engines = {name: front_end.FrontEnd(options) for name, options in sets.items()}
    twins = {name: Twin(options) for name, options in sets.items()}
    pools = {name: [Pool(engine.channel_count) for _ in levels] for name, engine in engines.items()}
    for index, recording in enumerate(recordings):
        recorded = recording.samples()
        if not recorded.any():
            raise SystemExit(f"{recording.path} is digital silence: leave it out of the corpus")
        for place, level in enumerate(levels):
            samples = at_level(recorded, level)
            for name, engine in engines.items():
                if index == 0 and place == 0:
                    twins[name].check(samples)
                exact, judged = twins[name].process(samples)
                exact *= 2.0 ** sets[name]["outputFractionBits"]
                rounded = np.round(exact * twins[name].weight_rounding)
                pools[name][place].add(engine.process(samples), exact, rounded, judged)
        if sys.stderr.isatty():
            print(f"\r{index + 1} of {len(recordings)}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return pools


def extremes(
    speech: npt.NDArray[np.int16], sets: dict[str, dict[str, Any]]
) -> dict[str, list[float]]:
    """Greatest difference from the twin, in units of the Int16 output, for signals at the edge."""
    count = 8000
    n = np.arange(count)
    signals = {
        "silence": np.zeros(count),
        "square wave of 320 Hz, full scale": np.where(n // 25 % 2 == 0, 32767, -32768),
        "square wave of 8 kHz, full scale": np.where(n % 2 == 0, 32767, -32768),
        "direct current, full scale": np.full(count, -32768),
        "direct current, one unit": np.ones(count),
        "single impulse, full scale": np.where(n == count // 3, -32768, 0),
        "single impulse, one unit": np.where(n == count // 3, 1, 0),
        "speech, clipped by 30 dB": np.clip(
            speech * (32767 * 10**1.5 / np.abs(speech.astype(float)).max()), -32768, 32767
        ).round(),
    }
    engines = {name: front_end.FrontEnd(options) for name, options in sets.items()}
    result: dict[str, list[float]] = {}
    for title, signal in signals.items():
        samples = signal.astype(np.int16)
        result[title] = []
        for name, options in sets.items():
            exact = Twin(options).process(samples)[0] * 2 ** options["outputFractionBits"]
            difference = engines[name].process(samples) - np.clip(exact, -32768, 32767)
            result[title].append(float(np.abs(difference).max()))
    return result


def main() -> int:
    """Measures, prints the table, and fails below the threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_CLIPS} clips, as recorded and at -40 dBFS"
    )
    parser.add_argument("--write", action="store_true", help="write Documentation/Fidelity.*")
    arguments = parser.parse_args()
    levels = QUICK_LEVELS if arguments.quick else LEVELS
    folder = Path(os.environ.get("AFFECT_CORPORA", ROOT.parent / "shared/corpora"))
    recordings, absent = sample(folder, QUICK_CLIPS if arguments.quick else None)
    for line in absent:
        print(line)
    if not recordings:
        return 0
    sets = option_sets()
    pools = measure(recordings, sets, levels)
    if arguments.write:
        edges = extremes(recordings[0].samples(), sets)
        page = report.page(recordings, levels, sets, pools, edges)
        (ROOT / "Documentation/Fidelity.md").write_text(page, encoding="utf-8")
        drawing = report.plot(levels, pools, THRESHOLD)
        (ROOT / "Documentation/Fidelity.svg").write_text(drawing, encoding="utf-8")
    passed = True
    for name, row in pools.items():
        judged = [pool for level, pool in zip(levels, row, strict=True) if level in JUDGED]
        worst = min(judged, key=lambda pool: pool.decibels().min())
        passed &= all(pool.holds() for pool in judged)
        print(
            f"figure: front end, {name}: worst coefficient {worst.decibels().min():.1f} dB against "
            f"double precision, its format alone {worst.limit().min():.1f} dB, "
            f"{len(recordings)} clips"
        )
    if not passed:
        print(f"below {THRESHOLD} dB")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
