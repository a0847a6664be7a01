"""Whether a regular expression is one to Prometheus, that is to RE2 as Go has it.

Syntax: https://github.com/google/re2/wiki/Syntax. Python's own expressions differ in both directions
(look-around and back references are unknown to RE2), so they cannot judge.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HARMLESS = re.compile(r"(?:[\w \-/:,=@%~\"'<>&;!#]++|\.[*+]?+(?![*+?{])|\||\\\.)*", re.ASCII)
_ESCAPE_ANYWHERE = r"""\\(?:
      x[0-9a-fA-F]{2} | x\{0*(?:10[0-9a-fA-F]{4}|[0-9a-fA-F]{1,5})\}
    | [1-7][0-7]{1,2} | 0[0-7]{0,2}
    | [afnrtvdDsSwW] | [pP](?:[CLMNPSZ]|\{\^?\w+\})
    | [\x00-/:-@\[-`{-\x7f]
)"""
_ATOM = re.compile(
    rf"""
    (?P<quoted>\\Q.*?(?:\\E|\Z))
  | (?P<escape>{_ESCAPE_ANYWHERE} | \\[AbBz])
  | (?P<cls>\[)
  | (?P<flags>\(\?[imsU]*(?:-[imsU]+)?\))
  | (?P<open>\((?:\?(?:P?<(?P<name>[0-9A-Za-z_]+)>|[imsU]*(?:-[imsU]+)?:))?)
  | (?P<close>\))
  | (?P<repeat>(?:[*+?]|\{{(?P<least>[0-9]+)(?P<upto>,(?P<most>[0-9]*))?\}})\??)
  | (?P<either>\|)
  | (?P<char>[^\\\[()*+?])
    """,
    re.VERBOSE | re.DOTALL,
)
_CLASS_NAMES = "alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit"
_CLASS_ITEM = re.compile(
    rf"(?P<set>\[:\^?(?:{_CLASS_NAMES}):\] | \\[dDsSwW] | \\[pP](?:[CLMNPSZ]|\{{\^?\w+\}}))"
    rf"| (?P<char>{_ESCAPE_ANYWHERE} | \[(?!:(?:[^\]:]|:(?!\])){{0,100}}:\]) | [^\\\[])",
    re.VERBOSE | re.DOTALL,
)
_MOST_REPETITIONS = 1000
_NO_OPERAND = "start"


@lru_cache(maxsize=1024)
def regexp_problem(pattern: str) -> str | None:
    """Why Prometheus refuses `pattern`, as the end of a sentence; None if it does not."""
    if _HARMLESS.fullmatch(pattern):
        return None
    return _Reader(pattern).problem()


class _Reader:
    """Reads a pattern once, from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.depth = 0
        self.names: set[str] = set()
        self.before = _NO_OPERAND

    def problem(self) -> str | None:
        at = 0
        while at < len(self.pattern):
            match = _ATOM.match(self.pattern, at)
            if match is None:
                return self._unreadable(at)
            at = match.end()
            if match["cls"]:
                end = _end_of_class(self.pattern, at)
                if end is None:
                    return "a character class is wrong or not closed"
                at = end
            problem = self._accept(match)
            if problem:
                return problem
        return "a group is not closed" if self.depth else None

    def _accept(self, match: re.Match[str]) -> str | None:
        group = match.lastgroup
        if group in ("repeat", "least", "upto", "most"):
            return self._repeat(match)
        if group == "flags" and self.before == _NO_OPERAND:
            return None
        self.before = _NO_OPERAND if group in ("open", "name", "either") else "operand"
        if match["open"] == "(" and self.pattern.startswith("?", match.end()):
            return "RE2 has no look-around and no other group that begins with `(?`"
        if match["open"]:
            self.depth += 1
            return self._group_name(match["name"])
        if group == "close":
            self.depth -= 1
            return "`)` closes nothing" if self.depth < 0 else None
        return None

    def _repeat(self, match: re.Match[str]) -> str | None:
        operator = match["repeat"]
        if self.before == _NO_OPERAND:
            return f"nothing stands before `{operator}`"
        if self.before == "repeat":
            return f"`{operator}` repeats a repetition"
        self.before = "repeat"
        least, most = match.group("least", "most")
        counts = [int(count[-9:]) + 10**9 * (len(count) > 9) for count in (least, most) if count]
        if any(count > _MOST_REPETITIONS for count in counts) or counts != sorted(counts):
            return f"`{operator}` is no count up to {_MOST_REPETITIONS}"
        return None

    def _group_name(self, name: str | None) -> str | None:
        if name is None:
            return None
        if name in self.names:
            return f"the group `{name}` stands there twice"
        self.names.add(name)
        return None

    def _unreadable(self, at: int) -> str:
        if self.pattern[at] != "\\":
            return "a group or character is unknown to RE2"
        written = self.pattern[at : at + 2]
        return f"`{written}` is no escape of RE2" if len(written) > 1 else "it ends in a backslash"


def _end_of_class(pattern: str, at: int) -> int | None:
    """The offset behind a character class whose bracket was read; None if it is wrong or not closed."""
    at += pattern.startswith("^", at)
    first = True
    while first or not pattern.startswith("]", at):
        first = False
        item = _CLASS_ITEM.match(pattern, at)
        if item is None:
            return None
        at = item.end()
        if item["set"] or not pattern.startswith("-", at) or pattern.startswith("-]", at):
            continue
        upper = _CLASS_ITEM.match(pattern, at + 1)
        if upper is None or upper["set"] or _code_point(item.group()) > _code_point(upper.group()):
            return None
        at = upper.end()
    return at + 1


_CONTROL = dict(zip("afnrtv", "\a\f\n\r\t\v", strict=True))


def _code_point(written: str) -> int:
    """The character that one item of a class stands for."""
    if written[0] != "\\":
        return ord(written)
    escaped = written[1:]
    if escaped[0] == "x":
        return int(escaped.strip("x{}"), 16)
    if escaped[0].isdigit():
        return int(escaped, 8)
    return ord(_CONTROL.get(escaped, escaped))
