"""Text to nodes: every value, every place, every trap of YAML."""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from slogen import source as module
from slogen.source import MAX_ALIASED, MAX_DEPTH, Documents, Node, Problem, Source, Span, documents

SHARED = Path(__file__).resolve().parents[2] / "shared"

SPEC = """\
# the service
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: checkout, labels: {release: "prometheus"}}
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.95
      group_by: [model, "user agent"]
      sli:
        query:
          bad: |
            sum(rate(x{code=~"5.."}[{{.window}}]))
          total: >-
            sum(
              rate(x[{{.window}}])
            )
    - &latency
      name: 'it''s fast'
      objective: 99
      sli: {latency: {histogram: h_seconds, threshold: 5s}}
    - <<: *latency
      name: "caf\\u00e9"
"""


@pytest.fixture(params=["libyaml", "python"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test with each of PyYAML's parsers; the compiled one is missing on some platforms."""
    if request.param == "python":
        python_parser = module._python_parser_class()
        monkeypatch.setattr(module, "_parser_class", lambda: python_parser)
    else:
        pytest.importorskip("yaml._yaml", reason="PyYAML was built without libyaml")


both_parsers = pytest.mark.usefixtures("_parser")


def examples(count: int) -> settings:
    """So many random inputs, however long they take."""
    unhurried = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(max_examples=count, deadline=None, suppress_health_check=unhurried)


def read(text: str) -> Documents:
    return documents(Source("f.yaml", text))


def root(text: str) -> Node:
    """The only document of a text without problems."""
    result = read(text)
    assert result.problems == ()
    (node,) = result.nodes
    return node


def value_of(text: str) -> Node:
    """The node of the key `v`."""
    node = root(text).get("v")
    assert node is not None
    return node


def place(span: Span) -> str:
    """A span as `line:column text`."""
    return f"{span.line}:{span.column} {span.text}"


def said(problem: Problem) -> tuple[str, str, str]:
    return problem.kind, place(problem.at), problem.message


def walk(node: Node, seen: set[int] | None = None) -> Iterator[Node]:
    """A node and all nodes in it, each once."""
    seen = set() if seen is None else seen
    if id(node) in seen:
        return
    seen.add(id(node))
    yield node
    if isinstance(node.value, dict):
        children = list(node.value.values())
    else:
        children = node.value if isinstance(node.value, list) else []
    for child in children:
        yield from walk(child, seen)


# --- Source ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("", 0, (1, 1)),
        ("abc", 0, (1, 1)),
        ("abc", 3, (1, 4)),
        ("a\nb", 1, (1, 2)),
        ("a\nb", 2, (2, 1)),
        ("a\n", 2, (2, 1)),
        ("a\r\nb", 1, (1, 2)),
        ("a\r\nb", 2, (1, 3)),
        ("a\r\nb", 3, (2, 1)),
        ("a\rb", 2, (2, 1)),
        ("a\r\r\n\nb", 5, (4, 1)),
        ("a\x85b", 2, (1, 3)),
        ("a\u2028b\u2029c", 4, (1, 5)),
        ("a\x0bb\x0cc", 4, (1, 5)),
        ("\U0001d538b", 1, (1, 2)),
        ("e\u0301b", 2, (1, 3)),
        ("abc", 99, (1, 4)),
        ("abc", -1, (1, 1)),
    ],
)
def test_line_and_column(text: str, offset: int, expected: tuple[int, int]) -> None:
    assert Source("f", text).line_and_column(offset) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb\rc\n\nd", ["a", "b", "c", "", "d"]),
        ("a\x85b\u2028c", ["a\x85b\u2028c"]),
    ],
)
def test_line_text(text: str, lines: list[str]) -> None:
    source = Source("f", text)
    assert [source.line_text(line) for line in range(1, len(lines) + 1)] == lines
    assert source.line_text(0) == source.line_text(len(lines) + 1) == ""


@examples(100)
@given(st.text(alphabet="ab\n\r\x85\u2028\U0001d538"))
def test_offsets_are_lines_and_columns(text: str) -> None:
    source = Source("f", text)
    for offset in range(len(text)):
        line, column = source.line_and_column(offset)
        shown = source.line_text(line)
        if text[offset] in "\r\n":
            assert len(shown) < column <= len(shown) + 2
        else:
            assert shown[column - 1] == text[offset]


def test_a_byte_order_mark_is_not_text() -> None:
    source = Source("f", "\ufeffa: b")
    assert source.text == "a: b"
    assert place(documents(source).nodes[0].span_at("a")) == "1:4 b"


def test_source_equality_and_repr() -> None:
    source = Source("f", "a\nb")
    source.line_and_column(2)
    assert source == Source("f", "a\nb")
    assert hash(source) == hash(Source("f", "a\nb"))
    assert source != Source("g", "a\nb")
    assert repr(source) == "Source(path='f')"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
def test_decode(encoding: str) -> None:
    text = "a: caf\u00e9 \U0001d538\r\nb: 1\n"
    mark = "\ufeff" if encoding.endswith(("-le", "-be")) else ""
    assert Source.decode("f", (mark + text).encode(encoding)) == Source("f", text)


@pytest.mark.parametrize(
    ("data", "expected", "message"),
    [
        (b"a: b\nc: \xff\xfe", "2:4", "byte `0xff` is not UTF-8 text"),
        (b"\xef\xbb\xbfa: \xe9t\xe9", "1:4", "byte `0xe9` is not UTF-8 text"),
        ("a: é".encode() + b" \xc3", "1:6", "byte `0xc3` is not UTF-8 text"),
        (b"\xff\xfea\x00\x00\xd8", "1:2", "byte `0x00` is not UTF-16 text"),
        (b"\xff\xfea\x00b", "1:2", "byte `0x62` is not UTF-16 text"),
        (b"\x7fELF\x00\x00\xff\x80", "1:7", "the file is binary, not text"),
    ],
)
def test_data_that_is_not_text(data: bytes, expected: str, message: str) -> None:
    problem = Source.decode("dir/f.yaml", data)
    assert isinstance(problem, Problem)
    assert (problem.kind, str(problem.at), problem.message) == ("encoding", f"dir/f.yaml:{expected}", message)
    assert problem.help == "save the file as UTF-8"


