"""Dashboards in Grafana's JSON: which documents are some, and which of their queries are looked at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from slogen import pipeline
from slogen.source import Source

BROKEN = "sum(rate(orders_total[5m])"
PROMETHEUS = {"type": "prometheus", "uid": "a"}
LOKI = {"type": "loki", "uid": "b"}


def panel(expr: str, source: Any = PROMETHEUS, of_target: Any = None) -> dict[str, Any]:
    target = {"expr": expr, "refId": "A", **({"datasource": of_target} if of_target else {})}
    return {"type": "timeseries", "datasource": source, "targets": [target]}


def dashboard(*panels: Any, variables: Sequence[Any] = (), **more: Any) -> dict[str, Any]:
    templating = {"list": list(variables)}
    return {"title": "Shop", "schemaVersion": 39, "panels": list(panels), "templating": templating, **more}


def source(name: str, kind: str) -> dict[str, str]:
    return {"name": name, "type": "datasource", "query": kind}


def found(text: str, path: str = "slos/shop.json") -> list[tuple[str, str]]:
    report = pipeline.compile([Source(path, text)]).report
    return [(d.code.id, d.at.text) for d in report]


LOOKED_AT = {
    "plain": dashboard(panel(BROKEN)),
    "in a row": dashboard({"type": "row", "panels": [panel(BROKEN)]}),
    "old rows": {"title": "Shop", "schemaVersion": 14, "rows": [{"panels": [panel(BROKEN)]}]},
    "exported by the API": {"dashboard": {"title": "Shop", "panels": [panel(BROKEN)]}, "overwrite": True},
    "an object": {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "shop"},
        "spec": dashboard(panel(BROKEN)),
    },
    "a variable for the source": dashboard(
        panel(BROKEN, {"uid": "${ds}"}), variables=[source("ds", "prometheus")]
    ),
    "the name of the source": dashboard(panel(BROKEN, "My Prometheus")),
    "the default source": dashboard(panel(BROKEN, None)),
    "its own source": dashboard(panel(BROKEN, {"uid": "-- Mixed --"}, PROMETHEUS)),
    "an annotation": dashboard(annotations={"list": [{"datasource": PROMETHEUS, "expr": BROKEN}]}),
    "a variable": dashboard(
        variables=[
            {"name": "a", "type": "query", "datasource": PROMETHEUS, "query": f"query_result({BROKEN})"}
        ]
    ),
    "a variable of today": dashboard(
        variables=[
            {
                "name": "a",
                "type": "query",
                "datasource": PROMETHEUS,
                "query": {"query": f"query_result({BROKEN})"},
            }
        ]
    ),
}
PASSED_OVER = {
    "logs": dashboard(panel('{app="a"} |= "b" | json', LOKI)),
    "logs of a variable": dashboard(panel('{app="a"} |= "b"', "$logs"), variables=[source("logs", "loki")]),
    "logs of the target": dashboard(panel('rate({app="a"} | json [5m])', PROMETHEUS, LOKI)),
    "logs by default": dashboard(panel('sum(rate({app="a"} |= "b" [5m]))', None)),
    "logs by default, by a label": dashboard(panel('sum(rate({app="a"} | level="b" [5m]))', None)),
    "logs by name": dashboard(panel('{app="a"} |= "b"', "promtail")),
    "an unknown source": dashboard(panel("default 1 keep_metric_names", "Metrics")),
    "another source": dashboard(panel("rate(a", {"type": "victoriametrics-metrics-datasource", "uid": "c"})),
    "an expression of Grafana": dashboard(panel("$A + $B", {"type": "__expr__", "uid": "__expr__"})),
    "no query": dashboard(panel("  ")),
    "no target": dashboard({"type": "text"}, {"targets": None}, {"targets": [{"expr": 3}]}),
    "a variable of any kind": dashboard(panel("$a ($b)"), variables=[{"name": "a"}, {"name": "b"}]),
    "library panels": dashboard({"libraryPanel": {"uid": "x"}}),
    "nothing in it": dashboard(),
}


@pytest.mark.parametrize("case", LOOKED_AT)
def test_a_broken_query_is_found_where_it_is_written(case: str) -> None:
    text = json.dumps(LOOKED_AT[case], indent=1)
    report = pipeline.compile([Source("slos/shop.json", text)]).report
    (finding,) = report
    line = next(i for i, one in enumerate(text.splitlines(), 1) if "orders_total" in one)
    column = text.splitlines()[line - 1].index("sum(") + len("sum") + 1
    assert (finding.code.id, finding.at.line, finding.at.column) == ("SLO401", line, column)
    # Tabs, and everything on one line.
    assert [code for code, _ in found(json.dumps(LOOKED_AT[case], indent="\t"))] == ["SLO401"]
    assert [code for code, _ in found(json.dumps(LOOKED_AT[case]))] == ["SLO401"]


@pytest.mark.parametrize("case", PASSED_OVER)
def test_what_is_not_for_prometheus_is_passed_over(case: str) -> None:
    assert found(json.dumps(PASSED_OVER[case])) == []


@pytest.mark.parametrize("text", [json.dumps(LOOKED_AT["plain"], indent=2), json.dumps(LOOKED_AT["plain"])])
def test_dashboards_in_other_objects_are_read(text: str) -> None:
    config_map = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"a.json": text},
    }
    of_operator = {
        "apiVersion": "grafana.integreatly.org/v1beta1",
        "kind": "GrafanaDashboard",
        "metadata": {"name": "a"},
        "spec": {"json": text},
    }
    for one in (
        config_map,
        of_operator,
        {"apiVersion": "v1", "kind": "ConfigMapList", "items": [config_map]},
    ):
        for written in (yaml.safe_dump(one), json.dumps(one)):
            assert found(written) == [("SLO401", "(")]


def test_queries_are_judged_like_those_of_rules() -> None:
    catalog = """\
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  owns: ['shop_*']
  metrics:
    shop_orders_total: {type: counter, labels: {status: ['200', '500']}}
    shop_queue: {type: gauge}
