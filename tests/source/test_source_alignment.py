"""Slices: from the characters of a value to those that wrote them, for every style of scalar."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st
from soundness import BREAKS, assert_slices_are_exact
from yamlreading import (
    TEXTS,
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    examples,
    place,
    read,
    root,
    value_of,
)

from slogen.source import Source, documents

SLICES = [
    # written, decoded, i, j, place
    ("v: sum(x)", "sum(x)", 4, 5, "1:8 x"),
    ("v: sum(x)  # c", "sum(x)", 0, 6, "1:4 sum(x)"),
    ("v: sum(x)", "sum(x)", 6, 6, "1:10 "),
    ("v: sum(x)", "sum(x)", 3, 3, "1:7 "),
    ("v: sum(x)", "sum(x)", 0, 99, "1:4 sum(x)"),
    ("v: sum(\n   x)", "sum( x)", 5, 6, "2:4 x"),
    ("v: sum(\n   x)", "sum( x)", 4, 5, "1:8 \n"),
    ("v: sum(\n   x)", "sum( x)", 4, 6, "1:8 \n   x"),
    ("v: sum(  \r\n\r\n   x)", "sum(\nx)", 5, 6, "3:4 x"),
    ("v: sum(  \r\n\r\n   x)", "sum(\nx)", 4, 5, "2:1 \r\n"),
    ("v: 'sum(x)'", "sum(x)", 4, 5, "1:9 x"),
    ("v: 'it''s x'", "it's x", 5, 6, "1:11 x"),
    ("v: 'it''s x'", "it's x", 2, 3, "1:7 ''"),
    ("v: 'it''s x'", "it's x", 3, 3, "1:9 "),
    ("v: 'it''s x'", "it's x", 6, 6, "1:12 "),
    ("v: 'a\n\n  b c'", "a\nb c", 4, 5, "3:5 c"),
    ("v: ''", "", 0, 0, "1:5 "),
    ('v: ""', "", 0, 0, "1:5 "),
    ('v: "a\\tb"', "a\tb", 2, 3, "1:8 b"),
    ('v: "a\\tb"', "a\tb", 1, 2, "1:6 \\t"),
    ('v: "\\u00e9\\x41\\U0001d538z"', "\u00e9A\U0001d538z", 1, 2, "1:11 \\x41"),
    ('v: "\\u00e9\\x41\\U0001d538z"', "\u00e9A\U0001d538z", 3, 4, "1:25 z"),
    ('v: "a\\n"', "a\n", 0, 2, "1:5 a\\n"),
    ('v: "a \\\n   b"', "a b", 2, 3, "2:4 b"),
    ('v: "a\\\n\n   b"', "a\nb", 2, 3, "3:4 b"),
    ('v: "a  \n   b"', "a b", 1, 2, "1:8 \n"),
    ('v: "\U0001d538\\"x"', '\U0001d538"x', 2, 3, "1:8 x"),
    ("v: |\n  sum(\n    x)\n", "sum(\n  x)\n", 7, 8, "3:5 x"),
    ("v: |\n  sum(\n    x)\n", "sum(\n  x)\n", 4, 5, "2:7 \n"),
    ("v: |\n  sum(\n    x)\n", "sum(\n  x)\n", 0, 10, "2:3 sum(\n    x)"),
    ("v: |\n  sum(\n    x)\n", "sum(\n  x)\n", 10, 10, "3:7 "),
    ("v: |\n  sum(\n    x)\n", "sum(\n  x)\n", 9, 10, "3:7 \n"),
    ("v: |\r\n  a\r\n\r\n  b\r\n", "a\n\nb\n", 3, 4, "4:3 b"),
    ("v: |-\n\n\n  x\n\n", "\n\nx", 2, 3, "4:3 x"),
    ("v: |+\n  x\n\n\n", "x\n\n\n", 3, 4, "4:1 \n"),
    ("v: |  # c\n  x", "x", 0, 1, "2:3 x"),
    ("v: |2\n    x\n   y\n", "  x\n y\n", 2, 3, "2:5 x"),
    ("v: |2\n    x\n   y\n", "  x\n y\n", 5, 6, "3:4 y"),
    ("v: |-2\n    x", "  x", 0, 1, "2:3  "),
    ("v: |1+\n  x\n", " x\n", 1, 2, "2:3 x"),
    ("v:\n  w: |2\n      x\nu: 1", "  x\n", 2, 3, "3:7 x"),
    ("v: >\n  a\n  b\n", "a b\n", 2, 3, "3:3 b"),
    ("v: >\n  a\n  b\n", "a b\n", 1, 2, "2:4 \n"),
    ("v: >-\n  a\n\n  b\n    c\n  d", "a\nb\n  c\nd", 6, 7, "5:5 c"),
    ("v: >-\n  a\n\n  b\n    c\n  d", "a\nb\n  c\nd", 1, 2, "3:1 \n"),
    ("v: >-\n  a\n\n  b\n    c\n  d", "a\nb\n  c\nd", 8, 9, "6:3 d"),
    ("v: >+2\n   a\n  b\n\n", " a\nb\n\n", 3, 4, "3:3 b"),
    ("v: |\n", "", 0, 0, "1:5 "),
    ("v: |+\n\n  \n", "\n\n", 1, 2, "3:3 \n"),
    ("v: !!str |\n  x", "x", 0, 1, "2:3 x"),
    ("v: !!str &a 'x'", "x", 0, 1, "1:14 x"),
    ("v: \x85 a", "a", 0, 1, "1:6 a"),
    ("v: a\u2028 b", "a\u2028b", 2, 3, "1:7 b"),
    ("v: 'a\nb'", "a b", 0, 2, "1:5 a"),
    ("v: 'a\nb'", "a b", 1, 2, "1:6 \n"),
    ("v: |", "", 0, 0, "1:5 "),
]


@both_parsers
@pytest.mark.parametrize(("text", "value", "i", "j", "expected"), SLICES)
def test_slice(text: str, value: str, i: int, j: int, expected: str) -> None:
    node = value_of(text)
    node = node.get("w") or node
    assert node.value == value
    assert place(node.span.slice(i, j)) == expected


@examples(200)
@given(
    TEXTS,
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.sampled_from([8, 1000]),
    st.booleans(),
    st.integers(0, 2),
)
def test_slices_of_what_pyyaml_writes(
    text: str, style: str | None, width: int, unicode: bool, depth: int
) -> None:
    data: Any = {"v": text}
    for _ in range(depth):
        data = {"v": [data]}
    dumped = yaml.dump(data, default_style=style, width=width, allow_unicode=unicode)
    assume(yaml.load(dumped, yaml.BaseLoader) == data)  # PyYAML does not always read what it wrote
    path: list[str | int] = ["v", 0] * depth
    value = root(dumped).get(*path, "v")
    assert value is not None
    assert value.span.value == text
    assert_slices_are_exact(value.span)


@examples(300)
@given(
    st.tuples(st.sampled_from("|>"), st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["", "-", "+"])),
    st.lists(st.sampled_from(["a", "b", " ", " ", "\t", "#", "\u00e9", *BREAKS]), max_size=25).map("".join),
    st.sampled_from(BREAKS[:3]),
    st.booleans(),
)
def test_slices_of_random_block_scalars(
    header: tuple[str, str, str], body: str, line_end: str, nested: bool
) -> None:
    pad = "    " if nested else "  "
    lines = re.sub("\r\n|[\n\r\x85\u2028\u2029]", lambda match: match[0] + pad, body)
    prefix = f"v:{line_end}  w: " if nested else "v: "
    source = Source("f", f"{prefix}{''.join(header)}  # c{line_end}{pad}{lines}{line_end}")
    nodes = documents(source).nodes
    assume(nodes)
    value = nodes[0].get("v", "w") if nested else nodes[0].get("v")
    assert value is not None
    assert value.span.style == header[0]
    assert_slices_are_exact(value.span)


@examples(300)
@given(
    st.sampled_from(["", "'", '"']),
    st.lists(
        st.sampled_from(
            ["a", "b", " ", "\t", "#", "\u00e9", "''", '\\"', "\\n", "\\x41", "\\u00e9", "\\U0001d538"]
        )
        | st.sampled_from(["\\ ", "\\\n", "\\\r\n ", "\\\\", "\n", "\n ", "\r\n", " \r", "\x85", "\u2028 "]),
        max_size=20,
    ),
)
@example('"', ["a", " ", "\\\n", " ", "\n", "b"])
def test_slices_of_random_flow_scalars(quote: str, parts: list[str]) -> None:
    body = "".join(part for part in parts if part != "''" or quote == "'")
    nodes = read(f"v: [{quote}{body}{quote}]").nodes
    assume(nodes)
    value = nodes[0].get("v", 0)
    assume(value is not None and value.span.style != "nodes")
    assert value is not None
    assert_slices_are_exact(value.span)