@examples(100)
@given(st.binary())
def test_decode_never_raises(data: bytes) -> None:
    result = Source.decode("f", data)
    if isinstance(result, Problem):
        assert 0 <= result.at.start <= result.at.end <= len(result.at.source.text)
    else:
        documents(result)


# --- Span --------------------------------------------------------------------------------------------------


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


# --- Node --------------------------------------------------------------------------------------------------


def test_places_of_a_spec() -> None:
    spec = root(SPEC)
    expected = {
        ("kind",): "3:7 ServiceLevels",
        ("metadata",): '4:11 {name: checkout, labels: {release: "prometheus"}}',
        ("metadata", "labels", "release"): '4:46 "prometheus"',
        ("spec", "slos", 0, "objective"): "9:18 99.95",
        ("spec", "slos", 0, "group_by", 1): '10:25 "user agent"',
        ("spec", "slos", 1, "name"): "20:13 'it''s fast'",
        ("spec", "slos", 2, "name"): '24:13 "caf\\u00e9"',
        ("spec", "slos", 2, "sli", "latency", "threshold"): "22:56 5s",
    }
    assert {path: place(spec.span_at(*path)) for path in expected} == expected
    bad = spec.get("spec", "slos", 0, "sli", "query", "bad")
    assert bad is not None
    assert place(bad.span.slice(11, 21)) == '14:24 code=~"5..'
    total = spec.get("spec", "slos", 0, "sli", "query", "total")
    assert total is not None
    assert isinstance(total.value, str)
    window = total.value.index("{{")
    assert place(total.span.slice(window, window + 11)) == "17:22 {{.window}}"


def test_values_of_a_spec() -> None:
    latency = {"latency": {"histogram": "h_seconds", "threshold": "5s"}}
    assert root(SPEC).plain() == {
        "apiVersion": "slogen.dev/v1",
        "kind": "ServiceLevels",
        "metadata": {"name": "checkout", "labels": {"release": "prometheus"}},
        "spec": {
            "service": "checkout",
            "slos": [
                {
                    "name": "availability",
                    "objective": Decimal("99.95"),
                    "group_by": ["model", "user agent"],
                    "sli": {
                        "query": {
                            "bad": 'sum(rate(x{code=~"5.."}[{{.window}}]))\n',
                            "total": "sum(\n  rate(x[{{.window}}])\n)",
                        }
                    },
                },
                {"name": "it's fast", "objective": 99, "sli": latency},
                {"name": "café", "objective": 99, "sli": latency},
            ],
        },
    }


PLACES = [
    # text, path, place of the value, place of the key
    ("a: b", (), "1:1 a: b", "1:1 a: b"),
    ("a: b", ("a",), "1:4 b", "1:1 a"),
    ("'a' : b", ("a",), "1:7 b", "1:1 'a'"),
    ("? a\n: b", ("a",), "2:3 b", "1:3 a"),
    ("a: b", ("c",), "1:1 a: b", "1:1 a: b"),
    ("a: b", ("a", "c", "d"), "1:4 b", "1:4 b"),
    ("a: {b: [x, yy]}", ("a", "b", 1), "1:12 yy", "1:12 yy"),
    ("a: {b: [x, yy]}", ("a", "b", 2), "1:8 [x, yy]", "1:8 [x, yy]"),
    ("a: {b: [x, yy]}", ("a", "b", -1), "1:8 [x, yy]", "1:8 [x, yy]"),
    ("a: {b: [x, yy]}", ("a", "b", "1"), "1:8 [x, yy]", "1:8 [x, yy]"),
    ("a: {b: [x, yy]}", ("a", 0), "1:4 {b: [x, yy]}", "1:4 {b: [x, yy]}"),
    ("a:\n  b: c  # d\n\n# e\nf: g", ("a",), "2:3 b: c", "1:1 a"),
    ("a:\n- b\n- c: d\n\nf: g", ("a",), "2:1 - b\n- c: d", "1:1 a"),
    ("a:\n- b\n- c: d\n\nf: g", ("a", 1), "3:3 c: d", "3:3 c: d"),
    ("a: {\n  b: c\n  }\n", ("a",), "1:4 {\n  b: c\n  }", "1:1 a"),
    ("a: {}\n", ("a",), "1:4 {}", "1:1 a"),
    ("a: []\n", ("a",), "1:4 []", "1:1 a"),
    ("a:\nb: c", ("a",), "1:3 ", "1:1 a"),
    ("a:   # c\n\nb: c", ("a",), "1:3 ", "1:1 a"),
    ("a: {b: , c: 1}", ("a", "b"), "1:7 ", "1:5 b"),
    ("a: {b, c: 1}", ("a", "b"), "1:6 ", "1:5 b"),
    ("? a\n? b", ("a",), "1:4 ", "1:3 a"),
    ("- \n- x", (0,), "1:2 ", "1:2 "),
    ("a:\n  b:\n", ("a",), "2:3 b:", "1:1 a"),
    ("a: !!str\nb: 1", ("a",), "1:9 ", "1:1 a"),
    ("a: !!str # c\nb: 1", ("a",), "1:9 ", "1:1 a"),
    ("a: &x !!str b", ("a",), "1:13 b", "1:1 a"),
    ("a: !!map &x\n  # c\n  b: c\nd: e", ("a",), "3:3 b: c", "1:1 a"),
    ("a: &x [b]", ("a",), "1:7 [b]", "1:1 a"),
    ("&x a: b", ("a",), "1:7 b", "1:4 a"),
    ("a: &x b\nc: *x", ("c",), "1:7 b", "2:1 c"),
    ("a: &x b\nc:\n  d: *x\n", ("c",), "3:3 d: *x", "2:1 c"),
    ("a: &x b\n*x : c", ("b",), "2:6 c", "2:1 *x"),
    ("\U0001d538: e\u0301x\nb: 1", ("\U0001d538",), "1:4 e\u0301x", "1:1 \U0001d538"),
    ("a: \x85\u2028 b", ("a",), "1:7 b", "1:1 a"),
    ("a: b\r\nc: d\r\n", ("c",), "2:4 d", "2:1 c"),
    ("a: b\rc: d\r", ("c",), "2:4 d", "2:1 c"),
    ("%YAML 1.2\n---\na: b\n...\n", ("a",), "3:4 b", "3:1 a"),
    ('{"a":\t[1,\n"b"]}', ("a", 1), '2:1 "b"', '2:1 "b"'),
]


