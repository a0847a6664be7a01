"""A ticket that pages

## Why
A ticket says that the error budget will be gone within the month: it waits for the next working day. Told to
the same receivers as the page it wakes people who need not be awake, until they no longer look. In a Routing
document an owner's page and ticket are then the same in everything; in a configuration that is written by
hand, a receiver that wakes people (PagerDuty, Opsgenie and the like) gets both alerts of an SLO, or its
ticket alone.

(That both alerts have one `severity`, so that no route can tell them apart, is SLO460.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: shop
  owners:
    shop: {page: shop-pager, ticket: shop-pager}
#                                    ^^^^^^^^^^
  receivers:
    shop-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  owner: shop
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'shop_errors_total', total: 'shop_requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: slogen}
spec:
  fallback: shop
  owners:
    shop: {page: shop-pager, ticket: shop-tickets}
  receivers:
    shop-pager: {pagerduty: {routing_key: {file: /etc/alertmanager/secrets/pagerduty}}}
    shop-tickets: {webhook: {url: 'http://tickets.example.com/alerts'}}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: shop
  owner: shop
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'shop_errors_total', total: 'shop_requests_total'}}
```
"""

from __future__ import annotations

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program

CODE = Code("SLO529", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of owners whose tickets are told as their pages are, and of tickets that wake people."""
    notifying = program.notifying
    if notifying.routing is not None:
        _report_owners(program, report)
    elif notifying.written:
        _report_receivers(program, report)


def _report_owners(program: Program, report: Report) -> None:
    from slogen.routing.proving.paging_tickets import owners_who_are_always_paged  # noqa: PLC0415 - not without routing

    for owner in owners_who_are_always_paged(program):
        is_stated = owner.ticket.where != owner.page.where
        report.report(
            CODE,
            owner.ticket.where,
            f"the tickets of `{owner.name}` page: they go to `{owner.ticket.receiver}` as its pages do",
            also=[Label(owner.page.where, "the pages")] if is_stated else [],
            help="name another receiver as `ticket`, or give it times at which it is `active`",
        )


def _report_receivers(program: Program, report: Report) -> None:
    from slogen.routing.proving.ownership import names_of  # noqa: PLC0415 - as above
    from slogen.routing.proving.paging_tickets import waking_tickets  # noqa: PLC0415 - as above
    from slogen.routing.proving.places import place_of  # noqa: PLC0415 - as above

    for one in waking_tickets(program):
        several = "tickets" if len({alert.name for alert in one.alerts}) > 1 else "ticket"
        report.report(
            CODE,
            one.at,
            f"the {several} of {names_of(one.alerts)} {'page' if several == 'tickets' else 'pages'}: "
            f"`{one.receiver}` is told by {one.kind}, {one.why}",
            also=[Label(place_of(one.alerts[0]), "whose ticket it is")],
            help="send `severity` of tickets to a receiver that wakes nobody",
        )
