"""What Alertmanager asks of single ways to notify beyond the fields that they have."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from slogen import gotemplates
from slogen.alertmanager.configuration import Value
from slogen.alertmanagerspec import scalars
from slogen.alertmanagerspec.fields import Reader, Written
from slogen.alertmanagerspec.fieldtypes import Kind
from slogen.diagnostics import Label
from slogen.source import Node

HINTS: Mapping[str, Mapping[str, str]] = {
    "email": {
        "subject": "write it below `headers`: `headers: {Subject: ...}`",
        "body": "write `text:` for plain text, or `html:`",
    },
    "slack": {
        "webhook_url": "write `api_url`",
        "url": "write `api_url`",
        "message": "write `text`",
    },
    "webhook": {"webhook_url": "write `url`", "message": "a webhook gets the alerts as JSON; delete it"},
}
"""Keys that authors take from elsewhere, by the kind that does not know them."""


def check(kind: Kind, written: Written, node: Node, reader: Reader) -> None:
    """Reports what Alertmanager refuses in an integration that is read."""
    _check_connection(written, "http_config.", reader)
    _check_tls(written, "", reader)
    special = _CHECKS.get(kind.name)
    if special is not None:
        special(written, node, reader)


def check_globals(written: Written, reader: Reader) -> None:
    """Reports what Alertmanager refuses in `global`."""
    _check_connection(written, "http_config.", reader)
    _check_certificate(written, "smtp_tls_config", reader)


# connections ------------------------------------------------------------------------------------------


def _value(written: Written, path: str) -> Value:
    value: Value = written.values
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _is_given(written: Written, path: str) -> bool:
    return _value(written, path) not in (None, "", False)


def _is_refused(written: Written, path: str) -> bool:
    """Whether a value is there and has a finding of its own."""
    return path in written.places and _value(written, path) is None


def _check_connection(written: Written, prefix: str, reader: Reader) -> None:
    path = f"{prefix}authorization.type"
    type_ = _value(written, path)
    if isinstance(type_, str) and type_.strip().lower() == "basic":
        reader.refuse(written.places[path], "`authorization` cannot be of type Basic", "write `basic_auth`")
    _check_tls(written, prefix, reader)
    _check_tls(written, f"{prefix}oauth2.", reader)
    for part in (prefix, f"{prefix}oauth2."):
        has_environment = _is_given(written, f"{part}proxy_from_environment")
        has_url = _is_given(written, f"{part}proxy_url")
        if _is_given(written, f"{part}no_proxy") and (has_environment or not has_url):
            at = written.places[f"{part}no_proxy"]
            reader.refuse(
                at, "`no_proxy` is of use only beside `proxy_url`", "delete it, or add `proxy_url:`"
            )


def _check_tls(written: Written, prefix: str, reader: Reader) -> None:
    _check_certificate(written, f"{prefix}tls_config", reader)


def _check_certificate(written: Written, path: str, reader: Reader) -> None:
    """A key without a certificate is of no use, nor the other way round."""
    names = ("cert", "key")
    given = [
        name
        for name in names
        if _is_given(written, f"{path}.{name}") or _is_given(written, f"{path}.{name}_ref")
    ]
    if len(given) == 1:
        lacking = names[1 - names.index(given[0])]
        at = written.places.get(f"{path}.{given[0]}") or written.places[f"{path}.{given[0]}_ref"]
        reader.refuse(at, f"`{given[0]}` is given without `{lacking}`", f"add `{lacking}_file:`")


# kinds ------------------------------------------------------------------------------------------------


def _email(written: Written, node: Node, reader: Reader) -> None:
    headers = node.get("headers")
    first: dict[str, str] = {}
    for name in headers.keys if headers is not None else ():
        other = first.setdefault(name.lower(), name)
        if other != name and headers is not None:
            label = Label(headers.keys[other], "the first one")
            message = f"the header `{name}` is there twice"
            reader.refuse(headers.keys[name], message, "delete one of them", (label,))


_OF_RESPONDER = ("team", "teams", "user", "escalation", "schedule")


def _opsgenie(written: Written, node: Node, reader: Reader) -> None:
    responders = node.get("responders")
    listed = responders.value if responders is not None and isinstance(responders.value, list) else []
    for responder in listed:
        kind = responder.get("type")
        if kind is None or kind.value in (None, "") or isinstance(kind.value, (list, dict)):
            continue
        text = scalars.text(kind)
        if "{{" in text:
            problem = gotemplates.problem(text)
            if problem is not None and "function" not in problem.message:
                reader.refuse(kind.span, f"the template of a type is wrong: {problem.message}")
        elif text.lower() not in _OF_RESPONDER:
            message = f"`{text}` is no type of a responder"
            reader.refuse(kind.span, message, f"write {', '.join(f'`{name}`' for name in _OF_RESPONDER)}")


def _telegram(written: Written, node: Node, reader: Reader) -> None:
    if written.values.get("chat_id") == 0:
        reader.refuse(written.places["chat_id"], "`0` is the id of no chat", "write the id of the chat")


def _sns(written: Written, node: Node, reader: Reader) -> None:
    keys = ("access_key", "secret_key")
    given = [name for name in keys if _is_given(written, f"sigv4.{name}")]
    lacking = keys[1 - keys.index(given[0])] if len(given) == 1 else ""
    if lacking and not _is_refused(written, f"sigv4.{lacking}"):
        at = written.places[f"sigv4.{given[0]}"]
        reader.refuse(at, f"`{given[0]}` is given without `{lacking}`", f"add `{lacking}:`")


def _incidentio(written: Written, node: Node, reader: Reader) -> None:
    has_token = _is_given(written, "alert_source_token")
    has_authorization = written.has("http_config.authorization")
    if has_token and has_authorization:
        at = written.places["alert_source_token"]
        message = "`alert_source_token` is given beside `http_config.authorization`"
        reader.refuse(at, message, "keep one of the two")
    if written.has("http_config") and not has_token and not has_authorization:
        head = next(iter(node.keys.values()), node.span)
        reader.refuse(head, "`alert_source_token` is missing", "add `alert_source_token_file:`")


_CHAT = re.compile(r"https://slack\.com/api/chat\.postMessage")


def _slack(written: Written, node: Node, reader: Reader) -> None:
    url = written.values.get("api_url")
    if written.values.get("update_message") is True and isinstance(url, str) and not _CHAT.fullmatch(url):
        at = written.places["update_message"]
        remedy = "write `app_token_file:` instead of `api_url`"
        reader.refuse(at, "only bots can update messages, and this is an incoming webhook", remedy)


_CHECKS: Mapping[str, Callable[[Written, Node, Reader], None]] = {
    "email": _email,
    "incidentio": _incidentio,
    "opsgenie": _opsgenie,
    "slack": _slack,
    "sns": _sns,
    "telegram": _telegram,
}
