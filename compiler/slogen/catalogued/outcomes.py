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
    role = expression.role
    if role in ("bad", "good"):
        yield from _added(expression.meaning, wanted=is_good, is_good=role == "good")
    elif role == "error":
        yield from _of_ratio(expression.meaning, is_good)


def _of_ratio(meaning: Meaning, is_good: bool) -> Iterator[Meaning]:
    """Of an error ratio: `bad / total`, or `1 - good / total`."""
    root = meaning.bare
    if root.is_operation and root.name == "-" and root.parts[0].bare.bounds.number == 1:
        inner = root.parts[1].bare
        if inner.is_operation and inner.name == "/":
            yield from _added(inner.parts[0], wanted=is_good, is_good=True)
    elif root.is_operation and root.name == "/":
        yield from _added(root.parts[0], wanted=is_good, is_good=False)


def _added(part: Meaning, *, wanted: bool, is_good: bool) -> Iterator[Meaning]:
    """The selectors that a part adds up. Of a difference nobody knows which events are left."""
    if part.is_selector:
        if wanted == is_good:
            yield part
    elif part.is_operation and part.name in ("and", "unless"):
        yield from _added(part.parts[0], wanted=wanted, is_good=is_good)
    elif not part.is_operation or part.name in ("+", "or"):
        for inner in part.parts:
            yield from _added(inner, wanted=wanted, is_good=is_good)
