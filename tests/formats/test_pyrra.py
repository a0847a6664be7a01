"""Pyrra's specs: its indicators and budgets hold, what it swallows is reported, its alerts are mapped.

What Pyrra computes is written out here, from the formulas of its indicators, and compared with what slogen
records in the real engine.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

import promtool
from slogen import pipeline, yamlout
from slogen.diagnostics import Report
from slogen.formats import pyrra
from slogen.ir import Draft, Extensions, Profile, Slo, Urgency
from slogen.slis.events import Events
from slogen.slis.latency import Latency
from slogen.slis.query import Queries
from slogen.source import Source, documents

SHARED = Path(__file__).parents[2].parent / "shared" / "conformance" / "pyrra"
PLAIN = "target: 99\nwindow: 4w"
RATIO = """\
ratio:
  errors: {metric: 'sales_total{code=~"5..",job="shop"}'}
  total: {metric: 'sales_total{job="shop"}'}
"""
LATENCY = """\
latency:
  success: {metric: 'sale_seconds_bucket{job="shop",le="0.5"}'}
  total: {metric: 'sale_seconds_count{job="shop"}'}
"""
NATIVE = """\
latencyNative:
  latency: 1s
  total: {metric: 'sale_seconds{job="shop"}'}
"""
GAUGE = """\
bool_gauge:
  metric: 'probe_success{job="probes"}'
  grouping: [target]
"""


def spec(indicator: str = RATIO, extra: str = "", *, metadata: str = "", top: str = "") -> str:
    """A spec with `extra` in its `spec`; without metadata the indicator starts at line 8."""
    head = "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata:\n  name: sold\n"
    whole = f"{head}  namespace: shop\n{textwrap.indent(metadata, '  ')}spec:\n  indicator:\n"
    said = textwrap.indent(extra or PLAIN, "  ").rstrip("\n")
    return f"{whole}{textwrap.indent(indicator, '    ')}{said}\n{top}"


def drafts(text: str) -> list[Draft]:
    """What the format makes of a spec, which must be sound."""
    report = Report()
    nodes = documents(Source("slo.yaml", text)).nodes
    found = [draft for node in nodes for draft in pyrra.parse(node, report, Extensions())]
    assert [f"{d.at} {d.message}" for d in report] == []
    return found


def draft(text: str) -> Draft:
    (found,) = drafts(text)
    return found


def slo(text: str) -> Slo:
    result = pipeline.compile([Source("slo.yaml", text)])
    assert [f"{d.at} {d.message}" for d in result.report if d.severity == "error"] == []
    (found,) = result.program.slos
    return found


def findings(text: str) -> list[tuple[str, int, int, str]]:
    """Code, line, column and the underlined text of each finding."""
    report = pipeline.compile([Source("slo.yaml", text)]).report
    return [(d.code.id, d.at.line, d.at.column, d.at.text) for d in report]


def helps(text: str) -> str:
    return "\n".join(d.help for d in pipeline.compile([Source("slo.yaml", text)]).report)


@pytest.mark.parametrize("value", ["", "5", "[up]"])
def test_a_metric_that_is_no_text_is_reported_once(value: str) -> None:
    text = spec(GAUGE.replace("""'probe_success{job="probes"}'""", value))
    assert [(code, line) for code, line, _, _ in findings(text)] == [("SLO112", 9)]


# fields -----------------------------------------------------------------------------------------------


def test_every_field_has_its_meaning() -> None:
    text = spec(
        extra="""\
target: "99.95"
window: 2w
description: |
  Sales
  succeed.
performanceOverAccuracy: true
partial_response_strategy: warn
alerting:
  name: ShopBurns
  absentName: ShopGone
  severities: {fastBurn: p1, mediumBurn: p2, slowBurn: p3, longTermBurn: p4, absent: p5}
""",
        metadata="""\
creationTimestamp: null
resourceVersion: "7"
labels: {prometheus: k8s, pyrra.dev/team: tills}
annotations:
  example.com/docs: here
  pyrra.dev/runbook: https://example.com/run
  kubectl.kubernetes.io/last-applied-configuration: |
    {"apiVersion":"pyrra.dev/v1alpha1"}
