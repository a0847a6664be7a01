"""Matchers that ask for values which a label does not have, as catalogs say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from slogen.catalog import KnownLabel, Sample
from slogen.catalogued import facts
from slogen.diagnostics import Code, Report, nearest
from slogen.examined import Examined, once

if TYPE_CHECKING:
    from slogen.promql.matchers import Matcher
    from slogen.promql.meaning import Meaning

_MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A matcher that asks for what is no value of a label.

    `is_certain` says that it selects nothing, ever. `value` is the misspelt one among several, or empty.
    `is_together` says that it only does so with the other matchers on the label. `effect` ends a sentence.
    """

    matcher: Matcher
    label: KnownLabel
    sample: Sample
    effect: str
    is_certain: bool
    value: str = ""
    is_together: bool = False


@once
def unknown_values(expression: Examined) -> Iterator[UnknownValue]:
    """The matchers of an expression that ask for what no catalog has as a value of the label."""
    if not expression.project.catalogs:
        return
    for part in expression.selectors:
        sample = facts.in_use(part) if part.matchers else None
        if sample is not None:
            for name, found in groupby(part.matchers, key=lambda one: one.name):
                label = sample.own_label(name) if name != "le" else None
                if label is not None and label.values:
                    yield from _of_label(label, list(found), part, sample)


def report_unknown(found: UnknownValue, code: Code, expression: Examined, report: Report) -> None:
    """Report the matcher at its value."""
    label, matcher = found.label, found.matcher
    asked = found.value or matcher.value
    report.report(
        code,
        expression.at(matcher.value_at),
        f"`{matcher.name}` of `{found.sample.metric.name}` {_never(asked, matcher, found)}{found.effect}",
        also=facts.declared(label.where or found.sample.metric.where, "its values"),
        help=_help(asked if not found.is_together else "", label),
    )


def _never(asked: str, matcher: Matcher, found: UnknownValue) -> str:
    if found.is_together:
        return "has no value that meets all of its matchers"
    is_pattern = matcher.op in ("=~", "!~") and not found.value
    if is_pattern:
        never = "never" if found.label.is_closed else "has no known value that"
        return f"{never} matches `{asked}`"
    return f"is never `{asked}`" if found.label.is_closed else f"is not known to be `{asked}`"


def _help(asked: str, label: KnownLabel) -> str:
    meant = nearest(asked, label.values) if asked else None
    shown = ", ".join(f"`{value}`" for value in label.values[:_MOST_VALUES])
    more = ", ..." if len(label.values) > _MOST_VALUES else ""
    listed = f"its values are {shown}{more}"
    return f"did you mean `{meant}`? {listed}" if meant else listed


def _of_label(
    label: KnownLabel, matchers: Sequence[Matcher], part: Meaning, sample: Sample
) -> Iterator[UnknownValue]:
    values = (*label.values, "") if label.is_optional or not label.is_closed else label.values
    for matcher in matchers:
        found = _of_matcher(matcher, label, values, sample)
        if found is not None:
            yield found
            return
    if label.is_closed and len(matchers) > 1 and not any(facts.takes(matchers, one) for one in values):
        effect = ": the selector never finds anything"
        yield UnknownValue(matchers[-1], label, sample, effect, is_certain=True, is_together=True)


def _of_matcher(
    matcher: Matcher, label: KnownLabel, values: Sequence[str], sample: Sample
) -> UnknownValue | None:
    is_negative = matcher.op in ("!=", "!~")
    if matcher.value == "" or (not is_negative and facts.takes((matcher,), "")):
        # Who asks for series without the label, says so.
        return _of_emptiness(matcher, label, values, sample)
    taken = [value for value in label.values if facts.takes((matcher,), value) != is_negative]
    if taken:
        return _misspelt(matcher, label, taken, sample)
    if label.is_closed:
        effect = ": the matcher excludes nothing" if is_negative else ": the selector never finds anything"
        return UnknownValue(matcher, label, sample, effect, is_certain=not is_negative)
    if not is_negative and _is_unlike(matcher, label):
        return UnknownValue(matcher, label, sample, "", is_certain=False)
    return None


def _of_emptiness(
    matcher: Matcher, label: KnownLabel, values: Sequence[str], sample: Sample
) -> UnknownValue | None:
    if not label.is_closed or any(facts.takes((matcher,), value) for value in values):
        return None
    effect = ", all its series have the label: the selector never finds anything"
    return UnknownValue(matcher, label, sample, effect, is_certain=True)


def _misspelt(
    matcher: Matcher, label: KnownLabel, taken: Sequence[str], sample: Sample
) -> UnknownValue | None:
    """An alternative that is no value, where a value like it is missing among the alternatives."""
    asked = facts.asks_for(matcher) if matcher.op in ("=~", "!~") else ()
    others = [value for value in label.values if value not in taken]
    for value in asked if len(asked) > 1 else ():
        if value and value not in label.values and _is_near(value, others):
            return UnknownValue(matcher, label, sample, "", is_certain=False, value=value)
    return None


def _is_near(value: str, others: Sequence[str]) -> bool:
    # Numbers are near to all numbers.
    if not re.search(r"[a-zA-Z]{3}", value):
        return False
    near = nearest(value, others)
    return near is not None and abs(len(near) - len(value)) <= 2 and _differ_little(value, near)


def _differ_little(one: str, other: str) -> bool:
    """Whether two texts are equal but for two characters at most, and for case and separators."""
    one, other = (re.sub(r"[\W_]", "", text.lower()) for text in (one, other))
    start = next((i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return abs(len(one) - len(other)) <= 2
    tail = 0
    while tail < min(len(one), len(other)) - start and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    return max(len(one), len(other)) - start - tail <= 2


def _is_unlike(matcher: Matcher, label: KnownLabel) -> bool:
    """Whether what is asked of an open list is a misspelt value, or is not written as values are."""
    asked = facts.asks_for(matcher)
    if not asked:
        return _has_one_shape(label.values)
    if any(_is_near(value, label.values) for value in asked):
        return True
    return _has_one_shape(label.values) and all(_shape(value) != _shape(label.values[0]) for value in asked)


def _has_one_shape(values: Sequence[str]) -> bool:
    """Whether all values are written alike, such as three digits, or a digit before `xx`."""
    return len(values) > 1 and len({_shape(value) for value in values}) == 1 and "9" in _shape(values[0])


def _shape(value: str) -> str:
    return re.sub(r"[0-9]", "9", value)
