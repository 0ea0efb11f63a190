"""The device's own front end, `libAffectFeatures`, by ctypes.

Training hears exactly what the device hears: features, normalisation, tables, resampler and
energy gate all come from this library. `.ci/build-library` makes it.
"""

import ctypes
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .corpora.locations import REPOSITORY

SAMPLE_RATE = 16000
"""What the product works at."""

Int16s = npt.NDArray[np.int16]

TABLES: dict[str, str] = {
    "window": "<i4",
    "melFirstBin": "<i4",
    "melBinCounts": "<i4",
    "melWeights": "<u2",
    "melLogOffset": "<i4",
    "dct": "<i4",
    "channelWeights": "<i4",
}


class FrontEndError(RuntimeError):
    """The library is missing, or it refused what it was given."""


def library_path() -> Path:
    """`AFFECT_FEATURES_LIBRARY`, else what `.ci/build-library` or `swift build` made."""
    named = os.environ.get("AFFECT_FEATURES_LIBRARY")
    if named:
        return Path(named)
    folders = [
        REPOSITORY / ".build-features" / "release",
        REPOSITORY / ".build" / "release",
        REPOSITORY / ".build" / "debug",
    ]
    found = [path for folder in folders if (path := folder / "libAffectFeatures.so").exists()]
    if not found:
        raise FrontEndError(
            "libAffectFeatures.so is not built: run `.ci/build-library` in the "
            "repository, or set AFFECT_FEATURES_LIBRARY to the file"
        )
    return found[0]


def load_library(path: Path | None = None) -> ctypes.CDLL:
    """Loads the library and declares its functions."""
    file = path or library_path()
    try:
        library = ctypes.CDLL(str(file))
    except OSError as error:
        raise FrontEndError(f"{file}: {error}") from None
    handle = ctypes.c_void_p
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "affect_version": (ctypes.c_char_p, []),
        "affect_front_end_create": (
            ctypes.c_int32,
            [
                ctypes.c_char_p,
                ctypes.c_size_t,
                ctypes.POINTER(handle),
                ctypes.c_char_p,
                ctypes.c_size_t,
            ],
        ),
        "affect_front_end_destroy": (None, [handle]),
        "affect_front_end_channel_count": (ctypes.c_int32, [handle]),
        "affect_front_end_frame_count": (ctypes.c_size_t, [handle, ctypes.c_size_t]),
        "affect_front_end_process": (
            ctypes.c_ssize_t,
            [handle, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t],
        ),
        "affect_front_end_normalize": (
            ctypes.c_int32,
            [handle, ctypes.c_void_p, ctypes.c_size_t],
        ),
        "affect_front_end_table": (
            ctypes.c_ssize_t,
            [handle, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t],
        ),
        "affect_resample": (
            ctypes.c_ssize_t,
            [
                ctypes.c_void_p,
                ctypes.c_size_t,
                ctypes.c_int32,
                ctypes.c_int32,
                ctypes.c_void_p,
                ctypes.c_size_t,
            ],
        ),
        "affect_gate_segments": (
            ctypes.c_ssize_t,
            [
                ctypes.c_void_p,
                ctypes.c_size_t,
                ctypes.c_size_t,
                ctypes.c_void_p,
                ctypes.c_size_t,
            ],
        ),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library


