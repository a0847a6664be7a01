"""Selectors and matchers: read alone, and found within expressions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_marks import mark, marked

from slogen import promql
from slogen.promql import Matchers, Selector, SyntaxProblem

SELECTOR_ONLY = "write the selector only; slogen adds the functions and the window"
MATCHERS_ONLY = 'write the matchers only, such as `{code="200"}`'
ONE_SELECTOR = "write one selector; where a list is allowed, its selectors are added up"


def selector_of(text: str) -> Selector:
    found = promql.parse_selector(text)
    assert isinstance(found, Selector), found
    return found


def test_parts_and_their_places() -> None:
    text = ' up { job = "a\\"b" , code!~\'5..\', } # note'
    selector = selector_of(text)
    assert (selector.name, selector.name_at) == ("up", (1, 3))
    assert selector.text == 'up { job = "a\\"b" , code!~\'5..\', }'
    assert text[selector.start : selector.end] == selector.text
    first, second = selector.matchers
    assert (first.name, first.op, first.value) == ("job", "=", 'a"b')
    assert mark(text, first.at) == ' up { ⟦job = "a\\"b"⟧ , code!~\'5..\', } # note'
    assert mark(text, first.name_at) == ' up { ⟦job⟧ = "a\\"b" , code!~\'5..\', } # note'
    assert mark(text, first.value_at) == ' up { job = ⟦"a\\"b"⟧ , code!~\'5..\', } # note'
    assert (second.name, second.op, second.value) == ("code", "!~", "5..")
    assert mark(text, second.at) == ' up { job = "a\\"b" , ⟦code!~\'5..\'⟧, } # note'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x", "x"),
        ("x{}", "x"),
        ("job:x:sum", "job:x:sum"),
        ("sum", "sum"),
        ('by{a="b"}', "by"),
        ('{__name__="x", a="b"}', "x"),
        ('{"http.requests"}', "http.requests"),
        ('{__name__=~"x|y"}', ""),
        ('{a="b"}', ""),
        ('{a!=""}', ""),
        ('{a=~".+"}', ""),
    ],
)
def test_names(text: str, name: str) -> None:
    assert selector_of(text).name == name


@pytest.mark.parametrize(
    ("at", "message", "help_"),
    [
        ("⟦⟧", "the selector is empty", "write a metric name"),
        ("⟦  ⟧", "the selector is empty", "write a metric name"),
        ("⟦rate⟧(x[5m])", "`rate()` makes this an expression; a selector is expected", SELECTOR_ONLY),
        ("⟦sum⟧ by (a) (x)", "`sum()` makes this an expression; a selector is expected", SELECTOR_ONLY),
        ('⟦rate⟧(x{a="b)', "`rate()` makes this an expression; a selector is expected", SELECTOR_ONLY),
        ("x⟦[5m]⟧", "a range makes this more than a selector", "leave it out; slogen adds the window"),
        ("x ⟦[1h:5m]⟧", "a range makes this more than a selector", "leave it out; slogen adds the window"),
        ("x⟦[⟧5m", "`[` is not closed", "close it with `]`"),
        ("x ⟦offset⟧ 5m", "`offset` makes this more than a selector", "leave it out"),
        ("x ⟦@⟧ 5", "`@` makes this more than a selector", "leave it out"),
        ("x ⟦+⟧ y", "`+` makes this an expression; a selector is expected", ONE_SELECTOR),
        ("x ⟦or⟧ y", "`or` makes this an expression; a selector is expected", ONE_SELECTOR),
        ("x ⟦>⟧ 5", "`>` makes this an expression; a selector is expected", ONE_SELECTOR),
        ("⟦(⟧x)", "a selector stands without parentheses", SELECTOR_ONLY),
        ("x⟦,⟧y", "`,` stands behind the selector", "write one selector"),
        ("⟦5⟧", "`5` stands where a metric name or `{` is expected", SELECTOR_ONLY),
        ('⟦"x"⟧', '`"x"` stands where a metric name or `{` is expected', SELECTOR_ONLY),
        ("⟦{}⟧", "this selects every series there is", "name the metric"),
        ('⟦{a=~"b|"}⟧', "this selects every series there is", "name the metric"),
        ('⟦{a!~"b"}⟧', "this selects every series there is", "name the metric"),
        ('x{⟦__name__="y"⟧}', "the metric is named twice; it is `x` already", "remove this matcher"),
        ("x{a=⟦b⟧}", "the value `b` has no quotes", 'write `"b"`'),
        ('x⟦{⟧a="b"', "`{` is not closed", "close it with `}`"),
    ],
)
def test_what_is_no_selector(at: str, message: str, help_: str) -> None:
    text, start, end = marked(at)
    assert promql.parse_selector(text) == SyntaxProblem(message, start, end, help_)


@pytest.mark.parametrize(
    ("text", "inner", "names"),
    [
        ("", "", []),
        ("{}", "", []),
        ('{a="b"}', 'a="b"', ["a"]),
        ('a="b", c!="d"', 'a="b", c!="d"', ["a", "c"]),
        ('{ a="b", }', 'a="b"', ["a"]),
        ('a="b",', 'a="b"', ["a"]),
        ('or=~"b" # note', 'or=~"b"', ["or"]),
        ('"a.b"="c"', '"a.b"="c"', ["a.b"]),
    ],
)
def test_matchers(text: str, inner: str, names: list[str]) -> None:
    found = promql.parse_matchers(text)
    assert isinstance(found, Matchers)
    assert found.text == inner == text[found.start : found.end]
    assert [matcher.name for matcher in found.matchers] == names
    for matcher in found.matchers:
        assert text[slice(*matcher.name_at)].strip('"') == matcher.name


@pytest.mark.parametrize(
    ("at", "message", "help_"),
    [
        ('⟦x⟧{a="b"}', "the metric name `x` has no place here", MATCHERS_ONLY),
        ("⟦x⟧", "the metric name `x` has no place here", MATCHERS_ONLY),
        ('a="b", ⟦__name__="x"⟧', "a metric name has no place here", MATCHERS_ONLY),
        ('{⟦"x"⟧}', "a metric name has no place here", MATCHERS_ONLY),
        ("a=⟦b⟧", "the value `b` has no quotes", 'write `"b"`'),
        ('a=⟦"⟧b', "this string is not closed", 'close it with `"`'),
        ('a="b"⟦}⟧', "`}` closes nothing", "remove it"),
        ('⟦{⟧a="b"', "`{` is not closed", "close it with `}`"),
        ('{a="b"} ⟦c⟧', "`c` stands behind the matchers", MATCHERS_ONLY),
        ('a="b" ⟦c⟧="d"', "`c` stands where `,` or `}` is expected", "matchers are separated by commas"),
        (
            'a⟦:⟧b="c"',
            "`:` stands where an operator after `a` is expected",
            "the operators of matchers are `=`, `!=`, `=~` and `!~`",
        ),
        ('my⟦-⟧label="c"', "a label name holds no `-`", "labels are spelled with `_`"),
        ('{⟦5⟧="c"}', "`5` stands where a label name is expected", 'a matcher is `label="value"`'),
    ],
)
def test_what_are_no_matchers(at: str, message: str, help_: str) -> None:
    text, start, end = marked(at)
    assert promql.parse_matchers(text) == SyntaxProblem(message, start, end, help_)


@pytest.mark.parametrize(
    "at",
    [
        "sum(⟦x⟧)",
        "sum by (a, b) (⟦x⟧)",
        "sum(⟦x⟧) by (job) and ⟦y⟧",
        "⟦a⟧ * on (x) group_left (y) ⟦b⟧",
        "⟦a⟧ / ignoring (x) ⟦b⟧",
        "⟦a⟧ > bool ⟦b⟧",
        "⟦sum⟧ + ⟦count⟧",
        "sum without () (⟦by⟧)",
        "⟦x⟧ offset 5m @ end()",
        'label_replace(⟦x{a="{y}"}⟧, "a", "b", "c", "d")',
        'rate(⟦{__name__="x"}⟧[5m:1m])',
        "abs(⟦x⟧)[5m:] offset 1h > -⟦y⟧ # z",
        "time() - Inf * ⟦x⟧ @ -5",
        "⟦x⟧ anchored + ⟦y⟧",
        "info(⟦x⟧, ⟦{}⟧)",
    ],
)
def test_selectors_of_an_expression(at: str) -> None:
    text = at.replace("⟦", "").replace("⟧", "")
    marked_text, shift = text, 0
    for used in promql.selectors(text):
        start, end = used.selector.start + shift, used.selector.end + shift
        marked_text = mark(marked_text, (start, end))
        shift += 2
    assert marked_text == at


@pytest.mark.parametrize(
    "at",
    ["rate(x[⟦5m⟧])", "rate(x{a=~'[0-9]'} [ ⟦5m⟧ ] offset 1h)", "x[⟦5m * 2⟧]"],
)
def test_ranges_of_selectors(at: str) -> None:
    text, start, end = marked(at)
    (used,) = promql.selectors(text)
    assert used.range_at == (start, end)


@pytest.mark.parametrize("text", ["x", "x[5m:1m]", "sum(x)", "x[]"])
def test_selectors_without_a_range(text: str) -> None:
    (used,) = promql.selectors(text)
    assert used.range_at is None


def test_broken_matchers_are_left_out() -> None:
    found = promql.selectors('x{a=b, c="d"} + y')
    assert [used.selector.text for used in found] == ["y"]


NAMES = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", fullmatch=True).filter(
    lambda name: (
        name.lower() not in {"inf", "nan", "on", "ignoring", "bool", "atan2", "group_left", "group_right"}
    )
)
LABELS = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True).filter(lambda name: name != "__name__")
VALUES = st.text(st.characters(codec="utf-8"))
SPACES = st.sampled_from(("", " ", "\n", " # note\n"))


@given(NAMES, st.lists(st.tuples(LABELS, st.sampled_from(("=", "!=")), VALUES), max_size=4), SPACES)
def test_what_was_written_is_read(name: str, matchers: list[tuple[str, str, str]], space: str) -> None:
    inner = f"{space},{space}".join(
        f"{label}{space}{op}{space}{promql.quote(value)}" for label, op, value in matchers
    )
    text = f"{space}{name}{space}{{{space}{inner}{space}}}{space}"
    selector = selector_of(text)
    assert selector.name == name
    assert [(m.name, m.op, m.value) for m in selector.matchers] == matchers
    for matcher in selector.matchers:
        assert text[slice(*matcher.name_at)] == matcher.name
        assert text[slice(*matcher.value_at)] == promql.quote(matcher.value)
    assert promql.check(text) == ()
    assert [used.selector for used in promql.selectors(text)] == [selector]
    alone = promql.parse_matchers(inner)
    assert isinstance(alone, Matchers)
    assert [(m.name, m.op, m.value) for m in alone.matchers] == matchers
