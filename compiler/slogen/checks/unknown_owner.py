"""An owner that no Routing document declares

## Why
The label `owner` of an alert says which team gets it. No route leads to a team that the Routing documents do
not have: the alert would end with the fallback, where nobody knows the service, and nobody of its own team
would hear of it. Mostly the name is misspelt, or the team was renamed or removed.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: ml-ops
  owners:
    ml-ops: {page: ml-ops-pager, ticket: ml-ops-tickets}
  receivers:
    ml-ops-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
    ml-ops-tickets: {webhook: {url: 'http://tickets.example.com/alerts'}}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: kthena
  owner: ml-opz
#        ^^^^^^
  slos:
    - name: availability
      objective: 99.5
      sli: {events: {bad: 'kthena_errors_total', total: 'kthena_requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: ml-ops
  owners:
    ml-ops: {page: ml-ops-pager, ticket: ml-ops-tickets}
  receivers:
    ml-ops-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
    ml-ops-tickets: {webhook: {url: 'http://tickets.example.com/alerts'}}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: kthena
  owner: ml-ops
  slos:
    - name: availability
      objective: 99.5
      sli: {events: {bad: 'kthena_errors_total', total: 'kthena_requests_total'}}
```
"""

from __future__ import annotations

from collections.abc import Sequence

from slogen.diagnostics import Code, Label, Report, quoted
from slogen.ir import Program
from slogen.teams import Routing

CODE = Code("SLO510", "error", __doc__)
_FEW = 6


def check_program(program: Program, report: Report) -> None:
    """Report the owners of alerts that no Routing document declares, each once."""
    routing = program.notifying.routing
    if routing is None:
        return
    from slogen.routing.proving.ownership import unknown_owners  # noqa: PLC0415 - not for projects without routing

    for cause in unknown_owners(program):
        report.report(
            CODE,
            cause.at,
            f"no Routing document declares the owner `{cause.value}` of {cause.whose}"
            f"{cause.elsewhere('named')}",
            also=[Label(at, "named here, too") for at in cause.more[:1]],
            help=_help(cause.meant, routing),
            fixes=cause.fixes,
        )


def _help(meant: str | None, routing: Routing) -> str:
    if meant:
        return f"did you mean `{meant}`?"
    return f"name {_one_of([owner.name for owner in routing.owners])}, or add the team below `owners`"


def _one_of(names: Sequence[str]) -> str:
    return "one of the owners" if len(names) > _FEW else quoted(names, "or")
