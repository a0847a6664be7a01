"""Which alerts are proven: by which scenarios they fire, stay silent, and resolve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from slogen.cli.subjects import AlertRule, Atlas, Subject
from slogen.promql import selectors
from slogen.proofs import AlertCheck, Fired, Scenario


@dataclass(frozen=True, slots=True)
class Coverage:
    """An alerting rule, and the names of the scenarios that expect it to fire, to be silent, to resolve.

    `own_tests` are the paths of the users' own tests that expect an alert of its name.
    """

    alert: AlertRule
    fires: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    resolves: tuple[str, ...] = ()
    own_tests: tuple[str, ...] = ()

    @property
    def lack(self) -> str:
        """What is not proven, as the end of a sentence; empty if nothing is missing.

        An alert that reads no series, such as `vector(1)`, is never silent.
        """
        if self.own_tests:
            return ""
        wanted = [("it fires", self.fires)]
        if any(True for _ in selectors(self.alert.rule.expr)):
            wanted.append(("it stays silent", self.silent))
        missing = [what for what, scenarios in wanted if not scenarios]
        return f"nothing shows that {' or that '.join(missing)}" if missing else ""


def coverage(
    atlas: Atlas, subjects: Iterable[Subject], own_tests: Sequence[tuple[str, frozenset[str]]] = ()
) -> tuple[Coverage, ...]:
    """What proves each alerting rule, in the order of the rule files.

    `own_tests` are paths of tests, and the names of the alerts that each expects to fire.
    """
    found: dict[int, list[Scenario]] = {}
    for subject in subjects:
        for proof in subject.proofs:
            for alert in proof.alerts:
                found.setdefault(id(atlas.proven(proof, alert)), []).extend(proof.scenarios)
    return tuple(_of(alert, found.get(id(alert), ()), own_tests) for alert in atlas.alerts)


def _of(
    alert: AlertRule, scenarios: Sequence[Scenario], own_tests: Sequence[tuple[str, frozenset[str]]]
) -> Coverage:
    states = [(scenario.name, list(_states(alert, scenario))) for scenario in scenarios]
    return Coverage(
        alert,
        fires=_named(name for name, seen in states if True in seen),
        silent=_named(name for name, seen in states if False in seen),
        resolves=_named(name for name, seen in states if _resolves(seen)),
        own_tests=tuple(path for path, alerts in own_tests if alert.rule.alert in alerts),
    )


def _states(alert: AlertRule, scenario: Scenario) -> Iterator[bool]:
    """Whether the alert fires, at each instant at which a scenario says so, in the order of time."""
    checks = [
        check
        for check in scenario.checks
        if isinstance(check, AlertCheck) and check.alert == alert.rule.alert and _looks_at(check, alert)
    ]
    for check in sorted(checks, key=lambda check: check.at):
        yield any(may_be(alert, fired) for fired in check.expected)


def _looks_at(check: AlertCheck, alert: AlertRule) -> bool:
    """Whether this rule is among those of its name that a check looks at."""
    return all(alert.labels.get(name, value) == value for name, value in check.among.items())


def may_be(alert: AlertRule, fired: Fired) -> bool:
    """Whether it may be this rule that fires: rules of one name differ in their labels."""
    return all(fired.labels.get(name) == value for name, value in alert.labels.items())


def _resolves(states: Sequence[bool]) -> bool:
    return any(before and not after for before, after in pairwise(states))


def _named(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
