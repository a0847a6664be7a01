"""What documents of the format look like. The shapes are the single source of the JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from slogen import names, shapes
from slogen.adjustments import BudgetAlert, InfoLabels
from slogen.catalog import Exposition, MetricType, Status, Trait
from slogen.ir import Compat, Paces, Profile
from slogen.nativespec import surroundings
from slogen.panels import DashboardSettings, Form


def _shared(default: Any) -> Any:
    """A default that is one frozen value for all; pydantic would copy it for each."""
    return Field(default_factory=lambda: default)


def _one_or_several(value: object) -> str:
    return "several" if isinstance(value, list) else "one"


def _name_or_tiers(value: object) -> str:
    return "tiers" if isinstance(value, dict) else "name"


class Metadata(shapes.Shape):
    """The PrometheusRule object that the rules go into."""

    name: shapes.ObjectName | None = Field(None, description="Name of the object and of the files in out/.")
    namespace: shapes.Namespace | None = None
    labels: shapes.KubernetesLabels = Field(
        default_factory=dict, description="The operator selects rules by them."
    )
    annotations: shapes.KubernetesAnnotations = Field(default_factory=dict)


# alert windows ----------------------------------------------------------------------------------------


class Tier(shapes.Shape):
    """A pair of windows: fires when `budget` percent of the error budget are spent within `long`."""

    budget: shapes.Number = Field(description="Percent of the period's error budget.")
    long: shapes.PositiveDuration
    short: shapes.PositiveDuration


class Tiers(shapes.Shape):
    """Burn-rate windows, those of the fastest alert first."""

    page: list[Tier] = Field(default_factory=list)
    ticket: list[Tier] = Field(default_factory=list)


class AlertWindowsSpec(Tiers):
    """The tiers that replace the default ones."""

    window: shapes.PositiveDuration | None = Field(None, description="For all SLOs over this window.")


class WindowsMetadata(shapes.Shape):
    """The name that SLOs refer to."""

    name: shapes.Name


class AlertWindows(shapes.Shape):
    """Burn-rate windows instead of the default ones."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["AlertWindows"]
    metadata: WindowsMetadata
    spec: AlertWindowsSpec


WindowsOfAnSlo = Annotated[
    Annotated[shapes.Text, Tag("name")] | Annotated[Tiers, Tag("tiers")], Discriminator(_name_or_tiers)
]


# alerts -----------------------------------------------------------------------------------------------

AlertName = Annotated[shapes.Text, Field(min_length=1)]
Severities = Annotated[
    Annotated[shapes.Text, Tag("one")] | Annotated[list[AlertName], Field(min_length=1), Tag("several")],
    Discriminator(_one_or_several),
]


class AbsenceAlert(shapes.Shape):
    """The alert that there is no data."""

    name: AlertName | None = Field(None, description="Name of this alert, instead of the one for all.")
    severity: shapes.Text | None = Field(None, description="Value of the label `severity`.")
    labels: shapes.LabelMap = Field(default_factory=dict)
    annotations: shapes.LabelMap = Field(default_factory=dict)
    for_: shapes.Duration | None = Field(
        None, alias="for", description="How long it is pending, such as `2m`."
    )
    disable: bool = False


class BurnAlert(shapes.Shape):
    """The page or the ticket of an SLO."""

    name: AlertName | None = Field(None, description="Name of this alert, instead of the one for all.")
    severity: Severities | None = Field(
        None,
        description="Value of the label `severity`; a list has one for each pair of alert windows, the "
        "fastest first, and the last for those that are left.",
    )
    labels: shapes.LabelMap = Field(default_factory=dict)
    annotations: shapes.LabelMap = Field(default_factory=dict)
    for_: shapes.Duration | None = Field(
        None, alias="for", description="How long it is pending, such as `2m`."
    )
    disable: bool = False


