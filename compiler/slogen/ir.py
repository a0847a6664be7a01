"""What a spec means, free of how it was written and of how it is printed.

Formats produce drafts (gaps allowed), `resolve` turns drafts into SLOs (no gaps), `lower` turns SLOs into
rule groups, targets turn the program into files. Everything here is immutable. Units: durations are whole
milliseconds (`Millis`), objectives are percent in (0, 100), budgets, shares and thresholds are ratios 0..1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar, Literal, Protocol

from slogen.adjustments import USUAL, Adjustment
from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.firing import Firing
from slogen.catalog import Catalogs
from slogen.components import Component
from slogen.ownproofs import OwnTests
from slogen.panels import Dashboard, DashboardSettings, GrafanaDashboard, PanelQuery
from slogen.proofs import Proof
from slogen.scrapejobs import ScrapeObject
from slogen.source import Span
from slogen.synthetic import Gap, Series, Synthetic
from slogen.teams import Routing
from slogen.teams import Urgency as Urgency  # noqa: PLC0414 - one import for those who use the IR
from slogen.units import HOLE as HOLE  # noqa: PLC0414
from slogen.units import Labels as Labels  # noqa: PLC0414
from slogen.units import Millis as Millis  # noqa: PLC0414

IDENTITY = ("sloth_id", "sloth_service", "sloth_slo")
"""The labels that tie a series to its SLO, as Sloth has them."""


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

    def of_label(self, name: str) -> Span:
        """Where a label of an SLO is written: among its own, or else among those of its service."""
        return self._parts.get(f"labels.{name}") or self["labels"]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Where)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"Where({self.whole})"


@dataclass(frozen=True, slots=True)
class Grouping:
    """The labels that an SLO is kept apart by: one budget and one alert per combination of values.

    Empty for an SLO with a single budget. `each` keeps every series that the queries give apart, whatever its
    labels are (then `labels` is empty). `by` and `on` are the PromQL modifiers.
    """

    labels: tuple[str, ...] = ()
    each: bool = False

    @property
    def by(self) -> str:
        """The aggregation modifier with its blanks, such as ` by (model) `; empty without grouping."""
        if self.each:
            return " without () "
        return f" by ({', '.join(self.labels)}) " if self.labels else ""

    @property
    def on(self) -> str:
        """The vector matching modifier, such as `on (model)` or `on ()`."""
        if self.each:
            return f"ignoring ({', '.join(IDENTITY)})"
        return f"on ({', '.join(self.labels)})"


class WindowTemplate(Protocol):
    """A text that depends on the window by more than its holes, such as one with `{{if}}`. Hashable."""

    def over(self, window: str) -> str:
        """The text for one window, given as a Prometheus duration such as `5m`."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL as its author wrote it.

    `text` is the decoded value and `at` its place, so that `at.slice(i, j)` points at characters of it.
    `holes` are the ranges of `text` that stand for the window, such as `{{.window}}`; without holes the query
    is a selector or an expression that does not depend on a window. A query with a `template` has no holes:
    its text is a program, which gives another text for each window. An `opaque` query is in a dialect of
    PromQL that slogen does not know (MetricsQL): nothing can be said about its labels or its linearity.
    """

    text: str
    at: Span = field(compare=False)
    holes: tuple[tuple[int, int], ...] = ()
    template: WindowTemplate | None = None
    opaque: bool = False

    def over(self, window: str) -> str:
        """The query over one window, given as a Prometheus duration such as `5m`; over `HOLE` as written."""
        if self.template is not None and window != HOLE:
            return self.template.over(window)
        if not self.holes or window == HOLE:
            return self.text
        parts: list[str] = []
        end = 0
        for start, stop in self.holes:
            parts += (self.text[end:start], window)
            end = stop
        parts.append(self.text[end:])
        return "".join(parts)


Role = Literal["total", "bad", "good", "error", "value"]
"""What a measured expression is for: all events, the bad or the good ones, the error ratio itself, or the
value that a condition is about."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Characters of a query, from `start` up to `end` (None: its end)."""

    query: Query
    start: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """An expression that an indicator evaluates: the author's own text, and what slogen puts around it.

    The pieces make the expression; `HOLE` within them stands for the window. A piece of text without a place
    is slogen's.
    """

    role: Role
    pieces: tuple[str | Excerpt, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """What to measure: the events per second (`rate`) or their number (`increase`) over a window.

    `window` is Prometheus text such as `5m`, `seconds` its length.
    """

    window: str
    seconds: str
    function: Literal["rate", "increase"] = "rate"


@dataclass(frozen=True, slots=True)
class Plain:
    """An indicator as queries that stand by themselves, without recordings, as Sloth and OpenSLO take them.

    Either `total` with one of `bad` and `good`, or `ratio` alone (an error ratio); the others are empty.
    """

    total: str = ""
    bad: str = ""
    good: str = ""
    ratio: str = ""


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
    def measured(self) -> tuple[Measured, ...]:
        """What the author wrote as the expressions that measure it, for checks."""
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

    def plain(self, window: str, grouping: Grouping) -> Plain:
        """The indicator over a window as its author would write it by hand; `HOLE` gives a spec's queries."""
        ...

    def spec(self) -> Mapping[str, object]:
        """The indicator as slogen's own format writes it: the kind, and what is below it.

        Reading that again gives an equal indicator. Values are texts, booleans, numbers, lists and mappings.
        """
        ...

    def synthetic(self, grouping: Grouping, number: int) -> Synthetic | Gap:
        """Series that make the indicator good and bad, for the budget of a `number` from 0.

        They follow from what the indicator means, never from the rules. Budgets of different numbers differ
        in the labels of the grouping; without a grouping there is only number 0.
        """
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


class Compat(StrEnum):
    """Another tool whose rules slogen can emit instead of its own, to the letter."""

    SLOTH = "sloth"


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """What a spec says about one alert; None where it says nothing.

    `severities` has one for each tier, the fastest first and the last for all others; empty for one alert
    over all tiers with `severity`. `name` replaces that of the SLO's alerts. `owner` is whose this alert is,
    if not the SLO's.
    """

    severity: str | None = None
    severities: tuple[str, ...] = ()
    name: str | None = None
    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)
    for_: Millis | None = None
    disable: bool = False
    owner: str | None = None


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
    """The Kubernetes object that rules are wrapped in: its name, namespace, labels and annotations.

    A draft's name is empty where the spec names no object: `resolve` makes one.
    """

    name: str
    namespace: str | None = None
    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """An SLO as far as its author stated it. `spec` names the format and version it was written in.

    `each_series` keeps every series of the queries apart, instead of `group_by`. `tiers` are the SLO's own,
    instead of alert windows. `fit_tiers` lowers default tiers that could never fire at the objective, for
    formats in which an author cannot choose them. `adjustments` are in the order of a plugin chain. `proof`
    are the series that the author states, one item for each budget, instead of those that follow from the
    indicator.
    """

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
    each_series: bool = False
    tiers: tuple[Tier, ...] = ()
    fit_tiers: bool = False
    adjustments: tuple[Adjustment, ...] = USUAL
    partial_response_strategy: str = ""
    proof: tuple[Synthetic, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What an author states about a series, for the proof of an SLO: how it moves while all is good (`good`)
    and while nothing is (`bad`).

    These are increments per second of a counter, values of a gauge (`ABSENT` while there is no series). `at`
    is where the series is written.
    """

    series: Series
    is_counter: bool
    good: float
    bad: float
    at: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class StatedProof:
    """The series of an SLO that were written apart from its spec, by the SLO's id."""

    slo: str
    statements: tuple[Statement, ...]
    where: Where


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

    `id` identifies the SLO in every recorded series. `labels` are the author's own. `compat` names another
    tool whose rules are emitted instead of slogen's. `proof` are the series that the author states, one for
    each budget; empty where they follow from the indicator (`sli.synthetic`).
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
    adjustments: tuple[Adjustment, ...] = USUAL
    partial_response_strategy: str = ""
    compat: Compat | None = None
    proof: tuple[Synthetic, ...] = ()
    windows: tuple[Millis, ...] = field(init=False, compare=False)
    """The windows that the alerts compare, the shortest first."""

    def __post_init__(self) -> None:
        windows = {window for tier in self.tiers for window in (tier.short, tier.long)}
        object.__setattr__(self, "windows", tuple(sorted(windows)))

    @property
    def budget(self) -> Decimal:
        """The share of bad events that the objective allows, 0..1."""
        return (100 - self.objective) / 100


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

    `slos` are the SLOs that the groups were generated from; empty for hand-written rules. With `compat` the
    YAML is laid out as that tool does it.
    """

    manifest: Manifest
    groups: tuple[RuleGroup, ...]
    where: Where
    slos: tuple[Slo, ...] = ()
    compat: Compat | None = None


@dataclass(frozen=True, slots=True)
class RuleDefaults:
    """What Settings add to the hand-written rules whose path matches one of the patterns."""

    paths: tuple[str, ...]
    owner: str | None
    labels: Labels
    annotations: Labels
    where: Where


@dataclass(frozen=True, slots=True)
class CompatPaths:
    """The specs, by path, whose rules are to be those of another tool."""

    paths: tuple[str, ...]
    tool: Compat


class SliPlugin(Protocol):
    """A kind of indicator of Sloth's that is made of options: a query by name."""

    @property
    def id(self) -> str:
        """The name that specs use."""
        ...

    @property
    def options(self) -> tuple[str, ...] | None:
        """The names of the options; None where any are taken."""
        ...

    def query(self, meta: Labels, labels: Labels, options: Labels) -> str:
        """The error ratio as a query with `{{.window}}` in it.

        `meta` has `service`, `slo` and `objective` (percent, six decimals), `labels` those of the service.
        Raises ValueError, in the words of the user, for options that it cannot take.
        """
        ...


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a user adds to the formats."""

    sli_plugins: Mapping[str, SliPlugin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prometheus:
    """The servers that scrape and keep the series, as far as they are stated; None and empty where not.

    `version` is the oldest version in use, such as `2.45` or `3`. `scrape_interval` is the shortest in use,
    where jobs differ. `retention` is how far back queries see.
    `external_labels` are added to what leaves a server. `traffic` is the least number of events per second
    that an SLO sees, by the id of the SLO; `*` for all others.
    """

    version: str = ""
    scrape_interval: Millis | None = None
    evaluation_interval: Millis | None = None
    retention: Millis | None = None
    external_labels: Labels = field(default_factory=dict)
    traffic: Mapping[str, Decimal] = field(default_factory=dict)
    where: Where | None = field(default=None, compare=False)


class RulerKind(StrEnum):
    """What evaluates the rules."""

    PROMETHEUS = "prometheus"
    MIMIR = "mimir"
    CORTEX = "cortex"
    THANOS = "thanos"
    VICTORIAMETRICS = "victoriametrics"


@dataclass(frozen=True, slots=True)
class Ruler:
    """What evaluates the rules, and its limits: None for those that it has by default.

    `version` is that of the ruler, empty if not stated. `loader` names what brings PrometheusRule objects to
    it: `operator`, `alloy`, or nothing. A limit of 0 switches it off. `min_interval` is the least evaluation
    interval of a group.
    """

    kind: RulerKind = RulerKind.PROMETHEUS
    version: str = ""
    loader: str = ""
    max_rules_per_group: int | None = None
    max_groups: int | None = None
    min_interval: Millis | None = None
    where: Where | None = field(default=None, compare=False)


class MatcherStrategy(StrEnum):
    """Which alerts the Prometheus Operator lets AlertmanagerConfig objects see: those with the object's
    namespace in the label `namespace`, or all. Source: `alertmanagerConfigMatcherStrategy` of its API."""

    ON_NAMESPACE = "OnNamespace"
    ELSEWHERE = "OnNamespaceExceptForAlertmanagerNamespace"
    NONE = "None"


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """The servers that notify.

    `version` is the oldest in use; empty for the oldest that slogen knows. `namespace` is where the
    Alertmanager object stands, None if there is none or nobody says. `objects` is the version of
    AlertmanagerConfig objects to write: `v1alpha1`, `v1beta1`, `none`, or empty for the first where the
    receivers can be written so, and alerts come to them.
    """

    version: str = ""
    namespace: str | None = None
    strategy: MatcherStrategy = MatcherStrategy.ON_NAMESPACE
    objects: str = ""
    where: Where | None = field(default=None, compare=False)

    @property
    def states_strategy(self) -> bool:
        """Whether somebody says which alerts the operator lets objects see."""
        return self.where is not None and "matcher_strategy" in self.where

    @property
    def demands_objects(self) -> bool:
        """Whether somebody asks for objects of a version."""
        return self.objects not in ("", "none")


@dataclass(frozen=True, slots=True)
class Allowance:
    """A finding that is meant to be there, in the files whose paths match one of the patterns, and why."""

    paths: tuple[str, ...]
    code: str
    reason: str
    where: Where = field(compare=False)


@dataclass(frozen=True, slots=True)
class RuleConventions:
    """What a team asks of its hand-written rules; nothing where nothing is stated.

    `labels` and `annotations` of alerts that must be there, each with a regular expression, anchored, that
    the value must match (empty: any). `alert_name` and `record_name` are such expressions, too.
    `for_at_least` and `for_at_most` bound how long alerts are pending. `keep` and `strip` are labels that
    aggregations must keep, or must not keep.
    """

    labels: Labels = field(default_factory=dict)
    annotations: Labels = field(default_factory=dict)
    alert_name: str = ""
    record_name: str = ""
    for_at_least: Millis | None = None
    for_at_most: Millis | None = None
    keep: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults of a project, and what checks need to know of its surroundings."""

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
    compat: tuple[CompatPaths, ...] = ()
    prometheus: Prometheus = Prometheus()
    ruler: Ruler = Ruler()
    alertmanager: Alertmanager = Alertmanager()
    owner_label: str = "owner"
    allowances: tuple[Allowance, ...] = ()
    conventions: RuleConventions = RuleConventions()
    dashboards: DashboardSettings = field(default_factory=DashboardSettings)
    runbook_pages: bool = False
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class RoutedAlert:
    """An alert on its way to somebody: its labels as far as they are known, and what it was made from.

    `urgency` is that of the alerts of SLOs, None where nobody states it. `kind` tells the alerts of one SLO
    apart (`page`, `ticket`, `absent`, `budget`); empty for those of hand-written rules.
    """

    firing: Firing
    rule: Rule
    rules: RuleSet
    slo: Slo | None = None
    urgency: Urgency | None = None
    kind: str = ""

    @property
    def name(self) -> str:
        """The name of the alert."""
        return self.rule.alert


@dataclass(frozen=True, slots=True, eq=False)
class Notifying:
    """How alerts reach people.

    `routing` is what the Routing documents say together, and `configuration` what slogen writes for it, its
    base included. `written` are the configurations of Alertmanager that are written by hand: files and
    objects. `alerts` are all of the program.
    """

    routing: Routing | None = None
    configuration: Configuration | None = None
    written: tuple[Configuration, ...] = ()
    alerts: tuple[RoutedAlert, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that one run compiles, and the tests that users wrote for it.

    The proofs are in the order of the rule sets. They are large: while files are written they may be made one
    after another, to be iterated over once. `is_part` says that there are files of the project which were not
    read: then nothing is known to be missing.
    """

    slos: tuple[Slo, ...]
    rule_sets: tuple[RuleSet, ...]
    settings: Settings
    proofs: Iterable[Proof] = ()
    own_tests: tuple[OwnTests, ...] = ()
    catalogs: Catalogs = field(default_factory=Catalogs)
    notifying: Notifying = field(default_factory=Notifying)
    is_part: bool = False
    dashboards: tuple[Dashboard, ...] = ()
    foreign_dashboards: tuple[GrafanaDashboard, ...] = ()

    @property
    def panel_queries(self) -> tuple[PanelQuery, ...]:
        """The queries of all dashboards that somebody wrote, in their order."""
        own = [query for dashboard in self.dashboards for query in dashboard.queries]
        return (*own, *(query for dashboard in self.foreign_dashboards for query in dashboard.queries))

    components: tuple[Component, ...] = ()
    scrape_objects: tuple[ScrapeObject, ...] = ()


@dataclass(frozen=True, slots=True)
class OutFile:
    """A file to write: its path below the output folder (POSIX separators) and its text."""

    path: str
    text: str
