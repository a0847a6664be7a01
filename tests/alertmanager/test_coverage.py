"""What is said to follow from matchers holds for every alert that can be made up; and it is not nothing."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.alertmanager.coverage import Conditions, conditions, contradiction, covers, splits
from slogen.alertmanager.matchers import Matcher, Operator, read_matchers
from slogen.alertmanager.routes import Route, deliveries
from slogen.promql.witnesses import meets
from slogen.routing.proving.shadowed_routes import dead_routes

VALUES = ("", "a", "b", "ab", "aa")
PATTERNS = ("a", "b", "a|b", "a.*", ".*", ".+", "(a|b)?", "[ab]", "a?", "", "^a$", "b|a", "ab|aa")
LABELS = ("x", "y")
ALERTS = [
    {"alertname": "n", **dict(zip(LABELS, values, strict=True))}
    for values in product(VALUES, repeat=len(LABELS))
]


@st.composite
def matcher(draw: st.DrawFn) -> Matcher:
    operators: tuple[Operator, ...] = ("=", "!=", "=~", "!~")
    operator = draw(st.sampled_from(operators))
    values = VALUES if operator in ("=", "!=") else PATTERNS
    return Matcher(draw(st.sampled_from(LABELS)), operator, draw(st.sampled_from(values)))


matchers = st.lists(matcher(), max_size=3).map(tuple)


def taken(asked: tuple[Matcher, ...]) -> list[dict[str, str]]:
    return [alert for alert in ALERTS if all(one.takes(alert) for one in asked)]


def meets_all(asked: Conditions, alert: dict[str, str]) -> bool:
    return all(meets(one, alert.get(label, "")) for label in asked for one in asked[label])


@given(matchers, matchers)
def test_what_is_covered_is_taken(wide: tuple[Matcher, ...], narrow: tuple[Matcher, ...]) -> None:
    if covers(wide, conditions(narrow)):
        assert all(one.takes(alert) for alert in taken(narrow) for one in wide)


@given(matchers)
def test_cases_are_all_there_is_and_exclude_each_other(narrow: tuple[Matcher, ...]) -> None:
    for cases in splits(conditions(narrow)):
        for alert in ALERTS:
            met = [case for case in cases if meets_all(case, alert)]
            assert len(met) == all(one.takes(alert) for one in narrow)


@given(matchers)
def test_of_a_contradiction_there_is_no_alert(asked: tuple[Matcher, ...]) -> None:
    if contradiction(asked) is not None:
        assert taken(asked) == []


trees = st.recursive(
    st.builds(Route, st.none(), matchers, st.booleans()),
    lambda below: st.builds(
        Route, st.none(), matchers, st.booleans(), st.lists(below, max_size=4).map(tuple)
    ),
    max_leaves=8,
)


@given(st.lists(trees, max_size=4).map(tuple))
def test_no_alert_reaches_a_dead_route(routes: tuple[Route, ...]) -> None:
    root = Route("all", routes=routes)
    dead = {id(found.route) for found in dead_routes(root)}
    for alert in ALERTS:
        for one in deliveries(root, alert):
            assert not dead & {id(route) for route in one.path}


# wide | narrow | whether the wide ones take all that the narrow ones take
COVERED = """\
 | a="b" | yes
a="b" | a="b",c="d" | yes
a="b" | a=~"b|c" | no
a=~"b|c" | a="b" | yes
a=~"b.*" | a="bc" | yes
a=~"db-.*|web" | a=~"db-.*" | yes
a!="b" | a="c" | yes
a!="b" | a=~"c|d" | yes
a!="b" | c="d" | no
a=~".*" | c="d" | yes
a=~".+" | a="b" | yes
a!="" | a=~"b.+" | yes
a!="" | c="d" | no
alertname!="" | c="d" | yes
alertname=~".+" | c="d" | yes
a="" | c="d" | no
a=~"critical|warning" | a=~"warning|critical" | yes
a!~"b.*" | a="b" | no
"""


@pytest.mark.parametrize("line", COVERED.splitlines())
def test_what_is_proved(line: str) -> None:
    wide, narrow, expected = (part.strip() for part in line.split(" | "))
    found = [read_matchers(text).used or () for text in (wide, narrow)]
    assert [bool(one) for one in found] == [bool(wide), bool(narrow)]
    assert covers(found[0], conditions(found[1])) == (expected == "yes")
