"""An inhibition that hides a page

## Why
What is inhibited is told to nobody while the other alert fires. A warning must not silence a page: the outage
grows, and the pager stays quiet because somebody has a ticket. Nor may the outage of one service, or of one
cluster, silence the pages of all others: `equal` has to name what keeps them apart. Labels that both alerts
lack count as equal, too.

## Wrong
```yaml
route:
  receiver: everyone
inhibit_rules:
  - source_matchers: ['severity="warning"']
    target_matchers: ['severity="critical"']
#                     ^^^^^^^^^^^^^^^^^^^^^
    equal: [alertname, cluster]
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
```

## Right
```yaml
route:
  receiver: everyone
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [alertname, cluster]
receivers:
  - name: everyone
    webhook_configs: [{url: 'http://bridge.example.com/everyone'}]
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program

if TYPE_CHECKING:
    from slogen.routing.proving.hidden_pages import Hidden

CODE = Code("SLO528", "warning", __doc__)


def check_program(program: Program, report: Report) -> None:
    """Warn of rules of inhibition by which a page is not told."""
    notifying = program.notifying
    if notifying.configuration is None and not notifying.written:
        return
    from slogen.routing.proving.hidden_pages import hidden_pages  # noqa: PLC0415 - not for projects without routing

    for hidden in hidden_pages(program):
        _report(hidden, report)


def _report(hidden: Hidden, report: Report) -> None:
    rule = hidden.rule
    at = rule.at("target_matchers")
    if at is None:
        return
    if hidden.calm is not None:
        place = rule.at("source_matchers")
        report.report(
            CODE,
            at,
            f"what is less urgent hides what is more urgent: `{hidden.urgent}` is silent while"
            f" `{hidden.calm}` fires",
            also=() if place is None or place == at else (Label(place, "the less urgent one"),),
            help="swap source and target",
        )
        return
    if hidden.source is None or hidden.target is None:
        return
    why = "`equal` is missing" if not rule.equal else "neither has a label that must be equal"
    report.report(
        CODE,
        at,
        f"`{hidden.source.name}` of one `{hidden.label}` hides the page `{hidden.target.name}` of another:"
        f" {why}",
        help=f"write `equal: [{hidden.label}]`",
    )
