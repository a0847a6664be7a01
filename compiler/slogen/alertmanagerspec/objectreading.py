"""Values of AlertmanagerConfig objects, read by the table of fields; findings for what Kubernetes refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from decimal import Decimal

from slogen import codes
from slogen.alertmanager.configuration import SecretFile, SecretKey, Value
from slogen.alertmanagerspec.objectfields import FILLED, V1BETA1, Field, Fields, Holds
from slogen.alertmanagerspec.scalars import UnfitError, flag
from slogen.diagnostics import Report, is_clear, nearest, respelt
from slogen.source import Node, Span

DURATION = re.compile(
    r"0|(?:[0-9]+y)?(?:[0-9]+w)?(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?(?:[0-9]+ms)?"
)
URLS = {Holds.URL: re.compile(r"https?://.+"), Holds.PROXY_URL: re.compile(r"(?:https?|socks5)://.+")}


# mappings and lists -----------------------------------------------------------------------------------


def is_given(node: Node | None) -> bool:
    """Whether there is a value: Kubernetes takes null for none."""
    return node is not None and node.value is not None


def head(node: Node) -> Span:
    """What to show of a whole mapping: its first key."""
    return next(iter(node.keys.values()), node.span)


def has_keys(
    node: Node,
    known: Collection[str],
    required: Collection[str],
    report: Report,
    elsewhere: Mapping[str, str] | None = None,
) -> bool:
    """Whether a value is a mapping that has all the keys it needs.

    Others than the known ones are reported; `elsewhere` says what becomes of keys that only others know.
    """
    if not node.is_mapping:
        report_type(node, "a mapping", report)
        return False
    meant: set[str] = set()
    for key, at in node.keys.items():
        if key not in known:
            hint = (elsewhere or {}).get(key, "")
            meant.add(_report_key(key, at, node, known, hint, report))
    missing = [key for key in required if not is_given(node.get(key)) and key not in meant]
    for key in missing:
        report.report(codes.MISSING_KEY, head(node), f"`{key}` is missing", help=f"add `{key}:`")
    return not missing


def _report_key(key: str, at: Span, node: Node, known: Collection[str], hint: str, report: Report) -> str:
    """Report a key that nobody knows; gives the one that is meant, or nothing."""
    free = [name for name in known if name not in node.keys]
    meant = "" if hint else nearest(key, free) or ""
    listed = ", ".join(f"`{name}`" for name in known)
    text = hint or (f"did you mean `{meant}`?" if meant else f"the keys here are {listed}")
    fixes = respelt(at, key, meant) if meant and is_clear(key, free) else ()
    report.report(codes.UNKNOWN_KEY, at, f"unknown key `{key}`", help=text, fixes=fixes)
    return meant


def items(node: Node | None, report: Report) -> Sequence[Node]:
    """The items of a list; none after a finding."""
    if node is None or node.value is None:
        return ()
    if not isinstance(node.value, list):
        report_type(node, "a list", report)
        return ()
    for item in node.value:
        if item.value is None:
            report.report(codes.WRONG_TYPE, item.span, "an item of this list has no value", help="delete it")
    return [item for item in node.value if item.value is not None]


def report_type(node: Node, wanted: str, report: Report) -> None:
    """Report a value of another type than Kubernetes takes."""
    value = node.value
    shown = node.span.text.strip().partition("\n")[0]
    if value is None:
        report.report(codes.WRONG_TYPE, node.span, "a value is missing here", help=f"write {wanted}")
        return
    if isinstance(value, bool):
        found = f"`{shown}` is true or false"
    elif isinstance(value, int | Decimal):
        found = f"`{shown}` is a number"
    elif isinstance(value, str):
        found = f"`{shown}` is a text"
    else:
        found = "this is a list" if isinstance(value, list) else "this is a mapping"
    is_quotable = wanted.startswith("a text") and isinstance(value, bool | int | Decimal)
    help_ = f'put it in quotes: `"{shown}"`' if is_quotable else f"write {wanted}"
    report.report(codes.WRONG_TYPE, node.span, f"{found}, not {wanted}", help=help_)


def text_of(node: Node | None, report: Report) -> str | None:
    """The text of a value; None for none, and after a finding."""
    if node is None or node.value is None:
        return None
    if isinstance(node.value, str):
        return node.value
    report_type(node, "a text", report)
    return None


def word_of(node: Node | None, report: Report) -> str | None:
    """A text that is not empty; None for none, and after a finding."""
    text = text_of(node, report)
    if text == "" and node is not None:
        report.report(codes.BAD_VALUE, node.span, "this text is empty", help="write something, or delete it")
        return None
    return text


# fields -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads the fields of an object of a version. `places` takes in where the fields are, by the names that
    files have for them; of a field within another by both, such as `http_config.proxy_url`."""

    version: str
    report: Report
    places: dict[str, Span] = dataclass_field(default_factory=dict)
    within: str = ""

    def fields(self, node: Node, fields: Fields) -> dict[str, Value] | None:
        """The fields of a mapping by their names in files; None where it is no mapping."""
        known = [name for name, field in fields.items() if field.only in ("", self.version)]
        elsewhere = {
            name: f"only {field.only} has it: delete it"
            for name, field in fields.items()
            if name not in known
        }
        required = [name for name in known if fields[name].is_required]
        if not has_keys(node, known, required, self.report, elsewhere) and not node.is_mapping:
            return None
        values: dict[str, Value] = {}
        for name in known:
            child = node.get(name)
            if child is None or child.value is None:
                continue
            file_name = fields[name].file_name
            self.places[self.within + file_name] = node.key_at(name)
            inner = replace(self, within=f"{self.within}{file_name}.")
            value = _READERS[fields[name].holds](child, fields[name], inner)
            if value is not None:
                values[file_name] = value
        return values


