"""What is said of an alert before it fires holds for all labels that it may turn out to have."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from slogen.alertmanager.firing import Firing, mutes, ways
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher, Operator
from slogen.alertmanager.routes import Route, deliveries

LABELS = ("a", "b", "c")
VALUES = ("", "x", "y", "xy")
OPERATORS: tuple[Operator, ...] = ("=", "!=", "=~", "!~")
PATTERNS = ("x", "x|y", "x.*", ".*", ".+", "(.+)", "", "^.*$", "z")

labels = st.sampled_from(LABELS)


@st.composite
def matcher(draw: st.DrawFn) -> Matcher:
    op = draw(st.sampled_from(OPERATORS))
    return Matcher(draw(labels), op, draw(st.sampled_from(PATTERNS if "~" in op else VALUES)))


matchers = st.lists(matcher(), max_size=2).map(tuple)


@st.composite
def firing(draw: st.DrawFn) -> Firing:
    kinds = {label: draw(st.sampled_from(("known", "present", "unknown", "missing"))) for label in LABELS}
    return Firing(
        known={label: draw(st.sampled_from(VALUES)) for label in LABELS if kinds[label] == "known"},
        present=frozenset(label for label in LABELS if kinds[label] == "present"),
        unknown=frozenset(label for label in LABELS if kinds[label] == "unknown"),
        is_open=draw(st.booleans()),
    )


def completions(alert: Firing) -> Iterator[dict[str, str]]:
    """All labels that an alert may turn out to have, of those values."""
    choices: list[tuple[str, ...]] = []
    for label in LABELS:
        if label in alert.known:
            choices.append((alert.known[label],))
        elif label in alert.present:
            choices.append(VALUES[1:])
        else:
            choices.append(VALUES if label in alert.unknown or alert.is_open else ("",))
    for values in product(*choices):
        yield {label: value for label, value in zip(LABELS, values, strict=True) if value}


@st.composite
def route(draw: st.DrawFn, depth: int = 0) -> Route:
    below = draw(st.lists(route(depth + 1), max_size=2)) if depth < 2 else []
    return Route(
        matchers=draw(matchers) if depth else (),
        continue_=draw(st.booleans()),
        routes=tuple(below),
    )


@given(firing(), matcher())
def test_matchers(alert: Firing, asked: Matcher) -> None:
    outcomes = {asked.takes(found) for found in completions(alert)}
    said = alert.passes(asked)
    assert said is None or outcomes == {said}
    if asked.op in ("=", "!=") and asked.value:
        # For exact values nothing is left open that could be said.
        assert said is not None or outcomes == {True, False}


@given(firing(), route())
def test_ways(alert: Firing, root: Route) -> None:
    found = ways(root, alert)
    possible = [way.delivery.path for way in found]
    certain = [way.delivery.path for way in found if way.is_certain]
    for one in completions(alert):
        taken = [delivery.path for delivery in deliveries(root, one)]
        assert [path for path in possible if path in taken] == taken
        assert [path for path in taken if path in certain] == certain


@given(firing(), firing(), matchers, matchers, st.lists(labels, unique=True, max_size=2).map(tuple))
def test_inhibition(
    source: Firing,
    target: Firing,
    asked: tuple[Matcher, ...],
    of_target: tuple[Matcher, ...],
    equal: tuple[str, ...],
) -> None:
    rule = Inhibition(asked, of_target, equal)
    said = mutes(rule, source, target)
    outcomes = {rule.mutes(one, other) for one in completions(source) for other in completions(target)}
    assert said is None or outcomes == {said}
    if not any((alert.present or alert.unknown or alert.is_open) for alert in (source, target)):
        assert outcomes == {said}