@pytest.mark.parametrize(("text", "path", "value", "key"), PLACES)
def test_span_at_and_key_at(text: str, path: tuple[str | int, ...], value: str, key: str) -> None:
    node = root(text)
    assert place(node.span_at(*path)) == value
    assert place(node.key_at(*path)) == key


def test_get() -> None:
    node = root("a: [x, {b: 1}]")
    found = node.get("a", 1, "b")
    assert found is not None
    assert found.value == 1
    assert node.get() is node
    for path in [("b",), ("a", 2), ("a", -1), ("a", "1"), ("a", 0, "x"), (0,), ("a", 1, "b", "c")]:
        assert node.get(*path) is None


def test_kinds_of_node() -> None:
    node = root("a: [x]")
    assert (node.is_mapping, node.is_sequence) == (True, False)
    assert repr(node) == "Node({'a': ['x']} at f.yaml:1:1)"
    assert {key: place(span) for key, span in node.keys.items()} == {"a": "1:1 a"}
    entries = node.get("a")
    assert entries is not None
    assert (entries.is_mapping, entries.is_sequence) == (False, True)
    assert dict(entries.keys) == {}


def test_nodes_can_be_pickled() -> None:
    node = root("a: [x, 'y''z']")
    copy = pickle.loads(pickle.dumps(node))
    assert copy.plain() == node.plain()
    assert copy.span == node.span
    assert place(copy.span_at("a", 1).slice(1, 2)) == "1:10 ''"


# --- Documents ---------------------------------------------------------------------------------------------


@both_parsers
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n  \n", []),
        ("# only a comment\n", []),
        ("---\n---\n...\n---\n# c\n", []),
        ("a", ["a"]),
        ("--- a\n---\n- b\n...\n---\nc: d\n", ["a", ["b"], {"c": "d"}]),
        ("---\n# c\n---\na: b\n---\n", [{"a": "b"}]),
        ("null", [None]),
        ("--- ~\n--- ''\n--- !!str", [None, "", ""]),
        ("a: &x 1\n---\nb: &x 2\nc: *x", [{"a": 1}, {"b": 2, "c": 2}]),
        ("%YAML 1.1\n--- 'a'", ["a"]),
        (
            '{"a": [1, 2.50, true, null, "x\\u00e9\\/"], "b": {}}',
            [{"a": [1, Decimal("2.50"), True, None, "xé/"], "b": {}}],
        ),
        ("[]", [[]]),
        ("a: [b, c: d, {e}]", [{"a": ["b", {"c": "d"}, {"e": None}]}]),
        ("a:\r\n- b\r\n", [{"a": ["b"]}]),
    ],
)
def test_documents(text: str, expected: list[object]) -> None:
    result = read(text)
    assert result.problems == ()
    assert [node.plain() for node in result.nodes] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n---\nb: [\n---\nc: 1", [{"a": 1}]),
        ("a: 1\n--- 'x\n", [{"a": 1}]),
        ("a: 1\n---\nb: *x\n---\nc: 1", [{"a": 1}, {"c": 1}]),
        ("a: !x 1\n---\nb: 1", [{"b": 1}]),
        ("a: 1\na: 2\n---\nb: 1", [{"a": 1}, {"b": 1}]),
        ("a: 1\n---\nb: 2\n---\nc: \x07\n---\nd: 1", [{"a": 1}, {"b": 2}]),
        ("a: 1\n...\n\x07", [{"a": 1}]),
        ("a: 1\n\x07", []),
        ("a: 1\n---\n" + "[" * 500, [{"a": 1}]),
    ],
)
def test_documents_beside_a_broken_one(text: str, expected: list[object]) -> None:
    result = read(text)
    assert len(result.problems) == 1
    assert [node.plain() for node in result.nodes] == expected


# --- Scalars -----------------------------------------------------------------------------------------------

