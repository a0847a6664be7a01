"""Markdown as GitHub and GitLab read it (https://github.github.com/gfm/), from texts that are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SIGNS = re.compile(r"([\\`*_\[\]#|~])")
_TAGS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_WITHIN_WORDS = re.compile(r"(?<=\w)\\_(?=\w)")
_BEGINS_A_LIST = re.compile(r"^([ \t]*[0-9]*)([-+=.)])", re.MULTILINE)


def escaped(text: str) -> str:
    """Text of an author that shows as it is written: HTML and signs of Markdown mean nothing in it."""
    plain = "".join(_TAGS.get(char, char) for char in text)
    signed = _WITHIN_WORDS.sub("_", _SIGNS.sub(r"\\\1", plain))
    return _BEGINS_A_LIST.sub(r"\1\\\2", signed)


def code(text: str) -> str:
    """A name or a value within a line, whatever backticks are in it."""
    one_line = " ".join(text.split())
    if not one_line:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", one_line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if one_line[0] == "`" or one_line[-1] == "`" else ""
    return f"{fence}{pad}{one_line}{pad}{fence}"


def block(text: str, language: str) -> str:
    """Lines of code."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def link(text: str, url: str) -> str:
    """A link; what would end its address is written otherwise."""
    safe = url.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
    return f"[{escaped(text)}]({''.join(safe.split())})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    # A sign that parts cells parts them within code, too.
    return " ".join(re.sub(r"(?<!\\)\|", r"\\|", text).split())
