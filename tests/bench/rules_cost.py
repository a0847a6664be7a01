"""Compares generated SLO rules with a baseline on a real Prometheus: cost, accuracy, alerts, hazards."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cost
import promserver
import pyrra_rules
import rulefile
import sloth_rules
import trials

import report

ERRORS = 'http_requests_total{job="api",code=~"5.."}'
TOTAL = 'http_requests_total{job="api"}'

BASELINES = ("sloth", "pyrra")
Maker = Callable[[argparse.Namespace, int], rulefile.RuleSet]

PARTS = ("cost", "accuracy", "outage", "alerts", "hazards")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much to do. `incidents` are shares of errors with the minutes to wait for their alerts."""

    rounds: int
    round_ms: float
    pods: int
    readings: int
    outages: tuple[int, ...]
    incidents: tuple[tuple[float, int], ...]
    onsets: int


FULL = Scale(
    rounds=5,
    round_ms=60.0,
    pods=12,
    readings=40,
    outages=(4, 10, 30),
    incidents=((1.0, 75), (0.5, 80), (0.1, 100), (0.02, 75), (0.01, 300)),
    onsets=5,
)
QUICK = Scale(
    rounds=3,
    round_ms=20.0,
    pods=4,
    readings=20,
    outages=(10,),
    incidents=((1.0, 60), (0.1, 100)),
    onsets=2,
)


def main() -> None:
    """Runs the chosen parts and prints their tables."""
    args = _arguments()
    binary = promserver.find_prometheus(args.prometheus)
    sets = _rule_sets(args, _pyrra)
    out = sys.stdout
    out.write(f"Prometheus {promserver.version_of(binary)}\n")
    for rules in sets:
        for line in rulefile.late_reads(rules):
            out.write(f"warning: {rules.title}: {line}\n")
    with tempfile.TemporaryDirectory(prefix="rules-cost-", dir=args.scratch) as folder:
        scratch = Path(folder)
        if "cost" in args.parts:
            scale = QUICK if args.quick else FULL
            plan = cost.Plan(series=args.series, rounds=scale.rounds, round_ms=scale.round_ms)
            out.write(report.cost_tables(cost.measure(binary, scratch, sets, plan), args.series))
            out.flush()
        out.write(_behaviour(binary, scratch, _rule_sets(args, _pyrra_with_page), args))


def _behaviour(
    binary: Path, scratch: Path, sets: tuple[rulefile.RuleSet, ...], args: argparse.Namespace
) -> str:
    """The tables of the parts other than cost; all situations share one timeline and one server per set."""
    parts = _trials(args)
    chosen = [trial for part in parts.values() for trial in part]
    if not chosen:
        return ""
    scenarios, outcomes = trials.run(binary, scratch, sets, chosen)
    by_trial = {id(trial): scenario for trial, scenario in zip(chosen, scenarios, strict=True)}
    cases = {name: [(trial, by_trial[id(trial)]) for trial in part] for name, part in parts.items()}
    budget, period_ms = (100 - args.objective) / 100, args.days * trials.DAY_MS
    text = report.deviation_tables(outcomes, [*cases["accuracy"], *cases["outage"]])
    if cases["alerts"]:
        text += report.alert_table(outcomes, cases["alerts"], budget, period_ms)
    if cases["hazards"]:
        text += report.hazard_table(outcomes, cases["hazards"])
    return text


def _trials(args: argparse.Namespace) -> dict[str, list[trials.Trial]]:
    timeline = trials.Timeline()
    parts: dict[str, list[trials.Trial]] = {name: [] for name in PARTS}
    period_ms = args.days * trials.DAY_MS
    scale = QUICK if args.quick else FULL
    if "accuracy" in args.parts:
        parts["accuracy"] = [trials.accuracy_trial(timeline, scale.pods, scale.readings, period_ms)]
    if "outage" in args.parts:
        parts["outage"] = [
            trials.outage_trial(timeline, minutes, scale.readings, period_ms) for minutes in scale.outages
        ]
    if "alerts" in args.parts:
        parts["alerts"] = [
            trials.incident_trial(timeline, share, minutes * trials.MINUTE_MS, number)
            for share, minutes in scale.incidents
            for number in range(scale.onsets)
        ]
    if "hazards" in args.parts:
        parts["hazards"] = list(trials.hazard_trials(timeline))
    return parts


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slogen", nargs="+", type=Path, required=True, help="rule files or folders")
    parser.add_argument(
        "--baseline", nargs="+", type=Path, help="rule files or folders instead of --baselines"
    )
    parser.add_argument("--baselines", nargs="+", choices=BASELINES, default=BASELINES)
    parser.add_argument("--prometheus", help="the program; default: the one on PATH")
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--interval", default="30s", help="of groups that name none")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--days", type=int, default=30, help="the SLO's period")
    parser.add_argument("--objective", type=float, default=99.9, help="percent, for the exact alert timing")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--scratch", help="folder for the data; default: the system's")
    return parser.parse_args()


def _rule_sets(args: argparse.Namespace, pyrra: Maker) -> tuple[rulefile.RuleSet, ...]:
    interval = rulefile.parse_duration_ms(args.interval)
    slogen = rulefile.load_rule_files("slogen", args.slogen, interval)
    if args.baseline:
        return rulefile.load_rule_files("baseline", args.baseline, interval), slogen
    makers: dict[str, Maker] = {"sloth": _sloth, "pyrra": pyrra}
    return *(makers[name](args, interval) for name in args.baselines), slogen


def _sloth(args: argparse.Namespace, interval_ms: int) -> rulefile.RuleSet:
    errors, total = (f"sum(rate({selector}[{{{{.window}}}}]))" for selector in (ERRORS, TOTAL))
    groups = sloth_rules.sloth_groups(
        "api", "availability", args.objective, errors, total, period_days=args.days
    )
    return rulefile.rule_set("Sloth", groups, interval_ms)


def _pyrra(args: argparse.Namespace, interval_ms: int) -> rulefile.RuleSet:
    return rulefile.rule_set("Pyrra", pyrra_rules.pyrra_groups(_pyrra_slo(args)), interval_ms)


def _pyrra_with_page(args: argparse.Namespace, interval_ms: int) -> rulefile.RuleSet:
    """Pyrra's rules and, as one more, the query with which its pages compute the period's error ratio."""
    slo = _pyrra_slo(args)
    window = pyrra_rules.prometheus_duration(slo.period_ms)
    rule = {"record": f"slo:sli_error:ratio_rate{window}", "expr": pyrra_rules.period_ratio_expr(slo)}
    page = {"name": "pyrra-page", "interval": "30s", "rules": [rule]}
    return rulefile.rule_set("Pyrra", [*pyrra_rules.pyrra_groups(slo), page], interval_ms)


def _pyrra_slo(args: argparse.Namespace) -> pyrra_rules.RatioSlo:
    return pyrra_rules.ratio_slo("availability", args.objective, ERRORS, TOTAL, period_days=args.days)


if __name__ == "__main__":
    main()
