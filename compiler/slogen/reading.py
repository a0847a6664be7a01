"""From sources to what their documents say: YAML, then the format that recognises the document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from slogen import codes, plugins
from slogen.diagnostics import Code, Label, Report, nearest
from slogen.ir import AlertWindows, Draft, Extensions, RuleSet, Settings
from slogen.source import Node, Problem, Source, Span, documents

Item = Draft | RuleSet | Settings | AlertWindows
T = TypeVar("T", Draft, RuleSet, Settings, AlertWindows)

_CODES: dict[str, Code] = {
    "encoding": codes.UNREADABLE,
    "syntax": codes.NOT_YAML,
    "duplicate-key": codes.DUPLICATE_KEY,
    "alias": codes.YAML_FEATURE,
    "key": codes.YAML_FEATURE,
    "tag": codes.YAML_FEATURE,
    "limit": codes.YAML_FEATURE,
}
_KNOWN_KINDS = ("ServiceLevels", "Settings", "AlertWindows", "PrometheusRule")


@dataclass(frozen=True, slots=True)
class Documents:
    """What all documents say, in the order of the sources, and how many foreign objects were skipped."""

    items: tuple[Item, ...]
    skipped: int

    def of(self, kind: type[T]) -> list[T]:
        """The items of one kind."""
        return [item for item in self.items if isinstance(item, kind)]


def read(
    sources: Sequence[Source], report: Report, extensions: Extensions, progress: Callable[[int, int], None]
) -> Documents:
    """Read every document of every source; findings go to the report."""
    items: list[Item] = []
    to_link: dict[ModuleType, list[Any]] = {}
    skipped = 0
    for done, source in enumerate(sources):
        if done % 50 == 0:
            progress(done, len(sources))
        parsed = documents(source)
        for problem in parsed.problems:
            report_problem(problem, report)
        if not parsed.nodes and not parsed.problems:
            report.report(
                codes.EMPTY,
                Span(source, 0, 0),
                "this file holds no document",
                help="write an SLO spec or rules into it, or delete it",
            )
        found: dict[ModuleType, list[Any]] = {}
        for document in (document for node in parsed.nodes for document in _unwrapped(node)):
            format_ = _format_of(document)
            if format_ is not None:
                found.setdefault(format_, []).extend(format_.parse(document, report, extensions))
            elif _is_foreign_object(document):
                skipped += 1
            else:
                _report_unknown(document, report)
        for format_, said in found.items():
            gathered = format_.gather(said, report) if hasattr(format_, "gather") else said
            (to_link.setdefault(format_, []) if hasattr(format_, "link") else items).extend(gathered)
    for format_, said in to_link.items():
        items.extend(format_.link(said, report))
    return Documents(tuple(items), skipped)


def report_problem(problem: Problem, report: Report) -> None:
    """A problem of the YAML reader as a finding."""
    report.report(
        _CODES[problem.kind],
        problem.at,
        problem.message,
        label=problem.label,
        also=[Label(at, text) for at, text in problem.also],
        help=problem.help,
    )


def _unwrapped(node: Node) -> Iterator[Node]:
    """The items of a Kubernetes List, else the document itself."""
    kind, items = node.get("kind"), node.get("items")
    if kind is not None and items is not None and isinstance(items.value, list):
        name = str(kind.value)
        if name.endswith("List"):
            for item in items.value:
                yield from _unwrapped(item)
            return
    yield node


def _format_of(node: Node) -> ModuleType | None:
    modules = plugins.load("slogen.formats", "NAME", "recognises", "parse")
    return next((module for module in modules if module.recognises(node)), None)


def _is_foreign_object(node: Node) -> bool:
    """Whether it is a Kubernetes object of a kind that is none of ours, nor a misspelt one of ours."""
    api, kind = node.get("apiVersion"), node.get("kind")
    if api is None or kind is None or not isinstance(api.value, str) or not isinstance(kind.value, str):
        return False
    if "slogen" in api.value:
        return False
    return nearest(kind.value, _KNOWN_KINDS) is None


def _report_unknown(node: Node, report: Report) -> None:
    names = ", ".join(module.NAME for module in plugins.load("slogen.formats", "NAME", "recognises", "parse"))
    api, kind = node.get("apiVersion"), node.get("kind")
    if not isinstance(node.value, dict):
        report.report(
            codes.UNKNOWN_FORMAT, node.span, "this document is no mapping", help=f"slogen reads {names}"
        )
        return
    if api is not None and isinstance(api.value, str) and "slogen" in api.value:
        report.report(
            codes.UNKNOWN_FORMAT,
            api.span,
            f"`{api.value}` is no version of slogen's format",
            help="write `apiVersion: slogen.dev/v1`",
        )
        return
    if kind is not None and isinstance(kind.value, str):
        meant = nearest(kind.value, _KNOWN_KINDS)
        api_of = "monitoring.coreos.com/v1" if meant == "PrometheusRule" else "slogen.dev/v1"
        at = kind.span if api is not None else node.key_at("kind")
        message = f"`{kind.value}` is no kind that slogen reads" if api else "`apiVersion` is missing"
        text = f"did you mean `{meant}`, with `apiVersion: {api_of}`?" if meant else f"slogen reads {names}"
        if meant == kind.value:
            text = f"write `apiVersion: {api_of}`"
        report.report(codes.UNKNOWN_FORMAT, at, message, help=text)
        return
    first = next(iter(node.keys.values()), node.span)
    report.report(
        codes.UNKNOWN_FORMAT,
        first,
        "this document is in no format that slogen reads",
        help=f"slogen reads {names}; SLOs start with `apiVersion: slogen.dev/v1` and `kind: ServiceLevels`",
    )
