"""OpenSLO: what its objects mean, and where it is said that something is wrong or has no equivalent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from slogen import pipeline
from slogen.formats import openslo
from slogen.ir import HOLE, Grouping, Millis, Slo, Tier, Urgency
from slogen.slis.condition import Condition
from slogen.slis.events import Events
from slogen.slis.query import Queries
from slogen.slis.ratio import Ratio
from slogen.slis.timeslice import Timeslice
from slogen.source import Source, documents

SLO = """\
apiVersion: openslo/v1
kind: SLO
metadata:
  name: sold
  displayName: People can buy
  labels: {team: sales}
spec:
  service: shop
  indicatorRef: sales
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.999
"""
SLI = """\
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: sales}
spec:
  ratioMetric:
    counter: true
    good: {metricSource: {type: Prometheus, spec: {query: 'sum(sales_total{code="200"})'}}}
    total: {metricSource: {type: Prometheus, spec: {query: sum(sales_total)}}}
"""
POLICY = """\
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast}
spec:
  conditions:
    - conditionRef: burn
  notificationTargets:
    - targetRef: sales-on-call
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: burn}
spec:
  severity: page
  condition: {kind: burnrate, op: gte, threshold: 14.4, lookbackWindow: 1h, alertAfter: 5m}
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: {name: sales-on-call}
spec: {target: pagerduty}
"""
ALPHA = """\
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: sold}
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindows:
    - unit: Day
      count: 30
  objectives:
    - target: 0.999
      ratioMetrics:
        good: {source: prometheus, queryType: promql, query: 'sum(rate(sold_total[{{.window}}]))'}
        total: {source: prometheus, queryType: promql, query: 'sum(rate(sales_total[{{.window}}]))'}
"""
ALERTED = SLO + "  alertPolicies: [fast]\n" + SLI + POLICY


def findings(text: str) -> list[tuple[str, int, str]]:
    """Code, line and the underlined text of each finding."""
    report = pipeline.compile([Source("shop.yaml", text)]).report
    return [(d.code.id, d.at.line, d.at.text) for d in report]


def slos(*texts: str, warned: Sequence[str] = ()) -> tuple[Slo, ...]:
    """The SLOs of files; fails with any finding but those that are expected."""
    result = pipeline.compile([Source(f"{i}.yaml", text) for i, text in enumerate(texts)])
    report = [d for d in result.report if d.code.id != "SLO115" or d.at.text not in warned]
    assert [f"{d.at} {d.code.id} {d.message}" for d in report] == []
    assert len(report) + len(warned) == len(list(result.report))
    return result.program.slos


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def metric(query: str) -> str:
    return f"{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}"


def measuring(ratio: str) -> str:
    """The SLO with another indicator."""
    return SLO + SLI[: SLI.index("  ratioMetric")] + ratio


def ratio(total: str, counter: str = "true", **part: str) -> str:
    [(name, query)] = part.items()
    return measuring(
        f"  ratioMetric:\n    counter: {counter}\n    {name}: {metric(query)}\n    total: {metric(total)}\n"
    )


def threshold(query: str) -> str:
    spec = measuring(f"  thresholdMetric: {metric(query)}\n")
    return changed(spec, ("- target: 0.999", "- {target: 0.999, op: lte, value: 0.5}"))


_BROKEN_FOR_7M = (
    '{{if gt .window "66"}}{{if lt .window "7n"}}sum(({{end}}{{end}}sum(rate(a_total[{{.window}}]))'
)
"""A total in whose windows, whatever the alerts', only that of a slice of seven minutes is broken."""


# meaning ----------------------------------------------------------------------------------------------


def test_an_slo_is_named_and_described_as_it_says() -> None:
    [slo] = slos(SLO + SLI)
    assert (slo.id, slo.objective, slo.window) == ("shop-sold", Decimal("99.900"), Millis(28 * 86_400_000))
    assert (slo.spec, slo.description, slo.labels) == ("openslo/v1", "People can buy", {"team": "sales"})
    assert (slo.owner, slo.manifest.name) == (None, "shop")
    assert [tier.long // 3_600_000 for tier in slo.tiers] == [1, 6, 24, 72]


def test_objects_of_other_files_are_found() -> None:
    first, *others = ALERTED.split("---\n")
    assert slos(ALERTED) == slos(*others[::-1], first) == slos(*others, first)


@pytest.mark.parametrize(
    ("objectives", "names"),
    [
        ("[{target: 0.99}]", {"sold": 99}),
        ("[{displayName: Fast, target: 0.99}]", {"sold": 99}),
        (
            "[{displayName: Fast one, target: 0.99}, {displayName: SLOW!, targetPercent: 99.95}]",
            {"sold-fast-one": 99, "sold-slow": Decimal("99.95")},
        ),
        ("[{displayName: A, target: 0.9}, {target: 0.99}]", {"sold-0": 90, "sold-1": 99}),
        ("[{displayName: A, target: 0.9}, {displayName: a, target: 0.99}]", {"sold-0": 90, "sold-1": 99}),
        ("[{displayName: '!', target: 0.9}, {displayName: b, target: 0.99}]", {"sold-0": 90, "sold-1": 99}),
        ("[{target: 0.99999999999999999999}]", {"sold": Decimal("99.999999999999999999")}),
    ],
)
def test_every_objective_is_an_slo(objectives: str, names: dict[str, object]) -> None:
    text = changed(SLO, ("objectives:\n    - target: 0.999", f"objectives: {objectives}"))
    assert {slo.name: slo.objective for slo in slos(text + SLI)} == names


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("- {duration: 30d, isRolling: true}", 30),
        ("- {duration: 4w}", 28),
        ("- {duration: 720h, isRolling: true, calendar: null}", 30),
        ("- {duration: 1Y}", 365),
        ("- {duration: 1w3d}", 10),
        ("", 30),
    ],
)
def test_windows_roll(written: str, days: int) -> None:
    old = "timeWindow:\n    - duration: 28d\n      isRolling: true\n"
    [slo] = slos(changed(SLO + SLI, (old, f"timeWindow: [{written.lstrip('- ')}]\n")))
    assert slo.window == days * 86_400_000


