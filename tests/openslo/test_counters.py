"""Which expressions are counters, or sums of counters, and where their selectors stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.openslo import counters

Read = tuple[list[str], set[str] | None, bool]

SUMS: dict[str, Read] = {
    "a_total": (["a_total"], None, False),
    ' a_total{b="x|)(,"} # all': (['a_total{b="x|)(,"}'], None, False),
    '{__name__="a_total"}': (['{__name__="a_total"}'], None, False),
    "sum(a)": (["a"], set(), False),
    "SUM (a)": (["a"], set(), False),
    "sum by () (a)": (["a"], set(), False),
    "sum by (b, c,) (a)": (["a"], {"b", "c"}, False),
    'sum(a{x="y"}) BY (b)': (['a{x="y"}'], {"b"}, False),
    "sum # by (x)\nby (b)\n(\n  a\n)": (["a"], {"b"}, False),
    "((sum((a))))": (["a"], set(), False),
    "sum(a) or vector(0)": (["a"], set(), True),
    "(sum(a) or vector(0))": (["a"], set(), True),
    "sum by (b) (a) OR VECTOR (0)": (["a"], {"b"}, True),
    "sum(a) + sum(b) + (sum(c))": (["a", "b", "c"], set(), False),
    "sum by (x) (a) + sum(b) by (x)": (["a", "b"], {"x"}, False),
}
OTHERS = (
    "",
    "(",
    ")",
    "sum",
    "sum(",
    "sum()",
    "sum by",
    "sum by (a",
    "sum by (a)",
    "sum(a) by",
    "sum(a) sum(b)",
    "sum by (x) (a) by (y)",
    "sum without (x) (a)",
    "sum(a) without (x)",
    "avg(a)",
    "count(a)",
    "rate(a[5m])",
    "sum(rate(a[5m]))",
    "sum(a[5m])",
    "sum(a offset 1h)",
    "sum(a @ 5)",
    "sum(a) - sum(b)",
    "sum(a) / sum(b)",
    "2 * sum(a)",
    "sum(a) + 1",
    "a + b",
    "sum(a) + b",
    "sum(a) + sum by (x) (b)",
    "sum(a + b)",
    "sum(sum(a))",
    "sum(a) > 0",
    "sum(a) or vector(1)",
    "or vector(0)",
    "sum(a) or sum(b)",
    "sum(a) unless b",
    "5",
    "'a'",
)


@pytest.mark.parametrize("text", SUMS)
def test_sums_of_counters(text: str) -> None:
    found = counters.read(text)
    assert found is not None
    assert ([text[start:end] for start, end in found.places], found.by, found.or_zero) == SUMS[text]


@pytest.mark.parametrize("text", OTHERS)
def test_anything_else(text: str) -> None:
    assert counters.read(text) is None


PIECES = (
    "sum",
    "by",
    "without",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    "+",
    "or",
    "vector(0)",
    "a",
    '"',
    "5m",
    "#",
    "\n",
)


@given(st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    found = counters.read(text)
    assert found is None or all(text[start:end].strip() for start, end in found.places)
