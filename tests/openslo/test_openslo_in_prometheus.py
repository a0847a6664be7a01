"""What the rules of OpenSLO specs measure, in the real engine; the values follow from what a spec means."""

from __future__ import annotations

from pathlib import Path

import pytest

import promtool

SPEC = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: sold}
spec:
  service: shop
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: %s
  indicator: {metadata: {name: sales}, spec: {%s}}
  objectives: [%s]
"""
OBJECTIVE = "{target: 0.999}"


def metric(query: str) -> str:
    return f"{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}"


def ratio(counter: str, total: str, **part: str) -> str:
    [(name, query)] = part.items()
    return f"ratioMetric: {{counter: {counter}, {name}: {metric(query)}, total: {metric(total)}}}"


def raw(kind: str, query: str) -> str:
    return f"ratioMetric: {{rawType: {kind}, raw: {metric(query)}}}"


def near(window: str, value: float) -> str:
    return f'abs(slo:sli_error:ratio_rate{window}{{sloth_id="shop-sold"}} - {value}) < bool 5e-3'


def labels(window: str, extra: str = "") -> str:
    return f'{{sloth_id="shop-sold", sloth_service="shop", sloth_slo="sold", sloth_window="{window}"{extra}}}'


COUNTERS = {'sales_total{code="200"}': "0+99x1440", 'sales_total{code="500"}': "0+1x1440"}
# One slot in ten is busy at first; then, for as long, there are twice as many and three in ten are busy.
SLOTS = {"busy": "1x720 6x720", "slots": "10x720 20x720"}
# Bad ones exist for a quarter of the time only.
SOMETIMES = {"failing": "_x1080 4x360", "running": "10x1440"}

MEASURED = {
    "counters": (ratio("true", "sum(sales_total)", good='sales_total{code="200"}'), COUNTERS, 0.01),
    "counters, one of which is missing": (
        ratio("true", "sales_total", bad='sum(sales_total{code="404"}) or vector(0)'),
        COUNTERS,
        0,
    ),
    "a window in the queries": (
        ratio(
            "true",
            "sum(rate(sales_total[{{.window}}]))",
            good='sum(rate(sales_total{code="200"}[{{.window}}]))',
        ),
        COUNTERS,
        0.01,
    ),
    "numbers at an instant, weighed": (ratio("false", "sum(slots)", bad="busy"), SLOTS, (1 + 6) / (10 + 20)),
    "numbers at an instant that are not always there": (
        ratio("false", "running", bad="failing"),
        SOMETIMES,
        0.1,
    ),
    "rates at an instant": (
        ratio("false", "sum(rate(sales_total[5m]))", good='sum(rate(sales_total{code="200"}[5m]))'),
        COUNTERS,
        0.01,
    ),
    "a ratio of failures": (raw("failure", "share"), {"share": "0.1x720 0.3x720"}, 0.2),
    "a ratio of successes": (raw("success", "avg(share)"), {"share": "0.9x720 0.7x720"}, 0.2),
    "a ratio that is no number at times": (
        raw("success", "avg(share)"),
        {"share": "0.9x720" + 720 * " NaN"},
        0.1,
    ),
    "a ratio over a window": (
        raw("success", "avg(avg_over_time(share[{{.window}}]))"),
        {"share": "0.9x720 0.7x720"},
        0.2,
    ),
}


@pytest.mark.parametrize("name", MEASURED)
def test_a_long_window_measures_what_the_spec_says(name: str, tmp_path: Path) -> None:
    """Half a day of samples, twice each minute, seen at its end by the window of a day."""
    indicator, series, expected = MEASURED[name]
    rules = promtool.compiled(SPEC % ("Occurrences", indicator, OBJECTIVE))["rules/shop.yaml"]
    checks = [("12h", near(w, expected), [(labels(w), 1.0)]) for w in ("1d", "3d")]
    result = promtool.run_tests(tmp_path, rules, series, expressions=checks, every="2m")
    assert result.returncode == 0, result.stderr


SLICED = {
    "events": (
        ratio("true", "sum(sales_total)", good='sales_total{code="200"}'),
        "{target: 0.9, timeSliceTarget: 0.95, timeSliceWindow: 2}",
        {
            # Ten per cent are bad for a quarter of the time, with a hundredth of the traffic.
            'sales_total{code="200"}': "0+1000x1080 1080000+9x360",
            'sales_total{code="500"}': "0x1080 0+1x360",
        },
    ),
    "a threshold": (
        f"thresholdMetric: {metric('max(lag)')}",
        "{target: 0.9, timeSliceTarget: 1, timeSliceWindow: 2m, op: lte, value: 5}",
        {"lag": "5x1080 6x360"},
    ),
}


@pytest.mark.parametrize("name", SLICED)
def test_a_slice_of_time_weighs_the_same_whatever_its_traffic(name: str, tmp_path: Path) -> None:
    indicator, objective, series = SLICED[name]
    rules = promtool.compiled(SPEC % ("Timeslices", indicator, objective))["rules/shop.yaml"]
    close = near("1d", 0.25).replace("5e-3", "0.01")
    result = promtool.run_tests(
        tmp_path, rules, series, expressions=[("12h", close, [(labels("1d"), 1.0)])], every="1m"
    )
    assert result.returncode == 0, result.stderr


def test_every_series_of_a_threshold_has_its_budget(tmp_path: Path) -> None:
    indicator = f"thresholdMetric: {metric('lag')}"
    rules = promtool.compiled(SPEC % ("Occurrences", indicator, "{target: 0.99, op: lt, value: 5}"))
    series = {'lag{topic="a"}': "4x240", 'lag{topic="b"}': "5x240"}
    ratios = 'slo:sli_error:ratio_rate1h{sloth_id="shop-sold"} - 0'
    expected = [(labels("1h", ', topic="a"'), 0.0), (labels("1h", ', topic="b"'), 1.0)]
    result = promtool.run_tests(
        tmp_path, rules["rules/shop.yaml"], series, expressions=[("2h", ratios, expected)]
    )
    assert result.returncode == 0, result.stderr


POLICY = """\
  alertPolicies:
    - kind: AlertPolicy
      metadata: {name: fast}
      spec:
        conditions:
          - kind: AlertCondition
            metadata: {name: burn}
            spec:
              severity: sev1
              condition: {kind: burnrate, op: gte, threshold: 10, lookbackWindow: 30m, alertAfter: 5m}
        notificationTargets: [{kind: AlertNotificationTarget, metadata: {name: ops}, spec: {target: sms}}]
"""


def test_a_condition_alerts_at_its_burn_rate(tmp_path: Path) -> None:
    # One per cent of errors is ten times what the objective allows; the windows fill up from nothing.
    rules = promtool.compiled(SPEC % ("Occurrences", MEASURED["counters"][0], OBJECTIVE) + POLICY)
    # Ten per cent are bad from two hours on: after 3 minutes they are one per cent of half an hour.
    series = {
        'sales_total{code="200"}': "0+100x240 24000+90x120",
        'sales_total{code="500"}': "0x240 0+10x120",
    }
    fired = 'count by (severity, owner) (ALERTS{alertname="ShopSoldBudgetBurn", alertstate="%s"})'
    pending, firing = fired % "pending", fired % "firing"
    found = [('{severity="sev1", owner="ops"}', 1.0)]
    checks = [
        ("2h", pending, []),
        ("2h5m", pending, found),
        ("2h6m", firing, []),
        ("2h12m", firing, found),
    ]
    result = promtool.run_tests(tmp_path, rules["rules/shop.yaml"], series, expressions=checks, every="30s")
    assert result.returncode == 0, result.stderr
