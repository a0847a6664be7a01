"""The labels and annotations of an SLO, as far as rules have them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from slogen import codes, names, promql
from slogen.diagnostics import Report
from slogen.ir import Labels
from slogen.openslo import written
from slogen.source import Node

_OF_ALERTS = (names.SEVERITY, names.SLO, names.SERVICE)


def series_labels(node: Node, metadata: written.Metadata, service: str, report: Report) -> Labels | None:
    """The labels of the SLO at the node; None after findings."""
    texts = _texts(node.get("metadata", "labels"), metadata.labels, report, lists=True)
    if texts is None:
        return None
    found: dict[str, str] = {}
    for name, text in texts.items():
        at = node.key_at("metadata", "labels", name)
        if not _is_name(name):
            report.report(
                codes.NO_EFFECT,
                at,
                f"`{name}` is no label name in Prometheus, so nothing gets this label",
                help=f"write `{_as_name(name)}`",
            )
        elif name in _OF_ALERTS and (name, text) != (names.SERVICE, service):
            report.report(
                codes.NO_EFFECT,
                at,
                f"`{name}` is a label that slogen's alerts have themselves, with another value",
                help="choose another name for it",
            )
        else:
            found[name] = text
    return found


def alert_annotations(node: Node, metadata: written.Metadata, report: Report) -> Labels | None:
    """The annotations that the alerts of the SLO at the node get; None after findings."""
    texts = _texts(node.get("metadata", "annotations"), metadata.annotations, report, lists=False)
    if texts is None:
        return None
    found: dict[str, str] = {}
    for name, text in texts.items():
        if "/" in name:  # addressed to another program
            continue
        if _is_name(name):
            found[name] = text
            continue
        report.report(
            codes.NO_EFFECT,
            node.key_at("metadata", "annotations", name),
            f"`{name}` is no name of an annotation in Prometheus, so no alert gets it",
            help=f"write `{_as_name(name)}`",
        )
    return found


def description(metadata: written.Metadata, text: str | None) -> str:
    """What the SLO is about, on one line."""
    return " ".join((text or metadata.displayName or "").split())


def _texts(
    node: Node | None, values: Mapping[str, object] | None, report: Report, *, lists: bool
) -> Labels | None:
    """The values as texts; None when one of them is none."""
    if node is None or not values:
        return {}
    found: dict[str, str] = {}
    sound = True
    for name, value in values.items():
        if isinstance(value, str):
            found[name] = value
        elif lists and isinstance(value, list) and all(isinstance(item, str) for item in value):
            found[name] = ",".join(value)
        else:
            sound = False
            _report_value(node, name, value, report)
    return found if sound else None


def _report_value(node: Node, name: str, value: object, report: Report) -> None:
    at = node.span_at(name)
    for i, item in enumerate(value) if isinstance(value, list) else ():
        if not isinstance(item, str):
            at = node.span_at(name, i)
            value = item
            break
    scalar = value is not None and not isinstance(value, dict | list)
    text = f'put it in quotes: `"{at.text.strip()}"`' if scalar else "write a text"
    shown = f"`{at.text.strip()}`" if scalar else f"the value of `{name}`"
    report.report(codes.WRONG_TYPE, at, f"{shown} is not a text", help=text)


def _is_name(name: str) -> bool:
    return promql.is_label_name(name) and name != "__name__"


def _as_name(name: str) -> str:
    found = re.sub(r"[^a-zA-Z0-9_]+", "_", name).strip("_") or "label"
    return f"_{found}" if found[0].isdigit() else found
