"""From the indicator of an SLO as it is written to what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slogen import codes, expressions, promql
from slogen.diagnostics import Label, Report, nearest
from slogen.ir import Labels, Query, Sli, SliPlugin
from slogen.slis.query import Queries
from slogen.slis.ratio import Ratio
from slogen.sloth.table import Table, text_of
from slogen.source import Node, Span

KINDS = ("events", "raw", "plugin")
# What others call the query that Sloth does not have, without capitals and underscores.
_GOOD = ("good", "goodquery", "success", "successquery", "goodeventsquery")


@dataclass(frozen=True, slots=True)
class Subject:
    """The SLO that an indicator is of, for plugins: `meta` and the labels of the service."""

    service: str
    slo: str
    objective: float
    labels: Labels

    @property
    def meta(self) -> Labels:
        """What Sloth tells its plugins."""
        return {"service": self.service, "slo": self.slo, "objective": f"{self.objective:.6f}"}


def kind(sli: Table) -> str | None:
    """The kind of the indicator; None after a finding."""
    written = [key for key in sli.keys if key in KINDS and sli.get(key) is not None]
    if len(written) == 1:
        return written[0]
    if written:
        first, second = written[:2]
        sli.report.report(
            codes.UNKNOWN_KEY,
            sli.place(second),
            f"`sli` has both `{first}` and `{second}`",
            also=(Label(sli.place(first), "the first one"),),
            help="keep one of them",
        )
        return None
    empty = next((kind for kind in KINDS if sli.written(kind) is not None), None)
    if empty is not None:
        message = f"`{empty}` has no value"
        sli.report.report(codes.WRONG_TYPE, sli.place(empty), message, help="write a mapping")
    elif not sli.has_unknown_keys:
        listed = ", ".join(f"`{kind}`" for kind in KINDS[:-1])
        sli.report.report(
            codes.MISSING_KEY,
            sli.at,
            f"{sli.what} needs one of {listed} or `{KINDS[-1]}`",
            help=f"add `{KINDS[0]}:`",
        )
    return None


def read(
    sli: Table,
    kind: str,
    subject: Subject,
    *,
    metricsql: bool,
    plugins: Callable[[], Mapping[str, SliPlugin]],
) -> Sli | None:
    """The indicator; None after findings. `plugins` gives the SLI plugins by id, if it comes to that."""
    if kind == "events":
        hint = f"Sloth counts errors: write `{sli.dialect.key('error_query')}`, with the events that are bad"
        events = sli.table("events", ("error_query", "total_query"), hints=dict.fromkeys(_GOOD, hint))
        return _events(events, metricsql)
    if kind == "raw":
        raw = sli.table("raw", ("error_ratio_query",))
        error = _query(raw, "error_ratio_query", metricsql)
        return Ratio(error) if error is not None else None
    return _plugin(sli.table("plugin", ("id", "options")), subject, plugins(), metricsql)


def grouping(sli: Sli) -> frozenset[str] | None:
    """The labels that the queries give their series apart by; None where that depends on the series.

    Where only one query decides it, that is what its author wants, and the other is added up likewise. Of
    queries that decide it differently these are the labels of both, and a check says what is wrong.
    """
    decided = [labels for labels in map(expressions.result_labels, sli.queries) if labels is not None]
    return frozenset().union(*decided) if decided else None


def constant(sli: Sli, labels: frozenset[str]) -> frozenset[str]:
    """Those of the labels that have one value in all series, since every selector asks for it."""
    asked = [
        {(matcher.name, matcher.value) for matcher in used.selector.matchers if matcher.op == "="}
        for query in sli.queries
        for used in promql.selectors(query.over(expressions.ANY_WINDOW))
    ]
    common = set.intersection(*asked) if asked else set()
    return frozenset(name for name, _ in common) & labels


# events and ratios ------------------------------------------------------------------------------------


def _query(table: Table, field: str, metricsql: bool) -> Query | None:
    node = table.required(field, "PromQL")
    if node is None:
        return None
    return expressions.windowed(node, table.report, metricsql=metricsql)


def _events(events: Table, metricsql: bool) -> Sli | None:
    error = _query(events, "error_query", metricsql)
    total = _query(events, "total_query", metricsql)
    if error is None or total is None:
        return None
    if error.text.strip() == total.text.strip():
        key, other = events.dialect.key("error_query"), events.dialect.key("total_query")
        events.report.report(
            codes.SAME_QUERY,
            error.at,
            f"`{key}` is the same query as `{other}`",
            also=(Label(total.at, "all events"),),
            help=f'narrow `{key}` down with a matcher, such as `{{code=~"5.."}}`',
        )
        return None
    return Queries(total, error, good_given=False)


# plugins ----------------------------------------------------------------------------------------------


def _plugin(
    table: Table, subject: Subject, plugins: Mapping[str, SliPlugin], metricsql: bool
) -> Ratio | None:
    id_node = table.required("id", "the id of a plugin")
    id_ = text_of(id_node, table.dialect, table.report) if id_node is not None else None
    options = _options(table)
    if id_node is None or id_ is None or options is None:
        return None
    plugin = plugins.get(id_)
    if plugin is None:
        _report_unknown(id_, id_node.span, table, plugins)
        return None
    if not _knows(plugin, table):
        return None
    at = table.place("options") if options else id_node.span
    text = _asked(plugin, subject, options, at, table.report)
    if text is None:
        return None
    # A place without characters of the query: what is wrong with it is wrong with the whole.
    whole = Span(at.source, at.start, at.end, "nodes")
    error = expressions.windowed(Node(text, whole), table.report, metricsql=metricsql)
    return Ratio(error) if error is not None else None


def _options(table: Table) -> Labels | None:
    """The options as texts; None after findings."""
    found: dict[str, str] = {}
    options = table.get("options")
    sound = options is None or options.is_mapping
    for name, _, node in table.entries("options"):
        text = "" if node.value is None else text_of(node, table.dialect, table.report)
        if text is None:
            sound = False
        else:
            found[name] = text
    return found if sound else None


def _knows(plugin: SliPlugin, table: Table) -> bool:
    """Whether the plugin takes all the options."""
    if plugin.options is None:
        return True
    sound = True
    for name, at, _ in table.entries("options"):
        if name in plugin.options:
            continue
        sound = False
        meant = nearest(name, plugin.options)
        listed = ", ".join(f"`{option}`" for option in plugin.options)
        fix = f"did you mean `{meant}`?" if meant else f"its options are {listed}" if listed else "delete it"
        table.report.report(codes.PLUGIN_OPTIONS, at, f"`{name}` is no option of `{plugin.id}`", help=fix)
    return sound


def _asked(plugin: SliPlugin, subject: Subject, options: Labels, at: Span, report: Report) -> str | None:
    """The query that the plugin makes; None after a finding."""
    try:
        text: object = plugin.query(subject.meta, subject.labels, options)
    except ValueError as error:
        report.report(
            codes.PLUGIN_OPTIONS, at, f"`{plugin.id}`: {error}", help="change the options of the plugin"
        )
        return None
    except Exception as error:  # a plugin may be the user's own code
        report.report(
            codes.PLUGIN_OPTIONS,
            at,
            f"`{plugin.id}` failed: {type(error).__name__}: {error}",
            help="change the options, or the plugin: it should raise ValueError for what it cannot take",
        )
        return None
    if isinstance(text, str):
        return text
    report.report(
        codes.PLUGIN_OPTIONS,
        at,
        f"`{plugin.id}` gave no text",
        help="change the plugin: it must return a query",
    )
    return None


def _report_unknown(id_: str, at: Span, table: Table, plugins: Mapping[str, SliPlugin]) -> None:
    if not id_:
        table.report.report(codes.BAD_VALUE, at, "`id` is empty", help="write the id of a plugin")
        return
    meant = nearest(id_, plugins)
    question = f"did you mean `{meant}`? Else " if meant else ""
    key = table.dialect.key("error_ratio_query")
    table.report.report(
        codes.UNKNOWN_PLUGIN,
        at,
        f"`{id_}` is no SLI plugin that slogen knows",
        help=f"{question}state its query under `raw.{key}`, or load a plugin in Python by `--sli-plugins`",
    )
