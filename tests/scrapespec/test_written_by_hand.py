"""Monitors and configurations that people wrote: sane ones say nothing, mistakes are found where they are."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slogen import pipeline
from slogen.promql.regexps import regexp_problem
from slogen.source import Source

MONITOR = """\
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: till
  namespace: store
  labels: {release: prom}
spec:
  jobLabel: app.kubernetes.io/name
  selector:
    matchLabels: {app.kubernetes.io/name: shop}
  endpoints:
    - port: http-metrics
      interval: 30s
      scrapeTimeout: 10s
      relabelings:
        - {sourceLabels: [__address__], regex: '([^:]+):.*', targetLabel: host, replacement: '$1'}
"""
CONFIG = """\
global: {scrape_interval: 15s}
rule_files: [rules.yml]
scrape_configs:
  - job_name: shop
    scrape_timeout: 10s
    kubernetes_sd_configs: [{role: pod}]
    relabel_configs:
      - {source_labels: [__meta_kubernetes_pod_container_port_name], regex: metrics, action: keep}
      - {source_labels: [a, b], regex: '(.+);(.+)', target_label: c, replacement: '${1}_$2'}
      - {regex: '__meta_kubernetes_pod_label_(.+)', action: labelmap}
"""


def found(text: str) -> list[tuple[str, str]]:
    report = pipeline.compile([Source("scrapes.yaml", text)]).report
    assert not report.crashes
    return [(d.code.id, d.at.text) for d in report]


# As they stand in repositories: none of them is a mistake for certain.
SANE = {
    "a monitor": MONITOR,
    "a configuration": CONFIG,
    "a patch of Kustomize": "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n"
    "metadata: {name: a}\nspec: {endpoints: [{interval: 1m}]}\n",
    "a deletion of Kustomize": "$patch: delete\napiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\n"
    "metadata: {name: a}\n",
    "what Flux fills in": MONITOR.replace("30s", "${INTERVAL}").replace("'$1'", "'${CLUSTER}'"),
    "a name made by Kubernetes": MONITOR.replace("name: till", "generateName: till-"),
    "kube-state-metrics": MONITOR.replace("port: http", "honorLabels: true\n      port: http").replace(
        "till", "kube-state-metrics"
    ),
    "federation": "scrape_configs:\n  - {job_name: a, honor_labels: true, metrics_path: /federate, "
    "static_configs: [{targets: ['b:9090']}]}\n",
    "a key of a new version": MONITOR.replace("port: http", "sampleAge: 3\n      port: http"),
    "a key of VictoriaMetrics": CONFIG.replace("scrape_timeout: 10s", "disable_compression: true"),
    "an action of VictoriaMetrics": CONFIG.replace("action: labelmap", "action: labelmap_all"),
    "an address made of an annotation": CONFIG.replace(
        "{source_labels: [__meta_kubernetes_pod_container_port_name], regex: metrics, action: keep}",
        "{source_labels: [__address__, __meta_kubernetes_pod_annotation_prometheus_io_port], "
        "regex: '([^:]+)(?::\\d+)?;(\\d+)', replacement: '$1:$2', target_label: __address__}",
    ),
    "a file for scrape_config_files": "scrape_configs: []\n",
    "the interval of another file": "scrape_configs:\n  - {job_name: a, scrape_timeout: 2m}\n",
    "no interval of its own": CONFIG.replace("scrape_timeout: 10s", "scrape_interval: 0"),
    "an interval that is filled in": CONFIG.replace(
        "timeout: 10s", "timeout: 30s\n    scrape_interval: $STEP"
    ),
    "an interval that a script writes": CONFIG.replace("15s", "'@interval@'"),
    "a discovery of VictoriaMetrics": CONFIG.replace("kubernetes_sd", "consulagent_sd"),
    "a list of jobs": "- {job_name: a, static_configs: [{targets: ['b:1']}]}\n",
    "a dollar": CONFIG.replace("'${1}_$2'", "'$$1_$$9'"),
    "a named group": CONFIG.replace("(.+);(.+)", "(?P<x>.+);(?P<y>[(]+)").replace("'${1}_$2'", "'${x}$y'"),
    "no group at all": CONFIG.replace("'(.+);(.+)'", "'.+;[()]\\('").replace("'${1}_$2'", "'$0'"),
    "another group's monitor": MONITOR.replace("monitoring.coreos.com", "azmonitoring.coreos.com").replace(
        "name: till", "x: y"
    ),
}


@pytest.mark.parametrize("what", SANE)
def test_sane_input_says_nothing(what: str) -> None:
    assert list(yaml.safe_load_all(SANE[what]))
    assert found(SANE[what]) == []


MISTAKES = {
    "no name": (MONITOR.replace("  name: till\n", ""), "SLO111", "metadata"),
    "a timeout above the interval": (MONITOR.replace("10s", "31s"), "SLO113", "31s"),
    "one above that of all": (CONFIG.replace("10s", "16s"), "SLO113", "16s"),
    "a duration": (MONITOR.replace("30s", "30 s"), "SLO113", "30 s"),
    "a misspelt key": (MONITOR.replace("scrapeTimeout", "scrapeTimout"), "SLO110", "scrapeTimout"),
    "a key of the other": (MONITOR.replace("sourceLabels", "source_labels"), "SLO110", "source_labels"),
    "a key of a job": (CONFIG.replace("scrape_timeout", "scrapeTimeout"), "SLO110", "scrapeTimeout"),
    "an action": (CONFIG.replace("action: keep", "action: kepp"), "SLO113", "kepp"),
    "an expression": (CONFIG.replace("regex: metrics", "regex: '(a'"), "SLO113", "'(a'"),
    "no target label": (CONFIG.replace("target_label: c, ", ""), "SLO111", "source_labels"),
    "a number for a name": (MONITOR.replace("http-metrics", "9090"), "SLO112", "9090"),
    "two jobs of one name": (
        "scrape_configs: [{job_name: a, static_configs: []}, {job_name: 'a', static_configs: []}]\n",
        "SLO113",
        "'a'",
    ),
    "a group too many": (CONFIG.replace("_$2", "_$3"), "SLO842", "$3"),
    "a longer name than meant": (CONFIG.replace("${1}_$2", "$1_$2"), "SLO842", "$1_"),
    "a label": (CONFIG.replace("_$2", "_${b}"), "SLO842", "${b}"),
    "in a list of jobs": (
        "- {job_name: a, relabel_configs: [{regex: a, target_label: b, replacement: $1}]}\n",
        "SLO842",
        "$1",
    ),
    "a job's name": (MONITOR.replace("jobLabel: app.kubernetes.io/name", "jobLabel: till"), "SLO843", "till"),
    "a value": (MONITOR.replace("jobLabel: app.kubernetes.io/name", "jobLabel: shop"), "SLO843", "shop"),
    "a template": (
        MONITOR.replace("jobLabel: app.kubernetes.io/name", "jobLabel: '{{ .Release.Name }}'"),
        "SLO843",
        "'{{ .Release.Name }}'",
    ),
    "labels of metrics": (
        MONITOR.replace("port: http", "honorLabels: true\n      port: http"),
        "SLO844",
        "true",
    ),
    "all ports": (CONFIG.replace("__meta_kubernetes_pod_container_port_name", "x"), "SLO845", "pod"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_found_where_it_is(what: str) -> None:
    text, code, at = MISTAKES[what]
    assert found(text) == [(code, at)]


def test_a_config_map_is_looked_into() -> None:
    inner = "".join(f"    {line}\n" for line in CONFIG.replace("_$2", "_$3").splitlines())
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  prometheus.yml: |\n{inner}"
    assert found(text) == [("SLO842", "$3")]


COMPONENT = """\
---
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: shop, namespace: store}
spec:
  pods: {app.kubernetes.io/name: shop}
  service: {name: shop, labels: {app.kubernetes.io/name: shop}}
  ports: {http-metrics: 9090}
  routes: [service_monitor]
