"""Every port of every pod is scraped

## Why
With `role: pod` Kubernetes names a target for every port that the containers of a pod declare, those of
sidecars and of init containers included, and for containers without ports one that answers nothing. Where
nothing chooses among them, a pod is several targets: most are down, and what two ports serve counts twice.

## Wrong
```yaml
scrape_configs:
  - job_name: vllm
    kubernetes_sd_configs:
      - role: pod
#             ^^^
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_label_app]
        regex: vllm
        action: keep
```

## Right
```yaml
scrape_configs:
  - job_name: vllm
    kubernetes_sd_configs:
      - role: pod
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_label_app]
        regex: vllm
        action: keep
      - source_labels: [__meta_kubernetes_pod_container_port_number]
        regex: '8000'
        action: keep
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Report
from slogen.ir import Program
from slogen.scrapejobs import Relabelling, ScrapeJob

CODE = Code("SLO845", "warning", __doc__)
_CHOOSING = ("container", "_port", "__address__")
"""Parts of the names of labels by which a target is chosen, or its address is made."""


def check_program(program: Program, report: Report) -> None:
    """Warn of jobs that keep pods, whatever their ports."""
    for written in program.scrape_objects:
        for job in written.jobs:
            if job.roles and set(job.roles) == {"pod"} and "role" in job.places and _keeps_all_ports(job):
                report.report(
                    CODE,
                    job.places["role"],
                    "every port of the pods is a target: nothing here chooses the one with the metrics",
                    help="keep it by `__meta_kubernetes_pod_container_port_number` or by its `_name`",
                )


def _keeps_all_ports(job: ScrapeJob) -> bool:
    return any(step.action == "keep" for step in job.relabellings) and not any(
        map(_is_about_ports, job.relabellings)
    )


def _is_about_ports(step: Relabelling) -> bool:
    if step.action in ("labelmap", "labeldrop", "labelkeep"):
        return False
    is_chosen = step.action != "replace" or step.target_label == "__address__"
    names = (*step.source_labels, step.target_label or "")
    return is_chosen and any(part in name for part in _CHOOSING for name in names)
