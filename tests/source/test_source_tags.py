"""Tags: those that are supported, and complaints about the others."""

from __future__ import annotations

from decimal import Decimal

import pytest
from yamlreading import (
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    read,
    said,
    value_of,
)


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


@both_parsers
def test_an_undeclared_tag_prefix_is_a_tag_problem() -> None:
    (problem,) = read("a: !x!y z").problems
    assert said(problem) == ("tag", "1:4 !x!y", "the prefix of the tag `!x!y` is not declared")
