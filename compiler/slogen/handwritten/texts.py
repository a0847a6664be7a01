"""The texts of a hand-written alert: its labels and annotations, which are templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from slogen.ir import Rule
from slogen.source import Span

if TYPE_CHECKING:
    from slogen.gotemplates.reads import Contents, Read


class AlertText(NamedTuple):
    """A label or an annotation of an alert: the text by its name, and where it was written.

    The place is that of the rule's name where the text comes from Settings.
    """

    kind: Literal["label", "annotation"]
    name: str
    text: str
    at: Span
    is_own: bool

    def place(self, place: tuple[int, int]) -> Span:
        """Where characters of the text were written."""
        return self.at.slice(*place) if self.is_own else self.at

    @property
    def contents(self) -> Contents:
        """What the template reads and prints."""
        from slogen.gotemplates.reads import contents  # noqa: PLC0415 - many texts hold no template

        return contents(self.text)

    def __str__(self) -> str:
        return f"the {self.kind} `{self.name}`"


def texts_of(rule: Rule) -> Iterator[AlertText]:
    """The labels and annotations of an alert; none of a recording rule, which has no templates."""
    where = rule.where
    if not rule.alert or where is None:
        return
    for name, text in rule.labels.items():
        part = f"labels.{name}"
        yield AlertText("label", name, text, where[part], part in where)
    for name, text in rule.annotations.items():
        part = f"annotations.{name}"
        yield AlertText("annotation", name, text, where[part], part in where)


def labels_read(rule: Rule) -> Iterator[tuple[AlertText, Read]]:
    """What the texts of an alert read of its labels, by name. What a condition looks at may be missing."""
    for text in texts_of(rule):
        if "{{" not in text.text or not text.is_own:
            continue
        for read in text.contents.reads:
            if read.kind == "label" and not read.guarded and read.query is None:
                yield text, read
