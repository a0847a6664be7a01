"""ServiceMonitor, PodMonitor and Probe: objects of the Prometheus Operator.

Source: https://prometheus-operator.dev/docs/api-reference/api/.
"""

from __future__ import annotations

from slogen import yamlout
from slogen.components import Component, Labels
from slogen.durations import render
from slogen.ir import Settings
from slogen.yamlout import Yaml


def service_monitor(component: Component, settings: Settings) -> str:
    """A ServiceMonitor that scrapes the one port through the Service."""
    assert component.service is not None
    spec: dict[str, Yaml] = {
        **_namespaces(component),
        "selector": _selector(component.service.select),
        "endpoints": [_endpoint(component)],
    }
    return _object("ServiceMonitor", component, settings, spec)


def pod_monitor(component: Component, settings: Settings) -> str:
    """A PodMonitor that scrapes the one port of the pods."""
    spec: dict[str, Yaml] = {
        **_namespaces(component),
        "selector": _selector(component.select),
        "podMetricsEndpoints": [_endpoint(component)],
    }
    return _object("PodMonitor", component, settings, spec)


def probe(component: Component, settings: Settings) -> str:
    """A Probe: the prober looks at the URLs, and says how it went."""
    probing = component.probing
    assert probing is not None
    spec: dict[str, Yaml] = {
        "jobName": f"probe/{component.namespace}/{component.name}" if component.namespace else component.name,
        "prober": {"url": probing.prober},
        **({"module": probing.module} if probing.module else {}),
        "targets": {"staticConfig": {"static": list(probing.urls)}},
        **_pace(component),
    }
    return _object("Probe", component, settings, spec)


def _object(kind: str, component: Component, settings: Settings, spec: Yaml) -> str:
    labels = {**settings.manifest_labels, **component.labels}
    metadata: dict[str, Yaml] = {
        "name": component.name,
        **({"namespace": component.namespace} if component.namespace else {}),
        **({"labels": labels} if labels else {}),
        **({"annotations": settings.manifest_annotations} if settings.manifest_annotations else {}),
    }
    return yamlout.dump(
        {"apiVersion": "monitoring.coreos.com/v1", "kind": kind, "metadata": metadata, "spec": spec}
    )


def _namespaces(component: Component) -> dict[str, Yaml]:
    """Nothing where the pods run beside the object: that is what it selects by itself."""
    if component.in_all_namespaces:
        return {"namespaceSelector": {"any": True}}
    if component.namespaces and component.namespaces != (component.namespace,):
        return {"namespaceSelector": {"matchNames": list(component.namespaces)}}
    return {}


def _selector(labels: Labels) -> Yaml:
    fixed = {name: value for name, value in labels.items() if value is not None}
    there: Yaml = [{"key": name, "operator": "Exists"} for name, value in labels.items() if value is None]
    return {**({"matchLabels": fixed} if fixed else {}), **({"matchExpressions": there} if there else {})}


def _endpoint(component: Component) -> dict[str, Yaml]:
    found: dict[str, Yaml] = {"port": component.port, "path": component.path}
    if component.scheme != "http":
        found["scheme"] = component.scheme
    found.update(_pace(component))
    if component.honor_labels:
        found["honorLabels"] = True
    allowed = component.authorization
    if allowed is not None and allowed.secret:
        found["authorization"] = {
            "type": allowed.type,
            "credentials": {"name": allowed.secret, "key": allowed.key},
        }
    filters = [
        {"sourceLabels": ["__name__"], "regex": regex, "action": action} for action, regex in kept(component)
    ]
    if filters:
        found["metricRelabelings"] = filters
    return found


def _pace(component: Component) -> dict[str, Yaml]:
    interval = {"interval": render(component.interval)} if component.interval is not None else {}
    timeout = {"scrapeTimeout": render(component.timeout)} if component.timeout is not None else {}
    return {**interval, **timeout}


def kept(component: Component) -> list[tuple[str, str]]:
    """What is kept and dropped of the metrics: actions, and regular expressions of their names."""
    steps = [("keep", component.keeps), ("drop", component.drops)]
    return [(action, regex) for action, regex in steps if regex]