SCALARS: Mapping[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "nULL": "nULL", "none": "none",
    "true": True, "True": True, "TRUE": True, "tRUE": "tRUE", "false": False, "False": False, "FALSE": False,
    "yes": "yes", "no": "no", "on": "on", "off": "off", "y": "y", "n": "n", "Y": "Y", "N": "N", "NO": "NO",
    "0": 0, "7": 7, "-7": -7, "+7": 7, "-0": 0, "123456789012345678901": 123456789012345678901,
    "00": "00", "08": "08", "007": "007", "-08": "-08", "0o17": 15, "0o18": "0o18", "0x1F": 31, "0xg": "0xg",
    "-0x1F": "-0x1F", "0b11": "0b11", "1_000": "1_000", "1,000": "1,000", "5:30": "5:30", "1:2:3": "1:2:3",
    "1.0": Decimal("1.0"), "99.950": Decimal("99.950"), "-.5": Decimal("-.5"), ".5": Decimal(".5"),
    "5.": Decimal(5), "1e3": Decimal("1e3"), "1E+3": Decimal("1e3"), "12e03": Decimal("12e3"),
    "1.5e-3": Decimal("0.0015"), "0.0": Decimal("0.0"), "00.5": Decimal("0.5"),
    "1e0000000003": Decimal("1e3"),
    ".": ".", "..": "..", "-.": "-.", "1.2.3": "1.2.3", "1e": "1e", "e3": "e3", "1e3x": "1e3x", "+": "+",
    ".e3": ".e3", "1 000": "1 000", "5m": "5m", "28d": "28d", "1h30m": "1h30m", "99.5%": "99.5%",
    ".inf": ".inf", "-.INF": "-.INF", ".nan": ".nan", ".NaN": ".NaN", "inf": "inf", "nan": "nan",
    "1e308": Decimal("1e308"), "1e309": "1e309", "1e-308": Decimal("1e-308"), "1e-309": "1e-309",
    "1e999999999": "1e999999999", "9" * 308: int("9" * 308), "9" * 309: "9" * 309,
    "0x" + "f" * 400: "0x" + "f" * 400,
    "\u0663": "\u0663", "1\u0663": "1\u0663", "\u00bd": "\u00bd",
    "2024-01-01": "2024-01-01", "2024-01-01T00:00:00Z": "2024-01-01T00:00:00Z", "=": "=", "=~": "=~",
    "<<": "<<", "a": "a", "slo:x": "slo:x", "5..": "5..", "tilde~": "tilde~", "~x": "~x",
}  # fmt: skip


@both_parsers
@pytest.mark.parametrize(("written", "expected"), SCALARS.items())
def test_plain_scalar(written: str, expected: object) -> None:
    node = value_of(f"v: {written}\n")
    assert node.value == expected
    assert type(node.value) is type(expected)
    assert str(node.value) == str(expected)
    assert node.span.value == written
    assert place(node.span) == (f"1:4 {written}" if written else "1:3 ")


@pytest.mark.parametrize("written", [word for word in SCALARS if word])
@pytest.mark.parametrize("form", ["'{}'", '"{}"', "|-\n  {}", ">-\n  {}", "!!str '{}'", "! '{}'"])
def test_a_quoted_or_block_scalar_is_text(form: str, written: str) -> None:
    assert value_of("v: " + form.format(written)).value == written


@both_parsers
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!!str 5", "5"),
        ("!!str true", "true"),
        ("!!str", ""),
        ("! 5", "5"),
        ("!!int 5", 5),
        ('!!int "5"', 5),
        ("!!int 0x1F", 31),
        ("!!float 5", Decimal(5)),
        ("!!float 0.50", Decimal("0.50")),
        ("!!bool true", True),
        ("!!bool 'False'", False),
        ("!!null ~", None),
        ("!!null", None),
        ("!!null ''", None),
        ("!!map {a: 1}", {"a": 1}),
        ("! {a: 1}", {"a": 1}),
        ("!!seq [a]", ["a"]),
        ("!<tag:yaml.org,2002:int> 5", 5),
    ],
)
def test_tagged_value(written: str, expected: object) -> None:
    node = value_of(f"v: {written}")
    assert node.plain() == expected
    assert type(node.plain()) is type(expected)


@both_parsers
@pytest.mark.parametrize(
    ("written", "at", "message"),
    [
        ("!!int soon", "1:10 soon", "`soon` is not an integer"),
        ("!!int 5.0", "1:10 5.0", "`5.0` is not an integer"),
        ("!!int 1_000", "1:10 1_000", "`1_000` is not an integer"),
        ("!!int true", "1:10 true", "`true` is not an integer"),
        ("!!int", "1:9 ", "`` is not an integer"),
        ("!!float x", "1:12 x", "`x` is not a finite number"),
        ("!!float .inf", "1:12 .inf", "`.inf` is not a finite number"),
        ("!!float true", "1:12 true", "`true` is not a finite number"),
        ("!!bool yes", "1:11 yes", "`yes` is not `true` or `false`"),
        ("!!bool 1", "1:11 1", "`1` is not `true` or `false`"),
        ("!!null 0", "1:11 0", "`0` is not null"),
        ("!!binary aGk=", "1:4 !!binary", "the tag `!!binary` is not supported"),
        ("!!timestamp x", "1:4 !!timestamp", "the tag `!!timestamp` is not supported"),
        ("!!set {a}", "1:4 !!set", "the tag `!!set` is not supported"),
        ("!!omap [a: 1]", "1:4 !!omap", "the tag `!!omap` is not supported"),
        ("!Ref x", "1:4 !Ref", "the tag `!Ref` is not supported"),
        ("&a !Ref x", "1:7 !Ref", "the tag `!Ref` is not supported"),
        ("!<x:y> [a]", "1:4 !<x:y>", "the tag `!<x:y>` is not supported"),
        ("!!python/object:os.system {}", "1:4 !!python/object:os.system", None),
        ("!!str [a]", "1:4 !!str", "the tag `!!str` does not fit a list"),
        ("!!seq {a: 1}", "1:4 !!seq", "the tag `!!seq` does not fit a mapping"),
        ("!!map x", "1:4 !!map", "the tag `!!map` does not fit text"),
        ("{!Ref x: 1}", "1:5 !Ref", "the tag `!Ref` is not supported"),
        ("{!!int x: 1}", "1:11 x", "`x` is not an integer"),
    ],
)
def test_tag_problem(written: str, at: str, message: str | None) -> None:
    result = read(f"v: {written}\n---\nw: 1")
    (problem,) = result.problems
    assert said(problem) == ("tag", at, message or f"the tag `{at[4:]}` is not supported")
    assert [node.plain() for node in result.nodes] == [{"w": 1}]


