"""Targets of objectives, as percent; and which of several keys a mapping has."""

from __future__ import annotations

from decimal import Decimal

from slogen import codes, shapes
from slogen.burn import decimal_text
from slogen.diagnostics import Report
from slogen.openslo.indicators import PERCENT
from slogen.source import Node


def one_of(node: Node, keys: tuple[str, ...], what: str, report: Report) -> str | None:
    """The only one of the keys that a mapping has a value for. Reports when it has none or several."""
    assert isinstance(node.value, dict)
    present = {key: inner for key, inner in node.value.items() if inner.value is not None}
    places = {key: at for key, at in node.keys.items() if key in present}
    return shapes.exactly_one(Node(present, node.span, places), keys, what, report)


def percent(
    node: Node, target: Decimal | None, target_percent: Decimal | None, report: Report
) -> Decimal | None:
    """The objective at the node, in percent; None after a finding."""
    key = one_of(node, ("target", "targetPercent"), "an objective", report)
    if key is None:
        return None
    written = target if key == "target" else target_percent
    assert written is not None
    objective = written.scaleb(2, PERCENT) if key == "target" else written
    if 0 < objective < 100:
        return objective
    at = node.span_at(key)
    if objective == 100:
        message, text = f"`{at.text}` leaves no error budget", f"write less, such as `{_example(key)}`"
    elif objective <= 0:
        message, text = f"`{at.text}` promises nothing", f"write more, such as `{_example(key)}`"
    elif key == "target" and written == 100:
        message = f"`{at.text}` is percent, and leaves no error budget; `target` is a share of 1"
        text = "write less, such as `0.999` for 99.9 percent"
    elif key == "target" and written < 100:
        share = written.scaleb(-2, PERCENT)
        message = f"`{at.text}` is percent; `target` is a share of 1"
        text = f"write `{decimal_text(share)}`, or `targetPercent: {at.text}`"
    else:
        message, text = f"`{at.text}` is more than everything", f"write less, such as `{_example(key)}`"
    report.report(codes.BAD_VALUE, at, message, help=text)
    return None


def _example(key: str) -> str:
    return "0.999" if key == "target" else "99.9"
