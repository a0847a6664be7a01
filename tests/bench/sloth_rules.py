"""The rules that Sloth generates for an SLO on two event queries, as data for a rule file.

The shapes follow Sloth v0.16 with its default windows: one group that records the error ratio over seven
windows and the period, one group of metadata, one group with the page and the ticket alert.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

import yaml

HOURS_PER_DAY = 24
SHORTEST = "5m"
RATE_WINDOWS = (SHORTEST, "30m", "1h", "2h", "6h", "1d", "3d")
WINDOW_PLACEHOLDER = "{{.window}}"

# (percent of the period's budget, long window, its hours, short window)
PAGE_TIERS = ((2.0, "1h", 1, "5m"), (5.0, "6h", 6, "30m"))
TICKET_TIERS = ((10.0, "1d", 24, "2h"), (10.0, "3d", 72, "6h"))


def sloth_groups(
    service: str,
    slo: str,
    objective: float,
    error_query: str,
    total_query: str,
    *,
    period_days: int = 30,
) -> list[dict[str, Any]]:
    """The three rule groups of one SLO; the queries hold `{{.window}}` where the range belongs.

    `objective` is in percent. The groups carry no interval: they run at the server's.
    """
    identity = {"sloth_id": f"{service}-{slo}", "sloth_service": service, "sloth_slo": slo}
    name = identity["sloth_id"]
    period = _period_text(period_days)
    return [
        {
            "name": f"sloth-slo-sli-recordings-{name}",
            "rules": _ratio_rules(identity, error_query, total_query, period),
        },
        {
            "name": f"sloth-slo-meta-recordings-{name}",
            "rules": _meta_rules(identity, objective, period_days, period),
        },
        {
            "name": f"sloth-slo-alerts-{name}",
            "rules": [
                _alert(identity, "page", PAGE_TIERS, objective, period_days),
                _alert(identity, "ticket", TICKET_TIERS, objective, period_days),
            ],
        },
    ]


def _ratio_rules(
    identity: dict[str, str], error_query: str, total_query: str, period: str
) -> list[dict[str, Any]]:
    rules = [
        {
            "record": _ratio(window),
            "expr": f"({_at(error_query, window)})\n/\n({_at(total_query, window)})\n",
            "labels": {**identity, "sloth_window": window},
        }
        for window in RATE_WINDOWS
    ]
    source = f"{_ratio(SHORTEST)}{_filter(identity)}[{period}]"
    over_period = f"sum_over_time({source})\n/ ignoring (sloth_window)\ncount_over_time({source})\n"
    return [
        *rules,
        {"record": _ratio(period), "expr": over_period, "labels": {**identity, "sloth_window": period}},
    ]


def _meta_rules(
    identity: dict[str, str], objective: float, period_days: int, period: str
) -> list[dict[str, Any]]:
    goal = repr(objective / 100)
    series = _filter(identity)
    info = {
        "sloth_version": "bench",
        "sloth_mode": "cli-gen-prom",
        "sloth_spec": "prometheus/v1",
        "sloth_objective": f"{objective:g}",
    }

    def burn(window: str) -> str:
        budget = f"slo:error_budget:ratio{series}"
        return f"{_ratio(window)}{series}\n/ on(sloth_id, sloth_slo, sloth_service) group_left\n{budget}\n"

    expressions = {
        "slo:objective:ratio": f"vector({goal})",
        "slo:error_budget:ratio": f"vector(1-{goal})",
        "slo:time_period:days": f"vector({period_days})",
        "slo:current_burn_rate:ratio": burn(SHORTEST),
        "slo:period_burn_rate:ratio": burn(period),
        "slo:period_error_budget_remaining:ratio": f"1 - slo:period_burn_rate:ratio{series}",
    }
    rules = [
        {"record": record, "expr": expr, "labels": dict(identity)} for record, expr in expressions.items()
    ]
    return [*rules, {"record": "sloth_slo_info", "expr": "vector(1)", "labels": {**identity, **info}}]


def _alert(
    identity: dict[str, str],
    severity: str,
    tiers: tuple[tuple[float, str, int, str], ...],
    objective: float,
    period_days: int,
) -> dict[str, Any]:
    budget = (100 - objective) / 100
    conditions = []
    for percent, long, long_hours, short in tiers:
        factor = percent * (period_days * HOURS_PER_DAY) / 100 / long_hours
        limit = f"{_number(factor)} * {budget!r}"
        over = [
            f"    max({_ratio(window)}{_filter(identity)} > ({limit})) without (sloth_window)"
            for window in (short, long)
        ]
        conditions.append("(\n" + "\n    and\n".join(over) + "\n)")
    return {
        "alert": f"{identity['sloth_service']}-{identity['sloth_slo']}-burn",
        "expr": "\nor\n".join(conditions) + "\n",
        "labels": {"sloth_severity": severity},
        "annotations": {"title": f"({severity}) error budget burn rate is too fast."},
    }


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _ratio(window: str) -> str:
    return f"slo:sli_error:ratio_rate{window}"


def _filter(identity: dict[str, str]) -> str:
    return "{" + ", ".join(f'{key}="{value}"' for key, value in sorted(identity.items())) + "}"


def _at(query: str, window: str) -> str:
    return query.replace(WINDOW_PLACEHOLDER, window)


def _period_text(days: int) -> str:
    return f"{days // 7}w" if days % 7 == 0 else f"{days}d"


def main() -> None:
    """Prints the rule file for the queries given on the command line."""
    parser = argparse.ArgumentParser(description="Print the rules that Sloth generates for one SLO.")
    parser.add_argument("--service", default="api")
    parser.add_argument("--slo", default="availability")
    parser.add_argument("--objective", type=float, default=99.9, help="percent")
    parser.add_argument("--period-days", type=int, default=30)
    parser.add_argument("--error", required=True, help="PromQL with {{.window}}")
    parser.add_argument("--total", required=True, help="PromQL with {{.window}}")
    args = parser.parse_args()
    groups = sloth_groups(
        args.service, args.slo, args.objective, args.error, args.total, period_days=args.period_days
    )
    yaml.safe_dump({"groups": groups}, sys.stdout, sort_keys=False)


if __name__ == "__main__":
    main()
