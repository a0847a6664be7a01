"""Routing documents: the teams, and how alerts reach them."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.diagnostics import Report
from slogen.source import Node
from slogen.teams import Routing


def routing(node: Node, report: Report) -> Iterator[Routing]:
    """What a document states; nothing after errors."""
    yield Routing(name="", where=(node.span_at("kind"),))
