"""What Routing documents look like. The shapes are a source of the JSON Schema, as those in `written` are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from slogen import shapes
from slogen.alertmanager.routes import BY_ALL_LABELS


def _one_or_several(value: object) -> str:
    return "several" if isinstance(value, list) else "one"


def _name_or_means(value: object) -> str:
    return "means" if isinstance(value, dict) else "name"


def _grouped_by(value: object) -> object:
    if isinstance(value, str) and value == BY_ALL_LABELS:
        return value
    return shapes.label_name(value)


def _by_name(value: object) -> object:
    if not isinstance(value, list):
        return value
    name = next((item["name"] for item in value if isinstance(item, dict) and "name" in item), "NAME")
    raise shapes.refusal(
        "this is a list, and each has a name here", f"write `{name}:` in front of what it is"
    )


def _is_escalation(value: object) -> object:
    if isinstance(value, str):
        raise shapes.refusal(f"`{value}` does not say when", f"write `{{to: {value}, after: 30m}}`")
    return value


ByName = Annotated[dict[str, Any], BeforeValidator(_by_name)]
Named = Annotated[shapes.Text, Field(min_length=1)]
Names = Annotated[
    Annotated[Named, Tag("one")] | Annotated[list[Named], Field(min_length=1), Tag("several")],
    Discriminator(_one_or_several),
]
"""One name, or a list of them."""

GroupLabel = Annotated[
    str,
    BeforeValidator(_grouped_by),
    WithJsonSchema({"type": "string", "pattern": r"^([a-zA-Z_][a-zA-Z0-9_]*|\.\.\.)$"}),
]


class TimingShape(shapes.Shape):
    """How notifications are gathered and repeated."""

    group_by: list[GroupLabel] | None = Field(
        None,
        min_length=1,
        description="Alerts alike in these labels share a notification; `[...]` for all labels. Without any: "
        "`alertname`, `service` and `slo`.",
    )
    group_wait: shapes.Duration | None = Field(
        None, description="How long the first notification of a group waits for more alerts."
    )
    group_interval: shapes.PositiveDuration | None = Field(
        None, description="How long a group waits to tell of new alerts."
    )
    repeat_interval: shapes.PositiveDuration | None = Field(
        None, description="How long until a notification of what still fires is repeated."
    )


class MeansShape(TimingShape):
    """How alerts reach a team: a receiver, and when it is told."""

    receiver: Named
    active: Names | None = Field(
        None, description="The time intervals in which alone the receiver is told; at other times it waits."
    )
    mute: Names | None = Field(None, description="The time intervals in which the receiver is not told.")


Means = Annotated[
    Annotated[Named, Tag("name")] | Annotated[MeansShape, Tag("means")], Discriminator(_name_or_means)
]
"""The name of a receiver, or what else there is to say."""


class EscalationShape(shapes.Shape):
    """Who is paged next, while a page still fires and nobody has silenced it."""

    to: Named = Field(description="Another owner.")
    after: shapes.PositiveDuration = Field(description="How long the page has fired by then, such as `30m`.")


class OwnerShape(shapes.Shape):
    """A team, by the value of the owner label of its alerts."""

    page: Means = Field(description="The receiver that wakes somebody.")
    ticket: Means | None = Field(
        None, description="The receiver of what can wait; that of pages if not given."
    )
    hours: Names | None = Field(
        None,
        description="The time intervals in which alone tickets are told: short for `active` of `ticket`.",
    )
    escalation: Annotated[EscalationShape | None, BeforeValidator(_is_escalation)] = None


class SeveritiesShape(shapes.Shape):
    """The values of the label `severity`, and what they mean to people."""

    page: list[Named] = Field(min_length=1, description="Somebody is woken.")
    ticket: list[Named] = Field(min_length=1, description="It can wait for working hours.")


class RoutingMetadata(shapes.Shape):
    """The AlertmanagerConfig object that is made besides the file."""

    name: shapes.ObjectName | None = None
    namespace: shapes.Namespace | None = Field(None, description="Without it, no object is made.")
    labels: shapes.KubernetesLabels = Field(
        default_factory=dict, description="The operator selects objects by them."
    )


class RoutingSpecBase(shapes.Shape):
    """The parts that say nothing about single teams."""

    fallback: Named | None = Field(
        None, description="The owner who gets what names no owner; the owner in Settings if not given."
    )
    base: Named | None = Field(
        None,
        description="Path of an Alertmanager configuration among the inputs that the routes are added to.",
    )
    defaults: TimingShape = Field(default_factory=TimingShape)
    severities: SeveritiesShape | None = Field(
        None, description="Those of the severities in Settings if not given."
    )


class RoutingSpec(RoutingSpecBase):
    """The spec as it is read: each owner, receiver and time interval by itself, so that one does not hide the
    errors of others."""

    owners: ByName = Field(default_factory=dict)
    receivers: ByName = Field(default_factory=dict)
    time_intervals: ByName = Field(default_factory=dict)
    inhibit_rules: list[Any] = Field(default_factory=list)
    global_: dict[str, Any] = Field(default_factory=dict, alias="global")


class Routing(shapes.Shape):
    """Who gets the alerts."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["Routing"]
    metadata: RoutingMetadata = RoutingMetadata()
    spec: RoutingSpec