def test_all_tag_problems_of_a_document_are_reported() -> None:
    result = read("a: !x 1\nb: !!int y\nc: *d\n")
    assert [(problem.kind, problem.at.line) for problem in result.problems] == [
        ("tag", 1),
        ("tag", 2),
        ("alias", 3),
    ]


# --- Keys --------------------------------------------------------------------------------------------------


def test_keys_are_text() -> None:
    node = root("1: a\ntrue: b\nnull: c\n1.0: d\n~: e\n'': f\n'<<': h\n!!int 5: i\n=: j\n")
    assert list(node.value) == ["1", "true", "null", "1.0", "~", "", "<<", "5", "="]  # type: ignore[arg-type]
    assert place(node.key_at("true")) == "2:1 true"
    assert place(node.key_at("5")) == "8:7 5"


def test_every_duplicate_key_is_reported() -> None:
    result = read("a: 1\nb: {c: 1, 'c': 2}\na: {x: 1, x: 2}\n1: x\n\"1\": y\na: 3\n")
    assert [said(problem) for problem in result.problems] == [
        ("duplicate-key", "2:11 'c'", "the key `c` is written twice"),
        ("duplicate-key", "3:1 a", "the key `a` is written twice"),
        ("duplicate-key", "3:11 x", "the key `x` is written twice"),
        ("duplicate-key", '5:1 "1"', "the key `1` is written twice"),
        ("duplicate-key", "6:1 a", "the key `a` is written twice"),
    ]
    firsts = [[(place(span), text) for span, text in problem.also] for problem in result.problems]
    label = "first written here"
    assert firsts == [
        [("2:5 c", label)],
        [("1:1 a", label)],
        [("3:5 x", label)],
        [("4:1 1", label)],
        [("1:1 a", label)],
    ]
    assert result.nodes[0].plain() == {"a": 1, "b": {"c": 1}, "1": "x"}


@both_parsers
@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("[a]: b", "1:1 [a]", "a mapping or list cannot be a key"),
        ("? - a\n: b", "1:3 - a", "a mapping or list cannot be a key"),
        ("? {a: b}\n: c", "1:3 {a: b}", "a mapping or list cannot be a key"),
        ("x: {[a]: b}", "1:5 [a]", "a mapping or list cannot be a key"),
        ("a: &x [b]\n? *x\n: c", "2:3 *x", "a mapping or list cannot be a key"),
        ("a: {{ .Values.x }}", "1:4 {{ .Values.x }}", "`{{` starts a YAML mapping here, not a template"),
        ("{? : x}", "1:3 ", "the key is empty"),
        ("?\n: x", "1:2 ", "the key is empty"),
    ],
)
def test_key_problem(text: str, at: str, message: str) -> None:
    result = read(text + "\n---\nw: 1")
    (problem,) = result.problems
    assert said(problem) == ("key", at, message)
    assert [node.plain() for node in result.nodes] == [{"w": 1}]


# --- Anchors, aliases, merge keys --------------------------------------------------------------------------


@both_parsers
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1\nv: *x", 1),
        ("a: &x [b, &y c]\nv: [*x, *y]", [["b", "c"], "c"]),
        ("a: &x 1\nb: &x 2\nv: *x", 2),
        ("&k a: 1\nv: *k", "a"),
        ("a: &x {p: 1, q: 2}\nv: {<<: *x, q: 3}", {"p": 1, "q": 3}),
        ("a: &x {p: 1, q: 2}\nv: {q: 3, <<: *x}", {"p": 1, "q": 3}),
        ("a: &x {p: 1}\nb: &y {p: 2, q: 2}\nv: {<<: [*x, *y], r: 3}", {"p": 1, "q": 2, "r": 3}),
        ("a: &x {p: 1}\nb: &y {p: 2, q: 2}\nv: {<<: [*y, *x]}", {"p": 2, "q": 2}),
        ("a: &x {p: 1}\nb: &y {<<: *x, q: 2}\nv: {<<: *y}", {"p": 1, "q": 2}),
        ("v: {<<: {p: 1}, q: 2}", {"p": 1, "q": 2}),
        ("v: {<<: []}", {}),
        ("a: &x {}\nv: {<<: *x}", {}),
        ("a: &x {p: {q: 1}}\nv: {<<: *x, p: {r: 2}}", {"p": {"r": 2}}),
        ("v: {'<<': {p: 1}}", {"<<": {"p": 1}}),
        ("v: {!!str <<: {p: 1}}", {"<<": {"p": 1}}),
        ("v: [<<]", ["<<"]),
        ("a: &x\nv: *x", None),
        ("a: &x !!str\nv: *x", ""),
    ],
)
def test_alias_and_merge(text: str, expected: object) -> None:
    assert value_of(text).plain() == expected


def test_merged_values_have_the_place_of_their_anchor() -> None:
    node = root("a: &x {p: 1, q: 2}\nv: {<<: *x, q: 3}\nw: *x")
    assert place(node.span_at("v", "p")) == "1:11 1"
    assert place(node.key_at("v", "p")) == "1:8 p"
    assert place(node.span_at("v", "q")) == "2:16 3"
    assert place(node.key_at("v", "q")) == "2:13 q"
    assert place(node.span_at("v")) == "2:4 {<<: *x, q: 3}"
    assert place(node.span_at("w")) == "1:7 {p: 1, q: 2}"


