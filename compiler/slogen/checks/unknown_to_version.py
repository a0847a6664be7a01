"""PromQL that the declared Prometheus does not have

## Why
A rule with a function, an operator or a spelling that Prometheus does not know makes it refuse the whole
rule file. Prometheus 3.0 has `double_exponential_smoothing` where older ones have `holt_winters`. slogen
reads the PromQL of all versions; with `prometheus: {version: ...}` in Settings it knows which of it yours
has. What slogen makes of native histograms needs 2.40. (What is there behind a feature flag is SLO811.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '3.1'}
---
groups:
  - name: shop
    rules:
      - record: shop:requests:smoothed
        expr: holt_winters(shop_requests_waiting[10m], 0.1, 0.1)
#             ^^^^^^^^^^^^
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {version: '2.53'}
---
groups:
  - name: shop
    rules:
      - record: shop:requests:smoothed
        expr: holt_winters(shop_requests_waiting[10m], 0.1, 0.1)
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from slogen import rulers
from slogen.checks.refused_field import stated_version
from slogen.checks.rules_of_another_tool import CODE as OF_ANOTHER_TOOL
from slogen.diagnostics import Code, Report
from slogen.expressions import ANY_WINDOW, written_at
from slogen.ir import Program, RuleGroup, RulerKind, RuleSet, Settings, Slo, Where
from slogen.promql.editions import FUNCTIONS, Edition, uses
from slogen.source import Span

CODE = Code("SLO804", "error", __doc__)


class Needed(NamedTuple):
    """What a rule or query needs of Prometheus: its name, its place, and the SLO that it is of, if any."""

    name: str
    at: Span
    edition: Edition
    slo: Slo | None = None


def check_program(program: Program, report: Report) -> None:
    """Report what the declared version does not have yet, or has no more."""
    version = version_of_promql(program.settings)
    if not version:
        return
    seen: set[tuple[str, int]] = set()
    for needed in needs(program, version):
        missing = _missing(needed.edition, version)
        place = (needed.at.source.path, needed.at.start)
        if missing and place not in seen:
            seen.add(place)
            problem, help_ = missing
            report.report(
                CODE if needed.slo is None or needed.slo.compat is None else OF_ANOTHER_TOOL,
                needed.at,
                f"Prometheus {version} has no {needed.name} {problem}",
                also=stated_version(program.settings),
                help=help_,
            )


def version_of_promql(settings: Settings) -> str:
    """The version of Prometheus that evaluates the rules; empty if not stated, or if something else does."""
    return rulers.version(settings) if settings.ruler.kind is RulerKind.PROMETHEUS else ""


def _missing(edition: Edition, version: str) -> tuple[str, str] | None:
    if rulers.is_older(version, edition.first):
        return "yet", f"use Prometheus {edition.first}, or write it without"
    if edition.gone and not rulers.is_older(version, edition.gone):
        return "any more", f"write `{edition.instead}`"
    return None


def needs(program: Program, version: str) -> Iterator[Needed]:
    """What the rules need that not every version has; what slogen adds itself is needed by the indicator.

    Of that, what the `version` has for certain is left out.
    """
    doubtful = tuple(f"{name}(" for name, edition in FUNCTIONS.items() if not _surely_has(version, edition))
    for rules in program.rule_sets:
        if not rules.slos:
            yield from _of_written(rules)
            continue
        by_place: dict[tuple[str, int], list[RuleGroup]] = {}
        for group in rules.groups:
            by_place.setdefault(_place(group.where or rules.where), []).append(group)
        for slo in rules.slos:
            yield from _of_slo(slo, by_place.get(_place(slo.where), []), doubtful)


def _surely_has(version: str, edition: Edition) -> bool:
    return bool(edition.stable) and not edition.gone and not rulers.is_older(version, edition.stable)


def _of_written(rules: RuleSet) -> Iterator[Needed]:
    for group in rules.groups:
        for rule in group.rules:
            if rule.where is not None:
                for used in uses(rule.expr):
                    yield Needed(used.name, rule.where["expr"].slice(*used.at), used.edition)


def _of_slo(slo: Slo, groups: Sequence[RuleGroup], doubtful: Sequence[str]) -> Iterator[Needed]:
    known: set[str] = set()
    for query in slo.sli.queries:
        for used in uses(query.over(ANY_WINDOW)) if not query.opaque else ():
            known.add(used.name)
            yield Needed(used.name, written_at(query, used.at), used.edition, slo)
    texts = [rule.expr for group in groups for rule in group.rules]
    together = "\n".join(texts)
    if not any(call in together for call in doubtful):
        return
    for text in texts:
        for used in uses(text):
            if used.name not in known:
                known.add(used.name)
                yield Needed(used.name, slo.where["sli"], used.edition, slo)


def _place(where: Where) -> tuple[str, int]:
    return where.whole.source.path, where.whole.start
