"""Kinds of indicators, one module each.

A module has `Shape` (how the kind is written), `mean` (from what is written to what it means) and the class
of what it means, which implements `slogen.ir.Sli`. The name of the module is the key in the spec.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from slogen import codes, plugins, shapes
from slogen.diagnostics import Report, is_clear, nearest, respelt
from slogen.ir import Sli
from slogen.source import Node


@cache
def kinds() -> Mapping[str, Any]:
    """The modules of all kinds by name."""
    modules = plugins.load("slogen.slis", "Shape", "mean")
    return {module.__name__.rpartition(".")[2]: module for module in modules}


def indicator(node: Node | None, report: Report, key: str = "sli") -> Sli | None:
    """The indicator of a mapping whose only key is its kind; None after findings, and without a mapping.

    `key` is the name of the mapping, for messages.
    """
    if node is None:
        return None
    if not isinstance(node.value, dict):
        report.report(
            codes.WRONG_TYPE,
            node.span,
            f"`{key}` is not a mapping",
            help=f"write one of {', '.join(f'`{kind}:`' for kind in kinds())} below it",
        )
        return None
    unknown = [name for name in node.value if name not in kinds()]
    for name in unknown:
        meant = nearest(name, kinds())
        report.report(
            codes.UNKNOWN_KEY,
            node.key_at(name),
            f"`{name}` is no kind of indicator",
            help=f"did you mean `{meant}`?" if meant else f"the kinds are {', '.join(kinds())}",
            fixes=respelt(node.key_at(name), name, meant) if meant and is_clear(name, kinds()) else (),
        )
    if unknown:
        return None
    kind = shapes.exactly_one(node, tuple(kinds()), f"`{key}`", report)
    if kind is None:
        return None
    module = kinds()[kind]
    inner = node.get(kind)
    shape = shapes.read(inner, module.Shape, report, f"the `{kind}` indicator")
    if shape is None:
        return None
    found: Sli | None = module.mean(inner, shape, report)
    return found
