"""What a catalog says against an expression (SLO420 to SLO447): sane queries, and variants of broken ones."""

from __future__ import annotations

from textwrap import indent

import pytest

from slogen import pipeline
from slogen.source import Source

CATALOG = """\
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: ferry}
spec:
  version: v1.5.0
  services: [ferry]
  paths: ['rules/**']
  owns: ['ferry_*']
  scrapes:
    - {kind: servicemonitor, honor_labels: false, target_labels: [zone], drop: 'ferry_debug_.*'}
    - {kind: datadog, prometheus: false, honor_labels: true}
  metrics:
    ferry_crossings_total:
      type: counter
      unit: crossings
      labels:
        line: {unbounded: the client says it}
        code: {values: ['200', '404', '500', '503'], closed: true}
        reason: {values: [all_well, storm, full_deck], closed: true, success: [all_well]}
        end: {values: [arrived, diverted, sunk], success: [arrived, diverted]}
        namespace: {values: [north, south]}
        deck: {optional: true}
      cautions:
        - {trait: excludes, metrics: [ferry_refused_total], text: Refused passengers are not in here.}
        - {trait: note, unless: [reason, code, end], text: Storms are in here.}
        - {trait: note, text: Nobody has to know.}
    ferry_refused_total:
      type: counter
      unit: crossings
      labels: [why]
      cautions: [{trait: starts_at_one, text: It is born with the first.}]
    ferry_wait_seconds:
      type: histogram
      unit: seconds
      labels: [code]
      buckets: [0.5, 1, 2.5, 1048576]
      cautions: [{trait: survivors, unless: [code], text: Who was refused did not wait.}]
    ferry_native_seconds: {type: native_histogram, unit: seconds}
    ferry_summary_seconds: {type: summary, unit: seconds}
    ferry_load: {type: gauge, unit: ratio, range: [0, 1]}
    ferry_scatter: {type: gauge, unit: ratio}
    ferry_afloat: {type: gauge, labels: [fleet], cautions: [{trait: duplicated, text: All say the same.}]}
    ferry_queue:
      type: gauge
      labels: [fleet]
      cautions:
        - {trait: frozen_when_empty, metrics: [ferry_afloat], text: It stands still.}
        - {trait: whole_numbers, text: Fractions are cut off.}
    ferry_debug_state: {type: gauge}
    ferry_old_total: {type: counter, until: v1.2.0, replaced_by: [ferry_crossings_total]}
    ferry_next_total: {type: counter, since: v2.0.0}
    ferry_aging_total: {type: counter, status: deprecated}
    ferry_mystery:
---
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: pier}
spec:
  metrics:
    pier_visits_total:
      type: counter
      labels: {namespace: , status: [2xx, 4xx, 5xx], gate: ['north-1', 'gate b']}
"""
OWN = frozenset(f"SLO4{number}" for number in range(20, 48))


def found(path: str, text: str) -> list[str]:
    """The codes of these checks that a file is reported with."""
    report = pipeline.compile([Source("ferry.yaml", CATALOG), Source(path, text)]).report
    assert not report.crashes
    return sorted(diagnostic.code.id for diagnostic in report if diagnostic.code.id in OWN)


def of_alert(expr: str, pending: str = "1m") -> list[str]:
    rule = f"{{alert: A, for: {pending}, labels: {{severity: warning}}, expr: {expr!r}}}"
    return found("rules/a.yaml", f"groups: [{{name: g, rules: [{rule}]}}]\n")


def of_slo(sli: str, group: str = "") -> list[str]:
    head = "apiVersion: slogen.dev/v1\nkind: ServiceLevels\nspec:\n  service: ferry\n  slos:\n    - name: a\n"
    body = f"objective: 99\ngroup_by: [{group}]\nsli:\n{indent(sli, '  ')}\n"
    return found("slos/a.yaml", head + indent(body.replace("[w]", "[{{.window}}]"), "      "))


