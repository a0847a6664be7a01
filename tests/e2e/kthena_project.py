"""A small project about routers of Kthena, each with a team of its own: SLOs, alerts by hand, and routing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from kthena import availability
from receiving import Inbox

from slogen import pipeline
from slogen.source import Source

PROD_BURNS = "KthenaRouterProdAvailabilityBudgetBurn"
BATCH_BURNS = "KthenaRouterBatchAvailabilityBudgetBurn"
DOWN, BUSY, LONG_BUSY = "KthenaServiceDown", "KthenaRouterBusy", "KthenaRouterLongBusy"
TEAMS = ("prod", "batch", "lab", "edge", "spare")

# In two minutes everything happens that takes days otherwise. 30 % of failures are for the ticket alone. In a
# total outage the ticket comes first, here, and waits in its group until the page keeps it quiet.
SETTINGS = """
apiVersion: slogen.dev/v1
kind: Settings
spec:
  intervals: {fast: 1s, slow: 1s, long: 1s}
  alert_windows: compressed
---
apiVersion: slogen.dev/v1
kind: AlertWindows
metadata: {name: compressed}
spec:
  page:
    - {budget: 20, long: 20s, short: 5s}
  ticket:
    - {budget: 25, long: 50s, short: 10s}
"""

LEVELS = """
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: kthena-router-TEAM
  owner: TEAM
  window: 200s
  slos:
    - name: availability
      description: Inference requests get an answer.
      objective: 80
      group_by: [model]
      alerting: {absent: {for: 12s}}
      sli: SLI
"""

RULES = """
groups:
  - name: by-hand
    rules:
      - alert: KthenaServiceDown
        expr: max(up{job="kthena-router-metrics",namespace="edge"}) == 0
        for: 3s
        labels: {severity: critical, service: kthena-router-edge, owner: edge}
        annotations: {summary: The router at the edge is down}
      - alert: KthenaRouterBusy
        expr: kthena_router_active_requests{namespace="lab"} > 100
        labels: {severity: warning, service: kthena-router-lab, owner: lab}
        annotations: {summary: 'The router works on {{ $value }} requests'}
      - alert: KthenaRouterLongBusy
        expr: kthena_router_active_requests{namespace="batch"} > 100
        for: 30s
        labels: {severity: warning, service: kthena-router-batch, owner: batch}
        annotations: {summary: The router has been busy for half a minute}
"""

ROUTING = """
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: kthena}
spec:
  fallback: sre
  defaults: {group_by: [alertname, service, slo], group_wait: 1s, group_interval: 2s, repeat_interval: 1h}
  severities: {page: [critical], ticket: [warning]}
  time_intervals:
    rest: REST
  owners:
    sre: {page: sre-pager, ticket: sre-tickets}
    prod: {page: prod-pager, ticket: {receiver: prod-tickets, group_wait: 10s}}
    batch: {page: batch-pager, ticket: batch-tickets}
    lab: {page: lab-pager, ticket: {receiver: lab-tickets, mute: [rest]}}
    edge: {page: edge-pager, ticket: edge-tickets, escalation: {to: sre, after: ESCALATIONs}}
    spare: {page: spare-pager, ticket: spare-tickets}
  receivers:
"""

ESCALATION = 12
GROUP_WAIT, GROUP_INTERVAL = 1, 2


def rest_until(end: datetime) -> Sequence[Mapping[str, object]]:
    """A time interval that ends at a full minute and began an hour or more before."""
    minute = end.hour * 60 + end.minute or 1440
    times = [{"start_time": _clock(max(minute - 60, 0)), "end_time": _clock(minute)}]
    if minute < 60:
        times.append({"start_time": "23:00", "end_time": "24:00"})
    return [{"times": times}]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def compiled(folder: Path, inbox: Inbox, rest: Sequence[Mapping[str, object]]) -> pipeline.Result:
    """The project, its files written to a folder."""
    (folder / "slack").write_text(inbox.url("/slack"), encoding="utf-8")
    receivers: dict[str, dict[str, object]] = {
        f"{team}-{kind}": {"webhook": {"url": inbox.url(f"/{team}-{kind}")}}
        for team in ("sre", *TEAMS)
        for kind in ("pager", "tickets")
    }
    receivers["prod-pager"]["slack"] = {"channel": "#pages", "api_url": {"file": str(folder / "slack")}}
    routing = (
        ROUTING.replace("REST", json.dumps(rest)).replace("ESCALATION", str(ESCALATION)).rstrip()
        + f" {json.dumps(receivers)}\n"
    )
    levels = (LEVELS.replace("TEAM", team).replace("SLI", json.dumps(availability(team))) for team in TEAMS)
    sources = [
        Source("slos/settings.yaml", SETTINGS),
        Source("slos/kthena.yaml", "---".join(levels)),
        Source("slos/routing.yaml", routing),
        Source("rules/kthena.yaml", RULES),
    ]
    result = pipeline.compile(sources)
    assert not result.report.failed, [
        f"{found.at} {found.code.id} {found.message}" for found in result.report
    ]
    for file in result.files:
        path = folder / "out" / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return result
