"""Annotations of pods, as patches of what the pods are made from (`kubectl patch --patch-file`).

Sources: https://grafana.com/docs/grafana-cloud/monitor-infrastructure/kubernetes-monitoring/ (annotations of
the chart), https://docs.datadoghq.com/containers/kubernetes/prometheus/ (autodiscovery).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from slogen import yamlout
from slogen.catalog import Metric
from slogen.components import Component
from slogen.durations import render

_COUNTERS = "_total"


def prometheus(component: Component) -> str:
    """`prometheus.io/*`: a habit of many scrape configurations; Prometheus itself knows nothing of it."""
    annotations = {
        "prometheus.io/scrape": "true",
        **({"prometheus.io/scheme": component.scheme} if component.scheme != "http" else {}),
        "prometheus.io/path": component.path,
        "prometheus.io/port": str(component.port_number),
    }
    return _patch(annotations)


def grafana(component: Component) -> str:
    """`k8s.grafana.com/*`, which Grafana's k8s-monitoring chart reads."""
    prefix = "k8s.grafana.com"
    pace = {"scrapeInterval": component.interval, "scrapeTimeout": component.timeout}
    annotations = {
        f"{prefix}/scrape": "true",
        f"{prefix}/job": component.job,
        **({f"{prefix}/metrics.container": component.container} if component.container else {}),
        f"{prefix}/metrics.path": component.path,
        f"{prefix}/metrics.portNumber": str(component.port_number),
        **({f"{prefix}/metrics.scheme": component.scheme} if component.scheme != "http" else {}),
        **{f"{prefix}/metrics.{key}": render(value) for key, value in pace.items() if value is not None},
    }
    return _patch(annotations)


def datadog(component: Component, metrics: Sequence[Metric]) -> str:
    """What Datadog's agent scrapes by its check `openmetrics`. PromQL never sees that."""
    instance = {
        "openmetrics_endpoint": f"{component.scheme}://%%host%%:{component.port_number}{component.path}",
        "namespace": component.datadog_namespace,
        "metrics": _metrics(component, metrics),
    }
    checks = json.dumps({"openmetrics": {"instances": [instance]}}, indent=2)
    return _patch({f"ad.datadoghq.com/{component.container}.checks": checks})


def _metrics(component: Component, metrics: Sequence[Metric]) -> Sequence[str]:
    """What is kept, else what the catalogs list, else all. The agent names counters without `_total`."""
    listed = (metric.name.removesuffix(_COUNTERS) for metric in metrics if metric.status != "removed")
    return component.keep or tuple(dict.fromkeys(listed)) or (".+",)


def _patch(annotations: Mapping[str, str]) -> str:
    return yamlout.dump({"spec": {"template": {"metadata": {"annotations": annotations}}}})
