"""What the templates of alerts give, with promtool as the judge."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml

import promtool
from slogen import pipeline
from slogen.gotemplates.alert_text import Unrenderable, rendered
from slogen.source import Source

LABELS = {"job": "api", "instance": "a-1.example.com:80", "path": "/a b?c=<d>&e", "note": 'it\'s 5% ünd "x"'}
SERIES: dict[str, list[tuple[Mapping[str, str], float]]] = {
    "one": [({"__name__": "one", "job": "api"}, 1234.5)],
    "none": [],
    "many": [({"__name__": "many", "i": "b"}, 1.0), ({"__name__": "many", "i": "a"}, 2.0)],
}
SERIES["sort_desc(many)"] = SERIES["many"]
GIVES = {
    "plain {text}": "plain {text}",
    "{{ $value }} {{ .Value }}": "0.012345 0.012345",
    "{{ $labels.job }}{{ .Labels.job }}{{ $labels.nothing }}": "apiapi",
    "{{ $externalLabels.x }}{{ $externalURL }}{{ .ExternalURL }}": "",
    "{{ $labels }}": f"map[instance:a-1.example.com:80 job:api note:{LABELS['note']} path:/a b?c=<d>&e]",
    "{{ humanize $value }} {{ humanize 1234567 }} {{ humanize `-0.5` }}": "12.35m 1.235M -500m",
    "{{ humanize1024 1024 }} {{ humanize1024 `1023` }}": "1ki 1023",
    "{{ $value | humanizePercentage }} {{ humanizePercentage 15 }}": "1.234% 1500%",
    "{{ humanizeDuration 93784.5 }} {{ humanizeDuration 0.25 }} {{ humanizeDuration -61 }}": (
        "1d 2h 3m 4s 250ms -1m 1s"
    ),
    "{{ humanizeTimestamp 1420070400.5 }} {{ toTime -1.5 }}": (
        "2015-01-01 00:00:00.5 +0000 UTC 1969-12-31 23:59:58.5 +0000 UTC"
    ),
    '{{ (toTime 1420070400).Format "Mon Jan _2 15:04:05 2006" }} {{ (toTime 5).Unix }}': (
        "Thu Jan  1 00:00:00 2015 5"
    ),
    "{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }}": "a-1.example.com a-1:80",
    '{{ stripPort "[::1]:80" }} {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "a.b:" }}': (
        "::1 10.0.0.1:80 a"
    ),
    '{{ title "hello world-foo" }} {{ toUpper $labels.note }}': 'Hello World-Foo IT\'S 5% ÜND "X"',
    '{{ match "^a.*i$" $labels.job }} {{ reReplaceAll "(.*):(.*)" "$2-${1}$$" "a:b" }}': "true b-a$",
    '{{ reReplaceAll "x*" "-" "axb" }} {{ reReplaceAll "^" "x" "ab" }}': "-a-b- xab",
    '{{ reReplaceAll "(?U)(?P<1st>a+)" "<${1st}>" "aa" }} {{ match `\\pL{3}` $labels.job }}': "<a><a> true",
    "{{ graphLink `up == 0` }} {{ tableLink $labels.path }}": (
        "/graph?g0.expr=up+%3D%3D+0&g0.tab=0 /graph?g0.expr=%2Fa+b%3Fc%3D%3Cd%3E%26e&g0.tab=1"
    ),
    '{{ parseDuration "1h30m" }} {{ safeHtml "<b>" }} {{ html $labels.path }}': (
        "5400 <b> /a b?c=&lt;d&gt;&amp;e"
    ),
    '{{ query "one" | first | value }} {{ (query "one" | first).Labels.job }}': "1234.5 api",
    '{{ query "one" | first | label "job" }} {{ query "one" | first | strvalue }}': "api ",
    '{{ with query "none" }}some{{ else }}none{{ end }} {{ len (query "many") }}': "none 2",
    '{{ range sortByLabel "i" (query "many") }}{{ .Labels.i }}={{ .Value }},{{ end }}': "a=2,b=1,",
    '{{ range $i, $s := query "sort_desc(many)" }}{{ $i }}{{ $s.Labels.i }}{{ end }}': "0a1b",
    '{{ args 1 "b" }} {{ (args 1 "b").arg1 }} {{ (args).x }}': "map[arg0:1 arg1:b] b <no value>",
    '{{ printf "%.2f %5.1f| %d %s %q" $value $value 5 "x" $labels.job }}': '0.01   0.0| 5 x "api"',
    '{{ printf "%d" $value }} {{ printf "%.2f" $labels.job }}': "%!d(float64=0.012345) %!f(string=ap)",
    '{{ printf "%s %s" "a" }} {{ printf "a" 1 }} {{ printf "5%" }}': (
        "a %!s(MISSING) a%!(EXTRA int=1) 5%!(NOVERB)"
    ),
    "{{ 1e6 }} {{ 123456789.0 }} {{ 0.00001 }} {{ 100000.0 }}": "1e+06 1.23456789e+08 1e-05 100000",
    "{{ if gt $value 0.01 }}high{{ else }}low{{ end }}": "high",
    '{{ define "x" }}[{{ . }}]{{ end }}{{ template "x" $value }}{{ block "y" 1 }}{{ . }}{{ end }}': (
        "[0.012345]1"
    ),
}
UNRENDERABLE = {
    "{{ externalURL }}": "it depends on the server or on the version of Prometheus",
    "{{ pathPrefix }}": "it depends on",
    "{{ if gt $value 1 }}{{ end }}": "a number and a number of another type have no order",
    '{{ query "none" | first }}': "`first` is called on a query without a result",
    '{{ query "many" | first | value }}': "the series of this query are in no order that can be foretold",
    '{{ range query "many" }}{{ end }}': "the series of this query are in no order",
    '{{ query "one" }}': "the data is printed as an address",
    '{{ title "it\'s a.b" }}': "`title` of `it's` differs between versions of Prometheus",
    "{{ range 3 }}{{ end }}": "`range` does not go over a number",
    "{{ humanize $labels.job }}": "the text `api` is no number",
    "{{ humanize true }}": "a boolean is no number",
    "{{ $labels.job.x }}": "a text has no field `x`",
    "{{ .Foo }}": "the data has no field `Foo`",
    "{{ (args).x.y }}": "nothing has no field `y`",
    "{{ toTime 1e300 }}": "this time is further away than Prometheus can count",
    '{{ template "x" }}': "there is no template `x`",
    '{{ define "x" }}{{ template "x" }}{{ end }}{{ template "x" }}': "this gives an endless text, or almost",
    r'{{ match `\p{Lost}` "b" }}': r"the regular expression `\p{Lost}` is beyond what can be foretold",
    "{{ $value": "an action is not closed",
}


def asked(query: str) -> Sequence[tuple[Mapping[str, str], float]]:
    return SERIES[query]


def text_of(template: str, labels: Mapping[str, str] = LABELS, value: float = 0.012345) -> str | None:
    try:
        return rendered(template, labels, value, asked)
    except Unrenderable:
        return None


@pytest.mark.parametrize("template", GIVES)
def test_a_text(template: str) -> None:
    assert text_of(template) == GIVES[template]


@pytest.mark.parametrize("template", UNRENDERABLE)
def test_nobody_can_foretell_a_text(template: str) -> None:
    with pytest.raises(Unrenderable) as raised:
        rendered(template, LABELS, 0.012345, asked)
    assert UNRENDERABLE[template] in str(raised.value)


def test_what_a_query_raises_passes_through() -> None:
    def broken(query: str) -> Sequence[tuple[Mapping[str, str], float]]:
        raise LookupError(query)

    with pytest.raises(LookupError, match="up"):
        rendered('{{ query "up" | first }}', {}, 1, broken)


def series(name: str, labels: Mapping[str, str]) -> str:
    matchers = (f"{key}={json.dumps(text, ensure_ascii=False)}" for key, text in labels.items())
    return f"{name}{{{','.join(matchers)}}}"


def judged(folder: Path, templates: Sequence[str], values: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """promtool's word on the texts of an alert that fires once for each value."""
    expected = []
    samples = {"one{job='api'}": "1234.5", "many{i='b'}": "1", "many{i='a'}": "2"}
    for i, value in enumerate(values):
        labels = {**LABELS, "i": str(i)}
        samples[series("m", labels)] = value
        texts = {f"a{k}": text_of(template, labels, float(value)) for k, template in enumerate(templates)}
        expected.append({"exp_labels": labels, "exp_annotations": texts})
    # The sum has no name, and so no alert a label `__name__`.
    rule = {
        "alert": "A",
        "expr": "sum without () (m)",
        "annotations": {f"a{k}": t for k, t in enumerate(templates)},
    }
    rules = yaml.safe_dump({"groups": [{"name": "g", "rules": [rule]}]}, allow_unicode=True)
    return promtool.run_tests(folder, rules, samples, alerts=[("0s", "A", expected)])


