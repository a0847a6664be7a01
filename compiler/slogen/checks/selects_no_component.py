"""A monitor selects nothing of the component that it is called after

## Why
A selector that asks for a label which the pods, or the Service, do not have selects nothing. There is no
error anywhere: no target, no `up`, and every alert on the metrics stays silent. A label of the
Deployment is none of its pods: these have the labels of the template.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: agent-sidecar, namespace: agents}
spec:
  pods: {example.com/agent: }
  ports: {proxy: 8888}
  routes: [pod_monitor]
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: agent-sidecar, namespace: agents}
spec:
  selector:
    matchLabels:
      app.kubernetes.io/managed-by: agent-runtime
#                                   ^^^^^^^^^^^^^
  podMetricsEndpoints: [{port: proxy}]
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Component
metadata: {name: agent-sidecar, namespace: agents}
spec:
  pods: {example.com/agent: }
  ports: {proxy: 8888}
  routes: [pod_monitor]
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: agent-sidecar, namespace: agents}
spec:
  selector:
    matchExpressions: [{key: example.com/agent, operator: Exists}]
  podMetricsEndpoints: [{port: proxy}]
```
"""

from __future__ import annotations

from slogen.components import Component, Labels
from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program
from slogen.scrapejobs import ScrapeObject

CODE = Code("SLO846", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of selectors that miss the component of the same name."""
    for written in program.scrape_objects:
        if written.kind not in ("ServiceMonitor", "PodMonitor") or not written.name:
            continue
        for component in program.components:
            if component.name == written.name and component.namespace == written.namespace:
                _check(written, component, report)


def _check(written: ScrapeObject, component: Component, report: Report) -> None:
    whose, labels, place = _labels(written, component)
    for name, value in written.selector.items() if labels else ():
        has = labels.get(name)
        if name in labels and has in (None, value):
            continue
        at = component.at(place)
        problem = f"no label `{name}`" if name not in labels else f"`{name}: {has}`"
        report.report(
            CODE,
            written.places.get(f"selector.{name}", written.where),
            f"this selects nothing of `{component.name}`: {whose} {problem}",
            also=(Label(at, "its labels"),) if at is not None else (),
            help="select by labels that are there, or add this one to the component",
        )


def _labels(written: ScrapeObject, component: Component) -> tuple[str, Labels, str]:
    if written.kind == "PodMonitor":
        return "its pods have", component.pods, "pods"
    return "its Service has", component.service.labels if component.service is not None else {}, "service"
