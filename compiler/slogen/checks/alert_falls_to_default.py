"""An alert that no route takes

## Why
What no route takes goes to the receiver of the root. That is well for what nobody expects; but where the
routes tell teams apart and do not know the team of an alert, where they page for another `severity` than that
of the page, or where the default tells nobody, the alert reaches people who cannot help, too late, or nobody.
This is about configurations that are written by hand: a Routing document knows the team of every alert.

An alert that ends with the default receiver is not told of by itself: that is what the default is for.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  labels: {team: paymnets}
#                ^^^^^^^^
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'checkout_errors_total', total: 'checkout_requests_total'}}
---
route:
  receiver: everyone
  routes:
    - matchers: ['team="payments"']
      receiver: payments
    - matchers: ['team="search"']
      receiver: search
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
  - name: payments
    webhook_configs: [{url: 'http://bridge.example.com/payments'}]
  - name: search
    webhook_configs: [{url: 'http://bridge.example.com/search'}]
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  labels: {team: payments}
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'checkout_errors_total', total: 'checkout_requests_total'}}
---
route:
  receiver: everyone
  routes:
    - matchers: ['team="payments"']
      receiver: payments
    - matchers: ['team="search"']
      receiver: search
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
  - name: payments
    webhook_configs: [{url: 'http://bridge.example.com/payments'}]
  - name: search
    webhook_configs: [{url: 'http://bridge.example.com/search'}]
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program

if TYPE_CHECKING:
    from slogen.routing.proving.default_receiver import Fallen
    from slogen.routing.proving.ownership import Cause

CODE = Code("SLO526", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of alerts that end with the default receiver and should probably not."""
    if not program.notifying.written:
        return
    from slogen.routing.proving.default_receiver import Reason, fallen  # noqa: PLC0415 - as above
    from slogen.routing.proving.ownership import causes_of_missing, causes_of_values  # noqa: PLC0415 - not without

    for one in fallen(program):
        if one.reason is Reason.NOBODY:
            _report_nobody(one, report)
        elif one.reason is Reason.MISSING:
            for cause in causes_of_missing(one.alerts, one.label, program):
                _report_missing(one, cause, report)
        elif one.reason is not Reason.ELSEWHERE:
            for cause in causes_of_values(one.alerts, one.label, one.asked, program):
                _report_value(one, cause, is_page=one.reason is Reason.URGENCY, report=report)


def _report_nobody(one: Fallen, report: Report) -> None:
    from slogen.routing.proving.ownership import are_several, names_of  # noqa: PLC0415 - as above
    from slogen.routing.proving.places import place_of  # noqa: PLC0415 - as above

    at = one.route.at("receiver")
    if at is None:
        return
    several = are_several(one.alerts)
    report.report(
        CODE,
        at,
        f"{names_of(one.alerts)} {'reach' if several else 'reaches'} nobody: no route takes "
        f"{'them' if several else 'it'}, and `{one.receiver}` tells nobody",
        also=[Label(place_of(one.alerts[0]), "the first of them" if several else "the alert")],
        help="add a route for them, or give this receiver somebody to tell",
    )


def _report_missing(one: Fallen, cause: Cause, report: Report) -> None:
    verb = "have" if cause.are_several else "has"
    report.report(
        CODE,
        cause.at,
        f"{cause.whose} {verb} no `{one.label}`, by which the routes choose: the default `{one.receiver}` "
        "is told",
        also=_default(one),
        help=f"give it the label `{one.label}`, such as `{one.asked[0]}`, or a route of its own",
    )


def _report_value(one: Fallen, cause: Cause, *, is_page: bool, report: Report) -> None:
    asked = " or ".join(f"`{value}`" for value in one.asked[:3])
    what = "no route that pages takes" if is_page else "no route takes"
    meant = f"did you mean `{cause.meant}`?" if cause.meant else ""
    report.report(
        CODE,
        cause.at,
        f'{what} {cause.whose} with `{one.label}="{cause.value}"`: `{one.receiver}` is told',
        also=_default(one),
        help=meant or f"routes ask for {asked}: add one for `{cause.value}`",
    )


def _default(one: Fallen) -> list[Label]:
    at = one.route.at("receiver")
    return [] if at is None else [Label(at, "where it ends")]
