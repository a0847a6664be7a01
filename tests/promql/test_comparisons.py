"""Comparisons with numbers, whichever side the number is on, and bounds in words."""

from __future__ import annotations

import math

import pytest

from slogen.promql.comparisons import with_number
from slogen.promql.meaning import Bounds, meaning_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 2", (">", 2.0, "2")),
        ("2 > a", ("<", 2.0, "2")),
        ("a >= bool 1", (">=", 1.0, "1")),
        ("0.5 <= sum(a)", (">=", 0.5, "0.5")),
        ("a == b", None),
        ("1 > bool 2", None),
        ("a + 2", None),
    ],
)
def test_a_comparison_is_read_from_the_side_that_is_no_number(
    text: str, expected: tuple[str, float, str] | None
) -> None:
    meaning = meaning_of(text)
    assert meaning is not None
    found = with_number(meaning)
    assert (found and (found.operator, found.number, text[slice(*found.at)])) == expected


@pytest.mark.parametrize(
    ("bounds", "shown", "always", "never"),
    [
        (Bounds(0), "0 or more", (">=", 0), ("<", 0)),
        (Bounds(0, lowest_open=True), "more than 0", (">", 0), ("<=", 0)),
        (Bounds(-math.inf, 1), "1 or less", ("<=", 1), (">", 1)),
        (Bounds(-math.inf, 1, highest_open=True), "less than 1", ("<", 1), (">=", 1)),
        (Bounds(0, 1), "0 to 1", ("!=", 2), ("==", 2)),
        (Bounds(1, 1), "1", ("==", 1), ("!=", 1)),
    ],
)
def test_bounds_say_what_is_always_and_what_is_never_so(
    bounds: Bounds, shown: str, always: tuple[str, float], never: tuple[str, float]
) -> None:
    assert str(bounds) == shown
    assert bounds.always_is(*always)
    assert not bounds.can_be(*never)
    assert not bounds.always_is(*never)