@both_parsers
@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("v: *x", "1:4 *x", "`*x` has no anchor"),
        ("v: *x\na: &x 1", "1:4 *x", "`*x` has no anchor"),
        ("a: &x 1\n---\nv: *x", "3:4 *x", "`*x` has no anchor"),
        ("*x : 1", "1:1 *x", "`*x` has no anchor"),
        ("v: {<<: *x}", "1:9 *x", "`*x` has no anchor"),
        ("v: &x [*x]", "1:8 *x", "`*x` stands inside the value that it stands for"),
        ("v: &x {a: {b: *x}}", "1:15 *x", "`*x` stands inside the value that it stands for"),
        ("v: &x {<<: *x}", "1:12 *x", "`*x` stands inside the value that it stands for"),
        ("v: {<<: 5}", "1:9 5", "`<<` merges mappings, and `5` is none"),
        ("v: {<<: }", "1:8 ", "`<<` merges mappings, and `` is none"),
        ("v: {<<: [{a: 1}, b]}", "1:18 b", "`<<` merges mappings, and `b` is none"),
        ("a: &x [b]\nv: {<<: [*x]}", "1:7 [b]", "`<<` merges mappings, and `[b]` is none"),
    ],
)
def test_alias_problem(text: str, at: str, message: str) -> None:
    (problem,) = read(text).problems
    assert said(problem) == ("alias", at, message)


def test_two_merge_keys_are_a_duplicate() -> None:
    result = read("a: &x {p: 1}\nv: {<<: *x, <<: {q: 1}}")
    (problem,) = result.problems
    assert said(problem) == ("duplicate-key", "2:13 <<", "the key `<<` is written twice")
    assert [place(span) for span, _ in problem.also] == ["2:5 <<"]
    assert result.nodes[0].plain() == {"a": {"p": 1}, "v": {"p": 1, "q": 1}}


# --- Limits ------------------------------------------------------------------------------------------------


@both_parsers
@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 50_000])
@pytest.mark.parametrize(
    ("opening", "column"),
    [("[", MAX_DEPTH + 1), ("{a: ", MAX_DEPTH * 4 + 1), ("- ", MAX_DEPTH * 2 + 1), ("? ", MAX_DEPTH * 2 + 1)],
)
def test_deep_nesting(opening: str, column: int, levels: int) -> None:
    result = read(opening * levels)
    (problem,) = result.problems
    assert (problem.kind, problem.at.line, problem.at.column) == ("limit", 1, column)
    assert problem.message == f"more than {MAX_DEPTH} levels of nesting"


def test_nesting_up_to_the_limit() -> None:
    node = root("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert str(node.plain()) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


def test_nesting_through_aliases() -> None:
    half = MAX_DEPTH // 2
    inner = f"a: &a {'[' * half}{']' * half}\n"
    assert read(f"{inner}b: {'[' * (half - 1)}*a{']' * (half - 1)}").problems == ()
    (problem,) = read(f"{inner}b: {'[' * half}*a{']' * half}").problems
    assert said(problem) == ("limit", f"2:{4 + half} *a", f"more than {MAX_DEPTH} levels of nesting")


def test_nesting_through_a_chain_of_aliases() -> None:
    text = "- &a0 x\n" + "".join(f"- &a{i} [*a{i - 1}]\n" for i in range(1, 200))
    (problem,) = read(text).problems
    assert said(problem) == ("limit", f"{MAX_DEPTH + 1}:10 *a127", f"more than {MAX_DEPTH} levels of nesting")


@pytest.mark.parametrize("merge", [False, True])
def test_an_alias_bomb_is_not_expanded(merge: bool) -> None:
    lines = ["a0: &a0 {x: 1}"]
    for i in range(1, 60):
        lines.append(
            f"a{i}: &a{i} "
            + (f"{{<<: [*a{i - 1}, *a{i - 1}], k{i}: 1}}" if merge else f"[{f'*a{i - 1}, ' * 9}]")
        )
    (problem,) = read("\n".join(lines)).problems
    assert problem.kind == "limit"
    assert problem.message == f"the aliases up to here stand for more than {MAX_ALIASED:,} values"
    assert problem.at.text.startswith("*a")


def test_many_aliases_of_a_small_value_are_fine() -> None:
    node = root("a: &a {x: 1}\nv: [" + "*a, " * 10_000 + "]")
    assert len(node.value["v"].value) == 10_000  # type: ignore[index,call-overload,union-attr,arg-type]


# --- Errors ------------------------------------------------------------------------------------------------

MAPPING = "this is neither a key of the mapping nor its end"
TAB = "a tab stands where only spaces may"
ERRORS = [
    ("a: b: c", "1:5 :", "a key is not allowed here"),
    ("a: b\n  c: d", "2:4 :", "a key is not allowed here"),
    ('a: "x', '1:4 "', "the quoted text has no end"),
    ("a: 'x\nb: c\n", "1:4 '", "the quoted text has no end"),
    ('a: "x\n---\ny"', '1:4 "', "the quoted text has no end"),
    ('a: "5\\d"', "1:6 \\d", "`\\d` is not an escape in double quotes"),
    ('a: "\\\\\\d"', "1:7 \\d", "`\\d` is not an escape in double quotes"),
    ('a: "\\u12"', "1:5 \\u12", "`\\u12` is cut short"),
    ('a: "\\ud83d"', "1:5 \\ud83d", "`\\ud83d` is not a character"),
    ("a:\n\tb: c", "2:1 \t", TAB),
    ("\ta: b", "1:1 \t", TAB),
    ("a: |\n\tb", "2:1 \t", TAB),
    ("a: @b", "1:4 @", "`@` cannot start a value"),
    ("a: `b`", "1:4 `", "a backtick cannot start a value"),
    ("a: %b", "1:4 %", "`%` cannot start a value"),
    ("a: |x\n b", "1:5 x", "`x` is not allowed behind `|` or `>`"),
    ("a: [b, c\nd: e\n", "2:2 :", "the list is not closed: expected `,` or `]`"),
    ("a: {b: c\nd: e", "2:2 :", "the mapping is not closed: expected `,` or `}`"),
    ("a: [", "1:5 ", "a value is missing here"),
    ("a: {", "1:5 ", "a value is missing here"),
    ("- a\nb: c", "2:1 b", "this is neither an entry of the list nor its end"),
    ("a: 1\n- b", "2:1 -", MAPPING),
    ('a: "b" c', "1:8 c", MAPPING),
    ("a:\n  b: 1\n c: 2", "3:2 c", MAPPING),
    ("a: 1\nfoo bar\nb: 2", "2:1 foo bar", "`foo bar` is not a key"),
    ("a: *", "1:4 *", "no name follows `*`"),
    ("a: & b", "1:4 &", "no name follows `&`"),
    ("a: - b", "1:4 -", "a list entry is not allowed here"),
    ("a: ? b", "1:4 ?", "`?` is not allowed here"),
    ("a: b\n...\nc: d", "3:1 c", "this stands behind the end of the document"),
    ("%YAML 2.0\n---\na: b", "1:1 %YAML 2.0", "`%YAML 2.0` is not YAML 1.1 or 1.2"),
]


@pytest.mark.parametrize(("text", "at", "message"), ERRORS)
def test_syntax_error(text: str, at: str, message: str) -> None:
    pytest.importorskip("yaml._yaml", reason="PyYAML was built without libyaml")
    (problem,) = read(text).problems
    assert said(problem) == ("syntax", at, message)


@both_parsers
@pytest.mark.parametrize("text", [row[0] for row in ERRORS])
def test_syntax_error_of_each_parser(text: str) -> None:
    result = read(f"ok: 1\n...\n{text}" if text.startswith("%") else f"ok: 1\n---\n{text}")
    assert result.nodes[0].plain() == {"ok": 1}
    (problem,) = result.problems
    assert problem.kind == "syntax"
    assert_well_said(problem)


def test_without_libyaml_pyyamls_own_parser_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    parser_class = module._parser_class.__wrapped__()
    assert parser_class.__name__ == "PythonParser"
    monkeypatch.setattr(module, "_parser_class", lambda: parser_class)
    assert root(SPEC).get("spec", "slos", 2, "name") is not None


def test_an_error_that_pyyaml_does_not_place(monkeypatch: pytest.MonkeyPatch) -> None:
    python_parser = module._python_parser_class()
    monkeypatch.setattr(module, "_parser_class", lambda: python_parser)
    (problem,) = read('a: 1\nb: "\\U00110000"').problems
    assert said(problem) == ("syntax", "2:2 ", "YAML error: chr() arg not in range(0x110000)")


@both_parsers
def test_an_undeclared_tag_prefix_is_a_tag_problem() -> None:
    (problem,) = read("a: !x!y z").problems
    assert said(problem) == ("tag", "1:4 !x!y", "the prefix of the tag `!x!y` is not declared")


def test_where_something_was_opened_is_shown() -> None:
    (problem,) = read("a: [b,\n  c\nd: e").problems
    assert [(place(span), text) for span, text in problem.also] == [("1:4 [", "opened here")]


def test_help_for_a_regular_expression_in_double_quotes() -> None:
    (problem,) = read('a: "5\\d\\d"').problems
    assert problem.help == "write `\\\\d`, or use single quotes"


@both_parsers
@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x00", "0000"),
        ("\x07", "0007"),
        ("\x7f", "007F"),
        ("\x80", "0080"),
        ("\ud83d", "D83D"),
        ("\ufffe", "FFFE"),
    ],
)
def test_a_character_that_yaml_does_not_allow(character: str, name: str) -> None:
    result = read(f"a: \U0001d538é\n---\nb: \U0001d538é{character}x\n")
    (problem,) = result.problems
    assert said(problem) == (
        "encoding",
        f"3:6 {character}",
        f"the character U+{name} is not allowed in YAML",
    )
    assert [node.plain() for node in result.nodes] == [{"a": "\U0001d538é"}]


