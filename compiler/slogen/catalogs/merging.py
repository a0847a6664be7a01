"""Adds what was observed to the text of a catalog, and leaves every character of it that says something.

What people wrote stands: where it contradicts what was seen, that is told and nothing is changed. What they
did not write is added at its place, in a text that reads as if they had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from slogen.catalog import Catalog, KnownLabel, Metric
from slogen.catalogs import text as catalogtext
from slogen.source import Node, Source, Span

_COMMENT = re.compile(r"[ \t]#[^\n]*\n|^#", re.MULTILINE)


class CannotMerge(ValueError):  # noqa: N818 - it is no error of slogen
    """The text is written in a way that nothing can be added to; the message says which."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The new text, what it means, the metrics that are new and those of which more is known, and the
    contradictions that were left as they are."""

    text: str
    metrics: tuple[Metric, ...]
    new: tuple[str, ...]
    completed: tuple[str, ...]
    contradictions: tuple[str, ...]


@dataclass(slots=True)
class _Edits:
    """Changes of one text, each of its own place."""

    source: Source
    found: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, text: str) -> None:
        self.found.append((start, end, text))

    def insert_lines(self, offset: int, lines: str) -> None:
        """Lines behind the line that an offset is in."""
        end = self.source.text.find("\n", offset)
        if end < 0:
            self.found.append((len(self.source.text), len(self.source.text), "\n" + lines.removesuffix("\n")))
        else:
            self.found.append((end + 1, end + 1, lines))

    @property
    def text(self) -> str:
        text = self.source.text
        # Of what comes in at one place, the first comes first.
        order = sorted(range(len(self.found)), key=lambda i: (self.found[i][0], i), reverse=True)
        line_end = "\r\n" if "\r\n" in text else "\n"
        for i in order:
            start, end, new = self.found[i]
            text = text[:start] + new.replace("\n", line_end) + text[end:]
        return text


def merge(document: Node, catalog: Catalog, observed: Sequence[Metric]) -> Merged:
    """The text of a document with what was observed, and what it says then.

    `document` says `catalog`. Raises CannotMerge.
    """
    source = document.span.source
    edits = _Edits(source)
    known = {metric.name: metric for metric in catalog.metrics}
    results = dict(known)
    new: list[Metric] = []
    completed: list[str] = []
    contradictions: list[str] = []
    for seen in observed:
        before = known.get(seen.name)
        if before is None:
            new.append(seen)
            results[seen.name] = seen
            continue
        after = _completed(before, seen)
        contradictions += _contradictions(before, seen)
        if after != before:
            completed.append(seen.name)
            results[seen.name] = after
            _edit_metric(document, before, after, edits)
    _add_metrics(document, new, edits)
    text = edits.text if edits.found else source.text
    names = tuple(metric.name for metric in new)
    return Merged(text, tuple(results.values()), names, tuple(completed), tuple(contradictions))


# what is known then -----------------------------------------------------------------------------------


def _completed(before: Metric, seen: Metric) -> Metric:
    """What was written of a metric, and what was seen where nothing was."""
    labels = tuple(_labels(before, seen))
    type_ = seen.type if before.type == "unknown" else before.type
    takes_buckets = type_ == "histogram" and before.buckets is None
    return replace(
        before,
        type=type_,
        unit=before.unit or seen.unit,
        help=before.help or seen.help,
        labels=labels,
        buckets=seen.buckets if takes_buckets else before.buckets,
    )


def _labels(before: Metric, seen: Metric) -> Iterator[KnownLabel]:
    of_type = {"histogram": "le", "native_histogram": "le", "summary": "quantile"}.get(before.type)
    for label in before.labels:
        other = seen.label(label.name)
        yield label if other is None else _label(label, other)
    for other in seen.labels:
        if before.label(other.name) is None and other.name != of_type:
            yield other


def _label(before: KnownLabel, seen: KnownLabel) -> KnownLabel:
    is_optional = before.is_optional or seen.is_optional
    if before.is_closed or before.unbounded:
        return replace(before, is_optional=is_optional)
    added = tuple(value for value in seen.values if value not in before.values)
    return replace(before, values=before.values + added, unbounded=seen.unbounded, is_optional=is_optional)


def _contradictions(before: Metric, seen: Metric) -> Iterator[str]:
    if "unknown" not in (before.type, seen.type) and before.type != seen.type:
        yield f"`{before.name}` is a {before.type} in the catalog, and a {seen.type} here"
    if before.buckets is not None and seen.buckets is not None and before.buckets != seen.buckets:
        yield f"`{before.name}` has other buckets in the catalog than here"
    if before.status == "removed":
        yield f"`{before.name}` is removed in the catalog, and is there"
    for label in before.labels:
        other = seen.label(label.name)
        extra = [value for value in other.values if value not in label.values] if other else []
        if label.is_closed and extra:
            values = ", ".join(f"`{value}`" for value in extra[:3])
            yield f"`{label.name}` of `{before.name}` has {values} here, which the catalog rules out"


# where it stands --------------------------------------------------------------------------------------


def _edit_metric(document: Node, before: Metric, after: Metric, edits: _Edits) -> None:
    path = ("spec", "metrics", before.name)
    node, key = document.get(*path), document.key_at(*path)
    assert node is not None
    _refuse_alias(node, key)
    indent = key.column - 1
    if not _is_block_mapping(node):
        _replace_value(node, key, "\n" + catalogtext.metric(after, indent).partition("\n")[2], edits)
        return
    inner = next(iter(node.keys.values())).column - 1
    had = [name for name, _ in catalogtext.head(before, inner)]
    top = [
        f"{' ' * inner}{name}:{text}\n" for name, text in catalogtext.head(after, inner) if name not in had
    ]
    if top:
        first = next(iter(node.keys.values()))
        start = edits.source.text.rfind("\n", 0, first.start) + 1
        edits.replace(start, start, "".join(top))
    if before.labels != after.labels:
        _edit_labels(node, before, after, inner, edits)
    if before.buckets is None and after.buckets is not None and "buckets" not in node.keys:
        lines = f"{' ' * inner}buckets: {catalogtext.numbers(after.buckets, inner + 2)}\n"
        edits.insert_lines(_end(node, key), lines)


def _edit_labels(metric: Node, before: Metric, after: Metric, indent: int, edits: _Edits) -> None:
    node = metric.get("labels")
    if node is None:
        lines = f"{' ' * indent}labels:{catalogtext.labels(after.labels, indent)}\n"
        # Behind the other facts, before what was seen of the buckets.
        edits.insert_lines(_end(metric, metric.span), lines)
        return
    key = metric.key_at("labels")
    _refuse_alias(node, key)
    if not _is_block_mapping(node):
        _replace_value(node, key, catalogtext.labels(after.labels, indent), edits)
        return
    inner = next(iter(node.keys.values())).column - 1
    for label in after.labels:
        old = before.label(label.name)
        if old is None:
            line = f"{' ' * inner}{catalogtext.label_line(label, inner)}\n"
            edits.insert_lines(_end(node, key), line)
        elif old != label:
            _edit_label(node, old, label, inner, edits)


def _edit_label(labels: Node, old: KnownLabel, label: KnownLabel, indent: int, edits: _Edits) -> None:
    """What is new of a label goes behind what is there; where that cannot be, the label is written anew."""
    node, key = labels.get(label.name), labels.key_at(label.name)
    assert node is not None
    _refuse_alias(node, key)
    listed, at = (node.get("values"), node.key_at("values")) if node.is_mapping else (node, key)
    if label == replace(old, values=label.values) and listed is not None:
        _refuse_alias(listed, at)
        if _append(listed, label.values[len(old.values) :], edits):
            return
    _replace_value(node, key, catalogtext.label_value(label, indent), edits)


def _append(listed: Node, texts: Sequence[str], edits: _Edits) -> bool:
    """Add to a list that is not empty; gives False for one that is laid out in an unusual way."""
    source, items = edits.source, listed.value
    if not isinstance(items, list) or not items:
        return False
    last, written = items[-1].span, [catalogtext.flow(text) for text in texts]
    if not listed.span.start <= last.start < last.end <= listed.span.end:
        return False
    if source.text[listed.span.start] == "[":
        edits.replace(last.end, last.end, _behind(last, written, listed.span.column))
        return True
    start = source.text.rfind("\n", 0, last.start) + 1
    dash = source.text[start : last.start]
    if dash.strip(" ") != "-":
        return False
    edits.insert_lines(last.end, "".join(f"{dash}{text}\n" for text in written))
    return True


def _behind(last: Span, written: Sequence[str], indent: int) -> str:
    """Items behind the last one of a list in brackets, on new lines where the line gets too wide."""
    column, parts = last.column + len(last.text), list[str]()
    for text in written:
        fits = column + len(text) < catalogtext.WIDTH and "\n" not in last.text
        parts.append(f", {text}" if fits else f",\n{' ' * indent}{text}")
        column = (column if fits else indent) + len(text) + 2
    return "".join(parts)


def _add_metrics(document: Node, new: Sequence[Metric], edits: _Edits) -> None:
    if not new:
        return
    node, spec = document.get("spec", "metrics"), document.get("spec")
    assert spec is not None
    if not _is_block_mapping(spec):
        raise CannotMerge("`spec` is written in braces: write its keys on lines of their own")
    if node is None:
        indent = next(iter(spec.keys.values())).column - 1
        lines = "".join(catalogtext.metric(metric, indent + 2) for metric in new)
        edits.insert_lines(_end(spec, document.key_at("spec")), f"{' ' * indent}metrics:\n{lines}")
        return
    key = spec.key_at("metrics")
    _refuse_alias(node, key)
    if _is_block_mapping(node):
        indent = next(iter(node.keys.values())).column - 1
        lines = "".join(catalogtext.metric(metric, indent) for metric in new)
        edits.insert_lines(_end(node, key), lines)
    elif not node.value:
        lines = "".join(catalogtext.metric(metric, key.column + 1) for metric in new)
        _replace_value(node, key, "\n" + lines, edits)
    else:
        raise CannotMerge("`metrics` is written in braces: write each metric on lines of its own")


def _replace_value(node: Node, key: Span, text: str, edits: _Edits) -> None:
    """Another value behind the colon of a key; `text` begins with its blank or line break."""
    source = edits.source.text
    colon = source.index(":", key.end)
    end = colon + 1 if node.value is None else node.span.end
    if _COMMENT.search(source, colon + 1, end):
        raise CannotMerge(
            f"there are comments within `{key.text}`, which would be lost: write it on one line"
        )
    edits.replace(colon + 1, end, text.removesuffix("\n"))


def _is_block_mapping(node: Node) -> bool:
    if not isinstance(node.value, dict) or not node.value:
        return False
    return node.span.source.text[node.span.start] != "{"


def _end(node: Node, otherwise: Span) -> int:
    """The offset behind the last character of a value, or of what stands before one that is empty."""
    if isinstance(node.value, dict) and _is_block_mapping(node):
        last = list(node.value)[-1]
        return _end(node.value[last], node.keys[last])
    if isinstance(node.value, list) and node.value and node.span.source.text[node.span.start] != "[":
        return _end(node.value[-1], otherwise)
    return otherwise.end if node.value is None else max(node.span.end, otherwise.end)


def _refuse_alias(node: Node, key: Span) -> None:
    if node.value is not None and node.span.start < key.end:
        raise CannotMerge(f"`{key.text}` repeats what stands elsewhere, by an alias: write it out")
