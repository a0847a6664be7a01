"""What is written for components: objects that Kubernetes takes, jobs that Prometheus takes."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import promtool
from slogen import pipeline, seal
from slogen.components import Route
from slogen.source import Source

ROOT = Path(__file__).parent.parent.parent
CRDS = ROOT.parent / "shared" / "crds"

SETTINGS = """
apiVersion: slogen.dev/v1
kind: Settings
spec: {manifest: {labels: {release: prom}}}
---"""
COMPONENT = """
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: shop, namespace: store, labels: {team: till}}
spec:
  namespaces: [store, annex]
  pods: {app.kubernetes.io/name: shop, example.com/till: }
  container: shop
  service: {name: shop-metrics, labels: {app: shop, tier: front}, select: {app: shop}}
  ports: {http: 8080, http-metrics: 9090}
  port: http-metrics
  path: /internal/metrics
  scheme: https
  interval: 30s
  timeout: 10s
  honor_labels: true
  authorization: {secret: {name: reader, key: token}, file: /run/token}
  keep: [shop_.*, 'go_"quoted"\\.x']
  drop: [shop_debug_.*]
  probe: {url: https://shop.example.com, prober: 'blackbox:9115', module: http_2xx}
  job: integrations/shop
  routes: [ROUTE]
"""


def built(route: str, text: str = COMPONENT) -> dict[str, str]:
    """The files of a component by what their names end in."""
    result = pipeline.compile([Source("shop.yaml", SETTINGS + text.replace("ROUTE", route))])
    assert not result.report.failed, [f"{d.at} {d.message}" for d in result.report]
    files = {file.path: file.text for file in result.files if file.path.startswith("monitors/")}
    assert all(seal.is_sealed(text) and seal.is_intact(text) for text in files.values())
    return {path.removeprefix("monitors/shop."): text for path, text in files.items()}


def loaded(route: str, name: str, text: str = COMPONENT) -> Any:
    return yaml.safe_load(built(route, text)[name])


def errors(document: Mapping[str, Any]) -> list[str]:
    """What the schema of an object's kind objects to."""
    path = CRDS / f"{document['kind']}_v1.json"
    if not path.is_file():
        pytest.skip("the schemas of the objects are not on this machine")
    validator = jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))
    return [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(dict(document))]


OBJECTS = {
    "service_monitor": "servicemonitor.yaml",
    "pod_monitor": "podmonitor.yaml",
    "probe": "probe.yaml",
}


@pytest.mark.parametrize(("route", "name"), OBJECTS.items())
def test_objects_are_valid(route: str, name: str) -> None:
    document = loaded(route, name)
    assert errors(document) == []
    assert document["metadata"] == {
        "name": "shop",
        "namespace": "store",
        "labels": {"release": "prom", "team": "till"},
    }


def test_the_schemas_notice_what_is_wrong() -> None:
    document = loaded("pod_monitor", "podmonitor.yaml")
    document["spec"]["podMetricsEndpoints"][0]["honor_labels"] = True
    assert errors(document)


def test_all_objects_of_the_shipped_components_are_valid() -> None:
    paths = [path for kind in ("component", "metrics") for path in (ROOT / "slos").rglob(f"*.{kind}.yaml")]
    result = pipeline.compile([Source(str(path), path.read_text(encoding="utf-8")) for path in paths])
    objects = [yaml.safe_load(file.text) for file in result.files if "monitor.yaml" in file.path]
    assert [errors(document) for document in objects] == [[]] * len(objects)
    assert len(objects) >= 10


def test_a_monitor_says_what_its_component_says() -> None:
    spec = loaded("pod_monitor", "podmonitor.yaml")["spec"]
    assert spec["selector"] == {
        "matchLabels": {"app.kubernetes.io/name": "shop"},
        "matchExpressions": [{"key": "example.com/till", "operator": "Exists"}],
    }
    assert spec["namespaceSelector"] == {"matchNames": ["store", "annex"]}
    (endpoint,) = spec["podMetricsEndpoints"]
    assert endpoint == {
        "port": "http-metrics",
        "path": "/internal/metrics",
        "scheme": "https",
        "interval": "30s",
        "scrapeTimeout": "10s",
        "honorLabels": True,
        "authorization": {"type": "Bearer", "credentials": {"name": "reader", "key": "token"}},
        "metricRelabelings": [
            {"sourceLabels": ["__name__"], "regex": r'shop_.*|go_"quoted"\.x', "action": "keep"},
            {"sourceLabels": ["__name__"], "regex": "shop_debug_.*", "action": "drop"},
        ],
    }
    assert loaded("service_monitor", "servicemonitor.yaml")["spec"]["selector"] == {
        "matchLabels": {"app": "shop"}
    }


def test_prometheus_takes_the_job(tmp_path: Path) -> None:
    document = loaded("scrape_config", "scrape-config.yaml")
    (job,) = document["scrape_configs"]
    assert job["kubernetes_sd_configs"] == [
        {
            "role": "pod",
            "namespaces": {"names": ["store", "annex"]},
            "selectors": [{"role": "pod", "label": "app.kubernetes.io/name=shop,example.com/till"}],
        }
    ]
    # Debian's Prometheus knows no Kubernetes, and promtool wants the token to be there.
    job["static_configs"] = [{"targets": ["shop:9090"]}]
    job.pop("kubernetes_sd_configs")
    job.pop("authorization")
    path = tmp_path / "prometheus.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    command = [promtool.needed(), "check", "config", str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