@pytest.mark.promtool
def test_the_table_is_that_of_prometheus(tmp_path: Path) -> None:
    result = judged(tmp_path, list(GIVES), ["0.012345"])
    assert result.returncode == 0, result.stdout + result.stderr


def a_number(rng: random.Random) -> str:
    edges = (0, 1, -1, 59.9999, 60, 999.95, 1000, 1023.99, 1024, 3600, 86399.99, 86400, 99995, 1e-27, 1e18)
    kinds = (
        rng.choice(edges),
        rng.uniform(-2, 2),
        10 ** rng.uniform(-30, 18),
        -(10 ** rng.uniform(-12, 18)),
        round(rng.uniform(0, 1e6), rng.randrange(6)),
        rng.randrange(-100, 100_000),
    )
    return repr(rng.choice(kinds))


def a_verb(rng: random.Random) -> str:
    flags = "".join(rng.choice("+- 0") for _ in range(rng.choice((0, 0, 1, 2))))
    width, precision = rng.choice(("", "", "3", "12")), rng.choice(("", "", ".", ".0", ".1", ".5"))
    return f"%{flags}{width}{precision}{rng.choice('vgGfFeEdsxXqtbcoT%')}"


WORDS = (
    "it's",
    "a.b",
    "foo-bar",
    "x_y",
    "1st",
    "a1b",
    "fooBar",
    "A:b",
    "b/c",
    "d@e",
    "(g)",
    "a,b",
    "3,4",
    ".",
)
ATOMS = (
    "a",
    "b",
    ".",
    "a*",
    "b+?",
    "(a)",
    "(?:b|)",
    "[ab]",
    "[^a]",
    "^",
    "$",
    r"\b",
    "x?",
    r"\d",
    r"\s",
    r"(a|b)*",
    "(?U)",
    "(?i:B)",
    "[[:alpha:]]",
)


