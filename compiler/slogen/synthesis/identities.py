"""Values for the labels that tell budgets apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import count, product
from string import ascii_lowercase

from slogen.promql.patterns import read_pattern, samples
from slogen.promql.witnesses import Condition, candidates, meets

_MOST_TRIES = 2000


@lru_cache(maxsize=4096)
def identity(label: str, conditions: tuple[Condition, ...], number: int) -> str | None:
    """The value of a label for the budget of a number: all meet the conditions; None if there is none.

    Values of different numbers differ. Without conditions they are `a`, `b` and so on.
    """
    if not conditions:
        return _letters(number)
    found: list[str] = []
    for tried, value in enumerate(_values(label, conditions)):
        if tried > _MOST_TRIES:
            return None
        if value and value not in found and all(meets(condition, value) for condition in conditions):
            found.append(value)
            if len(found) > number:
                return value
    return None


def _letters(number: int) -> str:
    text = ascii_lowercase[number % 26]
    while number >= 26:
        number = number // 26 - 1
        text = ascii_lowercase[number % 26] + text
    return text


def _values(label: str, conditions: tuple[Condition, ...]) -> Iterator[str]:
    if all(operator in ("!=", "!~") for operator, _ in conditions):
        yield from (_letters(number) for number in range(100))
    yield from candidates(label, conditions)
    starts = [
        text
        for operator, value in conditions
        if operator == "=~" and (tree := read_pattern(value)) is not None
        for variant in range(4)
        for text in samples(tree, variant)[:4]
    ]
    for length in count(1):
        for tail in product(ascii_lowercase[:10] + "0123456789", repeat=length):
            if length > 3:
                return
            ending = "".join(tail)
            yield from (f"{start}{ending}" for start in starts)
            yield from (f"{start[:-length]}{ending}" for start in starts if len(start) >= length)
            yield ending
