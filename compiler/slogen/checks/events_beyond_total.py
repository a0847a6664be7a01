"""Some bad events are not in the total

## Why
The error ratio is the share of all events that are bad, so each bad event has to be one of the total. Here
the bad ones are counted where the total does not look: by a matcher that only the total has, by a value that
the total leaves out, in another histogram, or by another program. The ratio is then too large or means
nothing, and can exceed 1. This is a warning, since only you know what the metrics count. (Bad events of which
none is in the total are SLO463.)

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
        events:
          total: requests_total{method="GET",code!~"4.."}
#                               ^^^^^^^^^^^^
          bad: requests_total{code=~"5.."}
    - name: quality
      objective: 99
      sli:
        events:
          total: requests_total{code!~"4.."}
          bad: requests_total{code=~"5..|429"}
#                             ^^^^^^^^^^^^^^^
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
        events:
          total: requests_total{method="GET",code!~"4.."}
          bad: requests_total{method="GET",code=~"5.."}
```
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from slogen import catalogued
from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.indicated import Counted, Sides, sides_of, without_bounds
from slogen.promql import Matcher
from slogen.promql.overlap import exclude_each_other, selected_beyond
from slogen.synthesis.conventions import PLACES

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO415", "warning", __doc__)
_BUCKET, _COUNT = "_bucket", "_count"
_HARDLY = "are hardly part of the total"


class _Escape(NamedTuple):
    """A value that the part of the total selects, and the total by its matcher does not."""

    theirs: Matcher
    mine: Matcher | None
    value: str
    total: Counted


def check_indicator(expressions: tuple[Examined, ...], report: Report) -> None:
    """Warn of bad or good events that are counted where the total does not look."""
    sides = sides_of(expressions)
    if sides is None:
        return
    for chosen in sides.part:
        same = [one for one in sides.total if one[0].name == chosen[0].name]
        # Of several metrics nobody knows which of them holds the event.
        if len(same) == len(sides.total):
            _check_matchers(chosen, same, sides, report)
        elif not same:
            _check_families(chosen, sides, report)


# the same metric --------------------------------------------------------------------------------------


def _check_matchers(chosen: Counted, same: Sequence[Counted], sides: Sides, report: Report) -> None:
    escapes = [_escape(chosen[0], one) for one in same]
    found = escapes[0]
    if found is None or None in escapes or _is_apart(chosen[0], same):
        return
    matcher, (_, total) = found.theirs, found.total
    if found.mine is not None:
        report.report(
            CODE,
            chosen[1].at(found.mine.at),
            f'these {sides.role} events include `{matcher.name}="{found.value}"`, which the total leaves out',
            also=(Label(total.at(matcher.at), "the total"),),
            help="let the total count them, too, or leave them out on both sides",
        )
        return
    report.report(
        CODE,
        total.at(matcher.at),
        f"only the total asks for this: the {sides.role} events are counted for every `{matcher.name}`",
        also=(Label(chosen[1].at(chosen[0].at), f"the {sides.role} events"),),
        help="write the matcher on both sides",
    )


def _is_apart(chosen: Meaning, same: Sequence[Counted]) -> bool:
    """Whether no event is in the total at all."""
    return all(exclude_each_other(without_bounds(chosen), without_bounds(one)) for one, _ in same)


def _escape(chosen: Meaning, total: Counted) -> _Escape | None:
    mine = without_bounds(chosen)
    for matcher in without_bounds(total[0]):
        own = [one for one in mine if one.name == matcher.name]
        value = selected_beyond([(one.op, one.value) for one in own], (matcher.op, matcher.value))
        if value is None:
            continue
        if own:
            return _Escape(matcher, own[0], value, total)
        # What tells events apart by how they went may be told by another label on the other side.
        if matcher.name in PLACES and not _is_placed_apart(chosen, total[0]):
            return _Escape(matcher, None, value, total)
    return None


def _is_placed_apart(chosen: Meaning, total: Meaning) -> bool:
    """Whether the part says where by a label of its own, which may well mean the same place."""
    named = {one.name for one in total.matchers}
    return any(one.name in PLACES and one.name not in named for one in chosen.matchers)


# other metrics ----------------------------------------------------------------------------------------


def _check_families(chosen: Counted, sides: Sides, report: Report) -> None:
    selector, expression = chosen
    reasons = [_apart(selector, one) for one, _ in sides.total]
    if not reasons[0] or not all(reasons):
        return
    total, whole = sides.total[0]
    report.report(
        CODE,
        expression.at(selector.name_at),
        f"these {sides.role} events {reasons[0]}",
        also=(Label(whole.at(total.name_at), "the total"),),
        help="count the total where the events are counted",
    )


def _apart(chosen: Meaning, total: Meaning) -> str:
    """What is wrong where two metrics hardly count the same events; empty if they may."""
    if chosen.name.endswith(_BUCKET) and total.name.endswith((_BUCKET, _COUNT)):
        ours, theirs = (
            chosen.name.removesuffix(_BUCKET),
            total.name.removesuffix(_COUNT).removesuffix(_BUCKET),
        )
        if ours != theirs:
            return f"{_HARDLY}: they are in the histogram `{ours}`, and the total in `{theirs}`"
        return ""
    if chosen.sample is not None and total.sample is not None:
        components = [[one.component for one in sample.catalogs] for sample in (chosen.sample, total.sample)]
        if not set(components[0]) & set(components[1]):
            return f"{_HARDLY}: `{components[0][0]}` exports them, and `{components[1][0]}` the total"
    doubt = _doubt(chosen, total)
    if doubt:
        return doubt
    label = exclude_each_other(_places(chosen), _places(total))
    return f"{_HARDLY}: each side asks for another `{label}`" if label else ""


def _doubt(chosen: Meaning, total: Meaning) -> str:
    """What the catalog of the total notes about the metric of its part; what it surely excludes is SLO431."""
    cautions = total.sample.metric.cautions if total.sample is not None else ()
    about = (one for one in cautions if one.trait == "note" and chosen.name in one.metrics)
    return next((f"may not be in the total: {catalogued.sentence(one)}" for one in about), "")


def _places(selector: Meaning) -> list[Matcher]:
    return [one for one in selector.matchers if one.name in PLACES]
