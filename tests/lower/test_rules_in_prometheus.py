"""What the generated rules compute, in the real engine: each case is a hazard that other designs fall for.

The values are stated from the meaning of the SLO, never from the generated expressions.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import promtool

EVENTS = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      %s
      sli:
        %s
"""
COUNTERS = "events: {total: 'sales_total', bad: 'sales_total{code=~\"5..\"}'}"
ID = 'sloth_id="shop-sold"'
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")


def rules(sli: str = COUNTERS, extra: str = "") -> str:
    return promtool.compiled(EVENTS % (extra, sli))["rules/shop.yaml"]


Check = tuple[str, str, list[tuple[str, float]]]


def near(expr: str, value: float, tolerance: float = 1e-6) -> str:
    return f"abs({expr} - {value}) < bool {tolerance}"


def ratio(window: str) -> str:
    return f"slo:sli_error:ratio_rate{window}{{{ID}}}"


def labels(window: str, extra: str = "") -> str:
    return f'{{sloth_id="shop-sold", sloth_service="shop", sloth_slo="sold", sloth_window="{window}"{extra}}}'


def passes(result: object) -> None:
    assert getattr(result, "returncode") == 0, getattr(result, "stderr")  # noqa: B009 - reads better in a failure


CONSTANT = {
    'sales_total{code="200",pod="a"}': "0+99x1440",
    'sales_total{code="500",pod="a"}': "0+1x1440",
}


def test_every_window_agrees_at_a_constant_error_ratio(tmp_path: Path) -> None:
    # 12 h of one per cent, sampled every 30 s: windows that reach further back see what there is.
    checks = [("12h", near(ratio(w), 0.01), [(labels(w), 1.0)]) for w in WINDOWS]
    burn = f"slo:current_burn_rate:ratio{{{ID}}}"
    checks += [
        ("12h", near(burn, 10), [(labels("5m"), 1.0)]),
        ("12h", near(f"slo:period_error_budget_remaining:ratio{{{ID}}}", -9), [(labels("30d"), 1.0)]),
    ]
    passes(promtool.run_tests(tmp_path, rules(), CONSTANT, expressions=checks, every="5m"))


def test_the_cheap_profile_measures_the_same(tmp_path: Path) -> None:
    checks = [("12h", near(ratio(w), 0.01), [(labels(w), 1.0)]) for w in WINDOWS]
    cheap = rules(extra="profile: cheap")
    assert "[3d]" in cheap
    assert 'sales_total{code=~"5.."}[2h]' not in cheap
    passes(promtool.run_tests(tmp_path, cheap, CONSTANT, expressions=checks, every="5m"))


def test_no_traffic_is_no_error_and_never_nan(tmp_path: Path) -> None:
    series = dict.fromkeys(CONSTANT, "7x240")
    checks = [("1h", ratio(w), [(f"slo:sli_error:ratio_rate{w}{labels(w)}", 0.0)]) for w in WINDOWS]
    passes(promtool.run_tests(tmp_path, rules(), series, expressions=checks))


def test_traffic_that_pauses_leaves_no_trace_of_nan(tmp_path: Path) -> None:
    series = {
        'sales_total{code="200"}': "0+99x120 11880x120 11880+99x120",
        'sales_total{code="500"}': "0+1x120 120x120 120+1x120",
    }
    checks = [("3h", near(ratio(w), 0.01, 1e-4), [(labels(w), 1.0)]) for w in ("5m", "1h", "6h", "30d")]
    passes(promtool.run_tests(tmp_path, rules(), series, expressions=checks))


def test_errors_without_a_series_yet_are_zero(tmp_path: Path) -> None:
    series = {'sales_total{code="200"}': "0+100x240"}
    checks = [("2h", ratio(w), [(f"slo:sli_error:ratio_rate{w}{labels(w)}", 0.0)]) for w in WINDOWS]
    passes(promtool.run_tests(tmp_path, rules(), series, expressions=checks))


def test_a_total_that_vanishes_is_missing_data_and_its_own_alert(tmp_path: Path) -> None:
    series = {'sales_total{code="200"}': "0+100x60 stale"}
    checks: list[Check] = [("50m", ratio("5m"), []), ("50m", ratio("1h"), [])]
    fired = 'ALERTS{alertname="ShopSoldNoData", alertstate="firing"}'
    burns = 'ALERTS{alertname="ShopSoldBudgetBurn"}'
    checks += [("30m", f"count({fired})", []), ("50m", f"count({fired})", [("{}", 1.0)]), ("50m", burns, [])]
    passes(promtool.run_tests(tmp_path, rules(), series, expressions=checks))


