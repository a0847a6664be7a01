"""Plain scalars as Sloth reads them: by the rules of YAML 1.1 as Go's yaml.v2 has them.

Slogen's own reader follows YAML 1.2, where `yes`, `0755` and `1_000` are texts. Sloth takes them for a
boolean, 493 and 1000; where it needs a text it then writes that value down, as `true`, `493` and `1000`.
"""

from __future__ import annotations

import math
import re
import struct
from decimal import Decimal
from functools import lru_cache

from slogen.source import Node, Span

Value = str | bool | int | float | None

_TRUE = ("y", "yes", "true", "on")
_FALSE = ("n", "no", "false", "off")
_NULL = ("", "~", "null")
_INFINITE = {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf, ".nan": math.nan}


def _spellings(words: tuple[str, ...]) -> frozenset[str]:
    """The words in small letters, with a capital, and in capitals: no other mixture counts."""
    return frozenset(form for word in words for form in (word, word.capitalize(), word.upper()))


_CONSTANTS: dict[str, bool | float | None] = {
    **dict.fromkeys(_spellings(_TRUE), True),
    **dict.fromkeys(_spellings(_FALSE), False),
    **dict.fromkeys(_spellings(_NULL), None),
    **{
        form: value
        for word, value in _INFINITE.items()
        for form in (word, word.replace("inf", "Inf").replace("nan", "NaN"), word.upper())
    },
}
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)"
    r"|0[oO]?(?P<oct>[0-7]+)|(?P<dec>0|[1-9][0-9]*))"
)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])_(?=[0-9])")
_BASES = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}
# A tag in front of a scalar, perhaps with an anchor between them: then the text is meant as it stands.
_TAGGED = re.compile(r"(?<![^\s\[{,])!\S*(?:\s+&\S+)?\s+\Z")


@lru_cache(maxsize=4096)
def value_of(text: str) -> Value:
    """What a plain scalar is in YAML 1.1; a text where it is nothing else."""
    first = text[:1]
    if not first or first in "yYnNtTfFoO~.+-":
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if first not in ".+-":
            return text
    elif not ("0" <= first <= "9"):
        return text
    # Underscores may stand anywhere, but only between digits where the number starts with its point.
    digits = _BETWEEN_DIGITS.sub("", text) if first == "." else text.replace("_", "")
    if len(digits) > 1000:
        return text
    integer = _INTEGER.fullmatch(digits)
    if integer is not None:
        base = next(base for base in _BASES if integer[base] is not None)
        number = int(integer["sign"] + integer[base], _BASES[base])
        if -(2**63) <= number < 2**64:
            return number
    if not _FLOAT.fullmatch(digits):
        return text
    float_ = float(digits)
    return text if math.isinf(float_) else float_


def text_of(value: Value) -> str:
    """A value that lands where a text is needed, as Sloth writes it down: `true`, `493`, `1.5`, `1e+06`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float_text(value)
    return ""


def _float_text(value: float) -> str:
    """The shortest digits that give the number again, in the 32 bits that Sloth's YAML library prints.

    With an exponent below 1e-4 and from 1e6 on.
    """
    if math.isnan(value):
        return "NaN"
    single = _single(value)
    if math.isinf(single):
        return "+Inf" if value > 0 else "-Inf"
    written, exponent = _shortest(single)
    magnitude = int(exponent)
    lead = "-" if math.copysign(1, value) < 0 else ""
    if -4 <= magnitude < 6:
        return lead + _positional(written, magnitude)
    fraction = f".{written[1:]}" if len(written) > 1 else ""
    return f"{lead}{written[0]}{fraction}e{'-' if magnitude < 0 else '+'}{abs(magnitude):02d}"


def _single(value: float) -> float:
    """The nearest number of 32 bits."""
    try:
        found: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return found


def _shortest(single: float) -> tuple[str, str]:
    """The fewest digits that tell a number of 32 bits from all others (nine always do), and the exponent."""
    for places in range(9):
        written = f"{abs(single):.{places}e}"
        if _single(float(written)) == abs(single):
            break
    digits, _, exponent = written.partition("e")
    return digits.replace(".", ""), exponent


def _positional(digits: str, magnitude: int) -> str:
    if magnitude < 0:
        return f"0.{'0' * (-magnitude - 1)}{digits}"
    whole = digits[: magnitude + 1].ljust(magnitude + 1, "0")
    return f"{whole}.{digits[magnitude + 1 :]}" if len(digits) > magnitude + 1 else whole


def is_plain(span: Span) -> bool:
    """Whether a scalar was written without quotes and without a tag: only then it may be no text."""
    if span.style != "plain":
        return False
    source = span.source.text
    return _TAGGED.search(source, max(0, span.start - 200), span.start) is None


def read(node: Node) -> Value:
    """What a scalar is to Sloth. Raises TypeError for a mapping or a list."""
    value = node.value
    if isinstance(value, dict | list):
        raise TypeError("a mapping or a list is no scalar")
    span = node.span
    if span.style != "plain":
        return span.value if isinstance(value, str) else _own(value)
    found = value_of(span.value)
    if isinstance(found, str) or is_plain(span):
        return found
    return _own(value)


def _own(value: str | int | Decimal | bool | None) -> Value:
    return float(value) if isinstance(value, Decimal) else value


def number(node: Node) -> Decimal | None:
    """The number that a scalar is, with all its digits; None for anything else."""
    value = node.value
    if isinstance(value, Decimal):
        return value
    if isinstance(value, dict | list):
        return None
    found = read(node)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return Decimal(found) if isinstance(found, int) else _finite(found)


def _finite(value: float) -> Decimal | None:
    return Decimal(repr(value)) if math.isfinite(value) else None


def key_of(key: str, span: Span) -> str:
    """What a key of a mapping is to Sloth, such as `true` for `y`."""
    if span.style != "plain":
        return key
    found = value_of(key)
    if isinstance(found, str) or found is None or not is_plain(span):
        return key
    text = text_of(found)
    return _NOT_FINITE.get(text, text)


# A key that is no finite number keeps YAML's spelling.
_NOT_FINITE = {"+Inf": ".inf", "-Inf": "-.inf", "NaN": ".nan"}