SANE_ALERTS = (
    # Names: of Prometheus, of recording rules, of families, what absent() asks for, and what `or` replaces.
    'up{job="ferry", any="label"} == 0',
    "ALERTS{alertstate='firing'} > 0",
    "slo:sli_error:ratio_rate5m > 0.1",
    "ferry:crossings:rate5m > 1",
    "ferry_crossings:rate5m > 1",
    "ferry_crossings_created > 5",
    "rate(ferry_mystery_bucket[5m]) > 1",
    "absent(ferry_gone_total) or absent(ferry_old_total)",
    "rate(ferry_old_total[5m]) > 5 or rate(ferry_refused_total[5m]) > 5",
    '{__name__=~"ferry_.*"} > 2',
    # Labels: of targets, renamed ones, none, and what keeps all the others.
    "sum by (exported_namespace, zone, pod, job) (rate(ferry_crossings_total[5m])) > 5",
    'rate(ferry_crossings_total{exported_namespace="north", namespace!=""}[5m]) > 5',
    'rate(ferry_crossings_total{foo="", deck=""}[5m]) > 5',
    "sum without (foo) (rate(ferry_refused_total[5m])) > 5",
    "rate(ferry_refused_total[5m]) / ignoring (why, foo) rate(ferry_refused_total[5m]) > 5",
    'label_replace(rate(ferry_refused_total[5m]), "foo", "a", "why", ".*") > 5',
    'sum by (namespace) (rate(pier_visits_total{status=~"5.."}[5m])) > 5',
    # Values: of open lists, alternatives for other versions, and series without the label.
    'rate(pier_visits_total{gate="quay 9", status!~"1.."}[5m]) > 5',
    'rate(ferry_crossings_total{code=~"5..|599"}[5m]) > 5',
    'rate(ferry_crossings_total{code!~"4..|1.."}[5m]) > 5',
    'rate(ferry_crossings_total{reason=~"storm|iceberg"}[5m]) > 5',
    'rate(ferry_crossings_total{code=~".*", code!=""}[5m]) > 5',
    # Buckets and types.
    'rate(ferry_wait_seconds_bucket{code="200", le="1.048576e+06"}[5m]) > 5',
    'rate(ferry_wait_seconds_bucket{code="200", le=~"1|1\\\\.0|[+]Inf"}[5m]) > 5',
    "histogram_quantile(0.9, sum by (le, code) (rate(ferry_wait_seconds_bucket[5m]))) > 2.5",
    "histogram_quantile(0.9, rate(ferry_native_seconds[5m])) > 3",
    "histogram_count(rate(ferry_native_seconds[5m])) > 3",
    'ferry_summary_seconds{quantile="0.9"} > 1',
    "rate(ferry_summary_seconds_count[5m]) > 5",
    "delta(ferry_load[5m]) > 0.5",
    "resets(ferry_refused_total[1h]) > 3",
    # Cautions.
    "sum(max by (fleet) (ferry_afloat)) < 3",
    "sum by (pod) (ferry_afloat) < 3",
    "sum without (fleet) (ferry_afloat) < 3",
    "ferry_queue > 50 and on (fleet) ferry_afloat > 0",
    "changes(ferry_queue[15m]) == 0",
    "increase(ferry_refused_total[1m]) > 0",
    "sum(rate(ferry_crossings_total[5m])) < 100",
    'sum by (line) (rate(ferry_crossings_total{line=~"a|b"}[5m])) > 5',
    "count(count by (line) (ferry_crossings_total)) > 50",
)


@pytest.mark.parametrize("expr", SANE_ALERTS)
def test_sane_rules_are_left_alone(expr: str) -> None:
    assert of_alert(expr) == []


ALL = "[ferry_crossings_total, ferry_refused_total]"
ALL_RATE = "sum(rate(ferry_refused_total[w])) + sum(rate(ferry_crossings_total[w]))"
SLOW = "histogram_quantile(0.9, sum by (le, code) (rate(ferry_wait_seconds_bucket[5m])))"


def events(part: str, total: str = ALL, kind: str = "bad") -> str:
    return f"events: {{total: {total}, {kind}: '{part}'}}"


def query(bad: str) -> str:
    return f"query: {{total: '{ALL_RATE}', bad: '{bad}'}}"


def ratio(error: str) -> str:
    return f"ratio: {{error: '{error}'}}"


def latency(histogram: str, threshold: str = "500ms", more: str = "") -> str:
    return f"latency: {{histogram: {histogram}, threshold: {threshold}{more}}}"


def condition(metric: str, good_when: str) -> str:
    return f"condition: {{metric: '{metric}', good_when: '{good_when}'}}"


WELL = ", where: 'code=\"200\"'"

SANE_SLOS = (
    events('ferry_crossings_total{code=~"5.."}'),
    # Successes with a code of failure are none.
    events('ferry_crossings_total{reason!="",code=~"5.."}'),
    events('ferry_crossings_total{end=~"arrived|diverted"}', kind="good"),
    query("sum(rate(ferry_refused_total[w]))"),
    # Of a difference nobody knows which events are left.
    query(
        'sum(rate(ferry_crossings_total{reason!=""}[w])) '
        '- sum(rate(ferry_crossings_total{reason="all_well"}[w]))'
    ),
    latency("ferry_wait_seconds", more=WELL),
    latency("ferry_native_seconds", "700ms", ", native: true"),
    condition("ferry_load", "< 0.9"),
    condition("100 * ferry_load", "< 90"),
    # Some ratios are above 1.
    condition("ferry_scatter", "< 1.5"),
    ratio(f"sum(rate(ferry_refused_total[w])) / ({ALL_RATE})"),
)


