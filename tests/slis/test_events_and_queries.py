"""Counters and queries: in whatever layout they are written, they measure the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import promtool
from slogen import pipeline
from slogen.ir import HOLE, Grouping, Over, Query
from slogen.slis.query import Queries
from slogen.source import Source, documents

SPEC = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  slos:
    - name: sold
      objective: 99.9
      sli: %s
"""
SERIES = {'sales_total{code="200"}': "0+9x120", 'sales_total{code="500"}': "0+1x120"}
LABELS = '{sloth_id="shop-sold", sloth_service="shop", sloth_slo="sold", sloth_window="5m"}'


def sli(kind: str, **written: object) -> str:
    return SPEC % yaml.safe_dump({kind: written}, default_flow_style=True, width=10_000).strip()


def findings(text: str) -> list[tuple[str, str]]:
    return [(d.code.id, d.at.text) for d in pipeline.compile([Source("a.yaml", text)]).report]


SELECTORS = {
    "plain": 'sales_total{code="500"}',
    "several lines with comments": "sales_total{  # all\n  code='500',  # errors\n}",
    "a comment at the end": 'sales_total{code="500"} # errors',
    "a number sign in a value": 'sales_total{code="500",shop!="#1"}',
    "quotes and escapes": 'sales_total{code=\'500\',shop!="a\\"b",way!=`\\d`}',
    "the name in braces": '{__name__="sales_total",code="500"}',
    "blanks": '  sales_total  {  code  =  "500"  }  ',
}


@pytest.mark.parametrize("name", SELECTORS)
@pytest.mark.parametrize("part", ["bad", "good"])
def test_a_selector_may_be_written_in_any_way(name: str, part: str, tmp_path: Path) -> None:
    text = promtool.compiled(sli("events", total="sales_total", **{part: SELECTORS[name]}))["rules/shop.yaml"]
    expected = 0.1 if part == "bad" else 0.9
    expr = f"abs(slo:sli_error:ratio_rate5m - {expected}) < bool 1e-9"
    result = promtool.run_tests(tmp_path, text, SERIES, expressions=[("30m", expr, [(LABELS, 1.0)])])
    assert result.returncode == 0, result.stderr


BAD = 'sum(rate(sales_total{code="500"}[{{.window}}]))'
QUERIES = {
    "plain": BAD,
    "blanks in the placeholder": 'sum(rate(sales_total{code="500"}[{{ .window }}]))',
    "several lines with comments": f"# errors\n{BAD}  # ours\n# end",
    "a sum of two": f"{BAD}\n+ 0 * sum(rate(sales_total[{{{{.window}}}}]))",
    "an alternative": f"sum(rate(none_total[{{{{.window}}}}])) or {BAD}",
    "labels that nobody asked for": 'rate(sales_total{code="500"}[{{.window}}])',
    "a comparison": f"{BAD} > 0",
    "a negative number": f"0 - -{BAD}",
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("part", ["bad", "good"])
def test_a_query_may_be_written_in_any_way(name: str, part: str, tmp_path: Path) -> None:
    total = "sum(rate(sales_total[{{.window}}]))"
    text = promtool.compiled(sli("query", total=total, **{part: QUERIES[name]}))["rules/shop.yaml"]
    expected = 0.1 if part == "bad" else 0.9
    expr = f"abs(slo:sli_error:ratio_rate5m - {expected}) < bool 1e-9"
    result = promtool.run_tests(tmp_path, text, SERIES, expressions=[("30m", expr, [(LABELS, 1.0)])])
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{events: {total: t, bad: t}}", [("SLO405", "t")]),
        ("{events: {total: [t, u], bad: [t, u]}}", [("SLO405", "[t, u]")]),
        ("{events: {total: [], bad: t}}", [("SLO113", "[]")]),
        ("{events: {total: t, bad: []}}", [("SLO113", "[]")]),
        ("{events: {total: [t, 'u['], bad: 'v{'}}", [("SLO401", "["), ("SLO401", "{")]),
        ("{events: {total: t}}", [("SLO111", "total")]),
        ("{events: {bad: t}}", [("SLO111", "bad")]),
        ("{events: {total: t, bad: 1}}", [("SLO112", "1")]),
        ("{events: {total: 't[5m]', bad: b}}", [("SLO401", "[5m]")]),
        ("{query: {total: 't[{{.window}}]', bad: 'b[{{.window}}]'}}", [("SLO404", "'t[{{.window}}]'")]),
    ],
)
def test_what_is_wrong_is_found_at_its_place(written: str, expected: list[tuple[str, str]]) -> None:
    assert findings(SPEC % written)[: len(expected)] == expected