class Alerting(shapes.Shape):
    """The alerts of an SLO: the page and the ticket, and the alert that there is no data."""

    name: AlertName | None = Field(
        None, description="Name of the alerts; made from service and SLO if not given."
    )
    labels: shapes.LabelMap = Field(default_factory=dict, description="On all alerts.")
    annotations: shapes.LabelMap = Field(default_factory=dict, description="On all alerts.")
    page: BurnAlert = _shared(BurnAlert())
    ticket: BurnAlert = _shared(BurnAlert())
    absent: AbsenceAlert = _shared(AbsenceAlert())


# adjustments ------------------------------------------------------------------------------------------


class InfoLabelsShape(shapes.Shape):
    """Further labels of a metadata series."""

    labels: shapes.LabelMap = Field(min_length=1)
    series: shapes.Text = Field(InfoLabels({}).series, description="The series that gets them.")


class BareSeriesShape(shapes.Shape):
    """No labels of yours on the recorded series, so that changing one cuts no history."""

    keep: list[shapes.LabelName] = Field(default_factory=list, description="Labels that stay.")
    all_but: list[shapes.Text] = Field(
        default_factory=list, description="Series that keep all labels, besides `sloth_slo_info`."
    )


class IntervalsShape(shapes.Shape):
    """The evaluation intervals of this SLO's groups, as Sloth has them; slogen records no slower than every
    4 minutes what must not vanish in between."""

    default: shapes.PositiveDuration
    ratios: shapes.PositiveDuration | None = Field(None, description="Of the error ratios.")
    metadata: shapes.PositiveDuration | None = Field(None, description="Of objective and budget.")
    alerts: shapes.PositiveDuration | None = None


class BudgetAlertShape(shapes.Shape):
    """An alert that no more of the period's error budget is left."""

    name: AlertName = BudgetAlert().name
    threshold: shapes.Number = Field(
        BudgetAlert().threshold, description="The share of the budget that is left, from 0 to below 1."
    )
    for_: shapes.Duration = Field(BudgetAlert().for_, alias="for", description="How long it is pending.")
    labels: shapes.LabelMap = Field(default_factory=dict)
    selector: shapes.LabelMap = Field(
        default_factory=dict, description="Labels that the series of the budget must have."
    )
    annotations: shapes.LabelMap = Field(default_factory=dict)


ADJUSTMENTS: dict[str, type[shapes.Shape]] = {
    "info_labels": InfoLabelsShape,
    "bare_series": BareSeriesShape,
    "intervals": IntervalsShape,
    "budget_alert": BudgetAlertShape,
}


# proofs -----------------------------------------------------------------------------------------------

_LEVEL_SCHEMA = {
    "anyOf": [
        {"type": "number"},
        {"type": "string", "pattern": r"^(absent|\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)? ?/ ?s)$"},
    ],
    "examples": ["10/s", 3, "absent"],
}
# It is read by itself, since its findings are located within it.
Level = Annotated[Any, WithJsonSchema(_LEVEL_SCHEMA)]


class StatedSeries(shapes.Shape):
    """A series, and how it moves: `10/s` is a counter, a number a gauge, `absent` (or nothing) no series."""

    series: shapes.Text = Field(description='A metric and its labels, such as `requests_total{code="200"}`.')
    good: Level = Field(None, description="While all is good.")
    bad: Level = Field(None, description="While nothing is good.")


class SeriesOfAProof(shapes.Shape):
    """The series that the alerts of an SLO are proven with, instead of those that follow from its indicator.

    Of an SLO that is grouped, the series with the same values of its labels are one budget. One without such
    a label, as the others are joined with, is of the only budget that there is for it.
    """

    series: list[StatedSeries] = Field(min_length=1)


# service levels ---------------------------------------------------------------------------------------


