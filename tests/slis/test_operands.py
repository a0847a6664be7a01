"""Where the author's PromQL needs parentheses, and where it does not."""

from __future__ import annotations

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.compose import is_one_call, operand


@pytest.mark.parametrize(
    "text",
    [
        "sum(rate(a[5m]))",
        " sum ( rate ( a [5m] ) )\n",
        "sum by (a, b) (rate(a[5m]))",
        "SUM WITHOUT () (rate(a[5m]))",
        "sum(rate(a[5m]) / rate(b[5m])) by (a)",
        "count_over_time((a > 0)[5m:1m])",
        "topk(5, sum by (on) (a))",
        "vector(1)",
        "rate(a{b=')(',c='} or {'}[5m])",
        "sum(rate(a[5m] offset -1w @ end()))",
    ],
)
def test_one_call_stands_as_it_is(text: str) -> None:
    assert is_one_call(text)
    assert operand(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "sum(a) + sum(b)",
        "sum(a) or (b)",
        "(sum(a)) or (b)",
        "a and on (x) (b)",
        "sum(a) unless (b)",
        "sum(a) / ignoring (x) (b)",
        "-sum(a)",
        "- (a)",
        "2 * sum(a)",
        "sum(a) > 0",
        "rate(a[5m:1m]) offset 5m",
        "sum(a) atan2 (b)",
        "a",
        'a{b="c"}',
        "a[5m]",
        "sum(a)  # all",
        "# all\nsum(a)",
        "sum(\n  a\n)",
        "sum(a) by (b) + sum(c) by (b)",
        "sum(a) limit (5)",
        "WITH (x = a) sum(x)",
        "sum(a) keep_metric_names",
        "",
        ")(",
        "sum(a))(",
    ],
)
def test_anything_else_is_put_into_parentheses(text: str) -> None:
    assert not is_one_call(text)
    assert operand(text).startswith("(")
    assert operand(text).endswith(")")


ATOMS = st.sampled_from(
    ["a", "rate(a[5m])", 'b{c=")(",d=\'"(\'}', "vector(1)", "b{c=~`(\\\\`}", "a offset 5m", "2"]
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    labels = st.sampled_from(["", " by () ", "by(a)", " without (a, by) "])
    return st.one_of(
        st.builds(
            "{}{}{}".format, inner, st.sampled_from([" + ", " or ", " unless on (a) ", " > bool "]), inner
        ),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("abs({})".format, inner),
        st.builds("sum{}({})".format, labels, inner),
        st.builds("topk({}, {}) {}".format, inner, inner, labels),
        st.builds("sum_over_time({}[5m:1m])".format, inner),
    )


@given(st.recursive(ATOMS, larger, max_leaves=6))
def test_the_parser_finds_one_call_where_we_do(text: str) -> None:
    try:
        tree = promql_parser.parse(text)
    except ValueError:
        return
    assert is_one_call(text) == isinstance(tree, (promql_parser.Call, promql_parser.AggregateExpr))