""",
        top="status: {type: PrometheusRule}\n",
    )
    found = draft(text)
    assert (found.service, found.name, found.spec) == ("shop", "sold", "pyrra.dev/v1alpha1")
    assert (found.objective, found.window) == (Decimal("99.95"), 14 * 86_400_000)
    assert found.description == "Sales succeed."
    assert found.profile is Profile.CHEAP
    assert found.partial_response_strategy == "warn"
    assert found.labels == {"job": "shop", "team": "tills"}
    assert found.annotations == {"runbook": "https://example.com/run"}
    assert (found.manifest.name, found.manifest.namespace) == ("sold", "shop")
    assert found.manifest.labels == {"prometheus": "k8s"}
    assert found.manifest.annotations == {"example.com/docs": "here"}
    assert found.fit_tiers
    resolved = slo(text)
    fired = {alert.labels["severity"]: (alert.urgency, alert.name) for alert in resolved.alerts}
    assert fired == {
        "p1": (Urgency.PAGE, "ShopBurns"),
        "p2": (Urgency.PAGE, "ShopBurns"),
        "p3": (Urgency.TICKET, "ShopBurns"),
        "p4": (Urgency.TICKET, "ShopBurns"),
    }
    assert resolved.absence is not None
    assert (resolved.absence.name, resolved.absence.labels["severity"]) == ("ShopGone", "p5")
    assert all(alert.labels["team"] == "tills" for alert in resolved.alerts)
    assert all("runbook" in alert.annotations for alert in resolved.alerts)


def test_a_spec_that_says_little_has_pyrras_defaults() -> None:
    text = spec().replace("  namespace: shop\n", "")
    found = draft(text)
    assert (found.service, found.manifest.namespace) == ("default", None)
    assert (found.profile, found.partial_response_strategy, found.group_by) == (None, "", ())
    resolved = slo(text)
    assert resolved.id == "default-sold"
    assert {(a.urgency.value, a.labels["severity"]) for a in resolved.alerts} == {
        ("page", "critical"),
        ("ticket", "warning"),
    }
    assert resolved.absence is not None
    assert resolved.absence.labels["severity"] == "critical"


MATCHED = {
    '{job="shop",service="tills"}': {"job": "shop", "service": "tills"},
    "{job='shop',team='x'}": {"job": "shop", "team": "tills"},  # what is handed on says more
    '{job=~"shop|kiosk",code!="0",path=""}': {},
    # slogen's own, and what would be a template in the labels of an alert
    '{slo="a",severity="b",owner="c",sloth_id="d",path="/{{id}}"}': {},
    '{pod="a",job="shop"}': {"job": "shop"},  # grouped by
}


@pytest.mark.parametrize("matchers", MATCHED)
def test_alerts_have_the_labels_that_all_events_have_in_common(matchers: str) -> None:
    ratio = f"""\
ratio:
  errors: {{metric: 'errors_total'}}
  total: {{metric: "{f"sales_total{matchers}".replace('"', chr(92) + '"')}"}}
  grouping: [pod]
