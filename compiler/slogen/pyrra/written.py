"""The shape of a ServiceLevelObjective: every field of `pyrra.dev/v1alpha1`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from slogen import shapes


class Severities(shapes.Shape):
    """The label `severity` of each alert; empty takes the default."""

    fastBurn: shapes.Text | None = None  # noqa: N815 - Pyrra's names, here and below
    mediumBurn: shapes.Text | None = None  # noqa: N815
    slowBurn: shapes.Text | None = None  # noqa: N815
    longTermBurn: shapes.Text | None = None  # noqa: N815
    absent: shapes.Text | None = None


class Alerting(shapes.Shape):
    """Which alerts there are, and what they are called."""

    disabled: bool | None = None
    burnrates: bool | None = None
    absent: bool | None = None
    name: shapes.Text | None = None
    absentName: shapes.Text | None = None  # noqa: N815
    severities: Severities | None = None


class RuleOutput(shapes.Shape):
    """How Pyrra lays out its own rules."""

    shortRulesLabels: dict[shapes.Text, shapes.Text] | None = None  # noqa: N815
    longRulesLabels: dict[shapes.Text, shapes.Text] | None = None  # noqa: N815
    enableDescriptionAsLabel: bool | None = None  # noqa: N815


class Spec(shapes.Shape):
    """The objective. The target is a text or a number, and the indicator is read apart."""

    target: Any
    window: shapes.PositiveDuration
    indicator: Any
    description: shapes.Text | None = None
    alerting: Alerting | None = None
    performanceOverAccuracy: bool | None = None  # noqa: N815
    partial_response_strategy: Literal["abort", "warn", ""] | None = None
    ruleOutput: RuleOutput | None = None  # noqa: N815


class Document(shapes.Shape):
    """A ServiceLevelObjective; its metadata is read apart."""

    apiVersion: Literal["pyrra.dev/v1alpha1"]  # noqa: N815
    kind: Literal["ServiceLevelObjective"]
    metadata: Any
    spec: Spec
    status: Any = None


class Metadata(shapes.Shape):
    """An object's metadata: what is carried over, and what a cluster adds."""

    name: shapes.Name
    namespace: shapes.Namespace | None = None
    labels: shapes.KubernetesLabels | None = None
    annotations: shapes.KubernetesAnnotations | None = None
    clusterName: Any = None  # noqa: N815
    creationTimestamp: Any = None  # noqa: N815
    deletionGracePeriodSeconds: Any = None  # noqa: N815
    deletionTimestamp: Any = None  # noqa: N815
    finalizers: Any = None
    generateName: Any = None  # noqa: N815
    generation: Any = None
    managedFields: Any = None  # noqa: N815
    ownerReferences: Any = None  # noqa: N815
    resourceVersion: Any = None  # noqa: N815
    selfLink: Any = None  # noqa: N815
    uid: Any = None


class Propagated(shapes.Shape):
    """The labels and annotations that Pyrra hands on to its rules, without their prefix."""

    labels: shapes.LabelMap = Field(default_factory=dict)
    annotations: shapes.LabelMap = Field(default_factory=dict)


class Metric(shapes.Shape):
    """A plain selector."""

    metric: shapes.Text


class Ratio(shapes.Shape):
    """Errors among all events."""

    errors: Metric
    total: Metric
    grouping: list[shapes.LabelName] | None = None


class Latency(shapes.Shape):
    """Events in a bucket of a classic histogram, among all events."""

    success: Metric
    total: Metric
    grouping: list[shapes.LabelName] | None = None


class LatencyNative(shapes.Shape):
    """Events of a native histogram below a duration, which is read apart."""

    latency: Any
    total: Metric
    grouping: list[shapes.LabelName] | None = None


class BoolGauge(Metric):
    """A gauge that is 1 when all is well and 0 when it is not."""

    grouping: list[shapes.LabelName] | None = None