COUNTED = {
    "selectors": ('sales_total{code="200"}', "sales_total", ()),
    "sums": ('sum(sales_total{code="200"})', "sum(sales_total)", ()),
    "a sum and a selector": ('sum(sales_total{code="200"})', "sales_total", ()),
    "sums by labels": ('sum by (shop) (sales_total{code="200"})', "sum(sales_total) by (shop)", ("shop",)),
    "labels that only one side keeps": (
        'sum by (shop, code, env) (sales_total{code="200"})',
        "sum by (env, shop) (sales_total)",
        ("env", "shop"),
    ),
    "nothing is zero": ('sum(sales_total{code="200"}) or vector(0)', "sum(sales_total)", ()),
    "parentheses": ('((sum((sales_total{code="200"}))))', "(sales_total)", ()),
}


@pytest.mark.parametrize("name", COUNTED)
def test_counters_are_counted_by_slogen(name: str) -> None:
    good, total, labels = COUNTED[name]
    [slo] = slos(ratio(total, good=good))
    assert isinstance(slo.sli, Events)
    assert [query.text for query in slo.sli.queries] == ["sales_total", 'sales_total{code="200"}']
    assert (slo.sli.good_given, slo.grouping) == (True, Grouping(labels))


def test_sums_of_counters_are_added_up() -> None:
    [slo] = slos(ratio("sum(sold_total) + sum(refused_total)", bad="sum(refused_total)"))
    assert isinstance(slo.sli, Events)
    assert [query.text for query in slo.sli.total_selectors] == ["sold_total", "refused_total"]
    assert not slo.sli.good_given


@pytest.mark.parametrize(
    ("good", "total", "grouping"),
    [
        ("sum(rate(good[{{.window}}]))", "sum(rate(all[{{.window}}]))", Grouping()),
        (
            "sum by (a, b) (rate(good[{{.window}}]))",
            "sum by (b, c) (rate(all[{{ .window }}]))",
            Grouping(("b",)),
        ),
        ("rate(good[{{.window}}])", "rate(all[{{.window}}])", Grouping(each=True)),
        ("rate(good[{{.window}}])", "sum by (a) (rate(all[{{.window}}]))", Grouping(("a",))),
    ],
)
@pytest.mark.parametrize("counter", ["true", "false", "null"])
def test_queries_with_a_window_are_taken_as_they_stand(
    good: str, total: str, grouping: Grouping, counter: str
) -> None:
    [slo] = slos(ratio(total, counter, good=good))
    assert isinstance(slo.sli, Queries)
    assert (slo.sli.total_query.text, slo.sli.part_query.text) == (total, good)
    assert (slo.sli.family, slo.grouping) == ("rate", grouping)


@pytest.mark.parametrize("counter", ["true", "false", "null"])
@pytest.mark.parametrize(
    ("good", "total", "windowed"),
    [
        ("sum(rate(a[5m]))", "sum(rate(b[5m]))", "sum(rate(b[{{.window}}]))"),
        (
            "sum(rate(a[1m]))",
            "sum(rate(b[5m]) + rate(c[5m]))",
            "sum(rate(b[{{.window}}]) + rate(c[{{.window}}]))",
        ),
        ("sum(increase(a[1h]))", "sum(increase(b[60m]))", "sum(increase(b[{{.window}}]))"),
        ("sum(rate(a[5m])) or vector(0)", "sum(rate(b[5m]))", "sum(rate(b[{{.window}}]))"),
    ],
)
def test_rates_over_a_range_of_their_own_are_rates_over_the_window(
    good: str, total: str, windowed: str, counter: str
) -> None:
    [slo] = slos(ratio(total, counter, good=good))
    assert isinstance(slo.sli, Queries)
    assert (slo.sli.total_query.text, slo.sli.good_given, slo.sli.additive) == (windowed, True, True)


@pytest.mark.parametrize("name", ["sales_total", "sum(sale_seconds_count)", "sum by (a) (sales_bucket)"])
def test_counters_are_known_by_their_names(name: str) -> None:
    [slo] = slos(ratio(name, "null", good="sum(good_total)"))
    assert isinstance(slo.sli, Events)


@pytest.mark.parametrize(
    ("bad", "total", "labels"),
    [
        ("busy", "sum(slots)", ()),
        ("sum by (a) (irate(busy[5m]))", "sum by (a) (rate(slots[5m]))", ("a",)),
        ("busy", "sum by (a, b) (slots)  # all", ("a", "b")),
    ],
)
def test_numbers_at_an_instant_are_added_up_over_the_window(
    bad: str, total: str, labels: tuple[str, ...]
) -> None:
    [slo] = slos(ratio(total, "false", bad=bad))
    assert isinstance(slo.sli, Queries)
    for query, text in zip(slo.sli.queries, (total, bad), strict=True):
        assert text in query.over("1h")
        assert query.over("1h").startswith("sum_over_time(")
        assert query.over("1h").endswith("[1h:])")
    assert slo.grouping == Grouping(labels)


