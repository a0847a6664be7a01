"""Components: what they mean for catalogs, and that their mistakes are found where they are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slogen import pipeline
from slogen.catalog import Scrape
from slogen.source import Source
from slogen.units import Millis

WHOLE = """\
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: shop, namespace: store}
spec:
  pods: {app: shop}
  container: shop
  service: {name: shop, labels: {app: shop, tier: front}}
  ports: {http-metrics: 9090, http: 8080}
  port: http-metrics
  interval: 30s
  routes: [service_monitor]
"""
CATALOG = """\
---
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics: {shop_sales_total: {type: counter}}
"""


def found(text: str) -> list[tuple[str, str, str]]:
    report = pipeline.compile([Source("shop.yaml", text)]).report
    return [(d.code.id, d.at.text, d.message) for d in report]


# What is changed, the code, the text that must change, and a part of the message.
MISTAKES = {
    ("port: http-metrics", "port: http-metric"): ("SLO201", "http-metric", "there is no port"),
    ("  port: http-metrics\n", ""): ("SLO111", "ports", "which of the ports"),
    ("http-metrics: 9090, http: 8080", ""): ("SLO113", "{}", "`ports` is empty"),
    ("  ports: {http-metrics: 9090, http: 8080}\n", ""): ("SLO111", "service_monitor", "needs `ports`"),
    ("9090", "99999"): ("SLO113", "99999", "no number of a port"),
    ("9090", "true"): ("SLO113", "true", "no number of a port"),
    ("http: 8080", "Http: 8080"): ("SLO113", "Http", "no name of a port"),
    ("http: 8080", "http-metrics-of-shop: 8080"): ("SLO113", "http-metrics-of-shop", "no name of a port"),
    ("name: shop, namespace", "name: Shop_1, namespace"): ("SLO113", "Shop_1", "no name of a Kubernetes"),
    ("namespace: store", "namespace: my.store"): ("SLO113", "my.store", "no Kubernetes namespace"),
    ("container: shop", "container: shop.x"): ("SLO113", "shop.x", "no DNS label"),
    ("service: {name: shop", "service: {name: shop.x"): ("SLO113", "shop.x", "no DNS label"),
    ("pods: {app: shop}", "pods: {}"): ("SLO113", "{}", "is empty"),
    ("interval: 30s", "interval: 30"): ("SLO113", "30", "no unit"),
    ("interval: 30s", "interval: 30s\n  timeout: 1m"): ("SLO113", "1m", "longer than the interval"),
    ("interval: 30s", "path: metrics"): ("SLO113", "metrics", "no path"),
    ("interval: 30s", "keep: ['a(']"): ("SLO113", "'a('", "no regular expression"),
    ("interval: 30s", "authorization: {type: Bearer}"): ("SLO111", "authorization", "where the token is"),
    ("interval: 30s", "authorization: {file: /t}"): ("SLO111", "authorization", "needs `secret`"),
    ("interval: 30s", "authorization: {token: abc}"): ("SLO110", "token", "unknown key"),
    ("interval: 30s", "catalog: [nothing]"): ("SLO201", "nothing", "no catalog"),
    ("interval: 30s", "probe: {url: x, prober: 'b:1'}"): ("SLO115", "probe", "no route in use"),
    ("interval: 30s", "select: {app: shp}"): ("SLO113", "shp", "this selects nothing"),
    ("interval: 30s", "select: {ap: shop}"): ("SLO113", "ap", "this selects nothing"),
    ("tier: front}", "tier: front}, select: {tier: back}"): ("SLO113", "back", "the Service has not"),
    ("[service_monitor]", "[servicemonitor]"): ("SLO113", "servicemonitor", "not allowed here"),
    ("[service_monitor]", "[]"): ("SLO113", "[]", "is empty"),
    ("[service_monitor]", "[alloy, alloy]"): ("SLO113", "alloy", "listed twice"),
    ("[service_monitor]", "[probe]"): ("SLO111", "probe", "needs `probe`"),
    ("  container: shop\n", "  alternatives: [datadog]\n"): ("SLO111", "datadog", "needs `container`"),
    ("[service_monitor]", "[grafana_annotations]\n  keep: [a]"): ("SLO115", "keep", "no effect"),
    ("[service_monitor]", "[probe]\n  probe: {url: x, prober: 'http://b:1/p'}"): (
        "SLO113",
        "'http://b:1/p'",
        "not the host of a prober",
    ),
}


@pytest.mark.parametrize("change", MISTAKES, ids=" to ".join)
def test_a_mistake_is_found_where_it_is(change: tuple[str, str]) -> None:
    code, at, message = MISTAKES[change]
    assert change[0] in WHOLE
    (one,) = found(WHOLE.replace(*change, 1))
    assert one[:2] == (code, at)
    assert message in one[2]


def test_a_component_need_not_have_a_catalog_and_is_written_alone() -> None:
    result = pipeline.compile([Source("shop.yaml", WHOLE)])
    assert result.report.diagnostics == ()
    assert [file.path for file in result.files] == ["monitors/shop.servicemonitor.yaml"]


HALF_A_MINUTE = Millis(30_000)
SCRAPES = {
    "service_monitor": Scrape("servicemonitor", HALF_A_MINUTE, False, jobs=("shop",)),
    "pod_monitor": Scrape("podmonitor", HALF_A_MINUTE, False, jobs=("store/shop",)),
    "scrape_config": Scrape(
        "scrape_config",
        HALF_A_MINUTE,
        False,
        ("namespace", "pod", "container"),
        jobs=("shop",),
        has_all_labels=True,
    ),
    "grafana_annotations": Scrape("annotations", HALF_A_MINUTE, True, jobs=("shop",), drops_unready=True),
    "prometheus_annotations": Scrape("annotations"),
    "datadog": Scrape("datadog", is_prometheus=False),
}


def test_the_chart_scrapes_what_nobody_else_does() -> None:
    for routes, ways in {
        "k8s_monitoring": 1,
        "datadog, k8s_monitoring": 2,
        "alloy, k8s_monitoring": 1,
    }.items():
        text = WHOLE.replace("[service_monitor]", f"[{routes}]") + CATALOG
        (catalog,) = pipeline.compile([Source("shop.yaml", text)]).program.catalogs.all
        assert len(catalog.scrapes) == ways, routes


@pytest.mark.parametrize("route", SCRAPES)
def test_the_scrapes_of_the_catalog_follow(route: str) -> None:
    text = WHOLE.replace("[service_monitor]", f"[{route}]") + CATALOG
    result = pipeline.compile([Source("shop.yaml", text)])
    (catalog,) = result.program.catalogs.all
    assert catalog.scrapes == (SCRAPES[route],)


def test_what_both_say_must_be_the_same() -> None:
    scrapes = "  scrapes: [{kind: ServiceMonitors, KEY}, {kind: static, interval: 5s}]\n"
    same = WHOLE + CATALOG + scrapes.replace("KEY", "interval: 30s, jobs: [shop]")
    assert found(same) == []
    for key, message in {
        "interval: 1m": "the interval is `1m`",
        "jobs: [till]": "the job is `till`",
        "honor_labels: true": "`honor_labels` is `true`",
        "keep: 'a'": "`keep` is `a`",
    }.items():
        (one,) = pipeline.compile([Source("shop.yaml", WHOLE + CATALOG + scrapes.replace("KEY", key))]).report
        assert (one.code.id, message in one.message) == ("SLO120", True)
        assert [label.at.text for label in one.also] == ["service_monitor"]


def test_two_components_of_one_name_are_one_too_many() -> None:
    (one,) = pipeline.compile([Source("shop.yaml", WHOLE + "---\n" + WHOLE)]).report
    assert (one.code.id, one.at.line, one.also[0].at.line) == ("SLO203", 15, 3)


def test_a_query_is_judged_by_the_scrapes_of_a_component() -> None:
    rules = """\
