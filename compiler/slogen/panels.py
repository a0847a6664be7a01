"""Dashboards as data: those that slogen writes, and what hand-written ones ask Prometheus for.

A dashboard is a list of panels and of rows that part them, from left to right and from the top down. Queries
are PromQL with Grafana's variables (`$model`, `$__rate_interval`) in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from slogen.promql.templates import Rendered
from slogen.source import Span
from slogen.units import Labels


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A matcher whose value is a variable that the dashboard does not have; `meant` is the nearest that it
    has, if one is near."""

    name: str
    at: Span = field(compare=False)
    meant: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PanelQuery:
    """PromQL that a dashboard sends.

    `text` has a value in place of every variable; `written` leads from its characters to those of the author,
    who wrote them at `at`. With `is_guess` a variable stands for something that nobody knows, such as a
    metric: then `text` says how the query is built, not what it reads. `undeclared` are values that look like
    variables and are none.
    """

    text: str
    at: Span
    written: Rendered
    is_guess: bool = False
    undeclared: tuple[Undeclared, ...] = ()

    def place(self, start: int, end: int) -> Span:
        """Where the characters of `text` from `start` up to `end` were written."""
        return self.at.slice(*self.written.source_place((start, end)))


class PanelKind(StrEnum):
    """How a panel shows its numbers, in Grafana's names."""

    TIMESERIES = "timeseries"
    STAT = "stat"
    GAUGE = "gauge"
    BARGAUGE = "bargauge"
    TABLE = "table"
    HEATMAP = "heatmap"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From `value` on, numbers have a colour; None for those below all others."""

    value: Decimal | None
    color: str


@dataclass(frozen=True, slots=True)
class Target:
    """A query of a panel. `legend` names its series, such as `{{model}}`; in a table it heads the column,
    whose numbers are in `unit`."""

    query: str
    legend: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another page. Grafana replaces the variables in its address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture.

    `unit` is a unit of Grafana's, such as `s` or `percentunit`. `width` counts in the 24 columns of a
    dashboard, `height` in its rows of 30 pixels. `period` is the time that the panel shows, if not that of
    the dashboard. `text` is Markdown, for panels without queries. With `lines`, thresholds are lines.
    `cells` makes the cells of a table's column links.
    """

    title: str
    kind: PanelKind = PanelKind.TIMESERIES
    targets: tuple[Target, ...] = ()
    description: str = ""
    unit: str = ""
    thresholds: tuple[Threshold, ...] = ()
    lines: bool = False
    least: Decimal | None = None
    most: Decimal | None = None
    decimals: int | None = None
    stacked: bool = False
    width: int = 12
    height: int = 8
    period: str = ""
    text: str = ""
    links: tuple[Link, ...] = ()
    cells: tuple[str, Link] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The title of the panels below it, which stand there once for each value of the variable `repeat`."""

    title: str
    repeat: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a user of a dashboard can choose: the answers to a `query`, or one of some `values`.

    `everything` is the regular expression that all values are chosen by, if not by a list of them.
    """

    name: str
    label: str = ""
    query: str = ""
    values: tuple[str, ...] = ()
    multi: bool = True
    is_hidden: bool = False
    everything: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Dashboard:
    """A dashboard that slogen writes.

    `name` is that of its file, `uid` its name in addresses, if it is not made from that. `period` is the time
    that it shows, such as `6h`. `queries` are those of its author with their places; there are none in a
    dashboard that slogen makes of SLOs.
    """

    name: str
    title: str
    items: tuple[Panel | Row, ...]
    description: str = ""
    uid: str = ""
    tags: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    links: tuple[Link, ...] = ()
    period: str = "6h"
    refresh: str = "1m"
    queries: tuple[PanelQuery, ...] = ()
    where: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GrafanaDashboard:
    """A dashboard that somebody wrote in Grafana's own format, as far as checks look at it.

    `unbound` are the data sources that are named by a variable, such as `${DS_PROM}`, which nothing in the
    dashboard declares.
    """

    title: str
    queries: tuple[PanelQuery, ...]
    unbound: tuple[Span, ...]
    where: Span


class Form(StrEnum):
    """What a dashboard is written for: Grafana's provisioning, its import by hand, or a ConfigMap for the
    sidecar that provisions it."""

    PROVISIONING = "provisioning"
    IMPORT = "import"
    CONFIGMAP = "configmap"


@dataclass(frozen=True, slots=True)
class DashboardSettings:
    """How dashboards are written: in which forms, and for ConfigMaps, with which labels and into which folder
    of Grafana. `files` is the address of a file of the project, with `{path}` in it.

    Without forms, SLOs have no dashboards, and those that somebody wrote are for provisioning.
    """

    forms: Sequence[Form] = ()
    folder: str = ""
    labels: Labels = field(default_factory=lambda: {"grafana_dashboard": "1"})
    files: str = ""
