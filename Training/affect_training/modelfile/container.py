"""Section 1: the safetensors container, its header and the layout of its tensors."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import strict_json
from .errors import ModelFileError

MAXIMUM_FILE_SIZE = 8 * 1024 * 1024
MAXIMUM_HEADER_SIZE = 1_048_576
MAXIMUM_TENSORS = 1024
ALIGNMENT = 64

DTYPES: dict[str, str] = {
    "I8": "<i1",
    "U8": "<u1",
    "I16": "<i2",
    "U16": "<u2",
    "I32": "<i4",
    "F32": "<f4",
}

_PADDING = re.compile(r"padding\.(0|[1-9][0-9]*)")


@dataclass(frozen=True)
class Tensor:
    """A tensor as the header declares it, with its values."""

    dtype: str
    shape: tuple[int, ...]
    values: npt.NDArray[Any]


@dataclass(frozen=True)
class Container:
    """What a file holds before the manifest is understood; padding is checked and dropped."""

    manifest_text: str
    tensors: dict[str, Tensor]


def _natural(value: Any, what: str) -> int:
    if type(value) is not int or value < 0:
        raise ModelFileError("bytes", f"{what} is not a natural number: {value!r}")
    return int(value)


def read_container(data: bytes) -> Container:
    """Parses a whole file.

    Raises `ModelFileError` for every violation of section 1.
    """
    header, start = _read_header(data)
    metadata = header.pop("__metadata__", None)
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise ModelFileError("bytes", "`__metadata__` is not an object of strings")
    if "affect" not in metadata:
        raise ModelFileError("bytes", "`__metadata__` lacks the key `affect`")
    if len(header) > MAXIMUM_TENSORS:
        raise ModelFileError("bytes", f"{len(header)} tensors, at most {MAXIMUM_TENSORS}")
    body = data[start:]
    entries = [_read_entry(name, entry, len(body)) for name, entry in header.items()]
    entries.sort(key=lambda entry: entry[1])
    tensors: dict[str, Tensor] = {}
    end = 0
    padding_count = 0
    for name, begin, finish, dtype, shape in entries:
        if begin != end:
            raise ModelFileError("bytes", f"{name} begins at {begin}, expected {end}")
        end = finish
        raw = body[begin:finish]
        match = _PADDING.fullmatch(name)
        if match:
            _check_padding(name, int(match[1]), padding_count, dtype, shape, finish, raw)
            padding_count += 1
            continue
        if name.startswith("padding."):
            raise ModelFileError("bytes", f"{name} is no name of padding")
        if begin % ALIGNMENT != 0:
            raise ModelFileError("bytes", f"{name} begins at {begin}, no multiple of {ALIGNMENT}")
        values = np.frombuffer(raw, dtype=DTYPES[dtype]).reshape(shape)
        if dtype == "F32" and not bool(np.isfinite(values).all()):
            raise ModelFileError("bytes", f"{name} holds a value that is not finite")
        tensors[name] = Tensor(dtype, shape, values)
    if end != len(body):
        raise ModelFileError("bytes", f"{len(body) - end} bytes follow the last tensor")
    return Container(metadata["affect"], tensors)


def _read_header(data: bytes) -> tuple[dict[str, Any], int]:
    if len(data) > MAXIMUM_FILE_SIZE:
        raise ModelFileError("bytes", f"{len(data)} bytes, at most {MAXIMUM_FILE_SIZE}")
    if len(data) < 8:
        raise ModelFileError("bytes", f"{len(data)} bytes are too few for a header")
    size = int.from_bytes(data[:8], "little")
    if not 2 <= size <= MAXIMUM_HEADER_SIZE:
        raise ModelFileError("bytes", f"header of {size} bytes, expected 2 … {MAXIMUM_HEADER_SIZE}")
    if 8 + size > len(data):
        raise ModelFileError("bytes", f"header of {size} bytes ends behind the file")
    if (8 + size) % ALIGNMENT != 0:
        raise ModelFileError("bytes", f"data begin at {8 + size}, no multiple of {ALIGNMENT}")
    try:
        text = data[8 : 8 + size].decode("utf-8")
    except UnicodeDecodeError:
        raise ModelFileError("bytes", "the header is not UTF-8") from None
    if not text.startswith("{") or not text.rstrip(" ").endswith("}"):
        raise ModelFileError("bytes", "the header is not one JSON object padded with spaces")
    header = strict_json.parse(text, "bytes")
    if not isinstance(header, dict):
        raise ModelFileError("bytes", "the header is not a JSON object")
    return header, 8 + size


def _read_entry(name: str, entry: Any, size: int) -> tuple[str, int, int, str, tuple[int, ...]]:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise ModelFileError("bytes", f"{name} is not {{dtype, shape, data_offsets}}")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ModelFileError("bytes", f"{name} has the type {dtype!r}, none of {' '.join(DTYPES)}")
    if not isinstance(shape, list) or not 1 <= len(shape) <= 4:
        raise ModelFileError("bytes", f"{name} does not have 1 … 4 dimensions")
    extents = tuple(_natural(extent, f"an extent of {name}") for extent in shape)
    if min(extents) < 1:
        raise ModelFileError("bytes", f"{name} has an extent of 0")
    if not isinstance(offsets, list) or len(offsets) != 2:
        raise ModelFileError("bytes", f"{name} does not have two data offsets")
    begin, end = (_natural(offset, f"an offset of {name}") for offset in offsets)
    if not begin <= end <= size:
        raise ModelFileError("bytes", f"{name} covers {begin} … {end} of {size} bytes")
    count = 1
    for extent in extents:
        count *= extent
    if count * np.dtype(DTYPES[dtype]).itemsize != end - begin:
        raise ModelFileError("bytes", f"{name} has {end - begin} bytes for the shape {shape}")
    return name, begin, end, dtype, extents


def _check_padding(
    name: str,
    number: int,
    expected: int,
    dtype: str,
    shape: tuple[int, ...],
    end: int,
    raw: bytes,
) -> None:
    if number != expected:
        raise ModelFileError("bytes", f"{name} stands where padding.{expected} is expected")
    if dtype != "U8" or len(shape) != 1 or shape[0] > ALIGNMENT - 1:
        raise ModelFileError("bytes", f"{name} is not U8 [1 … {ALIGNMENT - 1}]")
    if end % ALIGNMENT != 0:
        raise ModelFileError("bytes", f"{name} ends at {end}, no multiple of {ALIGNMENT}")
    if any(raw):
        raise ModelFileError("bytes", f"{name} is not zero")