@pytest.mark.parametrize(
    ("kind", "query", "error", "grouping"),
    [
        ("failure", "share", "avg_over_time(((share) >= 0)[1h:])", Grouping(each=True)),
        ("success", "share", "1 - avg_over_time(((share) >= 0)[1h:])", Grouping(each=True)),
        ("success", "max by (a) (x)", "1 - avg_over_time(((max by (a) (x)) >= 0)[1h:])", Grouping(("a",))),
        ("failure", "avg(avg_over_time(x[{{.window}}]))", "avg(avg_over_time(x[1h]))", Grouping()),
        ("success", "1 - sum(x offset {{.window}})", "1 - (1 - sum(x offset 1h))", Grouping()),
    ],
)
def test_raw_ratios(kind: str, query: str, error: str, grouping: Grouping) -> None:
    [slo] = slos(measuring(f"  ratioMetric: {{rawType: {kind}, raw: {metric(query)}}}\n"))
    assert isinstance(slo.sli, Ratio)
    assert (slo.sli.error.over("1h"), slo.grouping) == (error, grouping)


@pytest.mark.parametrize(
    ("query", "bare", "grouping"),
    [
        ('lag{topic="a"}', True, Grouping(each=True)),
        ("max(lag)", False, Grouping()),
        ("max by (topic) (deriv(lag[5m]))", False, Grouping(("topic",))),
    ],
)
@pytest.mark.parametrize(("op", "sign"), [("lte", "<="), ("gte", ">="), ("lt", "<"), ("gt", ">")])
def test_thresholds(query: str, bare: bool, grouping: Grouping, op: str, sign: str) -> None:
    [slo] = slos(changed(threshold(query), ("op: lte, value: 0.5", f"op: {op}, value: -1.50")))
    assert isinstance(slo.sli, Condition)
    assert (slo.sli.metric.text, slo.sli.comparison, slo.sli.bare) == (query, f"{sign} -1.50", bare)
    assert slo.grouping == grouping


@pytest.mark.parametrize(
    ("keys", "slice_"),
    [("", 60_000), (", timeSliceWindow: 5", 300_000), (", timeSliceWindow: 10m", 600_000)],
)
def test_slices_of_time(keys: str, slice_: int) -> None:
    change = ("target: 0.999", f"{{target: 0.999, timeSliceTarget: 0.95{keys}}}")
    [slo] = slos(changed(SLO + SLI, ("Occurrences", "Timeslices"), change))
    assert isinstance(slo.sli, Timeslice)
    assert (slo.sli.length, slo.sli.target) == (Millis(slice_), Decimal(95))
    assert isinstance(slo.sli.of, Events)


def test_slices_of_time_of_a_threshold() -> None:
    text = changed(
        threshold("max(lag)"), ("Occurrences", "Timeslices"), ("op: lte", "timeSliceTarget: 1, op: lte")
    )
    [slo] = slos(text)
    assert isinstance(slo.sli, Timeslice)
    assert isinstance(slo.sli.of, Condition)
    assert slo.sli.target == 100


COMPOSITE = """\
    - displayName: Sold
      target: 0.999
      indicatorRef: sales
    - displayName: Fast
      target: 0.9
      op: lt
      value: 2
      indicator:
        metadata: {name: fast}
        spec: {thresholdMetric: {metricSource: {type: Mimir, spec: {query: max(lag)}}}}
"""


def test_objectives_with_indicators_of_their_own() -> None:
    text = changed(SLO, ("    - target: 0.999\n", COMPOSITE), ("  indicatorRef: sales\n  time", "  time"))
    sold, fast = slos(text + SLI)
    assert (type(sold.sli), sold.name, type(fast.sli), fast.name) == (
        Events,
        "sold-sold",
        Condition,
        "sold-fast",
    )


@pytest.mark.parametrize(
    "name",
    ["prometheus", "Amazon Managed Prometheus", "thanos", "Grafana Mimir", "cortex", "VictoriaMetrics"],
)
def test_whatever_evaluates_promql_is_a_prometheus(name: str) -> None:
    assert slos(changed(SLO + SLI, ("Prometheus", name)))


def test_the_type_of_a_declared_source_is_its_own() -> None:
    source = """\
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: metrics}
spec: {type: %s, connectionDetails: [{any: thing}]}
"""
    text = changed(SLO + SLI, ("type: Prometheus", "metricSourceRef: metrics")) + source
    assert slos(text % "Prometheus")
    assert findings(text % "Datadog") == [("SLO114", 29, "Datadog")]


def test_a_source_may_be_declared_elsewhere_unless_its_name_is_nearly_one_that_is_here() -> None:
    source = "---\napiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: metrics}\nspec: {type: Mimir}\n"
    text = (
        changed(SLO + SLI, ("good: {metricSource: {", "good: {metricSource: {metricSourceRef: %s, ")) + source
    )
    assert slos(text % "elsewhere")
    assert findings(text % "metrcs") == [("SLO201", 23, "metrcs")]


def test_metricsql_is_taken_where_its_own_source_is_asked() -> None:
    text = ratio("sum(increase_pure(a[{{.window}}]))", good="sum(increase_pure(b[{{.window}}]))")
    [slo] = slos(changed(text, ("type: Prometheus", "type: VictoriaMetrics")))
    assert all(query.opaque for query in slo.sli.queries)
    assert [code for code, _, _ in findings(text)] == ["SLO401", "SLO401"]


def test_metadata_becomes_labels_and_annotations() -> None:
    text = changed(
        SLO + SLI,
        ("{team: sales}", "{env: [prod], tags: [a, b], owner: ml, a-b: c, severity: low, service: shop}"),
        (
            "  displayName",
            "  annotations: {openslo.com/x: y, dashboard_url: 'https://d', a.b: c}\n  displayName",
        ),
    )
    [slo] = slos(text, warned=["a-b", "severity", "a.b"])
    assert slo.labels == {"env": "prod", "tags": "a,b", "owner": "ml", "service": "shop"}
    assert slo.owner == "ml"
    assert slo.alerts[0].annotations == {"dashboard_url": "https://d"}


