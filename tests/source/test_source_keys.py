"""Keys: always text, never twice."""

from __future__ import annotations

import pytest
from yamlreading import (
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    place,
    read,
    root,
    said,
)


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


def test_two_merge_keys_are_a_duplicate() -> None:
    result = read("a: &x {p: 1}\nv: {<<: *x, <<: {q: 1}}")
    (problem,) = result.problems
    assert said(problem) == ("duplicate-key", "2:13 <<", "the key `<<` is written twice")
    assert [place(span) for span, _ in problem.also] == ["2:5 <<"]
    assert result.nodes[0].plain() == {"a": {"p": 1}, "v": {"p": 1, "q": 1}}