def _text(node: Node, field: Field, reading: Reading) -> Value:
    text = text_of(node, reading.report)
    if text is None or not field.choices or text in field.choices:
        return text
    meant = nearest(text, field.choices)
    listed = ", ".join(f"`{choice}`" for choice in field.choices)
    help_ = f"did you mean `{meant}`?" if meant else f"write one of {listed}"
    reading.report.report(codes.BAD_VALUE, node.span, f"`{text}` is not allowed here", help=help_)
    return None


def _word(node: Node, field: Field, reading: Reading) -> Value:
    return word_of(node, reading.report)


def _url(node: Node, field: Field, reading: Reading) -> Value:
    text = text_of(node, reading.report)
    if text is not None and not URLS[field.holds].fullmatch(text):
        reading.report.report(
            codes.BAD_VALUE, node.span, f"`{text}` is no URL", help="start it with `https://` or `http://`"
        )
        return None
    return text


def _duration(node: Node, field: Field, reading: Reading) -> Value:
    return duration_text(node, reading.report)


def duration_text(node: Node, report: Report) -> str | None:
    """A duration as written; None for none, and after a finding."""
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        report.report(
            codes.WRONG_TYPE, node.span, f"`{node.value}` has no unit", help=f"write `{node.value}s` or `5m`"
        )
        return None
    text = text_of(node, report)
    if text is None:
        return None
    if not DURATION.fullmatch(text) or not text:
        report.report(
            codes.BAD_VALUE,
            node.span,
            f"`{text}` is no duration" if text else "this duration is empty",
            help="write a whole number with its unit, the largest unit first: `5m`, `1h30m`",
        )
        return None
    return text


def flag_of(node: Node | None, report: Report) -> bool | None:
    """True or false as kubectl reads YAML 1.1; None for nothing, and after a finding."""
    if node is None:
        return None
    try:
        return flag(node)
    except UnfitError:
        report_type(node, "`true` or `false`", report)
        return None


def _flag(node: Node, field: Field, reading: Reading) -> Value:
    return flag_of(node, reading.report)


def _whole(node: Node, field: Field, reading: Reading) -> Value:
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    report_type(node, "a whole number", reading.report)
    return None


def _texts(node: Node, field: Field, reading: Reading) -> Value:
    read = word_of if field.name in FILLED else text_of
    found = [read(item, reading.report) for item in _filled(node, field, reading)]
    return [text for text in found if text is not None]


