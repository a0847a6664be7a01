"""What Component documents look like."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from slogen import shapes
from slogen.components import Route
from slogen.nativespec.surroundings import Regexp

_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*")
_HOST = re.compile(r"[^\s/:]+(?::[0-9]{1,5})?")
_RECEIVER = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")


def _port_name(value: object) -> str:
    if not isinstance(value, str) or len(value) > 15 or not _PORT_NAME.fullmatch(value):
        raise shapes.refusal(
            f"`{value}` is no name of a port",
            "use at most 15 lower case letters, digits and single `-`, with a letter among them",
        )
    return value


def _port_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65_535:
        shown = f"`{value}`" if isinstance(value, str | int) else "this"
        raise shapes.refusal(f"{shown} is no number of a port", "write a number from 1 to 65535")
    return value


def _path(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if not text.startswith("/") or re.search(r"[\s?#]", text):
        shown = f"`{text}`" if text else "this"
        raise shapes.refusal(f"{shown} is no path", "start it with `/`, without blanks, `?` and `#`")
    return text


def _dns_label(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if len(text) > 63 or not re.fullmatch(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?", text):
        shown = f"`{value}`" if isinstance(value, str | int) else "this"
        raise shapes.refusal(
            f"{shown} is no DNS label", "use lower case letters, digits and `-`, at most 63 characters"
        )
    return text


def _prober(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if "://" in text:
        host = text.partition("://")[2].partition("/")[0]
        raise shapes.refusal(f"`{text}` is a URL, not the host of a prober", f"write `{host}`")
    if not _HOST.fullmatch(text):
        shown = f"`{text}`" if text else "this"
        raise shapes.refusal(f"{shown} is no host of a prober", "write host and port, as `blackbox:9115`")
    return text


def _receiver(value: object) -> str:
    text = value if isinstance(value, str) else ""
    if not _RECEIVER.fullmatch(text):
        shown = f"`{text}`" if text else "this"
        raise shapes.refusal(
            f"{shown} is no receiver of Alloy", "write `prometheus.remote_write.default.receiver`, or yours"
        )
    return text


_TEXT = WithJsonSchema({"type": "string"})
_PORT_SCHEMA = WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65_535})
PortName = Annotated[str, BeforeValidator(_port_name), _TEXT]
PortNumber = Annotated[int, BeforeValidator(_port_number), _PORT_SCHEMA]
HttpPath = Annotated[str, BeforeValidator(_path), _TEXT]
DnsLabel = Annotated[str, BeforeValidator(_dns_label), _TEXT]
ProberHost = Annotated[str, BeforeValidator(_prober), _TEXT]
Receiver = Annotated[str, BeforeValidator(_receiver), _TEXT]
Labels = Annotated[dict[shapes.KubernetesKey, shapes.KubernetesValue | None], Field(min_length=1)]
"""Labels that something has; no value stands for any."""
SomeText = Annotated[shapes.Text, Field(min_length=1)]


class ComponentMetadata(shapes.Shape):
    """The name of the component and of its objects, and where they stand."""

    name: shapes.ObjectName
    namespace: shapes.Namespace | None = Field(None, description="Where the component runs.")
    labels: shapes.KubernetesLabels = Field(
        default_factory=dict, description="Of the objects, besides those that Settings give to all."
    )


class ServiceShape(shapes.Shape):
    """The Service in front of the pods."""

    name: DnsLabel
    labels: Labels
    select: Labels | None = Field(
        None, description="Those of the labels that it is selected by; all of them."
    )


class SecretShape(shapes.Shape):
    """A key of a Secret in the namespace of the component."""

    name: shapes.ObjectName
    key: SomeText


class AuthorizationShape(shapes.Shape):
    """How a scrape is let in; a token itself is never written down."""

    type: SomeText = "Bearer"
    secret: SecretShape | None = Field(None, description="For objects of the Prometheus Operator.")
    file: SomeText | None = Field(None, description="Of the scraper: for configurations.")


class ProbeShape(shapes.Shape):
    """What is looked at from outside."""

    url: SomeText | Annotated[list[SomeText], Field(min_length=1)]
    prober: ProberHost = Field(description="Host and port, such as `blackbox-exporter:9115`.")
    module: SomeText | None = Field(None, description="Of the prober's configuration.")


class DatadogShape(shapes.Shape):
    """What Datadog's agent is told besides."""

    namespace: shapes.Text = Field("", description="It is put in front of the names of metrics, with a dot.")


class AlloyShape(shapes.Shape):
    """What Alloy is told besides."""

    receiver: Receiver = Field(
        "prometheus.remote_write.default.receiver", description="Where samples are sent to."
    )


Routes = list[Annotated[Route, Field(strict=False)]]


class ComponentSpec(shapes.Shape):
    """Where a component runs, and how its metrics are collected."""

    catalog: SomeText | Annotated[list[SomeText], Field(min_length=1)] | None = Field(
        None, description="The catalog of its metrics, or several; that of its own name if not given."
    )
    namespaces: Literal["any"] | Annotated[list[shapes.Namespace], Field(min_length=1)] | None = Field(
        None, description="Where its pods run, if not in its own namespace."
    )
    pods: Labels | None = Field(None, description="Labels of its pods; without a value, any.")
    select: Labels | None = Field(
        None, description="Those of the labels that the pods are selected by; all of them."
    )
    container: DnsLabel | None = Field(None, description="The container that exports the metrics.")
    service: ServiceShape | None = None
    ports: dict[PortName, PortNumber] | None = Field(None, min_length=1, description="Numbers by names.")
    port: shapes.Text | None = Field(None, description="The port with the metrics; the only one.")
    path: HttpPath = "/metrics"
    scheme: Literal["http", "https"] = "http"
    job: SomeText | None = Field(
        None, description="The label `job` where a route lets one choose it; the name if not given."
    )
    interval: shapes.PositiveDuration | None = None
    timeout: shapes.PositiveDuration | None = None
    honor_labels: bool = Field(
        False,
        description="Whether labels of the metric win over those of the target that have the same name.",
    )
    authorization: AuthorizationShape | None = None
    keep: list[Regexp] = Field(
        default_factory=list, description="Only these metrics are kept: regular expressions of whole names."
    )
    drop: list[Regexp] = Field(
        default_factory=list, description="These metrics are dropped: regular expressions of whole names."
    )
    probe: ProbeShape | None = None
    datadog: DatadogShape = DatadogShape()
    alloy: AlloyShape = AlloyShape()
    routes: Annotated[Routes, Field(min_length=1)] = Field(description="The ways that are in use.")
    alternatives: Routes = Field(
        default_factory=list, description="Ways that are not in use here, and are written down as well."
    )


class Component(shapes.Shape):
    """A component that runs somewhere, and how its metrics are collected."""

    apiVersion: Literal["slogen.dev/v1"]  # noqa: N815 - Kubernetes' name
    kind: Literal["Component"]
    metadata: ComponentMetadata
    spec: ComponentSpec
