"""How documents are told apart: by what they say, in lists and ConfigMaps, and what is said of all others."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from slogen import pipeline
from slogen.source import Source

NATIVE = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli: {events: {total: sales_total, bad: 'sales_total{code=~"5.."}'}}
"""
PYRRA = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: paid, namespace: shop}
spec:
  target: "99"
  window: 4w
  indicator:
    ratio:
      errors: {metric: 'payments_total{code=~"5.."}'}
      total: {metric: payments_total}
"""
RULES = """\
groups:
  - name: shop
    rules:
      - alert: ShopClosed
        expr: ok{job="shop"} == 0
"""


def compiled(text: str) -> pipeline.Result:
    return pipeline.compile([Source("in.yaml", text)])


def findings(text: str) -> list[tuple[str, int, int, str]]:
    """Code, line, column and the underlined text of each finding."""
    return [(d.code.id, d.at.line, d.at.column, d.at.text) for d in compiled(text).report]


def said(text: str) -> str:
    return "\n".join(f"{d.message} | {d.help}" for d in compiled(text).report)


def slos(text: str) -> list[str]:
    result = compiled(text)
    assert [f"{d.at} {d.message}" for d in result.report] == []
    return sorted(slo.id for slo in result.program.slos)


def as_item(text: str) -> str:
    return f"- {textwrap.indent(text, '  ')[2:]}"


# formats ----------------------------------------------------------------------------------------------


def test_formats_may_stand_together_in_one_file() -> None:
    assert slos(f"{NATIVE}---\n{PYRRA}---\n{RULES}") == ["shop-paid", "shop-sold"]


TWO_FORMATS = {
    f"version: prometheus/v1\n{NATIVE}": ("apiVersion", 2, "slogen.dev/v1", "prometheus/v1", 1),
    f"{PYRRA}version: prometheus/v1\n": ("version", 11, "prometheus/v1", "pyrra.dev/v1alpha1", 1),
    f"version: prometheus/v1\n{RULES}": ("groups", 2, "Prometheus rules", "prometheus/v1", 1),
}


@pytest.mark.parametrize("text", TWO_FORMATS)
def test_a_document_in_two_formats_is_an_error_at_both_keys(text: str) -> None:
    key, line, its_format, other, other_line = TWO_FORMATS[text]
    (found,) = compiled(text).report
    assert (found.code.id, found.at.text, found.at.line, found.label) == ("SLO106", key, line, its_format)
    assert [(label.at.line, label.text) for label in found.also] == [(other_line, other)]
    assert found.message == f"this document is in two formats: {other} and {its_format}"


# foreign objects --------------------------------------------------------------------------------------

FOREIGN = (
    ("v1", "Service"),
    ("v1", "Secret"),
    ("apps/v1", "Deployment"),
    ("serving.knative.dev/v1", "Service"),
    ("monitoring.coreos.com/v1", "ThanosRuler"),
    ("monitoring.coreos.com/v1", "Prometheus"),
    ("monitoring.coreos.com/v1alpha1", "ScrapeConfig"),
    ("monitoring.coreos.com/v2", "SomethingNew"),
    ("monitoring.rhobs/v1", "PrometheusRule"),
    ("operator.victoriametrics.com/v1beta1", "VMRule"),
    ("n9/v1alpha", "SLO"),
    ("n9/v1alpha", "AlertPolicy"),
    ("sre.example.com/v1", "SLO"),
    ("sre.example.com/v1", "ServiceLevelObjective"),
    ("management.cattle.io/v3", "Setting"),
    ("backup.example.com/v1", "AlertWindows"),
)


def test_objects_of_others_are_skipped_and_counted_though_a_kind_resembles_ours() -> None:
    text = "---\n".join(f"apiVersion: {api}\nkind: {kind}\nspec: {{slos: []}}\n" for api, kind in FOREIGN)
    result = compiled(text)
    assert [f"{d.at} {d.message}" for d in result.report] == []
    assert result.skipped == len(FOREIGN)


OF_KUBERNETES_TOOLS = (
    "resources: [slos.yaml]\nnamespace: shop\n",
    "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
)


def test_files_of_kubernetes_tools_are_skipped_and_counted() -> None:
    result = compiled("---\n".join(OF_KUBERNETES_TOOLS))
    assert (result.report.diagnostics, result.skipped) == ((), len(OF_KUBERNETES_TOOLS))


OF_OTHER_PROGRAMS = {
    "apiVersion: 1\ngroups: [{name: a}]": "a provisioning file of Grafana",
    "on: [push]\njobs: {a: {runs-on: linux}}": "a workflow of GitHub",
    'version: "3"\nservices: {a: {image: b}}': "a file of Docker Compose",
    "clients: [{url: a}]\nscrape_configs: []": "a configuration of Promtail",
}


@pytest.mark.parametrize("text", OF_OTHER_PROGRAMS)
def test_a_file_of_another_program_is_told_and_no_error(text: str) -> None:
    (found,) = compiled(f"{text}\n").report
    assert (found.code.id, found.at.line) == ("SLO115", 1)
    assert OF_OTHER_PROGRAMS[text] in found.message


@pytest.mark.parametrize(
    "text",
    [
        "resources: {cpu: 1}\n",  # values of a chart
        "services: {a: {replicas: 2}}\n",
        "on: true\njobs: 3\n",
        "resources: [a]\nslos: [b]\n",
        "apiVersion: v2\nname: shop\n",
    ],
)
def test_what_only_resembles_another_program_stays_an_error(text: str) -> None:
    assert [d.code.id for d in compiled(text).report] == ["SLO103"]


NEARLY = {
    "apiVersion: slogen.dev/v2\nkind: ServiceLevels": (1, 13, "slogen.dev/v1"),
    "apiVersion: slogen/v1\nkind: Anything": (1, 13, "slogen.dev/v1"),
    "kind: ServiceLevel": (1, 1, "did you mean `ServiceLevels`"),
    "apiVersion: pyrra.dev/v1\nkind: ServiceLevelObjective": (1, 13, "pyrra.dev/v1alpha1"),
    "apiVersion: pyrra.io/v1alpha1\nkind: ServiceLevelObjectiv": (1, 13, "and `kind: ServiceLevelObjective`"),
    "apiVersion: pyrra/v1alpha1\nkind: ServiceLevelObjective": (1, 13, "pyrra.dev/v1alpha1"),
    "apiVersion: v1alpha1\nkind: ServiceLevelObjective": (1, 13, "pyrra.dev/v1alpha1"),
    "apiVersion: 1\nkind: ServiceLevelObjective": (1, 13, "pyrra.dev/v1alpha1"),
    "kind: SLO\nspec: {}": (1, 1, "write `apiVersion: openslo/v1`"),
    "apiVersion: v2\nspec: {}": (1, 1, "slogen reads "),
    "kind: ServiceLevelObjective\nspec: {}": (1, 1, "write `apiVersion: pyrra.dev/v1alpha1`"),
    "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRules": (2, 7, "write `kind: PrometheusRule`"),
    "apiVersion: monitoring.coreos.com/v1\nspec: {}": (1, 1, "add `kind: PrometheusRule`"),
    "apiVersion: v1\nkind: PrometheusRules": (1, 13, "monitoring.coreos.com/v1"),
    "group:\n  - name: a\n    rules: []": (1, 1, "`groups:`"),
    "rules:\n  - {alert: A, expr: up}": (1, 1, "groups:\n  - name:"),
    "alert: A\nexpr: up": (1, 1, "groups:\n  - name:"),
    "some: thing": (1, 1, "SLOs start with `apiVersion: slogen.dev/v1`"),
}


@pytest.mark.parametrize("text", NEARLY)
def test_a_document_that_is_nearly_in_a_format_is_told_what_it_lacks(text: str) -> None:
    line, column, help_ = NEARLY[text]
    (found,) = compiled(f"{text}\n").report
    assert (found.code.id, found.at.line, found.at.column) == ("SLO103", line, column)
    assert help_ in found.help


ODD = (
    *("7", "text", "{}", "[[[]]]", "groups:", "kind: List", "items: []\nkind: [List]"),
    *("apiVersion: [1]\nkind: {a: b}", "? [a]\n: b", "apiVersion:\nkind:", "version: {a: b}\nservice: [c]"),
    *("slis: 1", "slis: {a: 1, b: {query: 2}}", "slos: [1, {name: x, query: 'up /', target: 9}]"),
    "apiVersion: v1\nkind: List\nitems: {a: b}",
    "apiVersion: v1\nkind: ConfigMap\ndata: {a: {b: c}}",
    "apiVersion: v1\nkind: ConfigMap\ndata:",
)


@pytest.mark.parametrize("text", ODD)
def test_nothing_makes_it_crash(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\n{text}\n", as_item(f"{text}\n")):
        assert "SLO900" not in {d.code.id for d in compiled(whole).report}


# lists ------------------------------------------------------------------------------------------------


def test_lists_are_taken_apart_however_they_are_written() -> None:
    items = as_item(NATIVE) + as_item(PYRRA)
    of_kubernetes = f"apiVersion: v1\nkind: List\nitems:\n{textwrap.indent(items, '  ')}"
    assert slos(of_kubernetes) == slos(items) == slos(as_item(items)) == ["shop-paid", "shop-sold"]


def test_the_items_of_a_list_of_one_kind_need_not_say_what_they_are() -> None:
    bare = PYRRA.partition("metadata")
    item = as_item(f"metadata{bare[2]}")
    head = "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjectiveList\nitems:\n"
    assert slos(head + item) == ["shop-paid"]


def test_items_that_are_no_documents_are_errors() -> None:
    assert findings(f"{as_item(NATIVE)}- 17\n- [a, {{b: c}}]\n") == [
        ("SLO103", 9, 3, "17"),
        ("SLO103", 10, 4, "a"),
        ("SLO103", 10, 8, "b"),
    ]
    assert findings("[]\n") == [("SLO105", 1, 1, "[]")]


# ConfigMaps -------------------------------------------------------------------------------------------


def config_map(**data: str) -> str:
    entries = "".join(f"  {key}.yaml: {value}\n" for key, value in data.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: slos}}\ndata:\n{entries}"


def literal(text: str, header: str = "|") -> str:
    return f"{header}\n{textwrap.indent(text, '    ').rstrip()}"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def single_quoted(text: str) -> str:
    lines = textwrap.indent(text.replace("'", "''").replace("\n", "\n\n"), "    ")
    return f"'{lines.strip()}\n    '"


WRITTEN: dict[str, Callable[[str], str]] = {
    "literal": literal,
    "quoted": quoted,
    "stripped": lambda text: literal(text, "|-"),
}


@pytest.mark.parametrize("style", WRITTEN)
def test_specs_in_a_config_map_count(style: str) -> None:
    write = WRITTEN[style]
    both = f"# two of them\n{NATIVE}---\n{PYRRA}"
    assert slos(config_map(both=write(both))) == ["shop-paid", "shop-sold"]
    assert slos(config_map(one=write(NATIVE), other=write(PYRRA))) == ["shop-paid", "shop-sold"]
    assert slos(config_map(list=write(as_item(NATIVE) + as_item(PYRRA)))) == ["shop-paid", "shop-sold"]


BROKEN = PYRRA.replace("payments_total}", "payments_total @ 5}").replace('target: "99"', "traget: 99")


@pytest.mark.parametrize("style", WRITTEN)
def test_findings_within_a_config_map_are_at_the_characters(style: str) -> None:
    text = config_map(broken=WRITTEN[style](f"{PYRRA}---\n{BROKEN}"))
    found = findings(text)
    assert [(code, what) for code, _, _, what in found] == [("SLO110", "traget"), ("SLO401", "@")]
    assert [
        text.splitlines()[line - 1][column - 1 :].startswith(what) for _, line, column, what in found
    ] == [
        True,
        True,
    ]
    lines = {line for _, line, _, _ in found}
    assert lines == ({5} if style == "quoted" else {21, 26})


def test_findings_within_folded_and_escaped_texts_are_at_the_characters() -> None:
    flow = (
        "{apiVersion: pyrra.dev/v1alpha1, kind: ServiceLevelObjective, metadata: {name: a},\n"
        "spec: {target: 99, window: 4w, indicator: {ratio: {errors: {metric: 'a{b=\"c\"}'},\n"
        'total: {metric: "a{b=c}"}}}}}\n'
    )
    for text in (config_map(folded=literal(flow, ">")), config_map(plain=single_quoted(flow))):
        ((code, line, column, what),) = findings(text)
        assert (code, what) == ("SLO401", "c")
        assert text.splitlines()[line - 1][column - 5 :].startswith("a{b=c}")
    escaped = config_map(quoted=quoted(PYRRA.replace("payments_total}", '"a\\u0009{b=c}"}')))
    ((code, line, column, what),) = findings(escaped)
    assert (code, line, what) == ("SLO401", 5, "c")
    assert escaped.splitlines()[line - 1][column - 3 :].startswith("b=c}")


def test_problems_of_yaml_within_a_config_map_are_at_the_characters() -> None:
    text = config_map(
        broken=literal('apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec: "open\n'),
        twice=literal(NATIVE + "kind: ServiceLevels\n"),
    )
    assert findings(text) == [("SLO101", 8, 11, '"'), ("SLO102", 18, 5, "kind")]
    assert compiled(text).report.diagnostics[1].also[0].at.line == 11


@pytest.mark.parametrize(
    "head",
    ['version: "prometheus/v1"', "version: 'prometheus/v1'  # of Sloth", "version: prometheus/v1 "],
)
def test_what_is_no_yaml_is_known_by_its_head(head: str) -> None:
    assert findings(config_map(broken=literal(f'{head}\nservice: "open\n'))) == [("SLO101", 7, 14, '"')]


OTHER_DATA = {
    "prose": literal("hello: world"),
    "no yaml": literal("version: 1\n a: b: c"),
    "a dashboard": literal('{\n  "version": 7,\n  "panels": []\n}'),
    "other objects": literal("apiVersion: apps/v1\nkind: Deployment\n"),
    "other groups": literal("groups: [admins, users]\n"),
    "groups without rules": literal("groups:\n  - name: admins\n    rules: []\n"),
    "a number": "7",
    "nothing": "",
}


def test_a_config_map_with_nothing_of_ours_is_a_foreign_object() -> None:
    result = compiled("---\n".join(config_map(x=value) for value in OTHER_DATA.values()))
    assert [f"{d.at} {d.message}" for d in result.report] == []
    assert result.skipped == len(OTHER_DATA)


def test_rule_files_in_a_config_map_count_when_they_hold_rules() -> None:
    (rules,) = compiled(config_map(rules=literal(RULES))).program.rule_sets
    assert [rule.name for group in rules.groups for rule in group.rules] == ["ShopClosed"]
    assert findings(config_map(rules=literal(RULES.replace("== 0", "= 0")))) == [("SLO401", 10, 34, "=")]


def test_a_value_with_a_spec_is_read_whole() -> None:
    """What stands beside a spec in the same text is not skipped in silence."""
    beside = config_map(mixed=literal(f"{NATIVE}---\nkind: ServiceLevel\n"))
    assert [(code, line) for code, line, _, _ in findings(beside)] == [("SLO103", 15)]


# templates --------------------------------------------------------------------------------------------

CHARTS = (
    "{{- if .Values.slo.enabled }}\n" + NATIVE + "{{- end }}\n",
    NATIVE.replace("service: shop", "service: {{ .Values.name }}"),
    NATIVE.replace("service: shop", 'service: {{ include "shop.name" . }}-eu'),
    NATIVE.replace("spec:\n", "metadata:\n  labels:\n    {{- toYaml .Values.labels | nindent 4 }}\nspec:\n"),
)


@pytest.mark.parametrize("text", CHARTS)
def test_the_template_of_a_chart_must_be_rendered_first(text: str) -> None:
    assert "render it first" in said(text)


def test_templates_within_annotations_are_no_charts() -> None:
    text = RULES + (
        "        annotations:\n"
        "          summary: |\n"
        '            {{ range query "up" }}{{ .Labels.pod }}{{ end }}\n'
        '      - alert: "Open\n'
    )
    assert said(text).endswith('close it with another `"`')
