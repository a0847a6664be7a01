"""Where a metric comes from: it must be a Prometheus, or something that takes its queries."""

from __future__ import annotations

import re

from slogen import codes
from slogen.diagnostics import Report, nearest
from slogen.openslo import written
from slogen.openslo.indicators import Side
from slogen.openslo.objects import Object
from slogen.openslo.references import References
from slogen.source import Node, Span

# Names without blanks, dashes and the like. Whatever has `prometheus` in its name is one as well.
_DIALECTS = frozenset(
    (
        *("prom", "promql", "sloth", "thanos", "mimir", "grafanamimir", "cortex", "m3", "amp", "gmp"),
        *("grafanacloud", "victoriametrics", "vm", "metricsql"),
    )
)
_METRICSQL = frozenset(("victoriametrics", "vm", "metricsql"))
_OTHER_NAMES = ("promql", "expr", "expression", "metricQuery", "queries", "metric")


def query(
    metric: Node, shape: written.Metric, role: str, origin: Object, references: References, report: Report
) -> Side | None:
    """The query of a v1 metric; None after findings. `origin` is the object that it is written in."""
    source = metric.get("metricSource")
    assert source is not None
    dialect = _dialect(source, shape.metricSource, origin, references, report)
    found = _query(source, report)
    if dialect is None or found is None:
        return None
    return Side(found, role, dialect in _METRICSQL)


def alpha_query(node: Node, shape: written.AlphaSource, role: str, report: Report) -> Side | None:
    """The query of a v1alpha metric; None after findings."""
    dialect = _known(shape.source, node.span_at("source"), report)
    kind = shape.queryType
    if kind is not None and _plain(kind) not in ("promql", "query", "metricsql"):
        report.report(
            codes.NO_EQUIVALENT,
            node.span_at("queryType"),
            f"`{kind}` is no type of queries that slogen knows",
            help="write `queryType: promql`",
        )
        return None
    inner = node.get("query")
    return Side(inner, role, dialect in _METRICSQL) if dialect and inner is not None else None


def _dialect(
    source: Node, shape: written.MetricSource, origin: Object, references: References, report: Report
) -> str | None:
    """The kind of metric source, of which slogen knows the language."""
    reference = source.get("metricSourceRef")
    named = references.get("DataSource", shape.metricSourceRef) if shape.metricSourceRef else None
    if shape.type is not None:
        # The source may well be declared elsewhere: nothing of it is needed, unless it says otherwise.
        if reference is not None and references.meant("DataSource", str(reference.value)):
            references.find("DataSource", reference, origin)
            return None
        own = _known(shape.type, source.span_at("type"), report)
        return own if named is None or named.shape is None or own is None else _of_source(named, report)
    if reference is None or shape.metricSourceRef is None:
        report.report(
            codes.MISSING_KEY,
            next(iter(source.keys.values()), source.span),
            "`type` is missing in `metricSource`",
            help="add `type: Prometheus`",
        )
        return None
    if named is None and not references.meant("DataSource", shape.metricSourceRef):
        report.report(
            codes.UNKNOWN_REFERENCE,
            reference.span,
            f"no DataSource is called `{shape.metricSourceRef}`",
            help="add `type: Prometheus` beside it, or a document of kind `DataSource` with that name",
        )
        return None
    found = references.find("DataSource", reference, origin)
    return _of_source(found, report) if found is not None and found.shape is not None else None


def _of_source(source: Object, report: Report) -> str | None:
    return _known(source.shape.spec.type, source.node.span_at("spec", "type"), report)


def _known(name: str, at: Span, report: Report) -> str | None:
    plain = _plain(name)
    if plain in _DIALECTS or "prometheus" in plain:
        return plain
    report.report(
        codes.NO_EQUIVALENT,
        at,
        f"`{name}` is no Prometheus, nor anything that evaluates its rules",
        help=f"did you mean `{_meant(plain)}`?" if _meant(plain) else "write `Prometheus` if it is one",
    )
    return None


def _meant(plain: str) -> str | None:
    found = nearest(plain, ("prometheus", "thanos", "mimir", "cortex", "victoriametrics"))
    return found.capitalize() if found else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.casefold())


def _query(source: Node, report: Report) -> Node | None:
    spec = source.get("spec")
    if spec is None or spec.value is None:
        report.report(
            codes.MISSING_KEY,
            next(iter(source.keys.values()), source.span),
            "`spec` is missing in `metricSource`",
            help="add `spec:` with a `query:` below it",
        )
        return None
    if not isinstance(spec.value, dict):
        report.report(
            codes.WRONG_TYPE,
            spec.span,
            "`spec` is not a mapping",
            help="write the PromQL as `query:` below it",
        )
        return None
    _report_unused(spec, report)
    found = spec.get("query")
    if found is not None and isinstance(found.value, str) and found.value.strip():
        return found
    if found is not None:
        report.report(codes.WRONG_TYPE, found.span, "this is no PromQL", help="write PromQL in text")
        return None
    misspelt = next((key for key in spec.keys if key in _OTHER_NAMES or nearest("query", [key])), None)
    if misspelt is not None:
        report.report(
            codes.UNKNOWN_KEY, spec.key_at(misspelt), f"unknown key `{misspelt}`", help="write `query`"
        )
    else:
        report.report(
            codes.MISSING_KEY,
            source.key_at("spec"),
            "`query` is missing in `spec`",
            help="add `query:` with the PromQL",
        )
    return None


def _report_unused(spec: Node, report: Report) -> None:
    if spec.get("query") is None:
        return
    for key, at in spec.keys.items():
        if key not in ("query", "queryType"):
            report.report(
                codes.NO_EFFECT,
                at,
                f"`{key}` has no effect: only `query` is read",
                help="delete it",
            )
