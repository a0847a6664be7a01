"""The benchmark's tables as text."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

import trials
from cost import SetCost
from trials import Deviation, Outcome, Trial
from workload import Scenario

Cases = Sequence[tuple[Trial, Scenario]]


def cost_tables(sets: tuple[SetCost, ...], series: int) -> str:
    """One table per rule set, then totals and how many times as much each costs as the last, slogen's."""
    lines = [f"\n== cost with {series} series =="]
    for measured in sets:
        lines += ["", f"{measured.rules.title}"]
        rows = [
            (
                cost.rule.group,
                cost.rule.name,
                f"{cost.rule.interval_ms // 1000}s",
                f"{cost.cpu_ms:.3f}",
                f"{cost.samples:,}",
                f"{cost.cpu_s_per_hour:.3f}",
                f"{cost.samples_per_hour / 1e6:.3f}",
            )
            for cost in measured.costs
        ]
        head = ("group", "rule", "every", "CPU ms", "samples", "CPU s/h", "M samples/h")
        lines += table(head, rows)
        lines += [
            f"warning: {cost.rule.name} yields nothing: does it read the benchmark's metric?"
            for cost in measured.costs
            if cost.yields == 0 and not cost.rule.is_alert
        ]
    last = sets[-1]
    rows = [
        (
            measured.rules.title,
            f"{measured.cpu_s_per_hour:.2f}",
            f"x{measured.cpu_s_per_hour / last.cpu_s_per_hour:.1f}",
            f"{measured.net_cpu_s_per_hour:.2f}",
            f"x{measured.net_cpu_s_per_hour / last.net_cpu_s_per_hour:.1f}",
            f"{measured.samples_per_hour / 1e6:.1f}",
            f"x{measured.samples_per_hour / last.samples_per_hour:.1f}",
        )
        for measured in sets
    ]
    times = f"of {last.rules.title}"
    head = ("totals", "CPU s/h", times, "net CPU s/h", times, "M samples/h", times)
    lines += ["", *table(head, rows)]
    lines.append(f"(net: without {last.request_ms:.2f} ms per HTTP request, which a rule evaluation has not)")
    return "\n".join(lines) + "\n"


def deviation_tables(outcomes: Sequence[Outcome], cases: Cases) -> str:
    """Relative error of the error ratio against the truth, per situation and window."""
    lines: list[str] = []
    for trial, scenario in cases:
        rows = []
        for window_ms in trial.instants:
            cells = [
                cell
                for outcome in outcomes
                for cell in _deviation_cells(trials.deviation(outcome, trial, scenario, window_ms))
            ]
            rows.append((_window(window_ms), str(len(trial.instants[window_ms])), *cells))
        head = ["window", "readings"]
        for outcome in outcomes:
            head += [f"{outcome.rules.title} mean", "worst", "missing"]
        lines += ["", f"== relative error of the error ratio: {trial.title} ==", *table(head, rows)]
    return "\n".join(lines) + "\n"


def alert_table(outcomes: Sequence[Outcome], cases: Cases, budget: float, period_ms: int) -> str:
    """Minutes from the onset of an incident to the alert, one row per severity and share of errors."""
    rows = []
    kinds = (
        ("page", trials.PAGE_NAMES, trials.page_tiers()),
        ("ticket", trials.TICKET_NAMES, trials.ticket_tiers()),
    )
    for title in dict.fromkeys(trial.title for trial, _ in cases):
        same = [(trial, scenario) for trial, scenario in cases if trial.title == title]
        for kind, names, tiers in kinds:
            ideal = [
                trials.true_minutes_to_fire(trial, scenario, tiers, budget, period_ms)
                for trial, scenario in same
            ]
            if all(minutes is None for minutes in ideal):
                continue
            measured = [
                _minutes([trials.minutes_to_fire(outcome, trial, names) for trial, _ in same])
                for outcome in outcomes
            ]
            rows.append((title, kind, str(len(same)), _minutes(ideal), *measured))
    head = ("incident", "alert", "runs", "exact", *(outcome.rules.title for outcome in outcomes))
    note = (
        "minutes from the onset: median (least to most); exact: rules that know the true ratio at all times"
    )
    return "\n".join(["", "== alert timing ==", *table(head, rows), f"({note})"]) + "\n"


def hazard_table(outcomes: Sequence[Outcome], cases: Cases) -> str:
    """What was recorded around hazards."""
    rows = []
    for trial, scenario in cases:
        for outcome in outcomes:
            found = trials.hazard(outcome, trial, scenario)
            counts = (str(found.nan), str(found.missing), str(found.outside))
            rows.append((trial.title, outcome.rules.title, *counts, _percent(found.worst)))
    head = ("hazard", "rules", "NaN", "missing", "outside 0..1", "worst error after")
    return "\n".join(["", "== hazards ==", *table(head, rows)]) + "\n"


def _deviation_cells(found: Deviation | None) -> tuple[str, str, str]:
    if found is None:
        return "-", "-", "-"
    return _percent(found.mean), _percent(found.worst), str(found.missing)


def _minutes(values: Sequence[float | None]) -> str:
    fired = sorted(value for value in values if value is not None)
    if not fired:
        return "never"
    text = f"{statistics.median(fired):.1f} ({fired[0]:.1f} to {fired[-1]:.1f})"
    silent = len(values) - len(fired)
    return f"{text}, {silent} never" if silent else text


def _percent(value: float) -> str:
    return "NaN" if math.isnan(value) else f"{value * 100:+.2f}%"


def _window(window_ms: int) -> str:
    hours = window_ms // trials.HOUR_MS
    return f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table: text columns to the left, columns of numbers to the right."""
    widths = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    right = [all(_is_number(row[index]) for row in rows) for index in range(len(head))]
    for row in (head, tuple("-" * width for width in widths), *rows):
        cells = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _is_number(text: str) -> bool:
    return text.strip("+-x %").replace(",", "").replace(".", "").isdigit() or text in {"", "-", "NaN"}
