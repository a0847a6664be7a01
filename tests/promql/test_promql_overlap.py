"""Which values patterns list, and what is proved of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.promql.overlap import never_meet, values_of
from slogen.promql.patterns import matches

LISTS = [
    ("a", ("a",)),
    ("a|b", ("a", "b")),
    ("^(?:a|b)$", ("a", "b")),
    ("^a|b$", ("a", "b")),
    ("a|", ("a", "")),
    ("^$", ("",)),
    (r"(1\.0|é's\-x)", ("1.0", "é's-x")),
    (r"a\\|b", ("a\\", "b")),
    ("a.b|c", None),
    (r"a\|b", None),
    (r"a\d|b", None),
    (r"a\$", None),
    ("(a|b)c", None),
    ("(a|b)\n", None),
    ("(?i)a", None),
    ("(?i:a|b)", None),
]


@pytest.mark.parametrize(("pattern", "values"), LISTS)
def test_the_values_that_a_pattern_lists(pattern: str, values: tuple[str, ...] | None) -> None:
    assert values_of(pattern) == values


@given(st.text(r"ab|.\^$()?-", max_size=8), st.text(r"ab|.\^$()?-", max_size=4))
def test_a_list_is_all_that_a_pattern_matches(pattern: str, other: str) -> None:
    values = values_of(pattern)
    if values is not None:
        assert all(matches(pattern, value) for value in values)
        assert matches(pattern, other) == (other in values)


MEETINGS = [
    (("=~", "b.|c"), ("!~", "^(?:a|b.|c)$"), True),
    (("=~", "b."), ("!~", r"a\|b."), False),
    (("=~", "b."), ("!~", r"\Qa|b.|c\E"), False),
    (("=~", "^a$"), ("=", "b"), True),
]


@pytest.mark.parametrize(("one", "other", "never"), MEETINGS)
def test_a_sign_that_means_itself_parts_no_alternatives(
    one: tuple[str, str], other: tuple[str, str], never: bool
) -> None:
    assert never_meet((one, other)) == never
