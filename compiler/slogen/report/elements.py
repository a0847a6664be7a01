"""HTML and SVG as trees: what is written into them is text, whatever it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias
from xml.etree import ElementTree

Element: TypeAlias = "ElementTree.Element[str]"
Child: TypeAlias = "Element | str | None"

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def element(tag: str, *children: Child, **attributes: str) -> Element:
    """An element with its children in order; None is no child. `class_` and `for_` are `class` and `for`, and
    `_` within a name of an attribute is `-`."""
    found = ElementTree.Element(tag, {_attribute(name): _text(value) for name, value in attributes.items()})
    last: Element | None = None
    for child in children:
        if child is None:
            continue
        if not isinstance(child, str):
            found.append(child)
            last = child
        elif last is None:
            found.text = (found.text or "") + _text(child)
        else:
            last.tail = (last.tail or "") + _text(child)
    return found


def _attribute(name: str) -> str:
    return {"viewBox": "viewBox"}.get(name, name.rstrip("_").replace("_", "-"))


def _text(value: str) -> str:
    return _NOT_TEXT.sub("\ufffd", value)


def row(tag: str, cells: Iterable[Child]) -> Element:
    """A row of a table, of cells with a tag."""
    return element("tr", *(element(tag, cell) for cell in cells))


def document(root: Element) -> str:
    """The text of a whole page."""
    return f"<!DOCTYPE html>\n{ElementTree.tostring(root, encoding='unicode', method='html')}\n"
