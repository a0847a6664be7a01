"""A job for the configuration of Prometheus, by itself a file for `scrape_config_files`.

Kubernetes gives a target for every port of every container: only the one with the metrics is kept, by the
number that the container declares.
Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slogen import yamlout
from slogen.components import Component
from slogen.durations import render
from slogen.monitors.objects import kept
from slogen.yamlout import Yaml

META = "__meta_kubernetes_pod"


def scrape_config(component: Component) -> str:
    """The job that finds the pods by their labels."""
    job = dict(_job(component))
    job["kubernetes_sd_configs"] = [_discovery(component)]
    job["relabel_configs"] = list(_relabelling(component))
    job.update(_metric_relabelling(component))
    return yamlout.dump({"scrape_configs": [job]})


def static_config(component: Component, targets: Sequence[str], labels: Mapping[str, str]) -> str:
    """The same job for targets whose addresses are known, with labels that they get."""
    job = dict(_job(component))
    job["static_configs"] = [{"targets": list(targets), **({"labels": labels} if labels else {})}]
    job.update(_metric_relabelling(component))
    return yamlout.dump({"scrape_configs": [job]})


def _job(component: Component) -> Iterator[tuple[str, Yaml]]:
    yield "job_name", component.job
    if component.interval is not None:
        yield "scrape_interval", render(component.interval)
    if component.timeout is not None:
        yield "scrape_timeout", render(component.timeout)
    yield "metrics_path", component.path
    if component.scheme != "http":
        yield "scheme", component.scheme
    if component.honor_labels:
        yield "honor_labels", True
    allowed = component.authorization
    if allowed is not None and allowed.file:
        yield "authorization", {"type": allowed.type, "credentials_file": allowed.file}


def _discovery(component: Component) -> Yaml:
    namespaces = component.pod_namespaces
    return {
        "role": "pod",
        **({"namespaces": {"names": list(namespaces)}} if namespaces else {}),
        "selectors": [{"role": "pod", "label": selector(component)}],
    }


def selector(component: Component) -> str:
    """The labels of the pods as Kubernetes' API takes them."""
    return ",".join(name if value is None else f"{name}={value}" for name, value in component.select.items())


def steps(component: Component) -> Iterator[tuple[str, str, str, str]]:
    """What happens to the targets: action, source label, regular expression, label that is written."""
    yield "drop", f"{META}_phase", "Failed|Succeeded", ""
    if not component.container:
        yield "drop", f"{META}_container_init", "true", ""
    else:
        yield "keep", f"{META}_container_name", component.container, ""
    yield "keep", f"{META}_container_port_number", str(component.port_number), ""
    yield "replace", "__meta_kubernetes_namespace", "", "namespace"
    yield "replace", f"{META}_name", "", "pod"
    yield "replace", f"{META}_container_name", "", "container"


def _relabelling(component: Component) -> Iterator[Yaml]:
    for action, source, regex, target in steps(component):
        if action == "replace":
            yield {"source_labels": [source], "target_label": target}
        else:
            yield {"source_labels": [source], "regex": regex, "action": action}


def _metric_relabelling(component: Component) -> dict[str, Yaml]:
    filters = [
        {"source_labels": ["__name__"], "regex": regex, "action": action} for action, regex in kept(component)
    ]
    return {"metric_relabel_configs": filters} if filters else {}
