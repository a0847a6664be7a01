"""An alert on `up` is silent when the target is gone

## Why
`up` is 0 while Prometheus knows a target and cannot scrape it. When the target is no longer found, because a
deployment was deleted, a selector no longer fits, or a pod is not ready and its discovery drops such pods,
the series ends: `up == 0`, and every average over `up`, has nothing to say, and the alert resolves. Only
`absent(up{...})`, or a comparison with the number that there should be, sees that.

## Wrong
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: up{job="shop"} == 0
#             ^^^^^^^^^^^^^^
        for: 5m
        annotations: {summary: 'The shop on {{ $labels.instance }} is down'}
```

## Right
```yaml
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: up{job="shop"} == 0
        for: 5m
        annotations: {summary: 'The shop on {{ $labels.instance }} is down'}
      - alert: ShopGone
        expr: absent(up{job="shop"})
        for: 5m
        annotations: {summary: Prometheus knows no shop}
```
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Report
from slogen.examined import Examined, Project
from slogen.handwritten.branches import branches, comparisons
from slogen.promql.comparisons import with_number

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO619", "warning", __doc__)
_UP = re.compile(r"\bup\b")
_COMPANION = re.compile(
    r"\babsent(?:_over_time)?\b|\bunless\b|\bcount\b.*(?:<|vector)", re.IGNORECASE | re.DOTALL
)
_SEES_ABSENCE = re.compile(r"\babsent(?:_over_time)?\b|\bunless\b|\bcount\b", re.IGNORECASE)


def check_expression(expression: Examined, report: Report) -> None:
    """Warn of alerts that fall silent with their target, unless a rule anywhere looks for its absence.

    Nobody knows that of a part of a project.
    """
    if expression.project.is_part:
        return
    if not expression.is_alert or not _UP.search(expression.text) or _SEES_ABSENCE.search(expression.text):
        return
    for branch in branches(expression.meaning):
        for comparison in comparisons(branch):
            selector = _measured(comparison)
            if selector is None or selector.name != "up" or not _is_about_some(selector, comparison):
                continue
            if not _has_companion(selector, expression.project):
                _report(selector, expression, report)
            break


def _measured(comparison: Meaning) -> Meaning | None:
    """The first selector of a comparison: what it is about."""
    return next(iter(comparison.selectors), None)


def _is_about_some(selector: Meaning, comparison: Meaning) -> bool:
    """Whether it fires for targets that are known to be there, and not for any that there may be.

    The share of those that are up is about all that there should be.
    """
    if _asks_for_up(comparison) or any(part.always for part in comparison.parts if part.type == "vector"):
        return False
    if any(one.op == "=" and one.value for one in selector.matchers):
        return True
    return any(part.name in ("avg", "avg_over_time") for part in comparison.walk())


def _asks_for_up(comparison: Meaning) -> bool:
    """Whether it holds while targets are up, as a part of another condition."""
    compared = with_number(comparison)
    if compared is None or compared.side.bare.is_operation:
        return False
    operator, number = compared.operator, compared.number
    return operator in (">", ">=") or (operator, number) in (("==", 1), ("!=", 0))


def _job(selector: Meaning) -> str | None:
    return next((one.value for one in selector.matchers if one.name == "job" and one.op == "="), None)


def _has_companion(selector: Meaning, project: Project) -> bool:
    """Whether any rule looks for what is missing, of the same job if there is one."""
    watching = _watching(project)
    job = _job(selector)
    if job is None:
        return any(_UP.search(text) for text in watching.texts)
    return watching.is_general or any(job in text and _names(job, text) for text in watching.texts)


@dataclass(frozen=True, slots=True)
class _Watching:
    """The rules that look for what is missing; whether any does so for all jobs."""

    texts: tuple[str, ...]
    is_general: bool


@lru_cache(maxsize=2)
def _watching(project: Project) -> _Watching:
    texts = tuple(
        rule.expr
        for rules in project.rule_sets
        for group in rules.groups
        for rule in group.rules
        if _COMPANION.search(rule.expr)
    )
    is_general = any(_UP.search(text) and "job=" not in text.replace(" ", "") for text in texts)
    return _Watching(texts, is_general)


def _names(job: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(job)}(?![\w-])", text) is not None


def _report(selector: Meaning, expression: Examined, report: Report) -> None:
    at = expression.at(selector.at)
    why = "the series ends with its target"
    if selector.sample is not None and any(scrape.drops_unready for scrape in selector.sample.scrapes):
        why = "on this way of scraping, the series ends as soon as the pod is not ready"
    report.report(
        CODE,
        at,
        f"`up` says nothing about targets that are gone: {why}, and so does the alert",
        help=f"add an alert on `absent({expression.shown(selector)})`",
    )
