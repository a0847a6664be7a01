"""Syntax errors: where they are, and what their author is told."""

from __future__ import annotations

import pytest
from soundness import assert_well_said
from yamlreading import (
    both_parsers,
    each_parser,  # noqa: F401 - the fixture of both_parsers
    place,
    read,
    said,
)

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


def test_where_something_was_opened_is_shown() -> None:
    (problem,) = read("a: [b,\n  c\nd: e").problems
    assert [(place(span), text) for span, text in problem.also] == [("1:4 [", "opened here")]


def test_help_for_a_regular_expression_in_double_quotes() -> None:
    (problem,) = read('a: "5\\d\\d"').problems
    assert problem.help == "write `\\\\d`, or use single quotes"
