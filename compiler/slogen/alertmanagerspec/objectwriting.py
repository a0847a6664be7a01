"""AlertmanagerConfig objects, written: what they hold, and what of a configuration they cannot hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from slogen import yamlout
from slogen.alertmanager.configuration import (
    Configuration,
    Integration,
    Receiver,
    SecretFile,
    SecretKey,
    Value,
)
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.matchers import Matcher
from slogen.alertmanager.routes import Route
from slogen.alertmanager.times import NamedTimes
from slogen.alertmanagerspec import objectfields
from slogen.alertmanagerspec.objectfields import API_GROUP, KIND, KINDS, V1ALPHA1, Field, Fields, Holds
from slogen.alertmanagerspec.objectreading import DURATION, URLS
from slogen.alertmanagerspec.objects import TIMES_KEY
from slogen.alertmanagerspec.objecttimes import is_utc, written_times
from slogen.durations import render
from slogen.source import Span
from slogen.yamlout import Yaml

_IN_A_SECRET = "keep it in a Kubernetes Secret: `{secret: NAME, key: KEY}`"
_NO_OBJECTS = "objects: none"
_ELSEWHERE = f"only a file can hold it: state `{_NO_OBJECTS}` in Settings, or delete it"


@dataclass(frozen=True, slots=True)
class Beyond:
    """Something that an object cannot hold: where it is written (None if nobody wrote it), what is wrong with
    it, and what to do."""

    at: Span | None
    message: str
    help: str


@dataclass(slots=True)
class Written:
    """The receivers of an object, and what could not be written of them."""

    version: str
    beyond: list[Beyond] = field(default_factory=list)


def beyond_objects(
    receivers: Iterable[Receiver], all_times: Iterable[NamedTimes], version: str
) -> tuple[Beyond, ...]:
    """What of a configuration no object of a version can hold."""
    writing = Written(version)
    for receiver in receivers:
        _receiver(receiver, writing)
    for times in all_times:
        zone = next((interval.zone for interval in times.intervals if not is_utc(interval.zone)), None)
        if zone is not None:
            message = f"an AlertmanagerConfig has no time zones, and `{times.name}` is in `{zone}`"
            remedy = f"write the times in UTC and delete `location`, or state `{_NO_OBJECTS}` in Settings"
            writing.beyond.append(Beyond(times.where, message, remedy))
    return tuple(writing.beyond)


def size(receivers: Iterable[Receiver], version: str) -> int:
    """How many bytes receivers have as JSON."""
    writing = Written(version)
    return len(json.dumps([_receiver(receiver, writing) for receiver in receivers]))


def document(configuration: Configuration, version: str, labels: Mapping[str, str]) -> str:
    """An object as YAML, without what it cannot hold."""
    namespace, name = configuration.object_ or ("", "")
    head = [f"apiVersion: {API_GROUP}/{version}\nkind: {KIND}\nmetadata:\n  name: {yamlout.scalar(name)}\n"]
    if namespace:
        head.append(f"  namespace: {yamlout.scalar(namespace)}\n")
    if labels:
        head.append(f"  labels:\n{yamlout.mapping(labels, 4)}")
    writing = Written(version)
    sections: dict[str, str] = {
        "inhibitRules": _listed(map(_inhibition, configuration.inhibitions), _remarks(configuration)),
        TIMES_KEY[version]: _listed(map(written_times, configuration.times)),
        "receivers": _listed(_receiver(receiver, writing) for receiver in configuration.receivers),
    }
    route = f"  route:\n{_route(configuration.route, 4)}"
    rest = "".join(f"  {key}:\n{text}" for key, text in sections.items() if text)
    return f"{''.join(head)}spec:\n{route}{rest}"


# routes and inhibition --------------------------------------------------------------------------------


def _route(route: Route, indent: int) -> str:
    """A route as lines, each route within behind its remark."""
    pad = " " * indent
    own = yamlout.dump(_own(route), indent) if _own(route) else ""
    if not route.routes:
        return own
    children = (
        f"{_remark(child.remark, indent + 2)}{pad}  - {_route(child, indent + 4)[indent + 4 :]}"
        for child in route.routes
    )
    return f"{own}{pad}routes:\n{''.join(children)}"


def _own(route: Route) -> dict[str, Yaml]:
    stated: dict[str, Yaml] = {
        "matchers": [_matcher(matcher) for matcher in route.matchers],
        "receiver": route.receiver,
        "continue": route.continue_ or None,
        "activeTimeIntervals": route.active,
        "muteTimeIntervals": route.mute,
        "groupBy": route.group_by,
        "groupWait": None if route.group_wait is None else render(route.group_wait),
        "groupInterval": None if route.group_interval is None else render(route.group_interval),
        "repeatInterval": None if route.repeat_interval is None else render(route.repeat_interval),
    }
    return {key: value for key, value in stated.items() if value not in (None, (), [], "")}


def _matcher(matcher: Matcher) -> Mapping[str, Yaml]:
    return {"name": matcher.name, "matchType": matcher.op, "value": matcher.value}


def _inhibition(rule: Inhibition) -> Mapping[str, Yaml]:
    parts: dict[str, Sequence[Yaml]] = {
        "sourceMatch": [_matcher(matcher) for matcher in rule.source],
        "targetMatch": [_matcher(matcher) for matcher in rule.target],
        "equal": rule.equal,
    }
    return {key: part for key, part in parts.items() if part}


def _remarks(configuration: Configuration) -> list[str]:
    return [rule.remark for rule in configuration.inhibitions]


def _listed(items: Iterator[Mapping[str, Yaml]], remarks: Sequence[str] = ()) -> str:
    texts = [yamlout.dump([item], 4) for item in items]
    behind = [*remarks, *[""] * (len(texts) - len(remarks))]
    return "".join(_remark(remark, 4) + text for remark, text in zip(behind, texts, strict=True))


def _remark(text: str, indent: int) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return f"{' ' * indent}# {shown}\n" if text else ""


# receivers --------------------------------------------------------------------------------------------


def _receiver(receiver: Receiver, writing: Written) -> Mapping[str, Yaml]:
    kinds: dict[str, list[Yaml]] = {}
    for integration in receiver.integrations:
        if integration.kind in KINDS:
            written = _Integration(integration, writing).fields(integration.fields, KINDS[integration.kind])
            kinds.setdefault(f"{integration.kind}Configs", []).append(written)
            continue
        message = f"an AlertmanagerConfig has no receivers of the kind `{integration.kind}`"
        writing.beyond.append(Beyond(integration.where, message, _ELSEWHERE))
    return {"name": receiver.name, **kinds}


@dataclass(frozen=True, slots=True)
class _Integration:
    """Writes the fields of one integration."""

    integration: Integration
    writing: Written
    within: str = ""

    def fields(self, values: Mapping[str, Value], fields: Fields) -> Mapping[str, Yaml]:
        """Fields by their names in objects, in the order of the author."""
        found: dict[str, Yaml] = {}
        for name, value in values.items():
            chosen = self._chosen(name, value, fields)
            if chosen is None or value is None:
                continue
            written = self._value(name, value, chosen)
            if written is not None:
                found[chosen.name] = written
        return found

    def _chosen(self, name: str, value: Value, fields: Fields) -> Field | None:
        """The field that holds a value; None after a finding."""
        known = [
            one for one in objectfields.of_file_name(fields, name) if one.only in ("", self.writing.version)
        ]
        if not known:
            what = f"`{self.within}{name}` of {self.integration.kind}"
            self._beyond(name, f"an AlertmanagerConfig has no place for {what}", _ELSEWHERE)
            return None
        fits = {
            SecretKey: (Holds.SECRET, Holds.CORE_SECRET, Holds.ASSET),
            SecretFile: (Holds.FILE,),
        }.get(type(value))
        if fits is None:
            texts = [one for one in known if one.holds not in _REFERENCES]
            # Of the two spellings of the proxy, the one that all operators know comes first.
            return texts[0] if texts else known[0]
        return next((one for one in known if one.holds in fits), known[0])

    def _value(self, name: str, value: Value, chosen: Field) -> Yaml:
        if isinstance(value, (SecretFile, SecretKey)):
            return self._reference(name, value, chosen)
        if chosen.holds in _REFERENCES:
            message = f"an AlertmanagerConfig takes `{self.within}{name}` only from a Secret"
            self._beyond(name, message, _IN_A_SECRET)
            return None
        written = self._plain(name, value, chosen)
        if written is None:
            message = f"an AlertmanagerConfig cannot hold this value of `{self.within}{name}`"
            self._beyond(name, message, _WANTED.get(chosen.holds, _ELSEWHERE))
            return None
        return written

    def _reference(self, name: str, value: SecretFile | SecretKey, chosen: Field) -> Yaml:
        if isinstance(value, SecretFile) and chosen.holds is Holds.FILE:
            return value.path
        if isinstance(value, SecretKey) and chosen.holds in (Holds.SECRET, Holds.CORE_SECRET):
            return {"name": value.name, "key": value.key}
        if isinstance(value, SecretKey) and chosen.holds is Holds.ASSET:
            return {"secret": {"name": value.name, "key": value.key}}
        if isinstance(value, SecretFile) and chosen.holds in _REFERENCES:
            message = f"an AlertmanagerConfig cannot read `{self.within}{name}` from a file"
            self._beyond(name, message, _IN_A_SECRET)
            return None
        message = f"an AlertmanagerConfig takes no secret for `{self.within}{name}`"
        self._beyond(name, message, "write the value itself")
        return None

    def _plain(self, name: str, value: Value, chosen: Field) -> Yaml:
        """A value that is no secret; None where it does not fit."""
        if chosen.holds is Holds.GROUP and isinstance(value, Mapping):
            return self._inside(name).fields(value, chosen.parts)
        if chosen.holds is Holds.GROUPS:
            return self._groups(name, value, chosen)
        if chosen.holds in (Holds.MAP, Holds.PAIRS) and isinstance(value, Mapping):
            pairs = {key: text for key, text in value.items() if isinstance(text, str)}
            if len(pairs) < len(value):
                return None
            return pairs if chosen.holds is Holds.MAP else [{"key": k, "value": v} for k, v in pairs.items()]
        if chosen.holds is Holds.TEXTS:
            texts = [text for text in value if isinstance(text, str)] if isinstance(value, Sequence) else []
            return texts or None
        if chosen.holds in (Holds.FLAG, Holds.WHOLE):
            is_flag = isinstance(value, bool)
            return value if isinstance(value, int) and is_flag == (chosen.holds is Holds.FLAG) else None
        return _text(value, chosen)

    def _groups(self, name: str, value: Value, chosen: Field) -> Yaml:
        if isinstance(value, str) or not isinstance(value, Sequence):
            return None
        inner = self._inside(name)
        return [inner.fields(item, chosen.parts) for item in value if isinstance(item, Mapping)]

    def _inside(self, name: str) -> _Integration:
        return _Integration(self.integration, self.writing, f"{self.within}{name}.")

    def _beyond(self, name: str, message: str, remedy: str) -> None:
        path = f"{self.within}{name}"
        places = self.integration.places
        while path and path not in places:
            path = path.rpartition(".")[0]
        at = places.get(path, self.integration.where)
        self.writing.beyond.append(Beyond(at, message, remedy))


_REFERENCES = (Holds.SECRET, Holds.CORE_SECRET, Holds.FILE, Holds.ASSET, Holds.HEADERS)
_WANTED = {
    Holds.WORD: "write a text that is not empty, or delete it",
    Holds.PROXY_URL: "start it with `http://`, `https://` or `socks5://`",
    Holds.URL: "start it with `https://` or `http://`",
    Holds.DURATION: "write whole numbers with their units, the largest unit first: `5m`, `1h30m`",
    Holds.MAP: "write texts only",
    Holds.PAIRS: "write texts only",
}


def _text(value: Value, chosen: Field) -> Yaml:
    if not isinstance(value, str):
        return None
    if chosen.choices:
        return next((choice for choice in chosen.choices if choice.lower() == value.lower()), None)
    if chosen.holds in URLS:
        return value if URLS[chosen.holds].fullmatch(value) else None
    fits = {
        Holds.TEXT: True,
        Holds.WORD: bool(value),
        Holds.DURATION: bool(value) and DURATION.fullmatch(value) is not None,
    }
    return value if fits.get(chosen.holds) else None


def version_of(objects: str) -> str:
    """The version of objects to write, by what Settings state; `v1alpha1` if nothing is stated."""
    return objects if objects in objectfields.VERSIONS else V1ALPHA1
