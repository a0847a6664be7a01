"""The rules that Pyrra generates for a ratio SLO without grouping, as data for a rule file.

The shapes follow Pyrra v0.10 in its default mode: one group that counts the events of the whole period, with
alerts for absent metrics, and one with the error ratios over seven windows and four alerts. Windows, waiting
times and intervals scale with the period.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import Any

import promql_parser as promql
import yaml

SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
WEEK_MS = 7 * DAY_MS
YEAR_MS = 365 * DAY_MS

BURN_INTERVAL = "30s"
# (periods shorter than this many weeks, interval of the group that counts the period)
INCREASE_INTERVALS = ((1, "30s"), (2, "1m"), (3, "1m30s"), (4, "2m"), (5, "2m30s"), (6, "3m"), (7, "3m30s"))
LONGEST_INCREASE_INTERVAL = "4m"
REGEX_OPERATORS = frozenset({"=~", "!~"})


@dataclass(frozen=True, slots=True)
class Tier:
    """An alert: it fires after `hold_ms` with the error ratio over `factor` budgets in both windows."""

    factor: int
    severity: str
    hold_ms: int
    short_ms: int
    long_ms: int


@dataclass(frozen=True, slots=True)
class Matcher:
    """A label matcher; prints as PromQL."""

    label: str
    operator: str
    value: str

    def __str__(self) -> str:
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.label}{self.operator}"{escaped}"'


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric with its matchers; prints as PromQL, the matchers sorted."""

    metric: str
    matchers: tuple[Matcher, ...]

    def __str__(self) -> str:
        return self.metric + _braces(map(str, self.matchers))


@dataclass(frozen=True, slots=True)
class RatioSlo:
    """A ratio SLO. `objective` is in percent."""

    name: str
    objective: float
    errors: Selector
    total: Selector
    period_ms: int

    @property
    def target(self) -> float:
        return self.objective / 100


def ratio_slo(name: str, objective: float, errors: str, total: str, *, period_days: int = 30) -> RatioSlo:
    """The SLO of two plain selectors; raises ValueError for any other expression."""
    return RatioSlo(name, objective, _selector(errors), _selector(total), period_days * DAY_MS)


def pyrra_groups(slo: RatioSlo) -> list[dict[str, Any]]:
    """The two rule groups of an SLO."""
    return [
        {
            "name": f"{slo.name}-increase",
            "interval": increase_interval(slo.period_ms),
            "rules": _increase_rules(slo),
        },
        {"name": slo.name, "interval": BURN_INTERVAL, "rules": [*_burn_rate_rules(slo), *_burn_alerts(slo)]},
    ]


def period_ratio_expr(slo: RatioSlo) -> str:
    """How Pyrra's pages compute the period's error ratio from the recorded increases."""
    own = f'slo="{slo.name}"'
    errors = _increase_name(slo.errors, slo) + _braces([*map(str, slo.errors.matchers), own])
    total = _increase_name(slo.total, slo) + _braces([*map(str, slo.total.matchers), own])
    return f"sum({errors} or vector(0)) / sum({total})"


def increase_interval(period_ms: int) -> str:
    """The interval of the group that counts the period's events."""
    fitting = (text for weeks, text in INCREASE_INTERVALS if period_ms < weeks * WEEK_MS)
    return next(fitting, LONGEST_INCREASE_INTERVAL)


