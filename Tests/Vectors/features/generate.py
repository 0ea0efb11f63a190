#!/usr/bin/env python3
"""Golden vectors of the front end, written from the equations of Documentation/ModelFormat.md.

Independent of the Swift code: NumPy float64, one line per equation. Writes signals.json (Int16
samples) and one case file per set of options. Reals have 12 significant digits; integers are exact,
and a value that lies near a rounding tie is refused. With --check, regenerates and compares:
integers exactly, reals to 1e-10, because NumPy's last bits differ between processors.
"""

import json
import pathlib
import platform
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
RATE = 16000


# -- signals -------------------------------------------------------------------------------------


def lcg(count: int, seed: int) -> np.ndarray:
    """Noise from a linear congruential generator (Numerical Recipes), its top 16 bits."""
    state, values = seed, []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values.append((state >> 16) - 32768)
    return np.array(values)


def chirp(count: int) -> np.ndarray:
    """A sine that rises from 100 to 7100 Hz."""
    t = np.arange(count) / RATE
    phase = 2 * np.pi * (100 * t + 7000 * RATE / count * t**2 / 2)
    scaled = 20000 * np.sin(phase)
    if np.any(np.abs(np.abs(scaled) % 1 - 0.5) < 1e-6):
        raise SystemExit("a sample of the chirp is too near to a rounding tie")
    return np.floor(scaled + 0.5).astype(int)


def impulses(count: int) -> np.ndarray:
    samples = np.zeros(count, int)
    samples[[700, 1801, 2902]] = [32767, -32768, 1]
    return samples


def quiet(count: int) -> np.ndarray:
    """Noise of three units: what a microphone gives in silence."""
    return lcg(count, 7) // 10923


