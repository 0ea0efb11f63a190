"""Scalar arithmetic of Documentation/ModelFormat.md, section 5, in Python's unbounded integers."""

from __future__ import annotations

import math


def quantized_multiplier(factor: float) -> tuple[int, int]:
    """`multiplier, shift` of a real factor, as LiteRT `QuantizeMultiplier` chooses them."""
    if factor == 0:
        return 0, 0
    mantissa, shift = math.frexp(factor)
    # Half away from zero, like std::round; the mantissa is positive.
    multiplier = math.floor(mantissa * 2**31 + 0.5)
    if multiplier == 2**31:
        multiplier //= 2
        shift += 1
    if shift < -31:
        return 0, 0
    assert shift <= 30
    return multiplier, shift


def mean_multiplier(multiplier: int, shift: int, count: int) -> tuple[int, int]:
    """Folds `1 / count` into a multiplier as LiteRT MEAN does."""
    extra = min(count.bit_length() - 1, 32, 31 + shift)
    return (multiplier << extra) // count, shift - extra


def deviation_q16(values: list[int]) -> int:
    """Population standard deviation in Q16 of integers without zero point."""
    count = len(values)
    variance = count * sum(v * v for v in values) - sum(values) ** 2
    assert 0 <= variance <= 2**52
    exponent = max(e for e in range(0, 25, 2) if variance * 2**e < 2**62)
    root = math.isqrt(variance << exponent)
    divisor = count << (exponent // 2)
    return ((root << 16) + divisor // 2) // divisor
