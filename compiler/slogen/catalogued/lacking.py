"""Labels that queries ask for and that catalogs say are not there."""

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
class LackingLabel:
    """A label that no series of a metric has, and where the query asks for it.

    `is_certain` says that all ways of scraping the metric are known, so that no target has the label either,
    and that the query needs it: one that only excludes values of a label loses nothing. `place` is None for a
    label that the SLO groups by. `effect` ends a sentence.
    """

    name: str
    sample: Sample
    place: Place | None
    effect: str
    is_certain: bool


@once
def lacking_labels(expression: Examined) -> Iterator[LackingLabel]:
    """The labels that an expression and its SLO ask for and that catalogs say are not there."""
    if not expression.project.catalogs:
        return
    for part in expression.selectors:
        sample = facts.in_use(part)
        if sample is not None:
            yield from _of_matchers(part, sample)
    for part in (*expression.aggregations, *expression.operations):
        yield from _of_listed(part)
    if expression.slo is not None:
        for name in expression.slo.grouping.labels:
            yield from _of_group(name, None, expression.meaning)


def _of_listed(part: Meaning) -> Iterator[LackingLabel]:
    for name, place in part.labels_at if part.is_by else ():
        # A quantile of what has no buckets has another mistake.
        if name != "le":
            yield from _of_group(name, place, part.operand)
    for name, place in part.included_at:
        yield from _of_included(name, place, part)
    if part.is_operation and part.labels_at:
        yield from _of_matched(part)


def report_lacking(found: LackingLabel, code: Code, expression: Examined, report: Report) -> None:
    """Report the label where it is written."""
    metric = found.sample.metric
    # Several metrics of an SLO may lack the label that it groups by: one finding is enough.
    whose = f"`{metric.name}`" if found.place is not None else "the metric"
    if found.place is not None:
        at = expression.at(found.place)
    else:
        at = facts.key_of_slo(expression, f"group_by.{found.name}", "group_by")
    report.report(
        code,
        at,
        f"{whose} has no label `{found.name}`{found.effect}",
        also=facts.declared(metric.where),
        help=_help(found),
    )


def _help(found: LackingLabel) -> str:
    text = facts.meant_label(found.name, found.sample)
    if found.sample.knows_scrapes and text.startswith("did you mean"):
        return text
    return f"{text}; where targets have it, declare it under `scrapes`, as one of their `target_labels`"


def _of_matchers(part: Meaning, sample: Sample) -> Iterator[LackingLabel]:
    for matcher in part.matchers:
        is_asked = matcher.op != "=" or matcher.value
        if not is_asked or matcher.name == "__name__" or not part.labels.probably_lacks(matcher.name):
            continue
        takes_all = facts.takes((matcher,), "")
        effect = ": this matcher excludes nothing" if takes_all else ": the selector never finds anything"
        certain = sample.knows_scrapes and not takes_all
        yield LackingLabel(matcher.name, sample, matcher.name_at, effect, certain)


def _of_group(name: str, place: Place | None, operand: Meaning) -> Iterator[LackingLabel]:
    """A label to group by that no metric below has; where only some have it, others say so."""
    if not operand.labels.probably_lacks(name):
        return
    samples = [facts.in_use(one) for one in operand.selectors]
    known = [sample for sample in samples if sample is not None]
    if not known or len(known) < len(samples):
        return
    if all(_lacks(one, name) for one in operand.selectors):
        effect = ": grouped by it, everything is one group"
        yield LackingLabel(name, known[0], place, effect, all(one.knows_scrapes for one in known))


def _of_matched(operation: Meaning) -> Iterator[LackingLabel]:
    """The labels of `on` that a side has not, and that the other one may lack, too: if it does not, that the
    sides never match is another finding."""
    from slogen.promql.meaning import matching_of, unmatched  # noqa: PLC0415 - it loads promql_parser

    matching = matching_of(operation)
    if matching is None or not matching.is_on or unmatched(operation) is not None:
        return
    for name, place in operation.labels_at:
        found = [list(_of_group(name, place, side)) for side in operation.parts]
        told = next((one[0] for one in found if one), None)
        if told is not None:
            is_compared = any(not side.labels.probably_lacks(name) for side in operation.parts)
            effect = "only matches what lacks it, too" if is_compared else "compares nothing"
            yield LackingLabel(name, told.sample, place, f": `on` it {effect}", is_certain=False)


def _lacks(selector: Meaning, name: str) -> bool:
    return selector.labels.probably_lacks(name) and not any(
        one.op == "=" and not one.value for one in facts.matchers_of(selector, name)
    )


def _of_included(name: str, place: Place, operation: Meaning) -> Iterator[LackingLabel]:
    """A label that `group_left` or `group_right` takes from a side that has none."""
    one = operation.parts[0 if operation.takes_from_left else 1]
    if any(name in dict(part.labels_at) for part in one.walk()):
        return
    for found in _of_group(name, place, one):
        effect = ": there is nothing to take from this side"
        yield LackingLabel(name, found.sample, place, effect, found.is_certain)
