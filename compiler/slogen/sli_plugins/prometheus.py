"""Prometheus itself: its rules and its targets."""

from __future__ import annotations

from slogen.ir import HOLE
from slogen.slioptions import FILTER, Plugin, Values, rate, share


def _rules(values: Values, _meta: Values) -> str:
    return share(
        rate("prometheus_rule_evaluation_failures_total", values["filter"]),
        rate("prometheus_rule_evaluations_total", values["filter"]),
    )


def _targets(values: Values, _meta: Values) -> str:
    # In the library `/` binds before `or`: its ratio is a number of samples once a target is down.
    up = f"up{{{values['filter']}}}" if values["filter"] else "up"
    down = f"(sum(count_over_time(({up} == 0)[{HOLE}:])) or vector(0))"
    return f"\n{down}\n/\nsum(count_over_time({up}[{HOLE}:]))\n"


PLUGINS = (
    Plugin("sloth-common/prometheus/rules/eval-availability", {"filter": FILTER}, _rules),
    Plugin("sloth-common/prometheus/targets/availability", {"filter": FILTER}, _targets),
)