def tiers(period_ms: int) -> tuple[Tier, ...]:
    """The four alerts of a period, the most urgent first."""
    shares = (
        (14, "critical", 20_160, 8_064, 672),
        (7, "critical", 2_688, 1_344, 112),
        (2, "warning", 672, 336, 28),
        (1, "warning", 224, 112, 7),
    )
    return tuple(
        Tier(factor, severity, *(_to_minutes(period_ms // part) for part in parts))
        for factor, severity, *parts in shares
    )


def absent_hold_ms(slo: RatioSlo) -> int:
    """How long a metric has to be absent before Pyrra tells."""
    fast = tiers(slo.period_ms)[0]
    burning = int(fast.factor * (1 - slo.target) * fast.long_ms / SECOND_MS) * SECOND_MS
    return _to_minutes(burning + fast.hold_ms)


def prometheus_duration(length_ms: int) -> str:
    """A duration as Prometheus prints it: years and weeks only when nothing is left over."""
    if length_ms == 0:
        return "0s"
    for unit_ms, unit in ((YEAR_MS, "y"), (WEEK_MS, "w")):
        if length_ms % unit_ms == 0:
            return f"{length_ms // unit_ms}{unit}"
    text = ""
    for unit_ms, unit in ((DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "m"), (SECOND_MS, "s")):
        count, length_ms = divmod(length_ms, unit_ms)
        text += f"{count}{unit}" if count else ""
    return text


def go_duration(length_ms: int) -> str:
    """A duration of whole minutes as Go prints it, such as `1h4m0s`: the form of the alerts' `for`."""
    hours, rest = divmod(length_ms, HOUR_MS)
    minutes = rest // MINUTE_MS
    if hours:
        return f"{hours}h{minutes}m0s"
    return f"{minutes}m0s" if minutes else "0s"


def _increase_rules(slo: RatioSlo) -> list[dict[str, Any]]:
    rules = _counted(slo, slo.total)
    if slo.errors.metric != slo.total.metric:
        rules += _counted(slo, slo.errors)
    return rules


def _counted(slo: RatioSlo, selector: Selector) -> list[dict[str, Any]]:
    kept = _increase_grouping(slo)
    labels = _labels(slo, kept)
    by = f" by ({', '.join(kept)}) " if kept else ""
    window = prometheus_duration(slo.period_ms)
    return [
        {
            "record": _increase_name(selector, slo),
            "expr": f"sum{by}(increase({selector}[{window}]))",
            "labels": labels,
        },
        {
            "alert": "SLOMetricAbsent",
            "expr": f"absent({selector}) == 1",
            "for": go_duration(absent_hold_ms(slo)),
            "labels": {**labels, "severity": "critical"},
        },
    ]


def _increase_grouping(slo: RatioSlo) -> list[str]:
    """What the pages need to tell errors from the rest, and what the selector leaves open."""
    of_total = {matcher.label for matcher in slo.total.matchers}
    only_errors = {matcher.label for matcher in slo.errors.matchers} - of_total
    left_open = {matcher.label for matcher in slo.total.matchers if matcher.operator in REGEX_OPERATORS}
    return sorted(only_errors | left_open)


def _burn_rate_rules(slo: RatioSlo) -> list[dict[str, Any]]:
    windows = {window for tier in tiers(slo.period_ms) for window in (tier.short_ms, tier.long_ms)}
    return [
        {
            "record": _burn_rate_name(slo, window),
            "expr": _burn_rate_expr(slo, prometheus_duration(window)),
            "labels": _labels(slo, ()),
        }
        for window in sorted(windows)
    ]


def _burn_rate_expr(slo: RatioSlo, window: str) -> str:
    return f"sum(rate({slo.errors}[{window}])) / sum(rate({slo.total}[{window}]))"


def _burn_alerts(slo: RatioSlo) -> list[dict[str, Any]]:
    plain = [str(matcher) for matcher in slo.total.matchers if matcher.operator not in REGEX_OPERATORS]
    series = _braces([*plain, f'slo="{slo.name}"'])
    alerts = []
    for tier in tiers(slo.period_ms):
        over = [
            f"{_burn_rate_name(slo, window)}{series} > ({tier.factor} * (1-{slo.target!r}))"
            for window in (tier.short_ms, tier.long_ms)
        ]
        times = {
            "short": prometheus_duration(tier.short_ms),
            "long": prometheus_duration(tier.long_ms),
            "exhaustion": prometheus_duration(slo.period_ms // tier.factor // SECOND_MS * SECOND_MS),
        }
        alerts.append(
            {
                "alert": "ErrorBudgetBurn",
                "expr": " and ".join(over),
                "for": go_duration(tier.hold_ms),
                "labels": {**_labels(slo, ()), **times, "severity": tier.severity},
            }
        )
    return alerts


def _labels(slo: RatioSlo, kept: list[str] | tuple[str, ...]) -> dict[str, str]:
    fixed = {
        matcher.label: matcher.value
        for matcher in slo.total.matchers
        if matcher.operator == "=" and matcher.label not in kept
    }
    return {**fixed, "slo": slo.name}


def _burn_rate_name(slo: RatioSlo, window_ms: int) -> str:
    base = slo.total.metric.removesuffix("_total").removesuffix("_count")
    return f"{base}:burnrate{prometheus_duration(window_ms)}"


def _increase_name(selector: Selector, slo: RatioSlo) -> str:
    base = selector.metric
    for suffix in ("_total", "_count", "_bucket"):
        base = base.removesuffix(suffix)
    return f"{base}:increase{prometheus_duration(slo.period_ms)}"


def _selector(text: str) -> Selector:
    node = promql.parse(text)
    if not isinstance(node, promql.VectorSelector) or not node.name:
        raise ValueError(f"{text!r} is no selector with a metric name")
    matchers = (Matcher(m.name, _OPERATORS[str(m.op)], m.value) for m in node.matchers.matchers)
    return Selector(node.name, tuple(sorted(matchers, key=str)))


_OPERATORS = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}


def _braces(matchers: Any) -> str:
    inner = ",".join(sorted(matchers))
    return f"{{{inner}}}" if inner else ""


def _to_minutes(length_ms: int) -> int:
    return (length_ms + MINUTE_MS // 2) // MINUTE_MS * MINUTE_MS


def main() -> None:
    """Prints the rule file for the selectors given on the command line."""
    parser = argparse.ArgumentParser(description="Print the rules that Pyrra generates for one ratio SLO.")
    parser.add_argument("--slo", default="availability")
    parser.add_argument("--objective", type=float, default=99.9, help="percent")
    parser.add_argument("--period-days", type=int, default=30)
    parser.add_argument("--errors", required=True, help="selector of the bad events")
    parser.add_argument("--total", required=True, help="selector of all events")
    args = parser.parse_args()
    slo = ratio_slo(args.slo, args.objective, args.errors, args.total, period_days=args.period_days)
    yaml.safe_dump({"groups": pyrra_groups(slo)}, sys.stdout, sort_keys=False)


if __name__ == "__main__":
    main()