"""
    found = slo(spec(ratio, metadata="labels: {pyrra.dev/team: tills}\n"))
    expected = {"team": "tills"} | MATCHED[matchers]
    assert found.labels == expected
    assert found.absence is not None
    for labels in (*(alert.labels for alert in found.alerts), found.absence.labels):
        assert labels.items() >= expected.items()
        assert (labels["slo"], labels["sloth_id"]) == ("sold", "shop-sold")
        assert labels["severity"] in {"critical", "warning"}


@pytest.mark.parametrize("indicator", [LATENCY, NATIVE, GAUGE])
def test_every_indicator_gives_labels(indicator: str) -> None:
    assert draft(spec(indicator)).labels == {"job": "probes" if "probe" in indicator else "shop"}


@pytest.mark.parametrize("name", ["slo", "severity"])
def test_what_each_alert_has_itself_is_not_handed_on(name: str) -> None:
    text = spec(metadata=f"labels: {{pyrra.dev/{name}: mine}}\n")
    assert findings(text) == [("SLO115", 6, 12 + len("pyrra.dev/"), name)]
    assert {alert.labels[name] for alert in slo(text).alerts} <= {"sold", "critical", "warning"}


def test_an_offset_has_no_effect_as_in_pyrra() -> None:
    text = spec(RATIO.replace("\"}'}", "\"} offset  5m'}"))
    assert [(code, at) for code, _, _, at in findings(text)] == [("SLO115", "offset  5m")] * 2
    assert slo(text).sli == slo(spec()).sli


ALERTING = {
    "disabled: true": (0, True),
    "burnrates: false": (0, True),
    "absent: false": (2, False),
    "{disabled: true, absent: false}": (0, False),
    "{disabled: false, burnrates: true, absent: true}": (2, True),
    "{severities: {fastBurn: '', absent: ''}}": (2, True),
    "{severities: {mediumBurn: low}}": (3, True),
    "null": (2, True),
}


@pytest.mark.parametrize("alerting", ALERTING)
def test_alerts_are_switched_as_in_pyrra(alerting: str) -> None:
    found = slo(spec(extra=f"target: 99\nwindow: 4w\nalerting:\n  {alerting}"))
    assert (len(found.alerts), found.absence is not None) == ALERTING[alerting]


def test_distinct_severities_do_for_windows_with_fewer_alerts() -> None:
    severities = "alerting: {severities: {slowBurn: a, longTermBurn: b}}"
    found = slo(spec(extra=f"target: 99\nwindow: 1d\n{severities}"))
    assert [alert.labels["severity"] for alert in found.alerts] == ["critical", "a"]


TARGETS = {'"99.5"': "99.5", "99.5": "99.5", "99": "99", "'9.95e1'": "99.5", "+99.": "99", '"50"': "50"}


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_a_text_or_a_number(target: str) -> None:
    assert draft(spec(extra=f"target: {target}\nwindow: 4w")).objective == Decimal(TARGETS[target])


def test_a_low_target_still_has_alerts_that_can_fire() -> None:
    """At 85 percent the workbook's fastest alert would need an error ratio above two."""
    assert len(slo(spec(extra="target: 85\nwindow: 4w")).alerts) == 2


def test_names_that_kubernetes_refuses_are_sound_in_files() -> None:
    found = draft(spec().replace("name: sold", "name: Shop_Sold"))
    assert (found.name, found.manifest.name) == ("Shop_Sold", "shop-sold")


def test_slos_of_one_name_in_two_namespaces_stay_apart() -> None:
    text = f"{spec()}---\n{spec().replace('namespace: shop', 'namespace: kiosk')}"
    result = pipeline.compile([Source("slo.yaml", text)])
    assert [f"{d.at} {d.message}" for d in result.report] == []
    assert {found.id for found in result.program.slos} == {"shop-sold", "kiosk-sold"}


# indicators -------------------------------------------------------------------------------------------


def test_a_ratio_counts_errors_among_all_events() -> None:
    found = draft(spec(RATIO + "  grouping: [route, pod]\n"))
    assert isinstance(found.sli, Events)
    assert not found.sli.good_given
    assert [q.text for q in found.sli.queries] == [
        'sales_total{job="shop"}',
        'sales_total{code=~"5..",job="shop"}',
    ]
    assert found.group_by == ("route", "pod")


HISTOGRAMS = {
    # success, total -> bound
    ('a_seconds_bucket{x="1",le="0.5"}', 'a_seconds_count{x="1"}'): "0.5",
    ('a_seconds_bucket{le="5.0", y!="", x="1"}', 'a_seconds_count{x="1",y!=""}'): "5",
    ('a_seconds_bucket{le=~"1"}', "a_seconds_count"): "1",
    ('a_seconds_bucket{le=~"1|1\\\\.0"}', "a_seconds_count"): "1",
    ('a_milliseconds_bucket{le="250"}', "a_milliseconds_count"): "250",
}


@pytest.mark.parametrize(("success", "total"), HISTOGRAMS)
def test_series_of_one_histogram_are_a_latency(success: str, total: str) -> None:
    found = draft(spec(f"latency:\n  success: {{metric: '{success}'}}\n  total: {{metric: '{total}'}}\n"))
    assert isinstance(found.sli, Latency)
    assert found.sli.bound == Decimal(HISTOGRAMS[success, total])
    assert f"{found.sli.histogram}_count" == total.partition("{")[0]
    assert found.sli.name.at.text == found.sli.histogram
    assert all(query.at.text == query.text for query in found.sli.queries)