class Described(shapes.Shape):
    """What a service says for all its SLOs, and an SLO for itself."""

    owner: shapes.Text | None = Field(None, description="The team that gets the alerts: label `owner`.")
    runbook: shapes.Url | None = Field(None, description="Annotation `runbook_url` of the alerts.")
    dashboard: shapes.Url | None = Field(None, description="Annotation `dashboard` of the alerts.")
    labels: shapes.LabelMap = Field(
        default_factory=dict, description="On the recorded ratios and the alerts."
    )
    annotations: shapes.LabelMap = Field(default_factory=dict, description="On the alerts.")
    window: shapes.PositiveDuration | None = Field(
        None, description="The period of the objective, such as `28d`."
    )
    alert_windows: WindowsOfAnSlo | None = Field(
        None, description="Name of an AlertWindows document, or the alert windows themselves."
    )
    profile: Profile | None = Field(None, description="How long windows are recorded.", strict=False)


class SloBase(Described):
    """An SLO without the parts that are read by themselves."""

    name: shapes.Name
    objective: shapes.Number = Field(description="Percent of good events, above 0 and below 100.")
    description: shapes.Text = ""
    group_by: list[shapes.LabelName] = Field(
        default_factory=list, description="One budget and one alert per value of these labels."
    )
    each_series: bool = Field(
        False,
        description="One budget and one alert per series that the queries give, whatever labels it has; "
        "instead of `group_by`.",
    )
    alerting: Alerting = _shared(Alerting())
    partial_response_strategy: Literal["abort", "warn"] | None = Field(
        None, description="What Thanos Ruler does when a store does not answer."
    )
    proof: SeriesOfAProof | None = Field(None, description="What the tests of the alerts are made of.")


class Slo(SloBase):
    """An SLO as it is read: indicator and adjustments apart, so that their findings come in the same run."""

    sli: Any
    adjustments: list[Any] = Field(default_factory=list)


class Service(Described):
    """A service as it is read: each SLO by itself, so that one that is wrong does not hide the others."""

    service: shapes.Name
    slos: list[Any] = Field(min_length=1)


class ServiceLevels(shapes.Shape):
    """The SLOs of a service."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["ServiceLevels"]
    metadata: Metadata = Metadata()
    spec: Service


class ProofSpec(SeriesOfAProof):
    """The series that the alerts of an SLO in another format are proven with."""

    slo: shapes.Text = Field(
        min_length=1, description="The id of the SLO: its service and its name, with a dash between."
    )


class ProofMetadata(shapes.Shape):
    """A name for people; nothing refers to it."""

    name: shapes.Name | None = None


class Proof(shapes.Shape):
    """The series of an SLO whose format has no place for them."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["Proof"]
    metadata: ProofMetadata = ProofMetadata()
    spec: ProofSpec


# settings ---------------------------------------------------------------------------------------------


class DefaultSeverities(shapes.Shape):
    """The values of the label `severity`."""

    page: shapes.Text = "critical"
    ticket: shapes.Text = "warning"
    absent: shapes.Text = "warning"


class Intervals(shapes.Shape):
    """Evaluation intervals of the generated rule groups."""

    fast: shapes.PositiveDuration = Field(Paces().fast, description="Windows below 2h, and the alerts.")
    slow: shapes.PositiveDuration = Field(Paces().slow, description="Windows below 1d, and the budget.")
    long: shapes.PositiveDuration = Field(Paces().long, description="Windows of a day and more.")


class Manifest(shapes.Shape):
    """Defaults of every PrometheusRule object."""

    namespace: shapes.Namespace | None = None
    labels: shapes.KubernetesLabels = Field(default_factory=dict)
    annotations: shapes.KubernetesAnnotations = Field(default_factory=dict)


Paths = Annotated[list[shapes.Text], Field(min_length=1, description="Patterns such as `rules/checkout/**`.")]


class Rules(shapes.Shape):
    """Owner and labels of hand-written rules, by path."""

    paths: Paths
    owner: shapes.Text | None = None
    labels: shapes.LabelMap = Field(default_factory=dict)
    annotations: shapes.LabelMap = Field(default_factory=dict)


class CompatShape(shapes.Shape):
    """The rules of another tool instead of slogen's, for specs by path."""

    paths: Paths
    rules: Compat = Field(description="The tool whose rules are emitted.", strict=False)