"""
SETTINGS = """\
---
apiVersion: slogen.dev/v1
kind: Settings
spec: {manifest: {labels: {release: prom}}}
"""
BESIDE = {
    "another object scrapes the component": (MONITOR + COMPONENT, [("SLO840", "till")]),
    "another component scrapes it": (
        COMPONENT + COMPONENT.replace("name: shop, namespace", "name: till, namespace"),
        [("SLO840", "till")],
    ),
    "another component of its pods": (
        COMPONENT + COMPONENT.replace("name: shop, namespace", "name: till, namespace").replace("9090", "1"),
        [],
    ),
    "another port of it": (MONITOR.replace("http-metrics", "admin") + COMPONENT, []),
    "another namespace": (MONITOR.replace("store", "annex") + COMPONENT, []),
    "its own object": (MONITOR.replace("till", "shop") + COMPONENT, []),
    "its own object, which misses it": (
        MONITOR.replace("till", "shop").replace("name: shop}", "name: shp}") + COMPONENT,
        [("SLO846", "shp")],
    ),
    "the label of all": (MONITOR + SETTINGS, []),
    "another value": (MONITOR.replace("prom}", "prometheus}") + SETTINGS, [("SLO841", "prometheus")]),
    "no label, and nobody has it": (MONITOR.replace("  labels: {release: prom}\n", "") + SETTINGS, []),
    "no label, where others have it": (
        f"{MONITOR}---\n{MONITOR.replace('till', 'shop').replace('  labels: {release: prom}', '')}{SETTINGS}",
        [("SLO841", "shop")],
    ),
}


@pytest.mark.parametrize("what", BESIDE)
def test_objects_are_judged_by_components_and_settings(what: str) -> None:
    text, expected = BESIDE[what]
    assert found(text) == expected


ROUTES = st.permutations(
    ["service_monitor", "pod_monitor", "alloy", "scrape_config", "prometheus_annotations"]
)


@given(ROUTES, st.integers(1, 5))
def test_every_second_way_of_scraping_is_told(routes: list[str], count: int) -> None:
    listed = routes[:count]
    text = COMPONENT.replace("[service_monitor]", f"[{', '.join(listed)}]")
    assert found(text) == [("SLO840", route) for route in listed[1:]]


PIECES = st.sampled_from(["(", ")", "[", "]", "^", "\\", "a", "?:", "?P<x>", "|", "+"])


@pytest.mark.filterwarnings("ignore::FutureWarning")
@given(st.lists(PIECES, max_size=8).map("".join), st.sampled_from(["$1", "${1}", "$x", "$9", "$1_", "${x}"]))
def test_references_are_judged_as_groups_are_counted(regex: str, reference: str) -> None:
    """Python's own parser counts the groups of the expressions that both languages read alike."""
    try:
        groups = re.compile(regex)
    except re.error:
        return
    if regexp_problem(regex):
        return
    name = reference.strip("${}")
    is_there = name in groups.groupindex or (name.isdecimal() and int(name) <= groups.groups)
    step = {"source_labels": ["a"], "regex": regex, "target_label": "b", "replacement": reference}
    text = yaml.safe_dump({"scrape_configs": [{"job_name": "a", "relabel_configs": [step]}]})
    is_meant = name[0].isdecimal()
    expected = [] if is_there or not is_meant else ["SLO842"]
    assert [code for code, _ in found(text)] == expected