# alerts -----------------------------------------------------------------------------------------------


def tier(urgency: Urgency, hours: float, minutes: int, share: Fraction) -> Tier:
    found = Tier(urgency, 0, 0, share)  # type: ignore[arg-type]
    object.__setattr__(found, "long", int(hours * 3_600_000))
    object.__setattr__(found, "short", minutes * 60_000)
    return found


def test_conditions_are_tiers() -> None:
    [slo] = slos(ALERTED)
    page = tier(Urgency.PAGE, 1, 5, Fraction("14.4") / (28 * 24))
    assert slo.tiers == (page,)
    [alert] = slo.alerts
    assert (alert.tiers, alert.for_) == ((page,), 300_000)
    assert (alert.labels["severity"], alert.labels["owner"], slo.owner) == (
        "page",
        "sales-on-call",
        "sales-on-call",
    )
    assert slo.absence is not None


SEVERITIES = {
    "page": ("page", "PAGE", "critical", "high", "sev1", "SEV-1", "p1", "P0", "Emergency"),
    "ticket": ("warning", "low", "medium", "sev2", "p3", "info", "ticket", "whatever"),
}


@pytest.mark.parametrize(("urgency", "severity"), [(u, s) for u, names in SEVERITIES.items() for s in names])
def test_severities(urgency: str, severity: str) -> None:
    [slo] = slos(changed(ALERTED, ("severity: page", f"severity: {severity}")))
    [alert] = slo.alerts
    assert (alert.urgency, alert.labels["severity"]) == (urgency, severity)


@pytest.mark.parametrize(
    ("lookback", "short"),
    [("5m", "2m"), ("1m", "1m"), ("24m", "2m"), ("45m", "4m"), ("2h", "10m"), ("1d", "2h"), ("1w", "14h")],
)
def test_the_short_window_is_a_twelfth_in_whole_minutes(lookback: str, short: str) -> None:
    [slo] = slos(changed(ALERTED, ("lookbackWindow: 1h", f"lookbackWindow: {lookback}"), ("14.4", "2")))
    factor = {"m": 60_000, "h": 3_600_000}[short[-1]]
    assert slo.tiers[0].short == int(short[:-1]) * factor


INLINE = """\
  alertPolicies:
    - alertPolicyRef: fast
    - kind: AlertPolicy
      metadata: {name: slow}
      spec:
        alertWhenNoData: %s
        alertWhenBreaching: %s
        conditions:
          - kind: AlertCondition
            metadata: {name: slow-burn}
            spec: {severity: %s, condition: {threshold: 1, lookbackWindow: 3d, alertAfter: %s}}
        notificationTargets:
          - {kind: AlertNotificationTarget, metadata: {name: sales-chat}, spec: {target: slack}}
"""


def inline(
    no_data: str = "null", breaching: str = "null", severity: str = "ticket", after: str = "1h"
) -> str:
    return SLO + INLINE % (no_data, breaching, severity, after) + SLI + POLICY


def test_policies_in_place() -> None:
    [slo] = slos(inline())
    page, ticket = slo.alerts
    assert [(tier.urgency, tier.long) for tier in slo.tiers] == [("page", 3_600_000), ("ticket", 259_200_000)]
    assert (page.for_, ticket.for_) == (300_000, 3_600_000)
    assert (page.labels["owner"], ticket.labels["owner"]) == ("sales-on-call", "sales-chat")
    assert (page.labels["severity"], ticket.labels["severity"]) == ("page", "ticket")
    assert slo.absence is not None
    assert slo.absence.labels["owner"] == "sales-on-call"


def test_owners_stand_in_the_label_that_settings_name() -> None:
    [slo] = slos(inline(), "apiVersion: slogen.dev/v1\nkind: Settings\nspec: {owner_label: squad}\n")
    assert [alert.labels["squad"] for alert in slo.alerts] == ["sales-on-call", "sales-chat"]
    assert all("owner" not in alert.labels for alert in slo.alerts)


def test_severities_of_one_urgency_are_alerts_of_their_own() -> None:
    text = changed(inline(severity="sev1", after="5m"), ("name: sales-chat", "name: sales-on-call"))
    [slo] = slos(text)
    assert [(a.urgency, a.labels["severity"], [t.long for t in a.tiers]) for a in slo.alerts] == [
        ("page", "page", [3_600_000]),
        ("page", "sev1", [259_200_000]),
    ]


@pytest.mark.parametrize(
    ("fast", "slow", "severity"),
    [
        ("", "null", "warning"),
        ("", "true", "low"),
        ("alertWhenNoData: false", "true", "low"),
        ("alertWhenNoData: true", "false", "page"),
        ("alertWhenNoData: false", "null", None),
        ("", "false", None),
    ],
)
def test_missing_data_is_alerted_on_if_a_policy_wants_it(fast: str, slow: str, severity: str | None) -> None:
    text = changed(inline(slow, severity="low"), ("spec:\n  conditions", f"spec:\n  {fast}\n  conditions"))
    [slo] = slos(text)
    assert (slo.absence.labels["severity"] if slo.absence else None) == severity


def test_a_policy_that_is_not_for_breaches_raises_no_burn_alert() -> None:
    [slo] = slos(inline(breaching="false"))
    assert [alert.urgency for alert in slo.alerts] == ["page"]
    [silent] = slos(
        changed(ALERTED, ("spec:\n  conditions", "spec:\n  alertWhenBreaching: false\n  conditions"))
    )
    assert silent.alerts == ()
    assert silent.owner == "sales-on-call"


# v1alpha ----------------------------------------------------------------------------------------------


