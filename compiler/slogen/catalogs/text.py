"""A catalog of metrics as the text of a MetricCatalog document, for people to go on with.

What is known of a metric stands on lines of its own, so that a diff reads well; lists stay on one line as
long as it is not too wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from slogen import durations, yamlout
from slogen.catalog import Catalog, Caution, KnownLabel, Metric, Scrape

WIDTH = 100
"""Columns after which a list goes on in the next line."""

_NEEDS_QUOTES = frozenset(",[]{}")


def document(catalog: Catalog) -> str:
    """The whole document. Raises ValueError for a text with half of a surrogate pair, as no input has it."""
    return "".join(_document(catalog))


def _document(catalog: Catalog) -> Iterator[str]:
    yield "apiVersion: slogen.dev/v1\nkind: MetricCatalog\nmetadata:\n"
    yield f"  name: {yamlout.scalar(catalog.component)}\nspec:\n"
    if catalog.version:
        yield f"  version: {yamlout.scalar(catalog.version)}\n"
    lists = {
        "services": catalog.services,
        "paths": catalog.paths,
        "owns": catalog.owns,
        "shared": catalog.shared,
    }
    for key, texts in lists.items():
        if texts:
            yield f"  {key}: {listed(texts, 4)}\n"
    if catalog.exposition != "unknown":
        yield f"  exposition: {catalog.exposition}\n"
    if catalog.scrapes:
        yield "  scrapes:\n"
        yield from map(_scrape, catalog.scrapes)
    yield "  metrics:\n" if catalog.metrics else "  metrics: {}\n"
    for found in catalog.metrics:
        yield metric(found, 4)


def metric(found: Metric, indent: int) -> str:
    """The lines of a metric under its name, which stands `indent` columns from the left."""
    lines = list(_metric_lines(found, indent + 2))
    head = yamlout.key(found.name, indent)
    return f"{head}\n{''.join(lines)}" if lines else f"{head} {{}}\n"


def _metric_lines(found: Metric, indent: int) -> Iterator[str]:
    pad = " " * indent
    for key, text in (*head(found, indent), *_facts(found, indent), *_history(found, indent)):
        yield f"{pad}{key}:{text}\n"
    if found.cautions:
        yield f"{pad}cautions:\n"
        for caution in found.cautions:
            yield _item(_caution(caution, indent + 4), indent + 2)


def head(found: Metric, indent: int) -> Iterator[tuple[str, str]]:
    """The first keys of a metric, and what follows the colon of each."""
    if found.type != "unknown":
        yield "type", f" {found.type}"
    for key, text in (("unit", found.unit), ("help", found.help)):
        if text:
            yield key, f" {yamlout.value(text, indent)}"


def _facts(found: Metric, indent: int) -> Iterator[tuple[str, str]]:
    if found.labels:
        yield "labels", labels(found.labels, indent)
    if found.has_more_labels:
        yield "more_labels", " true"
    if found.buckets is not None:
        yield "buckets", f" {numbers(found.buckets, indent + 2)}"
    if found.lowest is not None or found.highest is not None:
        yield "range", f" {numbers((found.lowest, found.highest), indent + 2)}"


def _history(found: Metric, indent: int) -> Iterator[tuple[str, str]]:
    if found.status != "current":
        yield "status", f" {found.status}"
    for key, text in (("since", found.since), ("until", found.until)):
        if text:
            yield key, f" {yamlout.scalar(text)}"
    if found.replacements:
        yield "replaced_by", f" {listed(found.replacements, indent + 2)}"


def labels(found: Sequence[KnownLabel], indent: int) -> str:
    """What follows the colon of `labels`: only names in a list, else each label on a line of its own."""
    if all(label == KnownLabel(label.name) for label in found):
        return f" {listed([label.name for label in found], indent + 2)}"
    pad = "\n" + " " * (indent + 2)
    return "".join(f"{pad}{label_line(label, indent + 2)}" for label in found)


def label_line(found: KnownLabel, indent: int) -> str:
    """A label and what is known of it; its name stands `indent` columns from the left."""
    return f"{yamlout.scalar(found.name)}:{label_value(found, indent)}"


def label_value(label: KnownLabel, indent: int) -> str:
    """What follows the colon of a label: nothing, its values, or all that is known of them."""
    if label == KnownLabel(label.name):
        return ""
    if label == KnownLabel(label.name, label.values):
        return f" {listed(label.values, indent + 2)}"
    parts = []
    if label.values:
        parts.append(f"values: {listed(label.values, indent + 4)}")
    if label.unbounded:
        parts.append(f"unbounded: {flow(label.unbounded)}")
    parts += [f"{key}: true" for key, is_set in _flags(label) if is_set]
    if label.success:
        parts.append(f"success: {listed(label.success, indent + 4)}")
    return f" {{{', '.join(parts)}}}"


def _flags(label: KnownLabel) -> tuple[tuple[str, bool], ...]:
    return ("closed", label.is_closed), ("optional", label.is_optional)


def _scrape(scrape: Scrape) -> str:
    parts = [f"kind: {yamlout.scalar(scrape.kind)}\n"]
    if scrape.interval is not None:
        parts.append(f"interval: {durations.render(scrape.interval)}\n")
    if scrape.honor_labels is not None:
        parts.append(f"honor_labels: {'true' if scrape.honor_labels else 'false'}\n")
    if scrape.target_labels:
        parts.append(f"target_labels: {listed(scrape.target_labels, 8)}\n")
    parts += [
        f"{key}: {yamlout.scalar(text)}\n"
        for key, text in (("keep", scrape.keep), ("drop", scrape.drop))
        if text
    ]
    if scrape.jobs:
        parts.append(f"jobs: {listed(scrape.jobs, 8)}\n")
    if not scrape.is_prometheus:
        parts.append("prometheus: false\n")
    if scrape.drops_unready:
        parts.append("drops_unready: true\n")
    return _item(parts, 4)


def _caution(caution: Caution, indent: int) -> list[str]:
    parts = [f"trait: {caution.trait}\n", f"text: {yamlout.value(caution.text, indent)}\n"]
    if caution.metrics:
        parts.append(f"metrics: {listed(caution.metrics, indent + 2)}\n")
    if caution.matchers:
        pairs = [f"{flow(name)}: {flow(value)}" for name, value in caution.matchers.items()]
        parts.append(f"matchers: {{{', '.join(pairs)}}}\n")
    if caution.unless:
        parts.append(f"unless: {listed(caution.unless, indent + 2)}\n")
    return parts


def _item(parts: Sequence[str], indent: int) -> str:
    """An item of a list: its first line stands behind the dash."""
    pad = " " * indent
    return f"{pad}- " + f"{pad}  ".join(parts)


def listed(texts: Sequence[str], indent: int) -> str:
    """Texts as a list in brackets; where it is too wide, it goes on `indent` columns from the left."""
    return _wrapped([flow(text) for text in texts], indent)


def numbers(found: Sequence[Decimal | None], indent: int) -> str:
    """Numbers as a list in brackets, `null` for none."""
    return _wrapped(["null" if number is None else plain(number) for number in found], indent)


def plain(number: Decimal) -> str:
    """A number without an exponent, and without zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _wrapped(items: Sequence[str], indent: int) -> str:
    lines, line = [], ""
    for item in items:
        if line and indent + len(line) + len(item) > WIDTH:
            lines.append(line)
            line = ""
        line += f"{' ' if line else ''}{item},"
    lines.append(line)
    joined = ("\n" + " " * indent).join(lines).removesuffix(",")
    return f"[{joined}]" if len(lines) == 1 else f"[\n{' ' * indent}{joined}\n{' ' * (indent - 2)}]"


def flow(text: str) -> str:
    """A text as a scalar that may also stand in brackets or braces."""
    written = yamlout.scalar(text)
    return written if written != text or _NEEDS_QUOTES.isdisjoint(text) else f"'{text}'"
