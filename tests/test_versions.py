"""The order of versions."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import versions

# The first eight are the example of https://semver.org, section 11.
ASCENDING = (
    *("1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11"),
    *("1.0.0-rc.1", "1.0.0", "v1.0.1", "1.2", "v1.10.0-rc.0", "1.10", "1.10.0.1", "V2", "2024.10.1"),
)


@pytest.mark.parametrize(("older", "newer"), list(itertools.combinations(ASCENDING, 2)))
def test_older_comes_before_newer(older: str, newer: str) -> None:
    assert versions.is_before(older, newer) is True
    assert versions.is_before(newer, older) is False
    assert versions.is_at_least(newer, older) is True


@pytest.mark.parametrize(
    ("one", "other"), [("3", "v3.0.0"), ("1.0", "1"), ("1.2.0+build5", "v1.2"), ("0", "0.0")]
)
def test_the_same_version_in_other_words(one: str, other: str) -> None:
    assert versions.is_before(one, other) is versions.is_before(other, one) is False


@pytest.mark.parametrize("text", ["", "main", "latest", "1.x", "v", "1..2", "-1", "1.2.", "sha-0123abc", "९"])
def test_what_has_no_place_in_the_order(text: str) -> None:
    assert versions.parse(text) is None
    assert versions.is_at_least("1.0", text) is versions.is_before(text, "1.0") is None


@given(st.text(alphabet="v0123456789.-+abc", max_size=12), st.text(alphabet="v0123456789.-+abc", max_size=12))
def test_no_two_are_before_each_other(one: str, other: str) -> None:
    assert not (versions.is_before(one, other) and versions.is_before(other, one))
