"""Documents as entries, and their text."""

from __future__ import annotations

from decimal import Decimal
from textwrap import dedent
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from slogen.spectext import Block, Entry, Remark, block, flow, items, render, tree

words = st.text("ab #:-{}[]'\"\n\t|>&*!%@`,é", max_size=6)
long_texts = st.lists(st.text("abc#:-'", min_size=1, max_size=9), min_size=20, max_size=60).map(" ".join)
leaves = words | long_texts | st.booleans() | st.integers(-5, 10**6)
data = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


def text_of(value: Any, *remarks: Remark) -> str:
    written = tree(value, ())
    assert isinstance(written, Block)
    return render([Entry("", written, ("root",))], remarks)


@given(st.dictionaries(words, data, min_size=1, max_size=3))
def test_data_reads_back(value: dict[str, Any]) -> None:
    text = text_of(value)
    assert yaml.safe_load(text) == value
    assert all(len(line) <= 200 for line in text.split("\n"))


@given(st.lists(st.dictionaries(words, leaves, min_size=1, max_size=2), min_size=1, max_size=3))
@example([{"a": "b\n\n"}, {"a": "b\n\n"}])
def test_the_lines_between_items_change_no_data(value: list[dict[str, Any]]) -> None:
    listed = items((((), tree(item, ())) for item in value), spaced=True)
    text = render([Entry("", block((), {"slos": listed}), ())], ())
    assert yaml.safe_load(text) == {"slos": value}


@given(st.dictionaries(words, data, min_size=1, max_size=3), st.sampled_from(["above", "beside", "below"]))
def test_comments_change_no_data(value: dict[str, Any], side: Any) -> None:
    written = tree(value, ())
    assert isinstance(written, Block)
    places = [entry.place for entry in written.entries]
    remarks = [Remark(place, side, (f"# remark {i}",)) for i, place in enumerate(places)]
    text = render([Entry("", written, ("root",))], remarks)
    assert yaml.safe_load(text) == value
    assert all(f"# remark {i}" in text for i in range(len(set(places))))


def test_a_remark_stands_where_its_place_is_or_above_what_it_is_a_part_of() -> None:
    remarks = [
        Remark(("a",), "above", ("# 1", "", "# 2")),
        Remark(("a", "b"), "beside", ("# 3",)),
        Remark(("a", "b"), "beside", ("# 4",)),
        Remark(("a", "gone", "too"), "beside", ("# 5",)),
        Remark(("c",), "below", ("# 6",)),
        Remark(("c",), "beside", ("# 7",)),
        Remark(("gone",), "below", ("# 8",)),
        Remark(("gone",), "above", ("# 9",), otherwise=("d",)),
        Remark(("d", "0"), "beside", ("# 10",)),
    ]
    assert text_of({"a": {"b": 1}, "c": "x\ny", "d": ["z"]}, *remarks) == dedent(
        """\
        # 8
        # 1

        # 2
        # 5
        a:
          # 4
          b: 1 # 3
        c: |- # 7
          x
          y
        # 6
        # 9
        d:
          - z # 10
        """
    )


def test_a_brief_mapping_makes_room_for_comments() -> None:
    brief = block(("x",), {"a": 1, "b": "c", "d": None, "e": ""}, brief=True)
    assert isinstance(brief, Block)
    document = Entry("", block((), {"x": brief}), ("root",))
    assert render([document], []) == "x: {a: 1, b: c}\n"
    assert render([document], [Remark(("x", "b"), "beside", ("# y",))]) == "x:\n  a: 1\n  b: c # y\n"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (["a", "b"], "[a, b]"),
        ({"budget": Decimal("0.1"), "long": "1h"}, "{budget: 0.1, long: 1h}"),
        (["a, b"], None),
        (["yes"], None),
        ({"a": "b" * 100}, None),
    ],
)
def test_only_short_words_stand_on_one_line(value: Any, written: str | None) -> None:
    found = flow(value)
    assert (None if isinstance(found, Block) else getattr(found, "text", None)) == written


def test_what_is_no_data_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        tree({"a": object()}, ())
