"""Service levels in a form that people make up: `slis: {availability: {query: ..., target: 99.9%}}`.

No tool reads it, and it is common in documentation. What it means is told as an SLO spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import PurePosixPath

from slogen import durations, names, promql, yamlout
from slogen.ir import HOLE
from slogen.resemblance import Resemblance
from slogen.source import Node

_LISTS = ("slis", "slos")
_QUERIES = ("query", "expr", "promql", "metric")
_TARGETS = ("target", "objective", "threshold")
_TARGET = re.compile(
    r"\s*(?P<op><=?|>=?)?\s*(?P<number>[0-9]{1,12}(?:\.[0-9]{1,12})?)\s*(?P<unit>\S*)(?:\s.*)?"
)
_QUANTILE = re.compile(r"\s*histogram_quantile\s*\(\s*(0?\.[0-9]{1,6})\s*,")
_PROPOSED = Decimal(99)


def resembles(node: Node) -> Resemblance | None:
    """What a document with service levels in such a form means; None for any other."""
    if "apiVersion" in node.keys or "version" in node.keys:
        return None
    key = next((key for key in _LISTS if key in node.keys), None)
    entries = list(_entries(node.get(key))) if key else []
    if key is None or not entries:
        return None
    slos = [_slo(name, entry) for name, entry in entries]
    found = [slo for slo in slos if slo]
    if not found:
        return Resemblance(
            0.8,
            node.keys[key],
            f"`{key}` is no key of a format that slogen reads",
            "write a document with `apiVersion: slogen.dev/v1` and `kind: ServiceLevels`",
        )
    missing = "" if len(found) == len(slos) else ", as far as it can be told"
    proposed = [str(slo["name"]) for slo in found if slo["objective"] == _PROPOSED]
    choice = f"; choose the objective of {', '.join(f'`{name}`' for name in proposed)}" if proposed else ""
    return Resemblance(
        0.8,
        node.keys[key],
        f"`{key}` is no key of a format that slogen reads",
        f"as an SLO spec{missing}{choice}:\n{_spec(node, found)}",
    )


def _spec(node: Node, slos: list[Mapping[str, yamlout.Yaml]]) -> str:
    service = node.get("service")
    named = service.value if service is not None and isinstance(service.value, str) else ""
    stem = names.object_name(named or PurePosixPath(node.span.source.path).stem) or "my-service"
    spec: yamlout.Yaml = {
        "apiVersion": "slogen.dev/v1",
        "kind": "ServiceLevels",
        "spec": {"service": stem, "slos": slos},
    }
    return yamlout.dump(spec)


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The service levels by name, from a mapping or a list."""
    if node is None:
        return
    if isinstance(node.value, dict):
        named = list(node.value.items())
    elif isinstance(node.value, list):
        named = [(_text(item, ("name",)), item) for item in node.value]
    else:
        return
    for name, item in named:
        if name and _text(item, _QUERIES):
            yield name, item


def _text(node: Node, keys: tuple[str, ...]) -> str:
    """The first of some keys, as text."""
    found = next((node.get(key) for key in keys if node.get(key) is not None), None)
    if found is None or isinstance(found.value, bool | dict | list) or found.value is None:
        return ""
    return str(found.value)


# what is meant ----------------------------------------------------------------------------------------


def _slo(name: str, entry: Node) -> Mapping[str, yamlout.Yaml] | None:
    query = _text(entry, _QUERIES)
    target = _TARGET.fullmatch(_text(entry, _TARGETS))
    if target is None or promql.check(query):
        return None
    meant = _latency(query, target) or _share(query, target) or _condition(query, target)
    if meant is None:
        return None
    objective, sli = meant
    return {"name": names.object_name(name) or "slo", "objective": objective, "sli": sli}


_Meant = tuple[Decimal, Mapping[str, yamlout.Yaml]]


def _latency(query: str, target: re.Match[str]) -> _Meant | None:
    """A quantile of a histogram below a duration: that share of the events is faster."""
    quantile = _QUANTILE.match(query)
    threshold = _duration(target)
    buckets = [used.selector for used in promql.selectors(query) if used.selector.name.endswith("_bucket")]
    if quantile is None or threshold is None or len(buckets) != 1:
        return None
    histogram = buckets[0].name.removesuffix("_bucket")
    sli: dict[str, yamlout.Yaml] = {"histogram": histogram, "threshold": threshold}
    if not histogram.endswith(("_seconds", "_milliseconds")):
        sli["unit"] = "seconds"
    if buckets[0].matchers:
        first, last = buckets[0].matchers[0], buckets[0].matchers[-1]
        sli["where"] = query[first.at[0] : last.at[1]]
    return (Decimal(quantile[1]) * 100).normalize() + 0, {"latency": sli}


def _duration(target: re.Match[str]) -> str | None:
    try:
        return durations.render(durations.parse(f"{target['number']}{target['unit']}"))
    except durations.DurationError:
        return None


def _share(query: str, target: re.Match[str]) -> _Meant | None:
    """One number of events over another: good ones where the target is a lower bound, else bad ones."""
    parts = _quotient(query)
    if parts is None or target["unit"] not in {"", "%"}:
        return None
    number = Decimal(target["number"])
    percent = number if target["unit"] == "%" or number > 1 else number * 100
    upper = target["op"].startswith("<") if target["op"] else percent < 50
    objective = 100 - percent if upper else percent
    if not 0 < objective < 100:
        return None
    part, total = (_windowed(text) for text in parts)
    return objective.normalize() + 0, {"query": {"bad" if upper else "good": part, "total": total}}


def _quotient(query: str) -> tuple[str, str] | None:
    """Both sides of the only operator of an expression, if that is a division."""
    depth = 0
    operators: list[promql.Token] = []
    for token in promql.tokens(query):
        depth += (token.kind is promql.Kind.OPEN) - (token.kind is promql.Kind.CLOSE)
        if depth == 0 and (token.kind is promql.Kind.OPERATOR or token.word in ("and", "or", "unless")):
            operators.append(token)
    if [token.text for token in operators] != ["/"]:
        return None
    return query[: operators[0].start].strip(), query[operators[0].end :].strip()


def _windowed(query: str) -> str:
    """The query with the window in place of its ranges."""
    for found in reversed(promql.fixed_ranges(query, ())):
        if found.place == "range":
            query = f"{query[: found.start]}{HOLE}{query[found.end :]}"
    return query


def _condition(query: str, target: re.Match[str]) -> _Meant | None:
    """A value on one side of a bound: the share of the time in which it is."""
    if target["op"] is None:
        return None
    return _PROPOSED, {"condition": {"metric": query, "good_when": f"{target['op']} {target['number']}"}}
