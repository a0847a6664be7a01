"""What OpenSLO's objects look like, both versions.

A key without a value counts as not written: the specification's own examples have such keys. What may be
written in several ways is `Any` here and read where its way is known.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from slogen import shapes

NonEmpty = Annotated[shapes.Text, Field(min_length=1)]
Operator = Literal["lte", "gte", "lt", "gt"]
BudgetingMethod = Literal["Occurrences", "Timeslices", "RatioTimeslices"]


class Metadata(shapes.Shape):
    name: NonEmpty
    displayName: shapes.Text | None = None  # noqa: N815 - the names are OpenSLO's
    labels: dict[str, Any] | None = None
    annotations: dict[str, Any] | None = None


class SloMetadata(Metadata):
    """The name of an SLO becomes a part of names and labels of Prometheus."""

    name: shapes.Name


class _Object(shapes.Shape):
    apiVersion: Any = None  # noqa: N815
    kind: Any = None
    metadata: Metadata


class _Described(shapes.Shape):
    description: shapes.Text | None = None


class Service(_Object):
    spec: _Described | None = None


# data sources and indicators --------------------------------------------------------------------------


class DataSourceSpec(_Described):
    type: NonEmpty
    connectionDetails: Any = None  # noqa: N815


class DataSource(_Object):
    spec: DataSourceSpec


class MetricSource(shapes.Shape):
    metricSourceRef: NonEmpty | None = None  # noqa: N815
    type: NonEmpty | None = None
    spec: Any = None


class Metric(shapes.Shape):
    metricSource: MetricSource  # noqa: N815


class RatioMetric(shapes.Shape):
    counter: bool | None = None
    good: Metric | None = None
    bad: Metric | None = None
    total: Metric | None = None
    rawType: Literal["success", "failure"] | None = None  # noqa: N815
    raw: Metric | None = None


class SliSpec(_Described):
    thresholdMetric: Metric | None = None  # noqa: N815
    ratioMetric: RatioMetric | None = None  # noqa: N815


class Sli(_Object):
    spec: SliSpec


class Indicator(_Object):
    """An SLI within an SLO; nothing refers to it, so it needs no name."""

    metadata: Metadata | None = None  # type: ignore[assignment]
    spec: SliSpec


# SLOs -------------------------------------------------------------------------------------------------


class TimeWindow(shapes.Shape):
    duration: Any = None
    isRolling: bool | None = None  # noqa: N815
    calendar: Any = None


class Objective(shapes.Shape):
    displayName: shapes.Text | None = None  # noqa: N815
    op: Operator | None = None
    value: shapes.Number | None = None
    target: shapes.Number | None = None
    targetPercent: shapes.Number | None = None  # noqa: N815
    timeSliceTarget: shapes.Number | None = None  # noqa: N815
    timeSliceWindow: Any = None  # noqa: N815
    indicator: Indicator | None = None
    indicatorRef: NonEmpty | None = None  # noqa: N815
    compositeWeight: shapes.Number | None = None  # noqa: N815


class SloSpec(_Described):
    service: shapes.Name
    indicator: Indicator | None = None
    indicatorRef: NonEmpty | None = None  # noqa: N815
    timeWindow: list[TimeWindow] | None = None  # noqa: N815
    budgetingMethod: BudgetingMethod | None = None  # noqa: N815
    objectives: list[Objective] = Field(min_length=1)
    alertPolicies: list[Any] | None = None  # noqa: N815


class Slo(_Object):
    metadata: SloMetadata
    spec: SloSpec


# alerts -----------------------------------------------------------------------------------------------


class AlertPolicySpec(_Described):
    alertWhenNoData: bool | None = None  # noqa: N815
    alertWhenResolved: bool | None = None  # noqa: N815
    alertWhenBreaching: bool | None = None  # noqa: N815
    conditions: list[Any] = Field(min_length=1)
    notificationTargets: list[Any] | None = None  # noqa: N815


class AlertPolicy(_Object):
    spec: AlertPolicySpec


class Condition(shapes.Shape):
    kind: shapes.Text | None = None
    op: Operator | None = None
    threshold: shapes.Number
    lookbackWindow: Any  # noqa: N815
    alertAfter: Any = None  # noqa: N815


class AlertConditionSpec(_Described):
    severity: NonEmpty
    condition: Condition


class AlertCondition(_Object):
    spec: AlertConditionSpec


class AlertNotificationTargetSpec(_Described):
    target: shapes.Text


class AlertNotificationTarget(_Object):
    spec: AlertNotificationTargetSpec


class InlinePolicy(_Object):
    """A policy within an SLO; nothing refers to it, so it needs no name."""

    kind: Literal["AlertPolicy"]
    metadata: Metadata | None = None  # type: ignore[assignment]
    spec: AlertPolicySpec


class InlineCondition(_Object):
    kind: Literal["AlertCondition"]
    metadata: Metadata | None = None  # type: ignore[assignment]
    spec: AlertConditionSpec


class InlineTarget(_Object):
    kind: Literal["AlertNotificationTarget"]
    spec: AlertNotificationTargetSpec


class PolicyReference(shapes.Shape):
    alertPolicyRef: NonEmpty  # noqa: N815


class ConditionReference(shapes.Shape):
    conditionRef: NonEmpty  # noqa: N815


class TargetReference(shapes.Shape):
    targetRef: NonEmpty  # noqa: N815


# v1alpha ----------------------------------------------------------------------------------------------


class AlphaSource(shapes.Shape):
    source: NonEmpty
    queryType: shapes.Text | None = None  # noqa: N815
    query: NonEmpty


class AlphaRatio(shapes.Shape):
    counter: bool | None = None
    incremental: bool | None = None
    good: AlphaSource | None = None
    bad: AlphaSource | None = None
    total: AlphaSource


class AlphaObjective(shapes.Shape):
    displayName: shapes.Text | None = None  # noqa: N815
    op: Operator | None = None
    value: shapes.Number | None = None
    target: shapes.Number
    timeSliceTarget: shapes.Number | None = None  # noqa: N815
    ratioMetrics: AlphaRatio | None = None  # noqa: N815


class AlphaTimeWindow(shapes.Shape):
    unit: NonEmpty
    count: int
    isRolling: bool | None = None  # noqa: N815
    calendar: Any = None


class AlphaIndicator(shapes.Shape):
    thresholdMetric: AlphaSource | None = None  # noqa: N815


class AlphaSloSpec(_Described):
    service: shapes.Name
    timeWindows: list[AlphaTimeWindow] | None = None  # noqa: N815
    budgetingMethod: Literal["Occurrences", "Timeslices"] | None = None  # noqa: N815
    indicator: AlphaIndicator | None = None
    objectives: list[AlphaObjective] = Field(min_length=1)


class AlphaSlo(_Object):
    metadata: SloMetadata
    spec: AlphaSloSpec
