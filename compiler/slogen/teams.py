"""Who gets the alerts: the teams that own SLOs and rules, as Routing documents state it.

Everything is in the words of people: who is paged, who finds a ticket, when, and who comes next.
`slogen.routing` turns it into what an Alertmanager is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from slogen.alertmanager.configuration import Fields, Newer, Receiver
from slogen.alertmanager.inhibition import Inhibition
from slogen.alertmanager.times import NamedTimes
from slogen.source import Span
from slogen.units import Millis


class Urgency(StrEnum):
    """How fast a human must react to an alert."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Timing:
    """How notifications are gathered and repeated; None for what is stated elsewhere."""

    group_by: tuple[str, ...] | None = None
    group_wait: Millis | None = None
    group_interval: Millis | None = None
    repeat_interval: Millis | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """How the alerts of one urgency reach a team: a receiver by its name, and the names of the time intervals
    in which alone it is told (`active`) or is not (`mute`); what is held back is told afterwards.

    `where` is the place of the receiver's name; `places` has those of the other parts, such as `active.0`,
    `group_by` and `repeat_interval`, as far as they are written.
    """

    receiver: str
    where: Span = field(compare=False)
    timing: Timing = Timing()
    active: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)

    def tells_as(self, other: Means) -> bool:
        """Whether both tell the same receiver at the same times."""
        return (self.receiver, self.active, self.mute) == (other.receiver, other.active, other.mute)

    def at(self, part: str) -> Span:
        """Where a part is written, or else the name of the receiver."""
        return self.places.get(part, self.where)


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is paged next: the owner `to`, by a page that still fires after a time and is not silenced.

    `where` is the place of the owner's name.
    """

    to: str
    after: Millis
    where: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Owner:
    """A team, by the value of the owner label of its alerts."""

    name: str
    page: Means
    ticket: Means
    where: Span = field(compare=False)
    escalation: Escalation | None = None

    def means(self, urgency: Urgency) -> Means:
        """How alerts of an urgency reach the team."""
        return self.page if urgency is Urgency.PAGE else self.ticket


@dataclass(frozen=True, slots=True, eq=False)
class Routing:
    """What the Routing documents of a project say together.

    `fallback` is the owner who gets what names no owner; empty if nobody says. `severities` are the values of
    the label `severity` by which alerts page or make tickets; empty for those of Settings. `base` is the path
    of the configuration of Alertmanager that is added to, as written; empty for none. `inhibitions` are the
    author's own, besides those that slogen makes. `name`, `namespace` and `labels` are those of the
    AlertmanagerConfig object. `where` has the places of the documents, the first one's first. `newer` is
    what not every Alertmanager knows of the rest; receivers and globals tell for themselves. Without
    `is_sound` there are errors in a document: what has errors is there by its name, and nothing else of it is
    known for certain. Without `is_read` nothing but the place is known.
    """

    name: str
    where: tuple[Span, ...]
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[Owner, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    times: tuple[NamedTimes, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()
    defaults: Timing = Timing()
    globals: Fields = field(default_factory=dict)
    fallback: str = ""
    severities: Mapping[str, Urgency] = field(default_factory=dict)
    base: str = ""
    newer: tuple[Newer, ...] = ()
    is_sound: bool = True
    is_read: bool = True
    places: Mapping[str, Span] = field(default_factory=dict)
    """Where `name`, `namespace`, `fallback`, `base`, `global`, `severities` and `defaults` are written, by
    these names, the parts of the defaults as `defaults.group_by`, the fields of `global` by their names."""

    def owner(self, name: str) -> Owner | None:
        """The team of a name; None if there is none."""
        return next((owner for owner in self.owners if owner.name == name), None)

    def means(self) -> Iterator[Means]:
        """How the alerts of all owners reach them: of each its pages, then its tickets."""
        for owner in self.owners:
            yield owner.page
            yield owner.ticket

    def paged_after(self, owner: Owner) -> Iterator[tuple[Owner, Millis]]:
        """Who is paged next, and how long after the first page; those who are paged next by them follow."""
        told, after = [owner.name], 0
        escalation = owner.escalation
        while escalation is not None and escalation.to not in told:
            target = self.owner(escalation.to)
            if target is None:
                return
            told.append(target.name)
            after += escalation.after
            yield target, Millis(after)
            escalation = target.escalation

    def at(self, part: str) -> Span:
        """Where a part is written, or else the first document."""
        return self.places.get(part, self.where[0])
