"""Templates as Go reads them: what Prometheus refuses is found, what it takes is not."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path

import pytest

import promtool
from slogen import gotemplates

GOOD = (
    "no action",
    "one } and { alone }}",
    "{{ $value }}",
    "{{$value|humanize}}",
    "{{- $value -}}",
    "{{/* a comment }} */}}",
    "{{- /* a comment */ -}}",
    "{{ $labels.job }}",
    "{{ .Labels.job }} {{ . }} {{ $ }}",
    '{{ "{{" }}',
    "{{ `}}` }}",
    "{{ '\"' }}",
    '{{ printf "%.2f%%" (index (query "up") 0).Value }}',
    '{{ query "up{job=\\"a\\"}" | first | value | humanize1024 }}',
    '{{ if gt $value 0.5 }}high{{ else if eq $labels.a "b" }}b{{ else }}low{{ end }}',
    "{{ range $i, $e := query `up` }}{{ $i }}{{ $e.Labels.job }}{{ if $i }}{{ break }}{{ end }}{{ end }}",
    "{{ with $x := $labels.job }}{{ $x }}{{ end }}",
    "{{ $x := 1 }}{{ $x = 2 }}{{ $x }}",
    "{{ define `x` }}{{ . }}{{ end }}{{ template `x` $value }}",
    "{{ block `x` . }}{{ $ }}{{ end }}",
    "{{ define `x` }} {{/* empty */}}{{ end }}{{ define `x` }}2{{ end }}{{ define `x` }}{{ end }}",
    "{{ and true (not false) (eq nil .x) }}",
    "{{ len -1 }}{{ len 0x1F }}{{ len 1_000 }}{{ len .5e3 }}{{ len 1i }}",
    "{{ $value | printf `%v` \n }}",
)
BAD = {
    "{{": ("an action is not closed", "end it with `}}`"),
    "{{ $value }": ("`}` means nothing in an action", ""),
    "{{ }}": ("the action is empty", ""),
    "{{ $value | humanise }}": ("there is no function `humanise`", "did you mean `humanize`?"),
    "{{ job }}": ("there is no function `job`", "`$labels.job`"),
    "{{ $label.job }}": ("the variable `$label` is not declared", "did you mean `$labels`?"),
    "{{ $labels. }}": ("`.` is not expected here", ""),
    "{{ $labels.app-name }}": ("means nothing in an action", ""),
    "{{ if $value }}": ("`{{ if }}` has no end", "write `{{ end }}`"),
    "{{ end }}": ("`{{ end }}` ends nothing", ""),
    "{{ else }}": ("`{{ else }}` belongs to nothing", ""),
    "{{ if . }}{{ else }}{{ else }}{{ end }}": ("`{{ if }}` has two `{{ else }}`", ""),
    "{{ if }}{{ end }}": ("`if` is empty", ""),
    "{{ with $x := 1 }}{{ end }}{{ $x }}": ("the variable `$x` is not declared", ""),
    "{{ break }}": ("outside of a `range`", ""),
    "{{ (humanize $value }}": ("`(` is not closed", ""),
    "{{ humanize $value) }}": ("`)` closes nothing", ""),
    '{{ query "up }}': ("is not closed", ""),
    '{{ query "\\d" }}': ("is not closed, or has an escape", "`\\\\`"),
    '{{ $value | "a" }}': ('`"a"` is no function', ""),
    '{{ "a""b" }}': ('`"b"` is not expected here', ""),
    "{{ 99999999999999999999 }}": ("too large", ""),
    "{{ 1e999 }}": ("too large", ""),
    "{{ define x }}{{ end }}": ("`{{ define }}` has no name", ""),
    "{{ define `x` }}{{ $labels }}{{ end }}": ("the variable `$labels` is not declared", ""),
    "{{ range $a, $b, $c := . }}{{ end }}": ("more than two variables", ""),
    "{{ define `x` }}1{{ end }}{{ define `x` }}2{{ end }}": (
        "the template `x` is defined twice",
        "another name",
    ),
    "{{ tmpl `x` . }}": ("there is no function `tmpl`", ""),
    "{{/* a comment": ("means nothing in an action", ""),
}


@pytest.mark.parametrize("text", GOOD)
def test_a_template_that_can_be_read(text: str) -> None:
    assert gotemplates.problem(text) is None


@pytest.mark.parametrize("text", BAD)
def test_a_template_that_cannot(text: str) -> None:
    found = gotemplates.problem(text)
    assert found is not None
    message, help_ = BAD[text]
    assert message in found.message
    assert help_ in found.help


def test_long_templates_are_no_problem_of_their_own() -> None:
    deep = "{{" + "(" * 20_000 + "1" + ")" * 20_000 + "}}"
    for text in (
        deep,
        "{{ " + "x" * 100_000 + " }}",
        "{{" + '"' * 99_999 + "}}",
        "{{ 1" + "0" * 99_999 + "}}",
    ):
        found = gotemplates.problem(text)
        assert found is not None
        assert len(found.message + found.help) < 300
    assert gotemplates.problem("{{ if $value }}" * 20_000 + "{{ end }}" * 20_000) is None


TOKEN = re.compile(r"\w+|\W")
PIECES = (
    *(
        "{{",
        "}}",
        "{{-",
        "-}}",
        "{{- ",
        " -}}",
        " ",
        "\n",
        "$",
        "$x",
        "$x.y",
        "$labels.a",
        ".",
        ".a.b",
        "|",
        "(",
        ")",
    ),
    *(
        ",",
        ":=",
        "=",
        '"a"',
        '"\\q"',
        "'a'",
        "''",
        "`a`",
        "`",
        '"',
        "1",
        "-1",
        "1.",
        ".5",
        "08",
        "1e999",
        "0x",
        "i",
    ),
    *(
        "true",
        "nil",
        "if",
        "else",
        "end",
        "range",
        "with",
        "define",
        "block",
        "template",
        "break",
        "humanize",
        "foo",
    ),
    *(
        "/*",
        "*/",
        "text",
        "é",
        "@",
        "%",
        "!",
        "{",
        "}",
        "\\",
        "_",
        "{{end}}",
        "{{else}}",
        "{{$x := 1}}",
        "{{if .}}",
    ),
)


def mutant(rng: random.Random) -> str:
    tokens = TOKEN.findall(rng.choice(GOOD))
    for _ in range(rng.randint(1, 3)):
        i = rng.randrange(len(tokens) + 1)
        tokens[i : i + rng.randint(0, 1)] = [rng.choice(PIECES)] if rng.random() < 0.8 else []
    return "".join(tokens)


def refused_by_prometheus(texts: list[str], folder: Path) -> set[int]:
    rules = [{"alert": f"A{i}", "expr": "up", "annotations": {"a": text}} for i, text in enumerate(texts)]
    (folder / "a.json").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}), encoding="utf-8")
    command = [promtool.needed(), "check", "rules", "--lint=none", str(folder / "a.json")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return {int(number) for number in re.findall(r'"A(\d+)": annotation "a": template', result.stderr)}


@pytest.mark.promtool
def test_slogen_and_prometheus_agree(tmp_path: Path) -> None:
    rng = random.Random("templates")
    # `{{ else with }}` came with Go 1.23, after the promtool of Debian.
    mutants = [text for text in (mutant(rng) for _ in range(3000)) if not re.search(r"else\s+with", text)]
    texts = [*GOOD, *BAD, *mutants]
    refused = refused_by_prometheus(texts, tmp_path)
    assert len(GOOD) < len(refused) < len(texts) - len(GOOD)
    found = {i for i, text in enumerate(texts) if gotemplates.problem(text) is not None}
    assert [texts[i] for i in sorted(found ^ refused)] == []