class FrontEnd:
    """One front end with the options of a model; close it, or use `opened`."""

    def __init__(self, options: dict[str, Any], library: ctypes.CDLL | None = None) -> None:
        self.library = library or load_library()
        self._handle = ctypes.c_void_p()
        text = json.dumps(options).encode()
        message = ctypes.create_string_buffer(1024)
        code = self.library.affect_front_end_create(
            text, len(text), ctypes.byref(self._handle), message, len(message)
        )
        if code != 0:
            raise FrontEndError(f"front end refused ({code}): {message.value.decode()}")
        self.options = options
        self.channel_count = int(self.library.affect_front_end_channel_count(self._handle))

    def close(self) -> None:
        if self._handle:
            self.library.affect_front_end_destroy(self._handle)
            self._handle = ctypes.c_void_p()

    def process(self, samples: Int16s) -> Int16s:
        """Frames of a segment, Int16 [frames, channels], not normalised."""
        samples = np.ascontiguousarray(samples, dtype=np.int16)
        count = int(self.library.affect_front_end_frame_count(self._handle, len(samples)))
        frames = np.zeros((count, self.channel_count), dtype=np.int16)
        if count == 0:
            return frames
        written = self.library.affect_front_end_process(
            self._handle, samples.ctypes.data, len(samples), frames.ctypes.data, count
        )
        if written != count:
            raise FrontEndError(f"front end wrote {written} frames, expected {count}")
        return frames

    def normalize(self, frames: Int16s) -> Int16s:
        """The device's normalisation over exactly these frames; the argument stays as it is."""
        result = np.array(frames, dtype=np.int16, order="C")
        code = self.library.affect_front_end_normalize(
            self._handle, result.ctypes.data, len(result)
        )
        if code != 0:
            raise FrontEndError(f"normalisation refused ({code})")
        return result

    def table(self, name: str) -> npt.NDArray[Any]:
        """A table for the model file, one-dimensional."""
        key = name.encode()
        size = int(self.library.affect_front_end_table(self._handle, key, None, 0))
        if size < 0:
            raise FrontEndError(f"no table {name!r} ({size})")
        values = np.zeros(size, dtype=np.uint8)
        self.library.affect_front_end_table(self._handle, key, values.ctypes.data, size)
        return values.view(TABLES[name])

    def tables(self) -> dict[str, npt.NDArray[Any]]:
        """Every table of this front end, shaped and named as the model file wants them."""
        names = [name for name in TABLES if name != "dct" or self.options["kind"] == "mfcc"]
        tables = {f"frontEnd.{name}": self.table(name) for name in names}
        if "frontEnd.dct" in tables:
            shape = (self.options["cepstralCount"], self.options["melBinCount"])
            tables["frontEnd.dct"] = tables["frontEnd.dct"].reshape(shape)
        return tables


@contextmanager
def opened(options: dict[str, Any], library: ctypes.CDLL | None = None) -> Iterator[FrontEnd]:
    """A front end that is closed at the end of the block."""
    front_end = FrontEnd(options, library)
    try:
        yield front_end
    finally:
        front_end.close()


def resample(samples: Int16s, rate: int, library: ctypes.CDLL) -> Int16s:
    """A recording [frames, channels] as 16 kHz mono, by the product's resampler."""
    samples = np.ascontiguousarray(samples, dtype=np.int16)
    frames, channels = samples.shape
    result = np.zeros(-(-frames * SAMPLE_RATE // rate), dtype=np.int16)
    count = library.affect_resample(
        samples.ctypes.data, frames, rate, channels, result.ctypes.data, len(result)
    )
    if count != len(result):
        raise FrontEndError(
            f"the resampler refused {rate} Hz, {channels} channels ({count}): 8 to 192 kHz and "
            "at most 32 channels are possible"
        )
    return result


def gate_segments(samples: Int16s, pre_roll: int, library: ctypes.CDLL) -> list[tuple[int, int]]:
    """What the product's energy gate lets pass: [begin, end) in samples of each segment.

    `pre_roll` samples pass from before the sound that opened the gate.
    """
    samples = np.ascontiguousarray(samples, dtype=np.int16)
    capacity = 1 + len(samples) // 160
    pairs = np.zeros((capacity, 2), dtype=np.int32)
    count = library.affect_gate_segments(
        samples.ctypes.data, len(samples), pre_roll, pairs.ctypes.data, capacity
    )
    if not 0 <= count <= capacity:
        raise FrontEndError(f"the gate answered {count}")
    return [(int(begin), int(end)) for begin, end in pairs[:count]]
