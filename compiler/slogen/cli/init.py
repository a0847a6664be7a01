"""`slogen init`: a small project that compiles, on metrics that every Prometheus has."""

from __future__ import annotations

from pathlib import Path

import click

from slogen.cli.commands import CommandFailed
from slogen.cli.schema import schema_text

SCHEMA = ".slogen/schema.json"

_SETTINGS = """\
# yaml-language-server: $schema=../.slogen/schema.json
#
# Defaults of the whole project; a spec may say otherwise for itself.
apiVersion: slogen.dev/v1
kind: Settings
spec:
  window: 30d # the period that an error budget is for
  owner: sre # the label `owner` of every alert: who is called
  # runbook: https://runbooks.example.com/{service}/{slo}
  # dashboard: https://grafana.example.com/d/slogen-{service}?var-slo={slo}
  severities: {page: critical, ticket: warning, absent: warning}
  manifest: # of the PrometheusRule objects: your Prometheus selects them by namespace and labels
    namespace: monitoring
    labels: {release: prometheus}
"""

_SLOS = """\
# yaml-language-server: $schema=../.slogen/schema.json
#
# Two SLOs of the HTTP API of Prometheus itself. Copy this file for a service of yours.
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata:
  name: prometheus
spec:
  service: prometheus
  slos:
    - name: api-availability
      description: Requests to the HTTP API that do not fail on the side of the server
      objective: 99.9 # percent of the requests
      sli:
        events: # counters: `bad` or `good` events, and `total`
          bad: prometheus_http_requests_total{job="prometheus", code=~"5.."}
          total: prometheus_http_requests_total{job="prometheus"}

    - name: query-latency
      description: Queries that are answered within 400 milliseconds
      objective: 99
      sli:
        latency: # the share of events that are slower than the threshold
          histogram: prometheus_http_request_duration_seconds # the name without _bucket
          threshold: 400ms # must be a bucket: here 100ms, 200ms, 400ms, 1s, 3s, 8s, 20s, 1m, 2m
          where: '{job="prometheus", handler=~"/api/v1/query(_range)?"}'
"""

_RULES = """\
# yaml-language-server: $schema=https://json.schemastore.org/prometheus.rules.json
#
# Hand-written rules, in the format of Prometheus' own rule files. slogen checks them together with the
# generated ones and puts them into out/ beside them.
groups:
  - name: prometheus-presence
    rules:
      - alert: PrometheusMissing
        # A target that is gone from service discovery has no `up` that could be 0.
        expr: absent(up{job="prometheus"} == 1)
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: No Prometheus is up
          description: No target of the job "prometheus" has been scraped successfully for 5 minutes.
"""

_ROUTING = """\
# yaml-language-server: $schema=../.slogen/schema.json
#
# Who gets the alerts: the owner of an SLO or a rule is a team below `owners`. Without this file slogen writes
# no configuration of Alertmanager.
apiVersion: slogen.dev/v1
kind: Routing
spec:
  owners:
    sre:
      page: sre-pager # wakes somebody
      ticket: sre-tickets # can wait for working hours
  receivers: # secrets stay elsewhere: in a key of a Kubernetes Secret, or in a file, `{file: PATH}`
    sre-pager:
      pagerduty: {routing_key: {secret: alertmanager, key: pagerduty}}
    sre-tickets:
      slack: {channel: '#sre-tickets', api_url: {secret: alertmanager, key: slack}}
"""

FILES = {
    "slos/settings.yaml": _SETTINGS,
    "slos/routing.yaml": _ROUTING,
    "slos/prometheus.yaml": _SLOS,
    "rules/presence.yaml": _RULES,
}
"""What a new project consists of, besides the schema."""


@click.command(short_help="Start a project: settings, a team, SLOs and an alert to copy.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Write a small project that works into DIR, or into the current folder.

    DIR must be empty, but for files whose names start with a dot. Nothing is ever overwritten.
    """
    _refuse_unless_empty(folder)
    files = {**FILES, SCHEMA: schema_text()}
    written: list[Path] = []
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(text)
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    _say_what_is_next(folder, list(files))
    return 0


def _refuse_unless_empty(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise CommandFailed(f"{folder} is not a folder")
    there = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if there:
        names = ", ".join(there[:3]) + (" and more" if len(there) > 3 else "")
        raise CommandFailed(f"{folder} is not empty: it has {names}; name an empty folder or a new one")
    if (folder / SCHEMA).exists():
        raise CommandFailed(f"{folder / SCHEMA} exists already")


def _say_what_is_next(folder: Path, names: list[str]) -> None:
    click.echo("\n".join(f"wrote {folder / name}" for name in names))
    steps = [
        ("slogen check", "say what is wrong with the specs and rules"),
        ("slogen build", "write the rules into out/"),
        ("slogen catalog import", "from a scrape, say what a service exports: queries are judged by it"),
        ("slogen build --check", "in CI: fail when out/ is stale"),
    ]
    if str(folder) != ".":
        steps.insert(0, (f"cd {folder}", "everything works from there without arguments"))
    click.echo("\nNext:")
    for call, meaning in steps:
        click.echo(f"  {call:22}  {meaning}")
