"""`jobLabel` is the name of a job, not of a label

## Why
`jobLabel` names a label of the Service, or of the pod, whose value becomes the label `job`. Where there is no
such label, the name of the Service does, silently: `jobLabel: shop` gives no job `shop`, and what selects
`job="shop"` finds nothing as soon as the Service is called otherwise.

## Wrong
```yaml
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: shop}
spec:
  jobLabel: shop
#           ^^^^
  selector: {matchLabels: {app.kubernetes.io/name: shop}}
  endpoints: [{port: http-metrics}]
```

## Right
```yaml
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: shop}
spec:
  jobLabel: app.kubernetes.io/name
  selector: {matchLabels: {app.kubernetes.io/name: shop}}
  endpoints: [{port: http-metrics}]
```
"""

from __future__ import annotations

import re

from slogen.diagnostics import Code, Report
from slogen.ir import Program
from slogen.scrapejobs import ScrapeObject

CODE = Code("SLO843", "warning", __doc__)
_KEY = re.compile(r"(?:[a-z0-9.-]+/)?[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?")
_FILLED_IN = re.compile(r"\{\{|\$\{")


def check_program(program: Program, report: Report) -> None:
    """Warn of values in the place of a label's name."""
    for written in program.scrape_objects:
        if written.job_label and "jobLabel" in written.places and _is_no_label(written):
            by_value = [key for key, value in written.selector.items() if value == written.job_label]
            report.report(
                CODE,
                written.places["jobLabel"],
                f"`{written.job_label}` is no label of what is scraped, whose value would be the job",
                help=f"write `{by_value[0]}`, whose value this is"
                if by_value
                else "write the name of a label, or delete the line: the job is called after the Service",
            )


def _is_no_label(written: ScrapeObject) -> bool:
    name = written.job_label
    if name in written.selector or name in written.labels:
        return False
    if _FILLED_IN.search(name):
        return "Release.Name" in name
    values = (written.name, *written.selector.values(), *written.labels.values())
    return name in values or not _KEY.fullmatch(name)
