"""Holes of queries, what only looks like one, and the way back from a rendered query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_marks import mark, mark_problem, marked

from slogen import promql
from slogen.promql import FixedRange


@pytest.mark.parametrize(
    ("at", "rendered"),
    [
        ("x[⟦{{.window}}⟧]", "x[5m]"),
        ("x[⟦{{ .window }}⟧]", "x[5m]"),
        ("x[⟦{{\t.window\n}}⟧]", "x[5m]"),
        ("x[⟦{{$.window}}⟧]", "x[5m]"),
        ("x[⟦ {{- .window -}} ⟧]", "x[5m]"),
        ("x[ ⟦{{.window -}}\n\t⟧]", "x[ 5m]"),
        ("x⟦\n{{- .window}}⟧", "x5m"),
    ],
)
def test_one_hole(at: str, rendered: str) -> None:
    text, start, end = marked(at)
    template = promql.read_template(text)
    assert template.holes == ((start, end),)
    assert template.problems == ()
    assert promql.render(text, template.holes, "5m").text == rendered


def test_holes_share_the_space_between_them() -> None:
    template = promql.read_template("a {{.window -}}  {{- .window}} b")
    assert template.holes == ((2, 17), (17, 30))


@pytest.mark.parametrize(
    "text",
    [
        "x[5m]",
        'x{a=~"b$"}',
        'label_replace(x, "a", "$1", "b", "${c}")',
        'x{a=~"[[:alpha:]]"}',
        "x # $window and [[window]]",
        "[[]]",
        "x[[5m]]",
        "",
    ],
)
def test_no_hole_and_no_problem(text: str) -> None:
    template = promql.read_template(text)
    assert (template.holes, template.problems) == ((), ())


@pytest.mark.parametrize(
    ("at", "message", "help_"),
    [
        (
            "x[{{⟦.windows⟧}}]",
            "`.windows` is unknown: the only field is `.window`",
            "did you mean `{{.window}}`?",
        ),
        (
            "x[{{ ⟦.Window⟧ }}]",
            "`.Window` is unknown: the only field is `.window`",
            "did you mean `{{.window}}`?",
        ),
        ("x[{{⟦.service⟧}}]", "`.service` is unknown: the only field is `.window`", "write `{{.window}}`"),
        ("x[⟦{{window}}⟧]", "`window` is no field: fields begin with a dot", "write `{{.window}}`"),
        ("x[⟦{{end}}⟧]", "`{{end}}` is not replaced", "only `{{.window}}` is supported here"),
        (
            "x[⟦{{ .window | print }}⟧]",
            "`{{ .window | print }}` is not replaced",
            "only `{{.window}}` is supported here",
        ),
        ('x[⟦{{ "}}" }}⟧]', '`{{ "}}" }}` is not replaced', "only `{{.window}}` is supported here"),
        ("x[⟦{{-.window}}⟧]", "`{{-.window}}` is not replaced", "only `{{.window}}` is supported here"),
        ("x[⟦{{}}⟧]", "`{{}}` is not replaced", "only `{{.window}}` is supported here"),
        ("x[⟦{{⟧ .window }", "`{{` is not closed", "write `{{.window}}`"),
        ("x[⟦$window⟧]", "`$window` is not replaced", "write `{{.window}}`"),
        ("x[⟦$__rate_interval⟧:1m]", "`$__rate_interval` is not replaced", "write `{{.window}}`"),
        ("x[⟦${window}⟧]", "`${window}` is not replaced", "write `{{.window}}`"),
        ("x⟦[[window]]⟧", "`[[window]]` is not replaced", "write `[{{.window}}]`"),
        ("x[⟦[[window]]⟧]", "`[[window]]` is not replaced", "write `{{.window}}`"),
        ("x[{{.window}}] + y[⟦$__range⟧]", "`$__range` is not replaced", "write `{{.window}}`"),
    ],
)
def test_what_only_looks_like_a_hole(at: str, message: str, help_: str) -> None:
    text, start, end = marked(at)
    assert promql.read_template(text).problems == (promql.SyntaxProblem(message, start, end, help_),)


@pytest.mark.parametrize("part", ['"', '\\"', "`", "x.", ".a", "{{", "- "])
def test_a_long_action_that_is_not_closed(part: str) -> None:
    template = promql.read_template("{{" + part * 5000)
    assert [(problem.start, problem.end) for problem in template.problems] == [(0, 2)]


def test_every_action_is_reported() -> None:
    text = '{{if eq .window "5m"}}x{{end}}[{{.window}}]'
    template = promql.read_template(text)
    assert [mark_problem(text, problem) for problem in template.problems] == [
        '⟦{{if eq .window "5m"}}⟧x{{end}}[{{.window}}]',
        '{{if eq .window "5m"}}x⟦{{end}}⟧[{{.window}}]',
    ]
    assert template.holes == ((31, 42),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate(x[{{.window}}])", []),
        ("rate(x[5m]) + rate(y[{{.window}}])", [FixedRange(7, 9, "5m", "range")]),
        ("rate(x[{{.window}}] offset 1h)", [FixedRange(27, 29, "1h", "offset")]),
        ("rate(x[{{.window}}] offset -1h)", [FixedRange(27, 30, "-1h", "offset")]),
        ("rate(x[{{.window}}] offset {{.window}})", []),
        ("max_over_time(x[1h:5m])", [FixedRange(16, 18, "1h", "subquery"), FixedRange(19, 21, "5m", "step")]),
        ("max_over_time(x[{{.window}}:1m])", [FixedRange(28, 30, "1m", "step")]),
        ("max_over_time(x[1h:{{.window}}])", [FixedRange(16, 18, "1h", "subquery")]),
        ("max_over_time(x[1h:])", [FixedRange(16, 18, "1h", "subquery")]),
        ("rate(x[ 5m * 2 ])", [FixedRange(8, 14, "5m * 2", "range")]),
        ('x{a="[5m]", offset="5m"} # [5m]', []),
        ("offset + x", []),
    ],
)
def test_fixed_ranges(text: str, expected: list[FixedRange]) -> None:
    assert list(promql.fixed_ranges(text, promql.read_template(text).holes)) == expected


PIECES = st.text(alphabet="abx ()[]\n", max_size=6)
WINDOWS = st.sampled_from(("5m", "1h30m", "100ms", "1d"))


@given(st.lists(PIECES, min_size=1, max_size=5), WINDOWS)
def test_the_way_back(pieces: list[str], window: str) -> None:
    text = "{{ .window }}".join(pieces)
    holes = promql.read_template(text).holes
    assert len(holes) == len(pieces) - 1
    rendered = promql.render(text, holes, window)
    assert rendered.text == window.join(pieces)
    at = source = 0
    for index, piece in enumerate(pieces):
        for _ in piece:
            assert rendered.source_offset(at) == source
            assert rendered.source_place((at, at + 1)) == (source, source + 1)
            at, source = at + 1, source + 1
        if index == len(holes):
            break
        assert holes[index][0] == source
        for offset in range(len(window)):
            assert rendered.source_offset(at + offset) == source
            assert rendered.source_place((at + offset, at + offset + 1)) == holes[index]
        at, source = at + len(window), holes[index][1]
    assert rendered.source_place((0, len(rendered.text))) == (0, len(text))


def test_the_place_of_nothing() -> None:
    text = "a{{.window}}b"
    rendered = promql.render(text, promql.read_template(text).holes, "5m")
    assert rendered.source_place((3, 3)) == (12, 12)
    assert mark(text, rendered.source_place((2, 4))) == "a⟦{{.window}}b⟧"
