"""Counters and queries: in whatever layout they are written, they measure the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import promtool
from slogen import pipeline
from slogen.source import Source

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
