"""How the upper bounds of histogram buckets are spelled in the label `le`."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from slogen.promql.strings import quote

_FIRST_PLAIN_EXPONENT = -4
_FIRST_LARGE_EXPONENT = 6


def bucket_bounds(value: Decimal) -> tuple[str, ...]:
    """The spellings of `le` for one bound.

    First Go's shortest form (`0.5`, `1`, `1e+06`), as most clients write it and Prometheus 2 keeps it. For
    whole numbers also the form of OpenMetrics, to which Prometheus 3 normalises: `1.0`.
    """
    shortest = _as_go_prints(float(value))
    if shortest.lstrip("-").isdigit():
        return (shortest, f"{shortest}.0")
    return (shortest,)


def le_matcher(value: Decimal) -> str:
    """The matcher that selects the bucket with this bound in any spelling, such as `le="0.5"`."""
    bounds = bucket_bounds(value)
    if len(bounds) == 1:
        return f"le={quote(bounds[0])}"
    return f"le=~{quote('|'.join(map(re.escape, bounds)))}"


def _as_go_prints(number: float) -> str:
    """The shortest digits that read back as `number`, spelled as Go's `strconv` does for the format `g`."""
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    sign, digits, exponent = _shortest(number)
    if _FIRST_PLAIN_EXPONENT <= exponent < _FIRST_LARGE_EXPONENT:
        return sign + _plain(digits, exponent)
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _shortest(number: float) -> tuple[str, str, int]:
    """Sign, significant digits without trailing zeros, and the power of ten of the first digit."""
    parts = Decimal(repr(number)).as_tuple()
    assert isinstance(parts.exponent, int), "a finite number has an exponent"
    written = "".join(map(str, parts.digits))
    digits = written.rstrip("0") or "0"
    exponent = parts.exponent + len(written) - 1 if digits != "0" else 0
    return ("-" if parts.sign else "", digits, exponent)


def _plain(digits: str, exponent: int) -> str:
    if exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{digits}"
    whole = exponent + 1
    if len(digits) <= whole:
        return digits.ljust(whole, "0")
    return f"{digits[:whole]}.{digits[whole:]}"
