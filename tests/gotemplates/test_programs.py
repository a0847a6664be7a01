"""Templates of queries give what Go gives, and are refused where Go, or slogen, gives up."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_texts import GIVES, REFUSED, Author

from slogen.gotemplates import Problem
from slogen.gotemplates.programs import Program, read


def program(text: str) -> Program:
    found = read(text)
    assert isinstance(found, Program), found
    return found


def problems(text: str) -> list[Problem]:
    found = read(text)
    if not isinstance(found, Program):
        return list(found)
    outcome = found.outcome("5m")
    return [outcome.problem] if outcome.problem else []


@pytest.mark.parametrize("text", GIVES)
def test_what_a_template_gives(text: str) -> None:
    assert problems(text) == []
    assert program(text).over("5m") == GIVES[text]


@pytest.mark.parametrize("marked", REFUSED)
def test_what_a_template_must_not_do(marked: str) -> None:
    before, _, after = marked.partition("⟦")
    inside, _, after = after.partition("⟧")
    message, help_ = REFUSED[marked]
    found = problems(before + inside + after)
    assert [(before + inside + after)[slice(*one.place)] for one in found] == [_whole(inside, found[0])]
    assert message in found[0].message
    assert help_ in found[0].help
    assert found[0].help


def _whole(inside: str, found: Problem) -> str:
    """A field is underlined with its dot, which the marks of `.foo` leave out to be read more easily."""
    return f".{inside}" if found.message.startswith(f"`.{inside}`") else inside


def test_every_mistake_is_found() -> None:
    mistakes = (
        *("{{⟦.foo⟧}}", "⟦{{if}}⟧", "x{{end}}", "{{if print ⟦(⟧}}", "{{else}}", "{{end}}", "{{⟦-⟧}}"),
        *(
            "⟦{{define `a`}}⟧",
            "{{end}}",
            "{{with ⟦foo⟧}}",
            "{{end}}",
            "⟦{{if 1}}⟧",
            "{{⟦.bar⟧}}",
            "{{print ⟦'⟧}}",
        ),
    )
    text = "".join(mistakes).replace("⟦", "").replace("⟧", "")
    expected = [
        mistake[mistake.index("⟦") + 1 : mistake.index("⟧")] for mistake in mistakes if "⟦" in mistake
    ]
    assert [text[slice(*one.place)] for one in problems(text)] == expected


def test_windows_are_told_apart() -> None:
    found = program('{{if eq .window "5m"}}{{slice .window 0 1}}{{else}}{{index .window 9}}{{end}}')
    assert found.over("5m") == "5"
    assert found.over("1h") == ""
    assert found.outcome("1h").problem is not None
    assert found.texts == {"5m"}


@pytest.mark.parametrize(
    ("text", "holes"),
    [
        ("x[{{.window}}]", ((2, 13),)),
        ("x[{{ $.window }}] y[ {{- (.window) -}} ]", ((2, 16), (20, 39))),
        ('x[{{.window | printf "%s"}}]', ((2, 27),)),
        ('x[{{printf "%v" .window | print | html}}]', ((2, 40),)),
        ('x[{{printf "%5s" .window}}]', None),
        ("x[{{print .window 1}}]", None),
        ("x[{{.window | len}}]", None),
        ("x[{{.window}}]{{/* a comment */}}", None),
        ("{{$w := .window}}x[{{$w}}]", None),
        ("{{if true}}x[{{.window}}]{{end}}", None),
    ],
)
def test_a_window_in_disguise_is_a_hole(text: str, holes: tuple[tuple[int, int], ...] | None) -> None:
    assert program(text).holes == holes


def test_programs_are_values() -> None:
    text = "{{if true}}x[{{.window}}]{{end}}"
    again = Program(text, ())
    assert {program(text)} == {again}
    assert program(text) != program(text + " ")
    assert pickle.loads(pickle.dumps(program(text))).over("1h") == "x[1h]"
    assert copy.deepcopy(program(text)).over("1h") == "x[1h]"


def test_deep_and_long_templates_end() -> None:
    nested = "{{if true}}" * 5000 + "x" + "{{end}}" * 5000
    assert [one.message for one in problems(nested)] == ["blocks are nested too deeply"]
    chain = "{{if false}}" + "{{else if false}}" * 5000 + "{{else}}x{{end}}"
    assert program(chain).over("5m") == "x"
    for text in (
        "{{" + "(" * 10_000,
        "{{ 1" + "0" * 10_000 + "}}",
        "{{" + "x" * 10_000 + "}}",
        "{{if}}" * 10_000,
    ):
        assert problems(text)


PIECES = st.sampled_from(
    (
        *(
            "{{",
            "}}",
            "{{- ",
            " -}}",
            "{{.window}}",
            "{{end}}",
            "{{else}}",
            "{{if .}}",
            "{{range 2}}",
            "{{break}}",
        ),
        *(
            "{{with $x := ",
            "printf ",
            '"%s"',
            '"%[9]d"',
            "index ",
            "slice ",
            ".window",
            "$",
            "$x",
            "nil",
            "(",
            ")",
        ),
        *("|", ":=", " ", "\n", "1", "-1", "'", '"', "`", "\\", "\ud800", "é", "\0", "/*", "*/", "{{/*", "}"),
    )
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)), st.sampled_from(("5m", "1d12h", "")))
def test_nothing_raises_and_every_place_is_within_the_text(text: str, window: str) -> None:
    found = read(text)
    if not isinstance(found, Program):
        assert found
        for problem in found:
            assert 0 <= problem.place[0] <= problem.place[1] <= len(text)
        return
    outcome = found.outcome(window)
    assert found.over(window) == outcome.text
    if outcome.problem:
        assert 0 <= outcome.problem.place[0] <= outcome.problem.place[1] <= len(text)
    for piece in outcome.pieces:
        start, end = piece.place
        assert 0 <= start <= end <= len(text)
        assert not piece.is_verbatim or text[start:end] == piece.text
    if found.holes is not None and not outcome.problem:
        shown = iter(found.holes)
        assert all(piece.is_verbatim or piece == (window, next(shown), False) for piece in outcome.pieces)


def test_what_is_written_by_chance_ends() -> None:
    author = Author("endings")
    for _ in range(500):
        text = author.template()
        found = read(text)
        assert isinstance(found, (Program, tuple))
        if isinstance(found, Program):
            found.over("5m")
