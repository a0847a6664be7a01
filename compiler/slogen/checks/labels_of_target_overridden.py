"""A scrape lets the metrics say who they are from

## Why
With `honorLabels: true` labels of the metrics win over those of the target: whoever writes the program can
claim any `job`, `instance` or `namespace`. `up` and the other series of the scrape keep those of the target,
so the two no longer belong together. It is right for programs that speak for others, such as
kube-state-metrics, a Pushgateway or a federated Prometheus, and for nothing else.

## Wrong
```yaml
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  endpoints:
    - port: http-metrics
      honorLabels: true
#                  ^^^^
```

## Right
```yaml
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  endpoints:
    - port: http-metrics
```
"""

from __future__ import annotations

import re

from slogen.diagnostics import Code, Report
from slogen.ir import Program
from slogen.scrapejobs import ScrapeJob, ScrapeObject

CODE = Code("SLO844", "warning", __doc__)
_FOR_OTHERS = re.compile(
    r"""kube-?state|ksm|kubelet|cadvisor|push-?gateway|federat|exporter|collector|otel|opentelemetry|telegraf
    |alloy|agent|statsd|graphite|gateway|ingress|proxy|envoy|istio|mesh|linkerd|cilium|hubble|controller|operator
    |prometheus|thanos|mimir|cortex|victoria|^vm|apiserver|scheduler|keda|opencost|kubecost|adapter|bridge|cloud
    |node|monitor|metrics-server|karpenter|argo|flux|velero|postgres|redis|kafka|rabbit|mysql|mongo|elastic""",
    re.VERBOSE | re.IGNORECASE,
)
"""Names of programs that export what they know of others, or through which others export."""


def check_program(program: Program, report: Report) -> None:
    """Warn of scrapes of programs that most likely speak for themselves."""
    for written in program.scrape_objects:
        for job in written.jobs:
            if job.honor_labels and "honorLabels" in job.places and not _speaks_for_others(written, job):
                report.report(
                    CODE,
                    job.places["honorLabels"],
                    "labels of the metrics override `job`, `instance` and `namespace` of the target",
                    help="delete the line, unless the program exports for others: then allow this finding",
                )


def _speaks_for_others(written: ScrapeObject, job: ScrapeJob) -> bool:
    words = (written.name, job.name, job.path, *written.selector.values(), *written.labels.values())
    # Of Prometheus itself only what it calls its objects by: most of them are labelled for its operator.
    ours = (
        word for word in words if word not in written.labels.values() or word in written.selector.values()
    )
    return job.path != "/metrics" or any(_FOR_OTHERS.search(word) for word in ours)