def a_template(rng: random.Random) -> str:
    values = ("$value", "$labels.job", "5", "-3", "true", "2.5", "nil", "$labels")
    pattern = "".join(rng.choice(ATOMS) for _ in range(rng.randint(1, 3)))
    text = "".join(rng.choice(("a", "b", "b", " ", "1", r"\n")) for _ in range(8))
    replacement = f"<$0{rng.choice(('', '$1', '${1}x', '$$'))}>"
    return rng.choice(
        (
            f'{{{{ printf "{a_verb(rng)}|{a_verb(rng)}" {rng.choice(values)} {rng.choice(values)} }}}}',
            f'{{{{ reReplaceAll `{pattern}` "{replacement}" "{text}" }}}}',
            f'{{{{ title "{rng.choice(WORDS)} {rng.choice(WORDS)}" }}}}',
            f'{{{{ humanize "{a_number(rng)}" }}}} {{{{ humanizeDuration "{a_number(rng)}" }}}}',
        )
    )


@pytest.mark.promtool
def test_slogen_and_prometheus_agree(tmp_path: Path) -> None:
    rng = random.Random("texts")
    humanised = ("humanize", "humanize1024", "humanizePercentage", "humanizeDuration", "humanizeTimestamp")
    usual = ["{{ $value }}", *(f"{{{{ $value | {name} }}}}" for name in humanised)]
    values = [a_number(rng) for _ in range(60)]
    drawn = [a_template(rng) for _ in range(700)]
    foretold = [text for text in (*usual, *drawn) if all(text_of(text, LABELS, float(v)) for v in values)]
    assert len(usual) + 300 < len(foretold)
    result = judged(tmp_path, foretold, values)
    assert result.returncode == 0, (result.stdout + result.stderr)[:5000]


def test_slogens_own_templates_can_be_foretold() -> None:
    root = Path(__file__).parent.parent.parent
    sources = [
        Source(path.name, path.read_text(encoding="utf-8")) for path in sorted(root.glob("slos/**/*.yaml"))
    ]
    sets = pipeline.compile(sources).program.rule_sets
    rules = [rule for rules in sets if rules.slos for group in rules.groups for rule in group.rules]
    texts = [text for rule in rules for text in (*rule.labels.values(), *rule.annotations.values())]
    assert any("{{" in text for text in texts)
    for text in texts:
        shown = rendered(text, LABELS, 0.5, lambda query: [({}, 0.25)])
        assert "{{" not in shown
        assert "%!" not in shown
