"""out/monitors: how the metrics of components are scraped, a file per component and route."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from slogen.catalog import Metric
from slogen.components import Component, Route
from slogen.ir import OutFile, Program, Settings
from slogen.monitors import FOLDER
from slogen.seal import ALLOY, YAML, seal


def emit(program: Program) -> Iterator[OutFile]:
    """The files of each component, in the order of the components and of its routes."""
    if not program.components:
        return
    catalogs = {catalog.component: catalog.metrics for catalog in program.catalogs.all}
    names = Counter(component.name for component in program.components)
    for component in program.components:
        is_alone = names[component.name] == 1 or not component.namespace
        stem = component.name if is_alone else f"{component.namespace}_{component.name}"
        origin = component.where.source.path if component.where is not None else ""
        for route in (*component.routes, *component.alternatives):
            comment = ALLOY if route is Route.ALLOY else YAML
            for suffix, text in _texts(component, route, program.settings, _metrics(component, catalogs)):
                yield OutFile(f"{FOLDER}/{stem}.{suffix}", seal(text, origin, comment))


def _metrics(component: Component, catalogs: Mapping[str, Sequence[Metric]]) -> Sequence[Metric]:
    return [metric for name in component.catalogs for metric in catalogs.get(name, ())]


def _texts(
    component: Component, route: Route, settings: Settings, metrics: Sequence[Metric]
) -> Iterator[tuple[str, str]]:
    """What comes behind the name of a file, and its text."""
    from slogen.monitors import (  # noqa: PLC0415 - many projects have no components
        alloy,
        chart,
        objects,
        podannotations,
        scrape_config,
    )

    if route is Route.SERVICE_MONITOR:
        yield "servicemonitor.yaml", objects.service_monitor(component, settings)
    elif route is Route.POD_MONITOR:
        yield "podmonitor.yaml", objects.pod_monitor(component, settings)
    elif route is Route.PROBE:
        yield "probe.yaml", objects.probe(component, settings)
    elif route is Route.PROMETHEUS_ANNOTATIONS:
        yield "prometheus-annotations.yaml", podannotations.prometheus(component)
    elif route is Route.GRAFANA_ANNOTATIONS:
        yield "grafana-annotations.yaml", podannotations.grafana(component)
    elif route is Route.DATADOG:
        yield "datadog-annotations.yaml", podannotations.datadog(component, metrics)
    elif route is Route.SCRAPE_CONFIG:
        yield "scrape-config.yaml", scrape_config.scrape_config(component)
    elif route is Route.ALLOY:
        yield "alloy", alloy.alloy(component)
    else:
        yield "k8s-monitoring-v2.yaml", chart.chart_values(component, settings, 2)
        yield "k8s-monitoring-v4.yaml", chart.chart_values(component, settings, 4)
