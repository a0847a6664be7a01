"""How names, strings and bucket bounds are spelled."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import promql
from slogen.promql import Selector


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        # As printed by Go's strconv.FormatFloat(f, 'g', -1, 64).
        ("0.00205", ["0.00205"]),
        ("0.5", ["0.5"]),
        ("0.10", ["0.1"]),
        ("0", ["0", "0.0"]),
        ("1", ["1", "1.0"]),
        ("-1", ["-1", "-1.0"]),
        ("300", ["300", "300.0"]),
        ("3600", ["3600", "3600.0"]),
        ("1e5", ["100000", "100000.0"]),
        ("999999", ["999999", "999999.0"]),
        ("1000000", ["1e+06"]),
        ("1048576", ["1.048576e+06"]),
        ("1048576.5", ["1.0485765e+06"]),
        ("123456789012", ["1.23456789012e+11"]),
        ("1e21", ["1e+21"]),
        ("1e100", ["1e+100"]),
        ("0.0001", ["0.0001"]),
        ("0.00012345", ["0.00012345"]),
        ("2.5e-05", ["2.5e-05"]),
        ("1e-9", ["1e-09"]),
        ("0.1234567890123456789", ["0.12345678901234568"]),
        ("Infinity", ["+Inf"]),
        ("1e999", ["+Inf"]),
        ("-Infinity", ["-Inf"]),
    ],
)
def test_bucket_bounds(value: str, bounds: list[str]) -> None:
    assert list(promql.bucket_bounds(Decimal(value))) == bounds


@pytest.mark.parametrize(
    ("value", "matcher"),
    [
        ("0.5", 'le="0.5"'),
        ("1", 'le=~"1|1\\\\.0"'),
        ("1e6", 'le="1e+06"'),
        ("Infinity", 'le="+Inf"'),
    ],
)
def test_le_matcher(value: str, matcher: str) -> None:
    assert promql.le_matcher(Decimal(value)) == matcher


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_bounds_read_back_and_are_matched(value: Decimal) -> None:
    bounds = promql.bucket_bounds(value)
    for bound in bounds:
        assert float(bound) == float(value)
    selector = promql.parse_selector(f"x{{{promql.le_matcher(value)}}}")
    assert isinstance(selector, Selector)
    (matcher,) = selector.matchers
    for bound in bounds:
        assert matcher.value == bound or re.fullmatch(matcher.value, bound)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("", '""'),
        ("plain", '"plain"'),
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ("it's `x`", '"it\'s `x`"'),
        ("a\nb\tc\r", '"a\\nb\\tc\\r"'),
        ("\x00\x1f\x7f", '"\\x00\\x1f\\x7f"'),
        ("\x85\u2028\ufeff", '"\\u0085\\u2028\\ufeff"'),
        ("größe 😀", '"größe 😀"'),
    ],
)
def test_quote(text: str, literal: str) -> None:
    assert promql.quote(text) == literal


def test_a_lone_surrogate_cannot_be_quoted() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        promql.quote("\ud800")


@given(st.text(st.characters(codec="utf-8")))
def test_quoted_text_reads_back_and_stays_on_one_line(text: str) -> None:
    literal = promql.quote(text)
    assert len(literal.splitlines()) == 1
    selector = promql.parse_selector(f"x{{a={literal}}}")
    assert isinstance(selector, Selector)
    assert selector.matchers[0].value == text


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('"\\x41\\101\\u00e9\\U0001F600"', "AAé😀"),
        ('"\\xc3\\xa9"', "é"),
        ("'\\''", "'"),
        ('"\\a\\b\\f\\n\\r\\t\\v\\\\"', "\a\b\f\n\r\t\v\\"),
        ("`\\n`", "\\n"),
        ('"\\xff"', "\udcff"),
    ],
)
def test_escapes(literal: str, value: str) -> None:
    selector = promql.parse_selector(f"x{{a={literal}}}")
    assert isinstance(selector, Selector)
    assert selector.matchers[0].value == value


@pytest.mark.parametrize("escape", ["\\d", "\\x4", "\\400", "\\ud800", "\\U00110000", "\\8", "\\ "])
def test_unknown_escapes(escape: str) -> None:
    found = promql.parse_selector(f'x{{a="b{escape}"}}')
    assert isinstance(found, promql.SyntaxProblem)
    known_form = escape[1] in "uU"
    assert (found.start, found.end) == (6, 6 + (len(escape) if known_form else 2))


@pytest.mark.parametrize(
    ("text", "label", "metric"),
    [
        ("a", True, True),
        ("_a1", True, True),
        ("a:b", False, True),
        (":a", False, True),
        ("1a", False, False),
        ("", False, False),
        ("a-b", False, False),
        ("a.b", False, False),
        ("größe", False, False),
        ("a\n", False, False),
    ],
)
def test_names(text: str, label: bool, metric: bool) -> None:
    assert promql.is_label_name(text) is label
    assert promql.is_metric_name(text) is metric