def test_v1alpha_is_named_as_sloth_does() -> None:
    second = "    - target: 0.9\n      ratioMetrics:" + ALPHA.partition("ratioMetrics:")[2]
    one, other = slos(ALPHA + second)
    assert (one.id, other.id, one.spec) == ("shop-sold-0", "shop-sold-1", "openslo/v1alpha")
    assert isinstance(one.sli, Queries)
    assert one.sli.good_given
    assert one.sli.total_query.text == "sum(rate(sales_total[{{.window}}]))"
    assert [one.objective, other.objective] == [Decimal("99.9"), 90]


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("[{unit: week, count: 2, isRolling: true}]", 14),
        ("[{unit: Year, count: 1}]", 365),
        ("[{unit: hour, count: 36}]", Fraction(3, 2)),
        ("[]", 30),
    ],
)
def test_windows_of_v1alpha(written: str, days: int) -> None:
    text = changed(ALPHA, ("timeWindows:\n    - unit: Day\n      count: 30", f"timeWindows: {written}"))
    assert slos(text)[0].window == days * 86_400_000


def test_counters_of_v1alpha() -> None:
    text = changed(
        ALPHA,
        ("rate(", ""),
        ("[{{.window}}])", ""),
        ("ratioMetrics:", "ratioMetrics:\n        incremental: true"),
    )
    assert isinstance(slos(text)[0].sli, Events)


@pytest.mark.parametrize(("key", "value"), [("op", "gte"), ("value", "1")])
def test_a_ratio_of_v1alpha_is_compared_with_nothing(key: str, value: str) -> None:
    text = changed(ALPHA, ("      ratioMetrics", f"      {key}: {value}\n      ratioMetrics"))
    assert (key, "SLO115") in [(at, code) for code, _, at in findings(text)]


def test_a_threshold_of_v1alpha() -> None:
    text = ALPHA[: ALPHA.index("  objectives")] + (
        "  indicator: {thresholdMetric: {source: Prometheus, queryType: query, query: max(lag)}}\n"
        "  objectives:\n    - {target: 0.98, op: lt, value: 200.0, displayName: Good}\n"
    )
    [slo] = slos(text)
    assert isinstance(slo.sli, Condition)
    assert slo.sli.comparison == "< 200.0"


def test_sloths_own_example_keeps_its_queries() -> None:
    path = Path(__file__).parents[3] / "shared" / "conformance" / "sloth" / "openslo-getting-started.yml"
    if not path.exists():
        pytest.skip("the conformance suite of Sloth is not beside this repository")
    [slo] = slos(path.read_text(encoding="utf-8"))
    plain = slo.sli.plain(HOLE, slo.grouping)
    assert slo.id == "my-service-sloth-slo-my-service-0"
    assert (plain.bad, plain.ratio) == ("", "")
    assert f"query: {plain.good}\n" in path.read_text(encoding="utf-8")
    assert f"query: {plain.total}\n" in path.read_text(encoding="utf-8")


# findings ---------------------------------------------------------------------------------------------

