"""A whole configuration of Alertmanager: routes, receivers, inhibition and time intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.routes import Route
from slogen.alertmanager.times import NamedTimes
from slogen.source import Span


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A secret in a file on the Alertmanager's disk."""

    path: str


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A secret below a key of a Kubernetes Secret, in the namespace of the Alertmanager or of the object that
    refers to it."""

    name: str
    key: str

    @property
    def path(self) -> str:
        """Where the Prometheus Operator mounts it, if `secrets` of the Alertmanager object lists it."""
        return f"/etc/alertmanager/secrets/{self.name}/{self.key}"


Value: TypeAlias = (
    "str | bool | int | Decimal | SecretFile | SecretKey | Sequence[Value] | Mapping[str, Value] | None"
)
"""A value of a field. Durations are text as written."""

Fields: TypeAlias = Mapping[str, Value]
"""Fields by the names that files of Alertmanager have for them (`routing_key`), secrets without `_file`."""


@dataclass(frozen=True, slots=True)
class Newer:
    """Something that is written and that only newer Alertmanagers know: what, and the first version."""

    what: str
    since: str
    where: Span = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Integration:
    """One way to notify: a `kind` such as `slack`, for what files call `slack_configs`.

    `places` are those of the fields that are written, by their names; of a field within another one by both,
    such as `http_config.proxy_url`.
    """

    kind: str
    fields: Fields
    where: Span | None = field(default=None, compare=False)
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)

    def at(self, name: str) -> Span | None:
        """Where a field is written, or else the integration; None where it is not written at all."""
        return self.places.get(name, self.where)


@dataclass(frozen=True, slots=True, eq=False)
class Receiver:
    """Who is notified, and how. Without integrations nobody is."""

    name: str
    integrations: tuple[Integration, ...] = ()
    where: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """What an Alertmanager is told, by a file or by an AlertmanagerConfig object.

    `object_` is the namespace and the name of the object; None for a file. The configuration of an object is
    as it is written there, before the operator adds to it. `newer` is what only newer Alertmanagers know,
    apart from fields of receivers and of `globals`. `places` are those of the fields of `globals`, by name.
    Without `is_sound` there are errors in what decides who gets an alert: nothing can be said of it.
    """

    route: Route
    receivers: tuple[Receiver, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()
    times: tuple[NamedTimes, ...] = ()
    templates: tuple[str, ...] = ()
    globals: Fields = field(default_factory=dict)
    object_: tuple[str, str] | None = None
    newer: tuple[Newer, ...] = ()
    where: Span | None = field(default=None, compare=False)
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)
    is_sound: bool = True

    def receiver(self, name: str) -> Receiver | None:
        """The receiver of a name; None if there is none."""
        return next((receiver for receiver in self.receivers if receiver.name == name), None)

    def times_of(self, name: str) -> NamedTimes | None:
        """The time intervals of a name; None if there are none."""
        return next((times for times in self.times if times.name == name), None)