class AllowanceShape(shapes.Shape):
    """A finding that is meant to be there, by path. A comment `# slogen: allow` does it for one place."""

    paths: Paths
    code: shapes.Text = Field(min_length=1, description="The code of the finding, such as `SLO413`.")
    reason: shapes.Text = Field(min_length=1, description="Why it is meant to be there.")


class DashboardsShape(shapes.Shape):
    """How Grafana dashboards are written to out/dashboards."""

    forms: list[Annotated[Form, Field(strict=False)]] = Field(
        default_factory=lambda: list(DashboardSettings().forms),
        description="`provisioning` for files that Grafana reads, `configmap` for its sidecar, `import` for "
        "people; without any, SLOs have no dashboards.",
    )
    folder: shapes.Text = Field("", description="The folder in Grafana, as annotation of the ConfigMaps.")
    labels: shapes.KubernetesLabels = Field(
        default_factory=lambda: dict(DashboardSettings().labels),
        description="The labels by which the sidecar finds the ConfigMaps.",
    )
    files: shapes.Url | None = Field(
        None, description="The address of a file of this project, with {path} in it, for links."
    )


class SettingsSpec(shapes.Shape):
    """Defaults of a project."""

    window: shapes.PositiveDuration | None = None
    owner: shapes.Text | None = None
    owner_label: surroundings.OwnerLabel = Field(
        names.OWNER, description="The label of alerts that says to whom they belong."
    )
    runbook: shapes.Url | None = Field(None, description="May hold {service} and {slo}.")
    dashboard: shapes.Url | None = Field(None, description="May hold {service} and {slo}.")
    labels: shapes.LabelMap = Field(default_factory=dict)
    annotations: shapes.LabelMap = Field(default_factory=dict)
    severities: DefaultSeverities = DefaultSeverities()
    alert_windows: shapes.Text | None = None
    profile: Profile = Field(Profile.EXACT, strict=False)
    intervals: Intervals = Intervals()
    manifest: Manifest = Manifest()
    rules: list[Rules] = Field(default_factory=list)
    compat: list[CompatShape] = Field(
        default_factory=list, description="Where several match, the last counts."
    )
    prometheus: surroundings.Prometheus = surroundings.Prometheus()
    ruler: surroundings.Ruler = surroundings.Ruler()
    conventions: surroundings.Conventions = surroundings.Conventions()
    alertmanager: surroundings.Alertmanager = surroundings.Alertmanager()
    allow: list[AllowanceShape] = Field(
        default_factory=list, description="Findings that are meant to be there."
    )
    dashboards: DashboardsShape = _shared(DashboardsShape())
    runbook_pages: bool = Field(False, description="Write a page for each SLO to out/runbooks.")


class Settings(shapes.Shape):
    """Defaults of a project, usually in slos/settings.yaml."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["Settings"]
    metadata: Metadata = Metadata()
    spec: SettingsSpec


# catalogs ---------------------------------------------------------------------------------------------


def _why(value: object) -> object:
    if value is True:
        raise shapes.refusal("`true` does not say why", "write why nobody can count the values")
    return value


class MetricLabel(shapes.Shape):
    """What is known of a label's values; a list is short for `values`."""

    values: list[shapes.Text] = Field(default_factory=list, description="The values that are known.")
    closed: bool = Field(False, description="There are no other values than these.")
    unbounded: Annotated[shapes.Text, BeforeValidator(_why)] = Field(
        "", description="Why nobody can count the values, such as `the client chooses it`."
    )
    optional: bool = Field(False, description="Some series do not have the label.")
    success: list[shapes.Text] = Field(
        default_factory=list, description="The values of events that went well."
    )


class MetricCaution(shapes.Shape):
    """What a user of the metric has to know."""

    trait: Trait
    text: shapes.Text = Field(
        description="The fact, in a sentence for those who use the metric.", min_length=1
    )
    metrics: list[shapes.Text] = Field(
        default_factory=list,
        description="Other metrics that the fact is about.",
    )
    matchers: shapes.LabelMap = Field(
        default_factory=dict, description="It only concerns queries that select these values."
    )
    unless: list[shapes.Text] = Field(
        default_factory=list,
        description="It does not concern queries that match or group by one of these labels.",
    )


