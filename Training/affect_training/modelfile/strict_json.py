"""JSON with the limits of the format: no duplicate keys, bounded depth, finite numbers."""

import json
import math
from typing import Any

from .errors import ModelFileError

MAXIMUM_DEPTH = 16


def parse(text: str, where: str) -> Any:
    """Parses one JSON document; an integer literal becomes `int`, any other number `float`."""
    _check_depth(text, where)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for key, value in pairs:
            if key in members:
                raise ModelFileError(where, f"the key {key!r} occurs twice")
            members[key] = value
        return members

    def finite(literal: str) -> float:
        value = float(literal)
        if not math.isfinite(value):
            raise ModelFileError(where, f"the number {literal} is not finite")
        return value

    def integer(literal: str) -> int:
        if len(literal) > 20:
            raise ModelFileError(where, f"the integer {literal[:24]} is out of range")
        return int(literal)

    def constant(literal: str) -> Any:
        raise ModelFileError(where, f"{literal} is not JSON")

    try:
        value = json.loads(
            text,
            object_pairs_hook=unique,
            parse_float=finite,
            parse_int=integer,
            parse_constant=constant,
        )
    except json.JSONDecodeError as error:
        raise ModelFileError(where, f"not JSON: {error}") from None
    _check_text(value, where)
    return value


def _check_depth(text: str, where: str) -> None:
    depth = 0
    inside = escaped = False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "{[":
            depth += 1
            if depth > MAXIMUM_DEPTH:
                raise ModelFileError(where, f"nested deeper than {MAXIMUM_DEPTH}")
        elif character in "}]":
            depth -= 1


def _check_text(value: Any, where: str) -> None:
    """Rejects lone surrogates, which JSON escapes can spell and UTF-8 cannot."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise ModelFileError(where, "a string is not Unicode text") from None
    elif isinstance(value, dict):
        for key, member in value.items():
            _check_text(key, where)
            _check_text(member, where)
    elif isinstance(value, list):
        for member in value:
            _check_text(member, where)
