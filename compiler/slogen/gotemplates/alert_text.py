"""The text of labels and annotations as Prometheus writes them: it expands their templates for each alert."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import isnan
from types import MappingProxyType
from typing import Final

from slogen.gotemplates.alert_functions import functions, member
from slogen.gotemplates.alerts import DIALECT
from slogen.gotemplates.building import Built, built
from slogen.gotemplates.problem import Broken
from slogen.gotemplates.running import Engine, run
from slogen.gotemplates.tree import Fields, Record, Samples, Value

Query = Callable[[str], Sequence[tuple[Mapping[str, str], float]]]
"""Runs PromQL at the time of the alert: the labels (with `__name__`) and the value of each series."""

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Unrenderable(Exception):  # noqa: N818 - said of a text, not of a program
    """Why nobody can foretell what a template gives, in words: a clause without a full stop."""


def rendered(
    template: str,
    labels: Mapping[str, str],
    value: float,
    query: Query,
    external_labels: Mapping[str, str] = _NONE,
) -> str:
    """The text of a label or an annotation for an alert, in a server without an external URL.

    `labels` are those that the expression gives (with `__name__` if it keeps it), not those that the rule
    adds. Prometheus gives the same text from 2.42 to 3.x; where it would not, and where it would write an
    error into the text, Unrenderable is raised. Whatever `query` raises passes through.
    """
    if "{{" not in template:
        return template
    found = _built(template)
    for problem in (*found.problems, *found.repeated):
        raise Unrenderable(problem.message)
    at_start: dict[str, Value] = {
        "Labels": _labels(labels),
        "ExternalLabels": _labels(external_labels),
        "ExternalURL": "",
        "Value": float(value),
    }
    variables = tuple((f"${name[0].lower()}{name[1:]}", its) for name, its in at_start.items())
    engine = Engine(functions(lambda text: _samples(text, query)), _member, counts=False)
    try:
        pieces = run(template, found.body, Record(at_start), engine, variables, found.named)
    except Broken as broken:
        raise Unrenderable(broken.problem.message) from None
    return "".join(piece.text for piece in pieces)


@lru_cache(maxsize=4096)
def _built(template: str) -> Built:
    return built(template, DIALECT)


def _member(value: Value, name: str, arguments: tuple[Value, ...], _: Fields) -> Value:
    return member(value, name, arguments)


def _labels(written: Mapping[str, str]) -> dict[str, Value]:
    """Labels as Prometheus has them: one without a value does not exist."""
    return {name: text for name, text in written.items() if text}


# queries ----------------------------------------------------------------------------------------------


def _samples(text: str, query: Query) -> Samples:
    """What a query gives. Series come in no certain order but behind `sort`, and then only if no two of them
    have the same value."""
    found = list(query(text))
    values = {value for _, value in found}
    outer = _outermost(text)
    is_ordered = len(found) < 2
    if outer in {"sort", "sort_desc"} and len(values) == len(found) and not any(map(isnan, values)):
        found.sort(key=lambda sample: sample[1], reverse=outer == "sort_desc")
        is_ordered = True
    records = (Record({"Labels": _labels(labels), "Value": float(value)}, True) for labels, value in found)
    return Samples(tuple(records), is_ordered)


def _outermost(text: str) -> str:
    """The name of the function that a query calls last; empty for other queries."""
    name, parenthesis, rest = text.strip().partition("(")
    if not parenthesis or not rest.endswith(")"):
        return ""
    depth, quote, escaped = 1, "", False
    for i, char in enumerate(rest):
        if quote:
            quote = "" if char == quote and not escaped else quote
            escaped = char == "\\" and not escaped and quote != "`"
        elif char in "\"'`":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0 and i + 1 < len(rest):
                return ""
    return name.strip()
