"""Which events of an expression are the bad ones, which the good ones, and whether selectors tell them
apart as catalogs do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slogen.catalog import KnownLabel, Sample
from slogen.catalogued import facts
from slogen.examined import Examined
from slogen.indicated import quotient_of

if TYPE_CHECKING:
    from slogen.promql.matchers import Matcher
    from slogen.promql.meaning import Meaning

_OUTCOME = re.compile(
    r"(?:^|_)(?:status|code|class|error|err|reason|result|outcome|success|failed|failure|state|type|grpc)"
)


@dataclass(frozen=True, slots=True)
class Misjudged:
    """A matcher because of which successes count as bad events, or not as good ones."""

    part: Meaning
    sample: Sample
    label: KnownLabel
    matcher: Matcher
    successes: tuple[str, ...]


def counted_as_bad(expression: Examined) -> Iterator[Misjudged]:
    """The matchers of bad events that take values of success."""
    for part in _events(expression, is_good=False):
        sample = facts.in_use(part)
        for matcher in part.matchers if sample is not None else ():
            label = sample.own_label(matcher.name) if sample is not None else None
            if sample is None or label is None or _tells_more(part, matcher.name):
                continue
            listed = facts.matchers_of(part, matcher.name)
            taken = tuple(one for one in label.success if facts.takes(listed, one))
            if taken:
                yield Misjudged(part, sample, label, matcher, taken)
                break


def left_out_of_good(expression: Examined) -> Iterator[Misjudged]:
    """The matchers of good events that take some values of success, but not all of them."""
    for part in _events(expression, is_good=True):
        sample = facts.in_use(part)
        for matcher in part.matchers if sample is not None else ():
            label = sample.own_label(matcher.name) if sample is not None else None
            if sample is None or label is None:
                continue
            left = tuple(one for one in label.success if not facts.takes((matcher,), one))
            if left and len(left) < len(label.success):
                yield Misjudged(part, sample, label, matcher, left)


def divisors(expression: Examined) -> tuple[Meaning, ...]:
    """What an expression divides by: the whole of a total, the lower part of a ratio."""
    if expression.role == "total":
        return (expression.meaning,)
    if expression.role in ("bad", "good", "value"):
        return ()
    return tuple(part.parts[1] for part in expression.operations if part.name == "/")


def _tells_more(part: Meaning, label: str) -> bool:
    """Whether another matcher may tell good from bad, too: then one alone says little."""
    others = (one for one in part.matchers if one.name not in (label, "__name__", "le"))
    return any(_OUTCOME.search(one.name) and one.value for one in others)


def _events(expression: Examined, *, is_good: bool) -> Iterator[Meaning]:
    """The selectors whose values are added up to the bad (or the good) events of an SLO."""
    role = "good" if is_good else "bad"
    if expression.role == role:
        yield from _added(expression.meaning)
    elif expression.role == "error":
        quotient = quotient_of(expression.meaning)
        if quotient is not None and quotient.role == role:
            yield from _added(quotient.part)


def _added(part: Meaning) -> Iterator[Meaning]:
    """The selectors that a part adds up. Of a difference nobody knows which events are left."""
    if part.is_selector:
        yield part
    elif part.is_operation and part.name in ("and", "unless"):
        yield from _added(part.parts[0])
    elif not part.is_operation or part.name in ("+", "or"):
        for inner in part.parts:
            yield from _added(inner)
