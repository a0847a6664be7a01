"""Configurations of Prometheus with jobs that scrape: read, and judged; never emitted."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.diagnostics import Report
from slogen.ir import Extensions
from slogen.scrapejobs import ScrapeObject
from slogen.scrapespec.prometheus import configuration, is_job, is_of_promtail
from slogen.source import Node

NAME = "a configuration of Prometheus"


def recognises(node: Node) -> bool:
    """Whether a document has jobs of Prometheus, or is one of them."""
    if not isinstance(node.value, dict) or "apiVersion" in node.keys or "kind" in node.keys:
        return False
    if is_job(node):
        return True
    listed = node.get("scrape_configs")
    return listed is not None and isinstance(listed.value, list) and not is_of_promtail(node)


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[ScrapeObject]:
    """The jobs of a document."""
    yield configuration(node, report)
