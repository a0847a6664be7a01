"""The tests that users write for promtool themselves: as much of them as others ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from slogen.source import Span


@dataclass(frozen=True, slots=True)
class RulePattern:
    """A pattern that names rule files, relative to the file of the tests, as it was written."""

    text: str
    at: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class AlertTest:
    """A check of an alert at one instant; `fires` is whether it expects the alert to fire."""

    alert: str
    fires: bool
    at: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class OwnTests:
    """A file of tests for promtool: its path, the rule files that it reads, and what it checks of alerts."""

    path: str
    rule_files: tuple[RulePattern, ...]
    alerts: tuple[AlertTest, ...]
    at: Span = field(compare=False)

    @property
    def firing(self) -> frozenset[str]:
        """The names of the alerts that are expected to fire at some instant."""
        return frozenset(check.alert for check in self.alerts if check.fires)


def firing(tests: Iterable[OwnTests]) -> frozenset[str]:
    """The names of the alerts that any of the tests expects to fire: these are proven."""
    return frozenset(name for test in tests for name in test.firing)