KEYS = st.sampled_from(
    [
        *(
            "metadata",
            "name",
            "labels",
            "spec",
            "selector",
            "matchLabels",
            "endpoints",
            "podMetricsEndpoints",
        ),
        *("port", "interval", "scrapeTimeout", "relabelings", "metricRelabelings", "regex", "replacement"),
        *("sourceLabels", "source_labels", "action", "jobLabel", "namespaceSelector", "matchNames", "global"),
        *("scrape_interval", "job_name", "kubernetes_sd_configs", "role", "relabel_configs", "honor_labels"),
        *("target_label", "honorLabels", "matchExpressions", "targets"),
    ]
)
VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "$", "${", "$1", "(", "5m", "\u017f", "pod"])
)
ANYTHING = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
HEADS = st.sampled_from(
    [
        *(
            {"apiVersion": "monitoring.coreos.com/v1", "kind": kind}
            for kind in ("ServiceMonitor", "PodMonitor")
        ),
        {"apiVersion": "monitoring.coreos.com/v1", "kind": "Probe"},
        {"scrape_configs": []},
        {"job_name": "a", "relabel_configs": []},
    ]
)


@given(HEADS, st.dictionaries(KEYS, ANYTHING, max_size=4), ANYTHING)
def test_whatever_stands_there_is_read(
    head: dict[str, object], more: dict[str, object], jobs: object
) -> None:
    document = {**more, **head}
    for key in ("spec", "scrape_configs", "relabel_configs"):
        if key in document or (key == "spec" and "kind" in head):
            document[key] = jobs if isinstance(jobs, list) or key == "spec" else [jobs]
    pipeline.compile([Source("scrapes.yaml", json.dumps(document))])
