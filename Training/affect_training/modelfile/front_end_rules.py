"""Section 3: the members of `frontEnd` and the tables that go with them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .container import Tensor
from .errors import ModelFileError
from .members import Members

EXTRA_CHANNELS = ("zeroCrossingRate", "rms")


@dataclass(frozen=True)
class FrontEndShape:
    """What the other sections need to know of a front end."""

    channel_count: int
    frame_length: int
    hop_length: int
    fft_length: int
    mel_bin_count: int
    cepstral_count: int | None


def check_front_end(value: Any) -> FrontEndShape:
    """Holds the members of `frontEnd` against section 3."""
    options = Members(value, "frontEnd")
    kind = options.choice("kind", ("mfcc", "logMel"))
    options.integer("sampleRate", 16000, 16000)
    fft_length = options.integer("fftLength", 256, 2048)
    if fft_length not in (256, 512, 1024, 2048):
        raise options.fail(f"`fftLength` is {fft_length}, expected 256, 512, 1024 or 2048")
    frame_length = options.integer("frameLength", 64, fft_length)
    hop_length = options.integer("hopLength", 32, frame_length)
    options.number("preEmphasis", 0, 0.999)
    options.choice("window", ("hann", "hamming", "povey", "rectangular"))
    options.choice("melScale", ("htk", "slaney"))
    options.choice("melNormalization", ("none", "slaney"))
    mel_bin_count = options.integer("melBinCount", 8, 128)
    low = options.number("lowFrequency", 0, 8000)
    high = options.number("highFrequency", 0, 8000)
    if not low < high:
        raise options.fail(f"`lowFrequency` {low:g} is not below `highFrequency` {high:g}")
    options.number("logFloor", -40, 20)
    cepstral_count = None
    if kind == "mfcc":
        cepstral_count = options.integer("cepstralCount", 1, mel_bin_count)
        options.number("lifter", 0, 1000)
    extra = options.array("extraChannels")
    if extra not in ([], ["zeroCrossingRate"], ["rms"], ["zeroCrossingRate", "rms"]):
        raise options.fail(f"`extraChannels` is {extra!r}, expected any of {EXTRA_CHANNELS}")
    channel_count = (cepstral_count or mel_bin_count) + len(extra)
    weights = options.numbers("channelWeights", 2.0**-14, 16)
    if len(weights) != channel_count:
        raise options.fail(f"{len(weights)} `channelWeights` for {channel_count} channels")
    options.choice("normalization", ("none", "mean", "meanVariance"))
    options.integer("outputFractionBits", 4, 14)
    options.finish()
    return FrontEndShape(
        channel_count, frame_length, hop_length, fft_length, mel_bin_count, cepstral_count
    )


def expected_tables(
    shape: FrontEndShape, tensors: dict[str, Tensor]
) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Type and shape of each table; the length of `melWeights` follows from `melBinCounts`."""
    mel = shape.mel_bin_count
    tables: dict[str, tuple[str, tuple[int, ...]]] = {
        "frontEnd.window": ("I32", (shape.frame_length,)),
        "frontEnd.melFirstBin": ("I32", (mel,)),
        "frontEnd.melBinCounts": ("I32", (mel,)),
        "frontEnd.melLogOffset": ("I32", (mel,)),
        "frontEnd.channelWeights": ("I32", (shape.channel_count,)),
    }
    if shape.cepstral_count is not None:
        tables["frontEnd.dct"] = ("I32", (shape.cepstral_count, mel))
    counts = tensors.get("frontEnd.melBinCounts")
    if counts is not None and counts.dtype == "I32" and counts.shape == (mel,):
        limit = shape.fft_length // 2 + 1
        _within("frontEnd.melBinCounts", counts.values, 1, limit)
        tables["frontEnd.melWeights"] = ("U16", (int(counts.values.sum(dtype=np.int64)),))
    return tables


def check_tables(shape: FrontEndShape, tensors: dict[str, Tensor]) -> None:
    """Ranges of the tables, once their types and shapes are known to be right."""
    table = {name: tensor.values for name, tensor in tensors.items()}
    _within("frontEnd.window", table["frontEnd.window"], 0, 2**30)
    first = table["frontEnd.melFirstBin"].astype(np.int64)
    counts = table["frontEnd.melBinCounts"].astype(np.int64)
    limit = shape.fft_length // 2 + 1
    _within("frontEnd.melFirstBin", first, 0, limit)
    if bool((first + counts > limit).any()):
        raise ModelFileError("frontEnd", f"a mel filter reaches beyond the {limit} spectral bins")
    _within("frontEnd.melWeights", table["frontEnd.melWeights"], 0, 32768)
    _within("frontEnd.melLogOffset", table["frontEnd.melLogOffset"], -(2**24), 2**24)
    _within("frontEnd.channelWeights", table["frontEnd.channelWeights"], -(2**24), 2**24)
    if shape.cepstral_count is not None:
        _within("frontEnd.dct", table["frontEnd.dct"], -(2**30), 2**30)


def _within(name: str, values: npt.NDArray[Any], low: int, high: int) -> None:
    if int(values.min()) < low or int(values.max()) > high:
        raise ModelFileError(
            "frontEnd", f"{name} is {values.min()} … {values.max()}, expected {low} … {high}"
        )
