"""Dashboard documents: the panels of a system that no SLO has, in a few lines each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from slogen import codes, shapes
from slogen.diagnostics import Label, Report, nearest
from slogen.durations import render
from slogen.panelqueries import panel_query, variable_query
from slogen.panels import (
    Dashboard,
    Link,
    Panel,
    PanelKind,
    PanelQuery,
    Row,
    Target,
    Threshold,
    Variable,
)
from slogen.source import Node

BASE = "base"
_COLUMNS, _LINES = 24, 60
_UNITS = {
    "seconds": "s",
    "milliseconds": "ms",
    "ratio": "percentunit",
    "requests": "none",
    "requests/s": "reqps",
    "ops/s": "ops",
    "bytes/s": "Bps",
}
"""The words of metric catalogs, in Grafana's."""
_SIZES = {PanelKind.STAT: (6, 4), PanelKind.GAUGE: (6, 6), PanelKind.TEXT: (_COLUMNS, 4)}

S = TypeVar("S", bound=shapes.Shape)


def _variable_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*", name) or name.startswith("__"):
        raise shapes.refusal(
            f"`{name}` is no name of a variable",
            "use letters, digits and `_`; two of them at the start are for Grafana's own",
        )
    return name


def _within(most: int) -> Any:
    def check(number: int) -> int:
        if not 1 <= number <= most:
            raise shapes.refusal(f"`{number}` is out of range", f"write a number from 1 to {most}")
        return number

    return AfterValidator(check)


