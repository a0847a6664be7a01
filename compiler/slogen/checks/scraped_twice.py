"""A component is scraped twice

## Why
Each way of scraping has labels of its own, so what comes by two of them is two sets of series: sums are
twice as high, and alerts fire twice. Ratios stay right by luck. Where one collector follows the annotations
of pods and another one the ServiceMonitor, every chart that declares both does this.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: shop, namespace: shop}
spec:
  service: {name: shop, labels: {app: shop}}
  ports: {http-metrics: 9090}
  routes: [service_monitor, prometheus_annotations]
#                           ^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: shop, namespace: shop}
spec:
  service: {name: shop, labels: {app: shop}}
  ports: {http-metrics: 9090}
  routes: [service_monitor]
  alternatives: [prometheus_annotations]
```
"""

from __future__ import annotations

from slogen.components import Component, Labels, Route
from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program
from slogen.scrapejobs import ScrapeObject

CODE = Code("SLO840", "warning", __doc__)
_MONITORS = {"ServiceMonitor": Route.SERVICE_MONITOR, "PodMonitor": Route.POD_MONITOR}


def check_program(program: Program, report: Report) -> None:
    """Warn of components with several ways in use, of two for one target, and of objects beside them."""
    first: dict[object, Component] = {}
    for component in program.components:
        _check_routes(component, report)
        if component.scraping and component.pods and component.namespace:
            other = first.setdefault(_targets(component), component)
            if other is not component:
                _report_component(component, other, report)
        for written in program.scrape_objects:
            if component.scraping and _scrapes_too(written, component):
                _report_object(written, component, report)


def _check_routes(component: Component, report: Report) -> None:
    first, *others = component.scraping or (None,)
    for route in others:
        at = component.at(f"routes.{component.routes.index(route)}")
        if at is None or first is None:
            continue
        other = component.at(f"routes.{component.routes.index(first)}")
        report.report(
            CODE,
            at,
            f"`{route}` scrapes what `{first}` scrapes: where both are followed, everything counts twice",
            also=(Label(other, "the first way"),) if other is not None else (),
            help="move it to `alternatives`: it is still written, and is not in use",
        )


def _targets(component: Component) -> object:
    """What tells the targets of a component from those of others."""
    labels = tuple(sorted((name, value or "") for name, value in component.select.items()))
    return component.namespace, component.pod_namespaces, labels, component.port_number, component.path


def _report_component(component: Component, other: Component, report: Report) -> None:
    assert component.where is not None
    report.report(
        CODE,
        component.where,
        f"this scrapes the pods and the port of the component `{other.name}`: everything counts twice",
        also=(Label(other.where, "the other component"),) if other.where is not None else (),
        help="make them one component; `catalog:` takes a list",
    )


def _scrapes_too(written: ScrapeObject, component: Component) -> bool:
    if written.kind not in _MONITORS or not written.selector or written.has_expressions:
        return False
    is_itself = (written.name, written.namespace) == (component.name, component.namespace)
    if is_itself and _MONITORS[written.kind] in component.routes:
        return False
    ports = (component.port, str(component.port_number))
    labels = _labels(written, component)
    return (
        _is_there(written, component)
        and any(job.port in ports for job in written.jobs)
        and all(labels.get(name) == value for name, value in written.selector.items())
    )


def _labels(written: ScrapeObject, component: Component) -> Labels:
    if written.kind == "PodMonitor":
        return component.pods
    return component.service.labels if component.service is not None else {}


def _is_there(written: ScrapeObject, component: Component) -> bool:
    """Whether an object selects in a namespace that the component runs in, for certain."""
    if written.in_all_namespaces:
        return True
    selected = written.namespaces or (written.namespace,)
    return any(namespace and namespace in selected for namespace in component.pod_namespaces)


def _report_object(written: ScrapeObject, component: Component, report: Report) -> None:
    way = component.scraping[0]
    at = component.at(f"routes.{component.routes.index(way)}") if way in component.routes else component.where
    report.report(
        CODE,
        written.places.get("name", written.where),
        f"this scrapes the component `{component.name}` once more: everything counts twice",
        also=(Label(at, "the way in use"),) if at is not None else (),
        help=f"delete it: `{way}` of the component is written to out/monitors",
    )
