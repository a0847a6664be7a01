from __future__ import annotations

from textwrap import indent

import pytest
from proving import rule_set

from slogen.prove.alerts.book import Book
from slogen.prove.alerts.expansion import expanded


def book(**groups: str) -> Book:
    text = "".join(
        f"  - name: {name}\n    rules:\n{indent(rules, '      ')}" for name, rules in groups.items()
    )
    return Book(rule_set(f"groups:\n{text}"))


def record(name: str, expr: str, labels: str = "") -> str:
    return f"- record: {name}\n  expr: |-\n    {expr}\n" + (f"  labels: {{{labels}}}\n" if labels else "")


@pytest.mark.parametrize(
    ("groups", "order"),
    [
        ({"a": record("a:x", "x"), "b": record("b:x", "y")}, ("a", "b")),
        ({"a": record("a:x", "b:x"), "b": record("b:x", "c:x"), "c": record("c:x", "x")}, ("c", "b", "a")),
        ({"a": record("a:x", "b:x"), "b": record("b:x", "a:x"), "c": record("c:x", "x")}, ("c", "a", "b")),
        ({"a": record("a:x", "a:x offset 5m"), "b": record("b:x", "x")}, ("a", "b")),
        ({"a": record("a:x", '{__name__=~"b:.+"}'), "b": record("b:x", "x")}, ("b", "a")),
    ],
)
def test_groups_stand_behind_those_that_they_read(groups: dict[str, str], order: tuple[str, ...]) -> None:
    assert book(**groups).order == order


RULES = (
    record("a:x", "sum by (job) (rate(x[5m]))")
    + record("a:hard", "x / on (job) y")
    + record("a:env", "max(x)", "env: prod, team: a$b")
    + record("a:both", "min(x)", "side: left")
    + record("a:both", "min(y)", "side: right")
    + record("a:deep", "a:x / a:x offset 1h")
    + record("a:self", "a:self + 1")
)


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        ("up == 0", "up == 0"),
        ("a:x > 1", "(sum by (job) (rate(x[5m]))) > 1"),
        ('a:x{job="api"} > 1', '(sum by (job) (rate(x{job="api"}[5m]))) > 1'),
        # What it records has no such label.
        ('a:x{env=""} > 1', "(sum by (job) (rate(x[5m]))) > 1"),
        ('a:x{env="prod"} > 1', 'a:x{env="prod"} > 1'),
        # Whose label that is depends on the series.
        ('a:hard{env="prod"} > 1', 'a:hard{env="prod"} > 1'),
        ("max_over_time(a:x[5m]) > a:x", "max_over_time(a:x[5m]) > a:x"),
        ("a:x offset 5m > 1", "a:x offset 5m > 1"),
        (
            'a:env{env="prod"}',
            'label_replace(label_replace((max(x)), "env", "prod", "", ""), "team", "a$$b", "", "")',
        ),
        ('a:both{side="right"}', 'label_replace((min(y)), "side", "right", "", "")'),
        # One use of a series stays as it is, so all do.
        ("a:deep > 1", "(a:x / a:x offset 1h) > 1"),
        ("a:self > 1", "a:self > 1"),
    ],
)
def test_recorded_series_are_replaced(expr: str, text: str) -> None:
    assert expanded(expr, book(g=RULES)).text == text


def test_many_rules_that_read_each_other_take_no_time() -> None:
    rules = "".join(record(f"a:{i}", " + ".join([f"a:{i + 1}"] * 20)) for i in range(20))
    assert expanded("a:0 > 1", book(g=rules)).text == "a:0 > 1"
