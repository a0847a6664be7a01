"""Values of Go as they are printed, compared and taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from slogen.gotemplates.tree import Value

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
    return "a text" if isinstance(value, str) else "the data"


def is_true(value: Value) -> bool:
    """The truth of a value: whether it is not the zero of its type."""
    return bool(value)


def printed(value: Value) -> str:
    """A value as an action shows it."""
    return "<no value>" if value is None else plain(value)


def plain(value: Value) -> str:
    """A value as `%v` prints it."""
    if isinstance(value, str):
        return value
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, dict):
        return f"map[{' '.join(f'{name}:{text}' for name, text in value.items())}]"
    return str(value)


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
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    power = exponent + len(digits) - 1
    mark = "-" if sign else ""
    if -4 <= power < _GREATEST_EXPONENT:
        return mark + format(Decimal((0, digits, exponent)), "f")
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{mark}{first}{'.' if rest else ''}{rest}e{'-' if power < 0 else '+'}{abs(power):02}"


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
    if isinstance(left, dict) or _sort(left) != _sort(right):
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
    return type(value)


def _other(left: Value, right: Value) -> str:
    if kind(left) != kind(right):
        return kind(right)
    is_number = isinstance(left, (int, float)) and not isinstance(left, bool)
    return "a number of another type" if is_number and _sort(left) != _sort(right) else "another"
