"""Writes a container; what it writes is validated before it reaches the disk."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .container import ALIGNMENT, DTYPES
from .errors import ModelFileError
from .validation import Model, validate_bytes

_NAMES = {np.dtype(code): name for name, code in DTYPES.items()}


def encode_model(manifest: dict[str, Any], tensors: dict[str, npt.NDArray[Any]]) -> bytes:
    """The bytes of a model file; equal arguments give equal bytes.

    Tensors are laid out in the order of their names, so that the bytes do not depend on the
    order of insertion.
    """
    header: dict[str, Any] = {
        "__metadata__": {"affect": json.dumps(manifest, ensure_ascii=False, separators=(",", ":"))}
    }
    body = bytearray()
    padding_count = 0
    for name in sorted(tensors):
        values = np.ascontiguousarray(tensors[name])
        dtype = _NAMES.get(values.dtype.newbyteorder("<"))
        if dtype is None:
            raise ModelFileError("bytes", f"{name} has the type {values.dtype}")
        gap = -len(body) % ALIGNMENT
        if gap:
            header[f"padding.{padding_count}"] = _entry("U8", (gap,), len(body), gap)
            body += bytes(gap)
            padding_count += 1
        raw = values.astype(DTYPES[dtype]).tobytes()
        header[name] = _entry(dtype, values.shape, len(body), len(raw))
        body += raw
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    return len(text).to_bytes(8, "little") + text + bytes(body)


def _entry(dtype: str, shape: tuple[int, ...], begin: int, size: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, begin + size]}


def write_model(
    path: Path, manifest: dict[str, Any], tensors: dict[str, npt.NDArray[Any]]
) -> Model:
    """Validates and writes a model, replacing `path` in one step."""
    data = encode_model(manifest, tensors)
    model = validate_bytes(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".partial")
    temporary.write_bytes(data)
    temporary.replace(path)
    return model
