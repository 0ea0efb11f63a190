"""Typed access to the members of a JSON object; every member must be asked for."""

import re
from typing import Any

from .errors import ModelFileError


class Members:
    """The members of one object.

    Each accessor takes one member out; `finish` then rejects what is left, so an unknown member is
    always an error.
    """

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise ModelFileError(where, "expected an object")
        self.where = where
        self._left = dict(value)

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def fail(self, message: str) -> ModelFileError:
        return ModelFileError(self.where, message)

    def take(self, name: str) -> Any:
        if name not in self._left:
            raise self.fail(f"the member `{name}` is missing")
        return self._left.pop(name)

    def integer(self, name: str, low: int, high: int) -> int:
        value = self.take(name)
        if type(value) is not int or not low <= value <= high:
            raise self.fail(f"`{name}` is {value!r}, expected an integer {low} … {high}")
        return int(value)

    def number(self, name: str, low: float, high: float) -> float:
        return self._number(self.take(name), name, low, high)

    def _number(self, value: Any, name: str, low: float, high: float) -> float:
        if type(value) not in (int, float) or not low <= value <= high:
            raise self.fail(f"`{name}` is {value!r}, expected a number {low:g} … {high:g}")
        return float(value)

    def numbers(self, name: str, low: float, high: float) -> list[float]:
        return [self._number(value, name, low, high) for value in self.array(name)]

    def text(self, name: str, low: int, high: int) -> str:
        value = self.take(name)
        if not isinstance(value, str) or not low <= len(value.encode("utf-8")) <= high:
            raise self.fail(f"`{name}` is not a string of {low} … {high} bytes")
        return value

    def matching(self, name: str, pattern: str) -> str:
        value = self.take(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self.fail(f"`{name}` is {value!r}, expected {pattern}")
        return value

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        if default is not None and name not in self._left:
            return default
        value = self.take(name)
        if not isinstance(value, str) or value not in choices:
            raise self.fail(f"`{name}` is {value!r}, expected one of {' '.join(choices)}")
        return value

    def array(self, name: str) -> list[Any]:
        value = self.take(name)
        if not isinstance(value, list):
            raise self.fail(f"`{name}` is not an array")
        return value

    def integers(
        self, name: str, count: int, low: int, high: int, default: tuple[int, ...] | None = None
    ) -> tuple[int, ...]:
        if default is not None and name not in self._left:
            return default
        value = self.array(name)
        if len(value) != count or not all(type(v) is int and low <= v <= high for v in value):
            raise self.fail(f"`{name}` is {value!r}, expected {count} integers {low} … {high}")
        return tuple(value)

    def members(self, name: str) -> "Members":
        return Members(self.take(name), f"{self.where}.{name}")

    def finish(self) -> None:
        if self._left:
            raise self.fail(f"unknown members: {' '.join(sorted(self._left))}")
