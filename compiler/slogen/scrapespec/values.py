"""Single values of foreign documents, read with patience: what is filled in later is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from slogen import codes, shapes
from slogen.diagnostics import Label, Report, is_clear, nearest, respelt
from slogen.durations import render
from slogen.source import Node, Span
from slogen.units import Millis

_FILLED_IN = re.compile(r"\{\{|\$\{?[A-Za-z_(]|<[A-Za-z_ -]+>|@[A-Za-z_.-]+@|%[A-Za-z_]+%|__[A-Za-z_]+__")
"""What templates, Kustomize, Flux and scripts replace."""


def text_at(node: Node, *path: str | int) -> str:
    """The text at a path; empty for anything else."""
    found = node.get(*path)
    return found.value if found is not None and isinstance(found.value, str) else ""


def items_at(node: Node, *path: str | int) -> list[Node]:
    """The items of a list at a path that are mappings; none for anything else."""
    found = node.get(*path)
    listed = found.value if found is not None and isinstance(found.value, list) else []
    return [item for item in listed if item.is_mapping]


def texts_at(node: Node, *path: str | int) -> tuple[str, ...]:
    """The texts of a list at a path."""
    found = node.get(*path)
    listed = found.value if found is not None and isinstance(found.value, list) else []
    return tuple(item.value for item in listed if isinstance(item.value, str))


def labels_at(node: Node, *path: str | int) -> Mapping[str, str]:
    """The entries of a mapping at a path that are texts."""
    found = node.get(*path)
    inner = found.value if found is not None and isinstance(found.value, dict) else {}
    return {key: child.value for key, child in inner.items() if isinstance(child.value, str)}


def is_true(node: Node, *path: str | int) -> bool:
    """Whether a path leads to `true`."""
    found = node.get(*path)
    return found is not None and found.value is True


def head(node: Node) -> Span:
    """The place to show for a mapping: its first key."""
    return next(iter(node.keys.values()), node.span)


def duration_at(node: Node, key: str, report: Report) -> Millis | None:
    """The duration below a key; None where there is none, none that is known yet, or after a finding."""
    found = node.get(key)
    if found is None or is_unset(node, key):
        return None
    if isinstance(found.value, str) and _FILLED_IN.search(found.value):
        return None
    return shapes.duration(found, report) or None


def is_unset(node: Node, key: str) -> bool:
    """Whether a duration is missing, or zero, which is the same to Prometheus."""
    found = node.get(key)
    return found is None or found.value is None or str(found.value) in ("", "0")


def check_keys(node: Node, known: Iterable[str], report: Report) -> None:
    """Report keys that can only be misspellings; of others newer versions may know."""
    names = frozenset(known)
    free = sorted(names - node.keys.keys())
    for key, at in node.keys.items():
        if key in names or not is_clear(key, free):
            continue
        meant = nearest(key, free)
        if meant:
            fixes = respelt(at, key, meant)
            report.report(
                codes.UNKNOWN_KEY, at, f"unknown key `{key}`", help=f"did you mean `{meant}`?", fixes=fixes
            )


def check_timeout(
    timeout: tuple[Millis, Span] | None, interval: tuple[Millis, Span | None] | None, report: Report
) -> None:
    """Report a timeout that is longer than the interval, which Prometheus and its operator refuse."""
    if timeout is None or interval is None or timeout[0] <= interval[0]:
        return
    at = interval[1]
    report.report(
        codes.BAD_VALUE,
        timeout[1],
        f"a timeout of {render(timeout[0])} is longer than the interval of {render(interval[0])}: "
        "Prometheus refuses that",
        also=(Label(at, "the interval"),) if at is not None else (),
        help=f"write at most `{render(interval[0])}`",
    )
