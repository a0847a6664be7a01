"""Proofs: scenarios that say when alerts are silent, fire and resolve, and what rules record in between.

Pure data, made by `prove` and printed by targets. Times are milliseconds from the start of a scenario.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slogen.synthetic import Series
from slogen.units import Labels, Millis


@dataclass(frozen=True, slots=True)
class Input:
    """A synthetic series and its samples in promtool's notation, such as `0+10x60`, one run after another."""

    series: Series
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert that fires: its labels but for its name, and its annotations; None where they are not told."""

    labels: Labels
    annotations: Labels | None = None


@dataclass(frozen=True, slots=True)
class AlertCheck:
    """Which alerts of a name fire at an instant: exactly these, none if empty. `why` is for people.

    `among` are labels of the alerts that are looked at, where others have the same name.
    """

    at: Millis
    alert: str
    expected: tuple[Fired, ...] = ()
    why: str = ""
    among: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """The result of a query at an instant, exactly. `why` is for people."""

    at: Millis
    expr: str
    expected: tuple[tuple[Series, float], ...] = ()
    why: str = ""


Check = AlertCheck | ValueCheck


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story, told in series (`spacing` apart), and what must hold in it.

    `name` is unique within a proof; `story` are lines of text: what happens, when alerts must fire and why,
    with the arithmetic.
    """

    name: str
    story: tuple[str, ...]
    spacing: Millis
    inputs: tuple[Input, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class AlertId:
    """An alerting rule: its group and its place in there, from 0."""

    group: str
    index: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Scenarios about one subject, that is an SLO (by its id) or a hand-written alert (by its name).

    `object` is the namespace and the name of the object that the rules are in; `groups` are those to
    evaluate, each behind those that it reads; `step` is how far evaluations are apart. `alerts` are the
    alerting rules that these scenarios prove.
    """

    subject: str
    object: tuple[str | None, str]
    groups: tuple[str, ...]
    step: Millis
    scenarios: tuple[Scenario, ...]
    alerts: tuple[AlertId, ...] = field(default=())
