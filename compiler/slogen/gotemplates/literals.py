"""The values of constants, as Go reads them."""

from __future__ import annotations

import re

from slogen.gotemplates.tree import Value

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_PLAIN = dict(zip("abfnrtv\\\"'", "\a\b\f\n\r\t\v\\\"'", strict=True))
_FRACTION_OR_EXPONENT = re.compile(r"[.eEpP]")
_UNSIGNED_HEXADECIMAL = re.compile(r"0[xX]")


def unquoted(literal: str) -> str | int:
    """The value of a text in double quotes or backticks, or the number of a character in single ones."""
    mark, body = literal[0], literal[1:-1]
    if mark == "`":
        return _decoded(_encoded(body.replace("\r", "")))
    if "\\" not in body and body.isascii():
        return ord(body) if mark == "'" else body
    pieces: list[bytes] = []
    at = 0
    for match in _ESCAPE.finditer(body):
        pieces += (_encoded(body[at : match.start()]), _escaped(match))
        at = match.end()
    value = b"".join((*pieces, _encoded(body[at:])))
    return _code_point(value) if mark == "'" else _decoded(value)


def number(written: str) -> Value:
    """The value of a number that fits: a float with a point or an exponent, else an integer."""
    digits = written.replace("_", "")
    if digits.endswith("i"):
        return complex(0, float(digits[:-1]))
    whole = _integer(digits)
    if whole is None or (_FRACTION_OR_EXPONENT.search(digits) and not _UNSIGNED_HEXADECIMAL.match(digits)):
        return float(digits if whole is None else whole)
    return whole


def _integer(digits: str) -> int | None:
    bare = digits.lstrip("+-")
    octal = bare.isdecimal() and bare[0] == "0"
    try:
        value = int(bare, 8 if octal else 0)
    except ValueError:
        return None
    return -value if digits[0] == "-" else value


def _escaped(match: re.Match[str]) -> bytes:
    byte, octal, short, long, plain = match.groups()
    if byte or octal:
        return bytes([int(byte, 16) if byte else int(octal, 8)])
    if short or long:
        return _encoded(chr(int(short or long, 16)))
    return _PLAIN[plain].encode()


def _code_point(value: bytes) -> int:
    text = value.decode("utf-8", "surrogateescape")
    # A single byte that is no UTF-8 is the character of that number.
    return value[0] if len(value) == 1 else ord(text[0])


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(value: bytes) -> str:
    return value.decode("utf-8", "surrogateescape")
