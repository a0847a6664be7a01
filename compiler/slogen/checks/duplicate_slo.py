"""Two SLOs with one identity

## Why
Service and name together identify an SLO in every recorded series (`sloth_id`). Two with the same identity
would write into each other's series, and Prometheus would drop one of the two at each evaluation. `a-b` + `c`
and `a` + `b-c` are the same identity.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
    - name: availability
#           ^^^^^^^^^^^^
      objective: 99.5
      sli: {events: {bad: 'timeouts_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
    - name: timeouts
      objective: 99.5
      sli: {events: {bad: 'timeouts_total', total: 'requests_total'}}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program, Slo

CODE = Code("SLO202", "error", __doc__, firm=True)


def check_program(program: Program, report: Report) -> None:
    """Report every SLO whose identity an earlier one has."""
    first: dict[str, Slo] = {}
    for slo in program.slos:
        other = first.setdefault(slo.id, slo)
        if other is slo:
            continue
        same = (other.service, other.name) == (slo.service, slo.name)
        what = f"`{slo.service}/{slo.name}`"
        message = f"{what} is declared twice" if same else f"{what} has the same identity as another SLO"
        label = "first declared here" if same else f"`{other.service}/{other.name}` is `{slo.id}` as well"
        report.report(
            CODE,
            slo.where["name"],
            message,
            also=(Label(other.where["name"], label),),
            help="rename one of the two, or delete it",
        )
