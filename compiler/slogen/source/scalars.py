"""What the text of a plain scalar means: null, a boolean, a number, or text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

Scalar = str | int | Decimal | bool | None

_CONSTANTS: Mapping[str, bool | None] = {
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NUMBER = re.compile(
    r"(?P<decimal>[-+]?(?:0|[1-9][0-9]*))"
    r"|(?P<radix>0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<fraction>[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?0*[0-9]{1,3})?)"
)
_MAX_EXPONENT = 308  # of a 64 bit float; what is beyond would stall arithmetic on exact numbers


def resolve(text: str) -> Scalar:
    """The value of a plain scalar. The first character settles it for nearly all text."""
    resolver = _RESOLVERS.get(text[:1])
    return text if resolver is None else resolver(text)


def _empty(_text: str) -> None:
    return None


def _constant(text: str) -> Scalar:
    return _CONSTANTS.get(text, text)


def _number(text: str) -> Scalar:
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > _MAX_EXPONENT:
        return text
    if match.lastgroup == "fraction":
        number = Decimal(text)
        return number if abs(number.adjusted()) <= _MAX_EXPONENT else text
    return int(text, 0) if match.lastgroup == "radix" else int(text)


_RESOLVERS: Mapping[str, Callable[[str], Scalar]] = {
    "": _empty,
    **dict.fromkeys("~nNtTfF", _constant),
    **dict.fromkeys("0123456789+-.", _number),
}
