"""What follows from matchers: which alerts there can be none of, and which are all taken by another route.

Everything here is proved: in doubt, matchers contradict nothing and cover nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from slogen.alertmanager.matchers import TAKES_ALL, TAKES_ANY, Matcher
from slogen.promql.overlap import listed_values, never_meet
from slogen.promql.witnesses import Condition, meets

_NOT: Mapping[str, str] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_ALWAYS_THERE = "alertname"
_MOST_VALUES = 64

Conditions = Mapping[str, tuple[Condition, ...]]
"""The conditions on the values of labels, by label."""


def conditions(matchers: Iterable[Matcher]) -> Conditions:
    """The conditions of matchers that all must hold."""
    found: dict[str, tuple[Condition, ...]] = {}
    for one in matchers:
        before = found.get(one.name, ())
        if (one.op, one.value) not in before:
            found[one.name] = (*before, (one.op, one.value))
    return found


def contradiction(matchers: Iterable[Matcher]) -> str | None:
    """The label because of which no alert passes all matchers; None if there may be one."""
    for label, asked in conditions(matchers).items():
        if _rules_out(asked):
            return label
    return None


def covers(wide: Iterable[Matcher], narrow: Conditions) -> bool:
    """Whether surely every alert that meets the conditions passes all matchers."""
    return all(_follows(one, narrow.get(one.name, ())) for one in wide)


def splits(narrow: Conditions) -> Iterator[Sequence[Conditions]]:
    """The same conditions as several that together mean the same: one for each value of a label whose values
    are listed; once for each such label."""
    for label, asked in narrow.items():
        values = next((values for values in map(listed_values, asked) if values is not None), ())
        fitting = [value for value in dict.fromkeys(values) if all(meets(one, value) for one in asked)]
        if 1 < len(fitting) <= _MOST_VALUES:
            yield [{**narrow, label: (("=", value),)} for value in fitting]


def _follows(matcher: Matcher, known: tuple[Condition, ...]) -> bool:
    """Whether a value that meets the known conditions surely passes a matcher."""
    condition = (matcher.op, matcher.value)
    if condition in known or (matcher.op == "=~" and matcher.value in TAKES_ALL):
        return True
    if _asks_for_any(condition) and (
        matcher.name == _ALWAYS_THERE or any(not meets(one, "") for one in known)
    ):
        return True
    return bool(known) and _rules_out((*known, (_NOT[matcher.op], matcher.value)))


def _asks_for_any(condition: Condition) -> bool:
    """Whether all that is asked is that the label is there."""
    return condition == ("!=", "") or (condition[0] == "=~" and condition[1] in TAKES_ANY)


def _rules_out(asked: tuple[Condition, ...]) -> bool:
    equal = [value for operator, value in asked if operator == "="]
    if equal:
        return not all(meets(one, equal[0]) for one in asked)
    if any(operator == "!~" and value in TAKES_ALL for operator, value in asked):
        return True
    return len(asked) > 1 and never_meet(asked)
