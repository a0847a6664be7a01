"""What the templates in an alert's labels come to, before it fires.

A template over labels whose values are known has a known text. Of the others it is worth knowing whether
they can be empty: an alert does not have a label without a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING

from slogen.alertmanager.firing import Firing

if TYPE_CHECKING:
    from slogen.gotemplates.reads import Contents


class Unforeseen(Enum):
    """A text that nobody knows before the alert fires."""

    NEVER_EMPTY = "never empty"
    MAY_BE_EMPTY = "may be empty"


_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_WORD = re.compile(r"(?<![\w.$])[A-Za-z_]\w*")
_MONOTONOUS = frozenset(
    (
        *("or", "and", "print", "printf", "title", "toUpper", "toLower", "safeHtml"),
        *("humanize", "humanize1024", "humanizeDuration", "humanizePercentage", "humanizeTimestamp"),
    )
)
"""Functions that give a text for texts, and no less of it for more."""
_SOME_TEXT = "x"


def expanded(text: str, given: Firing, external: Mapping[str, str]) -> str | Unforeseen:
    """What a template in a label comes to for series with these labels."""
    from slogen.gotemplates.reads import contents  # noqa: PLC0415 - few labels hold templates

    reads = contents(text)
    if not _is_plain(text, reads):
        return Unforeseen.MAY_BE_EMPTY
    found = _texts(reads, given, external)
    if None not in found.values() and not any(read.kind == "value" for read in reads.reads):
        text_of_all = _rendered(text, {name: value or "" for name, value in found.items()}, external)
        return Unforeseen.MAY_BE_EMPTY if text_of_all is None else text_of_all
    words = (word for action in _ACTION.findall(text) for word in _WORD.findall(_LITERAL.sub("", action)))
    if not _MONOTONOUS.issuperset(words):
        return Unforeseen.MAY_BE_EMPTY
    # The least that it can come to: all that may be missing is.
    least = {name: _SOME_TEXT if name in given.present else value or "" for name, value in found.items()}
    return Unforeseen.NEVER_EMPTY if _rendered(text, least, external) else Unforeseen.MAY_BE_EMPTY


def _is_plain(text: str, reads: Contents) -> bool:
    """Whether a template reads nothing but single labels and the value."""
    simple = all(read.query is None and read.kind != "field" for read in reads.reads)
    labels = sum(read.kind in ("label", "external") for read in reads.reads)
    return (
        simple and not reads.queries and bool(reads.reads or reads.literals) and text.count("abels") == labels
    )


def _texts(reads: Contents, given: Firing, external: Mapping[str, str]) -> dict[str, str | None]:
    """The labels that are read, with their values: empty where they are missing, None where nobody knows."""
    found = {read.name: given.value(read.name) for read in reads.reads if read.kind == "label"}
    unstated = [
        read.name for read in reads.reads if read.kind == "external" and "$" in external.get(read.name, "$")
    ]
    return {**found, **{f"external {name}": None for name in unstated}}


def _rendered(text: str, labels: Mapping[str, str], external: Mapping[str, str]) -> str | None:
    from slogen.gotemplates.alert_text import Unrenderable, rendered  # noqa: PLC0415 - as above

    try:
        return rendered(text, labels, 0, _no_series, external)
    except Unrenderable:
        return None


def _no_series(_: str) -> Sequence[tuple[Mapping[str, str], float]]:
    return ()
