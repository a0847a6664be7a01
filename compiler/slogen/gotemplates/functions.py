"""The functions of Go's text/template, except `and` and `or`, which do not look at all their arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from slogen.gotemplates.printf import formatted
from slogen.gotemplates.tree import Anything, Record, Samples, Value
from slogen.gotemplates.values import (
    Unfit,
    equal,
    in_bytes,
    in_characters,
    is_true,
    joined,
    kind,
    less,
    plain,
    pointed_at,
)

_HTML = str.maketrans({"\0": "\ufffd", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_JS = str.maketrans(
    {"\\": r"\\", "'": r"\'", '"': r"\"", "<": r"\u003C", ">": r"\u003E", "&": r"\u0026", "=": r"\u003D"}
)
_ESCAPED_BYTE = range(0xDC80, 0xDD00)
NO_ORDER: Final = "the series of this query are in no order that can be foretold"


class Signature(NamedTuple):
    """A function and how many arguments it takes; `most` is None without limit."""

    call: Callable[..., Value]
    fewest: int
    most: int | None


def _eq(first: Value, *others: Value) -> bool:
    return any(equal(first, other) for other in others)


def _ne(left: Value, right: Value) -> bool:
    return not equal(left, right)


def _le(left: Value, right: Value) -> bool:
    return less(left, right) or equal(left, right)


def _gt(left: Value, right: Value) -> bool:
    return not _le(left, right)


def _ge(left: Value, right: Value) -> bool:
    return not less(left, right)


def _not(value: Value) -> bool:
    return not is_true(value)


def _len(value: Value) -> int:
    if isinstance(value, str):
        return len(in_bytes(value))
    if isinstance(value, dict):
        return len(value)
    if isinstance(value, Samples):
        return len(value.items)
    raise Unfit(f"{kind(value)} has no length", "give `len` a text")


def _index(value: Value, *indexes: Value) -> Value:
    if value is None:
        raise Unfit("`index` looks into nothing", "give it the data or a text")
    for index in indexes:
        if isinstance(value, dict):
            if not isinstance(index, str):
                raise Unfit(f"{kind(index)} is no key of the data", 'write `"window"`')
            value = value.get(index, None if isinstance(value, Anything) else "")
        elif isinstance(value, Samples):
            value = sample(value, _offset(index, len(value.items) - 1))
        elif isinstance(value, str):
            value = in_bytes(value)[_offset(index, len(in_bytes(value)) - 1)]
        else:
            raise Unfit(f"`index` looks into {kind(value)}", "give it the data or a text")
    return value


def sample(samples: Samples, place: int) -> Record:
    """The sample at a place that exists. Raises Unfit where nobody knows which one that is."""
    found = samples.items[place]
    if not samples.is_ordered and any(other != found for other in samples.items):
        raise Unfit(NO_ORDER, "sort them: `sortByLabel` does it")
    return found


def _slice(value: Value, *bounds: Value) -> Value:
    if isinstance(value, Samples) and value.is_ordered:
        start, end = _bounds(bounds, len(value.items))
        return Samples(value.items[start:end], is_ordered=True)
    if not isinstance(value, str):
        raise Unfit(f"`slice` cuts {kind(value)}", "give it a text")
    text = in_bytes(value)
    start, end = _bounds(bounds, len(text))
    return in_characters(text[start:end])


def _bounds(bounds: tuple[Value, ...], length: int) -> tuple[int, int]:
    offsets = [_offset(bound, length) for bound in bounds]
    start, end = (*offsets, *(0, length)[len(offsets) :])
    if start > end:
        raise Unfit(f"`slice` cuts from {start} to {end}", "give the lower number first")
    return start, end


def _offset(index: Value, highest: int) -> int:
    if not isinstance(index, int) or isinstance(index, bool):
        raise Unfit(f"{kind(index)} is no place in a text", "write a whole number")
    if not 0 <= index <= highest:
        raise Unfit(f"the text has no place {index}", "the places of a text count from 0")
    return index


def _call(value: Value, *_: Value) -> Value:
    raise Unfit(f"`call` runs {kind(value)}, which is no function", "delete `call`")


def _printf(form: Value, *values: Value) -> str:
    if not isinstance(form, str):
        raise Unfit(f"`printf` begins with {kind(form)}", 'begin with a text such as `"%s"`')
    return formatted(form, values)


def _print(*values: Value) -> str:
    return joined(values)


def _println(*values: Value) -> str:
    return " ".join(map(plain, values)) + "\n"


def _html(*values: Value) -> str:
    return _text_of(values).translate(_HTML)


def _js(*values: Value) -> str:
    return "".join(map(_js_character, _text_of(values).translate(_JS)))


def _js_character(char: str) -> str:
    point = ord(char)
    if 0x20 <= point < 0x80 or point in _ESCAPED_BYTE or (point >= 0x80 and char.isprintable()):
        return char
    return f"\\u{point:04X}"


def _urlquery(*values: Value) -> str:
    from urllib.parse import quote_plus  # noqa: PLC0415 - it takes time to load, and is hardly ever needed

    return quote_plus(in_bytes(_text_of(values)))


def _text_of(values: tuple[Value, ...]) -> str:
    return joined(map(pointed_at, values))


FUNCTIONS: Final = {
    "call": Signature(_call, 1, None),
    "eq": Signature(_eq, 2, None),
    "ge": Signature(_ge, 2, 2),
    "gt": Signature(_gt, 2, 2),
    "html": Signature(_html, 0, None),
    "index": Signature(_index, 1, None),
    "js": Signature(_js, 0, None),
    "le": Signature(_le, 2, 2),
    "len": Signature(_len, 1, 1),
    "lt": Signature(less, 2, 2),
    "ne": Signature(_ne, 2, 2),
    "not": Signature(_not, 1, 1),
    "print": Signature(_print, 0, None),
    "printf": Signature(_printf, 1, None),
    "println": Signature(_println, 0, None),
    "slice": Signature(_slice, 1, 3),
    "urlquery": Signature(_urlquery, 0, None),
}