def test_a_byte_order_mark_before_a_later_document() -> None:
    pytest.importorskip("yaml._yaml", reason="PyYAML was built without libyaml")
    result = read("\ufeffa: 1\n---\n\ufeffb: 2\n")
    assert result.problems == ()
    assert place(result.nodes[1].key_at("b")) == "3:2 b"


def test_utf_16_without_a_byte_order_mark() -> None:
    source = Source.decode("f", "a: 1".encode("utf-16-le"))
    assert isinstance(source, Source)
    (problem,) = documents(source).problems
    assert (problem.kind, problem.at.column, problem.help) == ("encoding", 2, "save the file as UTF-8")


def test_problems_before_a_character_that_yaml_does_not_allow_are_kept() -> None:
    result = read("a: 1\na: 2\n---\nb: '\x07")
    assert [problem.kind for problem in result.problems] == ["duplicate-key", "encoding"]


def test_which_characters_are_allowed_is_what_libyaml_says() -> None:
    parser = pytest.importorskip("yaml._yaml", reason="PyYAML was built without libyaml").CParser
    for code in [
        *range(0x300),
        *range(0x2000, 0x2100),
        *range(0xD700, 0xE100),
        *range(0xFE00, 0x10100),
        0x10FFFF,
    ]:
        text = f"'{chr(code)}'"
        try:
            parser(text).raw_parse()
        except (yaml.reader.ReaderError, UnicodeEncodeError):
            assert module._UNREADABLE.search(text), hex(code)
        except yaml.YAMLError:
            assert chr(code) == "'"
        else:
            assert not module._UNREADABLE.search(text), hex(code)


# --- Properties --------------------------------------------------------------------------------------------

BREAKS = ("\n", "\r\n", "\r", "\x85", "\u2028", "\u2029")
TEXTS = st.text(st.sampled_from("ab'\"\\:#-{}[]|> \t\n\u00e9\u2028\x85\U0001d538\u0301"), max_size=30)


def assert_well_said(problem: Problem) -> None:
    """Style of messages, and places that exist."""
    text = problem.at.source.text
    for span, _ in ((problem.at, ""), *problem.also):
        assert 0 <= span.start <= span.end <= len(text)
    for words in (problem.message, problem.label, problem.help, *(words for _, words in problem.also)):
        assert words.strip() == words
        assert not words.endswith(".") or words.endswith("...`")
        assert not words[:1].isupper() or words.startswith("YAML")
        assert "\n" not in words
    assert problem.message


