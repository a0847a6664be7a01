"""Where output goes: the names of files below the output folder, and what their first line says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from slogen.ir import RuleSet
from slogen.teams import Routing


def file_names(rule_sets: Sequence[RuleSet]) -> list[str]:
    """A file name (without folder and suffix) per rule set: the object's name.

    Objects of the same name in several namespaces have the namespace in front, and an underscore, which no
    object's name holds.
    """
    names = Counter(rules.manifest.name for rules in rule_sets)
    return [
        rules.manifest.name
        if names[rules.manifest.name] == 1 or not rules.manifest.namespace
        else f"{rules.manifest.namespace}_{rules.manifest.name}"
        for rules in rule_sets
    ]


def origin(rules: RuleSet) -> str:
    """The files that a rule set was compiled from."""
    if not rules.slos:
        return rules.where.whole.source.path
    return origin_of_paths(slo.where.whole.source.path for slo in rules.slos)


def origin_of_paths(of: Iterable[str]) -> str:
    """Some of the files that something was compiled from, and how many more there are."""
    return _some(sorted(set(of)))


def routing_origin(routing: Routing) -> str:
    """The files that a routing was read from, in their order."""
    return _some(list(dict.fromkeys(place.source.path for place in routing.where)))


def _some(paths: Sequence[str]) -> str:
    return ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