@pytest.mark.parametrize(
    ("text", "grouping", "expected"),
    [
        # Nobody knows what a function of another dialect does to labels, nor whether it adds up.
        ("sum(rate(t[{{.window}}])) default 0", Grouping(), "sum(sum(rate(t[5m])) default 0)"),
        ("sum(rate(t[{{.window}}])) by (a)", Grouping(("a",)), "sum by (a) (sum(rate(t[5m])) by (a))"),
        ("sum(rate(t[{{.window}}]))", Grouping(each=True), "sum without () (sum(rate(t[5m])))"),
    ],
)
def test_what_may_be_no_promql_is_aggregated(text: str, grouping: Grouping, expected: str) -> None:
    [node] = documents(Source("a.yaml", f"'{text}'")).nodes
    hole = text.index("{{")
    query = Query(text, node.span, ((hole, hole + len(HOLE)),), opaque=True)
    queries = Queries(query, query, good_given=False)
    assert not queries.additive
    assert queries.total(Over("5m", "300"), grouping, "") == expected
    assert queries.total(Over("1h", "3600", "increase"), grouping, "") == f"3600 * {expected}".replace(
        "5m", "1h"
    )


@pytest.mark.parametrize("grouped", ["", "group_by: [shop]"])
@pytest.mark.parametrize("function", ["rate", "increase"])
@pytest.mark.parametrize("part", ["bad", "good"])
def test_queries_of_plain_counters_make_the_rules_of_events(part: str, function: str, grouped: str) -> None:
    total, chosen = 'sales_total{shop!=""}', 'sales_total{code="500"}'
    events = sli("events", total=total, **{part: chosen})
    by = " by (shop) " if grouped else ""
    texts = {
        key: f"sum{by}({function}({text}[{{{{.window}}}}]))\n"
        for key, text in (("total", total), (part, chosen))
    }
    queries = sli("query", **texts)
    ours, others = (
        promtool.compiled(text.replace("objective: 99.9", f"objective: 99.9\n      {grouped}"))[
            "rules/shop.yaml"
        ]
        for text in (events, queries)
    )
    assert without_seal(ours) == without_seal(others)


def without_seal(text: str) -> str:
    return text.partition("\n")[2]


SAMPLED = {
    # Both are up for 18 of 20 samples, half a minute apart.
    'up{instance="a"}': " ".join(["1x17 0x1"] * 43),
    'up{instance="b"}': " ".join(["0x1 1x17"] * 43),
}


@pytest.mark.parametrize(
    ("total", "part", "chosen"),
    [
        ("sum(count_over_time(up[{{.window}}]))", "good", "sum(sum_over_time(up[{{.window}}]))"),
        ("count_over_time(up[{{.window}}])", "good", "sum_over_time(up[{{.window}}])"),
        (
            "sum(count_over_time(up[{{.window}}]))",
            "bad",
            "sum(count_over_time(up[{{.window}}])) - sum(sum_over_time(up[{{.window}}]))",
        ),
        (
            "sum(count_over_time(up[{{.window}}:1m]))",
            "bad",
            "sum(count_over_time((up == 0)[{{.window}}:1m]))",
        ),
    ],
)
@pytest.mark.parametrize("profile", ["exact", "cheap"])
def test_samples_of_a_gauge_are_events(
    total: str, part: str, chosen: str, profile: str, tmp_path: Path
) -> None:
    spec = sli("query", total=total, **{part: chosen})
    text = promtool.compiled(spec.replace("objective: 99.9", f"objective: 99.9\n      profile: {profile}"))[
        "rules/shop.yaml"
    ]
    # Five minutes hold all of an outage, a half or none; all longer windows hold whole numbers of them.
    checks: list[tuple[str, str, list[tuple[str, float]]]] = []
    for window in ("30m", "1h", "2h", "6h", "1d", "3d", "30d"):
        expr = f"abs(slo:sli_error:ratio_rate{window} - 0.1) < bool 0.02"
        checks.append(("7h", expr, [(LABELS.replace("5m", window), 1.0)]))
    checks.append(("7h", "slo:sli_error:ratio_rate5m < 0 or slo:sli_error:ratio_rate5m > 1", []))
    result = promtool.run_tests(tmp_path, text, SAMPLED, expressions=checks, every="1m")
    assert result.returncode == 0, result.stderr