def _uid(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", text):
        raise shapes.refusal(
            f"`{text}` is no uid that Grafana takes", "use at most 40 letters, digits, `-` and `_`"
        )
    return text


class QueryShape(shapes.Shape):
    """A query of a panel, and how its series are called."""

    query: shapes.Text
    legend: shapes.Text = Field("", description="Such as `{{model}}`; in a table, the head of the column.")
    unit: shapes.Text = Field("", description="Of a column of a table.")


class LinkShape(shapes.Shape):
    """A link to another page."""

    title: shapes.Text
    url: shapes.Url


class PanelShape(shapes.Shape):
    """A picture of one or several queries, or a text."""

    title: shapes.Text = Field(min_length=1)
    type: PanelKind | None = Field(None, strict=False, description="`timeseries` if not given.")
    query: shapes.Text | None = Field(None, description="PromQL; variables are written `$name`.")
    queries: list[QueryShape] | None = Field(None, min_length=1, description="Instead of `query`.")
    legend: shapes.Text = Field("", description="How the series of `query` are called.")
    text: shapes.Text | None = Field(None, description="Markdown, instead of a query.")
    description: shapes.Text = ""
    unit: shapes.Text = Field("", description="Such as `seconds`, `bytes`, `ratio`, or a unit of Grafana's.")
    thresholds: dict[shapes.Text, shapes.Text | shapes.Number] = Field(
        default_factory=dict, description="A colour, and from where on; `base` is the colour below all."
    )
    lines: bool = Field(False, description="Whether thresholds are drawn as lines.")
    min: shapes.Number | None = None
    max: shapes.Number | None = None
    decimals: int | None = None
    stacked: bool = False
    width: Annotated[int, _within(_COLUMNS)] | None = Field(None, description="Of 24 columns.")
    height: Annotated[int, _within(_LINES)] | None = None
    links: list[LinkShape] = Field(default_factory=list)


class RowShape(shapes.Shape):
    """The title of the panels below it."""

    row: shapes.Text
    repeat: shapes.Text | None = Field(None, description="A variable: the row stands there for each value.")


class VariableShape(shapes.Shape):
    """What a reader chooses."""

    name: Annotated[shapes.Text, AfterValidator(_variable_name)]
    label: shapes.Text = ""
    query: shapes.Text | None = Field(None, description="Such as `label_values(up, job)`.")
    values: list[shapes.Text] | None = Field(None, min_length=1)
    multi: bool = True


def _item(value: object) -> object:
    return value


class DashboardSpec(shapes.Shape):
    """A dashboard."""

    title: shapes.Text = Field(min_length=1)
    description: shapes.Text = ""
    uid: Annotated[shapes.Text, AfterValidator(_uid)] | None = Field(
        None, description="Made from the name if not given."
    )
    tags: list[shapes.Text] = Field(default_factory=list)
    period: shapes.PositiveDuration | None = Field(None, description="The time that it shows: `6h`.")
    refresh: shapes.PositiveDuration | None = None
    variables: list[VariableShape] = Field(default_factory=list)
    links: list[LinkShape] = Field(default_factory=list)
    panels: list[PanelShape | RowShape] = Field(min_length=1)


class DashboardMetadata(shapes.Shape):
    """The name of the files in out/dashboards."""

    name: shapes.ObjectName


class DashboardDocument(shapes.Shape):
    """A Grafana dashboard for what no SLO shows; its queries are checked like those of rules."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["Dashboard"]
    metadata: DashboardMetadata
    spec: DashboardSpec


class _Spec(DashboardSpec):
    """As it is read: each panel by itself, so that one that is wrong does not hide the others."""

    panels: Annotated[list[Any], BeforeValidator(_item)] = Field(min_length=1)


class _Document(DashboardDocument):
    """A dashboard."""

    spec: _Spec


def dashboard(node: Node, report: Report) -> Iterator[Dashboard]:
    """The dashboard of a document; nothing after findings about its shape."""
    document = shapes.read(node, _Document, report, "the document")
    if document is None:
        return
    spec = document.spec
    declared = [variable.name for variable in spec.variables]
    variables = _variables(node, spec, declared, report)
    made = [_made(child, declared, report) for child in _children(node, "panels")]
    name = document.metadata.name
    items = tuple(item for item, _ in filter(None, made))
    yield Dashboard(
        name=name,
        uid=spec.uid or "",
        title=spec.title,
        items=items,
        description=spec.description,
        tags=tuple(spec.tags),
        variables=tuple(_variable(variable) for variable in spec.variables),
        links=tuple(Link(link.title, link.url) for link in spec.links),
        period=render(spec.period) if spec.period else "6h",
        refresh=render(spec.refresh) if spec.refresh else "1m",
        queries=(*variables, *(query for _, queries in filter(None, made) for query in queries)),
        where=node.span_at("metadata", "name"),
    )


def _children(node: Node, key: str) -> list[Node]:
    found = node.get("spec", key)
    return found.value if found is not None and isinstance(found.value, list) else []


# variables --------------------------------------------------------------------------------------------


def _variables(node: Node, spec: _Spec, declared: Collection[str], report: Report) -> tuple[PanelQuery, ...]:
    """The queries of the variables, after a look at what the shapes cannot see."""
    found: list[PanelQuery] = []
    first: dict[str, Node] = {}
    for child, variable in zip(_children(node, "variables"), spec.variables, strict=True):
        other = first.setdefault(variable.name, child)
        if other is not child:
            report.report(
                codes.DECLARED_TWICE,
                child.span_at("name"),
                f"there are two variables `{variable.name}`",
                also=(Label(other.span_at("name"), "the first one"),),
                help="keep one of the two",
            )
        query = child.get("query")
        if shapes.exactly_one(child, ("query", "values"), "a variable", report) and query is not None:
            read = variable_query(query, report, declared)
            found += [read] if read is not None else []
    return tuple(found)


def _variable(shape: VariableShape) -> Variable:
    return Variable(shape.name, shape.label, shape.query or "", tuple(shape.values or ()), shape.multi)


# panels -----------------------------------------------------------------------------------------------

_Made = tuple[Panel | Row, tuple[PanelQuery, ...]]


def _made(node: Node, declared: Collection[str], report: Report) -> _Made | None:
    """A row or a panel with its queries; None after findings."""
    if "row" in node.keys:
        row = shapes.read(node, RowShape, report, "the row")
        if row is None or not _is_declared(row.repeat, node, declared, report):
            return None
        return Row(row.row, row.repeat or ""), ()
    panel = shapes.read(node, PanelShape, report, "the panel")
    if panel is None or shapes.exactly_one(node, ("query", "queries", "text"), "a panel", report) is None:
        return None
    thresholds = _thresholds(node.get("thresholds"), report)
    read = [panel_query(one, report, declared) for one in _query_nodes(node)]
    if thresholds is None:
        return None
    return _panel(panel, thresholds), tuple(filter(None, read))


def _is_declared(name: str | None, node: Node, declared: Collection[str], report: Report) -> bool:
    if name is None or name in declared:
        return True
    meant = nearest(name, declared)
    report.report(
        codes.UNKNOWN_REFERENCE,
        node.span_at("repeat"),
        f"the dashboard has no variable `{name}`",
        help=f"did you mean `{meant}`?" if meant else "declare it in `variables:`",
    )
    return False


def _query_nodes(node: Node) -> Iterator[Node]:
    single, several = node.get("query"), node.get("queries")
    if single is not None:
        yield single
    for entry in several.value if several is not None and isinstance(several.value, list) else ():
        query = entry.get("query")
        if query is not None:
            yield query


def _panel(shape: PanelShape, thresholds: tuple[Threshold, ...]) -> Panel:
    kind = shape.type or (PanelKind.TEXT if shape.text is not None else PanelKind.TIMESERIES)
    width, height = _SIZES.get(kind, (12, 8))
    targets = tuple(Target(one.query, one.legend, _unit(one.unit)) for one in shape.queries or ())
    if shape.query is not None:
        targets = (Target(shape.query, shape.legend),)
    return Panel(
        shape.title,
        kind,
        targets,
        description=shape.description,
        unit=_unit(shape.unit),
        thresholds=thresholds,
        lines=shape.lines,
        least=shape.min,
        most=shape.max,
        decimals=shape.decimals,
        stacked=shape.stacked,
        width=shape.width or width,
        height=shape.height or height,
        text=shape.text or "",
        links=tuple(Link(link.title, link.url) for link in shape.links),
    )


def _unit(written: str) -> str:
    return _UNITS.get(written, written)


def _thresholds(node: Node | None, report: Report) -> tuple[Threshold, ...] | None:
    """The thresholds from the lowest on; None after findings."""
    if node is None or not isinstance(node.value, dict) or not node.value:
        return ()
    base, steps, sound = "green", [], True
    for color, value in node.value.items():
        if color == BASE and isinstance(value.value, str):
            base = value.value
        elif color != BASE and isinstance(value.value, int | Decimal):
            steps.append(Threshold(Decimal(value.value), color))
        else:
            sound = False
            report.report(
                codes.WRONG_TYPE,
                value.span,
                f"`{value.span.text}` is no {'colour' if color == BASE else 'number'}",
                help="write a colour, such as `green`" if color == BASE else f"write `{color}: 1`",
            )
    ordered = sorted(steps, key=lambda step: step.value or Decimal(0))
    return (Threshold(None, base), *ordered) if sound else None