groups:
  - name: a
    rules:
      - {alert: A, expr: 'sum(rate(shop_sales_total[5m])) > 1', for: 5m, annotations: {summary: a}}
"""
    text = WHOLE.replace("interval: 30s", "keep: [till_.*]") + CATALOG + "---\n" + rules
    assert [one[:2] for one in found(text)] == [("SLO429", "shop_sales_total")]


HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 70_000)
    | st.sampled_from(["", "x", "ſ", "a/b", "30s", "any"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["name", "labels", "select", "x", "secret", "url"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)
KEYS = st.sampled_from(
    [
        "pods",
        "service",
        "ports",
        "port",
        "routes",
        "alternatives",
        "probe",
        "catalog",
        "authorization",
        "keep",
    ]
)


@given(st.dictionaries(KEYS, HOSTILE, max_size=4))
def test_whatever_stands_there_is_a_finding_or_is_written(spec: dict[str, object]) -> None:
    whole = {"routes": ["alloy"], "ports": {"http": 1}, "pods": {"a": "b"}, **spec}
    document = {
        "apiVersion": "slogen.dev/v1",
        "kind": "Component",
        "metadata": {"name": "shop"},
        "spec": whole,
    }
    result = pipeline.compile([Source("shop.yaml", json.dumps(document))])
    assert not result.report.crashes
    assert result.report.failed or result.files
