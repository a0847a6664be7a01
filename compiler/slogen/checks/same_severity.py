"""The page and the ticket are routed alike

## Why
The page says that the error budget is gone within days, the ticket that it is gone within the month. If
both have the same `severity` and nothing else tells them apart, the routes of Alertmanager send both to the
same receiver: tickets wake people at night, or pages wait in a chat. In a Sloth spec this happens when
labels stand under `alerting` only, as both alerts get them.

## Wrong
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    alerting:
      name: CheckoutBurns
      labels: {severity: critical}
#             ^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total[{{.window}}]))
    alerting:
      name: CheckoutBurns
      page_alert: {labels: {severity: critical}}
      ticket_alert: {labels: {severity: warning}}
```
"""

from __future__ import annotations

from slogen import names
from slogen.diagnostics import Code, Report
from slogen.ir import Alert, Labels, Program, Settings, Slo, Urgency
from slogen.source import Span

CODE = Code("SLO460", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Report the SLOs whose page and ticket have one `severity`, and no other label that differs."""
    for slo in program.slos:
        shared = _shared_severity(slo)
        if shared:
            _report(slo, shared, program.settings, report)


def _shared_severity(slo: Slo) -> str:
    """The severity of a page and a ticket that are alike; empty if there is none, or other labels differ."""
    pages = [alert for alert in slo.alerts if alert.urgency is Urgency.PAGE]
    for ticket in slo.alerts:
        if ticket.urgency is Urgency.TICKET:
            for page in pages:
                if page.name == ticket.name and _routing(page) == _routing(ticket):
                    return page.labels.get(names.SEVERITY, "")
    return ""


def _routing(alert: Alert) -> Labels:
    return {name: value for name, value in alert.labels.items() if name != names.SEVERITY_LABEL}


def _report(slo: Slo, severity: str, settings: Settings, report: Report) -> None:
    at = _place(slo, settings)
    report.report(
        CODE,
        at,
        f"the page and the ticket have the same `severity`, `{severity}`, and nothing else tells them apart",
        help=_help(slo),
    )


def _place(slo: Slo, settings: Settings) -> Span:
    """Where the severity of the ticket comes from."""
    written = ("alerting.ticket.severity", "alerting.ticket", "alerting.labels", "alerting.page")
    part = next((part for part in written if part in slo.where), None)
    if part:
        return slo.where[part]
    is_default = settings.page_severity == settings.ticket_severity and slo.compat is None
    if is_default and settings.where is not None and "severities" in settings.where:
        return settings.where["severities"]
    return slo.where["labels" if names.SEVERITY in slo.labels else "alerting"]


def _help(slo: Slo) -> str:
    if slo.spec.startswith("prometheus/"):
        return (
            "write a `severity` for each, below `page_alert: {labels: ...}` and `ticket_alert: {labels: ...}`"
        )
    if slo.spec.startswith("sloth."):
        return (
            "write a `severity` for each, below `pageAlert: {labels: ...}` and `ticketAlert: {labels: ...}`"
        )
    return "give the ticket a `severity` that does not page"
