"""What adds up quotients that are NaN where there is no traffic: one of them makes the whole NaN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

_ADDING = frozenset(("sum", "avg", "stddev", "stdvar"))
_ADDING_OVER_TIME = frozenset(f"{name}_over_time" for name in _ADDING)
_IDLE = frozenset(("rate", "increase"))


class Spread(NamedTuple):
    """An aggregation, over series or over time, and what makes it NaN: a division, or the selector of a
    recorded one."""

    adding: Meaning
    quotient: Meaning


def spreads(parts: Iterable[Meaning]) -> Iterator[Spread]:
    """Those of the aggregations and calls that one quotient without traffic makes NaN."""
    for part in parts:
        if part.name in (_ADDING if part.is_aggregation else _ADDING_OVER_TIME):
            quotient = _quotient(part.operand)
            if quotient is not None:
                yield Spread(part, quotient)


def _quotient(operand: Meaning) -> Meaning | None:
    if _is_idle(operand.nan):
        return operand.nan
    inner = operand.bare
    if inner.is_selector and inner.recorded is not None:
        return inner if any(_is_idle(one.nan) for one in inner.recorded.meanings) else None
    return None


def _is_idle(division: Meaning | None) -> bool:
    """Whether a division is 0/0 without traffic: counters stand still, limits and capacities are not zero."""
    return division is not None and division.parts[1].nature in _IDLE
