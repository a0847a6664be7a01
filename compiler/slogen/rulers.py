"""What evaluates rules, and what each kind of it does not take: limits and fields, as data.

Sources, as of 2026: Mimir's reference of configuration parameters (`ruler.max-rules-per-rule-group`,
`ruler.max-rule-groups-per-tenant`, `ruler.min-rule-evaluation-interval`) and its rule formats; the first
versions of fields from the changelogs of Prometheus and Thanos, and from the list of them that the
Prometheus Operator keeps to drop fields for older versions; Alloy's component mimir.rules.kubernetes, which
reads the rules of an object strictly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slogen import versions
from slogen.ir import Ruler, RulerKind, Settings

NAMES: Mapping[RulerKind, str] = {
    RulerKind.PROMETHEUS: "Prometheus",
    RulerKind.MIMIR: "Mimir",
    RulerKind.CORTEX: "Cortex",
    RulerKind.THANOS: "Thanos Ruler",
    RulerKind.VICTORIAMETRICS: "vmalert",
}
"""What people call them."""

_MOST_RULES = {RulerKind.MIMIR: 20}
_MOST_GROUPS = {RulerKind.MIMIR: 70}

MOST_BYTES_OF_AN_OBJECT = 524_288
"""What the Prometheus Operator takes as the rules of one object."""

_SINCE: Mapping[RulerKind, Mapping[str, str]] = {
    RulerKind.PROMETHEUS: {
        "limit": "2.31",
        "keep_firing_for": "2.42",
        "query_offset": "2.53",
        "labels": "3.0",
    },
    RulerKind.THANOS: {
        "limit": "0.24",
        "keep_firing_for": "0.34",
        "query_offset": "0.38",
        "labels": "0.39",
    },
    RulerKind.MIMIR: {"labels": "3.0"},
}
"""The first version that knows a field; `labels` are those of a group."""

_NOT_KEPT = {RulerKind.MIMIR: frozenset({"limit"})}
STRATEGY = "partial_response_strategy"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a field: the file or object with it is refused, or the field is dropped in silence.

    `reason` is a sentence about the field without its subject, `newest` the version to have, if one helps.
    """

    refused: bool
    reason: str
    newest: str = ""


def most_rules(ruler: Ruler) -> int | None:
    """The most rules of a group; None without a limit."""
    return _limit(ruler.max_rules_per_group, _MOST_RULES.get(ruler.kind))


def most_groups(ruler: Ruler) -> int | None:
    """The most groups of a tenant; None without a limit."""
    return _limit(ruler.max_groups, _MOST_GROUPS.get(ruler.kind))


def _limit(stated: int | None, usual: int | None) -> int | None:
    return (usual if stated is None else stated) or None


def version(settings: Settings) -> str:
    """The oldest version of what evaluates the rules; empty if it is not stated."""
    ruler = settings.ruler
    of_prometheus = settings.prometheus.version if ruler.kind is RulerKind.PROMETHEUS else ""
    return ruler.version or of_prometheus


def name(settings: Settings) -> str:
    """What evaluates the rules with its version, if it is stated, such as `Prometheus 2.45`."""
    return f"{NAMES[settings.ruler.kind]} {version(settings)}".strip()


def is_older(stated: str, first: str) -> bool:
    """Whether a stated version is older than another for certain: `2` may be any 2.x, 2.40 or not."""
    parts = stated.strip().partition("-")[0].partition("+")[0].count(".") + 1
    return versions.is_before(stated, ".".join(first.split(".")[:parts])) is True


def fate(field: str, settings: Settings) -> Fate | None:
    """What becomes of a field of a rule or group where it is not heeded; None where it is, or nobody knows.

    `labels` are those of a group.
    """
    ruler = settings.ruler
    if field == STRATEGY:
        return _fate_of_strategy(ruler)
    if ruler.where is not None and field in _NOT_KEPT.get(ruler.kind, ()):
        return Fate(refused=False, reason=f"is not kept by {NAMES[ruler.kind]}")
    stated = version(settings)
    first = _SINCE.get(ruler.kind, {}).get(field, "")
    if not stated or not first or not is_older(stated, first):
        return None
    # The operator drops what is too new; a file that Prometheus itself reads must have no unknown field.
    refused = ruler.kind is RulerKind.PROMETHEUS and ruler.loader != "operator"
    return Fate(refused, f"is unknown to {name(settings)}", first)


def _fate_of_strategy(ruler: Ruler) -> Fate | None:
    if ruler.where is None or ruler.kind is RulerKind.THANOS:
        return None
    if ruler.loader == "alloy":
        return Fate(refused=True, reason="is unknown to Alloy")
    return Fate(refused=False, reason=f"is not for {NAMES[ruler.kind]}: only Thanos Ruler has it")
