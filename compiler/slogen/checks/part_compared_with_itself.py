"""Bad events are compared with themselves

## Why
Queries without an aggregation keep every series apart, with all of its labels. When the bad events are told
from the others by a label, such as `code`, the only series of the total with the same labels are those of the
bad events themselves: the error ratio is 1 as soon as there is an error, and 0 for all other series. It pages
for every single error, and never tells the share of bad requests. The same holds for an aggregation that
keeps that label. (Sides with different labels are SLO407.)

## Wrong
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: rate(requests_total{job="checkout",code=~"5.."}[{{.window}}])
#                                                       ^^^^^^^^^^^
        total_query: rate(requests_total{job="checkout"}[{{.window}}])
    alerting: {name: CheckoutAvailability}
```

## Right
```yaml
version: prometheus/v1
service: checkout
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{job="checkout",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total{job="checkout"}[{{.window}}]))
    alerting: {name: CheckoutAvailability}
```
"""

from __future__ import annotations

from slogen import expressions, promql
from slogen.checks.rules_of_another_tool import CODE as OF_ANOTHER_TOOL
from slogen.diagnostics import Code, Label, Report
from slogen.expressions import ANY_WINDOW
from slogen.ir import Query, Slo

CODE = Code("SLO408", "error", __doc__)
Matched = frozenset[tuple[str, str, str]]


def check_slo(slo: Slo, report: Report) -> None:
    """Report the matcher that tells the bad (or good) events from the others by a label that stays."""
    if not (slo.grouping.each or slo.grouping.labels) or len(slo.sli.queries) != 2:
        return
    total, part = slo.sli.queries
    whole, chosen = _only_selector(total), _only_selector(part)
    if whole is None or chosen is None or whole.name != chosen.name:
        return
    known = _matched(whole)
    telling = [m for m in chosen.matchers if (m.name, m.op, m.value) not in known]
    # A label that is added up, as by `sum without (code)`, leaves the bad events among all others.
    kept = all(_is_kept(matcher.name, slo) for matcher in telling)
    if not telling or not kept or not known <= _matched(chosen):
        return
    first = telling[0]
    report.report(
        CODE if slo.compat is None else OF_ANOTHER_TOOL,
        part.at if part.template else part.at.slice(*_place(part, first.at)),
        f"the series that `{first.name}` selects are compared with themselves only",
        also=(Label(total.at, "keeps the same label apart"),),
        help="add up both sides, as in `sum(rate(...))`, or by the labels that you want to keep apart",
    )


def _only_selector(query: Query) -> promql.Selector | None:
    if query.opaque:
        return None
    used = promql.selectors(query.over(ANY_WINDOW))
    return used[0].selector if len(used) == 1 else None


def _is_kept(label: str, slo: Slo) -> bool:
    """Whether both the total and the part of it are told apart by the label."""
    if not slo.grouping.each:
        kept = (expressions.result_labels(query) for query in slo.sli.queries)
        return label in slo.grouping.labels and all(labels is None or label in labels for labels in kept)
    return all(promql.keeps_label(query.over(ANY_WINDOW), label) for query in slo.sli.queries)


def _matched(selector: promql.Selector) -> Matched:
    return frozenset((matcher.name, matcher.op, matcher.value) for matcher in selector.matchers)


def _place(query: Query, place: promql.Place) -> promql.Place:
    """Where the author wrote what stands at a place of the query with a window in it."""
    return promql.render(query.text, query.holes, ANY_WINDOW).source_place(place)