def test_a_counter_reset_is_no_event(tmp_path: Path) -> None:
    series = {
        'sales_total{code="200"}': "0+99x100 0+99x140",
        'sales_total{code="500"}': "0+1x100 0+1x140",
    }
    checks = [("2h", near(ratio(w), 0.01, 1e-4), [(labels(w), 1.0)]) for w in WINDOWS]
    passes(promtool.run_tests(tmp_path, rules(), series, expressions=checks))


def test_an_outage_pages_as_early_as_the_threshold_is_reached(tmp_path: Path) -> None:
    # 14.4 x 0.001 of an hour is 51.84 s of total outage; the next evaluations are at 2h1m and 2h1m30s.
    series = {
        'sales_total{code="200"}': "0+100x240 24000x20",
        'sales_total{code="500"}': "0x240 0+100x20",
    }
    page = 'count(ALERTS{alertname="ShopSoldBudgetBurn", sloth_severity="page"})'
    checks: list[Check] = [("2h", page, []), ("2h1m30s", page, [("{}", 1.0)])]
    passes(promtool.run_tests(tmp_path, rules(), series, expressions=checks, every="30s"))


def test_the_page_explains_itself(tmp_path: Path) -> None:
    # 1.5 % of all events ever are bad, where 0.1 % are allowed: 15 budgets are spent, 14 more than there are.
    series = {'sales_total{code="200"}': "0+197x300", 'sales_total{code="500"}': "0+3x300"}
    expected = {
        "exp_labels": {
            "service": "shop",
            "severity": "critical",
            "slo": "sold",
            "sloth_id": "shop-sold",
            "sloth_service": "shop",
            "sloth_severity": "page",
            "sloth_slo": "sold",
        },
        "exp_annotations": {
            "summary": "shop sold burns its error budget at 15 times the sustainable rate",
            "description": (
                "1.5% of the events are bad, 0.1% are allowed (99.9% over 30 days): a burn rate of 15.\n"
                "Error budget left: -1400%, counted up to an hour ago; the last 1h spent 2.083% of it all. "
                "At this rate the rest lasts for 0s.\n"
                "Fires when over 1.44% are bad in both 5m and 1h (14.4 x 0.1%; 2% of the budget in 1h), "
                "or over 0.6% are bad in both 30m and 6h (6 x 0.1%; 5% of the budget in 6h)."
            ),
        },
    }
    alerts = [("2h10m", "ShopSoldBudgetBurn", [expected])]
    without_ticket = rules(extra="alerting: {ticket: {disable: true}}")
    passes(promtool.run_tests(tmp_path, without_ticket, series, alerts=alerts))


@pytest.mark.skipif(
    promtool.version() < (2, 47), reason="promtool below 2.47 has no native histograms in tests"
)
def test_native_histograms(tmp_path: Path) -> None:
    # Of ten events nine are between 0.5 and 1 s, one is between 1 and 2 s.
    events = "{{schema:0 count:10 sum:8 buckets:[9 1]}}"
    native = rules("latency: {histogram: sale_seconds, threshold: 1s, native: true}")
    checks = [("3h", near(ratio(w), 0.1), [(labels(w), 1.0)]) for w in WINDOWS]
    slow = {"sale_seconds": f"{events}+{events}x360"}
    passes(promtool.run_tests(tmp_path, native, slow, expressions=checks, every="10m"))
    idle = [("2h", f"{ratio(w)} == 0", [(f"slo:sli_error:ratio_rate{w}{labels(w)}", 0.0)]) for w in WINDOWS]
    passes(
        promtool.run_tests(tmp_path, native, {"sale_seconds": f"{events}x240"}, expressions=idle, every="10m")
    )


def test_groups_are_kept_apart(tmp_path: Path) -> None:
    series = {
        'sales_total{code="200",shop="a"}': "0+50x240",
        'sales_total{code="500",shop="a"}': "0+50x240",
        'sales_total{code="200",shop="b"}': "0+100x240",
    }
    checks = [
        (
            "2h",
            near(ratio("1h"), 0.5),
            [(labels("1h", ', shop="a"'), 1.0), (labels("1h", ', shop="b"'), 0.0)],
        ),
        ("2h", 'count by (shop) (ALERTS{sloth_severity="page"})', [('{shop="a"}', 1.0)]),
    ]
    grouped = rules(extra="group_by: [shop]")
    passes(promtool.run_tests(tmp_path, grouped, series, expressions=checks))


