"""What a MetricCatalog document means, and where it contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from slogen import codes, shapes, versions
from slogen.catalog import (
    LABEL_NAME,
    METRIC_NAME,
    TARGET_LABELS,
    Catalog,
    Catalogs,
    Caution,
    KnownLabel,
    Metric,
    Scrape,
    Status,
)
from slogen.diagnostics import Label, Report, nearest
from slogen.nativespec import written
from slogen.promql.regexps import regexp_problem
from slogen.source import Node, Span

_PATTERN = re.compile(r"[\w.:/*-]+")
_WITH_BUCKETS = ("histogram", "native_histogram", "unknown")
_FROM_THE_TYPE = {"histogram": "le", "native_histogram": "le", "summary": "quantile"}


def catalog(node: Node, report: Report) -> Iterator[Catalog]:
    """The catalog of a document; nothing after findings, so that half of a catalog judges no query."""
    own = Report()
    found = _catalog(node, own)
    report.extend(own.diagnostics)
    if found is not None and not own.failed:
        yield found


def _catalog(node: Node, report: Report) -> Catalog | None:
    document = shapes.read(node, written.MetricCatalog, report, "the document")
    version = node.get("spec", "version")
    known = version.value if version is not None and isinstance(version.value, str) else ""
    metrics = tuple(_metrics(node, known, report))
    scrapes = tuple(_scrapes(node, report))
    _check_patterns(node, report)
    _check_series(metrics, report)
    if document is None:
        return None
    spec = document.spec
    found = Catalog(
        component=document.metadata.name,
        version=spec.version,
        metrics=metrics,
        owns=tuple(spec.owns),
        shared=tuple(spec.shared),
        services=tuple(spec.services),
        paths=tuple(spec.paths),
        scrapes=scrapes,
        exposition=spec.exposition,
        where=node.span_at("metadata", "name"),
    )
    _check_references(found, node, report)
    return found


def _metrics(node: Node, version: str, report: Report) -> Iterator[Metric]:
    listed = node.get("spec", "metrics")
    if listed is None or not isinstance(listed.value, dict):
        return
    for name, inner in listed.value.items():
        metric = _metric(name, inner, listed.keys[name], version, report)
        if metric is not None:
            yield metric


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _status(shape: written.CatalogMetric, version: str) -> Status:
    """What is written, else what follows from the versions."""
    if shape.status is not None:
        return shape.status
    return "removed" if shape.until and versions.is_at_least(version, shape.until) else "current"


# a metric ---------------------------------------------------------------------------------------------


def _metric(name: str, node: Node, at: Span, version: str, report: Report) -> Metric | None:
    _check_name(name, at, report)
    if node.value is None:
        return Metric(name, where=at)
    shape = shapes.read(node, written.CatalogMetric, report, f"`{name}`")
    labels = tuple(_labels(node, report))
    cautions = tuple(_cautions(node, report))
    if shape is None:
        return None
    metric = Metric(
        name=name,
        type=shape.type,
        unit=shape.unit,
        labels=labels,
        has_more_labels=shape.more_labels,
        buckets=tuple(shape.buckets) if shape.buckets is not None else None,
        status=_status(shape, version),
        since=shape.since,
        until=shape.until,
        replacements=tuple(shape.replaced_by),
        lowest=shape.range[0] if shape.range else None,
        highest=shape.range[-1] if shape.range else None,
        help=shape.help,
        cautions=cautions,
        where=at,
    )
    _check_buckets(metric, node, report)
    _check_range(shape.range, node, report)
    _check_versions(metric, node, report)
    _check_declared_labels(metric, report)
    return metric


def _cautions(metric: Node, report: Report) -> Iterator[Caution]:
    for node in _items(metric.get("cautions")):
        shape = shapes.read(node, written.MetricCaution, report, "the caution")
        if shape is not None:
            yield Caution(
                shape.trait,
                shape.text,
                tuple(shape.metrics),
                shape.matchers,
                tuple(shape.unless),
                _head(node),
            )


def _head(node: Node) -> Span:
    """The place to show for a mapping: its first key."""
    return next(iter(node.keys.values()), node.span)


def _check_name(name: str, at: Span, report: Report) -> None:
    if METRIC_NAME.fullmatch(name):
        return
    base = re.match(r"\s*([^\s{]+)", name)
    meant = base[1] if base and METRIC_NAME.fullmatch(base[1]) else ""
    _report(
        report,
        at,
        f"`{name}` is no name of a metric",
        help=f"write `{meant}`, and its labels under `labels`" if meant and meant != name else _NAMES,
    )


_NAMES = "use letters, digits, `_` and `:`, with no digit in front"


def _check_buckets(metric: Metric, node: Node, report: Report) -> None:
    if metric.buckets is None:
        return
    if metric.type not in _WITH_BUCKETS:
        _report(
            report,
            node.key_at("buckets"),
            f"a {metric.type} has no buckets",
            also=[Label(node.span_at("type"), f"a {metric.type}")],
            help="delete `buckets`, or write `type: histogram`",
        )
        return
    earlier: dict[Decimal, int] = {}
    highest = 0
    for i, bound in enumerate(metric.buckets):
        at = node.span_at("buckets", i)
        if not bound.is_finite():
            _report_not_finite(bound, at, report)
            return
        if bound in earlier:
            _report(report, at, f"the bound `{at.text}` is listed twice", help="delete one of the two")
        elif bound < metric.buckets[highest]:
            above = node.span_at("buckets", highest)
            _report(
                report,
                at,
                f"the bound `{at.text}` comes after `{above.text}`, which is above it",
                help="list the bounds from the lowest to the highest",
            )
            return
        else:
            highest = i
        earlier[bound] = i


def _report_not_finite(bound: Decimal, at: Span, report: Report) -> None:
    if bound.is_infinite() and bound > 0:
        _report(
            report,
            at,
            f"`{at.text}` is no bound to write down: every histogram has it",
            help="delete it; `buckets` are the finite bounds",
        )
    else:
        _report(report, at, f"`{at.text}` is no bound of a bucket", help="write finite numbers")


def _check_range(bounds: Sequence[Decimal | None] | None, node: Node, report: Report) -> None:
    if bounds is None:
        return
    at = node.span_at("range")
    if len(bounds) != 2:
        report.report(
            codes.BAD_VALUE,
            at,
            "`range` needs two numbers: the least and the highest value",
            help="write `[0, 1]`, or `[0, null]` where there is no upper limit",
        )
        return
    low, high = bounds
    for i, bound in enumerate(bounds):
        if bound is not None and not bound.is_finite():
            place = node.span_at("range", i)
            _report(report, place, f"`{place.text}` is no limit", help="write `null` where there is no limit")
            return
    if low is not None and high is not None and low > high:
        _report(
            report,
            at,
            f"no value is at least {low:f} and at most {high:f}",
            help=f"write `[{high:f}, {low:f}]`",
        )


def _check_versions(metric: Metric, node: Node, report: Report) -> None:
    if metric.since and metric.until and versions.is_at_least(metric.since, metric.until):
        _report(
            report,
            node.span_at("until"),
            f"no version has `{metric.name}`: it is gone in {metric.until}, but comes in {metric.since}",
            also=[Label(node.span_at("since"), "the first version that has it")],
            help="`until` is the first version that has it no more",
        )
    for i, replacement in enumerate(metric.replacements):
        at = node.span_at("replaced_by", i)
        if replacement == metric.name:
            _report(
                report, at, f"`{metric.name}` is replaced by itself", help="name the metric to use instead"
            )
        elif not METRIC_NAME.fullmatch(replacement):
            _report(report, at, f"`{replacement}` is no name of a metric", help=_NAMES)


# labels -----------------------------------------------------------------------------------------------


def _labels(metric: Node, report: Report) -> Iterator[KnownLabel]:
    """The labels of a metric: by their names with what is known of each, or a list of the names."""
    node = metric.get("labels")
    if node is None or node.value is None:
        return
    if isinstance(node.value, list):
        yield from _listed_labels(node.value, report)
        return
    if not isinstance(node.value, dict):
        report.report(
            codes.WRONG_TYPE,
            node.span,
            f"`{node.span.text}` is no labels",
            help="write `[name, other_name]`, or each name with what is known of its values",
        )
        return
    for name, inner in node.value.items():
        at = node.keys[name]
        _check_label_name(name, at, report)
        label = _label(name, inner, at, report)
        if label is not None:
            yield label


def _listed_labels(names: Sequence[Node], report: Report) -> Iterator[KnownLabel]:
    found: dict[str, Span] = {}
    for node in names:
        if not isinstance(node.value, str):
            report.report(
                codes.WRONG_TYPE, node.span, "a list of labels has only names", help="write `labels: [name]`"
            )
            continue
        first = found.setdefault(node.value, node.span)
        if first is not node.span:
            _report(
                report, node.span, f"the label `{node.value}` is listed twice", help="delete one of the two"
            )
            continue
        _check_label_name(node.value, node.span, report)
        yield KnownLabel(node.value, where=node.span)


def _label(name: str, node: Node, at: Span, report: Report) -> KnownLabel | None:
    if node.value is None:
        return KnownLabel(name, where=at)
    if isinstance(node.value, list):
        wrapped = Node({"values": node}, node.span, {"values": at})
        return _label(name, wrapped, at, report)
    shape = shapes.read(node, written.MetricLabel, report, f"the label `{name}`")
    if shape is None:
        return None
    label = KnownLabel(
        name,
        tuple(shape.values),
        shape.closed,
        shape.unbounded,
        shape.optional,
        tuple(shape.success),
        where=at,
    )
    _check_values(label, node, report)
    return label


def _check_values(label: KnownLabel, node: Node, report: Report) -> None:
    if not label.is_closed:
        return
    at = node.span_at("closed")
    if not label.values:
        _report(
            report,
            at,
            f"no values of `{label.name}` are listed, and there are no others",
            help="list them under `values`, or delete `closed`",
        )
        return
    if label.unbounded:
        _report(
            report,
            node.span_at("unbounded"),
            f"the values of `{label.name}` cannot be counted, but all of them are listed",
            also=[Label(at, "no others than those listed")],
            help="delete `unbounded`, or `closed`",
        )
    for i, value in enumerate(label.success):
        if value not in label.values:
            meant = nearest(value, label.values)
            _report(
                report,
                node.span_at("success", i),
                f"`{value}` is no value of `{label.name}`",
                also=[Label(node.key_at("values"), "there are no others")],
                help=f"did you mean `{meant}`?" if meant else "add it to `values`",
            )


def _check_label_name(name: str, at: Span, report: Report) -> None:
    if name == "__name__":
        _report(
            report,
            at,
            "`__name__` is no label: it holds the name of the metric",
            help="delete this label",
        )
    elif not LABEL_NAME.fullmatch(name):
        _report(
            report,
            at,
            f"`{name}` is no name of a label",
            help="use letters, digits and `_`, with no digit in front",
        )


def _check_declared_labels(metric: Metric, report: Report) -> None:
    """`le` and `quantile` are there by the type of the metric; declared, they would be so for all series."""
    for label in metric.labels:
        if label.name == _FROM_THE_TYPE.get(metric.type) and label.where is not None:
            _report(
                report,
                label.where,
                f"`{label.name}` is no label to declare: every {metric.type.replace('_', ' ')} has it",
                help="delete it, and list the bounds under `buckets`"
                if label.name == "le"
                else "delete this label",
            )


# scrapes ----------------------------------------------------------------------------------------------


def _scrapes(document: Node, report: Report) -> Iterator[Scrape]:
    for node in _items(document.get("spec", "scrapes")):
        shape = shapes.read(node, written.CatalogScrape, report, "the scrape")
        if shape is None:
            continue
        for key in ("keep", "drop"):
            _check_regexp(getattr(shape, key), node.span_at(key), report)
        yield Scrape(
            kind=shape.kind,
            interval=shape.interval,
            honor_labels=shape.honor_labels,
            target_labels=tuple(shape.target_labels),
            keep=shape.keep,
            drop=shape.drop,
            jobs=tuple(shape.jobs),
            is_prometheus=shape.prometheus,
            drops_unready=shape.drops_unready,
            where=_head(node),
        )


def _check_regexp(pattern: str, at: Span, report: Report) -> None:
    problem = regexp_problem(pattern)
    if problem:
        _report(
            report,
            at,
            f"`{pattern}` is no regular expression: {problem}",
            help="write one as Prometheus takes it, such as `shop_.*|up`",
        )


# the whole --------------------------------------------------------------------------------------------


def _check_patterns(node: Node, report: Report) -> None:
    for inner in (*_items(node.get("spec", "owns")), *_items(node.get("spec", "shared"))):
        text = inner.value
        if not isinstance(text, str):
            continue
        if not _PATTERN.fullmatch(text):
            _report(
                report,
                inner.span,
                f"`{text}` is no pattern of metric names",
                help="write the start of the names and a `*`, such as `shop_*`",
            )
        elif not text.strip("*"):
            _report(
                report,
                inner.span,
                f"`{text}` fits the metrics of every component",
                help="write the start of the names that only this one has, such as `shop_*`",
            )


class _Series(NamedTuple):
    metric: Metric
    suffix: str


def _check_series(metrics: Sequence[Metric], report: Report) -> None:
    """Two metrics of one version never have series of the same name."""
    found: dict[str, _Series] = {}
    for metric in metrics:
        for name, suffix in metric.series:
            first = found.setdefault(name, _Series(metric, suffix))
            if first.metric is metric or not _may_meet(first.metric, metric):
                continue
            # The one whose own name it is, is the one to move; the other has it by its type.
            mine, other = (metric, first) if not suffix else (first.metric, _Series(metric, suffix))
            if mine.where is None or other.metric.where is None:
                continue
            _report(
                report,
                mine.where,
                f"`{name}` is a series of the {other.metric.type} `{other.metric.name}`, too",
                also=[Label(other.metric.where, f"it has `{name}` by its type")],
                help="delete it here, or correct the type of the other",
            )


def _may_meet(one: Metric, other: Metric) -> bool:
    """Whether there may be a version that has both."""
    if "removed" in (one.status, other.status):
        return False
    return not any(
        first.until and then.since and versions.is_at_least(then.since, first.until)
        for first, then in ((one, other), (other, one))
    )


def _check_references(found: Catalog, node: Node, report: Report) -> None:
    known = {name for metric in found.metrics for name, _ in (*metric.series, (metric.name, ""))}
    given = TARGET_LABELS.union(*(scrape.target_labels for scrape in found.scrapes))
    for metric in found.metrics:
        for inner in _items(node.get("spec", "metrics", metric.name, "cautions")):
            # One that could not be read is among the nodes, but not among the cautions.
            for caution in (one for one in metric.cautions if one.where == _head(inner)):
                _check_caution_metrics(caution, inner, found, known, report)
                _check_caution_labels(caution, inner, metric, given, report)


def _check_caution_metrics(
    caution: Caution, node: Node, found: Catalog, known: set[str], report: Report
) -> None:
    for i, name in enumerate(caution.metrics):
        if name in known or not Catalogs((found,)).owners(name):
            continue
        meant = nearest(name, known)
        _report(
            report,
            node.span_at("metrics", i),
            f"this catalog has no metric `{name}`",
            help=f"did you mean `{meant}`?" if meant else "declare it under `metrics`, or delete it here",
        )


def _check_caution_labels(
    caution: Caution, node: Node, metric: Metric, given: frozenset[str], report: Report
) -> None:
    """A label that is misspelt here would make the caution about nothing, or about everything."""
    names = [label.name for label in metric.labels]
    if not names or metric.has_more_labels:
        return
    wanted = [(name, node.key_at("matchers", name)) for name in caution.matchers]
    wanted += [(name, node.span_at("unless", i)) for i, name in enumerate(caution.unless)]
    for name, at in wanted:
        if name in names or name in given or name == _FROM_THE_TYPE.get(metric.type):
            continue
        if name.startswith("exported_"):
            continue
        meant = nearest(name, names)
        _report(
            report,
            at,
            f"`{metric.name}` has no label `{name}`",
            help=f"did you mean `{meant}`?" if meant else "declare it under `labels`, or delete it here",
        )


def _report(
    report: Report,
    at: Span,
    message: str,
    *,
    help: str,  # noqa: A002 - as everywhere
    also: Sequence[Label] = (),
) -> None:
    report.report(codes.CATALOG_CONTRADICTS, at, message, also=also, help=help)