def signals() -> dict[str, list[int]]:
    count = 4096
    square = np.where(np.arange(count) // 20 % 2 == 0, 32767, -32768)
    return {
        "chirp": chirp(count).tolist(),
        "noise": lcg(count, 1).tolist(),
        "quiet": quiet(count).tolist(),
        "silence": np.zeros(count, int).tolist(),
        "impulses": impulses(count).tolist(),
        "square": square.tolist(),
        "constant": np.full(count, 1000).tolist(),
    }


# -- equations of section 3 ----------------------------------------------------------------------


def mel(hertz: float, scale: str) -> float:
    if scale == "htk":
        return 2595 * np.log10(1 + hertz / 700)
    if hertz < 1000:
        return hertz * 3 / 200
    return 15 + 27 * np.log(hertz / 1000) / np.log(6.4)


def hertz(value: float, scale: str) -> float:
    if scale == "htk":
        return 700 * (10 ** (value / 2595) - 1)
    if value < 15:
        return value * 200 / 3
    return 1000 * 6.4 ** ((value - 15) / 27)


def window(o: dict) -> np.ndarray:
    n, length = np.arange(o["frameLength"]), o["frameLength"]
    if o["window"] == "hann":
        return 0.5 - 0.5 * np.cos(2 * np.pi * n / length)
    if o["window"] == "hamming":
        return 0.54 - 0.46 * np.cos(2 * np.pi * n / length)
    if o["window"] == "povey":
        return (0.5 - 0.5 * np.cos(2 * np.pi * n / (length - 1))) ** 0.85
    return np.ones(length)


def filters(o: dict) -> tuple[np.ndarray, np.ndarray]:
    """The dense filter bank with peak 1, [M, fftLength / 2 + 1], and ln of each normalisation."""
    scale, count = o["melScale"], o["melBinCount"]
    low, high = mel(o["lowFrequency"], scale), mel(o["highFrequency"], scale)
    edges = [hertz(low + (high - low) * i / (count + 1), scale) for i in range(count + 2)]
    frequency = np.arange(o["fftLength"] // 2 + 1) * RATE / o["fftLength"]
    bank = np.zeros((count, len(frequency)))
    for m in range(count):
        left, centre, right = edges[m : m + 3]
        rising = (frequency - left) / (centre - left)
        falling = (right - frequency) / (right - centre)
        row = np.minimum(rising, falling)
        if np.any(np.abs(row * 2**16 - 1) < 1e-6):
            raise SystemExit("a mel weight is too near to 2^-16 to tell whether it counts")
        row[row < 2**-16] = 0
        if not row.any():
            row[int(np.floor(centre * o["fftLength"] / RATE + 0.5))] = 1
        bank[m] = row
    if o["melNormalization"] == "none":
        return bank, np.zeros(count)
    return bank, np.log(2 / (np.array(edges[2:]) - np.array(edges[:-2])))


def dct(o: dict) -> np.ndarray:
    rows, count = np.arange(o["cepstralCount"])[:, None], o["melBinCount"]
    matrix = np.sqrt(2 / count) * np.cos(np.pi * rows * (np.arange(count) + 0.5) / count)
    matrix[0] /= np.sqrt(2)
    return matrix


def channel_weights(o: dict) -> np.ndarray:
    weights = np.array(o["channelWeights"], float)
    if o.get("lifter", 0) > 0:
        k = np.arange(o["cepstralCount"])
        weights[: len(k)] *= 1 + o["lifter"] / 2 * np.sin(np.pi * k / o["lifter"])
    return weights


def frames(o: dict, samples: list[int]) -> np.ndarray:
    """Frames before normalisation, [T, C]."""
    x = np.array(samples) / 32768
    y = x - o["preEmphasis"] * np.concatenate([[0], x[:-1]])
    length, hop = o["frameLength"], o["hopLength"]
    bank, offset = filters(o)
    rows = []
    for start in range(0, len(x) - length + 1, hop):
        power = np.abs(np.fft.rfft(y[start : start + length] * window(o), o["fftLength"])) ** 2
        energy = bank @ power
        with np.errstate(divide="ignore"):
            row = np.maximum(np.log(energy) + offset, o["logFloor"])
        if o["kind"] == "mfcc":
            row = dct(o) @ row
        frame = x[start : start + length]
        if "zeroCrossingRate" in o["extraChannels"]:
            negative = frame < 0
            row = np.append(row, np.sum(negative[1:] != negative[:-1]) / (length - 1))
        if "rms" in o["extraChannels"]:
            with np.errstate(divide="ignore"):
                rms = np.log(np.sqrt(np.mean(frame**2)))
            row = np.append(row, max(rms, o["logFloor"] / 2))
        rows.append(row * channel_weights(o))
    return np.array(rows)


def normalized(o: dict, values: np.ndarray) -> np.ndarray:
    if o["normalization"] == "none":
        return values
    values = values - values.mean(axis=0)
    if o["normalization"] == "mean":
        return values
    return values / np.maximum(np.sqrt((values**2).mean(axis=0)), 1 / 16)


# -- tables in their Q-formats -------------------------------------------------------------------


def fixed(values: np.ndarray, bits: int) -> list[int]:
    scaled = np.asarray(values, float) * 2.0**bits
    distance = np.abs(np.abs(scaled) % 1 - 0.5)
    if np.any(distance < 1e-5):
        raise SystemExit("a table value is too near to a rounding tie")
    return (np.sign(scaled) * np.floor(np.abs(scaled) + 0.5)).astype(np.int64).tolist()


def tables(o: dict) -> dict[str, list[int]]:
    bank, offset = filters(o)
    inside = [np.flatnonzero(row) for row in bank]
    return {
        "window": fixed(window(o), 30),
        "melFirstBin": [int(bins[0]) for bins in inside],
        "melBinCounts": [len(bins) for bins in inside],
        "melWeights": [w for row, bins in zip(bank, inside) for w in fixed(row[bins], 15)],
        "melLogOffset": fixed(offset, 20),
        "dct": fixed(dct(o).ravel(), 30) if o["kind"] == "mfcc" else [],
        "channelWeights": fixed(channel_weights(o), 16),
    }


# -- cases ---------------------------------------------------------------------------------------


def options(**changes: object) -> dict:
    o: dict = {
        "kind": "mfcc",
        "sampleRate": RATE,
        "frameLength": 1024,
        "hopLength": 256,
        "fftLength": 1024,
        "preEmphasis": 0.97,
        "window": "hann",
        "melScale": "slaney",
        "melNormalization": "none",
        "melBinCount": 48,
        "lowFrequency": 50,
        "highFrequency": 5200,
        "logFloor": -18,
        "cepstralCount": 40,
        "lifter": 0,
        "extraChannels": [],
        "normalization": "mean",
        "outputFractionBits": 8,
    }
    o.update(changes)
    count = o["cepstralCount"]
    if o["kind"] == "logMel":
        del o["cepstralCount"], o["lifter"]
        count = o["melBinCount"]
    extra = len(o["extraChannels"])
    o.setdefault("channelWeights", [1] * 8 + [4] * (count - 8) + [8] * extra)
    return o


CASES: dict[str, tuple[dict, list[str]]] = {
    "mfcc-1024": (options(), ["chirp", "quiet", "silence", "square"]),
    "mfcc-400-htk": (
        options(
            frameLength=400, hopLength=160, fftLength=512, window="povey", melScale="htk",
            melBinCount=23, cepstralCount=13, lifter=22, lowFrequency=20, highFrequency=7600,
            extraChannels=["zeroCrossingRate", "rms"], normalization="meanVariance",
            channelWeights=[1] * 13 + [16, 8],
        ),
        ["chirp", "noise", "impulses"],
    ),
    "mfcc-odd-2048": (
        options(
            frameLength=1999, hopLength=333, fftLength=2048, window="hamming", preEmphasis=0,
            melNormalization="slaney", melBinCount=64, cepstralCount=20, logFloor=-40,
            highFrequency=8000, lowFrequency=0, extraChannels=["rms"], normalization="none",
        ),
        ["noise", "constant", "square"],
    ),
    "log-mel-256": (
        options(
            kind="logMel", frameLength=255, hopLength=128, fftLength=256, melScale="htk",
            melBinCount=40, lowFrequency=125, highFrequency=7500, melNormalization="slaney",
            extraChannels=["zeroCrossingRate"], channelWeights=[4] * 40 + [16], logFloor=-30,
        ),
        ["chirp", "quiet"],
    ),
    "log-mel-512": (
        options(
            kind="logMel", frameLength=512, hopLength=512, fftLength=512, window="rectangular",
            preEmphasis=0.5, melBinCount=32, highFrequency=8000, channelWeights=[1.5] * 32,
            normalization="meanVariance", outputFractionBits=10,
        ),
        ["noise", "impulses", "silence"],
    ),
    "mfcc-narrow": (
        options(
            frameLength=256, hopLength=200, fftLength=256, melBinCount=128, cepstralCount=24,
            melScale="htk", lowFrequency=0, highFrequency=4000, channelWeights=[3] * 24,
        ),
        ["noise"],
    ),
}


def significant(values: np.ndarray) -> list:
    return [[float(f"{v:.12g}") + 0.0 for v in row] for row in values]


def documents() -> dict[str, dict]:
    sources = signals()
    result: dict[str, dict] = {"signals": sources}
    for name, (o, used) in CASES.items():
        outputs = []
        for signal in used:
            values = frames(o, sources[signal])
            outputs.append(
                {
                    "signal": signal,
                    "frames": significant(values),
                    "normalized": significant(normalized(o, values)),
                }
            )
        result[f"case-{name}"] = {
            "generator": "Tests/Vectors/features/generate.py",
            "versions": {"python": platform.python_version(), "numpy": np.__version__},
            "format": "tables in the Q-formats of ModelFormat.md; frames [T, C] in real units",
            "comparison": "tables exact; twin to 1e-9; fixed point by FrontEndTolerance and SNR",
            "options": o,
            "tables": tables(o),
            "outputs": outputs,
        }
    return result


def same(a: object, b: object, path: str) -> None:
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        for key in a.keys() - {"versions"}:
            same(a[key], b[key], f"{path}.{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (x, y) in enumerate(zip(a, b)):
            same(x, y, f"{path}[{index}]")
    elif isinstance(a, float) or isinstance(b, float):
        if abs(a - b) > 1e-10 * max(1, abs(a)):  # type: ignore[operator, arg-type]
            raise SystemExit(f"{path}: committed {a}, computed {b}")
    elif a != b:
        raise SystemExit(f"{path}: committed {a}, computed {b}")


def main() -> None:
    for name, document in documents().items():
        path = HERE / f"{name}.json"
        if "--check" in sys.argv[1:]:
            same(json.loads(path.read_text(encoding="utf-8")), document, name)
        else:
            text = json.dumps(document, separators=(",", ":"))
            path.write_text(text.replace("],[", "],\n[") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
