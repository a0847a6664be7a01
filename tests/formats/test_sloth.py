"""Sloth's formats: one model in two spellings, what is wrong at its place, and scalars as Sloth has them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from slogen import pipeline, reading
from slogen.adjustments import USUAL, Intervals, RatioRecordings
from slogen.diagnostics import Report
from slogen.formats import sloth, sloth_crd
from slogen.ir import AlertWindows, Draft, Extensions, Labels, Manifest, Millis, Tier, Urgency
from slogen.pipeline import Options
from slogen.slis.query import Queries
from slogen.slis.ratio import Ratio
from slogen.source import Source, documents

SPEC = """\
version: prometheus/v1
service: shop
labels: {owner: sales, tier: "1"}
slo_plugins:
  chain:
    - {id: sloth.dev/contrib/rule_intervals/v1, config: {interval: {default: 2m}}}
slos:
  - name: sold
    description: |
      People can
      buy.
    objective: 99.9
    labels: {tier: "2", kind: availability}
    sli:
      events:
        error_query: sum(rate(sales_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(sales_total[{{.window}}]))
    alerting:
      name: Shop is down
      labels: {team: sales}
      annotations: {summary: 'no sales', runbook: 'https://runbooks.example.com/{{ $labels.sloth_slo }}'}
      page_alert: {labels: {severity: critical}, annotations: {a: b}}
      ticket_alert: {disable: true}
    plugins:
      chain:
        - id: sloth.dev/core/sli_rules/v1
          priority: 5
          config: {disableOptimized: true}
        - {id: sloth.dev/core/noop/v1, priority: -5}
  - name: fast
    objective: 99
    sli: {raw: {error_ratio_query: 'avg_over_time(slow:ratio[{{.window}}])'}}
"""
NO_EXTENSIONS = Extensions()
FIELDS = (
    *("slo_plugins", "error_query", "total_query", "error_ratio_query", "page_alert", "ticket_alert"),
    *("slo_period", "error_budget_percent", "short_window", "long_window"),
)


def camel(text: str) -> str:
    """The fields as Kubernetes spells them."""
    for field in FIELDS:
        first, *others = field.split("_")
        text = re.sub(rf"\b{field}\b", first + "".join(map(str.capitalize, others)), text)
    return text


def as_object(spec: str) -> str:
    """A spec of prometheus/v1 as a PrometheusServiceLevel."""
    body = camel(spec.removeprefix("version: prometheus/v1\n")).replace("\n", "\n  ")
    head = "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\nmetadata: {name: shop}\nspec:\n  "
    return f"{head}{body.rstrip()}\n"


def said(text: str, extensions: Extensions = NO_EXTENSIONS) -> list[Draft | AlertWindows]:
    """What the documents of a text say. Fails on findings."""
    report = Report()
    items: list[Draft | AlertWindows] = []
    parsed = documents(Source("shop.yaml", text))
    assert not parsed.problems
    for node in parsed.nodes:
        [module] = [module for module in (sloth, sloth_crd) if module.recognises(node)]
        items += module.parse(node, report, extensions)
    assert [f"{d.at} {d.code.id} {d.message}" for d in report] == []
    return items


def drafts(text: str, extensions: Extensions = NO_EXTENSIONS) -> list[Draft]:
    return [item for item in said(text, extensions) if isinstance(item, Draft)]


def findings(text: str) -> list[tuple[str, int, int, str]]:
    """Code, line, column and the underlined text of each finding."""
    report = pipeline.compile([Source("shop.yaml", text)]).report
    return [(d.code.id, d.at.line, d.at.column, d.at.text) for d in report]


def helps(text: str) -> list[str]:
    report = pipeline.compile([Source("shop.yaml", text)]).report
    return [f"{d.message} | {d.help}" for d in report]


def changed(old: str, new: str) -> str:
    assert old in SPEC
    return SPEC.replace(old, new, 1)


# what it means ------------------------------------------------------------------------------------------


def test_every_field_has_its_meaning() -> None:
    sold, fast = drafts(SPEC)
    assert (sold.service, sold.name, sold.objective) == ("shop", "sold", Decimal("99.9"))
    assert sold.spec == "prometheus/v1"
    assert sold.manifest == Manifest("")
    assert sold.description == "People can buy."
    assert sold.labels == {"owner": "sales", "tier": "2", "kind": "availability"}
    assert isinstance(sold.sli, Queries)
    assert sold.sli.total_query.text == "sum(rate(sales_total[{{.window}}]))"
    assert sold.sli.part_query.text == 'sum(rate(sales_total{code=~"5.."}[{{.window}}]))'
    assert not sold.sli.good_given
    assert (sold.group_by, sold.each_series) == ((), False)
    assert sold.window is None
    alerting = sold.alerting
    assert (alerting.name, alerting.labels) == ("Shop is down", {"team": "sales"})
    assert alerting.annotations["summary"] == "no sales"
    assert (alerting.page.labels, alerting.page.annotations) == ({"severity": "critical"}, {"a": "b"})
    assert (alerting.page.disable, alerting.ticket.disable) == (False, True)
    intervals, ratios = Intervals(Millis(120_000)), RatioRecordings(plain_period=True)
    assert sold.adjustments == (*USUAL, intervals, ratios)
    assert fast.labels == {"owner": "sales", "tier": "1"}
    assert fast.alerting.name is None
    assert fast.adjustments == (*USUAL, intervals)
    assert isinstance(fast.sli, Ratio)
    assert fast.each_series


def test_both_formats_mean_the_same() -> None:
    ours = drafts(SPEC)
    theirs = drafts(as_object(SPEC))
    assert [draft.spec for draft in theirs] == ["sloth.slok.dev/v1"] * 2
    assert [draft.manifest for draft in theirs] == [Manifest("shop")] * 2
    assert [replace(draft, spec="prometheus/v1", manifest=Manifest("")) for draft in theirs] == ours


def test_places_of_the_parts() -> None:
    sold = drafts(SPEC)[0]
    parts = {
        "name": "sold",
        "objective": "99.9",
        "service": "shop",
        "labels": '{tier: "2", kind: availability}',
        "group_by": "sum(rate(sales_total[{{.window}}]))",
        "alerting.name": "Shop is down",
        "alerting.ticket": "{disable: true}",
    }
    assert {part: sold.where[part].text for part in parts} == parts
    assert "window" not in sold.where


def test_the_object_of_a_service_level() -> None:
    metadata = (
        "{name: shop-slos, namespace: monitoring, labels: {release: prometheus}, annotations: {a/b: 'c d'},"
        " uid: 1, creationTimestamp: null, managedFields: [{a: 1}], resourceVersion: 7}"
    )
    text = as_object(SPEC).replace("{name: shop}", metadata) + "status: {processedSLOs: 2, x: [1]}\n"
    manifest = Manifest("shop-slos", "monitoring", {"release": "prometheus"}, {"a/b": "c d"})
    assert {draft.name: draft.manifest for draft in drafts(text)} == {"sold": manifest, "fast": manifest}


@pytest.mark.parametrize("as_written", [SPEC, as_object(SPEC)], ids=["prometheus/v1", "sloth.slok.dev/v1"])
def test_forms_of_a_file(as_written: str) -> None:
    expected = drafts(as_written)
    with_comments = re.sub(
        r"(?m)^(version|kind|apiVersion|.*name: sold|  objective)(.*)$", r"\1\2 # x", as_written
    )
    forms = {
        "CRLF": as_written.replace("\n", "\r\n"),
        "a byte order mark": "\ufeff" + as_written,
        "comments behind values": with_comments,
        "JSON": json.dumps(yaml.safe_load(as_written)),
        "a directive and a start": f"%YAML 1.2\n---\n{as_written}",
        "quotes and an end": as_written.replace("prometheus/v1", "'prometheus/v1'") + "...\n",
        "anchors": "x-anchors: &x {a: 1}\n.y: [1]\n_z: 2\n" + as_written,
    }
    assert "# x" in with_comments
    for form, text in forms.items():
        assert drafts(text) == expected, form
    assert drafts(f"---\n{as_written}\n---\n{as_written}--- # the end\n") == expected * 2


CUT_IN_TWO = """\
# the shop
version: prometheus/v1
service: shop
slos:
  - name: sold
    objective: 99.9
    sli:
      events:
        error_query: |
          sum(
#            rate(old_total[{{.window}}])
            rate(sales_total{code=~"5.."}[{{.window}}])
          )
        total_query: sum(rate(sales_total[{{.window}}]))
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_comment_in_the_first_column_is_an_empty_line_within_a_text(end: str) -> None:
    text = CUT_IN_TWO.replace("\n", end)
    read = reading.read([Source("shop.yaml", text)], Report(), NO_EXTENSIONS, lambda done, total: None)
    (draft,) = read.of(Draft)
    assert isinstance(draft.sli, Queries)
    assert draft.sli.part_query.text.split("\n")[:2] == ["sum(", ""]
    assert findings(text.replace("rate(sales_total{", "rat(sales_total{")) == [("SLO401", 12, 13, "rat")]


def test_elsewhere_such_a_comment_is_the_mistake() -> None:
    comment = "#            rate(old_total[{{.window}}])"
    assert findings(CUT_IN_TWO.replace("prometheus/v1", "prometheus/v0")) == [("SLO101", 11, 1, comment)]
    # What is no YAML anyway is reported as it stands.
    assert findings(CUT_IN_TWO + "  nothing\n") == [("SLO101", 12, 13, "r")]


def test_what_holds_nothing_is_as_if_it_were_not_there() -> None:
    empty = """\
version: prometheus/v1
service: shop
labels:
slo_plugins: {chain: , overridePrevious: }
slos:
  - name: sold
    description:
    objective: 99.9
    labels: ~
    plugins:
    sli:
      raw: {error_ratio_query: 'sum(rate(errors_total[{{.window}}]))'}
      events:
      plugin: null
    alerting:
      name:
      labels:
      annotations:
      page_alert: {disable: , labels: , annotations: }
      ticket_alert:
"""
    bare = """\
version: prometheus/v1
service: shop
slos:
  - name: sold
    objective: 99.9
    sli: {raw: {error_ratio_query: 'sum(rate(errors_total[{{.window}}]))'}}
"""
    assert drafts(empty) == drafts(bare)
    assert drafts(as_object(empty)) == drafts(as_object(bare))


# scalars ------------------------------------------------------------------------------------------------


def test_scalars_stand_for_texts() -> None:
    text = changed(
        'labels: {owner: sales, tier: "1"}', "labels: {a: 1, b: yes, c: 0755, d: 1.50, y: 'yes', 7z: x}"
    )
    with pytest.raises(AssertionError, match="`7z` is no label name"):
        drafts(text)
    text = (
        text.replace(", 7z: x", "").replace("service: shop", "service: 42").replace("name: fast", "name: on")
    )
    text = text.replace("name: Shop is down", "name: 1e3").replace("disable: true", "disable: on")
    sold, on = drafts(text)
    assert on.labels == {"a": "1", "b": "true", "c": "493", "d": "1.5", "true": "yes"}
    assert (on.service, on.name) == ("42", "true")
    assert sold.alerting.name == "1000"
    assert sold.alerting.ticket.disable


def test_a_label_value_of_an_object_is_text() -> None:
    text = as_object(changed('tier: "1"', "tier: 1, b: yes, c: 0755, d: 2020-01-01, e: ok"))
    assert findings(text) == [
        ("SLO112", 6, 32, "1"),
        ("SLO112", 6, 38, "yes"),
        ("SLO112", 6, 46, "0755"),
    ]
    assert helps(text)[1] == '`yes` is true or false, not a text | put it in quotes: `"yes"`'


# findings -----------------------------------------------------------------------------------------------

SLI = SPEC[SPEC.index("      events:") : SPEC.index("    alerting:")]
BAD = {
    "an unknown key": (("service: shop", "service: shop\nsevice: x"), [("SLO110", 3, 1, "sevice")]),
    "wrong case": (("service: shop", "Service: shop"), [("SLO110", 2, 1, "Service")]),
    "the other spelling": (("error_query", "errorQuery"), [("SLO110", 16, 9, "errorQuery")]),
    "a flag in another case": (("disable: true", "disabled: true"), [("SLO110", 23, 22, "disabled")]),
    "a window": (("objective: 99\n", "objective: 99\n    window: 7d\n"), [("SLO110", 32, 5, "window")]),
    "no service": (("service: shop\n", ""), [("SLO111", 1, 1, "version")]),
    "a service without a name": (("service: shop", "service:"), [("SLO112", 2, 1, "service")]),
    "an empty service": (("service: shop", "service: ''"), [("SLO113", 2, 10, "''")]),
    "a service with a blank": (("service: shop", "service: my shop"), [("SLO113", 2, 10, "my shop")]),
    "a list for labels": (('{owner: sales, tier: "1"}', "[a]"), [("SLO112", 3, 9, "[a]")]),
    "a label without a value": (("owner: sales", "owner: "), [("SLO112", 3, 16, "")]),
    "an empty label": (("owner: sales", "owner: ''"), [("SLO113", 3, 17, "''")]),
    "a label name with a dash": (("owner: sales", "own-er: sales"), [("SLO113", 3, 10, "own-er")]),
    "a label without a name": (("owner: sales", '"": sales'), [("SLO113", 3, 10, '""')]),
    "the label that holds the name": (("owner: sales", "__name__: sales"), [("SLO113", 3, 10, "__name__")]),
    "no SLOs": ((SPEC[SPEC.index("slos:") :], "slos: []\n"), [("SLO113", 7, 7, "[]")]),
    "SLOs without a value": ((SPEC[SPEC.index("slos:") :], "slos:\n"), [("SLO112", 7, 1, "slos")]),
    "no list of SLOs": ((SPEC[SPEC.index("slos:") :], "slos: {a: b}\n"), [("SLO112", 7, 7, "{a: b}")]),
    "an SLO that is none": (("  - name: fast\n", "  - 5\n  - name: fast\n"), [("SLO112", 30, 5, "5")]),
    "an objective as text": (("99.9", "'99.9'"), [("SLO112", 12, 16, "'99.9'")]),
    "an objective with a sign": (("99.9", "99.9%"), [("SLO112", 12, 16, "99.9%")]),
    "an objective that is not finite": (("99.9", ".nan"), [("SLO112", 12, 16, ".nan")]),
    "no objective": (("    objective: 99.9\n", ""), [("SLO111", 8, 5, "name")]),
    "an objective of nothing": (("99.9", ""), [("SLO112", 12, 5, "objective")]),
    "an objective of 0": (("99.9", "0"), [("SLO301", 12, 16, "0")]),
    "an objective of 100": (("99.9", "100"), [("SLO301", 12, 16, "100")]),
    "an objective above 100": (("99.9", "101"), [("SLO301", 12, 16, "101")]),
    "no indicator": (
        ("    sli: {raw: {error_ratio_query: 'avg_over_time(slow:ratio[{{.window}}])'}}\n", ""),
        [("SLO111", 30, 5, "name")],
    ),
    "an empty indicator": ((SLI, "      {}\n"), [("SLO111", 14, 5, "sli")]),
    "an indicator without a value": ((SLI, "      events:\n"), [("SLO112", 15, 7, "events")]),
    "an indicator that is no mapping": ((SLI, "      events\n"), [("SLO112", 15, 7, "events")]),
    "an unknown kind of indicator": (("    sli: {raw:", "    sli: {row:"), [("SLO110", 32, 11, "row")]),
    "two kinds of indicators": (
        ("sli: {raw:", "sli: {plugin: {id: x}, raw:"),
        [("SLO110", 32, 28, "raw")],
    ),
    "no total": (
        ("        total_query: sum(rate(sales_total[{{.window}}]))\n", ""),
        [("SLO111", 15, 7, "events")],
    ),
    "the same query twice": (
        ('{code=~"5.."}', ""),
        [("SLO405", 16, 22, "sum(rate(sales_total[{{.window}}]))")],
    ),
    "no PromQL": (("sum(rate(sales_total[", "sum(rte(sales_total["), [("SLO401", 17, 26, "rte")]),
    "a fixed range": (
        ("sum(rate(sales_total[{{.window}}]))", "sum(rate(sales_total[5m]))"),
        [("SLO402", 17, 43, "5m")],
    ),
    "a flag as text": (("disable: true", "disable: 'true'"), [("SLO112", 23, 31, "'true'")]),
    "a flag among the labels": (
        ("ticket_alert: {disable: true}", "ticket_alert: {labels: {disable: true}}"),
        [("SLO115", 23, 31, "disable")],
    ),
    "an unknown plugin": (("core/noop/v1", "core/nop/v1"), [("SLO116", 29, 16, "sloth.dev/core/nop/v1")]),
    "options that no plugin takes": (("disableOptimized", "optimize"), [("SLO117", 28, 20, "optimize")]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_reported_at_its_place(case: str) -> None:
    (old, new), expected = BAD[case]
    assert findings(changed(old, new)) == expected


def test_a_label_of_the_service_is_reported_once_and_there() -> None:
    """Also where an SLO has labels of its own."""
    for written in ("sloth_id: x", "crew: '{{'"):
        text = changed('owner: sales, tier: "1"', written)
        assert [(line, column, at) for _, line, column, at in findings(text)] == [(3, 9, f"{{{written}}}")]


def test_what_is_no_finite_number_says_so() -> None:
    result = pipeline.compile([Source("a.yaml", changed("99.9", ".nan"))])
    assert [found.message for found in result.report] == ["`.nan` is no finite number"]


def test_all_mistakes_are_reported_in_one_run() -> None:
    text = (
        SPEC.replace("service: shop", "service: 'a b'")
        .replace("99.9", "x")
        .replace("sales_total[{{", "a b[{{")
    )
    assert [code for code, *_ in findings(text)] == ["SLO113", "SLO112", "SLO401"]


SPELLINGS = {
    "error_query: sum": ("errorQuery: sum", "errorQuery", "error_query", "prometheus/v1"),
    "page_alert:": ("pageAlert:", "pageAlert", "page_alert", "prometheus/v1"),
    "slos:": ("SLOs:", "SLOs", "slos", "prometheus/v1"),
}


@pytest.mark.parametrize("right", SPELLINGS)
def test_a_key_in_another_spelling_says_what_to_write(right: str) -> None:
    wrong, key, meant, name = SPELLINGS[right]
    said = f"unknown key `{key}` | write `{meant}`: that is how {name} spells it"
    assert helps(changed(right, wrong)) == [said]
    text = as_object(SPEC).replace(camel(right), right)
    if text != as_object(SPEC):
        said = f"unknown key `{meant}` | write `{key}`: that is how sloth.slok.dev/v1 spells it"
        assert helps(text) == [said]


def test_a_window_of_one_slo_says_where_windows_are_set() -> None:
    [said] = helps(changed("objective: 99\n", "objective: 99\n    time_window: 7d\n"))
    assert "Settings" in said


def test_a_query_of_good_events_is_not_taken_for_that_of_errors() -> None:
    assert helps(changed("error_query", "good_query")) == [
        "unknown key `good_query` | Sloth counts errors: write `error_query`, with the events that are bad"
    ]


def test_what_is_meant_is_not_what_is_there_already() -> None:
    assert helps(changed("labels: {owner", "lables: {a: b}\nlabels: {owner")) == [
        "unknown key `lables` | the keys here are `version`, `service`, `labels`, `slo_plugins`, `slos`"
    ]
    assert helps(changed("        total_query", "        errorQuery: x\n        total_query")) == [
        "unknown key `errorQuery` | `error_query` is already there; delete one of the two"
    ]


def test_a_flag_among_the_labels_of_an_object_is_no_label() -> None:
    text = as_object(changed("ticket_alert: {disable: true}", "ticket_alert: {labels: {disable: true}}"))
    assert [(code, written) for code, _, _, written in findings(text)] == [("SLO110", "disable")]


# the chain of an SLO ------------------------------------------------------------------------------------


def with_plugins(text: str, of_service: str = "{}") -> str:
    """An SLO of events with plugins."""
    return f"""\
version: prometheus/v1
service: shop
slo_plugins: {of_service}
slos:
  - name: sold
    objective: 99.9
    plugins: {text}
    sli:
      events: {{error_query: 'sum(rate(e[{{{{.window}}}}]))', total_query: 'sum(rate(t[{{{{.window}}}}]))'}}
"""


def test_an_slo_overrides_what_its_service_adds() -> None:
    ratios = "{id: sloth.dev/core/sli_rules/v1}"
    of_service = "{chain: [{id: sloth.dev/core/alert_rules/v1}]}"
    [draft] = drafts(with_plugins(f"{{overridePrevious: true, chain: [{ratios}]}}", of_service))
    assert draft.adjustments == (RatioRecordings(),)
    [draft] = drafts(with_plugins("{chain: []}", of_service))
    assert draft.adjustments == (*USUAL, USUAL[-1])
    [draft] = drafts(with_plugins(f"{{chain: [{ratios}]}}", "{overridePrevious: true}"))
    assert draft.adjustments == (RatioRecordings(),)


@pytest.mark.parametrize(
    "text", ["{overridePrevious: true}", "{overridePrevious: true, chain: [{id: sloth.dev/core/noop/v1}]}"]
)
def test_an_override_that_leaves_no_rules(text: str) -> None:
    assert findings(with_plugins(text)) == [("SLO113", 7, 15, "overridePrevious")]
    assert findings(with_plugins("{}", text)) == [("SLO113", 3, 15, "overridePrevious")]


def test_what_counts_events_needs_events() -> None:
    id_ = "sloth.dev/contrib/denominator_corrected_rules/v1"
    text = with_plugins(f"{{chain: [{{id: {id_}}}]}}")
    [draft] = drafts(text)
    assert draft.adjustments[-1] == RatioRecordings(corrected=True)
    ratio = (
        text[: text.index("    sli:")] + "    sli: {raw: {error_ratio_query: 'sum(rate(e[{{.window}}]))'}}\n"
    )
    assert findings(ratio) == [("SLO117", 7, 28, id_)]


def test_metricsql_is_what_a_plugin_takes() -> None:
    chain = "[{id: sloth.dev/core/sli_rules/v1}, {id: sloth.dev/contrib/validate_victoria_metrics/v1}]"
    text = with_plugins(f"{{overridePrevious: true, chain: {chain}}}").replace(
        "sum(rate(e[{{.window}}]))", "sum(rate(e[{{.window}}]) default 0)"
    )
    [draft] = drafts(text)
    assert draft.sli.queries[1].opaque
    assert not draft.each_series  # the total is one series, so the errors are added up
    assert [code for code, *_ in findings(text.replace("validate_victoria_metrics", "info_labels"))][:1] != []


# labels -------------------------------------------------------------------------------------------------


def with_queries(error: str, total: str, labels: str = "{}") -> str:
    return f"""\
version: prometheus/v1
service: shop
slos:
  - name: sold
    objective: 99.9
    labels: {labels}
    sli:
      events:
        error_query: {error}
        total_query: {total}
"""


E, T = "rate(e[{{.window}}])", "rate(t[{{.window}}])"
GROUPINGS: Mapping[str, tuple[str, str, str, tuple[str, ...] | None]] = {
    "one series": (f"sum({E})", f"sum({T})", "{}", ()),
    "some labels": (f"sum({E}) by (b, a)", f"sum by (a, b) ({T})", "{}", ("a", "b")),
    "no errors are zero": (f"sum({E}) or vector(0)", f"sum({T}) > 0", "{}", ()),
    "a constant": ("vector(0) * scalar(sum(rate(e[{{.window}}])))", f"sum({T})", "{}", ()),
    "labels of the series": (E, T, "{}", None),
    "the other is added up": (f"sum({E})", T, "{}", ()),
    "the other is added up likewise": (E, f"sum by (a) ({T})", "{}", ("a",)),
    "a label with a fixed value": (f"sum by (a, b) ({E})", f"sum by (a, b) ({T})", "{b: x}", ("a",)),
}


@pytest.mark.parametrize("case", GROUPINGS)
def test_what_the_queries_give_apart_is_kept_apart(case: str) -> None:
    error, total, labels, grouping = GROUPINGS[case]
    [draft] = drafts(with_queries(error, total, labels))
    assert draft.group_by == (grouping or ())
    assert draft.each_series == (grouping is None)


def test_a_label_of_an_alert_that_has_one_value_anyway() -> None:
    alerting = "    alerting: {page_alert: {labels: {shop: a}}}\n"
    one = with_queries(
        "sum by (shop, b) (rate(e{shop='a'}[{{.window}}]))",
        "sum by (b, shop) (rate(t{shop='a'}[{{.window}}]))",
    )
    [draft] = drafts(one + alerting)
    assert draft.group_by == ("b",)
    assert drafts(one)[0].group_by == ("b", "shop")
    several = one.replace("t{shop='a'}", "t{shop=~'a|b'}")
    assert drafts(several + alerting)[0].group_by == ("b", "shop")
    assert [code for code, *_ in findings(several + alerting)] == ["SLO204"]


def test_errors_and_total_with_different_labels_never_meet() -> None:
    error, total = f"sum({E})", f"sum by (b, a) ({T})"
    report = pipeline.compile([Source("shop.yaml", with_queries(error, total))]).report
    [found] = report
    assert (found.code.id, found.at.text, found.also[0].at.text) == ("SLO407", error, total)
    assert found.message == "this query gives one series, the total series by `a`, `b`"


# SLI plugins --------------------------------------------------------------------------------------------


class Ours:
    """A plugin of a user."""

    id = "acme/errors"
    options: tuple[str, ...] | None = ("job", "raise")

    def query(self, meta: Labels, labels: Labels, options: Labels) -> str:
        if "raise" in options:
            raise {"value": ValueError("no job"), "key": KeyError("job")}[options["raise"]]
        told = f"{meta['service']}/{meta['slo']}/{meta['objective']}/{labels['owner']}"
        return f'max_over_time(errors:ratio{{job="{options["job"]}", told="{told}"}}[{{{{.window}}}}])'


EXTENSIONS = Extensions({Ours.id: Ours()})
WITH_PLUGIN = """\
version: prometheus/v1
service: shop
labels: {owner: sales}
slos:
  - name: sold
    objective: 99.9
    labels: {owner: other}
    sli:
      plugin:
        id: acme/errors
        options: {job: 7}
"""


def of_plugin(old: str, new: str) -> list[tuple[str, int, int, str]]:
    assert old in WITH_PLUGIN
    source = Source("shop.yaml", WITH_PLUGIN.replace(old, new))
    report = pipeline.compile([source], Options(extensions=EXTENSIONS)).report
    return [(d.code.id, d.at.line, d.at.column, d.at.text) for d in report]


def test_a_plugin_is_asked_for_its_query() -> None:
    [draft] = drafts(WITH_PLUGIN, EXTENSIONS)
    [query] = draft.sli.queries
    told = "shop/sold/99.900000/sales"
    assert query.text == f'max_over_time(errors:ratio{{job="7", told="{told}"}}[{{{{.window}}}}])'
    assert isinstance(draft.sli, Ratio)
    [theirs] = drafts(as_object(WITH_PLUGIN).replace("job: 7", "job: '7'"), EXTENSIONS)
    assert theirs.sli == draft.sli


def test_a_plugin_of_the_common_library() -> None:
    text = WITH_PLUGIN.replace("acme/errors", "sloth-common/kubernetes/apiserver/availability")
    [draft] = drafts(text.replace("{job: 7}", "{filter: 'job=\"apiserver\"'}"))
    assert "apiserver_request_total" in draft.sli.queries[0].text


BAD_PLUGINS = {
    "unknown": (("acme/errors", "acme/error"), ("SLO116", 10, 13, "acme/error")),
    "no id": (("        id: acme/errors\n", ""), ("SLO111", 9, 7, "plugin")),
    "an unknown option": (("job: 7", "jub: 7"), ("SLO117", 11, 19, "jub")),
    "what it does not take": (("job: 7", "raise: value"), ("SLO117", 11, 9, "options")),
    "what it breaks at": (("job: 7", "raise: key"), ("SLO117", 11, 9, "options")),
    "what makes no query": (("job: 7", "job: '\"'"), ("SLO401", 11, 9, "options")),
    "options that are no mapping": (("{job: 7}", "[7]"), ("SLO112", 11, 18, "[7]")),
    "an option that is no text": (("job: 7", "job: [7]"), ("SLO112", 11, 24, "[7]")),
}


@pytest.mark.parametrize("case", BAD_PLUGINS)
def test_a_plugin_that_gives_no_query(case: str) -> None:
    (old, new), expected = BAD_PLUGINS[case]
    assert of_plugin(old, new) == [expected]


def test_an_unknown_plugin_says_what_there_is() -> None:
    source = Source("shop.yaml", WITH_PLUGIN.replace("acme/errors", "acme/error"))
    [found] = pipeline.compile([source], Options(extensions=EXTENSIONS)).report
    assert "did you mean `acme/errors`?" in found.help
    assert "raw.error_ratio_query" in found.help


# alert windows ------------------------------------------------------------------------------------------

WINDOWS = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d}
"""


def test_alert_windows() -> None:
    [windows] = said(WINDOWS)
    assert isinstance(windows, AlertWindows)
    assert (windows.name, windows.window) == ("sloth 1w", 7 * 86_400_000)
    hour = 3_600_000
    assert windows.tiers == (
        Tier(Urgency.PAGE, Millis(hour), Millis(hour // 12), Fraction(8, 100)),
        Tier(Urgency.PAGE, Millis(6 * hour), Millis(hour // 2), Fraction(1, 8)),
        Tier(Urgency.TICKET, Millis(24 * hour), Millis(2 * hour), Fraction(1, 5)),
        Tier(Urgency.TICKET, Millis(72 * hour), Millis(6 * hour), Fraction(42, 100)),
    )


BAD_WINDOWS = {
    "no period": (("  sloPeriod: 7d\n", ""), [("SLO111", 3, 1, "spec")]),
    "a period without unit": (("7d", "7"), [("SLO113", 4, 14, "7")]),
    "no page": (
        (WINDOWS[WINDOWS.index("  page:") : WINDOWS.index("  ticket:")], ""),
        [("SLO111", 3, 1, "spec")],
    ),
    "another spelling": (
        ("  page:\n    quick: {error", "  page:\n    Quick: {error"),
        [("SLO110", 6, 5, "Quick")],
    ),
    "no share": (("errorBudgetPercent: 8, ", ""), [("SLO111", 6, 5, "quick")]),
    "nothing of the budget": (("Percent: 8,", "Percent: 0,"), [("SLO113", 6, 33, "0")]),
    "more than the budget": (("Percent: 8,", "Percent: 101,"), [("SLO113", 6, 33, "101")]),
    "a share as text": (("Percent: 8,", "Percent: '8',"), [("SLO112", 6, 33, "'8'")]),
    "a short window as long as the long one": (
        ("shortWindow: 5m", "shortWindow: 1h"),
        [("SLO113", 6, 49, "1h")],
    ),
    "no time at all": (("shortWindow: 5m", "shortWindow: 0s"), [("SLO113", 6, 49, "0s")]),
    "a long window beyond the period": (("longWindow: 3d", "longWindow: 8d"), [("SLO113", 10, 65, "8d")]),
    "a window that is none": (("longWindow: 3d", "longWindow: [3d]"), [("SLO112", 10, 65, "[3d]")]),
    "a tier that is none": (
        ("slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}", "slow: 5m"),
        [("SLO112", 7, 11, "5m")],
    ),
}


@pytest.mark.parametrize("case", BAD_WINDOWS)
def test_alert_windows_that_cannot_work(case: str) -> None:
    (old, new), expected = BAD_WINDOWS[case]
    assert old in WINDOWS
    assert findings(WINDOWS.replace(old, new, 1)) == expected


def test_the_same_alert_windows_twice_are_no_error() -> None:
    assert findings(f"{WINDOWS}---\n{WINDOWS}") == []
    assert [found[0] for found in findings(f"{WINDOWS}---\n{WINDOWS.replace('42', '41')}")] == ["SLO203"]


def test_alert_windows_are_for_slos_over_their_period() -> None:
    sources = [Source("windows.yaml", WINDOWS), Source("shop.yaml", SPEC)]
    result = pipeline.compile(sources, Options(default_window=Millis(7 * 86_400_000)))
    assert list(result.report) == []
    assert result.program.slos[0].tiers[1].budget_share == Fraction(1, 8)


# near misses --------------------------------------------------------------------------------------------

CRD = as_object(SPEC)
NEAR = {
    "another version": (
        SPEC.replace("prometheus/v1", "prometheus/v2"),
        ("SLO103", 1, 10, "prometheus/v2"),
        "version: prometheus/v1",
    ),
    "capitals": (
        SPEC.replace("prometheus/v1", "Prometheus/v1"),
        ("SLO103", 1, 10, "Prometheus/v1"),
        "version: prometheus/v1",
    ),
    "a misspelt version": (
        SPEC.replace("prometheus/v1", "promethues/v1"),
        ("SLO103", 1, 10, "promethues/v1"),
        "version: prometheus/v1",
    ),
    "a number": (SPEC.replace("prometheus/v1", "1"), ("SLO103", 1, 10, "1"), "version: prometheus/v1"),
    "no version": (SPEC.partition("\n")[2], ("SLO103", 1, 1, "service"), "version: prometheus/v1"),
    "an apiVersion": (
        SPEC.replace("version:", "apiVersion:", 1),
        ("SLO103", 1, 1, "apiVersion"),
        "version: prometheus/v1",
    ),
    "another apiVersion": (
        CRD.replace("/v1", "/v1alpha1", 1),
        ("SLO103", 1, 13, "sloth.slok.dev/v1alpha1"),
        "sloth.slok.dev/v1`",
    ),
    "an apiVersion of Sloth alone": (
        CRD.replace("sloth.slok.dev/v1", "sloth/v1"),
        ("SLO103", 1, 13, "sloth/v1"),
        "sloth.slok.dev/v1`",
    ),
    "no apiVersion": (CRD.partition("\n")[2], ("SLO103", 1, 1, "kind"), "sloth.slok.dev/v1`"),
    "a misspelt kind": (
        CRD.replace("ServiceLevel", "ServiceLevels"),
        ("SLO103", 2, 7, "PrometheusServiceLevels"),
        "kind: PrometheusServiceLevel`",
    ),
    "no kind": (
        CRD.replace("kind: PrometheusServiceLevel\n", ""),
        ("SLO103", 1, 1, "apiVersion"),
        "kind: PrometheusServiceLevel`",
    ),
}


@pytest.mark.parametrize("case", NEAR)
def test_a_document_that_is_nearly_one(case: str) -> None:
    text, place, fix = NEAR[case]
    report = pipeline.compile([Source("shop.yaml", text)]).report
    assert [(d.code.id, d.at.line, d.at.column, d.at.text) for d in report] == [place]
    assert [fix in d.help for d in report] == [True]


@pytest.mark.parametrize(
    "text", ["version: 3\nservices: {}\n", "version: '2'\n", "service: x\n", "[1]", "version: {}\n"]
)
def test_other_documents_are_not_near(text: str) -> None:
    assert sloth.resembles(documents(Source("x.yaml", text)).nodes[0]) is None


# Sloth's own examples -----------------------------------------------------------------------------------

EXAMPLES = Path(__file__).parent.parent.parent.parent / "shared" / "conformance" / "sloth"
OWN = sorted(path for path in EXAMPLES.rglob("*.y*ml") if ".golden" not in path.name)


@pytest.mark.parametrize("path", OWN or [None], ids=lambda path: path.stem if path else "absent")
def test_an_example_of_sloths_compiles_without_findings(path: Path | None) -> None:
    if path is None:
        pytest.skip(f"Sloth's examples are not in {EXAMPLES}")
    result = pipeline.compile([Source(path.name, path.read_text(encoding="utf-8"))])
    assert [f"{d.at} {d.code.id} {d.message}" for d in result.report] == []
    assert bool(result.files) == ("windows" not in path.parts)


# whatever the input -------------------------------------------------------------------------------------

ODD: list[Any] = [None, True, 0, -1.5, "", "x", "{{", [], [None], {}, {"a": None}, [[{}]], "\ud7ff", 10**40]
WHOLE = [
    yaml.safe_load(text) for text in (SPEC, as_object(SPEC), WINDOWS, WITH_PLUGIN, as_object(WITH_PLUGIN))
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in items for place in places(child, (*path, key)))]


def with_value(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_value(value[path[0]], path[1:], odd)
    return copy


@pytest.mark.parametrize("whole", range(len(WHOLE)))
def test_any_value_at_any_place_gives_findings_or_items(whole: int) -> None:
    for path in places(WHOLE[whole])[1:]:
        for odd in ODD:
            text = json.dumps(with_value(WHOLE[whole], path, odd))
            source = Source("odd.yaml", text)
            for node in documents(source).nodes:
                report = Report()
                for module in (sloth, sloth_crd):
                    if module.recognises(node):
                        list(module.parse(node, report, EXTENSIONS))
                    else:
                        module.resembles(node)
                for found in report:
                    assert 0 <= found.at.start <= found.at.end <= len(text), (path, odd)
