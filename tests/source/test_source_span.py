"""Spans: what they say, and when they are equal."""

from __future__ import annotations

import pytest
from yamlreading import place, root, value_of

from slogen.source import Source, Span


def test_span() -> None:
    span = Span(Source("dir/f.yaml", "a: b\nc: |\n  d\n"), 5, 13)
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 1, 3, 4)
    assert str(span) == "dir/f.yaml:2:1"
    assert repr(span) == "Span(dir/f.yaml:2:1-3:4)"
    assert span.text == "c: |\n  d"


def test_span_equality_is_by_value() -> None:
    span = Span(Source("f", "a: b"), 3, 4)
    same = Span(Source("f", "a: b"), 3, 4, "plain", "b")
    assert span == same
    assert hash(span) == hash(same)
    assert root("a: b").span_at("a") == Span(Source("f.yaml", "a: b"), 3, 4)
    assert span != Span(Source("g", "a: b"), 3, 4)
    assert span != Span(Source("f", "a: b"), 2, 4)
    assert span != Span(Source("f", "a: b"), 3, 3)
    assert span != "f:1:4"


@pytest.mark.parametrize(
    ("i", "j", "expected"),
    [
        (0, 2, "1:3 cd"),
        (1, 1, "1:4 "),
        (0, 99, "1:3 cd"),
        (-5, 1, "1:3 c"),
        (99, 99, "1:5 "),
        (2, 1, "1:5 "),
    ],
)
def test_slice_of_text(i: int, j: int, expected: str) -> None:
    assert place(Span(Source("f", "abcdef"), 2, 4).slice(i, j)) == expected


def test_slice_of_a_key() -> None:
    assert place(root('"a\\tb": 1').key_at("a\tb").slice(2, 3)) == "1:5 b"


def test_slice_of_a_slice() -> None:
    span = value_of("v: |\n  sum(\n    x)\n").span
    argument = span.slice(5, 9)
    assert place(argument) == "3:3   x)"
    assert place(argument.slice(2, 3)) == "3:5 x"
    assert place(argument.slice(2, 3).slice(0, 1)) == "3:5 x"
    assert place(argument.slice(-1, 99)) == place(argument)
    assert place(Span(Source("f", "abcdef"), 1, 5).slice(1, 3).slice(1, 2)) == "1:4 d"


def test_slice_of_a_mapping_is_all_of_it() -> None:
    node = value_of("v: {a: b}")
    assert node.span.slice(0, 1) == node.span


def test_slice_of_a_value_that_the_source_does_not_hold_is_the_span() -> None:
    source = Source("f", "|\n  abc\n")
    for style in ("|", ">", '"', "plain"):
        span = Span(source, 0, 7, style, "something else entirely")
        assert span.slice(3, 5) == span


def test_span_of_a_block_scalar_ends_with_its_visible_text() -> None:
    assert place(value_of("v: |+ # c\n  a\n  b  \n\n# c\nw: 1\n").span) == "1:4 |+ # c\n  a\n  b"
    assert place(value_of("v: >\n\n").span) == "1:4 >"