OTHER_LATENCIES = {
    # matchers that only one side has, a unit that the name does not say, bounds between milliseconds
    ('a_seconds_bucket{status=~"5..",le="1"}', 'a_seconds_count{status!=""}'): (
        'a_seconds_bucket{status=~"5..",le=~"1|1\\\\.0"}'
    ),
    ('a_bucket{le="1"}', "a_count"): 'a_bucket{le=~"1|1\\\\.0"}',
    ('a_bucket{le="0.5"}', "a_count"): 'a_bucket{le="0.5"}',
    ('a_seconds_bucket{le="0.0005"}', "a_seconds_count"): 'a_seconds_bucket{le="0.0005"}',
    ('a_seconds_bucket{le="2"}', 'a_seconds_bucket{le="+Inf"}'): 'a_seconds_bucket{le=~"2|2\\\\.0"}',
    ('fast_total{le="0.5"}', "all_total"): 'fast_total{le="0.5"}',
}


@pytest.mark.parametrize(("success", "total"), OTHER_LATENCIES)
def test_any_other_latency_counts_good_events(success: str, total: str) -> None:
    found = draft(spec(f"latency:\n  success: {{metric: '{success}'}}\n  total: {{metric: '{total}'}}\n"))
    assert isinstance(found.sli, Events)
    assert found.sli.good_given
    assert [q.text for q in found.sli.queries] == [total, OTHER_LATENCIES[success, total]]


NATIVES = {
    ("1s", "a_seconds"): ("1", 1000),
    ("200ms", "a"): ("0.2", 200),
    ("200s", "a_milliseconds"): ("200", 200),
}


@pytest.mark.parametrize(("latency", "metric"), NATIVES)
def test_the_latency_of_a_native_histogram_is_in_seconds(latency: str, metric: str) -> None:
    found = draft(spec(f"latencyNative:\n  latency: {latency}\n  total: {{metric: '{metric}'}}\n"))
    assert isinstance(found.sli, Latency)
    assert found.sli.native
    bound, threshold = NATIVES[latency, metric]
    assert (found.sli.bound, found.sli.threshold) == (Decimal(bound), threshold)


def test_a_gauge_counts_the_samples_that_were_scraped() -> None:
    found = draft(spec(GAUGE))
    assert isinstance(found.sli, Queries)
    assert (found.sli.family, found.sli.good_given) == ("increase", True)
    assert [query.over("1h") for query in found.sli.queries] == [
        'sum by (target) (count_over_time(probe_success{job="probes"}[1h]))',
        'sum by (target) (sum_over_time(probe_success{job="probes"}[1h]))',
    ]


def indicators() -> Iterator[str]:
    yield from (RATIO, LATENCY, NATIVE, GAUGE)
    for success, total in (*HISTOGRAMS, *OTHER_LATENCIES):
        yield f"latency:\n  success: {{metric: '{success}'}}\n  total: {{metric: '{total}'}}\n"
    for latency, metric in NATIVES:
        yield f"latencyNative:\n  latency: {latency}\n  total: {{metric: '{metric}'}}\n"


@pytest.mark.parametrize("indicator", list(indicators()))
def test_every_indicator_can_be_said_in_slogens_own_format(indicator: str) -> None:
    found = draft(spec(indicator))
    slo_: dict[str, yamlout.Yaml] = {
        "name": "sold",
        "objective": 99,
        "sli": cast("yamlout.Yaml", found.sli.spec()),
    }
    if found.group_by:
        slo_["group_by"] = found.group_by
    service: yamlout.Yaml = {"service": "shop", "slos": [slo_]}
    text = yamlout.dump({"apiVersion": "slogen.dev/v1", "kind": "ServiceLevels", "spec": service})
    assert slo(text).sli == found.sli


# what is wrong ----------------------------------------------------------------------------------------

