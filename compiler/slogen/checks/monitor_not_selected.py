"""A monitor has another label than the ones its operator selects

## Why
The operator loads those ServiceMonitor, PodMonitor and Probe objects whose labels fit the selectors of its
Prometheus, `release` in most installations, and ignores all others without a word. The labels that all
generated objects get, `manifest.labels` in Settings, say what it selects. An object with another value, or
without the label where others have it, has no targets, and alerts on its metrics stay silent.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  manifest: {labels: {release: prometheus}}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: shop
  labels: {release: prom}
#                   ^^^^
spec:
  selector: {matchLabels: {app: shop}}
  endpoints: [{port: http-metrics}]
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  manifest: {labels: {release: prometheus}}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: shop
  labels: {release: prometheus}
spec:
  selector: {matchLabels: {app: shop}}
  endpoints: [{port: http-metrics}]
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO841", "warning", __doc__)
_SELECTED_BY = ("release", "prometheus", "role")
"""The labels that the usual operators select by."""


def check_program(program: Program, report: Report) -> None:
    """Warn of hand-written objects whose labels differ from those that Settings give to all others."""
    written = [one for one in program.scrape_objects if one.is_of_operator]
    for name in _SELECTED_BY:
        asked = program.settings.manifest_labels.get(name)
        if asked is None:
            continue
        # Without a label an object may be meant to be selected by another one, unless others have it.
        is_habit = any(one.labels.get(name) == asked for one in written)
        for one in written:
            has = one.labels.get(name)
            if has == asked or (has is None and not is_habit):
                continue
            report.report(
                CODE,
                one.places.get(f"labels.{name}", one.places.get("name", one.where)),
                f"the object has `{name}: {has}`, and the operator selects `{name}: {asked}`"
                if has is not None
                else f"the object has no label `{name}`, and the operator selects `{name}: {asked}`",
                help=f"write `{asked}`" if has is not None else f"add `labels: {{{name}: {asked}}}`",
            )
