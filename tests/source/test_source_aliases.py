"""Anchors, aliases and merge keys."""

from __future__ import annotations

import pytest
from yamlreading import (
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    place,
    read,
    root,
    said,
    value_of,
)


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
