"""One promise is counted in two ways

## Why
Two SLOs of a service with the same objective over the same requests, one by their status and one by a counter
of errors, promise the same thing twice: an outage pages twice, the two budgets differ by what one counts and
the other does not, and nobody knows which is right. The same holds for an alert by hand on the very ratio of
an SLO, with a threshold of its own. Keep one of them, or make clear by another objective what they differ in.

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        events: {total: checkout_requests_total, bad: 'checkout_requests_total{code=~"5.."}'}
    - name: errors
#           ^^^^^^
      objective: 99.9
      sli:
        events: {total: checkout_requests_total, bad: checkout_errors_total}
---
groups:
  - name: checkout
    rules:
      - alert: CheckoutErrors
#              ^^^^^^^^^^^^^^
        expr: sum(rate(checkout_errors_total[5m])) / sum(rate(checkout_requests_total[5m])) > 0.05
        annotations: {summary: Many errors}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.9
      sli:
        events: {total: checkout_requests_total, bad: 'checkout_requests_total{code=~"5.."}'}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from slogen import promql
from slogen.diagnostics import Code, Label, Report
from slogen.expressions import ANY_WINDOW
from slogen.ir import Program, Query, Rule, Slo
from slogen.slis.events import Events
from slogen.slis.query import Queries

CODE = Code("SLO457", "warning", __doc__)
_SAYS_ERROR = re.compile(r"(?:\b|_)(?:errors?|failures?|failed)(?:_|\b)")
_QUOTIENT_ABOVE = re.compile(r"/.*>", re.DOTALL)

Choice = tuple[str, frozenset[tuple[str, str, str]]]
"""A metric and the matchers that choose of it."""


class _Counted(NamedTuple):
    """An SLO that counts the bad ones of all events, by one selector each."""

    slo: Slo
    bad: Choice
    total: Choice


def check_program(program: Program, report: Report) -> None:
    """Warn of two SLOs, or of an SLO and an alert, about the same events."""
    _check_slos(list(_counted(_alike(program.slos))), report)
    alerts = [rule for rule in _alerts(program) if _QUOTIENT_ABOVE.search(rule.expr)]
    if alerts and program.slos:
        _check_alerts(alerts, list(_counted(program.slos)), report)


def _alike(slos: Iterable[Slo]) -> Iterator[Slo]:
    """The SLOs that are not the only ones with their objective, where one speaks of errors: a quick look."""
    seen: dict[object, list[Slo]] = {}
    for slo in slos:
        seen.setdefault(_promise(slo), []).append(slo)
    for group in seen.values():
        texts = (query.text for slo in group for query in slo.sli.queries)
        if len(group) > 1 and any(_SAYS_ERROR.search(text) for text in texts):
            yield from group


def _promise(slo: Slo) -> tuple[object, ...]:
    return (slo.service, slo.objective, slo.window, slo.grouping)


def _alerts(program: Program) -> Iterator[Rule]:
    """The hand-written alerts."""
    for rules in program.rule_sets:
        if not rules.slos:
            for group in rules.groups:
                yield from (rule for rule in group.rules if rule.alert and rule.where is not None)


def _counted(slos: Iterable[Slo]) -> Iterator[_Counted]:
    for slo in slos:
        sli = slo.sli
        if not isinstance(sli, (Events, Queries)) or sli.good_given or len(sli.queries) != 2:
            continue
        total, bad = (_choice(query) for query in sli.queries)
        if total is not None and bad is not None and total != bad:
            yield _Counted(slo, bad, total)


def _choice(query: Query) -> Choice | None:
    if query.opaque or query.template is not None:
        return None
    found = _choices(query.over(ANY_WINDOW))
    return found[0] if len(found) == 1 else None


def _choices(text: str) -> list[Choice]:
    used = [one.selector for one in promql.selectors(text)]
    return [(one.name, frozenset((m.name, m.op, m.value) for m in one.matchers)) for one in used]


def _check_slos(found: list[_Counted], report: Report) -> None:
    seen: dict[object, list[_Counted]] = {}
    for one in found:
        key = (*_promise(one.slo), one.total)
        for other in seen.get(key, ()):
            if _promise_the_same(one, other):
                report.report(
                    CODE,
                    one.slo.where["name"],
                    f"`{one.slo.name}` has the objective and the total of `{other.slo.name}`, and counts its "
                    f"errors by `{one.bad[0]}` instead of `{other.bad[0]}`",
                    also=(Label(other.slo.where["name"], "promises the same"),),
                    help="keep one of the two, or give them different objectives",
                )
                break
        seen.setdefault(key, []).append(one)


def _promise_the_same(one: _Counted, other: _Counted) -> bool:
    """Whether one SLO counts errors among the series of the total, and the other has a counter for them."""
    apart = [each for each in (one, other) if each.bad[0] != each.total[0]]
    if len(apart) != 1 or apart[0].bad[1] - apart[0].total[1]:
        return False
    among = other if apart[0] is one else one
    return _SAYS_ERROR.search(apart[0].bad[0]) is not None and any(
        op in ("=", "=~") and re.match(r"\(?5|error|fail", value) for _, op, value in among.bad[1]
    )


def _check_alerts(alerts: Iterable[Rule], found: list[_Counted], report: Report) -> None:
    by_total: dict[str, list[_Counted]] = {}
    for one in found:
        by_total.setdefault(one.total[0], []).append(one)
    for rule in alerts:
        chosen = _choices(rule.expr)
        same = by_total.get(chosen[1][0], ()) if len(chosen) == 2 else ()
        slo = next((one.slo for one in same if [one.bad, one.total] == chosen), None)
        if slo is not None and rule.where is not None:
            report.report(
                CODE,
                rule.where["alert"],
                f"this alert is about the ratio that the SLO `{slo.id}` has alerts for",
                also=(Label(slo.where["name"], "the SLO"),),
                help="leave it to the burn-rate alerts of the SLO, which know its objective",
            )
