"""The chain of SLO plugins that makes the rules of an SLO.

Sloth runs its own plugins (`slo_plugins.USUAL`), and those that a service and an SLO add: the ones with a
priority below zero before its own, all others behind them, by priority and then in the order in which they
are written. With `overridePrevious` the plugins of Sloth do not run; on an SLO, nor do those of the service.
"""

from __future__ import annotations

from dataclasses import dataclass

from slogen import adjustments, codes
from slogen.adjustments import Adjustment
from slogen.diagnostics import Report, nearest
from slogen.sloth.dialect import CONFIG
from slogen.sloth.slo_plugins import METRICSQL, PLUGINS, USUAL
from slogen.sloth.table import Table, report_type, text_of
from slogen.source import Node, Span


@dataclass(frozen=True, slots=True)
class Link:
    """One plugin of a chain; `at` is the place of its id, None for those that nobody wrote."""

    id: str
    priority: int = 0
    adjustment: Adjustment | None = None
    at: Span | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """What a service or an SLO says about plugins. `override` is the place where it replaces those before."""

    links: tuple[Link, ...] = ()
    override: Span | None = None


NONE = Chain()
_DEFAULTS = tuple(
    Link(id_, adjustment=adjustment)
    for id_, adjustment in zip(USUAL, (None, *adjustments.USUAL), strict=True)
)


def read(owner: Table, field: str) -> Chain:
    """The chain that a field of a service or an SLO holds."""
    if owner.get(field) is None:
        return NONE
    table = owner.table(field, ("overridePrevious", "chain"))
    links = tuple(filter(None, (_link(item, table) for item in table.items("chain"))))
    return Chain(links, table.place("overridePrevious") if table.flag("overridePrevious") else None)


def effective(service: Chain, slo: Chain) -> tuple[Link, ...]:
    """The plugins of an SLO in the order in which they run."""
    if service is NONE and slo is NONE:
        return _DEFAULTS
    added = slo.links if slo.override else (*service.links, *slo.links)
    ordered = sorted(added, key=lambda link: link.priority)  # sorting keeps the order of equals
    before = tuple(link for link in ordered if link.priority < 0)
    after = tuple(link for link in ordered if link.priority >= 0)
    overridden = service.override or slo.override
    return (*before, *(() if overridden else _DEFAULTS), *after)


def check(service: Chain, slo: Chain, *, events: bool, report: Report) -> None:
    """Report a chain that leaves nothing, and plugins that cannot work with the indicator."""
    links = effective(service, slo)
    override = slo.override or service.override
    if override is not None and not links:
        report.report(
            codes.BAD_VALUE,
            override,
            "`overridePrevious` leaves no plugin, so nothing would be generated",
            help="list plugins in `chain`, or delete `overridePrevious`",
        )
    elif override is not None and not adjustments_of(links):
        report.report(
            codes.BAD_VALUE,
            override,
            "none of the plugins that `overridePrevious` leaves generates a rule",
            help=f"add {', '.join(f'`{id_}`' for id_ in USUAL[1:])} to `chain`, or delete `overridePrevious`",
        )
    for link in links:
        if not events and link.at is not None and PLUGINS[link.id].needs_events:
            report.report(
                codes.PLUGIN_OPTIONS,
                link.at,
                f"`{link.id}` needs the number of events, which an error ratio does not have",
                help="write the indicator as `events`, or delete the plugin",
            )


def adjustments_of(links: tuple[Link, ...]) -> tuple[Adjustment, ...]:
    """What the plugins do to the rules, in their order."""
    if links is _DEFAULTS:
        return adjustments.USUAL
    return tuple(link.adjustment for link in links if link.adjustment is not None)


def takes_metricsql(links: tuple[Link, ...]) -> bool:
    """Whether queries may be MetricsQL."""
    return any(link.id == METRICSQL for link in links)


def _link(node: Node, owner: Table) -> Link | None:
    at = next(iter(node.keys.values()), node.span)
    table = Table(node, ("id", "config", "priority"), owner.dialect, owner.report, "a plugin", at)
    priority = table.whole_number("priority")
    id_node = table.required("id", "the id of a plugin")
    id_ = text_of(id_node, owner.dialect, owner.report) if id_node is not None else None
    if id_node is None or id_ is None:
        return None
    plugin = PLUGINS.get(id_)
    if plugin is None:
        _report_unknown(id_, id_node.span, owner.report)
        return None
    config = _config(table, id_, plugin.keys)
    return Link(id_, priority, plugin.means(config), id_node.span)


def _config(table: Table, id_: str, keys: tuple[str, ...]) -> Table:
    node = table.get("config")
    if node is not None and not isinstance(node.value, dict):
        report_type(node, "a mapping", table.report)
        node = None
    return Table(
        node,
        keys,
        CONFIG,
        table.report,
        f"the `config` of `{id_}`",
        table.place("config") if node is not None else table.place("id"),
        unknown=codes.PLUGIN_OPTIONS,
    )


def _report_unknown(id_: str, at: Span, report: Report) -> None:
    if not id_:
        report.report(codes.BAD_VALUE, at, "`id` is empty", help="write the id of a plugin")
        return
    meant = nearest(id_, PLUGINS)
    own = "slogen runs no plugins written in Go, but knows what Sloth's own do: delete this one"
    report.report(
        codes.UNKNOWN_PLUGIN,
        at,
        f"`{id_}` is no SLO plugin that slogen knows",
        help=f"did you mean `{meant}`?" if meant else own,
    )
