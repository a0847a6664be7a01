"""The dashboard of all SLOs, whoever recorded them: it asks the series, not the specs.

So it is the same text in every project, and shows the SLOs of Sloth's users as well.
"""

from __future__ import annotations

from decimal import Decimal

from slogen import names
from slogen.dashboards.service import GREEN, ORANGE, RED
from slogen.dashboards.uids import OVERVIEW, PREFIX
from slogen.panels import Dashboard, Link, Panel, PanelKind, Row, Target, Threshold, Variable

_SERVICE = f'{names.SERVICE_LABEL}=~"$service"'
_SLO = f"{names.SERVICE_LABEL}, {names.SLO_LABEL}"


def overview() -> Dashboard:
    """All SLOs in a table, those without a budget left first, and what fires."""
    return Dashboard(
        name=OVERVIEW,
        title="All SLOs",
        items=(
            *_counts(),
            Row("SLOs"),
            _table(),
            Row("Over time"),
            _over_time("Budget left, lowest of each SLO", "min", names.BUDGET_REMAINING, "percentunit"),
            _over_time("Burn rate, highest of each SLO", "max", names.CURRENT_BURN_RATE, "none"),
            _alerts(),
        ),
        description="What is left of the budgets of all SLOs, and what fires.",
        tags=(names.GENERATOR, "slo"),
        variables=(
            Variable("service", "Service", query=f"label_values({names.OBJECTIVE}, {names.SERVICE_LABEL})"),
        ),
    )


def _of(series: str, more: str = "") -> str:
    return f"{series}{{{_SERVICE}{more}}}"


def _counts() -> tuple[Panel, ...]:
    lowest = f"min by ({_SLO}) ({_of(names.BUDGET_REMAINING)})"
    firing = ', alertstate="firing"'
    return (
        _count("SLOs", f"count({_of(names.OBJECTIVE)}) or vector(0)"),
        _count("Without budget", f"count({lowest} <= 0) or vector(0)", RED),
        _count("Below a quarter of the budget", f"count({lowest} < 0.25) or vector(0)", ORANGE),
        _count("Firing alerts", f"count({_of('ALERTS', firing)}) or vector(0)", RED),
    )


def _count(title: str, query: str, color: str = "") -> Panel:
    steps = (Threshold(None, GREEN), Threshold(Decimal(1), color)) if color else ()
    return Panel(title, PanelKind.STAT, (Target(query, title),), thresholds=steps, width=6, height=4)


def _table() -> Panel:
    return Panel(
        "SLOs",
        PanelKind.TABLE,
        (
            Target(f"max by ({_SLO}) ({_of(names.OBJECTIVE)})", "Objective", "percentunit"),
            Target(f"max by ({_SLO}) ({_of(names.TIME_PERIOD)})", "Days", "none"),
            Target(f"min by ({_SLO}) ({_of(names.BUDGET_REMAINING)})", "Budget left", "percentunit"),
            Target(f"max by ({_SLO}) ({_of(names.CURRENT_BURN_RATE)})", "Burn rate", "none"),
        ),
        description="A service leads to its dashboard.",
        cells=(names.SERVICE_LABEL, Link("Its dashboard", f"/d/{PREFIX}${{__value.raw}}")),
        decimals=3,
        width=24,
        height=12,
    )


def _over_time(title: str, function: str, series: str, unit: str) -> Panel:
    query = f"{function} by ({_SLO}) ({_of(series)})"
    legend = f"{{{{{names.SERVICE_LABEL}}}}} {{{{{names.SLO_LABEL}}}}}"
    return Panel(title, targets=(Target(query, legend),), unit=unit)


def _alerts() -> Panel:
    query = f"max by ({_SLO}, alertname, alertstate, severity) ({_of('ALERTS')})"
    legend = f"{{{{{names.SERVICE_LABEL}}}}} {{{{alertname}}}} {{{{severity}}}} {{{{alertstate}}}}"
    return Panel(
        "Alerts", targets=(Target(query, legend),), unit="none", least=Decimal(0), most=Decimal(1), width=24
    )
