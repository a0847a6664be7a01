"""The functions of templates that take regular expressions: `match` and `reReplaceAll`."""

from __future__ import annotations

import re
from functools import lru_cache

from slogen.gotemplates.values import Unfit
from slogen.promql.patterns import compiled_pattern, expanded
from slogen.promql.regexps import regexp_problem

_FOLDS = re.compile(r"\(\?[sUm]*i")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Raises Unfit for an expression that is wrong or beyond Python's."""
    compiled = None if regexp_problem(pattern) else compiled_pattern(pattern)
    if compiled is None:
        raise Unfit(
            f"the regular expression `{pattern}` is beyond what can be foretold", "write a simpler one"
        )
    return compiled


def _checked(pattern: str, text: str) -> re.Pattern[str]:
    if _FOLDS.search(pattern) and not (pattern.isascii() and text.isascii()):
        raise Unfit(f"`{pattern}` ignores the case of letters beyond ASCII", "write both cases")
    return _compiled(pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern matches a part of the text. Raises Unfit."""
    return _checked(pattern, text).search(text) is not None


def replaced(pattern: str, replacement: str, text: str) -> str:
    """The text with every match replaced; `$1` and `${name}` are its groups. Raises Unfit."""
    compiled = _checked(pattern, text)
    pieces: list[str] = []
    search = last = 0
    while search <= len(text):
        match = compiled.search(text, search)
        if match is None:
            break
        start, end = match.span()
        pieces.append(text[last:start])
        # Nothing is not replaced right behind another match.
        if end > last or start == 0:
            pieces.append(expanded(replacement, match))
        last = end
        search = end if end > search else search + 1
    return "".join((*pieces, text[last:]))
