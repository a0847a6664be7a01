"""Which object a name refers to, across all files.

Each place refers to one kind, so what is well formed has no circles. A name that only an object of another
kind has may lead back to where it was written: that is told apart from a name that nothing has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from slogen import codes
from slogen.diagnostics import Label, Report, nearest
from slogen.openslo import V1
from slogen.openslo.objects import Object
from slogen.source import Node

_REFERENCES = {
    "indicatorRef": "SLI",
    "alertPolicyRef": "AlertPolicy",
    "conditionRef": "AlertCondition",
    "targetRef": "AlertNotificationTarget",
    "metricSourceRef": "DataSource",
}

_MOST_GUESSES = 200


class References:
    """All objects by kind and name. Of two with one kind and name the first counts."""

    def __init__(self, objects: Iterable[Object], report: Report) -> None:
        self._report = report
        self._of_kind: dict[tuple[str, str], dict[str, Object]] = {}
        self._of_name: dict[str, Object] = {}
        self._nearest: dict[tuple[str, str, str], str | None] = {}
        for item in objects:
            first = self._of_kind.setdefault((item.version, item.kind), {}).setdefault(item.name, item)
            if first is not item:
                self._report_second(item, first)
            elif item.version == V1:
                self._of_name.setdefault(item.name, item)

    def _report_second(self, second: Object, first: Object) -> None:
        self._report.report(
            codes.DECLARED_TWICE,
            second.at,
            f"the {second.kind} `{second.name}` is declared twice",
            also=(Label(first.at, "first declared here"),),
            help="give one of them another name, or delete it",
        )

    def get(self, kind: str, name: str, version: str = V1) -> Object | None:
        """The object of a kind and a name."""
        return self._of_kind.get((version, kind), {}).get(name)

    def meant(self, kind: str, name: str, version: str = V1) -> str | None:
        """The declared name that a name is most likely a misspelling of; None for a declared one."""
        key = (version, kind, name)
        if key not in self._nearest:
            declared = self._of_kind.get((version, kind), {})
            self._nearest[key] = None if name in declared else nearest(name, declared)
        return self._nearest[key]

    def find(self, kind: str, at: Node, origin: Object) -> Object | None:
        """The object that a name, written within `origin`, refers to; None after a finding."""
        name = str(at.value)
        found = self.get(kind, name)
        if found is None:
            self._report_missing(kind, name, at, origin)
        return found

    def _report_missing(self, kind: str, name: str, at: Node, origin: Object) -> None:
        other = self._of_name.get(name)
        if other is not None and self._leads_to(other, origin):
            what = "this one itself" if other is origin else f"{_a(other.kind)} that refers back to this one"
            self._report.report(
                codes.CIRCLE,
                at.span,
                f"`{name}` is no {kind} but {what}",
                also=() if other is origin else (Label(other.at, "declared here"),),
                help=f"name {_a(kind)}, or add a document of kind `{kind}` with that name",
            )
            return
        # Guessing takes time, and nobody reads that many.
        meant = self.meant(kind, name) if len(self._nearest) < _MOST_GUESSES else None
        text = f"did you mean `{meant}`?" if meant else f"add a document of kind `{kind}` with that name"
        self._report.report(
            codes.UNKNOWN_REFERENCE,
            at.span,
            f"no {kind} is called `{name}`",
            also=(Label(other.at, f"this is {_a(other.kind)}"),) if other is not None else (),
            help=text,
        )

    def _leads_to(self, start: Object, goal: Object) -> bool:
        """Whether references lead from one object to another, or there is no way to go."""
        seen: set[int] = set()
        to_visit = [start]
        while to_visit:
            item = to_visit.pop()
            if item is goal:
                return True
            if id(item) in seen:
                continue
            seen.add(id(item))
            for kind, name in _written_in(item.node):
                found = self.get(kind, name) or self._of_name.get(name)
                if found is not None:
                    to_visit.append(found)
        return False


def _a(kind: str) -> str:
    return f"a{'n' if kind[0] in 'AS' and kind != 'Service' else ''} {kind}"


def _written_in(node: Node) -> Iterator[tuple[str, str]]:
    """The kind and name of every reference below a node."""
    to_visit: list[tuple[str, Any]] = [("", node)]
    while to_visit:
        key, found = to_visit.pop()
        value = found.value
        if isinstance(value, dict):
            to_visit += value.items()
        elif isinstance(value, list):
            to_visit += [(key, item) for item in value]
        elif isinstance(value, str) and key in _REFERENCES:
            yield _REFERENCES[key], value
        elif isinstance(value, str) and key == "alertPolicies":
            yield "AlertPolicy", value
