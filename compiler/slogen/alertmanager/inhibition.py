"""Alerts that silence others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slogen.alertmanager.matchers import Matcher
from slogen.source import Span
from slogen.units import Labels


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert that matches `source` fires, those that match `target` and have equal values of all the
    labels in `equal` are not told. A label that is missing equals one that is empty or missing.

    `remark` is for those who read it in a file. `places` are those of the fields that are written, by the
    names that files have for them (`source_matchers`, `target_matchers`, `equal`).
    """

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()
    where: Span | None = field(default=None, compare=False)
    remark: str = field(default="", compare=False)
    places: Mapping[str, Span] = field(default_factory=dict, compare=False)

    def at(self, part: str) -> Span | None:
        """Where a field is written, or else the rule; None where it is not written at all."""
        return self.places.get(part, self.where)

    def mutes(self, firing: Labels, alert: Labels) -> bool:
        """Whether one alert keeps another one quiet.

        Two alerts that both match both sides do not silence each other.
        """
        if not _takes(self.source, firing) or not _takes(self.target, alert):
            return False
        if _takes(self.target, firing) and _takes(self.source, alert):
            return False
        return all(firing.get(label, "") == alert.get(label, "") for label in self.equal)


def _takes(matchers: tuple[Matcher, ...], labels: Labels) -> bool:
    return all(matcher.takes(labels) for matcher in matchers)
