"""ServiceMonitor, PodMonitor and Probe objects that people wrote by hand: read, and judged; never emitted."""

from __future__ import annotations

from collections.abc import Iterator

from slogen import kubernetes
from slogen.diagnostics import Report
from slogen.ir import Extensions
from slogen.scrapejobs import ScrapeObject
from slogen.scrapespec.objects import KINDS, scrape_object
from slogen.source import Node

NAME = "monitors of the Prometheus Operator"
API_VERSION = "monitoring.coreos.com/v1"


def recognises(node: Node) -> bool:
    """Whether a document is an object of the operator that has targets scraped."""
    is_mapping = isinstance(node.value, dict)
    return is_mapping and kubernetes.text_at(node, "kind") in KINDS and _is_theirs(node)


def _is_theirs(node: Node) -> bool:
    return kubernetes.text_at(node, "apiVersion") == API_VERSION


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[ScrapeObject]:
    """The object of a document."""
    yield scrape_object(node, report)
