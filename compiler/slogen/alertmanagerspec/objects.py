"""AlertmanagerConfig objects of the Prometheus Operator, v1alpha1 and v1beta1, read into configurations.

What Kubernetes or the operator refuses is a finding. An object that the operator refuses is skipped as a
whole, with nothing but a line in its log.
"""

from __future__ import annotations

from slogen import codes
from slogen.alertmanager.configuration import Configuration, Newer
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher, Operator
from slogen.alertmanager.routes import BY_ALL_LABELS, Route
from slogen.alertmanager.times import NamedTimes
from slogen.alertmanagerspec.matching import LABEL_NAME, UTF8_SINCE, is_meant_as_pattern
from slogen.alertmanagerspec.objectfields import V1ALPHA1, V1BETA1
from slogen.alertmanagerspec.objectreading import (
    duration_text,
    flag_of,
    has_keys,
    head,
    is_given,
    items,
    report_type,
    text_of,
    word_of,
)
from slogen.alertmanagerspec.objectreceivers import read_receivers
from slogen.alertmanagerspec.objecttimes import read_times
from slogen.alertmanagerspec.placing import places
from slogen.diagnostics import Fix, Label, Report, is_clear, nearest, respelt
from slogen.durations import DurationError, parse
from slogen.promql.regexps import regexp_problem
from slogen.source import Node, Span
from slogen.units import Millis

TIMES_KEY = {V1ALPHA1: "muteTimeIntervals", V1BETA1: "timeIntervals"}
"""What each version calls its time intervals."""
_ROUTE_KEYS = (
    *("receiver", "matchers", "groupBy", "groupWait", "groupInterval", "repeatInterval"),
    *("activeTimeIntervals", "muteTimeIntervals", "continue", "routes"),
)
_PLACES = {
    "receiver": "receiver",
    "matchers": "matchers",
    "groupBy": "group_by",
    "groupWait": "group_wait",
    "groupInterval": "group_interval",
    "repeatInterval": "repeat_interval",
    "activeTimeIntervals": "active_time_intervals",
    "muteTimeIntervals": "mute_time_intervals",
    "continue": "continue",
    "sourceMatch": "source_matchers",
    "targetMatch": "target_matchers",
    "equal": "equal",
}
_SIDES = {
    "source_matchers": "objects have `sourceMatch`",
    "sourceMatchers": "objects have `sourceMatch`",
    "target_matchers": "objects have `targetMatch`",
    "targetMatchers": "objects have `targetMatch`",
}
_IN_FILES = {"match": "matchers", "match_re": "matchers", "matchRE": "matchers", "matchRe": "matchers"}


def read_object(node: Node, version: str, report: Report) -> Configuration | None:
    """What an object states, which is of a version of its API; None where too little of it can be read."""
    if not has_keys(node, ("apiVersion", "kind", "metadata", "spec", "status"), ("metadata", "spec"), report):
        return None
    identity = _identity(node, report)
    spec = node.get("spec")
    if spec is None or identity is None:
        return None
    times_key = TIMES_KEY[version]
    other = next(key for key in TIMES_KEY.values() if key != times_key)
    known = ("route", "receivers", "inhibitRules", times_key)
    if not has_keys(spec, known, (), report, {other: f"{version} calls it `{times_key}`"}):
        return None
    receivers = read_receivers(spec.get("receivers"), version, report)
    times = _all_times(spec.get(times_key), report)
    route = spec.get("route")
    reading = _Routes(version, _named(spec, "receivers"), _named(spec, times_key), report)
    rules = [reading.inhibition(item) for item in items(spec.get("inhibitRules"), report)]
    first = reading.first(route) if route is not None and is_given(route) else Route()
    return Configuration(
        first,
        receivers,
        tuple(rule for rule in rules if rule is not None),
        times,
        newer=tuple(reading.newer),
        object_=identity,
        where=node.span_at("metadata", "name"),
    )


def _identity(node: Node, report: Report) -> tuple[str, str] | None:
    """The namespace and the name; the namespace is empty where whoever applies the object states it."""
    metadata = node.get("metadata")
    if metadata is None or not metadata.is_mapping:
        report_type(metadata or node, "a mapping", report)
        return None
    if not is_given(metadata.get("name")):
        at = node.key_at("metadata")
        report.report(codes.MISSING_KEY, at, "`name` is missing in `metadata`", help="add `name:`")
        return None
    for notes in (metadata.get("labels"), metadata.get("annotations")):
        _check_notes(notes, report)
    name, namespace = word_of(metadata.get("name"), report), word_of(metadata.get("namespace"), report)
    return None if name is None else (namespace or "", name)


def _check_notes(node: Node | None, report: Report) -> None:
    """Labels and annotations are texts by their names."""
    if node is None or node.value is None:
        return
    if not isinstance(node.value, dict):
        report_type(node, "a mapping", report)
        return
    for child in node.value.values():
        text_of(child, report)


