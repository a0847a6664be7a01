"""Queries at the border: what is taken, in which form, and where it is told what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import expressions
from slogen.diagnostics import Report
from slogen.ir import Query
from slogen.source import Node, Source, Span

W = "{{.window}}"
IF = '{{if eq .window "1d"}}'
FIXED = "SLO402 `5m` is the same for every burn-rate window (a fixed range)"


def node(text: str) -> Node:
    return Node(text, Span(Source("a.yaml", text), 0, len(text)))


def read(text: str, *, metricsql: bool = False) -> tuple[Query | None, list[str]]:
    """The query, and the findings as code, text with the place marked, message and label."""
    report = Report()
    query = expressions.windowed(node(text), report, metricsql=metricsql)
    found = []
    for one in report:
        at = f"{text[: one.at.start]}⟦{one.at.text}⟧{text[one.at.end :]}"
        found.append(f"{one.code.id} {at} {one.message}{f' ({one.label})' if one.label else ''}")
    return query, found


@pytest.mark.parametrize(
    ("text", "over_5m"),
    [
        (f"sum(rate(x[{W}]))", "sum(rate(x[5m]))"),
        ('sum(rate(x[{{.window | printf "%s"}}]))', "sum(rate(x[5m]))"),
        ("sum(rate(x[{{- $.window -}} ]))", "sum(rate(x[5m]))"),
        (f"x:rate{W}", "x:rate5m"),
    ],
)
def test_a_plain_query_has_holes(text: str, over_5m: str) -> None:
    query, found = read(text)
    assert found == []
    assert query is not None
    assert query.holes
    assert query.template is None
    assert query.over("5m") == over_5m


@pytest.mark.parametrize(
    ("text", "over_5m", "over_1h"),
    [
        (f'{{{{if eq .window "5m"}}}}x{{{{else}}}}sum(rate(y[{W}])){{{{end}}}}', "x", "sum(rate(y[1h]))"),
        ("{{$w := .window}}sum(rate(x[{{$w}}]))", "sum(rate(x[5m]))", "sum(rate(x[1h]))"),
        ("{{with .window}}sum(rate(x[{{.}}])){{end}}", "sum(rate(x[5m]))", "sum(rate(x[1h]))"),
        ('{{printf "sum(rate(x[%s]))" .window}}', "sum(rate(x[5m]))", "sum(rate(x[1h]))"),
        ('sum(rate(x[{{ index . "window" }}]))', "sum(rate(x[5m]))", "sum(rate(x[1h]))"),
        (f"{{{{/* all */ -}}}} \n x:rate{W}", "x:rate5m", "x:rate1h"),
        (f'x:rate{W}{{a="{{{{"{{{{"}}}}"}}', 'x:rate5m{a="{{"}', 'x:rate1h{a="{{"}'),
        (f'{{{{if eq .window "x5"}}}}({{{{else}}}}x:rate{W}{{{{end}}}}', "x:rate5m", "x:rate1h"),
    ],
)
def test_any_other_template_is_run(text: str, over_5m: str, over_1h: str) -> None:
    query, found = read(text)
    assert found == []
    assert query is not None
    assert not query.holes
    assert (query.over("5m"), query.over("1h")) == (over_5m, over_1h)
    assert query.over(W) == text
    assert hash(query) == hash(read(text)[0])


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        # the template
        ("x[{{⟦.windw⟧}}]", ["`.windw` is unknown: the only field is `.window`"]),
        ("x[⟦{{⟧.window]", ["`{{` is not closed"]),
        (f"x[{W}] + {{{{⟦.foo⟧ | len}}}}", ["`.foo` is unknown: the only field is `.window`"]),
        ('x[{{⟦printf "%d" .window⟧}}]', ["`%d` does not print a text"]),
        (f"{{{{if true}}}}x[{W}] + ⟦$interval⟧{{{{end}}}}", ["`$interval` is not replaced"]),
        ("x[{{⟦index .window 2⟧}}]", ["the text has no place 2"]),
        (f"{IF}{{{{⟦len 5⟧}}}}{{{{end}}}}x:rate{W}", ["a number has no length (where the window is `1d`)"]),
    ],
)
def test_a_template_that_cannot_be_run(text: str, findings: list[str]) -> None:
    assert read(text.replace("⟦", "").replace("⟧", "")) == (
        None,
        [f"SLO403 {text} {one}" for one in findings],
    )


@pytest.mark.parametrize(
    ("marked", "finding"),
    [
        (f"{{{{if true}}}}sum⟦(⟧rate(x[{W}]){{{{end}}}}", "SLO401 `(` is not closed"),
        (f"sum(rate(x{{{{/* c */}}}}[{W}])) ⟦+⟧", "SLO401 nothing follows `+`"),
        (
            f"{IF}x ⟦+⟧{{{{else}}}}x:rate{W}{{{{end}}}}",
            "SLO401 nothing follows `+` (where the window is `1d`)",
        ),
        (
            f"⟦{IF}{{{{else}}}}x:rate{W}{{{{end}}}}⟧",
            "SLO401 the expression is empty (where the window is `1d`)",
        ),
        (
            f"⟦{IF}5{{{{else}}}}x:rate{W}{{{{end}}}}⟧",
            "SLO404 this gives a number, not an instant vector (where the window is `1d`)",
        ),
        ("x[{{if true}}⟦5m⟧{{end}}]", FIXED),
        ("x[⟦{{print `5m`}}⟧]", FIXED),
        (f"⟦{{{{if true}}}}x{{{{end}}}} # {W}⟧", "SLO402 this query ignores the burn-rate window"),
        (f"x[⟦5m⟧] # {W}", FIXED),
        (f"{IF}x[{W}]{{{{else}}}}x[⟦5m⟧]{{{{end}}}}", FIXED),
    ],
)
def test_the_places_are_those_of_the_author(marked: str, finding: str) -> None:
    code, _, message = finding.partition(" ")
    assert read(marked.replace("⟦", "").replace("⟧", "")) == (None, [f"{code} {marked} {message}"])


@pytest.mark.parametrize(
    "text",
    [
        f"sum(rate(x[{W}])) default 0",
        f"WITH (w = {W}) sum(rate(x[w]))",
        f"rate(x[{W}]) keep_metric_names # )",
        f'{{{{if eq .window "5m"}}}}x:5m default 0{{{{else}}}}y:{W} default 0{{{{end}}}}',
        f"x{{a='(' or b=`)`}}[{W}] if 1",
        f"sum(rate(x[{W}], 1)) limit 5",
    ],
)
def test_a_foreign_dialect_is_taken_as_it_is(text: str) -> None:
    query, found = read(text, metricsql=True)
    assert found == []
    assert query is not None
    assert query.opaque
    assert "1h" in query.over("1h")
    assert [one[:6] for one in read(text)[1]] == ["SLO401"]


def test_promql_is_no_foreign_dialect() -> None:
    query, _ = read(f"sum(rate(x[{W}]))", metricsql=True)
    assert query is not None
    assert not query.opaque


@pytest.mark.parametrize(
    ("marked", "finding"),
    [
        (f"a default x⟦)⟧ or (b[{W}]", "SLO401 `)` closes nothing"),
        (f"a default ⟦(⟧b[{W}]", "SLO401 `(` is not closed"),
        (f"a default b⟦[⟧{W})", "SLO401 `[` is not closed"),
        (f"a default b{{c=⟦'⟧d}}[{W}]", "SLO401 this string is not closed"),
        (f"a default ⟦\\⟧) or (b\\([{W}]", "SLO401 a backslash stands outside of quotes"),
        (f"a default b{{c=⟦`d\\`⟧}}[{W}]", "SLO401 a backslash stands before the last backtick"),
        (f"a default b[{W}] # c⟦\r⟧) or (d", "SLO401 a line ends in a carriage return"),
        (f"⟦# {W}⟧", "SLO401 the query is empty"),
        (f"{IF}a default ⟦(⟧{{{{end}}}}b:{W}", "SLO401 `(` is not closed (where the window is `1d`)"),
        ("a default b[⟦5m⟧]", FIXED),
        ("a default b[⟦$__interval⟧]", "SLO403 `$__interval` is not replaced"),
        (f"⟦b[{W}]⟧", "SLO404 this gives a range of samples, not an instant vector"),
    ],
)
def test_what_would_leave_its_place_is_refused(marked: str, finding: str) -> None:
    query, found = read(marked.replace("⟦", "").replace("⟧", ""), metricsql=True)
    code, _, message = finding.partition(" ")
    assert (query, found) == (None, [f"{code} {marked} {message}"])


PIECES = st.sampled_from(
    (
        *(
            "{{",
            "}}",
            "{{- ",
            " -}}",
            W,
            W,
            "{{end}}",
            "{{else}}",
            "{{if .}}",
            "{{with $x := ",
            "{{range 2}}",
        ),
        *(
            'eq .window "1d"',
            '"',
            "'",
            "`",
            "\\",
            "#",
            "\n",
            "\r",
            "$",
            "$x",
            "|",
            "nil",
            "{{/*",
            "*/",
            "\ud800",
        ),
        *("x", "sum(", "rate(", "x[", "]", ")", "(", "{", "}", " or ", " + ", "5m", "1", "é", " default "),
    )
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)), st.booleans())
def test_nothing_raises(text: str, metricsql: bool) -> None:
    report = Report()
    query = expressions.windowed(node(text), report, metricsql=metricsql)
    assert (query is None) == bool(report.diagnostics)
    for one in report:
        assert 0 <= one.at.start <= one.at.end <= len(text)
        assert one.message
    if query is not None:
        assert query.over("5m") != query.over("1h")
        assert not expressions.flaws(query, "5m")
        query.over("1d12h")


@given(st.one_of(st.none(), st.integers(), st.booleans(), st.decimals(), st.just("")), st.booleans())
def test_what_is_no_text_is_no_query(value: int | Decimal | str | None, metricsql: bool) -> None:
    report = Report()
    at = Span(Source("a.yaml", "x"), 0, 1)
    assert expressions.windowed(Node(value, at), report, metricsql=metricsql) is None
    assert len(report.diagnostics) == 1
    assert expressions.windowed(None, report) is None
