"""A field because of which the rules are refused

## Why
Prometheus refuses a rule file with a field that it does not know: all groups of the file are gone, and
after a restart Prometheus does not even start. `keep_firing_for` needs 2.42, `query_offset` of a group
2.53, `labels` of a group 3.0. Alloy refuses an object with a `partial_response_strategy`, and then brings
no object at all to Mimir. (What the Prometheus Operator drops instead is SLO810.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '2.40'}
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: shop_open == 0
        for: 5m
        keep_firing_for: 10m
#       ^^^^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '2.42'}
---
groups:
  - name: shop
    rules:
      - alert: ShopDown
        expr: shop_open == 0
        for: 5m
        keep_firing_for: 10m
```
"""

from __future__ import annotations

from collections.abc import Iterator

from slogen import rulers
from slogen.diagnostics import Code, Label, Report
from slogen.ir import Program, RuleGroup, Settings, Where
from slogen.source import Span

CODE = Code("SLO803", "error", __doc__)
_CONSEQUENCE = {
    "": "and refuses the whole file",
    "alloy": "and then no object that it watches is brought to the ruler",
}


def check_program(program: Program, report: Report) -> None:
    """Report the fields that make the ruler, or what brings the rules to it, refuse them."""
    settings = program.settings
    for field, at, fate in unheeded(program):
        if fate.refused:
            report.report(
                CODE,
                at,
                f"{called(field)} {fate.reason}, {_CONSEQUENCE[settings.ruler.loader]}",
                also=stated_version(settings) if fate.newest else (),
                help=remedy(fate),
            )


def unheeded(program: Program) -> Iterator[tuple[str, Span, rulers.Fate]]:
    """The fields of rules and groups that are not heeded, in order; of an SLO each of them once."""
    settings = program.settings
    if settings.ruler.where is None and not rulers.version(settings):
        return
    seen: set[tuple[str, str, int]] = set()
    for rules in program.rule_sets:
        for group in rules.groups:
            for field, where in _fields(group):
                fate = rulers.fate(field, settings)
                at = (where or rules.where)[field]
                place = (field, at.source.path, at.start)
                if fate is not None and place not in seen:
                    seen.add(place)
                    yield field, at, fate


def _fields(group: RuleGroup) -> Iterator[tuple[str, Where | None]]:
    if group.limit:
        yield "limit", group.where
    if group.query_offset:
        yield "query_offset", group.where
    if group.labels:
        yield "labels", group.where
    if group.partial_response_strategy:
        yield rulers.STRATEGY, group.where
    for rule in group.rules:
        if rule.keep_firing_for:
            yield "keep_firing_for", rule.where


def called(field: str) -> str:
    """A field in a message."""
    return "`labels` of a group" if field == "labels" else f"`{field}`"


def remedy(fate: rulers.Fate) -> str:
    """What to do about a field that is not heeded."""
    return f"delete it, or use version {fate.newest} and say so in Settings" if fate.newest else "delete it"


def stated_version(settings: Settings) -> tuple[Label, ...]:
    """Where the version of what evaluates the rules is stated."""
    for stated in (settings.ruler, settings.prometheus):
        if stated.version and stated.where is not None:
            return (Label(stated.where["version"], "the oldest version in use"),)
    return ()
