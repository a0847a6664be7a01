"""Values of Go as they are printed, compared and taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import isfinite, isnan

from slogen.gotemplates.moments import shown
from slogen.gotemplates.tree import Moment, Record, Samples, Value

_GREATEST_EXPONENT = 6


class Unfit(Exception):  # noqa: N818 - the place is added where it is known
    """A function cannot do what it is asked to; `help` says what to write instead."""

    def __init__(self, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help_


def kind(value: Value) -> str:
    """The type of a value in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, Moment):
        return "a time"
    if isinstance(value, Samples):
        return "the result of a query"
    return "a text" if isinstance(value, str) else "the data"


def is_true(value: Value) -> bool:
    """The truth of a value: whether it is not the zero of its type."""
    return bool(value.items) if isinstance(value, Samples) else bool(value)


def printed(value: Value) -> str:
    """A value as an action shows it. Raises Unfit for one that is shown as an address."""
    return plain(pointed_at(value))


def pointed_at(value: Value) -> Value:
    """What is shown for a value: of a pointer what it leads to, of nothing that there is no value."""
    if isinstance(value, Record):
        return value._replace(is_pointer=False)
    return "<no value>" if value is None else value


def plain(value: Value) -> str:
    """A value as `%v` prints it. Raises Unfit for one that is printed as an address."""
    if isinstance(value, str):
        return value
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, dict):
        return f"map[{' '.join(f'{name}:{_within(value[name])}' for name in in_order(value))}]"
    if isinstance(value, Record):
        return f"{'&' * value.is_pointer}{{{' '.join(map(_within, value.fields.values()))}}}"
    if isinstance(value, Moment):
        return shown(value)
    if isinstance(value, Samples):
        return f"[{' '.join(map(_within, value.items))}]"
    return str(value)


def _within(value: Value) -> str:
    """A value that is a part of another: a pointer is an address there."""
    if isinstance(value, Record) and value.is_pointer:
        raise Unfit(f"{kind(value)} is printed as an address", "print what you need of it")
    return plain(value)


def in_order(mapping: dict[str, Value]) -> list[str]:
    """The keys of a mapping as Go sorts them."""
    return sorted(mapping, key=in_bytes)


def joined(values: Iterable[Value]) -> str:
    """Values behind one another, with blanks between those that are no texts."""
    pieces: list[str] = []
    after_text = True
    for value in values:
        is_text = isinstance(value, str)
        if not (after_text or is_text):
            pieces.append(" ")
        pieces.append(plain(value))
        after_text = is_text
    return "".join(pieces)


def shortest(value: float) -> str:
    """A float with as few digits as tell it from others."""
    if not isfinite(value):
        return not_finite(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    power = exponent + len(digits) - 1
    mark = "-" if sign else ""
    if -4 <= power < _GREATEST_EXPONENT:
        return mark + format(Decimal((0, digits, exponent)), "f")
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{mark}{first}{'.' if rest else ''}{rest}e{'-' if power < 0 else '+'}{abs(power):02}"


def not_finite(value: float) -> str:
    """Infinity and what is no number, as Go writes them."""
    return "NaN" if isnan(value) else "+Inf" if value > 0 else "-Inf"


def in_bytes(text: str) -> bytes:
    """The bytes of a text, by which it is measured, compared and cut."""
    return text.encode("utf-8", "surrogateescape")


def in_characters(text: bytes) -> str:
    """The text of some bytes."""
    return text.decode("utf-8", "surrogateescape")


def equal(left: Value, right: Value) -> bool:
    """Whether two values are equal. Raises Unfit for values that cannot be compared."""
    if left is None or right is None:
        return left is right
    if isinstance(left, (dict, tuple)) or _sort(left) != _sort(right):
        raise Unfit(f"{kind(left)} is compared with {_other(left, right)}", "compare values of one type")
    return left == right


def less(left: Value, right: Value) -> bool:
    """Whether the left value comes first. Raises Unfit for values that have no order."""
    if isinstance(left, str) and isinstance(right, str):
        return in_bytes(left) < in_bytes(right)
    if _sort(left) == _sort(right) and _sort(left) in {int, float}:
        assert isinstance(left, (int, float))
        assert isinstance(right, (int, float))
        return left < right
    message = f"{kind(left)} and {_other(left, right)} have no order"
    raise Unfit(message, "compare two texts, or two numbers")


def _sort(value: Value) -> type:
    return str if isinstance(value, str) else type(value)


def _other(left: Value, right: Value) -> str:
    if kind(left) != kind(right):
        return kind(right)
    is_number = isinstance(left, (int, float)) and not isinstance(left, bool)
    return "a number of another type" if is_number and _sort(left) != _sort(right) else "another"