@pytest.mark.parametrize("sli", SANE_SLOS)
def test_sane_slos_are_left_alone(sli: str) -> None:
    assert of_slo(sli) == []


BROKEN_ALERTS = {
    "SLO420": (
        "rate(ferry_crossing_total[5m]) > 5",
        'count({__name__="ferry_gone_total"}) > 5',
        # What stands in is gone as well, or is no series.
        "rate(ferry_gone_total[5m]) > 5 or vector(0) > 1",
        "ferry_load > 0.5 unless ferry_gone_total",
    ),
    "SLO421": (
        "sum by (lines) (rate(ferry_refused_total[5m])) > 5",
        'rate(ferry_refused_total{reason="storm"}[5m]) > 5',
        "ferry_load * on (pod) group_left (foo) ferry_mystery2 > 0.5 or ferry_load{foo='a'} > 0.5",
        "ferry_load * on (fleet) group_left (lines) max by (fleet, lines) (ferry_afloat) > 0.5",
    ),
    "SLO422": (
        'rate(ferry_crossings_total{code="5xx"}[5m]) > 5',
        'rate(ferry_crossings_total{code=~"2..|4..", code=~"5.."}[5m]) > 5',
        'rate(ferry_crossings_total{code=""}[5m]) > 5',
        'rate(ferry_crossings_total{code=~"5[0-9]{1}"}[5m]) > 5',
    ),
    "SLO423": (
        'rate(ferry_wait_seconds_bucket{code="200", le="2"}[5m]) > 5',
        'rate(ferry_wait_seconds_bucket{code="200", le=~"2|2\\\\.0"}[5m]) > 5',
        'rate(ferry_wait_seconds_bucket{code="200", le="1s"}[5m]) > 5',
        'rate(ferry_wait_seconds_bucket{code="200", le="1048577"}[5m]) > 5',
        'rate(ferry_wait_seconds_bucket{code="200", le="0.50"}[5m]) > 5',
    ),
    "SLO424": (
        "rate(ferry_load[5m]) > 5",
        "max_over_time(rate(ferry_load[5m])[1h:1m]) > 5",
        "rate(ferry_wait_seconds[5m]) > 5",
        "rate(ferry_summary_seconds[5m]) > 5",
        "deriv(ferry_refused_total[5m]) > 5",
        "histogram_quantile(0.9, sum by (le) (rate(ferry_refused_total[5m]))) > 5",
        "histogram_quantile(0.9, sum by (le) (rate(ferry_wait_seconds_count[5m]))) > 5",
        "histogram_quantile(0.9, sum by (le) (rate(ferry_native_seconds_bucket[5m]))) > 5",
        'histogram_count(rate(ferry_wait_seconds_bucket{code="200"}[5m])) > 5',
        "ferry_load_count > 5",
    ),
    "SLO425": ("rate(ferry_old_total[5m]) > 5", "rate(ferry_next_total[5m]) > 5"),
    "SLO426": ("rate(ferry_aging_total[5m]) > 5",),
    "SLO428": (
        "sum by (namespace) (rate(ferry_crossings_total[5m])) > 5",
        'rate(ferry_crossings_total{namespace="north"}[5m]) > 5',
    ),
    "SLO429": ("ferry_debug_state > 5",),
    "SLO431": (
        'sum(rate(ferry_crossings_total{code=~"5.."}[5m])) / sum(rate(ferry_crossings_total[5m])) > 0.5',
    ),
    "SLO432": ("max by (fleet) (ferry_queue) > 50", "avg_over_time(ferry_queue[5m]) > 50"),
    "SLO433": (
        "sum(ferry_afloat) < 3",
        "count(ferry_afloat > 3) < 3",
        "sum(max_over_time(ferry_afloat[5m])) < 3",
    ),
    "SLO434": ("increase(ferry_refused_total[10m]) > 0", "sum(rate(ferry_refused_total[10m])) != 0"),
    "SLO439": (
        "ferry_queue > 0.5 and on (fleet) ferry_afloat > 0",
        "sum(rate(ferry_crossings_total[5m])) / sum(rate(ferry_refused_total[5m])) > 0.5",
    ),
    "SLO440": (
        'rate(ferry_crossings_total{code!="5xx"}[5m]) > 5',
        'rate(ferry_crossings_total{reason=~"storms|full_deck"}[5m]) > 5',
        'rate(pier_visits_total{status=~"503|504"}[5m]) > 5',
        'rate(pier_visits_total{gate="north_1"}[5m]) > 5',
    ),
    "SLO441": ('rate(ferry_crossings_total{namespace=~"ferries-.*"}[5m]) > 5',),
    "SLO442": ("sum by (line) (rate(ferry_crossings_total[5m])) > 5",),
    "SLO445": ('rate(ferry_crossings_total{reason!=""}[5m]) > 5',),
    "SLO446": (
        'rate(ferry_refused_total{cause!="storm"}[5m]) > 5',
        "sum by (state) (rate(pier_visits_total[5m])) > 5",
        "ferry_load > 0.5 and on (dock) berths_in_use",
        "ferry_load > 0.5 and on (dock) rate(ferry_refused_total[5m])",
    ),
    "SLO447": ('histogram_quantile(0.9, sum by (le) (rate(ferry_wait_seconds_bucket{code="200"}[5m]))) > 2',),
}


