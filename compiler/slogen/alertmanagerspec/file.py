"""A whole configuration file of Alertmanager."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from slogen import codes
from slogen.alertmanager.configuration import Configuration, Newer
from slogen.alertmanager.times import NamedTimes
from slogen.alertmanagerspec import scalars
from slogen.alertmanagerspec.fields import Reader
from slogen.alertmanagerspec.globals import written_globals
from slogen.alertmanagerspec.inhibitions import inhibitions
from slogen.alertmanagerspec.intervals import read_times
from slogen.alertmanagerspec.receivers import check_inherited, read_receivers
from slogen.alertmanagerspec.routes import read_tree
from slogen.diagnostics import Label, Report, is_clear, nearest, respelt
from slogen.source import Node, Span

_SECTIONS = (
    *("global", "route", "inhibit_rules", "receivers", "templates"),
    *("mute_time_intervals", "time_intervals", "tracing", "event_recorder"),
)
_SINCE = {"time_intervals": "0.24", "tracing": "0.30", "event_recorder": "0.33"}


def read_file(node: Node, report: Report) -> Configuration | None:
    """What a file tells an Alertmanager. Everything that Alertmanager refuses in it goes to the report.

    None where there is no tree of routes.
    """
    reader = Reader(report, references=False)
    for key, at in node.keys.items():
        if key not in _SECTIONS:
            reader.unknown_key(key, at, _SECTIONS, node.keys, "a configuration of Alertmanager")
    newer = [Newer(f"`{key}`", since, node.keys[key]) for key, since in _SINCE.items() if key in node.keys]
    receivers = read_receivers(node.get("receivers"), report, newer)
    globals_ = written_globals(node.get("global"), report, references=False)
    check_inherited(receivers, globals_.values, report)
    times = tuple(_times(node, reader))
    rules = inhibitions(node.get("inhibit_rules"), report)
    templates = tuple(_templates(node.get("templates"), reader))
    route = node.get("route")
    if route is None or route.value is None:
        at = node.keys.get("route") or next(iter(node.keys.values()), node.span)
        reader.refuse(at, "there are no routes", "add `route:` with a `receiver:`")
        return None
    tree = read_tree(route, reader)
    _check_names(tree.receivers, {one.name: one for one in receivers}, "receiver", report)
    _check_names(tree.intervals, {one.name: one for one in times}, "time interval", report)
    return Configuration(
        route=tree.root,
        receivers=receivers,
        inhibitions=rules.rules,
        times=times,
        templates=templates,
        globals=globals_.values,
        newer=(*newer, *tree.newer, *rules.newer),
        where=node.keys.get("route"),
        places=globals_.places,
    )


def _check_names(
    used: Iterable[tuple[str, Span]], declared: Collection[str], what: str, report: Report
) -> None:
    for name, at in used:
        if name in declared:
            continue
        meant = nearest(name, declared)
        article = "an" if what[0] in "aeiou" else "a"
        report.report(
            codes.UNKNOWN_REFERENCE,
            at,
            f"there is no {what} `{name}`",
            help=f"did you mean `{meant}`?" if meant else f"declare {article} {what} of this name",
            fixes=respelt(at, name, meant) if meant and is_clear(name, declared) else (),
        )


def _times(node: Node, reader: Reader) -> Iterator[NamedTimes]:
    first: dict[str, Span] = {}
    for section in ("mute_time_intervals", "time_intervals"):
        listed = node.get(section)
        if listed is None:
            continue
        if section == "mute_time_intervals" and listed.value:
            _warn_of_section(node, reader.report)
        for item in reader.items(listed, section):
            yield from _named_times(item, first, reader)


def _warn_of_section(node: Node, report: Report) -> None:
    at = node.keys["mute_time_intervals"]
    report.report(
        codes.DEPRECATED_BY_ALERTMANAGER,
        at,
        "`mute_time_intervals` of a whole configuration is deprecated since Alertmanager 0.24",
        help="write `time_intervals:`; routes go on to name them in `mute_time_intervals`",
    )


def _named_times(node: Node, first: dict[str, Span], reader: Reader) -> Iterator[NamedTimes]:
    if node.value is None:
        return
    if not isinstance(node.value, dict):
        reader.refuse(node.span, "this is no time interval", "write `name:` and `time_intervals:`")
        return
    for key, at in node.keys.items():
        if key not in ("name", "time_intervals"):
            reader.unknown_key(key, at, ("name", "time_intervals"), node.keys, "named time intervals")
    named = node.get("name")
    head = next(iter(node.keys.values()), node.span)
    if named is None or named.value in (None, "") or isinstance(named.value, (list, dict)):
        reader.refuse(named.span if named else head, "these time intervals have no name", "add `name:`")
        return
    name = scalars.text(named)
    if name in first:
        also = (Label(first[name], "the first ones"),)
        message = f"there are time intervals `{name}` already"
        reader.refuse(named.span, message, "rename one of them", also)
    first.setdefault(name, named.span)
    within = node.get("time_intervals")
    yield read_times(name, within or Node(None, named.span), reader.report, named.span)


def _templates(node: Node | None, reader: Reader) -> Iterator[str]:
    for item in reader.items(node, "templates") if node is not None else ():
        try:
            pattern = scalars.text(item)
        except scalars.UnfitError as unfit:
            reader.refuse(item.span, f"this {unfit.problem}", unfit.remedy)
            continue
        if _is_open(pattern):
            reader.refuse(item.span, f"the brackets of `{pattern}` are not closed", "write `\\[` for a `[`")
        yield pattern


def _is_open(pattern: str) -> bool:
    """Whether a pattern of paths has a class of characters without an end."""
    start = pattern.replace("\\[", "").rfind("[")
    return start >= 0 and "]" not in pattern.replace("\\[", "")[start:]
