"""Dashboards in Grafana's JSON that stand beside specs and rules: their queries are looked at like those of
rules.

Read is what Grafana exports (the dashboard itself, or below `dashboard`), what its API has as an object
(`dashboard.grafana.app`), and the JSON of a GrafanaDashboard of the Grafana Operator. Queries of other data
sources than Prometheus are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from slogen import kubernetes, promql
from slogen.diagnostics import Report
from slogen.ir import Extensions
from slogen.panelqueries import names_used, panel_query, variable_query
from slogen.panels import GrafanaDashboard, PanelQuery
from slogen.source import Embedded, Node, Span

NAME = "Grafana dashboards"
IS_ONLY_READ = True
"""Nothing is made of the texts of these documents."""
_OBJECTS = "dashboard.grafana.app"
_OPERATOR = "grafana.integreatly.org"
_PROMETHEUS = "prometheus"
_BUILT_IN = frozenset(("-- Grafana --", "-- Mixed --", "-- Dashboard --", "grafana"))
_LOG_FILTER = re.compile(r"!=\s*[\"`]")
_NAME_OF_PROMETHEUS = re.compile(r"prom(?!tail)", re.IGNORECASE)
_MAX_DEPTH = 32


def recognises(node: Node) -> bool:
    """Whether a document is a dashboard, by the keys that only dashboards have."""
    return _dashboard(node) is not None


def is_certain(node: Node) -> bool:
    """Whether a document within a ConfigMap is a dashboard."""
    return recognises(node)


def _dashboard(node: Node) -> Node | None:
    """The dashboard that a document is, or holds."""
    if not isinstance(node.value, dict):
        return None
    api = (kubernetes.text_at(node, "apiVersion") or "").partition("/")[0]
    if api == _OBJECTS:
        found = node.get("spec")
        return found if found is not None and _has_panels(found) else None
    if api == _OPERATOR:
        return node if _operators_text(node) is not None else None
    if "apiVersion" in node.keys or "kind" in node.keys:
        return None
    wrapped = node.get("dashboard")
    if wrapped is not None and _has_panels(wrapped) and wrapped.get("title") is not None:
        return wrapped
    return node if "schemaVersion" in node.keys and _has_panels(node) else None


def _has_panels(node: Node) -> bool:
    lists = (node.get(key) for key in ("panels", "rows"))
    return any(found is not None and isinstance(found.value, list) for found in lists)


def _operators_text(node: Node) -> Node | None:
    found = node.get("spec", "json")
    is_one = kubernetes.text_at(node, "kind") == "GrafanaDashboard"
    return found if is_one and found is not None and isinstance(found.value, str) else None


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[GrafanaDashboard]:
    """The queries of a dashboard, and what its data sources lack."""
    text = _operators_text(node)
    if text is not None:
        placed = Embedded(text, node.key_at("spec", "json")).placed()
        asked = _list(node.get("spec"), "datasources")
        inputs = {kubernetes.text_at(one, "inputName") or "" for one in asked}
        for inner in placed.nodes:
            if _has_panels(inner):
                yield _Reader(inner, report, bound=frozenset(inputs)).dashboard()
        return
    found = _dashboard(node)
    if found is not None:
        yield _Reader(found, report).dashboard()


@dataclass
class _Reader:
    """Reads one dashboard."""

    node: Node
    report: Report
    bound: frozenset[str] = frozenset()
    queries: list[PanelQuery] = field(default_factory=list)
    unbound: list[Span] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.variables = [one for one in _list(self.node.get("templating"), "list") if one.is_mapping]
        named = [kubernetes.text_at(one, "name") or "" for one in self.variables]
        inputs = [kubernetes.text_at(one, "name") or "" for one in _list(self.node, "__inputs")]
        self.declared = frozenset((*named, *inputs))
        self.types = {
            **{name: kubernetes.text_at(one, "query") or "" for name, one in self._sources()},
            **{
                kubernetes.text_at(one, "name") or "": kubernetes.text_at(one, "pluginId") or ""
                for one in _list(self.node, "__inputs")
            },
        }

    def _sources(self) -> Iterator[tuple[str, Node]]:
        """The variables that stand for a data source."""
        for one in self.variables:
            if kubernetes.text_at(one, "type") == "datasource":
                yield kubernetes.text_at(one, "name") or "", one

    def dashboard(self) -> GrafanaDashboard:
        """All that checks look at."""
        for variable in self.variables:
            self._variable(variable)
        for annotation in _list(self.node.get("annotations"), "list"):
            self._target(annotation, annotation.get("datasource"))
        for panel in _panels(self.node):
            self._panel(panel)
        return GrafanaDashboard(
            kubernetes.text_at(self.node, "title") or "",
            tuple(self.queries),
            tuple(self.unbound),
            self.node.span_at("title"),
        )

    def _variable(self, variable: Node) -> None:
        if kubernetes.text_at(variable, "type") != "query":
            return
        source = variable.get("datasource")
        self._look_for_unbound(source)
        query = variable.get("query")
        if query is not None and query.is_mapping:
            query = query.get("query")
        if query is None or not isinstance(query.value, str) or self._kind(source) == "other":
            return
        certain = self._kind(source) == _PROMETHEUS
        found = variable_query(query, self.report, self._declared(), certain=certain)
        self.queries += [found] if found is not None else []

    def _panel(self, panel: Node) -> None:
        source = panel.get("datasource")
        self._look_for_unbound(source)
        for target in _list(panel, "targets"):
            own = target.get("datasource")
            if own is not None and own is not source:
                self._look_for_unbound(own)
            is_mixed = self._kind(source) == "other" and own is None
            self._target(target, own if own is not None and own.value else source, skipped=is_mixed)

    def _target(self, target: Node, source: Node | None, *, skipped: bool = False) -> None:
        query = target.get("expr")
        if query is None or not isinstance(query.value, str) or not query.value.strip() or skipped:
            return
        kind = self._kind(source)
        if kind == "other" or (kind == "unknown" and _may_be_logs(query.value)):
            return
        # Without a data source it is the one that Grafana asks by default; logs begin with a selector.
        is_default = (source is None or source.value is None) and not query.value.lstrip().startswith("{")
        certain = kind == _PROMETHEUS or is_default
        found = panel_query(query, self.report, self._declared(), certain=certain)
        self.queries += [found] if found is not None else []

    def _declared(self) -> frozenset[str] | None:
        # A dashboard that somebody cut out of a larger thing may have no variables of its own.
        return self.declared if self.node.get("templating") is not None else None

    # data sources -------------------------------------------------------------------------------------

    def _kind(self, source: Node | None) -> str:
        """Whose data source it is: `prometheus`, `other`, or `unknown`."""
        if source is None or source.value is None:
            return "unknown"
        stated = kubernetes.text_at(source, "type") if source.is_mapping else None
        if stated and "$" not in stated:
            return _PROMETHEUS if stated == _PROMETHEUS else "other"
        name = _name_of(source)
        if name in _BUILT_IN:
            return "other"
        for variable, _ in names_used(name):
            stated = self.types.get(variable, "")
            if stated:
                return _PROMETHEUS if stated == _PROMETHEUS else "other"
        return _PROMETHEUS if _NAME_OF_PROMETHEUS.search(name) else "unknown"

    def _look_for_unbound(self, source: Node | None) -> None:
        """Remember the place of a data source that is named by a variable which nothing declares."""
        if source is None:
            return
        at = source.get("uid") if source.is_mapping else source
        if at is None or not isinstance(at.value, str):
            return
        for name, place in names_used(at.value):
            if place == (0, len(at.value)) and name not in self.declared | self.bound:
                self.unbound.append(at.span.slice(*place))


def _may_be_logs(text: str) -> bool:
    """Whether a query filters lines of logs: PromQL has no bar outside of strings."""
    if _LOG_FILTER.search(text):
        return True
    strings = (promql.Kind.STRING, promql.Kind.COMMENT)
    return any("|" in token.text for token in promql.tokens(text) if token.kind not in strings)


def _name_of(source: Node) -> str:
    if source.is_mapping:
        return kubernetes.text_at(source, "uid") or ""
    return source.value if isinstance(source.value, str) else ""


def _panels(node: Node, depth: int = 0) -> Iterator[Node]:
    """All panels, those of rows after the row; rows of old dashboards are no panels themselves."""
    for row in _list(node, "rows"):
        yield from _panels(row, depth + 1)
    for panel in _list(node, "panels"):
        yield panel
        if depth < _MAX_DEPTH and panel.is_mapping:
            yield from _panels(panel, depth + 1)


def _list(node: Node | None, key: str) -> Sequence[Node]:
    """The items of a list below a key; none for anything else."""
    found = node.get(key) if node is not None else None
    return found.value if found is not None and isinstance(found.value, list) else ()
