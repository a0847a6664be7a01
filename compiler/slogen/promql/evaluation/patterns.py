"""Regular expressions of RE2, which Prometheus uses, as ones of Python.

Unlike `slogen.promql.patterns`, this keeps the groups, which `label_replace` refers to. Source:
https://github.com/google/re2/wiki/Syntax. What Python cannot express is Unknown: classes of Unicode (`\\pL`)
and single bytes (`\\C`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

from slogen.promql.evaluation.refusals import Failed, Unknown
from slogen.promql.patterns import matches, read_pattern
from slogen.promql.regexps import regexp_problem

_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAMED = re.compile(r"\(\?P?<(\w+)>")
_REPETITION = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_CODE = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))|\\([0-7]{3}|0[0-7]{0,2})")
_POSIX_CLASS = re.compile(r"\[:(\^?)([a-z]+):\]")
_SPECIAL = frozenset(".^$*+?{}[]\\|()-&~#")

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-\\x7e",
    "lower": "a-z",
    "print": "\\x20-\\x7e",
    "punct": "!-\\x2f:-@\\[-`{-\\x7e",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
# The complements, for classes in which such a class is negated.
_NOT_POSIX = {
    "alnum": "\\x00-/:-@\\[-`{-\\U0010ffff",
    "alpha": "\\x00-@\\[-`{-\\U0010ffff",
    "ascii": "\\x80-\\U0010ffff",
    "blank": "\\x00-\\x08\\x0a-\\x1f!-\\U0010ffff",
    "cntrl": "\\x20-\\x7e\\x80-\\U0010ffff",
    "digit": "\\x00-/:-\\U0010ffff",
    "graph": "\\x00-\\x20\\x7f-\\U0010ffff",
    "lower": "\\x00-`{-\\U0010ffff",
    "print": "\\x00-\\x1f\\x7f-\\U0010ffff",
    "punct": "\\x00-\\x200-9A-Za-z\\x7f-\\U0010ffff",
    "space": "\\x00-\\x08\\x0e-\\x1f!-\\U0010ffff",
    "upper": "\\x00-@\\[-\\U0010ffff",
    "word": "\\x00-/:-@\\[-\\^`{-\\U0010ffff",
    "xdigit": "\\x00-/:-@G-`g-\\U0010ffff",
}
_ESCAPES = {"z": "\\Z", "A": "\\A", "a": "\\x07", "s": "[\\t\\n\\f\\r ]", "S": "[^\\t\\n\\f\\r ]"}
_ESCAPES_IN_CLASS = {"a": "\\x07", "s": "\\t\\n\\f\\r ", "S": "\\x00-\\x08\\x0b\\x0e-\\x1f!-\\U0010ffff"}


@lru_cache(maxsize=2048)
def pattern_of(pattern: str, dot_takes_newline: bool) -> re.Pattern[str]:
    """The expression of Python that finds what `pattern` finds, to be used with `fullmatch`.

    `dot_takes_newline` since Prometheus 3. Raises Failed for a wrong pattern, Unknown for one beyond Python.
    """
    problem = regexp_problem(pattern)
    if problem:
        raise Failed(f"the regular expression `{pattern}` is wrong: {problem}")
    flags = re.ASCII | (re.DOTALL if dot_takes_newline else re.NOFLAG)
    try:
        return re.compile(_Translation(pattern).translated(), flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise Unknown(f"has the regular expression `{pattern}`, which is beyond Python's: {error}") from None


@lru_cache(maxsize=2048)
def takes(pattern: str, dot_takes_newline: bool) -> Callable[[str], bool]:
    """Whether a regular expression of RE2, anchored at both ends, matches a text. Raises as `pattern_of`."""
    try:
        fullmatch = pattern_of(pattern, dot_takes_newline).fullmatch
    except Unknown:
        # Without groups to remember, more can be expressed.
        if read_pattern(pattern) is None:
            raise
        return partial(matches, pattern)
    return lambda text: fullmatch(text) is not None


class _Translation:
    """Reads a pattern once from left to right.

    RE2's flags such as `(?i)` hold to the end of their group; Python wants a group of their own, which is
    closed and opened again at each `|`.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.out: list[str] = []
        # Of each open group: the openings to repeat behind `|`, and whether `$` may match within the text.
        self.groups: list[tuple[list[str], bool]] = []
        self.reopened: list[str] = []
        self.many_lines = False

    def translated(self) -> str:
        while self.at < len(self.pattern):
            self._step(self.pattern[self.at])
        return "".join(self.out) + ")" * len(self.reopened)

    def _step(self, char: str) -> None:
        readers = {"\\": self._escape, "[": self._class, "(": self._open, ")": self._close, "|": self._either}
        if char in readers:
            readers[char]()
            return
        if char == "$" and not self.many_lines:
            self._put("\\Z", 1)
        elif char == "{" and not _REPETITION.match(self.pattern, self.at):
            self._put("\\{", 1)
        else:
            self._put(char, 1)

    def _put(self, text: str, length: int) -> None:
        self.out.append(text)
        self.at += length

    def _either(self) -> None:
        self._put(")" * len(self.reopened) + "|" + "".join(self.reopened), 1)

    def _open(self) -> None:
        flags = _FLAGS.match(self.pattern, self.at)
        if flags is None:
            self._push()
            named = _NAMED.match(self.pattern, self.at)
            self._put(f"(?P<{named[1]}>" if named else "(", len(named[0]) if named else 1)
            return
        opening = self._opening(flags)
        if flags[3] == ":":
            self._push()
            self._set_lines(flags)
            self._put(opening, len(flags[0]))
            return
        self._set_lines(flags)
        self.reopened.append(opening)
        self._put(opening, len(flags[0]))

    def _push(self) -> None:
        self.groups.append((self.reopened, self.many_lines))
        self.reopened = []

    def _set_lines(self, flags: re.Match[str]) -> None:
        if "m" in flags[1]:
            self.many_lines = True
        if flags[2] and "m" in flags[2]:
            self.many_lines = False

    def _opening(self, flags: re.Match[str]) -> str:
        """Greediness (`U`) decides only what groups capture: without an effect on whether a text matches."""
        on, off = flags[1].replace("U", ""), (flags[2] or "").replace("U", "")
        on = "".join(dict.fromkeys(on.replace("m", "m")))
        off = "".join(flag for flag in dict.fromkeys(off) if flag not in on)
        return f"(?{on}{'-' + off if off else ''}:"

    def _close(self) -> None:
        self._put(")" * len(self.reopened) + ")", 1)
        if self.groups:
            self.reopened, self.many_lines = self.groups.pop()

    def _escape(self) -> None:
        if self.pattern.startswith("\\Q", self.at):
            end = self.pattern.find("\\E", self.at)
            end = len(self.pattern) if end < 0 else end
            literal = self.pattern[self.at + 2 : end]
            self._put(re.escape(literal), len(literal) + 4)
            return
        code = _CODE.match(self.pattern, self.at)
        if code:
            self._put(re.escape(_character(code)), len(code[0]))
            return
        letter = self.pattern[self.at + 1 : self.at + 2]
        self._check(letter)
        self._put(_ESCAPES.get(letter, "\\" + letter), 2)

    def _check(self, letter: str) -> None:
        if letter in ("p", "P", "C"):
            raise Unknown(f"has `\\{letter}` in the regular expression `{self.pattern}`")

    def _class(self) -> None:
        end = 2 if self.pattern.startswith("[^", self.at) else 1
        self._put(self.pattern[self.at : self.at + end], end)
        first = True
        while self.at < len(self.pattern) and (first or self.pattern[self.at] != "]"):
            first = False
            self._item()
        self._put("]", 1)

    def _item(self) -> None:
        posix = _POSIX_CLASS.match(self.pattern, self.at)
        if posix:
            self._put((_NOT_POSIX if posix[1] else _POSIX).get(posix[2], ""), len(posix[0]))
            return
        code = _CODE.match(self.pattern, self.at)
        if code:
            self._put(f"\\U{ord(_character(code)):08x}", len(code[0]))
            return
        char = self.pattern[self.at]
        if char != "\\":
            self._put(f"\\{char}" if char in "[]&~|^" else char, 1)
            return
        letter = self.pattern[self.at + 1 : self.at + 2]
        self._check(letter)
        self._put(_ESCAPES_IN_CLASS.get(letter, "\\" + letter), 2)


def _character(code: re.Match[str]) -> str:
    number = int(code[3], 8) if code[3] else int(code[1] or code[2], 16)
    return chr(min(number, 0x10FFFF))
