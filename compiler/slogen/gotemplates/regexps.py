"""Regular expressions of RE2, in as far as Python's are the same.

Both take the leftmost match and, of several there, the one of the first alternative.
"""

from __future__ import annotations

import re
from functools import lru_cache, partial

from slogen.gotemplates.values import Unfit
from slogen.promql.regexps import regexp_problem

_ALIKE = re.compile(
    r"""(?:
        [^\\\[\]{}()*+?|^$.]                          # a character
      | [.^|)] | \(\?: | \((?!\?) | \(\?P<\w+>
      | (?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??(?![*+?{])
      | (?P<end>\$) | (?P<space>\\[sS])
      | \\[dDwWbB] | \\[^\w\s] | \\[nrtf]
      | \[\^?\]?(?:[^\\\[\]&|~-]|-(?!-)|\\[dDwW]|\\[^\w\s]|\\[nrtf])*+\]
    )""",
    re.VERBOSE | re.ASCII,
)
_FOLDING = re.compile(r"\(\?(i|s|is|si)\)")
_NAME = re.compile(r"\$(?:\{(\w+)\}|(\w+)|(\$))", re.ASCII)
_SPACES = {r"\s": r"[\t\n\f\r ]", r"\S": r"[^\t\n\f\r ]"}


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Raises Unfit for an expression that is beyond what both understand alike."""
    unfit = Unfit(f"the regular expression `{pattern}` is beyond what can be foretold", "write a simpler one")
    if regexp_problem(pattern):
        raise unfit
    flags = _FOLDING.match(pattern)
    body = pattern[flags.end() :] if flags else pattern
    pieces: list[str] = []
    at = 0
    while at < len(body):
        match = _ALIKE.match(body, at)
        if match is None:
            raise unfit
        at = match.end()
        pieces.append(r"\Z" if match["end"] else _SPACES.get(match[0], match[0]))
    try:
        return re.compile("".join(pieces), re.ASCII | _flags(flags[1] if flags else ""))
    except (re.error, OverflowError, RecursionError):
        raise unfit from None


def _flags(letters: str) -> re.RegexFlag:
    found = re.RegexFlag(0)
    found |= re.IGNORECASE if "i" in letters else found
    return found | (re.DOTALL if "s" in letters else found)


def _checked(pattern: str, text: str) -> re.Pattern[str]:
    compiled = _compiled(pattern)
    if compiled.flags & re.IGNORECASE and not (pattern.isascii() and text.isascii()):
        raise Unfit(f"`{pattern}` ignores the case of letters beyond ASCII", "write both cases")
    return compiled


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
            pieces.append(_NAME.sub(partial(_group, match), replacement))
        last = end
        search = end if end > search else search + 1
    return "".join((*pieces, text[last:]))


def _group(match: re.Match[str], name: re.Match[str]) -> str:
    if name[3]:
        return "$"
    group = name[1] or name[2]
    if group.isdecimal():
        return (match[int(group)] or "") if int(group) <= match.re.groups else ""
    return (match[group] or "") if group in match.re.groupindex else ""
