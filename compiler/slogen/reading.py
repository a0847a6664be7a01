"""From sources to what their documents say: YAML, then the format that recognises the document.

A format is told by what a document says, never by its path. Lists are taken apart, of Kubernetes as of YAML,
and ConfigMaps and Secrets are looked into: the specs in them count, and files that are one for certain.
Kubernetes objects of other kinds are skipped; whatever else no format recognises is an error, unless it is
known to be another program's (see slogen.foreign).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeVar

from slogen import codes, foreign, homemade, kubernetes, plugins
from slogen.alertmanager.configuration import Configuration
from slogen.catalog import Catalog
from slogen.components import Component
from slogen.diagnostics import Code, Label, Report
from slogen.ir import AlertWindows, Draft, Extensions, RuleSet, Settings, StatedProof
from slogen.ownproofs import OwnTests
from slogen.panels import Dashboard, GrafanaDashboard
from slogen.resemblance import Resemblance
from slogen.scrapejobs import ScrapeObject
from slogen.source import Documents as YamlDocuments
from slogen.source import (
    Embedded,
    Node,
    Problem,
    Source,
    Span,
    comments_within_texts,
    documents,
    without_comments,
)
from slogen.teams import Routing

Item = (
    Draft
    | RuleSet
    | Settings
    | AlertWindows
    | StatedProof
    | OwnTests
    | Catalog
    | Routing
    | Configuration
    | Dashboard
    | GrafanaDashboard
    | Component
    | ScrapeObject
)
T = TypeVar(
    "T",
    Draft,
    RuleSet,
    Settings,
    AlertWindows,
    StatedProof,
    OwnTests,
    Catalog,
    Routing,
    Configuration,
    Dashboard,
    GrafanaDashboard,
    Component,
    ScrapeObject,
)

_CODES: dict[str, Code] = {
    "encoding": codes.UNREADABLE,
    "syntax": codes.NOT_YAML,
    "duplicate-key": codes.DUPLICATE_KEY,
    "alias": codes.YAML_FEATURE,
    "key": codes.YAML_FEATURE,
    "tag": codes.YAML_FEATURE,
    "limit": codes.YAML_FEATURE,
}


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
        found: dict[ModuleType, list[Any]] = {}
        for document in _documents(source, report):
            formats = _recognising(document)
            if len(formats) == 1:
                said = formats[0].parse(document, report, extensions)
                found.setdefault(formats[0], []).extend(said)
            elif formats:
                _report_several(document, formats, report)
            elif _is_skipped(document):
                skipped += 1
            else:
                _report_unknown(document, report)
        for format_, said in found.items():
            gathered = format_.gather(said, report) if hasattr(format_, "gather") else said
            (to_link.setdefault(format_, []) if hasattr(format_, "link") else items).extend(gathered)
    for format_, said in to_link.items():
        items.extend(format_.link(said, report))
    return Documents(tuple(items), skipped)


def _documents(source: Source, report: Report) -> Iterator[Node]:
    """The documents of a source, those within others in their place."""
    parsed = documents(source)
    if any(problem.kind == "syntax" for problem in parsed.problems):
        parsed = _without_pairs(source) or _mended(source, parsed)
    for problem in parsed.problems:
        report_problem(problem, report)
    if not parsed.nodes and not parsed.problems:
        _report_empty("this file holds no document", Span(source, 0, 0), report)
    for node in parsed.nodes:
        yield from _unwrapped(node, report)


def _mended(source: Source, parsed: YamlDocuments) -> YamlDocuments:
    """What a source is without the comments that cut its texts in two.

    Sloth empties such lines before it reads YAML, so its specs may have them. Elsewhere they are the problem.
    """
    comments = comments_within_texts(source)
    if not comments:
        return parsed
    mended = documents(without_comments(source, comments))
    if any(
        getattr(module, "EMPTIES_COMMENTS", False) for node in mended.nodes for module in _recognising(node)
    ):
        return mended
    problem = Problem(
        "syntax",
        comments[0],
        "this comment ends the text that begins above it",
        "in the first column",
        help="indent it as far as the text, or delete it",
    )
    others = tuple(other for other in parsed.problems if other.kind != "syntax")
    return YamlDocuments(parsed.nodes, (*others, problem))


_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def _without_pairs(source: Source) -> YamlDocuments | None:
    """What a source is where JSON writes a character as two escapes, as YAML cannot; None for any other.

    Only for formats from whose texts nothing is made: something of the same length stands there instead.
    """
    if not _PAIR.search(source.text):
        return None
    read = documents(Source(source.path, _PAIR.sub(r"\\x3f\\x3f\\x3f", source.text)))
    is_only_read = read.nodes and all(
        getattr(module, "IS_ONLY_READ", False) for node in read.nodes for module in _recognising(node)
    )
    return read if is_only_read and all(map(_recognising, read.nodes)) else None


def _report_empty(message: str, at: Span, report: Report) -> None:
    report.report(codes.EMPTY, at, message, help="write an SLO spec or rules into it, or delete it")


# problems of YAML -------------------------------------------------------------------------------------

_OF_CHARTS = r"[.$](?:Values|Release|Chart|Capabilities|Files|Template)\b|(?:include|toYaml|tpl|required)\b"
_ACTION = rf"{_OF_CHARTS}|(?:if|else|end|range|with|template|define|block)\b|/[*]"
_ON_THE_LINE = re.compile(rf"\{{\{{-?\s*[(]?\s*(?:{_ACTION})")
_BEFORE = re.compile(
    rf"^(?:\{{\{{-?\s*[(]?\s*(?:{_ACTION})|[ \t]+\{{\{{-?\s*[(]?\s*(?:{_OF_CHARTS}))", re.MULTILINE
)
_RENDER_FIRST = "this looks like a template of a Helm chart: render it first, as with `helm template`"


def report_problem(problem: Problem, report: Report) -> None:
    """A problem of the YAML reader as a finding."""
    report.report(
        _CODES[problem.kind],
        problem.at,
        problem.message,
        label=problem.label,
        also=[Label(at, text) for at, text in problem.also],
        help=_RENDER_FIRST if _is_of_template(problem) else problem.help,
    )


def _is_of_template(problem: Problem) -> bool:
    """Whether the text is no YAML but makes it: actions stand where YAML has its structure.

    Actions within values are common in rules, whose annotations are templates for Prometheus.
    """
    if problem.kind not in {"syntax", "key"}:
        return False
    source = problem.at.source
    first = _first_action(source.text)
    before = first is not None and first < problem.at.end
    return before or _ON_THE_LINE.search(source.line_text(problem.at.line)) is not None


@lru_cache(maxsize=8)
def _first_action(text: str) -> int | None:
    match = _BEFORE.search(text)
    return match.start() if match else None


# documents within documents ---------------------------------------------------------------------------

_MAX_LISTS = 32


def _unwrapped(node: Node, report: Report, lists: int = 0) -> Iterator[Node]:
    """The documents that a document stands for: the items of a list, the texts of a ConfigMap, or itself."""
    if isinstance(node.value, list) and lists < _MAX_LISTS:
        if not node.value:
            _report_empty("this list holds no document", node.span, report)
        for item in node.value:
            yield from _unwrapped(item, report, lists + 1)
        return
    items = _items(node)
    if items is not None and lists < _MAX_LISTS:
        for item in items:
            yield from _unwrapped(item, report, lists + 1)
        return
    held = _held(node, report)
    yield from held or [node]


def _items(node: Node) -> list[Node] | None:
    """The items of a Kubernetes List; None for anything else."""
    kind, items = node.get("kind"), node.get("items")
    name = kubernetes.text_at(node, "kind") or ""
    if kind is None or items is None or not isinstance(items.value, list) or not name.endswith("List"):
        return None
    if name == "List":
        return items.value
    # In the list of one kind, as an API server gives it, the items do not repeat what they are.
    kept = name.removesuffix("List")
    heads = {"kind": Node(kept, kind.span)}
    api = node.get("apiVersion")
    if api is not None:
        heads["apiVersion"] = api
    return [_with_heads(item, heads) for item in items.value]


def _with_heads(item: Node, heads: dict[str, Node]) -> Node:
    if not isinstance(item.value, dict) or heads.keys() & item.value.keys():
        return item
    keys = {**item.keys, **{key: head.span for key, head in heads.items()}}
    return Node({**item.value, **heads}, item.span, keys)


_MARK = re.compile(
    r"""^[ \t{-]*["']?(?:apiVersion|version|groups|route|scrape_configs)["']?\s*: | "schemaVersion"\s*:""",
    re.MULTILINE | re.VERBOSE,
)
"""A key by which every format knows its documents."""
_HEAD = re.compile(
    r"""^(?:apiVersion|version|kind): +(?:[^\s"'#]+|"[^\s"\\]*"|'[^\s']*')(?=[ \t]*(?: \#.*)?$)""",
    re.MULTILINE,
)


_HOLDERS = {"ConfigMap": "data", "Secret": "stringData"}
"""The kinds of objects that hold texts, with the key below which they are."""


def _held(node: Node, report: Report) -> list[Node]:
    """The documents in the texts of an object, if some of them are in our formats; else none at all."""
    key_of_texts = _HOLDERS.get(kubernetes.text_at(node, "kind") or "")
    data = node.get(key_of_texts) if key_of_texts and kubernetes.is_object(node) else None
    if data is None or not isinstance(data.value, dict):
        return []
    found: list[Node] = []
    for key, value in data.value.items():
        if not isinstance(value.value, str) or not _MARK.search(value.value):
            continue
        text = Embedded(value, data.keys[key])
        if any(map(_is_certain, _documents_in(text.inner.nodes))) or (
            text.inner.problems and _is_certainly_meant(value.value)
        ):
            placed = text.placed()
            for problem in placed.problems:
                report_problem(problem, report)
            found += _documents_in(placed.nodes)
    return found


def _documents_in(nodes: Sequence[Node]) -> Iterator[Node]:
    """The documents that those of a text stand for. A ConfigMap among them is a foreign object."""
    for node in nodes:
        items = node.value if isinstance(node.value, list) else _items(node)
        yield from [node] if items is None else items


def _is_certain(node: Node) -> bool:
    """Whether a document that need not be for us is in one of our formats for certain."""
    return any(getattr(module, "is_certain", module.recognises)(node) for module in _recognising(node))


def _is_certainly_meant(text: str) -> bool:
    """Whether a text that is no YAML has the first lines of a document in one of our formats."""
    heads = ("\n".join(_HEAD.findall(part)) for part in re.split(r"^---", text, flags=re.MULTILINE))
    nodes = (node for head in heads for node in documents(Source("", head)).nodes)
    return any(map(_recognising, nodes))


# formats ----------------------------------------------------------------------------------------------


def _formats() -> tuple[ModuleType, ...]:
    return plugins.load("slogen.formats", "NAME", "recognises", "parse")


def _recognising(node: Node) -> list[ModuleType]:
    return [module for module in _formats() if module.recognises(node)]


def _report_several(node: Node, formats: Sequence[ModuleType], report: Report) -> None:
    marks = sorted(((_mark(module, node), module.NAME) for module in formats), key=lambda m: m[0].start)
    (at, name), *others = reversed(marks)
    report.report(
        codes.TWO_FORMATS,
        at,
        f"this document is in two formats: {others[-1][1]} and {name}",
        label=name,
        also=[Label(other, other_name) for other, other_name in others],
        help=f"delete `{at.text}`, or `{others[-1][0].text}` and what belongs to it",
    )


def _mark(module: ModuleType, node: Node) -> Span:
    """The key that makes a format recognise a document: without it, it would not."""
    assert isinstance(node.value, dict)
    for key, at in node.keys.items():
        rest = {k: v for k, v in node.value.items() if k != key}
        if not module.recognises(Node(rest, node.span, {k: node.keys[k] for k in rest})):
            return at
    return node.span


def _is_skipped(node: Node) -> bool:
    """Whether a document is for Kubernetes or its tools, and comes near to nothing of ours."""
    return (kubernetes.is_object(node) and not _resemblances(node)) or foreign.is_of_kubernetes(node)


def _resemblances(node: Node) -> list[Resemblance]:
    asked = [module.resembles(node) for module in _formats() if hasattr(module, "resembles")]
    return [found for found in (*asked, homemade.resembles(node)) if found is not None]


def _is_of_others(name: str) -> bool:
    return not name.startswith("slogen.dev/")


def _report_unknown(node: Node, report: Report) -> None:
    names = ", ".join(sorted((module.NAME for module in _formats()), key=_is_of_others))
    if not isinstance(node.value, dict):
        report.report(
            codes.UNKNOWN_FORMAT, node.span, "this document is no mapping", help=f"slogen reads {names}"
        )
        return
    best = max(_resemblances(node), key=lambda found: found.nearness, default=None)
    if best is not None:
        report.report(codes.UNKNOWN_FORMAT, best.at, best.message, help=best.help)
        return
    first = next(iter(node.keys.values()), node.span)
    of_another = foreign.of_another_program(node)
    if of_another is not None:
        report.report(
            codes.NO_EFFECT,
            first,
            f"this is {of_another}, which has no effect: slogen reads SLO specs and rules",
            help="move it to another folder",
        )
        return
    report.report(
        codes.UNKNOWN_FORMAT,
        first,
        "this document is in no format that slogen reads",
        help=f"slogen reads {names}; SLOs start with `apiVersion: slogen.dev/v1` and `kind: ServiceLevels`",
    )
