"""Verdicts on queries: what is valid, and where and how the others go wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_marks import mark_problem, marked
from promql_samples import ANY_TEXT, MISTAKES, VALID, VALID_SINCE_3, VALID_UNTIL_2

from slogen import promql
from slogen.promql import SyntaxProblem
from slogen.promql.grammar import type_of
from slogen.promql.library import expression
from slogen.promql.trees import type_of_tree


@pytest.mark.parametrize("text", [*VALID, *VALID_SINCE_3, *VALID_UNTIL_2])
def test_valid_queries(text: str) -> None:
    assert promql.check(text) == ()


@pytest.mark.parametrize(("at", "message", "help_"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_mistakes(at: str, message: str, help_: str) -> None:
    text, start, end = marked(at)
    assert promql.check(text) == (SyntaxProblem(message, start, end, help_),)


def test_all_foreign_characters_are_reported() -> None:
    found = promql.check("a && b || ! c")
    assert [problem.help for problem in found] == [
        "write `and`",
        "write `or`",
        "write `unless` to exclude series, or `!=` to compare",
    ]


def test_after_an_open_string_nothing_more_is_reported() -> None:
    (problem,) = promql.check('x{a="b} && y')
    assert problem.message == "this string is not closed"


def test_long_quotes_are_cut_in_messages() -> None:
    (problem,) = promql.check(f'x "{"a" * 100}"')
    assert f'`"{"a" * 36}...` follows' in problem.message


@pytest.mark.parametrize(
    "text",
    ["(" * 500 + "x" + ")" * 500, "-" * 5000 + "x", "abs(" * 900 + "x" + ")" * 900, "x" + "^x" * 5000],
)
def test_deep_nesting_is_refused_and_does_no_harm(text: str) -> None:
    found = promql.check(text)
    # What the fast parser takes without danger is valid; else the limit of the careful one shows.
    assert [problem.message for problem in found] in ([], ["this is nested too deeply"])


def test_a_long_sum_is_valid() -> None:
    text = " + ".join(["sum(rate(x[5m]))"] * 2000)
    assert promql.check(text) == ()
    assert promql.value_type(text) == "vector"
    assert not promql.aggregates_to(text, ())  # too long to be certain


@pytest.mark.parametrize(
    "text",
    [f"x[{'9' * 5000}m]", f"x @ 0x{'f' * 5000}", f"x @ {'9' * 5000}", "x offset inf", f"x offset {'9' * 30}"],
)
def test_huge_numbers(text: str) -> None:
    assert len(promql.check(text)) == 1
    assert not promql.aggregates_to(text, ())


class TestWithHoles:
    def test_a_problem_behind_a_hole_keeps_its_place(self) -> None:
        text, start, end = marked("sum(rate(x[{{ .window }}])) / sum(⟦rat⟧(y[{{.window}}]))")
        (problem,) = promql.check(text, promql.read_template(text).holes)
        assert (problem.start, problem.end, problem.help) == (start, end, "did you mean `rate`?")

    def test_a_problem_that_holds_a_hole(self) -> None:
        text, start, end = marked("sum(⟦x[{{ .window }}]⟧)")
        (problem,) = promql.check(text, promql.read_template(text).holes)
        assert (problem.start, problem.end) == (start, end)

    def test_a_problem_within_a_hole_is_the_whole_hole(self) -> None:
        text, start, end = marked("x{a=⟦{{ .window }}⟧}")
        (problem,) = promql.check(text, promql.read_template(text).holes)
        assert (problem.start, problem.end) == (start, end)

    def test_valid(self) -> None:
        text = "rate(x[{{.window}}])"
        assert promql.check(text, promql.read_template(text).holes) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "vector"),
        ("sum(x)", "vector"),
        ("rate(x[5m])", "vector"),
        ("x + 1", "vector"),
        ("1 + 1", "scalar"),
        ("-1", "scalar"),
        ("(time())", "scalar"),
        ("scalar(x)", "scalar"),
        ("x[5m]", "matrix"),
        ("(x[5m:1m])", "matrix"),
        ('"a"', "string"),
        ("holt_winters(x[5m], 0.5, 0.5)", "vector"),
        ("rate(x[5m * 2])", "vector"),
        ("x[step()]", "matrix"),
        ("x @ 5", "vector"),
    ],
)
def test_value_type(text: str, expected: str) -> None:
    assert promql.value_type(text) == expected


def test_value_type_of_a_mistake() -> None:
    with pytest.raises(ValueError, match="unknown function `rat`"):
        promql.value_type("rat(x)")


@given(ANY_TEXT)
def test_nothing_raises_and_every_place_is_within_the_text(text: str) -> None:
    template = promql.read_template(text)
    selector, matchers = promql.parse_selector(text), promql.parse_matchers(text)
    problems = [*promql.check(text), *promql.check(text, template.holes), *template.problems]
    problems += [found for found in (selector, matchers) if isinstance(found, SyntaxProblem)]
    for problem in problems:
        assert 0 <= problem.start <= problem.end <= len(text)
        assert problem.start < problem.end or not text
        assert problem.message
    for used in promql.selectors(text):
        assert text[used.selector.start : used.selector.end] == used.selector.text
    for fixed in promql.fixed_ranges(text, template.holes):
        assert text[fixed.start : fixed.end] == fixed.text
    promql.family(text, template.holes)
    promql.aggregates_to(text, ("a",))


def exprs() -> st.SearchStrategy[str]:
    """Expressions that are valid but for their types."""
    selectors = st.sampled_from(("x", 'x{a="b"}', '{__name__=~"x|y"}', "job:x:sum", "sum"))
    modifiers = st.sampled_from(("", " offset 5m", " @ end()", " offset -1h"))
    ranges = st.sampled_from(("", "[5m]", "[1h30m]"))
    simple = st.one_of(
        st.tuples(selectors, ranges, modifiers).map("".join),
        st.sampled_from(("1", "0.5", "Inf", "time()", '"a"', "vector(1)")),
    )

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        operators = st.sampled_from(
            (
                "+",
                "-",
                "*",
                "/",
                "^",
                "==",
                "> bool",
                "and",
                "or on (a)",
                "unless",
                "/ ignoring (a) group_left",
            )
        )
        functions = st.sampled_from(("rate", "abs", "sum", "sum by (a)", "scalar", "vector", "absent", ""))
        return st.one_of(
            st.builds("{} {} {}".format, inner, operators, inner),
            st.builds("{}({})".format, functions, inner),
            st.builds("sum({}) without (a)".format, inner),
            st.builds("{}[10m:1m]".format, inner),
            st.builds("-{}".format, inner),
            st.builds("topk(2, {})".format, inner),
        )

    return st.recursive(simple, larger, max_leaves=8)


@given(exprs())
def test_both_parsers_agree_on_verdict_and_type(text: str) -> None:
    tree = expression(text)
    problems = promql.check(text)
    assert (tree is not None) == (problems == ()), [mark_problem(text, problem) for problem in problems]
    if tree is not None:
        assert type_of(text) == type_of_tree(tree) == promql.value_type(text)