def _named(spec: Node, key: str) -> dict[str, None]:
    """The names in a list, also of what cannot be read otherwise."""
    listed = spec.get(key)
    names = (item.get("name") for item in listed.value) if listed and isinstance(listed.value, list) else ()
    return {name.value: None for name in names if name is not None and isinstance(name.value, str)}


def _all_times(node: Node | None, report: Report) -> tuple[NamedTimes, ...]:
    found: dict[str, NamedTimes] = {}
    for item in items(node, report):
        times = read_times(item, report)
        first = found.setdefault(times.name, times) if times is not None else None
        if times is not None and first is not times and first is not None and first.where is not None:
            report.report(
                codes.REFUSED_BY_ALERTMANAGER,
                item.span_at("name"),
                f"there are two time intervals `{times.name}`, so Alertmanager refuses all that it is told",
                also=(Label(first.where, "the first one"),),
                help="rename one of them",
            )
    return tuple(found.values())


class _Routes:
    """Reads routes and inhibition of one object, whose receivers and time intervals have these names."""

    def __init__(
        self, version: str, receivers: dict[str, None], times: dict[str, None], report: Report
    ) -> None:
        self._version = version
        self._receivers = receivers
        self._times = times
        self._report = report
        self.newer: list[Newer] = []

    def first(self, node: Node) -> Route:
        """The route of the object itself."""
        receiver = node.get("receiver")
        if node.is_mapping and (receiver is None or receiver.value in (None, "")):
            self._report.report(
                codes.MISSING_KEY,
                node.key_at("receiver") if receiver is not None else head(node),
                "the route of an object needs a `receiver`",
                help="add `receiver:` with the name of one of its receivers",
            )
        return self._route(node)

    def _route(self, node: Node) -> Route:
        report = self._report
        hints = {
            key: f"objects have `{meant}`, a list of `{{name, value, matchType}}`"
            for key, meant in _IN_FILES.items()
        }
        has_keys(node, _ROUTE_KEYS, (), report, hints)
        if not node.is_mapping:
            return Route()
        return Route(
            receiver=self._receiver(node),
            matchers=self._matchers(node.get("matchers")),
            continue_=self._continues(node.get("continue")),
            routes=tuple(self._route(_as_decoded(child)) for child in items(node.get("routes"), report)),
            group_by=self._group_by(node.get("groupBy")),
            group_wait=self._millis(node, "groupWait"),
            group_interval=self._millis(node, "groupInterval"),
            repeat_interval=self._millis(node, "repeatInterval"),
            mute=self._time_names(node.get("muteTimeIntervals")),
            active=self._time_names(node.get("activeTimeIntervals")),
            where=head(node),
            places=places(node, _PLACES),
        )

    def _receiver(self, node: Node) -> str | None:
        name = text_of(node.get("receiver"), self._report)
        if name and name not in self._receivers:
            self._report_unknown(node.span_at("receiver"), "receiver", name, self._receivers)
        return name or None

    def _report_unknown(self, at: Span, what: str, name: str, known: dict[str, None]) -> None:
        meant = nearest(name, known)
        self._report.report(
            codes.UNKNOWN_REFERENCE,
            at,
            f"the object has no {what} `{name}`",
            help=f"did you mean `{meant}`?" if meant else f"declare the {what} in the same object",
            fixes=respelt(at, name, meant) if meant and is_clear(name, known) else (),
        )

    def _time_names(self, node: Node | None) -> tuple[str, ...]:
        found: list[str] = []
        for item in items(node, self._report):
            name = word_of(item, self._report)
            if name is not None and name not in self._times:
                self._report_unknown(item.span, "time interval", name, self._times)
            found += [name] if name is not None else []
        return tuple(found)

    def _continues(self, node: Node | None) -> bool:
        return bool(flag_of(node, self._report))

    def _group_by(self, node: Node | None) -> tuple[str, ...] | None:
        if node is None or node.value is None:
            return None
        found: dict[str, Node] = {}
        for item in items(node, self._report):
            label = word_of(item, self._report)
            first = found.setdefault(label, item) if label is not None else item
            if first is not item:
                self._report.report(
                    codes.REFUSED_BY_ALERTMANAGER,
                    item.span,
                    f"`{label}` is there twice, which the operator refuses",
                    also=(Label(first.span, "the first one"),),
                    help="delete one of the two",
                )
        if BY_ALL_LABELS in found and len(found) > 1:
            self._report.report(
                codes.REFUSED_BY_ALERTMANAGER,
                found[BY_ALL_LABELS].span,
                f"`{BY_ALL_LABELS}` means all labels, and stands alone",
                help="delete it, or all other labels",
            )
        # The operator leaves an empty list out: what the parent has counts.
        return tuple(found) or None

    def _millis(self, node: Node, key: str) -> Millis | None:
        child = node.get(key)
        text = duration_text(child, self._report) if child is not None and child.value is not None else None
        if text is None or child is None:
            return None
        try:
            millis = parse(text)
        except DurationError as error:
            self._report.report(codes.BAD_VALUE, child.span, error.problem, help=error.remedy)
            return None
        if millis == 0 and key != "groupWait":
            self._report.report(
                codes.REFUSED_BY_ALERTMANAGER,
                child.span,
                f"`{text}` is no time at all, which Alertmanager refuses together with all that it is told",
                help="write a duration above zero",
            )
            return None
        return millis

    # matchers -----------------------------------------------------------------------------------------

    def _matchers(self, node: Node | None) -> tuple[Matcher, ...]:
        found = [self._matcher(item) for item in items(node, self._report)]
        return tuple(matcher for matcher in found if matcher is not None)

    def _matcher(self, node: Node) -> Matcher | None:
        report = self._report
        if isinstance(node.value, str):
            report.report(
                codes.WRONG_TYPE,
                node.span,
                f"`{node.value}` is a text, but objects have matchers as mappings",
                help="write `{name: LABEL, matchType: '=', value: VALUE}`",
            )
            return None
        is_old = self._version == V1ALPHA1
        known = ("name", "value", "matchType", *(("regex",) if is_old else ()))
        hints = {} if is_old else {"regex": "v1beta1 has it no more: write `matchType: =~`"}
        if not has_keys(node, known, ("name",), report, hints):
            return None
        name, value = word_of(node.get("name"), report), text_of(node.get("value"), report) or ""
        op = self._operator(node)
        if name is None or op is None:
            return None
        problem = regexp_problem(value) if op in ("=~", "!~") else None
        if problem:
            report.report(
                codes.REFUSED_BY_ALERTMANAGER,
                node.span_at("value"),
                f"the regular expression `{value}` is wrong: {problem}",
            )
            return None
        matcher = Matcher(name, op, value)
        if not LABEL_NAME.fullmatch(name):
            self.newer.append(Newer(f"the matcher `{matcher}`", UTF8_SINCE, node.span_at("name")))
        if is_meant_as_pattern(matcher):
            report.report(
                codes.PATTERN_AS_VALUE,
                node.span_at("value"),
                f"`{op}` compares with `{value}` letter by letter",
                help=f"write `matchType: {'=~' if op == '=' else '!~'}`",
            )
        return matcher

    def _operator(self, node: Node) -> Operator | None:
        regex = node.get("regex")
        is_regex = flag_of(regex, self._report)
        written = text_of(node.get("matchType"), self._report)
        if regex is not None and is_regex is not None and self._version == V1ALPHA1:
            self._warn_of_regex(node, regex, written)
        if written is None:
            return "=~" if is_regex else "="
        operators: tuple[Operator, ...] = ("=", "!=", "=~", "!~")
        for operator in operators:
            if written == operator:
                return operator
        self._report.report(
            codes.BAD_VALUE,
            node.span_at("matchType"),
            f"`{written}` is no way to match",
            help="write `=`, `!=`, `=~` or `!~`",
        )
        return None

    def _warn_of_regex(self, node: Node, regex: Node, written: str | None) -> None:
        meant = '"="' if regex.value is False else "=~"
        at = node.key_at("regex")
        self._report.report(
            codes.DEPRECATED_BY_ALERTMANAGER,
            at,
            "`regex` is deprecated: `matchType` has replaced it, also in v1beta1",
            help=f"write `matchType: {meant}`" if written is None else "delete it: `matchType` counts",
            fixes=(*respelt(at, "regex", "matchType"), Fix(regex.span, meant)) if written is None else (),
        )

    def inhibition(self, node: Node) -> Inhibition | None:
        """An inhibit rule; None where it cannot be read."""
        known = ("sourceMatch", "targetMatch", "equal")
        if not has_keys(node, known, (), self._report, _SIDES):
            return None
        labels = [word_of(item, self._report) for item in items(node.get("equal"), self._report)]
        return Inhibition(
            self._matchers(node.get("sourceMatch")),
            self._matchers(node.get("targetMatch")),
            tuple(label for label in labels if label is not None),
            head(node),
            places=places(node, _PLACES),
        )


def _as_decoded(node: Node) -> Node:
    """A child route as the operator decodes it: Go takes keys in upper or lower case alike."""
    if not isinstance(node.value, dict):
        return node
    by_lower = {key.lower(): key for key in _ROUTE_KEYS}
    names = {key: key if key in _ROUTE_KEYS else by_lower.get(key.lower(), key) for key in node.value}
    if len(set(names.values())) < len(names):
        return node
    values = {names[key]: child for key, child in node.value.items()}
    return Node(values, node.span, {names[key]: at for key, at in node.keys.items()})
