"""How a query grows with its window: counts do, counts per second do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from slogen.promql.problem import Place

ODD_WINDOW = "7m13s"
"""A window that nobody writes by hand, so that ranges of this length are those that follow the window."""

ODD_SECONDS = 433
_PER_SECOND = re.compile(r"\b(?:rate|irate|deriv|idelta|avg_over_time)\s*\(")
_IN_ALL = re.compile(r"\b(?:increase|delta|changes|resets|sum_over_time|count_over_time)\s*\(")


@dataclass(frozen=True, slots=True)
class Measure:
    """The power of the window that a query grows with (0: not at all), and the function that makes it so.

    `at` is the place of the function's name.
    """

    power: int
    function: str
    at: Place


def may_differ(*texts: str) -> bool:
    """Whether queries use functions of both kinds: a quick look."""
    return any(map(_PER_SECOND.search, texts)) and any(map(_IN_ALL.search, texts))


@lru_cache(maxsize=1024)
def measure(text: str) -> Measure | None:
    """What a valid query over ODD_WINDOW measures; None in doubt, as where a factor may make up for it."""
    from slogen.promql.growth import of_query  # noqa: PLC0415 - it loads promql_parser

    return of_query(text)


@lru_cache(maxsize=1024)
def uneven_quotient(text: str) -> tuple[Measure, Measure] | None:
    """Both sides of the quotient that an error ratio over ODD_WINDOW is, if they grow differently."""
    from slogen.promql.growth import of_quotient  # noqa: PLC0415 - it loads promql_parser

    return of_quotient(text)
