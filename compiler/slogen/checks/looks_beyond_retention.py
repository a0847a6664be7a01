"""A query looks back further than samples are kept

## Why
Prometheus forgets what is older than its retention, which is 15 days unless it is configured. A range of 30
days then holds 15 days, and says nothing of it: the error ratio of the period and the budget that is left
are those of half the period, and a bad day is forgotten two weeks too early. With `prometheus: {retention:
...}` in Settings slogen knows how far back queries see. (An offset behind which nothing is kept at all is
SLO812.)

## Wrong
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {retention: 15d}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  window: 30d
#         ^^^
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```

## Right
```yaml
apiVersion: slogen.dev/v1
kind: Settings
spec:
  prometheus: {retention: 40d}
---
apiVersion: slogen.dev/v1
kind: ServiceLevels
spec:
  service: checkout
  window: 30d
  slos:
    - name: availability
      objective: 99.9
      sli: {events: {bad: 'errors_total', total: 'requests_total'}}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from slogen.diagnostics import Code, Label, Report
from slogen.durations import render
from slogen.expressions import written_at
from slogen.ir import Millis, Program, Settings, Slo
from slogen.promql.reach import Reach, durations_together, reaches
from slogen.source import Span

CODE = Code("SLO455", "warning", __doc__)
_DAY = 86_400_000


class Look(NamedTuple):
    """What a selector of a query sees, where that is written, and the SLO that it is of, if any."""

    reach: Reach
    at: Span
    slo: Slo | None = None


def check_program(program: Program, report: Report) -> None:
    """Report periods and alert windows of SLOs, and ranges of queries, that hold less than they say."""
    retention = program.settings.prometheus.retention
    if retention is None:
        return
    for slo in program.slos:
        if slo.window > retention:
            _report_period(slo, retention, program.settings, report)
    for look in looks(program, retention):
        if sees_something(look.reach, retention):
            report.report(
                CODE,
                look.at,
                f"this looks back {render(look.reach.earliest)}, and samples are kept for "
                f"{render(retention)}",
                also=kept(program.settings),
                help=f"look back no further than {render(retention)}, or keep the samples for longer",
            )


def _report_period(slo: Slo, retention: Millis, settings: Settings, report: Report) -> None:
    windows = [window for window in slo.windows if window > retention]
    too = f", and the alerts over {render(windows[-1])} see no more, either" if windows else ""
    period = render(slo.window)
    report.report(
        CODE,
        _place_of_period(slo, settings),
        f"samples are kept for {render(retention)}, so the error ratio and the budget of {period} never "
        f"count more than the last {render(retention)}{too}",
        also=kept(settings),
        help=f"keep the samples for {period} at least, or write a `window` of {render(retention)} at most",
    )


def _place_of_period(slo: Slo, settings: Settings) -> Span:
    """Where the period is stated. Where nobody states it, all SLOs share one finding, at the retention."""
    if "window" in slo.where:
        return slo.where["window"]
    if settings.where is not None and "window" in settings.where:
        return settings.where["window"]
    stated = settings.prometheus.where
    return stated["retention"] if stated is not None else slo.where.whole


def looks(program: Program, retention: Millis) -> Iterator[Look]:
    """What queries see that is older than the samples that are kept."""
    for slo in program.slos:
        yield from _of_slo(slo, retention)
    for rules in program.rule_sets:
        if rules.slos:
            continue
        for group in rules.groups:
            for rule in group.rules:
                if rule.where is not None:
                    for reach in _too_far(rule.expr, retention):
                        yield Look(reach, rule.where["expr"].slice(*reach.at))


def _of_slo(slo: Slo, retention: Millis) -> Iterator[Look]:
    """What the queries of an SLO see, over the longest window that the retention leaves room for."""
    windows = [window for window in slo.windows if window <= retention]
    if not windows:
        return
    window = render(windows[-1])
    for query in slo.sli.queries:
        if not query.opaque:
            for reach in _too_far(query.over(window), retention):
                yield Look(reach, written_at(query, reach.at, window), slo)


def _too_far(text: str, retention: Millis) -> tuple[Reach, ...]:
    if durations_together(text) <= retention:
        return ()
    return tuple(reach for reach in reaches(text) if reach.earliest > retention)


def sees_something(reach: Reach, retention: Millis) -> bool:
    """Whether there may be samples at all: blocks go as a whole, and are up to a tenth of the retention long.

    Source: https://prometheus.io/docs/prometheus/latest/storage/
    """
    return reach.latest <= retention + retention // 10 + _DAY


def kept(settings: Settings) -> tuple[Label, ...]:
    """Where the retention is stated."""
    where = settings.prometheus.where
    return (Label(where["retention"], "how long samples are kept"),) if where is not None else ()
