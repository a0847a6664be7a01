"""Receivers of AlertmanagerConfig objects, read; findings for what Kubernetes or the operator refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from slogen import codes
from slogen.alertmanager.configuration import Integration, Receiver
from slogen.alertmanagerspec.objectfields import KINDS
from slogen.alertmanagerspec.objectreading import Reading, has_keys, head, is_given, items, word_of
from slogen.diagnostics import Label, Report
from slogen.source import Node

_LISTS = {f"{kind}Configs": kind for kind in KINDS}
_WITHOUT_PLACE = {
    f"{kind}Configs": f"objects have no receivers for {name} (prometheus-operator v0.93): "
    "write them into the Alertmanager's own configuration"
    for kind, name in (("jira", "Jira"), ("incidentio", "incident.io"), ("mattermost", "Mattermost"))
}
_RESERVED = (
    *("routing_key", "message_type", "state_message", "entity_display_name", "monitoring_tool"),
    *("entity_id", "entity_state"),
)


def read_receivers(node: Node | None, version: str, report: Report) -> tuple[Receiver, ...]:
    """The receivers of an object, without those that have no name."""
    found: dict[str, Receiver] = {}
    for item in items(node, report):
        receiver = _receiver(item, version, report)
        if receiver is None:
            continue
        first = found.setdefault(receiver.name, receiver)
        if first is not receiver and first.where is not None:
            report.report(
                codes.REFUSED_BY_ALERTMANAGER,
                item.span_at("name"),
                f"there are two receivers `{receiver.name}`, so the operator skips the object",
                also=(Label(first.where, "the first one"),),
                help="rename one of them",
            )
    return tuple(found.values())


def _receiver(node: Node, version: str, report: Report) -> Receiver | None:
    if not has_keys(node, ("name", *_LISTS), ("name",), report, _WITHOUT_PLACE):
        return None
    name = word_of(node.get("name"), report)
    integrations: list[Integration] = []
    for key in node.keys:
        if key in _LISTS:
            for item in items(node.get(key), report):
                integration = _integration(_LISTS[key], item, version, report)
                integrations += [integration] if integration is not None else []
    return None if name is None else Receiver(name, tuple(integrations), node.span_at("name"))


def _integration(kind: str, node: Node, version: str, report: Report) -> Integration | None:
    reading = Reading(version, report)
    found = reading.fields(node, KINDS[kind])
    if found is None:
        return None
    if kind in _RULES:
        _RULES[kind](node, report)
    _check_http(node.get("httpConfig"), report)
    return Integration(kind, found, head(node), reading.places)


# what the schema does not say -------------------------------------------------------------------------


def _one_of(*keys: str) -> Callable[[Node, Report], None]:
    def check(node: Node, report: Report) -> None:
        if not any(is_given(node.get(key)) for key in keys):
            listed = " or ".join(f"`{key}`" for key in keys)
            report.report(codes.MISSING_KEY, head(node), f"{listed} is missing", help=f"add `{keys[0]}:`")

    return check


def _pushover(node: Node, report: Report) -> None:
    _one_of("userKey", "userKeyFile")(node, report)
    _one_of("token", "tokenFile")(node, report)
    both = [node.get(key) for key in ("html", "monospace")]
    if all(flag is not None and flag.value is True for flag in both):
        _report_pair(node, "monospace", "html", report)


def _email(node: Node, report: Report) -> None:
    _one_of("to")(node, report)
    host = node.get("smarthost")
    if host is not None and isinstance(host.value, str) and not re.search(r":[^:\]]*\Z", host.value):
        report.report(
            codes.REFUSED_BY_ALERTMANAGER,
            host.span,
            f"`{host.value}` has no port",
            help=f"write `{host.value}:587`",
        )
    seen: dict[str, Node] = {}
    for item in _pairs(node, "headers"):
        name = item.get("key")
        if name is None or not isinstance(name.value, str):
            continue
        first = seen.setdefault(name.value.lower(), name)
        if first is not name:
            report.report(
                codes.REFUSED_BY_ALERTMANAGER,
                name.span,
                f"the header `{name.value}` is there twice",
                also=(Label(first.span, "the first one"),),
                help="keep one of the two: upper and lower case make no difference",
            )


def _opsgenie(node: Node, report: Report) -> None:
    for item in _pairs(node, "responders"):
        if item.is_mapping:
            _one_of("name", "id", "username")(item, report)


def _victorops(node: Node, report: Report) -> None:
    for item in _pairs(node, "customFields"):
        key = item.get("key")
        if key is not None and key.value in _RESERVED:
            report.report(
                codes.REFUSED_BY_ALERTMANAGER,
                key.span,
                f"`{key.value}` is a field of VictorOps itself",
                help="give the custom field another name",
            )


def _pairs(node: Node, key: str) -> list[Node]:
    found = node.get(key)
    return found.value if found is not None and isinstance(found.value, list) else []


_RULES: Mapping[str, Callable[[Node, Report], None]] = {
    "email": _email,
    "msteamsv2": _one_of("webhookURL"),
    "opsgenie": _opsgenie,
    "pagerduty": _one_of("routingKey", "serviceKey"),
    "pushover": _pushover,
    "sns": _one_of("topicARN", "targetARN", "phoneNumber"),
    "victorops": _victorops,
    "webhook": _one_of("url", "urlSecret"),
}

_LOGINS = ("basicAuth", "authorization", "oauth2", "bearerTokenSecret")


def _check_http(node: Node | None, report: Report) -> None:
    if node is None or not node.is_mapping:
        return
    used = [key for key in _LOGINS if is_given(node.get(key))]
    # The operator takes basic authentication with OAuth 2.0, and Alertmanager refuses everything then.
    if len(used) > 1:
        _report_pair(node, used[1], used[0], report)


def _report_pair(node: Node, key: str, other: str, report: Report) -> None:
    report.report(
        codes.REFUSED_BY_ALERTMANAGER,
        node.key_at(key),
        f"`{key}` and `{other}` exclude each other",
        also=(Label(node.key_at(other), "the other one"),),
        help="keep one of the two",
    )
