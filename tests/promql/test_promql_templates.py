"""Holes of queries, what only looks like one, ranges, and the way back from a rendered query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_marks import mark, mark_problem, marked

from slogen import promql


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
    text = "{{.windw}}x[{{window}}] + y[{{.window}}]"
    template = promql.read_template(text)
    assert [mark_problem(text, problem) for problem in template.problems] == [
        "{{⟦.windw⟧}}x[{{window}}] + y[{{.window}}]",
        "{{.windw}}x[⟦{{window}}⟧] + y[{{.window}}]",
    ]
    assert template.holes == ((28, 39),)


@pytest.mark.parametrize(
    "action",
    [
        "{{end}}",
        "{{ .window | print }}",
        '{{ "}}" }}',
        "{{-.window}}",
        "{{}}",
        "{{/* a comment */}}",
        "{{$x}}",
    ],
)
def test_what_must_be_run(action: str) -> None:
    assert promql.read_template(f"x[{{{{.windw}}}}{action}]") == promql.Template(
        f"x[{{{{.windw}}}}{action}]", is_program=True
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate(x[{{.window}}])", ["range: rate(x[⟦{{.window}}⟧])"]),
        (
            "rate(x[5m]) + rate(y[{{.window}}])",
            ["range: rate(x[⟦5m⟧]) + rate(y[{{.window}}])", "range: rate(x[5m]) + rate(y[⟦{{.window}}⟧])"],
        ),
        ("rate(x[5m] offset 1h)", ["range: rate(x[⟦5m⟧] offset 1h)", "offset: rate(x[5m] offset ⟦1h⟧)"]),
        ("x offset -1h", ["offset: x offset ⟦-1h⟧"]),
        ("x offset {{.window}}", ["offset: x offset ⟦{{.window}}⟧"]),
        (
            "max_over_time(x[1h:5m])",
            ["subquery: max_over_time(x[⟦1h⟧:5m])", "step: max_over_time(x[1h:⟦5m⟧])"],
        ),
        ("max_over_time(x[1h:])", ["subquery: max_over_time(x[⟦1h⟧:])"]),
        ("rate(x[ 5m * 2 ])", ["range: rate(x[ ⟦5m * 2⟧ ])"]),
        ('x{a="[5m]", offset="5m"} # [5m]', []),
        ("offset + x", []),
    ],
)
def test_ranges(text: str, expected: list[str]) -> None:
    rendered = promql.render(text, promql.read_template(text).holes, "5m")
    found = [f"{one.place}: {mark(text, (one.start, one.end))}" for one in promql.all_ranges(rendered)]
    assert found == expected
    fixed = promql.fixed_ranges(text, promql.read_template(text).holes)
    assert [one.text for one in fixed] == [text[one.start : one.end] for one in fixed]
    assert len(fixed) == sum("⟦{{" not in one for one in expected)


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


def test_pieces_lead_back_to_where_they_stand() -> None:
    """As of a branch that is taken, one that is left out, and a loop with two rounds."""
    source = "a<if>bc<else>d<end><range>e<end>f"
    pieces = [
        ("a", (0, 1), True),
        ("bc", (5, 7), True),
        *[("", (19, 26), False), ("e", (26, 27), True)] * 2,
        ("", (27, 32), False),
        ("f", (32, 33), True),
    ]
    rendered = promql.assemble(pieces)
    assert rendered.text == "abceef"
    places = [rendered.source_place((at, at + 1)) for at in range(6)]
    assert [source[slice(*place)] for place in places] == list(rendered.text)
    assert rendered.source_place((1, 3)) == (5, 7)
    assert rendered.source_place((2, 4)) == (6, 27)


def test_a_place_within_a_loop_is_never_inside_out() -> None:
    rendered = promql.assemble([("ab", (5, 7), True), ("", (0, 5), False), ("ab", (5, 7), True)])
    assert rendered.text == "abab"
    assert rendered.source_place((1, 3)) == (5, 7)
