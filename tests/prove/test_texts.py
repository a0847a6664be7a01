"""Texts are foretold section by section, and usual questions without the evaluator: as the whole would be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen.gotemplates.alert_text import rendered
from slogen.gotemplates.sections import sections
from slogen.prove.texts import Answers, NoAnswers, foretold
from slogen.synthetic import Series

ID = {"sloth_id": "a-b", "sloth_service": "a", "sloth_slo": "b"}
VALUES = {
    Series("slo:left:ratio", {**ID, "zone": "x"}): 0.3125,
    Series("slo:left:ratio", {**ID, "zone": "y"}): -2.5,
    Series("slo:rate1h", ID): 0.015,
}
LABELS = {"zone": "x", "empty": ""}
VALUE = 0.0203
HUMAN = ("humanize", "humanizePercentage", "humanizeDuration", "humanize1024")


def whole(template: str) -> str:
    """The text by the engine and the evaluator alone."""
    return rendered(template, LABELS, VALUE, Answers(VALUES))


@pytest.mark.parametrize("shown", HUMAN)
@pytest.mark.parametrize(
    "asked",
    [
        "\"slo:rate1h{sloth_id='a-b'}\"",
        "\"slo:rate1h{sloth_id='a-b'} * 33.3333\"",
        "\"slo:rate1h{sloth_id='a-b'} / 7\"",
        "\"clamp_min(slo:left:ratio{sloth_id='a-b',zone='y'}, 0) * 2592 / 3\"",
        "\"slo:rate1h{sloth_id='other'}\"",
        "\"slo:rate1h{sloth_id='a-b'} > 1\"",
        "\"max(slo:left:ratio{sloth_id='a-b'})\"",
        '(printf "%g / 0.001" $value)',
        "(printf \"slo:left:ratio{sloth_id='a-b',zone=%q}\" $labels.zone)",
        "(printf \"slo:left:ratio{sloth_id='a-b',zone=%q}\" $labels.empty)",
        "(printf \"clamp_min(slo:left:ratio{sloth_id='a-b',zone=%q}, 0) * 12960 / %g\" $labels.zone $value)",
        "(printf \"slo:rate1h{sloth_id='a-b',gone=%q} * %g\" $labels.gone $value)",
    ],
)
def test_the_first_value_of_a_query(asked: str, shown: str) -> None:
    template = (
        f"{{{{ with query {asked} }}}}{{{{ . | first | value | {shown} }}}}{{{{ else }}}}none{{{{ end }}}}!"
    )
    assert foretold(template, LABELS, VALUE, Answers(VALUES)) == whole(template)


def test_several_results_have_no_first_one() -> None:
    template = "{{ query \"slo:left:ratio{sloth_id='a-b'}\" | first | value | humanize }}"
    assert foretold(template, LABELS, VALUE, Answers(VALUES)) is None


def test_a_value_whose_last_digits_decide_is_not_foretold() -> None:
    assert foretold("{{ $value | humanize }}", {}, 0.25, NoAnswers()) == "250m"
    assert foretold("{{ $value | humanize }}", {}, 0.12345, NoAnswers()) is None
    assert foretold('{{ printf "%.12f" $value }}', {}, 0.25, NoAnswers()) is None


def test_what_nobody_knows_is_not_foretold() -> None:
    answers = Answers(VALUES, frozenset({"slo:rate1h"}))
    for query in ("slo:rate1h{sloth_id='a-b'}", "sum(slo:rate1h)"):
        template = f'{{{{ query "{query}" | first | value | humanize }}}}'
        assert foretold(template, LABELS, VALUE, answers) is None
    assert foretold("value {{ $value }}", LABELS, None, answers) is None
    assert foretold("of {{ $labels.zone }}", LABELS, None, answers) == "of x"


@pytest.mark.parametrize(
    ("template", "count"),
    [
        ("no action }}", 1),
        ("a{{ $value }}b{{ if true }}{{ . }}{{ end }}", 4),
        ("{{ range query `up` }}{{ if .Value }}x{{ else }}y{{ end }}{{ end }}{{ 1 }}", 2),
        ("{{ \"}}\" }}{{ `{{` }}{{ '}' }}", 3),
        ("{{ $x := 1 }}{{ $x }}", 1),
        ("a {{- 1 -}} b{{ 2 }}", 1),
        ('{{ define "x" }}y{{ end }}{{ template "x" }}', 1),
        ("a{{/* b */}}c{{ 1 }}", 1),
        ("{{ if true }}open", 1),
        ("{{ end }}{{ 1 }}", 1),
        ("{{ 'unread", 1),
    ],
)
def test_sections(template: str, count: int) -> None:
    assert len(sections(template)) == count
    assert "".join(sections(template)) == template


PIECES = st.sampled_from(
    [
        "text ",
        "{{ $value }}",
        "{{ $labels.zone | toUpper }}",
        "{{ $x := 2 }}",
        "{{ if $labels.zone }}yes{{ else }}no{{ end }}",
        "{{ with query `1 + 1` }}{{ . | first | value }}{{ end }}",
        "{{- ` trimmed ` -}}",
        " \n",
        "{{/* a comment */}}",
        '{{ define "n" }}named{{ end }}',
        '{{ template "n" }}',
    ]
)


@given(st.lists(PIECES, max_size=8))
def test_sections_by_themselves_give_the_whole(pieces: list[str]) -> None:
    template = "".join(pieces)
    if pieces.count('{{ define "n" }}named{{ end }}') != 1:
        template = template.replace('{{ template "n" }}', "").replace('{{ define "n" }}named{{ end }}', "")
    assert "".join(whole(section) for section in sections(template)) == whole(template)
