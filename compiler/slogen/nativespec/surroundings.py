"""What Settings say of the surroundings: the servers, the ruler, who notifies, and what a team asks of its
rules.

The shapes say how it is written, the functions what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from slogen import codes, ir, names, shapes, versions
from slogen.diagnostics import Label, Report
from slogen.durations import render
from slogen.ir import MatcherStrategy, Millis, RulerKind, Where
from slogen.promql.regexps import regexp_problem
from slogen.source import Node, Span


def _version(value: object, example: str) -> str:
    # Numbers keep their digits, so that 2.50 is not 2.5.
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    text = str(value) if number or isinstance(value, str) else ""
    if not text or versions.parse(text) is None:
        shown = f"`{text}` is" if text else "this is"
        raise shapes.refusal(f"{shown} no version", f"write one such as `{example}`: the oldest in use")
    return text


def _version_of_prometheus(value: object) -> str:
    return _version(value, "2.45")


def _version_of_alertmanager(value: object) -> str:
    return _version(value, "0.25")


_TAKEN = ("alertname", names.SERVICE, names.SLO, names.SEVERITY, *names.IDENTITY_LABELS)


def _owner_label(value: object) -> str:
    name = shapes.label_name(value)
    if name in _TAKEN:
        raise shapes.refusal(f"the label `{name}` says something else", "write another one, such as `team`")
    return name


def _regexp(value: object) -> str:
    if not isinstance(value, str):
        raise shapes.refusal(
            "this is no regular expression", "write a text in quotes; an empty one takes all"
        )
    problem = regexp_problem(value)
    if problem:
        raise shapes.refusal(
            f"`{value}` is no regular expression: {problem}", "write one as in a matcher of Prometheus"
        )
    return value


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise shapes.refusal(
            f"{_shown(value)} is no number of rules or groups", "write 0 for no limit, or more"
        )
    return value


def _events_per_second(value: object) -> Decimal:
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not number or not Decimal(str(value)).is_finite() or Decimal(str(value)) <= 0:
        raise shapes.refusal(
            f"{_shown(value)} is no number of events per second",
            "write a number above zero such as `2.5`; leave out what you do not know",
        )
    return Decimal(str(value))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return f"`{value}`" if isinstance(value, str | int | Decimal) else "this"


_VERSION_SCHEMA = {"anyOf": [{"type": "string"}, {"type": "number"}], "examples": ["2.45", "3.5.1"]}
Version = Annotated[str, BeforeValidator(_version_of_prometheus), WithJsonSchema(_VERSION_SCHEMA)]
AlertmanagerVersion = Annotated[
    str,
    BeforeValidator(_version_of_alertmanager),
    WithJsonSchema({**_VERSION_SCHEMA, "examples": ["0.25", "0.28.1"]}),
]
OwnerLabel = Annotated[
    str,
    BeforeValidator(_owner_label),
    WithJsonSchema({"type": "string", "pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"}),
]
Regexp = Annotated[str, BeforeValidator(_regexp), WithJsonSchema({"type": "string"})]
Count = Annotated[int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0})]
Traffic = Annotated[
    Decimal, BeforeValidator(_events_per_second), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]


class Prometheus(shapes.Shape):
    """The servers that scrape and keep the series."""

    version: Version = Field("", description="The oldest version in use.")
    scrape_interval: shapes.PositiveDuration | None = Field(
        None, description="How far samples are apart; the shortest interval where jobs differ."
    )
    evaluation_interval: shapes.PositiveDuration | None = None
    retention: shapes.PositiveDuration | None = Field(None, description="How far back queries see.")
    external_labels: shapes.LabelMap = Field(
        default_factory=dict, description="Added to all that leaves a server."
    )
    traffic: dict[shapes.Text, Traffic] = Field(
        default_factory=dict,
        description="The least number of events per second of an SLO, by its id (service, dash, name); `*` "
        "for all others.",
    )


class Ruler(shapes.Shape):
    """What evaluates the rules, and its limits where they are not those that it has by default."""

    kind: RulerKind = Field(RulerKind.PROMETHEUS, strict=False)
    version: Version = Field("", description="The oldest version in use.")
    loader: Literal["operator", "alloy"] | None = Field(
        None, description="What brings PrometheusRule objects to it."
    )
    max_rules_per_group: Count | None = Field(None, description="0 for no limit; 20 by default in Mimir.")
    max_groups: Count | None = Field(None, description="Of a tenant. 0 for no limit; 70 by default in Mimir.")
    min_interval: shapes.PositiveDuration | None = Field(
        None, description="The least evaluation interval of a group."
    )


class Alertmanager(shapes.Shape):
    """The servers that notify."""

    version: AlertmanagerVersion = Field("", description="The oldest version in use; 0.25 if not given.")
    namespace: shapes.Namespace | None = Field(
        None, description="Where the Alertmanager object of the Prometheus Operator stands."
    )
    matcher_strategy: MatcherStrategy = Field(
        MatcherStrategy.ON_NAMESPACE,
        strict=False,
        description="`type` of its `alertmanagerConfigMatcherStrategy`: which alerts its objects see.",
    )
    objects: Literal["v1alpha1", "v1beta1", "none"] | None = Field(
        None, description="The version of AlertmanagerConfig objects to write; `none` for no objects."
    )


class Conventions(shapes.Shape):
    """What a team asks of its hand-written rules. Regular expressions must match the whole value."""

    labels: dict[shapes.LabelName, Regexp] = Field(
        default_factory=dict, description="Labels that alerts must have; an empty text takes any value."
    )
    annotations: dict[shapes.LabelName, Regexp] = Field(
        default_factory=dict, description="Annotations that alerts must have; an empty text takes any value."
    )
    alert_name: Regexp = ""
    record_name: Regexp = ""
    for_at_least: shapes.Duration | None = Field(None, description="How long alerts are pending at least.")
    for_at_most: shapes.Duration | None = Field(None, description="How long alerts are pending at most.")
    keep: list[shapes.LabelName] = Field(
        default_factory=list, description="Labels that aggregations must keep."
    )
    strip: list[shapes.LabelName] = Field(
        default_factory=list, description="Labels that aggregations must not keep."
    )


def prometheus(said: Prometheus, node: Node | None) -> ir.Prometheus:
    """The servers; `node` is what was written, None for nothing."""
    return ir.Prometheus(
        version=said.version,
        scrape_interval=said.scrape_interval,
        evaluation_interval=said.evaluation_interval,
        retention=said.retention,
        external_labels=said.external_labels,
        traffic=said.traffic,
        where=_where(node),
    )


def ruler(said: Ruler, node: Node | None, report: Report) -> ir.Ruler:
    """What evaluates the rules; `node` is what was written, None for nothing."""
    _check_loader(said, node, report)
    return ir.Ruler(
        kind=said.kind,
        version=said.version,
        loader=said.loader or "",
        max_rules_per_group=said.max_rules_per_group,
        max_groups=said.max_groups,
        min_interval=said.min_interval,
        where=_where(node),
    )


_LOADED_BY = {
    "operator": (RulerKind.PROMETHEUS, RulerKind.THANOS),
    "alloy": (RulerKind.MIMIR, RulerKind.CORTEX),
}


def _check_loader(said: Ruler, node: Node | None, report: Report) -> None:
    if node is None or said.loader is None or said.kind in _LOADED_BY[said.loader]:
        return
    who = "the Prometheus Operator" if said.loader == "operator" else "Alloy"
    kinds = " or ".join(f"`{kind}`" for kind in _LOADED_BY[said.loader])
    report.report(
        codes.BAD_VALUE,
        node.span_at("loader"),
        f"{who} brings no rules to `{said.kind}`",
        help=f"write `kind: {_LOADED_BY[said.loader][0]}`, or delete `loader`"
        if node.get("kind") is None
        else f"delete `loader`, or write a `kind` that it serves: {kinds}",
    )


def alertmanager(said: Alertmanager, node: Node | None) -> ir.Alertmanager:
    """The servers that notify; `node` is what was written, None for nothing."""
    return ir.Alertmanager(
        version=said.version,
        namespace=said.namespace,
        strategy=said.matcher_strategy,
        objects=said.objects or "",
        where=_where(node),
    )


def conventions(said: Conventions, node: Node | None, report: Report) -> ir.RuleConventions:
    """What is asked of hand-written rules; `node` is what was written, None for nothing."""
    if node is not None:
        _check_bounds(said.for_at_least, said.for_at_most, node, report)
        _check_kept_and_stripped(said, node, report)
    return ir.RuleConventions(
        labels=said.labels,
        annotations=said.annotations,
        alert_name=said.alert_name,
        record_name=said.record_name,
        for_at_least=said.for_at_least,
        for_at_most=said.for_at_most,
        keep=tuple(said.keep),
        strip=tuple(said.strip),
        where=_where(node),
    )


def _check_bounds(least: Millis | None, most: Millis | None, node: Node, report: Report) -> None:
    if least is None or most is None or least <= most:
        return
    report.report(
        codes.BAD_VALUE,
        node.span_at("for_at_least"),
        f"no `for` is at least {render(least)} and at most {render(most)}",
        also=(Label(node.span_at("for_at_most"), "the upper bound"),),
        help="write the lower bound here, and the upper one there",
    )


def _check_kept_and_stripped(said: Conventions, node: Node, report: Report) -> None:
    for i, label in enumerate(said.keep):
        if label in said.strip:
            report.report(
                codes.BAD_VALUE,
                node.span_at("keep", i),
                f"`{label}` is to be kept and to be stripped",
                also=(Label(node.span_at("strip", said.strip.index(label)), "here it is stripped"),),
                help="delete one of the two",
            )


def _where(node: Node | None) -> Where | None:
    """The whole, every key that was written, and those below it with a dot in between."""
    if node is None or not isinstance(node.value, dict):
        return None
    return Where(next(iter(node.keys.values()), node.span), dict(_places(node)))


def _places(node: Node) -> Iterator[tuple[str, Span]]:
    value: Any = node.value
    for key, child in value.items():
        yield key, child.span
        if isinstance(child.value, dict):
            yield key, node.keys[key]
            yield from ((f"{key}.{name}", one.span) for name, one in child.value.items())
