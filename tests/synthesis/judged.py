"""Lets promtool judge synthetic series: what the generated rules make of them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from promtool import needed
from slogen.ir import RuleGroup, Slo
from slogen.lower import lower
from slogen.synthetic import Gap, Series, Synthetic

MINUTES = 20
TRAFFIC = 8
"""Events per second of a budget."""
PASSING_BY = 24
"""Events per second that are none of the SLO's business."""


def budgets(slo: Slo) -> tuple[Synthetic, ...]:
    """The series of two budgets, or of the only one. Fails where the first one is a gap."""
    first = slo.sli.synthetic(slo.grouping, 0)
    assert not isinstance(first, Gap), f"{slo.id}: {first.reason}"
    second = slo.sli.synthetic(slo.grouping, 1) if slo.grouping.labels else Gap("", slo.where.whole)
    return (first,) if isinstance(second, Gap) else (first, second)


def failures(proofs: Sequence[tuple[Slo, Sequence[Synthetic]]], folder: Path) -> str:
    """What promtool finds wrong: error ratios over 5 minutes that are not those of the events.

    `proofs` are SLOs with the series of their budgets; the SLOs differ in their ids, which are in the text.
    """
    command = [needed(), "test", "rules", *(str(_written(*proof, folder)) for proof in proofs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _written(slo: Slo, found: Sequence[Synthetic], folder: Path) -> Path:
    """A test file of one SLO, which loads no other one's rules."""
    group = _group(lower(slo)[0])
    rules, path = folder / f"{slo.id}.rules.yaml", folder / f"{slo.id}.test.yaml"
    rules.write_text(yaml.safe_dump({"groups": [group]}), encoding="utf-8")
    test = {
        "rule_files": [rules.name],
        "evaluation_interval": "1m",
        "group_eval_order": [group["name"]],
        "tests": list(_tests(slo, found)),
    }
    path.write_text(yaml.safe_dump(test, sort_keys=False), encoding="utf-8")
    return path


def _group(group: RuleGroup) -> dict[str, Any]:
    rules = [
        {"record": rule.record, "expr": rule.expr, "labels": dict(rule.labels)}
        for rule in group.rules
        if rule.record and not rule.record.endswith(("rate30m", "rate1h"))
    ]
    return {"name": group.name, "rules": rules}


def _tests(slo: Slo, found: Sequence[Synthetic]) -> Iterator[dict[str, Any]]:
    for share in (0, 0.25, 1) if found[0].mixes else (0, 1):
        shares = (share, *(0 for _ in found[1:]))
        series = [
            one for synthetic, bad in zip(found, shares, strict=True) for one in _inputs(synthetic, bad)
        ]
        ratio = f'slo:sli_error:ratio_rate5m{{sloth_id="{slo.id}"}}'
        yield {
            "interval": "15s",
            "name": f"{slo.id} at {share}",
            "input_series": [{"series": spelt(one), "values": values} for one, values in series],
            "promql_expr_test": [
                _expectation(f"count({ratio})", len(found)),
                *(
                    _expectation(f"count(abs({_narrowed(ratio, one)} - {bad}) < 1e-9)", 1)
                    for one, bad in zip(found, shares, strict=True)
                ),
            ],
        }


def _narrowed(ratio: str, synthetic: Synthetic) -> str:
    return (
        ratio[:-1] + "".join(f", {label}={_quoted(value)}" for label, value in synthetic.labels.items()) + "}"
    )


def _expectation(expr: str, value: float) -> dict[str, Any]:
    return {"expr": expr, "eval_time": f"{MINUTES}m", "exp_samples": [{"labels": "{}", "value": value}]}


def _inputs(synthetic: Synthetic, bad: float) -> Iterable[tuple[Series, str]]:
    for one in synthetic.counters:
        events = TRAFFIC * ((1 - bad) * one.good + bad * one.bad) + PASSING_BY * one.ignored
        yield one.series, f"0+{15 * events}x{4 * MINUTES}"
    for gauge in synthetic.gauges:
        yield gauge.series, f"{(1 - bad) * gauge.good + bad * gauge.bad}x{4 * MINUTES}"


def spelt(series: Series) -> str:
    """A series as promtool reads it."""
    labels = ", ".join(f"{label}={_quoted(value)}" for label, value in series.labels.items())
    return f"{series.name}{{{labels}}}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
