"""label_replace and label_join backwards: labels from which a label becomes what is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slogen.promql import Matcher
from slogen.promql.witnesses import witnesses
from slogen.units import Labels

_NOWHERE = (0, 0)
_GROUP = re.compile(r"\((?!\?)[^()]*\)")


def sources(function: str, texts: list[str], value: str | None, labels: Labels) -> Iterator[Labels]:
    """Labels of the argument, from the other arguments of the function and the labels that are wanted.

    `value` is what the label that the function writes has to be; None where that is of no interest.
    """
    target = texts[0]
    others = {label: each for label, each in labels.items() if label != target}
    if function == "label_join":
        yield from _joined(texts, value, others)
        return
    if len(texts) != 4:
        return
    _, replacement, source, pattern = texts
    if value is None:
        yield others
        return
    for text in _origins(replacement, pattern, value):
        if source in others and others[source] != text:
            continue
        yield {**others, source: text}
    # The label may be there already, and the pattern not match.
    yield labels


def _joined(texts: list[str], value: str | None, others: Labels) -> Iterator[Labels]:
    separator, names = texts[1], texts[2:]
    if value is None or not names:
        yield others
        return
    parts = value.split(separator, len(names) - 1) if separator and len(names) > 1 else [value]
    parts += [""] * (len(names) - len(parts))
    yield {**others, **dict(zip(names, parts, strict=True))}


def _origins(replacement: str, pattern: str, value: str) -> Iterator[str]:
    reference = re.search(r"\$\{?(\w+)\}?", replacement)
    if reference is None:
        if replacement == value:
            yield from _examples(pattern)
        return
    prefix, suffix = replacement[: reference.start()], replacement[reference.end() :]
    if not value.startswith(prefix) or not value.endswith(suffix):
        return
    core = value[len(prefix) : len(value) - len(suffix)]
    index = int(reference[1]) if reference[1].isdigit() else 1
    groups = list(_GROUP.finditer(pattern))
    if 0 < index <= len(groups):
        group = groups[index - 1]
        yield from _examples(pattern[: group.start()] + re.escape(core) + pattern[group.end() :])


def _examples(pattern: str) -> Iterator[str]:
    matcher = Matcher("label", "=~", pattern, _NOWHERE, _NOWHERE, _NOWHERE)
    found = [each for each in witnesses((matcher,)) if each]
    yield from found[:1]
