"""Limits: deep nesting and alias bombs end in a problem, not in an exhausted machine."""

from __future__ import annotations

import pytest
from yamlreading import (
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    read,
    root,
    said,
)

from slogen.source import MAX_ALIASED, MAX_DEPTH


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