def assert_slices_are_exact(span: Span) -> None:
    """Each character of the value comes from characters that decode to it, in order."""
    end = span.start
    for i, character in enumerate(span.value):
        part = span.slice(i, i + 1)
        assert part.start >= end, "characters are written in order"
        end = part.end
        written = part.text
        assert written == character or is_written_as(character, written, span.style), (i, character, written)
        caret = span.slice(i, i)
        assert (caret.start, caret.end) == (part.start, part.start)
    assert end <= len(span.source.text)
    for i in range(0, len(span.value), 3):
        part = span.slice(i, i + 4)
        assert part.start == span.slice(i, i + 1).start
        inside = [span.slice(k, k + 1) for k in range(i, min(i + 4, len(span.value)))]
        visible = [piece.end for piece in inside if piece.text not in BREAKS] or [inside[0].end]
        assert part.end == visible[-1]


def is_written_as(character: str, written: str, style: str) -> bool:
    if written in BREAKS:
        return character in {" ", "\n"}
    if style == "'":
        return (character, written) == ("'", "''")
    return style == '"' and written.startswith("\\") and yaml.safe_load(f'"{written}"') == character


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


SPECIAL = st.sampled_from(
    [
        *"\t\n\r \"'{}[]:,#&*!|>%@`-?=~\\<.0a\x00\x07\x85\u2028\ufeff\ud83d\U0001d538",
        *("\n---\n", "\n...\n", "<<: *a", "&a ", "*a", "!!int ", "!x ", "? ", "- ", ": ", "  ", "{{"),
        *("\\u12", "\\x", "!!", "%YAML 1.3\n"),
    ]
)


@examples(600)
@given(st.lists(st.tuples(st.integers(0, len(SPEC)), st.integers(0, 3), SPECIAL), min_size=1, max_size=5))
def test_random_edits_of_a_spec_raise_nothing(edits: list[tuple[int, int, str]]) -> None:
    text = SPEC
    for offset, removed, added in edits:
        text = text[:offset] + added + text[offset + removed :]
    assert_sound(Source("f", text))


@examples(300)
@given(st.lists(SPECIAL, max_size=30).map("".join))
def test_random_text_raises_nothing(text: str) -> None:
    assert_sound(Source("f", text))


@examples(200)
@given(st.lists(SPECIAL, max_size=20).map("".join))
def test_random_text_raises_nothing_in_pyyamls_own_parser(text: str) -> None:
    python_parser = module._python_parser_class()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_parser_class", lambda: python_parser)
        assert_sound(Source("f", text))


def assert_sound(source: Source) -> None:
    result = documents(source)
    for problem in result.problems:
        assert_well_said(problem)
    for document in result.nodes:
        document.plain()
        for node in walk(document):
            assert 0 <= node.span.start <= node.span.end <= len(source.text)
            for span in node.keys.values():
                assert 0 <= span.start <= span.end <= len(source.text)
            if not (node.is_mapping or node.is_sequence):
                node.span.slice(0, len(node.span.value))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def exact(data: object) -> object:
    """JSON data with the numbers as this reader gives them."""
    if isinstance(data, dict):
        return {key: exact(value) for key, value in data.items()}
    if isinstance(data, list):
        return [exact(value) for value in data]
    if isinstance(data, float):
        number = Decimal(repr(data))
        return number if abs(number.adjusted()) <= 308 else repr(data)
    return data


@examples(100)
@given(JSON, st.sampled_from([None, 2]))
def test_json_is_read_as_it_was_written(data: object, indent: int | None) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    assume(data is not None and not re.search("[\x85\u2028]", text))  # these are line breaks in YAML only
    assert root(text).plain() == exact(data)


@examples(100)
@given(JSON, st.sampled_from([None, True, False]))
def test_structure_agrees_with_pyyaml(data: object, flow: bool | None) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True)
    assume(data is not None and not re.search("[\x85\u2028]", text))  # PyYAML writes these wrongly
    assert untyped(root(text)) == yaml.load(text, yaml.BaseLoader)


def untyped(node: Node) -> object:
    """The node with the text of every scalar."""
    if isinstance(node.value, dict):
        return {key: untyped(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [untyped(child) for child in node.value]
    return node.span.value


@both_parsers
@pytest.mark.parametrize("text", [SPEC, *(row[0] for row in PLACES if "\t" not in row[0])])
def test_both_parsers_see_the_same_places(text: str) -> None:
    by_libyaml = module._parser_class  # patched in one of the two runs
    seen = [(node.span, dict(node.keys)) for node in walk(root(text))]
    with pytest.MonkeyPatch.context() as patch:
        python_parser = module._python_parser_class()
        patch.setattr(module, "_parser_class", lambda: python_parser)
        assert [(node.span, dict(node.keys)) for node in walk(root(text))] == seen
    assert module._parser_class is by_libyaml


# --- Files of others ---------------------------------------------------------------------------------------


def test_public_files() -> None:
    files = sorted(path for path in SHARED.rglob("*") if path.suffix in {".yaml", ".yml", ".json"})
    if not files:
        pytest.skip(f"no public YAML files beside the repository (looked in {SHARED.name}/)")
    for path in files:
        source = Source.decode(str(path), path.read_bytes())
        assert isinstance(source, Source)
        result = documents(source)
        for problem in result.problems:
            assert_well_said(problem)
        if result.problems:
            continue
        expected = [data for data in yaml.load_all(source.text, yaml.CBaseLoader) if data not in (None, "")]
        assert [untyped(node) for node in result.nodes] == expected, path
        for document in result.nodes:
            for node in walk(document):
                if node.span.style != "nodes" and path.suffix != ".json":
                    assert_slices_are_exact(node.span)
