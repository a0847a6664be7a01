"""The smallest documents that hold a query: a rule file, an SLO, a catalog of one metric."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

Files = dict[str, str]
"""Texts by their paths. One by the path of a shipped catalog takes its place."""

ROOT = Path(__file__).parents[2]

_ALERT = """\
groups:
  - name: alerts
    rules:
      - alert: Trouble
        expr: |
{expr}
        for: 5m
        annotations:
          summary: something is wrong
"""
_SLO = """\
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: {service}
  slos:
    - name: availability
      objective: {objective}
{more}      sli:
{sli}"""


def alert(system: str, expr: str) -> Files:
    """A rule file of a system with an alert on an expression."""
    text = _ALERT.format(expr=indent(expr, " " * 10))
    return {f"rules/{system}/alerts.yaml": text}


def slo(service: str, sli: str, *, objective: str = "99", more: str = "") -> Files:
    """An SLO of a service with an indicator, and lines in front of it."""
    shown = _SLO.format(
        service=service, objective=objective, more=indent(more, " " * 6), sli=indent(sli, " " * 8)
    )
    return {f"slos/{service}.yaml": shown if shown.endswith("\n") else shown + "\n"}


def events(bad: str, total: str) -> str:
    """An indicator of events."""
    return f"events:\n  bad: '{bad}'\n  total: '{total}'\n"


def query(bad: str, total: str) -> str:
    """An indicator of two queries; `[W]` is the window."""
    return f"query:\n  bad: '{bad}'\n  total: '{total}'\n".replace("[W]", "[{{.window}}]")


def ratio(error: str) -> str:
    """An indicator that is an error ratio; `[W]` is the window."""
    return f"ratio:\n  error: '{error}'\n".replace("[W]", "[{{.window}}]")


def latency(histogram: str, threshold: str, where: str = "") -> str:
    """An indicator of events that are fast enough."""
    chosen = f"\n  where: '{where}'" if where else ""
    return f"latency:\n  histogram: {histogram}\n  threshold: {threshold}{chosen}\n"


def two_slos(service: str, first: str, second: str) -> Files:
    """Two SLOs of a service with one objective."""
    ((path, text),) = slo(service, first).items()
    shown = indent(second, " " * 8)
    return {path: f"{text}    - name: errors\n      objective: 99\n      sli:\n{shown}"}


def settings(spec: str) -> Files:
    """What is said of the surroundings."""
    head = "apiVersion: slogen.dev/v1\nkind: Settings\nspec:\n"
    return {"slos/settings.yaml": head + indent(spec, "  ") + "\n"}


def catalog(spec: str, path: str = "slos/as-deployed.metrics.yaml") -> Files:
    """A catalog beside the shipped ones, or in the place of one of them."""
    name = Path(path).name.partition(".")[0]
    head = f"apiVersion: slogen.dev/v1\nkind: MetricCatalog\nmetadata: {{name: {name}}}\nspec:\n"
    return {path: head + indent(spec, "  ") + "\n"}


def shipped(path: str, old: str, new: str) -> Files:
    """A shipped catalog with another text in one place."""
    text = (ROOT / path).read_text(encoding="utf-8")
    assert old in text
    return {path: text.replace(old, new)}
