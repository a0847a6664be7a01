"""Documents within a text of a document: the same values as alone, at the characters of the outer one."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator

import pytest

from slogen.source import Embedded, Node, Source, Span, documents

INNER = """\
# a comment
name: plain text   # behind it
'quoted': 'it''s'
"double": "tab\\t and \\u00e9 end"
list:
- one
- {two: 3, four: [5, six]}
block: |
  a line
    deeper

  the last
folded: >-
  some words
  more words
indented: |2
    two spaces
again: &it {x: y}
alias: *it
---
second: document
"""


def literal(text: str) -> str:
    return f"|\n{textwrap.indent(text, '      ')}"


def with_indicator(text: str) -> str:
    return f"|3\n{textwrap.indent(text, '     ')}"


WRITERS: dict[str, Callable[[str], str]] = {
    "literal": literal,
    "indented": with_indicator,
    "windows": lambda text: literal(text).replace("\n", "\r\n"),
    "double": json.dumps,
}


def embedded(value: str) -> Embedded:
    source = Source("outer.yaml", f"first: x\ndata:\n  key: {value}\nlast: x\n")
    (outer,) = documents(source).nodes
    found = outer.get("data", "key")
    assert found is not None
    return Embedded(found, outer.key_at("data", "key"))


def spans(node: Node) -> Iterator[tuple[Span, str]]:
    """Each scalar, keys as well, with its decoded text."""
    for key, at in node.keys.items():
        yield at, key
    if isinstance(node.value, dict):
        for child in node.value.values():
            yield from spans(child)
    elif isinstance(node.value, list):
        for child in node.value:
            yield from spans(child)
    elif isinstance(node.value, str):
        yield node.span, node.value


@pytest.mark.parametrize("style", WRITERS)
def test_every_character_is_found_in_the_outer_text(style: str) -> None:
    text = embedded(WRITERS[style](INNER))
    alone = documents(Source("inner.yaml", INNER))
    read = text.placed()
    assert [node.plain() for node in read.nodes] == [node.plain() for node in alone.nodes]
    assert read.problems == ()
    for node in read.nodes:
        for span, value in spans(node):
            assert span.source.path == "outer.yaml"
            for i, char in enumerate(value):
                if char.isalpha() and char.isascii():
                    assert span.slice(i, i + 1).text == char, (span, i)
                    assert span.slice(i, len(value)).slice(0, 1).text == char


def test_lines_and_columns_are_those_of_the_outer_text() -> None:
    (first, _) = embedded(literal(INNER)).placed().nodes
    assert (first.key_at("name").line, first.key_at("name").column) == (5, 7)
    assert first.span_at("list", 1, "four", 1).line == 10
    assert first.span_at("block").slice(2, 6).text == "line"
    assert first.span_at("alias", "x") == first.span_at("again", "x")


@pytest.mark.parametrize(
    ("inner", "kind", "text"),
    [
        ('a: "b', "syntax", '"'),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", "a"),
        ("a: !env B\n", "tag", "!env"),
        ("a: *b\n", "alias", "*b"),
    ],
)
def test_problems_are_at_their_characters(inner: str, kind: str, text: str) -> None:
    for write in (literal, with_indicator):
        (problem,) = embedded(write(inner)).placed().problems
        assert (problem.kind, problem.at.text, problem.at.source.path) == (kind, text, "outer.yaml")


@pytest.mark.parametrize(
    "value", ["", "''", "7", "[]", "{}", '"\\x07"', '"\\uFEFFa: b"', "null", "|", ">\n\n"]
)
def test_a_text_that_holds_nothing_holds_nothing(value: str) -> None:
    text = embedded(value)
    placed = text.placed()
    assert len(placed.nodes) == len(text.inner.nodes)
    for node in placed.nodes:
        assert node.span.source.path == "outer.yaml"
        assert all(span.slice(0, 1).text in span.source.text for span, _ in spans(node))


def test_what_many_aliases_stand_for_stays_one() -> None:
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 6)]
    (node,) = embedded(literal("l0: &l0 [x]\n" + "\n".join(levels) + "\n")).placed().nodes
    assert node.get("l5", 0) is node.get("l5", 8)


def test_where_a_text_was_not_written_as_one_the_key_is_the_place() -> None:
    (outer,) = documents(Source("outer.yaml", "key: 7\n")).nodes
    made_up = Node("a: b\n", Span(outer.span.source, 5, 6, "nodes"))
    (node,) = Embedded(made_up, outer.key_at("key")).placed().nodes
    assert (node.span.text, node.key_at("a").text) == ("key", "key")