def _filled(node: Node, field: Field, reading: Reading) -> Sequence[Node]:
    if node.value == [] and field.name in FILLED:
        reading.report.report(
            codes.BAD_VALUE, node.span, f"`{field.name}` is empty", help="add an item, or delete it"
        )
    return items(node, reading.report)


def _map(node: Node, field: Field, reading: Reading) -> Value:
    if not isinstance(node.value, dict):
        report_type(node, "a mapping", reading.report)
        return None
    found = {key: text_of(child, reading.report) for key, child in node.value.items()}
    return {key: text for key, text in found.items() if text is not None}


def _pairs(node: Node, field: Field, reading: Reading) -> Value:
    if isinstance(node.value, dict):
        report_type(node, "a list of `{key: ..., value: ...}`", reading.report)
        return None
    found: dict[str, Value] = {}
    for item in items(node, reading.report):
        if has_keys(item, ("key", "value"), ("key", "value"), reading.report):
            key, value = word_of(item.get("key"), reading.report), text_of(item.get("value"), reading.report)
            if key is not None and value is not None:
                found[key] = value
    return found


# references -------------------------------------------------------------------------------------------


def _secret(node: Node, field: Field, reading: Reading) -> Value:
    return _reference(node, field.name, reading.report, may_be_optional=reading.version != V1BETA1)


def _core_secret(node: Node, field: Field, reading: Reading) -> Value:
    return _reference(node, field.name, reading.report, may_be_optional=True)


def _reference(node: Node, what: str, report: Report, *, may_be_optional: bool) -> SecretKey | None:
    if not node.is_mapping:
        report.report(
            codes.WRONG_TYPE,
            node.span,
            f"`{what}` is no value but names a key of a Secret",
            help="put the value into a Secret of this namespace, and write `{name: SECRET, key: KEY}`",
        )
        return None
    known = ("name", "key", "optional") if may_be_optional else ("name", "key")
    elsewhere = {} if may_be_optional else {"optional": "v1beta1 has it no more: delete it"}
    if not has_keys(node, known, ("name", "key"), report, elsewhere):
        return None
    name, key = word_of(node.get("name"), report), word_of(node.get("key"), report)
    return None if name is None or key is None else SecretKey(name, key)


def _file(node: Node, field: Field, reading: Reading) -> Value:
    path = word_of(node, reading.report)
    return None if path is None else SecretFile(path)


def _asset(node: Node, field: Field, reading: Reading) -> Value:
    if not has_keys(node, ("secret", "configMap"), (), reading.report):
        return None
    for key in ("secret", "configMap"):
        chosen = node.get(key)
        if chosen is not None and chosen.value is not None:
            return _reference(chosen, key, reading.report, may_be_optional=True)
    return None


def _headers(node: Node, field: Field, reading: Reading) -> Value:
    if not isinstance(node.value, dict):
        report_type(node, "a mapping", reading.report)
        return None
    found: dict[str, Value] = {}
    for key, child in node.value.items():
        listed = [
            _reference(item, key, reading.report, may_be_optional=True)
            for item in items(child, reading.report)
        ]
        found[key] = [secret for secret in listed if secret is not None]
    return found


# groups -----------------------------------------------------------------------------------------------


def _group(node: Node, field: Field, reading: Reading) -> Value:
    return reading.fields(node, field.parts)


def _groups(node: Node, field: Field, reading: Reading) -> Value:
    listed = [reading.fields(item, field.parts) for item in _filled(node, field, reading)]
    return [found for found in listed if found is not None]


_READERS: Mapping[Holds, Callable[[Node, Field, Reading], Value]] = {
    Holds.TEXT: _text,
    Holds.WORD: _word,
    Holds.URL: _url,
    Holds.PROXY_URL: _url,
    Holds.DURATION: _duration,
    Holds.FLAG: _flag,
    Holds.WHOLE: _whole,
    Holds.TEXTS: _texts,
    Holds.MAP: _map,
    Holds.PAIRS: _pairs,
    Holds.SECRET: _secret,
    Holds.CORE_SECRET: _core_secret,
    Holds.FILE: _file,
    Holds.ASSET: _asset,
    Holds.HEADERS: _headers,
    Holds.GROUP: _group,
    Holds.GROUPS: _groups,
}