ANNOTATIONS = {
    "prometheus_annotations": {
        "prometheus.io/scrape": "true",
        "prometheus.io/scheme": "https",
        "prometheus.io/path": "/internal/metrics",
        "prometheus.io/port": "9090",
    },
    "grafana_annotations": {
        "k8s.grafana.com/scrape": "true",
        "k8s.grafana.com/job": "integrations/shop",
        "k8s.grafana.com/metrics.container": "shop",
        "k8s.grafana.com/metrics.path": "/internal/metrics",
        "k8s.grafana.com/metrics.portNumber": "9090",
        "k8s.grafana.com/metrics.scheme": "https",
        "k8s.grafana.com/metrics.scrapeInterval": "30s",
        "k8s.grafana.com/metrics.scrapeTimeout": "10s",
    },
}


@pytest.mark.parametrize("route", ANNOTATIONS)
def test_annotations_are_texts_of_a_patch(route: str) -> None:
    patch = loaded(route, f"{route.replace('_', '-')}.yaml")
    assert patch == {"spec": {"template": {"metadata": {"annotations": ANNOTATIONS[route]}}}}


CATALOG = """
---
apiVersion: slogen.dev/v1
kind: MetricCatalog
metadata: {name: shop}
spec:
  metrics:
    shop_sales_total: {type: counter}
    shop_seconds: {type: histogram}
    shop_old: {type: gauge, status: removed}
"""


def test_datadog_gets_the_families_of_the_catalog() -> None:
    text = re.sub(r"  (keep|drop):.*\n", "", COMPONENT) + CATALOG
    patch = loaded("datadog", "datadog-annotations.yaml", text)
    ((key, value),) = patch["spec"]["template"]["metadata"]["annotations"].items()
    assert key == "ad.datadoghq.com/shop.checks"
    assert json.loads(value) == {
        "openmetrics": {
            "instances": [
                {
                    "openmetrics_endpoint": "https://%%host%%:9090/internal/metrics",
                    "namespace": "",
                    "metrics": ["shop_sales", "shop_seconds"],
                }
            ]
        }
    }


def test_alloy_is_told_the_same() -> None:
    text = built("alloy")["alloy"]
    assert text.startswith("// ")
    blocks = re.findall(r'^([\w.]+) "(\w+)" \{$', text, re.MULTILINE)
    names = ("discovery.kubernetes", "discovery.relabel", "prometheus.scrape", "prometheus.relabel")
    assert blocks == [(name, "shop") for name in names]
    defined = {f"{kind}.{name}" for kind, name in blocks} | {"prometheus.remote_write.default"}
    used = re.findall(r"((?:discovery|prometheus)\.\w+\.\w+)\.(?:targets|output|receiver)", text)
    assert set(used) <= defined
    assert text.count("{") == text.count("}")
    assert r'regex         = "shop_.*|go_\"quoted\"\\.x"' in text


def test_values_of_the_chart_have_the_names_of_its_version() -> None:
    files = built("service_monitor, k8s_monitoring")
    old, new = (yaml.safe_load(files[f"k8s-monitoring-{version}.yaml"]) for version in ("v2", "v4"))
    selected = {
        "enabled": True,
        "namespaces": ["store"],
        "labelSelectors": {"release": "prom", "team": "till"},
    }
    assert old == {
        "prometheusOperatorObjects": {"enabled": True, "serviceMonitors": selected},
        "alloy-metrics": {"enabled": True},
    }
    assert new == {
        "prometheusOperatorObjects": {
            "enabled": True,
            "collector": "alloy-metrics",
            "serviceMonitors": selected,
        },
        "collectors": {"alloy-metrics": {"presets": ["clustered", "statefulset"]}},
    }


def test_the_chart_alone_scrapes_by_alloy() -> None:
    files = built("k8s_monitoring")
    (old, new) = (yaml.safe_load(files[f"k8s-monitoring-{version}.yaml"]) for version in ("v2", "v4"))
    by_alloy = built("alloy")["alloy"].partition("\n")[2]
    assert old["alloy-metrics"]["extraConfig"] == by_alloy
    assert new["collectors"]["alloy-metrics"]["extraConfig"] == by_alloy


def test_the_chart_is_told_of_the_annotations_of_prometheus() -> None:
    files = built("prometheus_annotations, k8s_monitoring")
    values = yaml.safe_load(files["k8s-monitoring-v4.yaml"])["annotationAutodiscovery"]
    assert values["annotations"]["metricsPortNumber"] == "prometheus.io/port"


def test_components_of_one_name_have_files_of_their_own() -> None:
    other = COMPONENT.replace("namespace: store", "namespace: annex").replace("ROUTE", "alloy")
    text = COMPONENT.replace("ROUTE", "alloy") + "---" + other
    result = pipeline.compile([Source("shop.yaml", text)])
    assert [file.path for file in result.files] == ["monitors/store_shop.alloy", "monitors/annex_shop.alloy"]


def test_every_route_writes_something() -> None:
    for route in Route:
        assert built(route), route