BAD_SPECS = {
    "a function": (
        RATIO.replace("'sales_total{job=\"shop\"}'", "'rate(sales_total[5m])'"),
        ("SLO401", 10, 24, "rate"),
    ),
    "a metric within the braces": (
        RATIO.replace("'sales_total{job=\"shop\"}'", "'{__name__=\"sales_total\"}'"),
        ("SLO113", 10, 25, '__name__="sales_total"'),
    ),
    "no metric": (
        RATIO.replace("'sales_total{job=\"shop\"}'", "'{job=\"shop\"}'"),
        ("SLO113", 10, 24, '{job="shop"}'),
    ),
    "the same events twice": (
        "ratio:\n  errors: {metric: 'a{x=\"1\",y=\"2\"}'}\n  total: {metric: 'a{y=\"2\",x=\"1\"}'}\n",
        ("SLO405", 9, 24, "'a{x=\"1\",y=\"2\"}'"),
    ),
    "no indicator": ("{}\n", ("SLO111", 8, 5, "{}")),
    "several indicators": (RATIO + GAUGE, ("SLO110", 11, 5, "bool_gauge")),
    "camels": (GAUGE.replace("bool_gauge", "boolGauge"), ("SLO110", 8, 5, "boolGauge")),
    "snakes": (NATIVE.replace("latencyNative", "latency_native"), ("SLO110", 8, 5, "latency_native")),
    "no total": ("ratio:\n  errors: {metric: a}\n", ("SLO111", 9, 7, "errors")),
    "a metric without its key": (RATIO.replace("{metric: 'sales_total{job=\"shop\"}'}", "sales_total"),
        ("SLO112", 10, 14, "sales_total")),
    "a label twice": (RATIO + "  grouping: [a, b, a]\n", ("SLO113", 11, 24, "a")),
    "a label that is none": (RATIO + "  grouping: [a-b]\n", ("SLO113", 11, 18, "a-b")),
    "the name of the metric as a label": (RATIO + "  grouping: [__name__]\n", ("SLO113", 11, 18, "__name__")),
    "a label alone": (RATIO + "  grouping: route\n", ("SLO112", 11, 17, "route")),
    "no bucket": (LATENCY.replace(',le="0.5"', ""), ("SLO113", 9, 26, "sale_seconds_bucket")),
    "several buckets": (LATENCY.replace('le="0.5"', 'le=~"0.5|1"'), ("SLO113", 9, 61, '"0.5|1"')),
    "the bucket of all": (LATENCY.replace('"0.5"', '"+Inf"'), ("SLO113", 9, 60, '"+Inf"')),
    "all buckets but one": (LATENCY.replace('le="0.5"', 'le!="0.5"'), ("SLO113", 9, 57, 'le!="0.5"')),
    "two bounds": (LATENCY.replace('le="0.5"', 'le="0.5",le="1"'), ("SLO113", 9, 66, 'le="1"')),
    "a latency without a unit": (NATIVE.replace("1s", "0.2"), ("SLO113", 9, 16, "0.2")),
    "no latency at all": (NATIVE.replace("1s", "0s"), ("SLO113", 9, 16, "0s")),
    "a unit that is not seconds": (
        NATIVE.replace("1s", "200ms").replace("sale_seconds", "sale_milliseconds"),
        ("SLO113", 9, 16, "200ms"),
    ),
    "a classic series as a native histogram": (
        NATIVE.replace("sale_seconds", "sale_seconds_count"),
        ("SLO113", 10, 36, "_count"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_SPECS)
def test_what_pyrra_takes_or_drops_in_silence_is_reported_in_place(what: str) -> None:
    indicator, expected = BAD_SPECS[what]
    assert findings(spec(indicator)) == [expected]


BAD_FIELDS = {
    "target: 99%\nwindow: 4w": [("SLO113", 11, 11, "99%")],
    "target: true\nwindow: 4w": [("SLO112", 11, 11, "true")],
    "target:\nwindow: 4w": [("SLO112", 11, 10, "")],
    "target: '1e999999999'\nwindow: 4w": [("SLO113", 11, 11, "'1e999999999'")],
    "target: '0.999'\nwindow: 4w": [("SLO302", 11, 11, "'0.999'")],
    "target: 0\nwindow: 4w": [("SLO301", 11, 11, "0")],
    "target: 100\nwindow: 4w": [("SLO301", 11, 11, "100")],
    "target: 99\nwindow: 28": [("SLO113", 12, 11, "28")],
    "target: 99\nwindow: 30m": [("SLO113", 12, 11, "30m")],
    "target: 99": [("SLO111", 6, 1, "spec")],
    "traget: 99\nwindow: 4w": [("SLO110", 11, 3, "traget")],
    "target: 99\nwindow: 4w\npartial_response_strategy: maybe": [("SLO113", 13, 30, "maybe")],
    "target: 99\nwindow: 4w\nalerting: {burnrate: false}": [("SLO110", 13, 14, "burnrate")],
    "target: 99\nwindow: 4w\nalerting: {absent: 'no'}": [("SLO112", 13, 22, "'no'")],
}


@pytest.mark.parametrize("extra", BAD_FIELDS)
def test_a_field_that_is_wrong_is_reported_in_place(extra: str) -> None:
    assert findings(spec(extra=extra)) == BAD_FIELDS[extra]


BAD_METADATA = {
    "labels: {pyrra.dev/cost-center: x}": ("SLO113", 6, 22, "cost-center"),
    "annotations: {pyrra.dev/run-book: x}": ("SLO113", 6, 27, "run-book"),
    "labels: {pyrra.dev/: x}": ("SLO113", 6, 12, "pyrra.dev/"),
    "labels: {team: 'not so'}": ("SLO113", 6, 18, "'not so'"),
    "label: {team: x}": ("SLO110", 6, 3, "label"),
    "labels: {pyrra.dev/tier: 1}": ("SLO112", 6, 28, "1"),
}


@pytest.mark.parametrize("metadata", BAD_METADATA)
def test_labels_that_would_break_a_rule_are_reported_in_place(metadata: str) -> None:
    assert findings(spec(metadata=f"{metadata}\n")) == [BAD_METADATA[metadata]]


def test_the_help_says_what_to_type() -> None:
    assert "`cost_center`" in helps(spec(metadata="labels: {pyrra.dev/cost-center: x}\n"))
    assert "`bool_gauge`" in helps(spec(GAUGE.replace("bool_gauge", "boolGauge")))
    assert "`sales_total{...}`" in helps(spec(BAD_SPECS["a metric within the braces"][0]))
    assert 'write `"99.9"`' in helps(spec(extra="target: 99.9 %\nwindow: 4w"))
    assert "`4w`" in helps(spec(extra="target: 99\nwindow: 30m"))
    assert "write `200ms`" in helps(spec(NATIVE.replace("1s", "0.2")))


def test_all_errors_of_a_document_are_reported() -> None:
    text = spec(
        RATIO.replace("errors", "error"), "target: 99%\nwindow: 4\nfoo: 1", metadata="labels: {a b: c}\n"
    )
    assert [(code, line) for code, line, _, _ in findings(text)] == [
        ("SLO113", 6),
        ("SLO110", 10),
        ("SLO113", 12),
        ("SLO113", 13),
        ("SLO110", 14),
    ]


def test_pyrras_own_layout_of_rules_has_no_effect() -> None:
    layout = "ruleOutput: {shortRulesLabels: {a: b}, longRulesLabels: {}, enableDescriptionAsLabel: true}"
    text = spec(extra=f"target: 99\nwindow: 4w\n{layout}")
    assert [finding[0] for finding in findings(text)] == ["SLO115", "SLO115"]
    assert slo(text).id == "shop-sold"


KINDS = {
    "kind: ServiceLevelObjectives\n": ("SLO103", 2, 7, "ServiceLevelObjectives"),
    "": ("SLO111", 1, 1, "apiVersion"),
    "kind: [x]\n": ("SLO103", 2, 7, "[x]"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_pyrra_does_not_have_is_an_error(kind: str) -> None:
    assert findings(spec().replace("kind: ServiceLevelObjective\n", kind)) == [KINDS[kind]]


def broken(text: str) -> Iterator[str]:
    """The spec with each of its values in turn replaced by what it should not be."""
    lines = text.splitlines(keepends=True)
    for i, line in enumerate(lines):
        key = line.partition(":")[0]
        for value in ("", "7", "[]", "{}", "[[a]]", "{a: {b: c}}", "''", "'{'", "true", "2.5e3", '"\\x85"'):
            yield "".join([*lines[:i], f"{key}: {value}\n", *lines[i + 1 :]])


@pytest.mark.parametrize("indicator", [RATIO, LATENCY, NATIVE, GAUGE])
def test_no_value_makes_it_crash(indicator: str) -> None:
    alerting = "alerting:\n  severities:\n    absent: x\n  name: y"
    extra = f"{PLAIN}\n{alerting}\nruleOutput:\n  longRulesLabels: {{a: b}}"
    for text in broken(spec(indicator, extra, metadata="labels:\n  pyrra.dev/a: b\nannotations:\n  c: d\n")):
        report = pipeline.compile([Source("slo.yaml", text)]).report
        assert "SLO900" not in {d.code.id for d in report}


# the same numbers as Pyrra ----------------------------------------------------------------------------

WINDOWS = ("5m", "1h", "6h", "1d")


def compared(
    indicator: str,
    series: dict[str, str],
    pyrra_error: str,
    expected: dict[str, float],
    folder: Path,
    at: str = "26h",
) -> None:
    """Compare slogen's recorded error ratios and budget with Pyrra's formula, and both with the truth.

    `pyrra_error` is the error ratio over `W`; `expected` the error ratio by the labels of the group.
    """
    files = promtool.compiled(spec(indicator, "target: 90\nwindow: 1d"))
    rates = [(f"slo:sli_error:ratio_rate{w}", pyrra_error.replace("W", w)) for w in WINDOWS]
    of_period = pyrra_error.replace("rate(", "increase(").replace("W", "1d")
    budget = ("slo:period_error_budget_remaining:ratio", f"((1 - 0.9) - ({of_period})) / (1 - 0.9)")
    equal = [(f"{{{labels}}}", 1.0) for labels in expected]
    true = [(f"{{{labels}}}", ratio) for labels, ratio in expected.items()]
    left = [(f"{{{labels}}}", round(1 - ratio / 0.1, 6)) for labels, ratio in expected.items()]
    checks: list[tuple[str, str, list[tuple[str, float]]]] = []
    for (recorded, theirs), truth in [*((rate, true) for rate in rates), (budget, left)]:
        own = "sloth_id, sloth_service, sloth_slo, sloth_window, job"
        ours = f'sum without ({own}) ({recorded}{{sloth_id="shop-sold"}})'
        checks.append((at, f"round({ours}, 0.000001)", truth))
        checks.append((at, f"abs({ours} - ({theirs})) < bool 1e-9", equal))
    rules = files["rules/sold.yaml"]
    result = promtool.run_tests(folder, rules, series, expressions=checks, every="5m", samples="1m")
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_ratio_is_pyrras(tmp_path: Path) -> None:
    e, t = 'sum(rate(sales_total{code=~"5..",job="shop"}[W]))', 'sum(rate(sales_total{job="shop"}[W]))'
    series = {
        'sales_total{code="200",job="shop"}': "0+97x1600",
        'sales_total{code="500",job="shop"}': "0+2x1600",
        'sales_total{code="503",job="shop"}': "0+1x1600",
        'sales_total{code="500",job="kiosk"}': "0+50x1600",
    }
    compared(RATIO, series, f"{e} / {t}", {"": 0.03}, tmp_path)


def test_a_latency_is_pyrras(tmp_path: Path) -> None:
    s = 'sum(rate(sale_seconds_bucket{job="shop",le="0.5"}[W]))'
    t = 'sum(rate(sale_seconds_count{job="shop"}[W]))'
    series = {
        'sale_seconds_bucket{job="shop",le="0.5"}': "0+90x1600",
        'sale_seconds_bucket{job="shop",le="+Inf"}': "0+100x1600",
        'sale_seconds_count{job="shop"}': "0+100x1600",
    }
    compared(LATENCY, series, f"({t} - {s}) / {t}", {"": 0.1}, tmp_path)


def test_a_latency_whose_success_is_narrower_is_pyrras(tmp_path: Path) -> None:
    indicator = LATENCY.replace('le="0.5"', 'code=~"2..",le="1"')
    s = 'sum(rate(sale_seconds_bucket{code=~"2..",job="shop",le=~"1(\\\\.0)?"}[W]))'
    t = 'sum(rate(sale_seconds_count{job="shop"}[W]))'
    series = {
        'sale_seconds_bucket{code="200",job="shop",le="1.0"}': "0+80x1600",
        'sale_seconds_bucket{code="500",job="shop",le="1.0"}': "0+10x1600",
        'sale_seconds_count{code="200",job="shop"}': "0+85x1600",
        'sale_seconds_count{code="500",job="shop"}': "0+15x1600",
    }
    compared(indicator, series, f"({t} - {s}) / {t}", {"": 0.2}, tmp_path)


def test_a_gauge_in_groups_is_pyrras(tmp_path: Path) -> None:
    count = 'sum by (target) (count_over_time(probe_success{job="probes"}[W]))'
    good = 'sum by (target) (sum_over_time(probe_success{job="probes"}[W]))'
    series = {f'probe_success{{job="probes",target="a",pod="{pod}"}}': "1x1600" for pod in range(4)}
    series |= {
        'probe_success{job="probes",target="a",pod="4"}': "0x1600",
        'probe_success{job="probes",target="b",pod="0"}': "1x1600",
        'probe_success{job="others",target="c",pod="0"}': "0x1600",
    }
    compared(GAUGE, series, f"({count} - {good}) / {count}", {'target="a"': 0.2, 'target="b"': 0}, tmp_path)


def test_a_native_histogram_is_pyrras(tmp_path: Path) -> None:
    if promtool.version() < (2, 48):
        pytest.skip(f"promtool {promtool.version()} has no series of native histograms in its tests")
    total = 'sum(rate(sale_seconds{job="shop"}[W]))'
    # Half of the events are in (0.5, 1], the other half in (1, 2].
    step = "{{schema:0 sum:6 count:4 buckets:[2 2]}}"
    series = {'sale_seconds{job="shop"}': f"{{{{schema:0 sum:0 count:0}}}}+{step}x660"}
    # promtool holds no more than some hundred samples of native histograms.
    compared(NATIVE, series, f"1 - histogram_fraction(0, 1, {total})", {"": 0.5}, tmp_path, at="10h")


def ratio_of(matchers: str = "", grouping: str = "") -> str:
    return (
        f"ratio:\n  errors: {{metric: 'failed_total{matchers}'}}\n"
        f"  total: {{metric: 'asked_total{matchers}'}}\n{grouping}"
    )


_STEADY = "0+10x600"
OUTAGE = {"failed_total": _STEADY, "asked_total": _STEADY}
# Where Pyrra's own rules are silent, or cry wolf.
ALERTED: dict[str, tuple[str, str, dict[str, str], dict[str, float]]] = {
    "a window of a day": (ratio_of(), "target: 99\nwindow: 1d", OUTAGE, {"critical": 1}),
    "a window of a week": (ratio_of(), "target: 99\nwindow: 1w", OUTAGE, {"critical": 1}),
    "a low target": (ratio_of(), "target: 80\nwindow: 4w", OUTAGE, {"critical": 1}),
    "a label that must not be empty": (
        ratio_of('{route!=""}'),
        PLAIN,
        {f'{name}{{route="/"}}': values for name, values in OUTAGE.items()},
        {"critical": 1},
    ),
    "errors that have never been": (ratio_of(), PLAIN, {"asked_total": _STEADY}, {}),
    "one of two groups that is gone": (
        ratio_of(grouping="  grouping: [pod]\n"),
        PLAIN,
        {'asked_total{pod="a"}': _STEADY, 'asked_total{pod="b"}': "0+10x200 _x400"},
        {"critical": 1},
    ),
}


@pytest.mark.parametrize("what", ALERTED)
def test_alerts_fire_where_pyrras_do_not(what: str, tmp_path: Path) -> None:
    indicator, extra, series, expected = ALERTED[what]
    rules = promtool.compiled(spec(indicator, extra))["rules/sold.yaml"]
    fired = 'count by (severity) (ALERTS{alertstate="firing", severity="critical"})'
    found = [(f'{{severity="{severity}"}}', count) for severity, count in expected.items()]
    checks = [("5h", fired, found)]
    result = promtool.run_tests(tmp_path, rules, series, expressions=checks, every="1m", samples="1m")
    assert result.returncode == 0, result.stdout + result.stderr


# conformance ------------------------------------------------------------------------------------------


def conformance() -> list[Path]:
    return sorted(SHARED.glob("*.yaml"))


def test_pyrras_own_specs_compile_without_a_finding() -> None:
    if not conformance():
        pytest.skip("the specs of Pyrra's own are not part of this repository, and not beside it")
    for path in conformance():
        result = pipeline.compile([Source(path.name, path.read_text(encoding="utf-8"))])
        assert [f"{d.at} {d.message}" for d in result.report] == []
        assert len(result.program.slos) == 1