@pytest.mark.parametrize(
    ("code", "expr"), [(code, e) for code, listed in BROKEN_ALERTS.items() for e in listed]
)
def test_broken_rules_are_found_for_one_cause(code: str, expr: str) -> None:
    assert of_alert(expr) == [code]


@pytest.mark.parametrize(
    ("name", "is_near"),
    [
        ("http_request_total", True),
        ("http_requests", True),
        ("active_upstreams_requests", True),
        ("latency_of_answers_seconds_bucket", True),
        # Their own metrics, or nobody knows.
        ("http_responses_total", False),
        ("active_downstream_requests", False),
        ("grpc_requests_total", False),
        ("requests_total", False),
        ("job:http_request_total:rate5m", False),
        ("http_requests_created", False),
    ],
)
def test_names_that_nobody_owns(name: str, is_near: bool) -> None:
    catalog = """\
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: quay}
spec:
  paths: ['rules/**']
  metrics:
    http_requests_total: {type: counter}
    active_upstream_requests: {type: gauge}
    quay_latency_of_answers_seconds: {type: histogram}
"""
    rules = f"groups: [{{name: g, rules: [{{alert: A, expr: {name} > 5}}]}}]\n"
    for path, expected in (("rules/a.yaml", is_near), ("elsewhere/a.yaml", False)):
        report = pipeline.compile([Source("quay.yaml", catalog), Source(path, rules)]).report
        assert ("SLO443" in {diagnostic.code.id for diagnostic in report}) == expected


BROKEN_SLOS = {
    "SLO420": (latency("ferry_delay_seconds"), condition("ferry_weight", "< 5")),
    "SLO423": (
        latency("ferry_wait_seconds", "2s", WELL),
        f"timeslice: {{target: 99, slice: 5m, of: {{{latency('ferry_wait_seconds', '600ms', WELL)}}}}}",
    ),
    "SLO424": (
        latency("ferry_native_seconds"),
        latency("ferry_wait_seconds", more=", native: true"),
        latency("ferry_load", more=", unit: seconds"),
        condition("sum(ferry_refused_total)", "< 5"),
    ),
    "SLO427": (
        events("ferry_summary_seconds_sum", total="ferry_wait_seconds_count"),
        ratio("sum(rate(ferry_summary_seconds_sum[w])) / sum(rate(ferry_summary_seconds_count[w]))"),
    ),
    "SLO430": (
        events('ferry_crossings_total{reason!=""}'),
        query('sum(rate(ferry_crossings_total{reason=~".+", line!="a"}[w]))'),
        ratio(f'sum(rate(ferry_crossings_total{{reason!=""}}[w])) / ({ALL_RATE})'),
    ),
    "SLO438": (
        condition("ferry_load", "< 90"),
        condition("max(ferry_load)", ">= 0"),
        condition("ferry_load > bool 90", "== 0"),
        condition(SLOW, "<= 1048576"),
    ),
    "SLO439": (condition("ferry_queue and on (fleet) ferry_afloat > 0", "< 1"),),
    "SLO445": (events('ferry_crossings_total{end="arrived"}', kind="good"),),
}


@pytest.mark.parametrize(("code", "sli"), [(code, s) for code, listed in BROKEN_SLOS.items() for s in listed])
def test_broken_slos_are_found_for_one_cause(code: str, sli: str) -> None:
    assert of_slo(sli) == [code]


@pytest.mark.parametrize(
    ("label", "codes"),
    [("lines", {"SLO421"}), ("line", {"SLO436"}), ("namespace", {"SLO428"}), ("zone", set())],
)
def test_labels_to_group_by(label: str, codes: set[str]) -> None:
    sli = events('ferry_crossings_total{code=~"5.."}', total="ferry_crossings_total")
    assert set(of_slo(sli, label)) - {"SLO431"} == codes
