"""What kind of value an expression has, and what it is usually."""

from __future__ import annotations

from dataclasses import replace

from slogen.synthesis.leaves import Leaf, Level
from slogen.synthesis.lines import constant_of
from slogen.synthesis.motions import Motion
from slogen.synthesis.nodes import Aggregate, Binary, Call, Node, Subquery, selects, walk
from slogen.synthesis.thresholds import Style

_INEXACT = frozenset(
    [
        "rate",
        "irate",
        "increase",
        "delta",
        "deriv",
        "predict_linear",
        "stddev_over_time",
        "histogram_quantile",
    ]
)


def style_of(node: Node) -> Style:
    """What kind of value an expression has, for the choice of values near a threshold."""
    if isinstance(node, Aggregate):
        return "whole" if node.op == "count" else style_of(node.inner)
    if isinstance(node, Binary):
        if node.op == "/":
            return "share"
        if node.op in ("-", "+", "*"):
            styles = [style_of(side) for side in (node.left, node.right) if constant_of(side) is None]
            if node.op == "-" and "share" in styles:
                return "share"
            kinds = [style for style in styles if style not in ("level", "whole")]
            return kinds[0] if kinds else styles[0] if styles else "level"
        return style_of(node.left if constant_of(node.left) is None else node.right)
    if isinstance(node, Call):
        if node.name in ("increase", "delta", "idelta"):
            return "increase"
        if node.name in ("rate", "irate", "deriv", "predict_linear"):
            return "rate"
        if node.name == "histogram_quantile":
            return "share"
        return next((style_of(each) for each in node.arguments if selects(each)), "level")
    return style_of(node.inner) if isinstance(node, Subquery) else "level"


def is_exact(node: Node) -> bool:
    """Whether a value can be hit to the last digit: what is extrapolated or interpolated cannot."""
    return not any(isinstance(each, Call) and each.name in _INEXACT for each in walk(node))


def natural(simple: Leaf) -> Level:
    """A value that a selector may have where none is asked for."""
    if simple.counts:
        per_second = simple.level(Motion(0.0, 1.0, "counter"))
        return replace(per_second, value=10.0) if per_second.value == 1 else per_second
    name = simple.select.name
    if name.endswith("bytes"):
        value = 1e9
    elif any(
        word in name for word in ("limit", "capacity", "quota", "max", "size", "allocatable", "total")
    ) or name.endswith(("_count", "_sum", "_seconds", "_time", "_timestamp")):
        value = 100.0
    else:
        value = 1.0
    return simple.level(Motion(value))
