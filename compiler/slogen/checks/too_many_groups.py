"""There are more groups than the ruler takes of a tenant

## Why
Mimir and Cortex bound the groups of a tenant; what is uploaded after that is refused, so the last SLOs have
no alerts. In Mimir the limit is 70 unless `ruler.max-rule-groups-per-tenant` says otherwise, and slogen
makes three groups of an SLO. All rules of a project are taken for those of one tenant.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  ruler: {kind: mimir, max_groups: 2}
#                                  ^
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  ruler: {kind: mimir, max_groups: 200}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
"""

from __future__ import annotations

from slogen import rulers
from slogen.diagnostics import Code, Report
from slogen.ir import Program

CODE = Code("SLO802", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report, at the settings, more groups in all rule sets than the ruler takes."""
    ruler = program.settings.ruler
    most = rulers.most_groups(ruler)
    if most is None or ruler.where is None:
        return
    count = sum(len(rules.groups) for rules in program.rule_sets)
    if count <= most:
        return
    of_slos = sum(len(rules.groups) for rules in program.rule_sets if rules.slos)
    slos = len(program.slos)
    part = f", {of_slos} of them for {slos} {'SLO' if slos == 1 else 'SLOs'}" if of_slos else ""
    report.report(
        CODE,
        ruler.where["max_groups" if "max_groups" in ruler.where else "kind"],
        f"there are {count} groups{part}, and {rulers.NAMES[ruler.kind]} takes {most} of a tenant",
        help="raise the limit (`ruler.max-rule-groups-per-tenant`) and state it here as `max_groups`, or "
        "spread the rules over tenants",
    )
