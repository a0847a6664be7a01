"""Alerts that silence others."""

from __future__ import annotations

from dataclasses import dataclass, field

from slogen.alertmanager.matchers import Matcher
from slogen.source import Span
from slogen.units import Labels


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an alert that matches `source` fires, those that match `target` and have equal values of all the
    labels in `equal` are not told. A label that is missing equals one that is empty or missing."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...] = ()
    where: Span | None = field(default=None, compare=False)

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
