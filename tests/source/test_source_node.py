"""Nodes: values, their places, and those of their keys."""

from __future__ import annotations

import pickle
from decimal import Decimal

import pytest
from yamlreading import (
    SPEC,
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    place,
    root,
    walk,
)

from slogen.source import parsing

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


@pytest.mark.parametrize(("text", "path", "value", "key"), PLACES)
def test_span_at_and_key_at(text: str, path: tuple[str | int, ...], value: str, key: str) -> None:
    node = root(text)
    assert place(node.span_at(*path)) == value
    assert place(node.key_at(*path)) == key


@both_parsers
@pytest.mark.parametrize("text", [SPEC, *(row[0] for row in PLACES if "\t" not in row[0])])
def test_both_parsers_see_the_same_places(text: str) -> None:
    by_libyaml = parsing.parser_class  # patched in one of the two runs
    seen = [(node.span, dict(node.keys)) for node in walk(root(text))]
    with pytest.MonkeyPatch.context() as patch:
        python_parser = parsing.python_parser_class()
        patch.setattr(parsing, "parser_class", lambda: python_parser)
        assert [(node.span, dict(node.keys)) for node in walk(root(text))] == seen
    assert parsing.parser_class is by_libyaml


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
