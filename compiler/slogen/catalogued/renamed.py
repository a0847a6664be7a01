"""Labels of metrics that targets have, too: the scrape renames one of the two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slogen.catalog import Sample
from slogen.catalogued import facts
from slogen.diagnostics import Code, Report
from slogen.examined import Examined, once

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning
    from slogen.promql.problem import Place


@dataclass(frozen=True, slots=True)
class RenamedLabel:
    """A label that a query asks for, and that both a metric and its targets have.

    `is_certain` says that on all ways of scraping the metric's own label has another name, and that its own
    is meant. `place` is None for a label that the SLO groups by. `use` is what the query does with it.
    """

    name: str
    sample: Sample
    place: Place | None
    use: str
    is_certain: bool


@once
def renamed_labels(expression: Examined) -> Iterator[RenamedLabel]:
    """The labels of an expression and its SLO that may be those of the target, where the metric has one."""
    if not expression.project.catalogs:
        return
    for part in expression.selectors:
        sample = facts.in_use(part) if part.matchers else None
        if sample is not None:
            yield from _of_matchers(part, sample)
    for part in expression.aggregations:
        if part.is_by:
            listed = {name for name, _ in part.labels_at}
            for name, place in part.labels_at:
                yield from _of_group(name, place, listed, part.operand)
    if expression.slo is not None:
        listed = set(expression.slo.grouping.labels)
        for name in expression.slo.grouping.labels:
            yield from _of_group(name, None, listed, expression.meaning)


def _of_matchers(part: Meaning, sample: Sample) -> Iterator[RenamedLabel]:
    names = {one.name for one in part.matchers}
    for matcher in part.matchers:
        own = sample.metric.label(matcher.name)
        if own is None or f"exported_{own.name}" in names or not matcher.value:
            continue
        renamed = sample.renames(own.name)
        if renamed is False or not sample.knows_scrapes:
            continue
        is_own = any(facts.takes((matcher,), value) for value in own.values)
        if is_own or not own.is_closed:
            is_certain = bool(renamed and is_own and matcher.op in ("=", "=~"))
            yield RenamedLabel(own.name, sample, matcher.name_at, "this matcher looks at", is_certain)


def _of_group(name: str, place: Place | None, listed: set[str], operand: Meaning) -> Iterator[RenamedLabel]:
    if f"exported_{name}" in listed:
        return
    for part in operand.selectors:
        sample = facts.in_use(part)
        if sample is None or sample.metric.label(name) is None or operand.labels.lacks(name):
            continue
        renamed = sample.renames(name)
        # Who selects by the renamed label knows of both.
        if renamed is False or not sample.knows_scrapes or facts.matchers_of(part, f"exported_{name}"):
            continue
        yield RenamedLabel(name, sample, place, "grouping by it takes", bool(renamed))
        return


def report_renamed(found: RenamedLabel, code: Code, expression: Examined, report: Report) -> None:
    """Report the label where it is written."""
    sample, name = found.sample, found.name
    if found.place is not None:
        at = expression.at(found.place)
    else:
        at = facts.key_of_slo(expression, f"group_by.{name}", "group_by")
    # Several metrics of an SLO may have the label that it groups by: one finding is enough.
    whose = f" of `{sample.metric.name}`" if found.place is not None else ""
    if sample.renames(name):
        message = f"the scrape renames the label `{name}`{whose}: {found.use} that of the target"
        help_ = f"write `exported_{name}` for the metric's own label, or let the scrape honor labels"
    else:
        owner = f"both `{sample.metric.name}`" if found.place is not None else "both the metric"
        message = (
            f"{owner} and its targets have a label `{name}`: "
            f"{found.use} one or the other, as the scrape has it"
        )
        help_ = "say in the catalog whether the scrapes honor labels, and let all do the same"
    report.report(code, at, message, also=facts.declared(sample.scrapes[0].where, "the scrape"), help=help_)
