"""What a spec means, free of how it was written and of how it is printed.

Formats produce drafts (gaps allowed), `resolve` turns drafts into SLOs (no gaps), `lower` turns SLOs into
rule groups, targets turn the program into files. Everything here is immutable. Units: durations are whole
milliseconds (`Millis`), objectives are percent in (0, 100), budgets, shares and thresholds are ratios 0..1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar, Literal, NewType, Protocol

from slogen.source import Span

Millis = NewType("Millis", int)
Labels = Mapping[str, str]


class Where:
    """Where an item was written: the whole, and the parts that have a name.

    Asking for a part that was not written gives the place of the whole, so a finding always has a place.
    Takes no part in equality.
    """

    __slots__ = ("_parts", "whole")

    def __init__(self, whole: Span, parts: Mapping[str, Span] = MappingProxyType({})) -> None:
        self.whole = whole
        self._parts = parts

    def __getitem__(self, part: str) -> Span:
        return self._parts.get(part, self.whole)

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Where)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"Where({self.whole})"


class Urgency(StrEnum):
    """How fast a human must react to an alert."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Grouping:
    """The labels that an SLO is kept apart by: one budget and one alert per combination of values.

    Empty for an SLO with a single budget. `by` and `on` are the PromQL modifiers.
    """

    labels: tuple[str, ...] = ()

    @property
    def by(self) -> str:
        """The aggregation modifier with its blanks, such as ` by (model) `; empty without grouping."""
        return f" by ({', '.join(self.labels)}) " if self.labels else ""

    @property
    def on(self) -> str:
        """The vector matching modifier, such as `on (model)` or `on ()`."""
        return f"on ({', '.join(self.labels)})"


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL as its author wrote it.

    `text` is the decoded value and `at` its place, so that `at.slice(i, j)` points at characters of it.
    `holes` are the ranges of `text` that stand for the window, such as `{{.window}}`; without holes the query
    is a selector or an expression that does not depend on a window.
    """

    text: str
    at: Span = field(compare=False)
    holes: tuple[tuple[int, int], ...] = ()

    def over(self, window: str) -> str:
        """The query over one window, given as a Prometheus duration such as `5m`."""
        if not self.holes:
            return self.text
        parts: list[str] = []
        end = 0
        for start, stop in self.holes:
            parts += (self.text[end:start], window)
            end = stop
        parts.append(self.text[end:])
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Over:
    """What to measure: the events per second (`rate`) or their number (`increase`) over a window.

    `window` is Prometheus text such as `5m`, `seconds` its length.
    """

    window: str
    seconds: str
    function: Literal["rate", "increase"] = "rate"


class Sli(Protocol):
    """A kind of indicator: which events count, and which of them are bad.

    Every kind measures total and errors over a window as vectors with exactly the labels of the grouping, in
    the same unit, so that their quotient is the error ratio and both add up over time. Every method returns
    PromQL. Arguments named `total`, `samples` and `error_samples` are selectors of series recorded before.
    """

    kind: ClassVar[str]
    unit: ClassVar[str]
    """What is counted, in the plural: `events`, or `samples` where time stands in for them."""

    @property
    def queries(self) -> tuple[Query, ...]:
        """The texts that the author wrote, for checks."""
        ...

    @property
    def additive(self) -> bool:
        """Whether the rate over a long window is the mean of the rates over the windows it consists of."""
        ...

    def samples(self, grouping: Grouping) -> str:
        """The total at one instant, for a kind without counters to look back on; empty for the others."""
        ...

    def error_samples(self, grouping: Grouping, samples: str) -> str:
        """The errors at one instant; empty for a kind without samples."""
        ...

    def total(self, over: Over, grouping: Grouping, samples: str) -> str:
        """The total over a window."""
        ...

    def errors(self, over: Over, grouping: Grouping, total: str, error_samples: str) -> str:
        """The errors over a window: a value wherever there is a total, zero when no error series exists."""
        ...


@dataclass(frozen=True, slots=True)
class Tier:
    """One pair of burn-rate windows (SRE workbook, chapter 5, multiwindow multi-burn-rate alerts).

    The alert fires when the error ratio over both windows exceeds the threshold: `budget_share` of the
    period's error budget spent within the long window. The short window makes it resolve soon after.
    """

    urgency: Urgency
    long: Millis
    short: Millis
    budget_share: Fraction

    def __hash__(self) -> int:
        # Tiers are keys of caches, and the hash of a fraction is a modular inverse.
        return hash((self.long, self.short))


@dataclass(frozen=True, slots=True)
class AlertWindows:
    """A set of tiers that replaces the default ones: for SLOs that name it, or for all over `window`.

    Without tiers it was declared but is broken: SLOs that refer to it are dropped without a further finding.
    """

    name: str
    window: Millis | None
    tiers: tuple[Tier, ...]
    where: Where


class Profile(StrEnum):
    """How the windows of two hours and more are recorded.

    EXACT reads the raw counters, so an outage of Prometheus itself loses nothing. CHEAP averages the recorded
    five minute rates, for SLOs over many thousand series.
    """

    EXACT = "exact"
    CHEAP = "cheap"


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """What a spec says about one alert; None where it says nothing."""

    severity: str | None = None
    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)
    for_: Millis | None = None
    disable: bool = False


@dataclass(frozen=True, slots=True)
class AlertingDraft:
    """What a spec says about the alerts of one SLO."""

    name: str | None = None
    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)
    page: AlertDraft = AlertDraft()
    ticket: AlertDraft = AlertDraft()
    absent: AlertDraft = AlertDraft()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The Kubernetes object that rules are wrapped in: its name, namespace, labels and annotations."""

    name: str
    namespace: str | None = None
    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """An SLO as far as its author stated it. `spec` names the format and version it was written in."""

    service: str
    name: str
    objective: Decimal
    sli: Sli
    spec: str
    manifest: Manifest
    where: Where
    window: Millis | None = None
    group_by: tuple[str, ...] = ()
    description: str = ""
    owner: str | None = None
    runbook: str | None = None
    dashboard: str | None = None
    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)
    alerting: AlertingDraft = AlertingDraft()
    alert_windows: str | None = None
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A burn-rate alert that will be emitted: complete but for the text that lower adds."""

    name: str
    urgency: Urgency
    for_: Millis
    tiers: tuple[Tier, ...]
    labels: Labels
    annotations: Labels


@dataclass(frozen=True, slots=True)
class AbsenceAlert:
    """The alert that the SLO has no data, and for how long that is borne (`for_`)."""

    name: str
    for_: Millis
    labels: Labels
    annotations: Labels


@dataclass(frozen=True, slots=True)
class Slo:
    """An SLO without gaps: everything that rules, tests and routes are made of.

    `id` identifies the SLO in every recorded series. `labels` are the author's own.
    """

    id: str
    service: str
    name: str
    objective: Decimal
    sli: Sli
    spec: str
    manifest: Manifest
    where: Where
    window: Millis
    grouping: Grouping
    description: str
    owner: str | None
    runbook: str | None
    dashboard: str | None
    labels: Labels
    tiers: tuple[Tier, ...]
    alerts: tuple[Alert, ...]
    absence: AbsenceAlert | None
    profile: Profile
    paces: Paces

    @property
    def budget(self) -> Decimal:
        """The share of bad events that the objective allows, 0..1."""
        return (100 - self.objective) / 100

    @property
    def windows(self) -> tuple[Millis, ...]:
        """The windows that the alerts compare, the shortest first."""
        return tuple(sorted({window for tier in self.tiers for window in (tier.short, tier.long)}))


@dataclass(frozen=True, slots=True)
class Paces:
    """Evaluation intervals of the generated groups.

    `fast` records the windows below two hours and evaluates the alerts, `slow` records the windows below one
    day and the budget, `long` records the windows of a day and more.
    """

    fast: Millis = Millis(30_000)
    slow: Millis = Millis(240_000)
    long: Millis = Millis(1_800_000)


@dataclass(frozen=True, slots=True)
class Rule:
    """A recording rule (`record`) or an alerting rule (`alert`); exactly one of the names is set."""

    expr: str
    record: str = ""
    alert: str = ""
    for_: str = ""
    keep_firing_for: str = ""
    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)
    where: Where | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The name of the recorded series or of the alert."""
        return self.record or self.alert


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated in order at the same instant. Durations are Prometheus text, as written."""

    name: str
    rules: tuple[Rule, ...]
    interval: str = ""
    limit: int | None = None
    query_offset: str = ""
    partial_response_strategy: str = ""
    labels: Labels = field(default_factory=dict)
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Rule groups that belong into one object and one file. Compared by identity.

    `slos` are the SLOs that the groups were generated from; empty for hand-written rules.
    """

    manifest: Manifest
    groups: tuple[RuleGroup, ...]
    where: Where
    slos: tuple[Slo, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleDefaults:
    """What Settings add to the hand-written rules whose path matches one of the patterns."""

    paths: tuple[str, ...]
    owner: str | None
    labels: Labels
    annotations: Labels
    where: Where


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults of a project; only `resolve` reads them."""

    window: Millis = Millis(30 * 86_400_000)
    owner: str | None = None
    runbook: str | None = None
    dashboard: str | None = None
    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)
    page_severity: str = "critical"
    ticket_severity: str = "warning"
    absent_severity: str = "warning"
    alert_windows: str | None = None
    profile: Profile = Profile.EXACT
    paces: Paces = Paces()
    namespace: str | None = None
    manifest_labels: Labels = field(default_factory=dict)
    manifest_annotations: Labels = field(default_factory=dict)
    rules: tuple[RuleDefaults, ...] = ()
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that one run compiles."""

    slos: tuple[Slo, ...]
    rule_sets: tuple[RuleSet, ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class OutFile:
    """A file to write: its path below the output folder (POSIX separators) and its text."""

    path: str
    text: str
