"""No bad event is one of the total

## Why
The error ratio is the share of all events that are bad. Where the matchers of the bad events and those of the
total exclude each other, as `code=~"5.."` and `code!~"5.."` do, the total leaves out what is counted as bad:
the ratio is then that of the bad events to the good ones. It is too large, it exceeds 1 in an outage, and
when everything fails there is no total at all, so the SLO has no data when it matters most.

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
          total: requests_total{code!~"5.."}
          bad: requests_total{code=~"5.."}
#                             ^^^^^^^^^^^
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
          total: requests_total
          bad: requests_total{code=~"5.."}
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slogen.diagnostics import Code, Label, Report
from slogen.examined import Examined
from slogen.indicated import Sides, sides_of, without_bounds
from slogen.promql import Matcher, quote
from slogen.promql.overlap import exclude_each_other, spelt_out
from slogen.synthesis.conventions import meaning

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning

CODE = Code("SLO463", "error", __doc__)


def check_indicator(expressions: tuple[Examined, ...], report: Report) -> None:
    """Report bad or good events of a metric of which the total counts others only."""
    sides = sides_of(expressions)
    if sides is None:
        return
    for chosen, expression in sides.part:
        same = [one for one, _ in sides.total if one.name == chosen.name]
        # Where the total counts several metrics nobody knows which of them holds the event.
        if not chosen.name or not same or len(same) != len(sides.total):
            continue
        labels = [exclude_each_other(without_bounds(chosen), without_bounds(one)) for one in same]
        label = labels[0]
        if label is None or None in labels:
            continue
        if all(_leaves_out(chosen, one, label, sides.role) for one in same):
            _report(chosen, expression, label, sides, report)


def _leaves_out(chosen: Meaning, total: Meaning, label: str, role: str) -> bool:
    """Whether the total is without these events as such. Events of one stage may well be the total of those
    of another, as in `jobs{state="failed"} / jobs{state="started"}`."""
    matchers = [one for one in total.matchers if one.name == label]
    if any(one.op in ("!=", "!~") for one in matchers):
        return True
    signs = [[_sign(one) for one in side if one.name == label] for side in (chosen.matchers, matchers)]
    wanted = [-1, 1] if role == "bad" else [1, -1]
    return all(sign == want for side, want in zip(signs, wanted, strict=True) for sign in side)


def _sign(matcher: Matcher) -> int:
    """What all values that a matcher asks for say by convention; 0 if they do not say the same."""
    found = {meaning(matcher.name, value) for value in spelt_out((matcher.op, matcher.value))}
    return found.pop() if len(found) == 1 else 0


def _report(chosen: Meaning, expression: Examined, label: str, sides: Sides, report: Report) -> None:
    other, total = sides.total[0]
    mine = next(one for one in chosen.matchers if one.name == label)
    theirs = next(one for one in other.matchers if one.name == label)
    report.report(
        CODE,
        expression.at(mine.at),
        f"none of these {sides.role} events is in the total, which asks for "
        f"`{label}{theirs.op}{quote(theirs.value)}`",
        also=(Label(total.at(theirs.at), "leaves them out"),),
        help="let the total select all events, the good and the bad ones",
    )
