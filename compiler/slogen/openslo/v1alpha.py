"""`openslo/v1alpha`, the version that Sloth reads: from SLOs to drafts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slogen import codes
from slogen.diagnostics import Report
from slogen.ir import Draft, Manifest
from slogen.openslo import V1ALPHA, indicators, metadata, objectives, periods, sources, v1, written
from slogen.openslo.indicators import Measured
from slogen.openslo.objects import Object
from slogen.openslo.references import References
from slogen.slis.timeslice import DEFAULT_SLICE
from slogen.source import Node


def drafts(slo: Object, references: References, report: Report) -> Iterator[Draft]:
    """One draft for each objective of an SLO that is without findings."""
    spec: written.AlphaSloSpec = slo.shape.spec
    v1.check_service(slo, spec.service, references, report)
    _report_metadata(slo, report)
    period = periods.rolling_alpha(slo.node.get("spec", "timeWindows"), spec.timeWindows, report)
    for i, (at, objective) in enumerate(zip(v1.nodes(slo), spec.objectives, strict=True)):
        target = objectives.percent(at, objective.target, None, report)
        measured = _budgeted(slo, _measured(slo, at, objective, report), at, objective, report)
        if period is None or target is None or measured is None:
            continue
        yield Draft(
            service=spec.service,
            name=f"{slo.name}-{i}",
            objective=target,
            sli=measured.sli,
            spec=V1ALPHA,
            manifest=Manifest(""),
            where=v1.where(slo, at, period),
            window=period.length,
            group_by=measured.group_by,
            each_series=measured.each_series,
            description=metadata.description(slo.shape.metadata, spec.description),
            fit_tiers=True,
        )


def _report_metadata(slo: Object, report: Report) -> None:
    """Labels and annotations came with v1; Sloth passes over them."""
    for key in ("labels", "annotations"):
        if getattr(slo.shape.metadata, key):
            report.report(
                codes.NO_EFFECT,
                slo.node.key_at("metadata", key),
                f"`{key}` has no effect in {V1ALPHA}",
                help="write `apiVersion: openslo/v1`, which has them, or delete it",
            )


def _measured(slo: Object, at: Node, objective: written.AlphaObjective, report: Report) -> Measured | None:
    spec: written.AlphaSloSpec = slo.shape.spec
    threshold = spec.indicator.thresholdMetric if spec.indicator is not None else None
    ratio = objective.ratioMetrics
    if ratio is not None and threshold is not None:
        report.report(
            codes.UNKNOWN_KEY,
            at.key_at("ratioMetrics"),
            "`ratioMetrics` is here, and the SLO has a `thresholdMetric`",
            help="keep one of them",
        )
        return None
    if ratio is not None:
        v1.report_unused(at, objective, report)
        return _ratio(at, ratio, report)
    if threshold is not None:
        return _threshold(slo, at, objective, threshold, report)
    report.report(
        codes.MISSING_KEY,
        next(iter(at.keys.values()), at.span),
        "`ratioMetrics` is missing in an objective",
        help="add `ratioMetrics:` with `good:` and `total:`",
    )
    return None


def _ratio(at: Node, ratio: written.AlphaRatio, report: Report) -> Measured | None:
    node = at.get("ratioMetrics")
    assert node is not None
    key = objectives.one_of(node, ("good", "bad"), "`ratioMetrics`", report)
    part_shape: written.AlphaSource | None = getattr(ratio, key) if key else None
    part_node, total_node = node.get(key) if key else None, node.get("total")
    part = (
        sources.alpha_query(part_node, part_shape, key, report)
        if key and part_node is not None and part_shape is not None
        else None
    )
    total = sources.alpha_query(total_node, ratio.total, "total", report) if total_node is not None else None
    if part is None or total is None:
        return None
    counter = ratio.counter if ratio.counter is not None else ratio.incremental
    return indicators.of_ratio(total, part, counter, next(iter(node.keys.values()), node.span), report)


def _threshold(
    slo: Object, at: Node, objective: written.AlphaObjective, threshold: written.AlphaSource, report: Report
) -> Measured | None:
    node = slo.node.get("spec", "indicator", "thresholdMetric")
    assert node is not None
    query = sources.alpha_query(node, threshold, "thresholdMetric", report)
    compared = v1.compared_with(at, objective.op, objective.value, report)
    return indicators.of_threshold(query, *compared, report) if query and compared else None


def _budgeted(
    slo: Object, measured: Measured | None, at: Node, objective: written.AlphaObjective, report: Report
) -> Measured | None:
    target: Decimal | None = objective.timeSliceTarget
    if slo.shape.spec.budgetingMethod != "Timeslices":
        if target is not None:
            report.report(
                codes.NO_EFFECT,
                at.key_at("timeSliceTarget"),
                "`timeSliceTarget` has no effect without `budgetingMethod: Timeslices`",
                help="delete it, or write `budgetingMethod: Timeslices`",
            )
        return measured
    if target is None:
        report.report(
            codes.MISSING_KEY,
            next(iter(at.keys.values()), at.span),
            "`timeSliceTarget` is missing in an objective by timeslices",
            help="add the share of good events that makes a slice good, such as `timeSliceTarget: 0.95`",
        )
        return None
    if measured is None:
        return None
    place = at.span_at("timeSliceTarget")
    return indicators.in_slices(measured, DEFAULT_SLICE, place, target, place, report)
