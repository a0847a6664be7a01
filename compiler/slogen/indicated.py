"""What the two sides of an indicator count: all events, and the bad or the good ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from slogen.examined import Examined
from slogen.promql import Matcher

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

Counted = tuple["Meaning", Examined]
"""A selector and the expression that it is in."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The selectors whose events are added up on either side; `role` says what the part of the total is."""

    total: tuple[Counted, ...]
    part: tuple[Counted, ...]
    role: Literal["bad", "good"]


def sides_of(expressions: tuple[Examined, ...]) -> Sides | None:
    """The sides of an indicator; None where anything but counters is measured, or they are not added up.

    Of an error ratio they are the sides of its division.
    """
    if len(expressions) == 1 and expressions[0].role == "error":
        return _of_ratio(expressions[0])
    total = _counted([one for one in expressions if one.role == "total"])
    for role in ("bad", "good"):
        part = _counted([one for one in expressions if one.role == role])
        if total and part:
            return Sides(total, part, "bad" if role == "bad" else "good")
    return None


@dataclass(frozen=True, slots=True)
class Quotient:
    """The division that an error ratio is; `role` says what the part of the total is."""

    part: Meaning
    total: Meaning
    role: Literal["bad", "good"]


def quotient_of(ratio: Meaning) -> Quotient | None:
    """The division of an error ratio: `bad / total`, or `1 - good / total`; None for all others."""
    inner = ratio.bare
    is_rest = inner.is_operation and inner.name == "-" and inner.parts[0].bounds.number == 1
    if is_rest:
        inner = inner.parts[1].bare
    if not inner.is_operation or inner.name != "/":
        return None
    part, total = inner.parts
    return Quotient(part, total, "good" if is_rest else "bad")


def without_bounds(selector: Meaning) -> tuple[Matcher, ...]:
    """The matchers of a selector but those of `le`: a bucket holds all events of those below it."""
    return tuple(one for one in selector.matchers if one.name != "le")


def _counted(expressions: list[Examined]) -> tuple[Counted, ...] | None:
    from slogen.promql.meaning import counted  # noqa: PLC0415 - it loads promql_parser

    found: list[Counted] = []
    for expression in expressions:
        selectors = counted(expression.meaning)
        if selectors is None:
            return None
        found += [(selector, expression) for selector in selectors]
    return tuple(found)


def _of_ratio(expression: Examined) -> Sides | None:
    from slogen.promql.meaning import counted  # noqa: PLC0415

    quotient = quotient_of(expression.meaning)
    if quotient is None:
        return None
    part, total = counted(quotient.part), counted(quotient.total)
    if not part or not total:
        return None
    return Sides(
        tuple((one, expression) for one in total),
        tuple((one, expression) for one in part),
        quotient.role,
    )