def queries(total: str, **part: str) -> str:
    [(name, query)] = part.items()
    return f"query: {{total: '{total}', {name}: '{query}'}}"


def ratio_of(query: str) -> str:
    return f"ratio: {{error: '{query}'}}"


KINDS = {
    "good events": (
        "events: {total: 'sales_total', good: 'sales_total{code=\"200\"}'}",
        CONSTANT,
        0.01,
    ),
    "totals of two counters, one of them absent": (
        "events: {total: [sales_total, refused_total], bad: [refused_total, 'sales_total{code=\"500\"}']}",
        CONSTANT,
        0.01,
    ),
    "totals of two counters with the same labels": (
        "events: {total: [sold_total, refused_total], bad: refused_total}",
        {"sold_total": "0+3x1440", "refused_total": "0+1x1440"},
        0.25,
    ),
    "latency": (
        "latency: {histogram: sale_seconds, threshold: 1s}",
        {"sale_seconds_count": "0+10x1440", 'sale_seconds_bucket{le="1.0"}': "0+9x1440"},
        0.1,
    ),
    "latency as Prometheus 2 spells the bound": (
        "latency: {histogram: sale_seconds, threshold: 1s}",
        {"sale_seconds_count": "0+10x1440", 'sale_seconds_bucket{le="1"}': "0+9x1440"},
        0.1,
    ),
    "latency without its bucket is slow": (
        "latency: {histogram: sale_seconds, threshold: 1s}",
        {"sale_seconds_count": "0+10x1440", 'sale_seconds_bucket{le="2.5"}': "0+9x1440"},
        1.0,
    ),
    "a condition on a gauge": (
        "condition: {metric: queue, good_when: '<= 50'}",
        {'queue{pod="a"}': "10x1440", 'queue{pod="b"}': "51x1440"},
        0.5,
    ),
    "a condition that is not a number is not good": (
        "condition: {metric: queue, good_when: '<= 50'}",
        {'queue{pod="a"}': "NaN NaN NaN" + " NaN" * 1440, 'queue{pod="b"}': "1x1440"},
        0.5,
    ),
    "queries": (
        queries("sum(rate(sales_total[{{.window}}]))", bad='sum(rate(sales_total{code="500"}[{{.window}}]))'),
        CONSTANT,
        0.01,
    ),
    "queries of increases": (
        queries(
            "sum(increase(sales_total[{{ .window }}]))",
            good='sum(increase(sales_total{code="200"}[{{ .window }}]))',
        ),
        CONSTANT,
        0.01,
    ),
    "queries with labels that are not the grouping's": (
        queries(
            "sum by (pod) (rate(sales_total[{{.window}}]))",
            bad='sum by (code) (rate(sales_total{code="500"}[{{.window}}]))',
        ),
        CONSTANT,
        0.01,
    ),
    "a ratio": (
        ratio_of("avg_over_time(share[{{.window}}])"),
        {"share": "0.01x1440"},
        0.01,
    ),
    "a ratio that has no value at times": (
        ratio_of('sum(rate(sales_total{code="500"}[{{.window}}])) / sum(rate(sales_total[{{.window}}]))'),
        {name: values.replace("x1440", "x700 0x20 0+1x720") for name, values in CONSTANT.items()}
        | {'sales_total{code="200",pod="a"}': "0+99x700 0x20 0+99x720"},
        0.01,
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_indicator_measures_its_ratio(name: str, tmp_path: Path) -> None:
    sli, series, expected = KINDS[name]
    checks = [("11h", near(ratio(w), expected, 1e-3), [(labels(w), 1.0)]) for w in WINDOWS]
    passes(promtool.run_tests(tmp_path, rules(sli), series, expressions=checks, every="10m"))


@pytest.mark.parametrize("name", KINDS)
def test_no_kind_yields_nan_without_traffic(name: str, tmp_path: Path) -> None:
    sli, series, _ = KINDS[name]
    idle = dict.fromkeys(series, "5x240")
    checks: list[Check] = [("2h", f"count({ratio(w)} != {ratio(w)})", []) for w in WINDOWS]
    checks.append(("2h", "count(slo:sli_total:rate5m) > bool 0", [("{}", 1.0)]))
    passes(promtool.run_tests(tmp_path, rules(sli), idle, expressions=checks, every="10m"))
