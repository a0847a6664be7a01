"""Values of Grafana's k8s-monitoring chart that make it collect a component.

Version 2 has a section per collector at the top (`alloy-metrics`), version 4 has them below `collectors`, and
every feature names its own.
Source: https://github.com/grafana/k8s-monitoring-helm, values.yaml and UPGRADING.md of both.
"""

from __future__ import annotations

from typing import Literal

from slogen import yamlout
from slogen.components import Component, Route
from slogen.ir import Settings
from slogen.monitors.alloy import alloy
from slogen.yamlout import Yaml

_COLLECTOR = "alloy-metrics"
_OBJECTS = {
    Route.SERVICE_MONITOR: "serviceMonitors",
    Route.POD_MONITOR: "podMonitors",
    Route.PROBE: "probes",
}
_OVERRIDDEN = {
    "scrape": "prometheus.io/scrape",
    "metricsPath": "prometheus.io/path",
    "metricsPortNumber": "prometheus.io/port",
    "metricsScheme": "prometheus.io/scheme",
}


def chart_values(component: Component, settings: Settings, version: Literal[2, 4]) -> str:
    """The values that collect what the other routes declare; without any, a scrape by Alloy itself."""
    collector: dict[str, Yaml] = {"collector": _COLLECTOR} if version == 4 else {}
    found: dict[str, Yaml] = {}
    kinds = [route for route in component.routes if route in _OBJECTS]
    if kinds:
        selected = {_OBJECTS[route]: _selected(component, settings) for route in kinds}
        found["prometheusOperatorObjects"] = {"enabled": True, **collector, **selected}
    if Route.GRAFANA_ANNOTATIONS in component.routes:
        found["annotationAutodiscovery"] = {"enabled": True, **collector}
    elif Route.PROMETHEUS_ANNOTATIONS in component.routes:
        found["annotationAutodiscovery"] = {"enabled": True, **collector, "annotations": _OVERRIDDEN}
    own: dict[str, Yaml] = {} if found else {"extraConfig": alloy(component)}
    if version == 2:
        found[_COLLECTOR] = {"enabled": True, **own}
    else:
        found["collectors"] = {_COLLECTOR: {"presets": ["clustered", "statefulset"], **own}}
    return yamlout.dump(found)


def _selected(component: Component, settings: Settings) -> Yaml:
    labels = {**settings.manifest_labels, **component.labels}
    return {
        "enabled": True,
        **({"namespaces": [component.namespace]} if component.namespace else {}),
        **({"labelSelectors": labels} if labels else {}),
    }