WHOLE = SLO + SLI
BAD: dict[str, tuple[str, list[tuple[str, int, str]]]] = {
    "an unknown key": (changed(WHOLE, ("service: shop", "servce: shop")), [("SLO110", 8, "servce")]),
    "an unknown kind": (
        changed(WHOLE, ("kind: SLI", "kind: Sli")),
        [("SLO103", 18, "Sli"), ("SLO201", 9, "sales")],
    ),
    "a kind that v1alpha does not have": (
        changed(WHOLE, ("v1\nkind: SLI", "v1alpha\nkind: SLI")),
        [("SLO103", 18, "SLI"), ("SLO201", 9, "sales")],
    ),
    "no kind": (changed(WHOLE, ("kind: SLO\n", "")), [("SLO111", 1, "apiVersion")]),
    "percent for a share": (changed(WHOLE, ("0.999", "99.9")), [("SLO113", 15, "99.9")]),
    "no budget": (changed(WHOLE, ("0.999", "1.0")), [("SLO113", 15, "1.0")]),
    "no promise": (changed(WHOLE, ("0.999", "0")), [("SLO113", 15, "0")]),
    "a negative target": (changed(WHOLE, ("0.999", "-0.5")), [("SLO113", 15, "-0.5")]),
    "no percent": (changed(WHOLE, ("target: 0.999", "targetPercent: 100")), [("SLO113", 15, "100")]),
    "a share for percent": (
        changed(WHOLE, ("target: 0.999", "targetPercent: 0.999")),
        [("SLO302", 15, "0.999")],
    ),
    "two targets": (
        changed(WHOLE, ("- target: 0.999", "- {target: 0.99, targetPercent: 99}")),
        [("SLO110", 15, "targetPercent")],
    ),
    "no target": (changed(WHOLE, ("- target: 0.999", "- displayName: x")), [("SLO111", 15, "displayName")]),
    "a target in quotes": (changed(WHOLE, ("0.999", "'0.999'")), [("SLO112", 15, "'0.999'")]),
    "an empty list of objectives": (
        changed(WHOLE, ("objectives:\n    - target: 0.999", "objectives: []")),
        [("SLO113", 14, "[]")],
    ),
    "a month": (changed(WHOLE, ("28d", "1M")), [("SLO114", 11, "1M")]),
    "a quarter": (changed(WHOLE, ("28d", "2Q")), [("SLO114", 11, "2Q")]),
    "a minute for a month": (changed(WHOLE, ("28d", "1m")), [("SLO113", 11, "1m")]),
    "an unknown unit": (changed(WHOLE, ("28d", "28x")), [("SLO113", 11, "28x")]),
    "a number without a unit": (changed(WHOLE, ("28d", "28")), [("SLO113", 11, "28")]),
    "a calendar": (
        changed(WHOLE, ("isRolling: true", "calendar: {startTime: 2022-01-01 12:00:00, timeZone: UTC}")),
        [("SLO114", 12, "calendar")],
    ),
    "not rolling": (changed(WHOLE, ("isRolling: true", "isRolling: false")), [("SLO114", 12, "isRolling")]),
    "two windows": (
        changed(WHOLE, ("      isRolling: true\n", "    - duration: 7d\n")),
        [("SLO113", 12, "duration: 7d")],
    ),
    "a duration without a unit": (changed(WHOLE, ("duration: 28d", "duration: 28")), [("SLO113", 11, "28")]),
    "no duration": (changed(WHOLE, ("duration: 28d\n      ", "")), [("SLO111", 11, "isRolling")]),
    "an unknown method": (
        changed(WHOLE, ("Occurrences", "Occurences")),
        [("SLO113", 13, "Occurences")],
    ),
    "an average of slices": (
        changed(WHOLE, ("Occurrences", "RatioTimeslices")),
        [("SLO114", 13, "RatioTimeslices")],
    ),
    "slices without their target": (
        changed(WHOLE, ("Occurrences", "Timeslices")),
        [("SLO111", 15, "target")],
    ),
    "a target of slices that is percent": (
        changed(WHOLE, ("Occurrences", "Timeslices"), ("0.999", "0.999\n      timeSliceTarget: 95")),
        [("SLO113", 16, "95")],
    ),
    "slices of hours": (
        changed(
            WHOLE,
            ("Occurrences", "Timeslices"),
            ("0.999", "0.999\n      timeSliceTarget: 0.95\n      timeSliceWindow: 120"),
        ),
        [("SLO114", 17, "120")],
    ),
    "slices of no time": (
        changed(
            WHOLE,
            ("Occurrences", "Timeslices"),
            ("0.999", "0.999\n      timeSliceTarget: 0.95\n      timeSliceWindow: 0"),
        ),
        [("SLO113", 17, "0")],
    ),
    "slices without a method": (
        changed(
            WHOLE, ("  budgetingMethod: Occurrences\n", ""), ("0.999", "0.999\n      timeSliceTarget: 0.95")
        ),
        [("SLO111", 7, "spec")],
    ),
    "an indicator that nobody declares": (
        changed(WHOLE, ("Ref: sales", "Ref: sale")),
        [("SLO201", 9, "sale")],
    ),
    "an indicator that is the SLO itself": (
        changed(WHOLE, ("Ref: sales", "Ref: sold")),
        [("SLO208", 9, "sold")],
    ),
    "an indicator in two ways": (
        changed(WHOLE, ("Ref: sales", "Ref: sales\n  indicator: {spec: {}}")),
        [("SLO110", 10, "indicator")],
    ),
    "no indicator": (changed(WHOLE, ("  indicatorRef: sales\n", "")), [("SLO111", 8, "service")]),
    "indicators in both places": (
        changed(WHOLE, ("- target: 0.999", "- {target: 0.999, indicatorRef: sales}")),
        [("SLO110", 9, "indicatorRef")],
    ),
    "weights": (
        changed(
            WHOLE,
            ("  indicatorRef: sales\n", ""),
            ("- target: 0.999", "- {target: 0.999, indicatorRef: sales, compositeWeight: 2}"),
        ),
        [("SLO114", 14, "compositeWeight")],
    ),
    "the same name twice": (WHOLE + SLI, [("SLO203", 28, "sales")]),
    "another system": (
        changed(WHOLE, ("good: {metricSource: {type: Prometheus", "good: {metricSource: {type: Datadog")),
        [("SLO114", 23, "Datadog")],
    ),
    "no type": (
        changed(WHOLE, ("good: {metricSource: {type: Prometheus, ", "good: {metricSource: {")),
        [("SLO111", 23, "spec")],
    ),
    "a source that nobody declares": (
        changed(
            WHOLE, ("good: {metricSource: {type: Prometheus", "good: {metricSource: {metricSourceRef: main")
        ),
        [("SLO201", 23, "main")],
    ),
    "a query by another name": (
        changed(WHOLE, ("{query: sum(sales_total)}", "{promql: sum(sales_total)}")),
        [("SLO110", 24, "promql")],
    ),
    "no query": (changed(WHOLE, ("{query: sum(sales_total)}", "{}")), [("SLO111", 24, "spec")]),
    "a query that is text alone": (
        changed(WHOLE, ("{query: sum(sales_total)}", "sum(sales_total)")),
        [("SLO112", 24, "sum(sales_total)")],
    ),
    "a query that is a number": (
        changed(WHOLE, ("query: sum(sales_total)", "query: 5")),
        [("SLO112", 24, "5")],
    ),
    "no PromQL": (
        changed(WHOLE, ("query: sum(sales_total)", "query: sum(sales_total")),
        [("SLO401", 24, "(")],
    ),
    "a quotient for a counter": (
        ratio("a_total / b_total", good="a_total"),
        [("SLO114", 24, "'a_total / b_total'")],
    ),
    "an average for a counter": (
        ratio("avg(a_total)", good="sum without (x) (a_total)"),
        [("SLO114", 23, "'sum without (x) (a_total)'"), ("SLO114", 24, "'avg(a_total)'")],
    ),
    "a counter with an offset": (
        ratio("sum(a_total offset 1d)", good="b_total"),
        [("SLO114", 24, "'sum(a_total offset 1d)'")],
    ),
    "a rate that is none of a window": (
        ratio("sum(irate(a_total[5m]))", good="sum(rate(b_total[1m]))"),
        [("SLO402", 23, "1m"), ("SLO402", 24, "5m")],
    ),
    "increases over different ranges": (
        ratio("sum(increase(a_total[5m]))", good="sum(increase(b_total[1m]))"),
        [("SLO402", 23, "1m"), ("SLO402", 24, "5m")],
    ),
    "a window on one side": (
        ratio("sum(rate(a_total[5m]))", good="sum(rate(b_total[{{.window}}]))"),
        [("SLO402", 24, "5m")],
    ),
    "a total that may be nothing": (
        ratio("sum(a_total) or vector(0)", good="b_total"),
        [("SLO114", 24, "'sum(a_total) or vector(0)'")],
    ),
    "no word on the counter": (
        changed(WHOLE, ("    counter: true\n", ""), ("sum(sales_total)", "sum(sales)")),
        [("SLO111", 22, "good")],
    ),
    "a dashboard's variable, and no word on the counter": (
        changed(
            ratio("sum(rate(a_total[$__interval]))", good="sum(rate(b_total[5m]))"),
            ("    counter: true\n", ""),
        ),
        [("SLO401", 23, "$__interval")],
    ),
    "a target of a hundred": (changed(WHOLE, ("0.999", "100")), [("SLO113", 15, "100")]),
    "a template that breaks for a slice": (
        changed(
            ratio(_BROKEN_FOR_7M, good="sum(rate(b_total[{{.window}}]))"),
            ("Occurrences", "Timeslices"),
            ("0.999", "0.999\n      timeSliceTarget: 0.95\n      timeSliceWindow: 7m"),
        ),
        [("SLO401", 26, "(")],
    ),
    "a template that gives a number for a slice": (
        changed(
            ratio(_BROKEN_FOR_7M.replace("sum((", "1 #"), good="sum(rate(b_total[{{.window}}]))"),
            ("Occurrences", "Timeslices"),
            ("0.999", "0.999\n      timeSliceTarget: 0.95\n      timeSliceWindow: 7m"),
        ),
        [("SLO404", 26, _BROKEN_FOR_7M.replace("sum((", "1 #"))],
    ),
    "the same query twice": (ratio("a_total", good="a_total"), [("SLO405", 23, "'a_total'")]),
    "neither good nor bad": (
        changed(WHOLE, ("    good:", "    nice:")),
        [("SLO110", 23, "nice")],
    ),
    "good and bad": (
        ratio("a_total", good="b_total") + f"    bad: {metric('c_total')}\n",
        [("SLO110", 25, "bad")],
    ),
    "no total": (
        measuring(f"  ratioMetric:\n    counter: true\n    good: {metric('a_total')}\n"),
        [("SLO111", 22, "counter")],
    ),
    "raw without its type": (
        measuring(f"  ratioMetric:\n    raw: {metric('a')}\n"),
        [("SLO111", 22, "raw")],
    ),
    "raw beside the others": (
        measuring(f"  ratioMetric:\n    rawType: success\n    raw: {metric('a')}\n    good: {metric('b')}\n"),
        [("SLO110", 24, "good")],
    ),
    "a type of raw without raw": (
        changed(WHOLE, ("counter: true", "rawType: success\n    counter: true")),
        [("SLO110", 22, "rawType")],
    ),
    "no metric": (
        SLO + SLI[: SLI.index("  ratioMetric")] + "  description: x\n",
        [("SLO111", 21, "description")],
    ),
    "a threshold without a comparison": (
        changed(threshold("max(lag)"), ("op: lte, value: 0.5", "displayName: x")),
        [("SLO111", 15, "target"), ("SLO111", 15, "target")],
    ),
    "a threshold over a window": (
        threshold("max(max_over_time(lag[{{.window}}]))"),
        [("SLO114", 21, "{{.window}}")],
    ),
    "a threshold of a range": (threshold("lag[5m]"), [("SLO404", 21, "'lag[5m]'")]),
    "a label that is a number": (changed(WHOLE, ("team: sales", "team: 5")), [("SLO112", 6, "5")]),
    "a list with a number": (changed(WHOLE, ("team: sales", "team: [a, 5]")), [("SLO112", 6, "5")]),
    "a label of slogen's own": (
        changed(WHOLE, ("{team: sales}", "{sloth_id: x}")),
        [("SLO204", 6, "{sloth_id: x}")],
    ),
    "a service nearly declared": (
        WHOLE + "---\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: Shop}\n",
        [("SLO201", 8, "shop")],
    ),
    "a name that is none": (changed(WHOLE, ("name: sold", "name: what sold")), [("SLO113", 4, "what sold")]),
    "a policy that nobody declares": (
        changed(ALERTED, ("[fast]", "[fats]")),
        [("SLO201", 16, "fats")],
    ),
    "a condition that nobody declares": (
        changed(ALERTED, ("conditionRef: burn", "conditionRef: burns")),
        [("SLO201", 32, "burns")],
    ),
    "a condition that is its own policy": (
        changed(ALERTED, ("conditionRef: burn", "conditionRef: fast")),
        [("SLO208", 32, "fast")],
    ),
    "a condition that leads back": (
        changed(ALERTED, ("conditionRef: burn", "conditionRef: sold")),
        [("SLO208", 32, "sold")],
    ),
    "a condition of another kind": (
        changed(ALERTED, ("conditionRef: burn", "conditionRef: sales")),
        [("SLO201", 32, "sales")],
    ),
    "a target that nobody declares": (
        changed(ALERTED, ("targetRef: sales-on-call", "targetRef: me")),
        [("SLO201", 34, "me")],
    ),
    "a target by its medium": (
        changed(ALERTED, ("- targetRef: sales-on-call", "- target: slack")),
        [("SLO110", 34, "target")],
    ),
    "two conditions": (
        changed(
            ALERTED, ("    - conditionRef: burn\n", "    - conditionRef: burn\n    - conditionRef: burn\n")
        ),
        [("SLO113", 33, "conditionRef: burn")],
    ),
    "a policy that is a number": (changed(ALERTED, ("[fast]", "[7]")), [("SLO112", 16, "7")]),
    "a burn rate that falls": (changed(ALERTED, ("op: gte", "op: lt")), [("SLO113", 41, "lt")]),
    "a burn rate of nothing": (changed(ALERTED, ("14.4", "0")), [("SLO113", 41, "0")]),
    "a condition of another sort": (changed(ALERTED, ("burnrate", "budget")), [("SLO114", 41, "budget")]),
    "a window beyond the objective's": (
        changed(ALERTED, ("lookbackWindow: 1h", "lookbackWindow: 30d")),
        [("SLO113", 41, "30d")],
    ),
    "a burn rate without a window": (
        changed(ALERTED, ("  timeWindow:\n    - duration: 28d\n      isRolling: true\n", "")),
        [("SLO114", 38, "1h")],
    ),
    "a burn rate that nothing reaches": (changed(ALERTED, ("0.999", "0.9")), [("SLO113", 41, "14.4")]),
    "two owners of the pages": (
        inline(severity="page", after="5m"),
        [("SLO114", 28, "sales-chat")],
    ),
    "two waiting times of the pages": (
        changed(inline(severity="page"), ("name: sales-chat", "name: sales-on-call")),
        [("SLO114", 26, "1h")],
    ),
    "v1alpha: no target": (
        changed(ALPHA, ("- target: 0.999\n      ratio", "- ratio")),
        [("SLO111", 11, "ratioMetrics")],
    ),
    "v1alpha: another system": (
        changed(ALPHA, ("good: {source: prometheus", "good: {source: datadog")),
        [("SLO114", 13, "datadog")],
    ),
    "v1alpha: other queries": (
        changed(
            ALPHA,
            ("total: {source: prometheus, queryType: promql", "total: {source: prometheus, queryType: sql"),
        ),
        [("SLO114", 14, "sql")],
    ),
    "v1alpha: a month": (changed(ALPHA, ("unit: Day", "unit: Month")), [("SLO114", 8, "Month")]),
    "v1alpha: two windows": (
        changed(ALPHA, ("    - unit: Day\n", "    - {unit: Day, count: 1}\n    - unit: Day\n")),
        [("SLO113", 9, "unit: Day\n      count: 30")],
    ),
    "v1alpha: not rolling": (
        changed(ALPHA, ("count: 30", "count: 30\n      isRolling: false")),
        [("SLO114", 10, "isRolling")],
    ),
    "v1alpha: no word on the counter": (
        changed(ALPHA, ("rate(", ""), ("[{{.window}}])", ""), ("sales_total", "sales")),
        [("SLO111", 13, "good")],
    ),
    "v1alpha: no indicator": (
        ALPHA[: ALPHA.index("      ratioMetrics")],
        [("SLO111", 11, "target")],
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said_at_its_place(name: str) -> None:
    text, expected = BAD[name]
    assert sorted(findings(text)) == sorted(expected)


WITHOUT_EFFECT = {
    "an owner beside that of the alerts": (changed(ALERTED, ("team: sales", "owner: sales")), "owner"),
    "an operator for a ratio": (changed(WHOLE, ("0.999", "0.999\n      op: gt")), "op"),
    "a value for a ratio": (changed(WHOLE, ("0.999", "0.999\n      value: 1")), "value"),
    "slices of occurrences": (
        changed(WHOLE, ("0.999", "0.999\n      timeSliceTarget: 0.9")),
        "timeSliceTarget",
    ),
    "other fields beside the query": (
        changed(WHOLE, ("query: sum(sales_total)", "query: sum(sales_total), region: eu")),
        "region",
    ),
    "an alert that has ended": (
        changed(ALERTED, ("spec:\n  conditions", "spec:\n  alertWhenResolved: true\n  conditions")),
        "alertWhenResolved",
    ),
    "labels of v1alpha": (changed(ALPHA, ("{name: sold}", "{name: sold, labels: {a: b}}")), "labels"),
}


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_what_has_no_effect_is_told(name: str) -> None:
    text, at = WITHOUT_EFFECT[name]
    assert slos(text, warned=[at])


def test_all_findings_of_a_document_come_at_once() -> None:
    text = changed(
        WHOLE,
        ("28d", "1M"),
        ("0.999", "99.9"),
        ("query: sum(sales_total)", "expr: x"),
        ("team: sales", "team: 1"),
    )
    assert [code for code, _, _ in findings(text)] == ["SLO112", "SLO114", "SLO113", "SLO110"]
    text = changed(ALERTED, ("28d", "1M"), ("op: gte", "op: lt"))
    assert [code for code, _, _ in findings(text)] == ["SLO114", "SLO113"]


def test_days_are_proposed_for_a_window_without_a_unit() -> None:
    report = pipeline.compile([Source("a.yaml", changed(WHOLE, ("duration: 28d", "duration: '28'")))]).report
    assert [d.help for d in report] == ["write `28d` for days"]


@pytest.mark.parametrize(
    ("version", "near"),
    [
        ("openslo/v2alpha1", True),
        ("openslo/v1beta1", True),
        ("openslo.com/v1", True),
        ("OpenSLO/v1", True),
        ("openslo", True),
        ("opensol/v1", True),
        ("apps/v1", False),
        ("slogen.dev/v1", False),
    ],
)
def test_other_versions_are_named(version: str, near: bool) -> None:
    [node] = documents(Source("a.yaml", changed(SLO, ("openslo/v1", version)))).nodes
    found = openslo.resembles(node)
    assert (found is not None) == near
    if found is not None:
        assert found.at.text == version
        assert "openslo/v1 and openslo/v1alpha" in found.help
        assert not openslo.recognises(node)
