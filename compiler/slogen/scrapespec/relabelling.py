"""Steps of relabelling, in the words of Prometheus and in those of its operator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slogen import codes
from slogen.diagnostics import Report, nearest
from slogen.promql.regexps import regexp_problem
from slogen.scrapejobs import Relabelling
from slogen.scrapespec.values import check_keys, head, items_at, text_at, texts_at
from slogen.source import Node, Span

ACTIONS: Final = (
    *("replace", "keep", "drop", "hashmod", "labelmap", "labeldrop", "labelkeep"),
    *("lowercase", "uppercase", "keepequal", "dropequal"),
)
_WRITING = ("replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal")
_KEYS = ("source_labels", "separator", "target_label", "regex", "modulus", "replacement", "action")
_CAMEL = {key: re.sub(r"_(\w)", lambda found: found[1].upper(), key) for key in _KEYS}
_NAMES = {False: {key: key for key in _KEYS}, True: _CAMEL}
_OF_VICTORIAMETRICS = ("if", "labels", "match")


def relabellings(node: Node, key: str, report: Report, *, camel: bool) -> Iterator[Relabelling]:
    """The steps below a key; with `camel` in the words of the operator's objects."""
    names = _NAMES[camel]
    for step in items_at(node, key):
        check_keys(step, (*names.values(), *_OF_VICTORIAMETRICS), report)
        found = _relabelling(step, names)
        _check(found, step, names, report)
        yield found


def _relabelling(step: Node, names: dict[str, str]) -> Relabelling:
    return Relabelling(
        action=(text_at(step, names["action"]) or "replace").lower(),
        source_labels=texts_at(step, names["source_labels"]),
        regex=_regexp(step, names["regex"]),
        replacement=_text(step, names["replacement"]),
        target_label=_text(step, names["target_label"]),
        where=head(step),
        places=dict(_places(step, names)),
    )


def _places(step: Node, names: dict[str, str]) -> Iterator[tuple[str, Span]]:
    for name, written in names.items():
        inner = step.get(written)
        if inner is not None:
            yield name, inner.span


def _text(step: Node, key: str) -> str | None:
    found = step.get(key)
    return found.value if found is not None and isinstance(found.value, str) else None


def _regexp(step: Node, key: str) -> str | None:
    """The expression; of a number or a boolean what Prometheus makes of it, of a list of VictoriaMetrics
    nothing."""
    found = step.get(key)
    if found is None or found.value is None or isinstance(found.value, dict | list):
        return None
    return found.value if isinstance(found.value, str) else found.span.text.strip()


def _check(found: Relabelling, step: Node, names: dict[str, str], report: Report) -> None:
    action = step.get(names["action"])
    if action is not None and found.action not in ACTIONS:
        meant = nearest(found.action, ACTIONS)
        likeness = meant is not None and found.action.replace("_", "") != meant and "_" not in found.action
        if meant and likeness:
            report.report(
                codes.BAD_VALUE,
                action.span,
                f"`{found.action}` is no action of relabelling",
                help=f"did you mean `{meant}`?",
            )
        return
    problem = regexp_problem(found.regex) if found.regex else ""
    if problem and "$" not in (found.regex or ""):
        report.report(
            codes.BAD_VALUE,
            found.places["regex"],
            f"`{found.regex}` is no regular expression: {problem}",
            help="write one as Prometheus takes it; it must match the whole text",
        )
    has_more = any(key in step.keys for key in _OF_VICTORIAMETRICS)
    if found.action in _WRITING and found.target_label is None and not has_more:
        key = names["target_label"]
        report.report(
            codes.MISSING_KEY,
            found.places.get("action") or head(step),
            f"`{key}` is missing: `{found.action}` does not know what to write",
            help=f"add `{key}:`, or another `action`",
        )
