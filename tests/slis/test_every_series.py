"""One budget for every series that the queries give apart, without anyone naming its labels."""

from __future__ import annotations

from pathlib import Path

import pytest

import promtool
from slogen.pipeline import compile  # noqa: A004
from slogen.source import Source

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99
      each_series: true
      profile: {profile}
      labels: {{tier: front}}
      sli:
        {sli}
"""
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
# Of the two instances only the first fails, by a quarter; the second has no series of errors.
COUNTERS = {
    't{instance="a",job="x"}': "0+4x1440",
    't{instance="b",job="x"}': "0+4x1440",
    'b{instance="a",job="x"}': "0+1x1440",
}
GAUGES = {'t{instance="a",job="x"}': "0x1440", 't{instance="b",job="x"}': "1x1440"}
NATIVE = "{{schema:0 count:4 sum:8 buckets:[%s]}}"
KINDS = {
    "queries": ("query: {total: 'rate(t[{{.window}}])', bad: 'rate(b[{{.window}}])'}", COUNTERS),
    "queries of increases": (
        "query: {total: 'increase(t[{{.window}}])', bad: 'increase(b[{{.window}}])'}",
        COUNTERS,
    ),
    "queries of operators and comments": (
        "query: {total: \"rate(t[{{.window}}])# all\\n or up\", bad: '2 * rate(b[{{.window}}]) / 2'}",
        COUNTERS,
    ),
    "queries of good events": (
        "query: {total: 'rate(t[{{.window}}])', good: 'rate(t[{{.window}}]) - rate(b[{{.window}}])'}",
        COUNTERS | {'b{instance="b",job="x"}': "0x1440"},
    ),
    "queries with the names of metrics": (
        "query: {total: 'max_over_time(t[{{.window}}]) * 0 + 4', bad: 'last_over_time(g[{{.window}}])'}",
        COUNTERS | {'g{instance="a",job="x"}': "1x1440"},
    ),
    "bad events": ("events: {total: t, bad: b}", COUNTERS),
    "good events": (
        "events: {total: t, good: g}",
        COUNTERS | {'g{instance="a",job="x"}': "0+3x1440", 'g{instance="b",job="x"}': "0+4x1440"},
    ),
    "events of two counters": (
        "events: {total: [g, b], bad: [b, none]}",
        COUNTERS | {'g{instance="a",job="x"}': "0+3x1440", 'g{instance="b",job="x"}': "0+4x1440"},
    ),
    "latency": (
        "latency: {histogram: h_seconds, threshold: 1s}",
        {
            'h_seconds_count{instance="a",job="x"}': "0+4x1440",
            'h_seconds_bucket{instance="a",job="x",le="1"}': "0+3x1440",
            'h_seconds_count{instance="b",job="x"}': "0+4x1440",
            'h_seconds_bucket{instance="b",job="x",le="1.0"}': "0+4x1440",
        },
    ),
    "latency of native histograms": (
        "latency: {histogram: h_seconds, threshold: 1s, native: true}",
        {
            f'h_seconds{{instance="{name}",job="x"}}': f"{NATIVE % buckets}+{NATIVE % buckets}x1440"
            for name, buckets in (("a", "3 1"), ("b", "4"))
        },
    ),
    "a condition": ("condition: {metric: t, good_when: '== 1'}", GAUGES),
    "a condition of an expression": ("condition: {metric: 't * 2 or up', good_when: '!= 0'}", GAUGES),
    "a ratio": (
        "ratio: {error: 'rate(b[{{.window}}]) / rate(t[{{.window}}]) or 0 * rate(t[{{.window}}])'}",
        COUNTERS,
    ),
}


def labels(instance: str, window: str) -> str:
    own = f'instance="{instance}", job="x", tier="front"'
    return f'{{{own}, sloth_id="shop-sold", sloth_service="shop", sloth_slo="sold", sloth_window="{window}"}}'


CASES = [(name, "exact") for name in KINDS] + [("queries", "cheap"), ("a condition", "cheap")]


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_every_series_has_its_own_error_ratio(name: str, profile: str, tmp_path: Path) -> None:
    sli, series = KINDS[name]
    failing = 1.0 if series is GAUGES else 0.25
    if "native" in name and promtool.version() < (2, 47):
        pytest.skip("promtool below 2.47 has no native histograms in tests")
    rules = promtool.compiled(SPEC.format(sli=sli, profile=profile))["rules/shop.yaml"]
    expressions: list[tuple[str, str, list[tuple[str, float]]]] = [
        (
            "5h",
            f"round(slo:sli_error:ratio_rate{window}, 0.01)",
            [(labels("a", window), failing), (labels("b", window), 0.0)],
        )
        for window in WINDOWS
    ]
    expressions += [
        (
            "5h",
            "count by (instance) (slo:sli_error:ratio_rate5m)",
            [('{instance="a"}', 1.0), ('{instance="b"}', 1.0)],
        ),
        ("5h", 'count by (instance) (ALERTS{sloth_severity="page"})', [('{instance="a"}', 1.0)]),
    ]
    result = promtool.run_tests(tmp_path, rules, series, expressions=expressions, every="2m")
    assert result.returncode == 0, result.stderr
    checked = promtool.check(tmp_path / "rules.yaml")
    assert checked.returncode == 0, checked.stderr


def test_the_first_error_of_a_series_is_no_gap(tmp_path: Path) -> None:
    series = {
        't{instance="a"}': "0+4x480",
        't{instance="b"}': "0+4x480",
        'b{instance="a"}': "_x360 0+4x120",
    }
    rules = promtool.compiled(SPEC.format(sli="events: {total: t, bad: b}", profile="exact"))[
        "rules/shop.yaml"
    ]
    ratios = "count by (instance) (slo:sli_error:ratio_rate1h == %d)"
    expressions: list[tuple[str, str, list[tuple[str, float]]]] = [
        ("2h", ratios % 0, [('{instance="a"}', 1.0), ('{instance="b"}', 1.0)]),
        ("4h", "count by (instance) (slo:sli_error:ratio_rate5m == 1)", [('{instance="a"}', 1.0)]),
        ("4h", "count by (instance) (slo:sli_error:ratio_rate1h > 0.9)", [('{instance="a"}', 1.0)]),
        ("4h", ratios % 0, [('{instance="b"}', 1.0)]),
    ]
    result = promtool.run_tests(tmp_path, rules, series, expressions=expressions)
    assert result.returncode == 0, result.stderr


PARTS = [
    ("rate(t[5m])", 'rate(t{code="500"}[5m])', ["code"]),
    ("sum without (pod) (rate(t[5m]))", 'sum without (pod) (rate(t{code="500"}[5m]))', ["code"]),
    ("sum without (code) (rate(t[5m]))", 'sum without (code) (rate(t{code="500"}[5m]))', []),
    ("sum without (code) (rate(t[5m]))", 'sum without (code) (rate(t{job="a",code="500"}[5m]))', []),
    ('rate(t{job="a"}[5m])', 'rate(t{code="500"}[5m])', []),
    ("rate(t[5m])", "rate(failed[5m])", []),
]


@pytest.mark.parametrize(("total", "bad", "labels"), PARTS)
def test_bad_events_are_compared_with_themselves(total: str, bad: str, labels: list[str]) -> None:
    """Only where the label that tells them from the others is still on both results."""
    queries = f"query: {{total: '{total}', bad: '{bad}'}}".replace("[5m]", "[{{.window}}]")
    text = SPEC.format(sli=queries, profile="exact")
    findings = list(compile([Source("slos/shop.yaml", text)]).report)
    assert [found.at.text for found in findings if found.code.id == "SLO408"] == [
        'code="500"' for _ in labels
    ]
