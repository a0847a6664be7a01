"""What the items of `adjustments` mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from slogen import codes, durations, names, shapes
from slogen.adjustments import USUAL, Adjustment, BareSeries, BudgetAlert, InfoLabels, Intervals
from slogen.diagnostics import Report, nearest
from slogen.nativespec import written
from slogen.source import Node, Span

_RATIO = re.compile(names.error_ratio("(.+)"))


def adjustments(node: Node | None, report: Report) -> tuple[Adjustment, ...] | None:
    """All that is emitted for an SLO, in order; None after findings."""
    if node is None or not isinstance(node.value, list):  # what is no list is a finding of the SLO's shape
        return USUAL
    found = [_adjustment(item, report) for item in node.value]
    sound = [adjustment for adjustment in found if adjustment is not None]
    return (*USUAL, *sound) if len(sound) == len(found) else None


def places(node: Node | None) -> dict[str, Span]:
    """Where each adjustment and its parts are written, such as `adjustments.3` and `adjustments.3.name`.

    The number is the position in what `adjustments` returns.
    """
    found = {}
    items = node.value if node is not None and isinstance(node.value, list) else ()
    for i, item in enumerate(items, len(USUAL)):
        found[f"adjustments.{i}"] = item.span
        for inner in item.value.values() if isinstance(item.value, dict) else ():
            for part in inner.keys:
                found[f"adjustments.{i}.{part}"] = inner.span_at(part)
    return found


def _adjustment(node: Node, report: Report) -> Adjustment | None:
    kinds = written.ADJUSTMENTS
    if not isinstance(node.value, dict):
        report.report(
            codes.WRONG_TYPE,
            node.span,
            "an adjustment is a mapping with one key",
            help=f"write one of {', '.join(f'`{kind}:`' for kind in kinds)}",
        )
        return None
    unknown = [key for key in node.value if key not in kinds]
    for key in unknown:
        meant = nearest(key, kinds)
        report.report(
            codes.UNKNOWN_KEY,
            node.key_at(key),
            f"`{key}` is no adjustment",
            help=f"did you mean `{meant}`?" if meant else f"there are {', '.join(kinds)}",
        )
    kind = None if unknown else shapes.exactly_one(node, tuple(kinds), "an adjustment", report)
    inner = node.get(kind) if kind else None
    if kind is None or inner is None:
        return None
    shape = shapes.read(inner, kinds[kind], report, f"`{kind}`")
    return None if shape is None else _MEANINGS[kind](shape, inner, report)


def _info_labels(shape: written.InfoLabelsShape, node: Node, report: Report) -> InfoLabels | None:
    if shape.series in names.METADATA:
        return InfoLabels(shape.labels, shape.series)
    _report_series(shape.series, node.span_at("series"), "metadata series", names.METADATA, report)
    return None


def _bare_series(shape: written.BareSeriesShape, node: Node, report: Report) -> BareSeries | None:
    unknown = [(i, series) for i, series in enumerate(shape.all_but) if not _is_recorded(series)]
    for i, series in unknown:
        known = (*names.METADATA, names.error_ratio("5m"))
        _report_series(series, node.span_at("all_but", i), "series", known, report)
    return None if unknown else BareSeries(tuple(shape.keep), tuple(shape.all_but))


def _is_recorded(series: str) -> bool:
    ratio = _RATIO.fullmatch(series)
    if ratio is None:
        return series in names.METADATA
    try:
        durations.parse(ratio[1])
    except durations.DurationError:
        return False
    return True


def _report_series(series: str, at: Span, what: str, known: tuple[str, ...], report: Report) -> None:
    meant = nearest(series, known)
    report.report(
        codes.BAD_VALUE,
        at,
        f"`{series}` is no {what} that slogen records",
        help=f"did you mean `{meant}`?" if meant else f"there are {', '.join(known)}",
    )


def _intervals(shape: written.IntervalsShape, node: Node, report: Report) -> Intervals:
    return Intervals(shape.default, shape.ratios, shape.metadata, shape.alerts)


def _budget_alert(shape: written.BudgetAlertShape, node: Node, report: Report) -> BudgetAlert | None:
    if not 0 <= shape.threshold < 1:
        report.report(
            codes.BAD_VALUE,
            node.span_at("threshold"),
            f"`{shape.threshold}` is no share of the budget that can be left",
            help="write a ratio from 0 to below 1, such as `0.1`",
        )
        return None
    return BudgetAlert(
        shape.name, shape.threshold, shape.for_, shape.labels, shape.selector, shape.annotations
    )


_MEANINGS: Mapping[str, Callable[[Any, Node, Report], Adjustment | None]] = {
    "info_labels": _info_labels,
    "bare_series": _bare_series,
    "intervals": _intervals,
    "budget_alert": _budget_alert,
}