class CatalogMetricBase(shapes.Shape):
    """A metric without its labels and cautions, which are read by themselves."""

    type: MetricType = "unknown"
    unit: shapes.Text = Field(
        "", description="Such as `seconds`, `bytes`, `requests`, `ratio`, `percent` or `timestamp`."
    )
    help: shapes.Text = Field("", description="What it measures, in a sentence.")
    more_labels: bool = Field(False, description="It has labels besides those that are listed.")
    buckets: list[shapes.AnyNumber] | None = Field(
        None, min_length=1, description="The finite upper bounds of a histogram, ascending."
    )
    range: list[shapes.AnyNumber | None] | None = Field(
        None, description="The least and the highest value; `null` where there is no limit."
    )
    status: Status | None = Field(
        None, description="`current` if not given, or `removed` if `until` says so of the version in use."
    )
    since: shapes.Text = Field("", description="The first version that has it.")
    until: shapes.Text = Field("", description="The first version that has it no more.")
    replaced_by: list[shapes.Text] = Field(default_factory=list, description="What to use instead.")


class CatalogMetric(CatalogMetricBase):
    """A metric as it is read."""

    labels: Any = None
    cautions: list[Any] = Field(default_factory=list)


class CatalogScrape(shapes.Shape):
    """A way on which the metrics reach Prometheus."""

    kind: shapes.Text = Field(
        description="Such as `servicemonitor`, `podmonitor`, `annotations` or `static`."
    )
    interval: shapes.PositiveDuration | None = None
    honor_labels: bool | None = Field(
        None, description="Whether labels of the metric win over those of the target that have the same name."
    )
    target_labels: list[shapes.LabelName] = Field(
        default_factory=list, description="Labels of the target besides the usual ones."
    )
    keep: shapes.Text = Field(
        "", description="Only these metrics are kept: a regular expression of whole names."
    )
    drop: shapes.Text = Field(
        "", description="These metrics are dropped: a regular expression of whole names."
    )
    jobs: list[shapes.Text] = Field(default_factory=list, description="The values of the label `job`.")
    prometheus: bool = Field(True, description="Whether PromQL ever sees the metrics.")
    drops_unready: bool = Field(False, description="Whether targets that are not ready are not scraped.")


class CatalogSpecBase(shapes.Shape):
    """A component without its scrapes and metrics, each of which is read by itself."""

    version: shapes.Text = Field("", description="The version of the component that is in use.")
    services: list[shapes.Text] = Field(
        default_factory=list,
        description="The services whose SLOs this catalog judges before any other.",
    )
    paths: list[shapes.Text] = Field(
        default_factory=list, description="The hand-written rules likewise, such as `rules/checkout/**`."
    )
    owns: list[shapes.Text] = Field(
        default_factory=list,
        description="Names that no other component has, with `*` for any characters: one that fits and is no "
        "metric of this catalog does not exist.",
    )
    shared: list[shapes.Text] = Field(
        default_factory=list,
        description="Names, with `*`, that other components use with other labels: of them this catalog "
        "speaks to its own `services` and `paths` only.",
    )
    exposition: Exposition = Field(
        "unknown",
        description="How bounds are spelled: `go` has `1`, `openmetrics` (Python, Java) has `1.0`.",
    )


class CatalogSpec(CatalogSpecBase):
    """A component as it is read."""

    scrapes: list[Any] = Field(default_factory=list)
    metrics: dict[str, Any] = Field(default_factory=dict)


class CatalogMetadata(shapes.Shape):
    """The component that exports the metrics."""

    name: shapes.Name


class MetricCatalog(shapes.Shape):
    """The metrics that a component exports."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["MetricCatalog"]
    metadata: CatalogMetadata
    spec: CatalogSpec
