"""The second baseline of the benchmark is what Pyrra itself generates."""

from __future__ import annotations

from typing import Any

import pyrra_rules
import pytest
from pyrra_rules import DAY_MS

RECONCILE = 'controller_runtime_reconcile_total{controller="servicelevelobjective"}'
FAILED = 'controller_runtime_reconcile_total{controller="servicelevelobjective",result="error"}'


def groups(
    objective: float = 99, days: int = 7, errors: str = FAILED, total: str = RECONCILE
) -> list[dict[str, Any]]:
    slo = pyrra_rules.ratio_slo("reconcile", objective, errors, total, period_days=days)
    return pyrra_rules.pyrra_groups(slo)


def times(days: int) -> list[str]:
    """Short window, long window, `for` and exhaustion of the four alerts."""
    alerts = [rule for rule in groups(days=days)[1]["rules"] if "alert" in rule]
    return [
        "/".join((rule["labels"]["short"], rule["labels"]["long"], rule["for"], rule["labels"]["exhaustion"]))
        for rule in alerts
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (7, ["1m/15m/1m0s/12h", "8m/1h30m/4m0s/1d", "30m/6h/15m0s/3d12h", "1h30m/1d/45m0s/1w"]),
        (14, ["3m/30m/1m0s/1d", "15m/3h/8m0s/2d", "1h/12h/30m0s/1w", "3h/2d/1h30m0s/2w"]),
        (28, ["5m/1h/2m0s/2d", "30m/6h/15m0s/4d", "2h/1d/1h0m0s/2w", "6h/4d/3h0m0s/4w"]),
        (
            30,
            [
                "5m/1h4m/2m0s/2d3h25m42s",
                "32m/6h26m/16m0s/4d6h51m25s",
                "2h9m/1d1h43m/1h4m0s/15d",
                "6h26m/4d6h51m/3h13m0s/30d",
            ],
        ),
    ],
)
def test_alert_times_scale_with_the_period(days: int, expected: list[str]) -> None:
    assert times(days) == expected


@pytest.mark.parametrize(
    ("days", "interval"),
    [(6, "30s"), (7, "1m"), (14, "1m30s"), (21, "2m"), (28, "2m30s"), (30, "2m30s"), (35, "3m"), (90, "4m")],
)
def test_the_period_is_counted_at_its_own_interval(days: int, interval: str) -> None:
    counted, burning = groups(days=days)
    assert (counted["name"], counted["interval"]) == ("reconcile-increase", interval)
    assert (burning["name"], burning["interval"]) == ("reconcile", "30s")


@pytest.mark.parametrize(
    ("objective", "days", "expected"),
    [
        (99, 7, "3m0s"),
        (99, 14, "5m0s"),
        (99, 28, "10m0s"),
        (99, 30, "11m0s"),
        (99, 90, "33m0s"),
        (99.9, 28, "3m0s"),
        (99.99, 28, "2m0s"),
        (95, 14, "22m0s"),
        (90, 28, "1h26m0s"),
    ],
)
def test_absent_metrics_are_told_later_for_lower_objectives(
    objective: float, days: int, expected: str
) -> None:
    absent = groups(objective, days)[0]["rules"][1]
    assert (absent["alert"], absent["for"]) == ("SLOMetricAbsent", expected)


def test_one_metric_is_counted_once_by_the_label_that_tells_errors() -> None:
    counted, absent = groups()[0]["rules"]
    assert counted == {
        "record": "controller_runtime_reconcile:increase1w",
        "expr": f"sum by (result) (increase({RECONCILE}[1w]))",
        "labels": {"controller": "servicelevelobjective", "slo": "reconcile"},
    }
    assert absent["expr"] == f"absent({RECONCILE}) == 1"
    assert absent["labels"] == {**counted["labels"], "severity": "critical"}


def test_two_metrics_are_counted_apart() -> None:
    rules = groups(errors='failed_total{job="a"}', total='done_total{job="a",path=~"/v."}')[0]["rules"]
    assert [rule.get("record", rule["expr"]) for rule in rules] == [
        "done:increase1w",
        'absent(done_total{job="a",path=~"/v."}) == 1',
        "failed:increase1w",
        'absent(failed_total{job="a"}) == 1',
    ]
    assert rules[0]["expr"] == 'sum by (path) (increase(done_total{job="a",path=~"/v."}[1w]))'


def test_error_ratios_of_all_windows_and_the_alerts_on_them() -> None:
    rules = groups()[1]["rules"]
    name = "controller_runtime_reconcile:burnrate"
    windows = ["1m", "8m", "15m", "30m", "1h30m", "6h", "1d"]
    assert [rule["record"] for rule in rules[:7]] == [name + window for window in windows]
    assert rules[1]["expr"] == f"sum(rate({FAILED}[8m])) / sum(rate({RECONCILE}[8m]))"
    assert rules[1]["labels"] == {"controller": "servicelevelobjective", "slo": "reconcile"}
    series = '{controller="servicelevelobjective",slo="reconcile"}'
    assert rules[7]["expr"] == (f"{name}1m{series} > (14 * (1-0.99)) and {name}15m{series} > (14 * (1-0.99))")
    found = [(rule["alert"], rule["labels"]["severity"]) for rule in rules[7:]]
    severities = ["critical", "critical", "warning", "warning"]
    assert found == [("ErrorBudgetBurn", severity) for severity in severities]


def test_the_period_ratio_is_that_of_the_pages() -> None:
    slo = pyrra_rules.ratio_slo("reconcile", 99, FAILED, RECONCILE, period_days=7)
    series = "controller_runtime_reconcile:increase1w"
    assert pyrra_rules.period_ratio_expr(slo) == (
        f'sum({series}{{controller="servicelevelobjective",result="error",slo="reconcile"}} or vector(0))'
        f' / sum({series}{{controller="servicelevelobjective",slo="reconcile"}})'
    )


def test_only_plain_selectors_are_taken() -> None:
    with pytest.raises(ValueError, match="no selector"):
        pyrra_rules.ratio_slo("x", 99, "rate(a[5m])", "b")


@pytest.mark.parametrize(
    ("days", "text"), [(7, "1w"), (14, "2w"), (28, "4w"), (30, "30d"), (365, "1y"), (1, "1d")]
)
def test_periods_are_spelled_as_prometheus_does(days: int, text: str) -> None:
    assert pyrra_rules.prometheus_duration(days * DAY_MS) == text
