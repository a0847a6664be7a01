"""Alert windows: those that a document declares, and those that an SLO has for itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from slogen import codes, shapes
from slogen.diagnostics import Report
from slogen.ir import AlertWindows, Millis, Tier, Urgency, Where
from slogen.nativespec import written
from slogen.source import Node, Span


def alert_windows(node: Node, report: Report) -> Iterator[AlertWindows]:
    """The alert windows of a document; without tiers where it is broken."""
    document = shapes.read(node, written.AlertWindows, report, "the document")
    spec = node.get("spec")
    found = tiers(document.spec, spec, report, document.spec.window) if document and spec else None
    name = node.get("metadata", "name")
    if name is None or not isinstance(name.value, str):
        return
    if found and document:
        yield AlertWindows(name.value, document.spec.window, found, Where(name.span))
    else:
        # So that naming them is not a second error.
        yield AlertWindows(name.value, None, (), Where(name.span))


def tiers(
    windows: written.Tiers, node: Node, report: Report, period: Millis | None = None
) -> tuple[Tier, ...] | None:
    """The tiers, which must fit into the period if one is given; None after findings."""
    found: list[Tier] = []
    sound = True
    for urgency, listed in _by_urgency(windows):
        for i, tier in enumerate(listed):
            sound &= _is_sound(tier, period, node.get(urgency.value, i) or node, report)
            found.append(Tier(urgency, tier.long, tier.short, Fraction(tier.budget) / 100))
    if not found:
        report.report(
            codes.MISSING_KEY,
            next(iter(node.keys.values()), node.span),
            "these alert windows have no tier",
            help="add at least one item to `page:` or `ticket:`",
        )
    return tuple(found) if found and sound else None


def places(node: Node) -> dict[str, Span]:
    """Where each tier and its values are written, such as `alert_windows.page.0` and its `.long`."""
    found = {}
    for urgency in Urgency:
        listed = node.get(urgency.value)
        for i, tier in enumerate(listed.value if listed and isinstance(listed.value, list) else ()):
            found[f"alert_windows.{urgency}.{i}"] = tier.span
            found |= {f"alert_windows.{urgency}.{i}.{key}": tier.span_at(key) for key in tier.keys}
    return found


def _by_urgency(windows: written.Tiers) -> tuple[tuple[Urgency, list[written.Tier]], ...]:
    return (Urgency.PAGE, windows.page), (Urgency.TICKET, windows.ticket)


def _is_sound(tier: written.Tier, period: Millis | None, node: Node, report: Report) -> bool:
    sound = True
    if not Decimal(0) < tier.budget <= Decimal(100):
        report.report(
            codes.BAD_VALUE,
            node.span_at("budget"),
            f"`{tier.budget}` is no share of the budget",
            help="write percent, above 0 and at most 100",
        )
        sound = False
    if tier.short >= tier.long:
        report.report(
            codes.BAD_VALUE,
            node.span_at("short"),
            "the short window is not shorter than the long one",
            help="the workbook takes one twelfth of the long window",
        )
        sound = False
    if period is not None and tier.long > period:
        report.report(
            codes.BAD_VALUE,
            node.span_at("long"),
            "the long window is longer than the window of the objective",
            help="write one that fits into `window`",
        )
        sound = False
    return sound
