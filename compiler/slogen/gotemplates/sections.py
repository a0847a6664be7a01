"""Cuts a template into sections, each of which gives its part of the text by itself."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_ACTION: Final = re.compile(
    r"""\{\{ [ \t\r\n]* (?P<word>\w*)
        (?: "(?:\\.|[^"\\\n])*" | `[^`]*` | '(?:\\.|[^'\\\n])*' | \}(?!\}) | [^"'`}] )*
        \}\}""",
    re.VERBOSE,
)
_DEPTHS: Final = {"if": 1, "range": 1, "with": 1, "end": -1}
# What takes away the space around it, or means something to other actions: comments, variables, names.
_REACHES_OUT: Final = re.compile(r"\{\{-|-\}\}|/\*|:=|\b(?:block|define|template)\b")


@lru_cache(maxsize=1024)
def sections(template: str) -> tuple[str, ...]:
    """The texts between actions, the actions, and the blocks of a template, in order.

    Together they are the template, and what they give by themselves is together what it gives. It is one
    section where its parts depend on each other, or where it cannot be read.
    """
    found: list[str] = []
    start = depth = at = 0
    while (opening := template.find("{{", at)) >= 0:
        action = _ACTION.match(template, opening)
        if action is None or _REACHES_OUT.search(action[0]):
            return (template,)
        if not depth and start < opening:
            found.append(template[start:opening])
            start = opening
        depth += _DEPTHS.get(action["word"], 0)
        if depth < 0:
            return (template,)
        at = action.end()
        if not depth:
            found.append(template[start:at])
            start = at
    if depth:
        return (template,)
    return (*found, template[start:]) if start < len(template) else tuple(found)