"""
    queries = {
        'sum(rate(shop_orders_total{status=~"$s"}[$__rate_interval]))': [],
        'rate(shop_order_total{status=~"$s"}[$__rate_interval])': ["shop_order_total"],
        "sum by (stat) (rate(shop_orders_total[$__rate_interval]))": ["stat"],
        "rate(shop_queue[$__rate_interval])": ["shop_queue"],
        "histogram_quantile(95, sum by (le) (rate(a_bucket[$w])))": ["95"],
        "rate($m[5m]) + shop_orders": [],
    }
    variables = [{"name": name, "type": "custom"} for name in ("s", "w", "m")]
    for query, places in queries.items():
        text = json.dumps(dashboard(panel(query), variables=variables))
        sources = [Source("slos/shop.metrics.yaml", catalog), Source("slos/shop.json", text)]
        report = pipeline.compile(sources).report
        assert sorted({d.at.text for d in report}) == places, [d.message for d in report]


def test_matchers_of_variables_that_nothing_declares() -> None:
    queries = {
        'a{b="$region"} + a{b=~"x$"} + a{b=~"$__all"}': [],
        'a{b="$regoin"}': [("SLO822", "$regoin")],
        'a{b=~"${regoin:regex}"}': [("SLO822", "${regoin:regex}")],
        'label_replace(a, "b", "$regoin", "c", "(.*)")': [],
    }
    for query, expected in queries.items():
        text = dashboard(panel(query), variables=[{"name": "region", "type": "custom"}])
        assert found(json.dumps(text)) == expected
        del text["templating"]
        assert found(json.dumps(text)) == []


def test_data_sources_that_nothing_declares() -> None:
    unbound = {"type": "prometheus", "uid": "${DS_PROM}"}
    panels = [panel("up", unbound), panel("up", unbound)]
    asked = {"name": "DS_PROM", "type": "datasource", "pluginId": "prometheus"}
    assert found(json.dumps(dashboard(*panels))) == [("SLO821", "${DS_PROM}")]
    assert found(json.dumps(dashboard(*panels, __inputs=[asked]))) == []
    assert found(json.dumps(dashboard(*panels, variables=[source("DS_PROM", "prometheus")]))) == []
    assert found(json.dumps(dashboard(panel("up", "${DS_PROM}")))) == [("SLO821", "${DS_PROM}")]


def test_characters_that_json_writes_as_two_escapes() -> None:
    text = json.dumps(dashboard(panel(BROKEN), description="\U0001f680"))
    assert "\\ud83d" in text
    assert found(text) == [("SLO401", "(")]
