"""Regular expressions of RE2 as trees: to match with Python's engine, and to write values that match.

Syntax: https://github.com/google/re2/wiki/Syntax. Patterns must be sound (`regexps.regexp_problem`); of one
that is not, or that is too deep, nothing is known.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]

_MOST_SAMPLES = 32
_LONGEST_SAMPLE = 200
_LAST = sys.maxunicode
_PLAIN = re.compile(r"[\w \-/:,=@%~\"'<>&;!#]*(?:\|[\w \-/:,=@%~\"'<>&;!#]*)*", re.ASCII)
_COUNT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAMED = re.compile(r"\(\?P?<[0-9A-Za-z_]+>")
_CODE = re.compile(r"x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]+)\}|([0-7]{1,3})")
_CLASS = re.compile(r"\[:(\^?)(\w+):\]")
_UNICODE = re.compile(r"([pP])(?:([A-Z])|\{(\^?)(\w+)\})")
_CONTROL = dict(zip("afnrtv", "\a\f\n\r\t\v", strict=True))
_DIGITS, _SPACES, _WORD = "09", "\t\n\f\r  ", "09AZ__az"
_PERL = {"d": _DIGITS, "s": _SPACES, "w": _WORD}
_POSIX = {
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "ascii": "\x00\x7f",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": _DIGITS,
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "word": _WORD,
    "xdigit": "09AFaf",
}


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of ranges of code points. `any` is the point, which a sample may leave natural."""

    ranges: Ranges
    fold: bool = False
    any: bool = False


@dataclass(frozen=True, slots=True)
class Several:
    """One node behind another; an empty one matches nothing but the empty text."""

    nodes: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """Alternatives."""

    nodes: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A node, `least` to `most` times; None for any number."""

    node: Pattern
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """What takes no character, as Python's engine writes it."""

    python: str


Pattern = Chars | Several | Either | Repeated | Anchor


@lru_cache(maxsize=1024)
def read_pattern(text: str) -> Pattern | None:
    """The tree of a sound regular expression; None of one that is not, or that is too deep."""
    try:
        reader = _Reader(text)
        tree = reader.either()
        return tree if reader.at == len(text) else None
    except (ValueError, IndexError, RecursionError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def matches(pattern: str, value: str) -> bool:
    """Whether a sound regular expression matches the whole of a value, as Prometheus' matchers do.

    False of an expression that cannot be read.
    """
    if _PLAIN.fullmatch(pattern):
        return value in pattern.split("|")
    compiled = _compiled(pattern)
    return compiled is not None and compiled.fullmatch(value) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    tree = read_pattern(pattern)
    if tree is None:
        return None
    try:
        return re.compile(_python(tree))
    except (re.error, RecursionError, OverflowError):
        return None


def replaced(pattern: str, replacement: str, value: str) -> str | None:
    """What `label_replace` makes of a value: the replacement with its `$1`; None where nothing matches."""
    if regrouped(pattern) is None:
        return None
    try:
        found = re.fullmatch(regrouped(pattern) or "", value)
    except (re.error, RecursionError):
        return None
    if found is None:
        return None

    def group(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if match[0] == "$$":
            return "$"
        try:
            return found[int(name)] or "" if name.isdigit() else found[name] or ""
        except (IndexError, re.error):
            return ""

    return re.sub(r"\$\$|\$(?:\{(\w+)\}|(\w+))", group, replacement)


@lru_cache(maxsize=256)
def regrouped(pattern: str) -> str | None:
    """The pattern for Python's engine with its groups, where both dialects are the same; else None."""
    text = re.sub(r"\(\?<(?=\w)", "(?P<", pattern)
    if re.search(r"\\[pPzQC]|\[\[?:|\(\?[imsU-]", text):
        return None
    return text


# reading ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reader:
    """Reads a pattern from left to right; raises ValueError or IndexError where it is not sound."""

    text: str
    at: int = 0
    flags: frozenset[str] = frozenset()
    _stack: list[frozenset[str]] = field(default_factory=list)

    def either(self) -> Pattern:
        branches = [self._several()]
        while self.text.startswith("|", self.at):
            self.at += 1
            branches.append(self._several())
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _several(self) -> Pattern:
        nodes: list[Pattern] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            nodes += self._nodes()
        return nodes[0] if len(nodes) == 1 else Several(tuple(nodes))

    def _nodes(self) -> list[Pattern]:
        if self.text.startswith("\\Q", self.at):
            return self._quoted()
        atom = self._atom()
        if atom is None:
            return []
        return [self._repeated(atom)]

    def _quoted(self) -> list[Pattern]:
        end = self.text.find("\\E", self.at)
        body = self.text[self.at + 2 : end if end >= 0 else len(self.text)]
        self.at = end + 2 if end >= 0 else len(self.text)
        chars: list[Pattern] = [self._char(char) for char in body]
        return [*chars[:-1], self._repeated(chars[-1])] if chars else []

    def _repeated(self, atom: Pattern) -> Pattern:
        while self.at < len(self.text):
            operator = self.text[self.at]
            counted = _COUNT.match(self.text, self.at) if operator == "{" else None
            if counted:
                least = int(counted[1])
                most = None if counted[2] and not counted[3] else int(counted[3] or counted[1])
                self.at = counted.end()
            elif operator in "*+?":
                least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[operator]
                self.at += 1
            else:
                return atom
            self.at += self.text.startswith("?", self.at)
            atom = Repeated(atom, least, most)
        return atom

    def _atom(self) -> Pattern | None:
        char = self.text[self.at]
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.at += 1
        if char == ".":
            newline = ord("\n")
            ranges = ((0, _LAST),) if "s" in self.flags else ((0, newline - 1), (newline + 1, _LAST))
            return Chars(ranges, any=True)
        if char == "^":
            return Anchor("(?m:^)" if "m" in self.flags else r"\A")
        if char == "$":
            return Anchor("(?m:$)" if "m" in self.flags else r"\Z")
        return self._char(char)

    def _char(self, char: str) -> Chars:
        return Chars(((ord(char), ord(char)),), fold="i" in self.flags)

    def _group(self) -> Pattern | None:
        flags = _FLAGS.match(self.text, self.at)
        before = self.flags
        if flags:
            self.at = flags.end()
            self.flags = (self.flags | set(flags[1])) - set(flags[2] or "")
            if flags[3] == ")":
                return None
        else:
            named = _NAMED.match(self.text, self.at)
            self.at = named.end() if named else self.at + 1
        inside = self.either()
        if self.text[self.at] != ")":
            raise ValueError("a group is not closed")
        self.at += 1
        self.flags = before
        return inside

    def _escape(self) -> Pattern:
        self.at += 1
        char = self.text[self.at]
        anchors = {"A": r"\A", "z": r"\Z", "b": r"(?a:\b)", "B": r"(?a:\B)"}
        if char in anchors:
            self.at += 1
            return Anchor(anchors[char])
        ranges = self._set()
        if ranges is not None:
            return Chars(ranges, fold="i" in self.flags)
        return self._char(self._escaped())

    def _set(self) -> Ranges | None:
        """The characters of an escape such as `\\d` or `\\pL` whose backslash was read; None for others."""
        char = self.text[self.at]
        if char.lower() in _PERL:
            self.at += 1
            found = _pairs(_PERL[char.lower()])
            return _outside(found) if char.isupper() else found
        named = _UNICODE.match(self.text, self.at)
        if named is None:
            return None
        self.at = named.end()
        found = _of_unicode(named[2] or named[4])
        return _outside(found) if (named[1] == "P") != (named[3] == "^") else found

    def _escaped(self) -> str:
        """The character of an escape whose backslash was read."""
        code = _CODE.match(self.text, self.at)
        if code:
            self.at = code.end()
            return chr(int(code[3], 8) if code[3] else int(code[1] or code[2], 16))
        char = self.text[self.at]
        self.at += 1
        return _CONTROL.get(char, char)

    def _class(self) -> Pattern:
        self.at += 1
        negated = self.text[self.at] == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        first = True
        while first or self.text[self.at] != "]":
            first = False
            ranges += self._item()
        self.at += 1
        found = _merged(ranges)
        fold = "i" in self.flags
        if negated and fold:
            found = _merged([*found, *_swapped(found)])
        return Chars(_outside(found) if negated else found, fold=fold and not negated)

    def _item(self) -> Sequence[tuple[int, int]]:
        posix = _CLASS.match(self.text, self.at)
        if posix and posix[2] in _POSIX:
            self.at = posix.end()
            found = _pairs(_POSIX[posix[2]])
            return _outside(found) if posix[1] else found
        if self.text[self.at] == "\\":
            self.at += 1
            named = self._set()
            if named is not None:
                return named
            low = self._escaped()
        else:
            low = self.text[self.at]
            self.at += 1
        if self.text[self.at] != "-" or self.text[self.at + 1] == "]":
            return ((ord(low), ord(low)),)
        self.at += 1
        high = self.text[self.at]
        self.at += 1
        if high == "\\":
            high = self._escaped()
        if high < low:
            raise ValueError("a range of characters is upside down")
        return ((ord(low), ord(high)),)


def _pairs(ends: str) -> Ranges:
    return tuple((ord(ends[i]), ord(ends[i + 1])) for i in range(0, len(ends), 2))


def _merged(ranges: Sequence[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _outside(ranges: Ranges) -> Ranges:
    found: list[tuple[int, int]] = []
    start = 0
    for low, high in _merged(ranges):
        if low > start:
            found.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        found.append((start, _LAST))
    return tuple(found)


def _swapped(ranges: Ranges) -> Iterator[tuple[int, int]]:
    """The letters among the characters in the other case; those beyond ASCII of short ranges only."""
    for low, high in ranges:
        for code in range(low, min(high, low + _MOST_SWAPPED) + 1):
            char = chr(code)
            for other in (char.lower(), char.upper(), *_ALSO.get(char.lower(), "")):
                if len(other) == 1:
                    yield (ord(other), ord(other))


# The sign of kelvin and the long s, which fold to letters of ASCII.
_ALSO = {"k": "\u212a", "s": "\u017f"}
_MOST_SWAPPED = 1024


@lru_cache(maxsize=16)
def _of_unicode(name: str) -> Ranges:
    """The characters of a general category, or of a script, which the names of characters begin with."""
    if name == "Any":
        return ((0, _LAST),)
    if len(name) <= 2:
        found = [code for code in range(_LAST + 1) if unicodedata.category(chr(code)).startswith(name)]
    else:
        script = name.upper().replace("_", " ")
        found = [code for code in range(0x20000) if unicodedata.name(chr(code), "").startswith(script)]
    if not found:
        raise ValueError(f"no character is of {name}")
    return _merged([(code, code) for code in found])


# writing ----------------------------------------------------------------------------------------------


def _python(node: Pattern) -> str:
    """The pattern for Python's engine."""
    match node:
        case Anchor(python):
            return python
        case Chars(ranges, fold):
            text = _python_class(ranges)
            return f"(?i:{text})" if fold else text
        case Several(nodes):
            return "".join(map(_python, nodes))
        case Either(nodes):
            return f"(?:{'|'.join(map(_python, nodes))})"
        case Repeated(inner, least, most):
            return f"(?:{_python(inner)}){{{least},{'' if most is None else most}}}"


def _python_class(ranges: Ranges) -> str:
    if not ranges:
        return r"[^\s\S]"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return re.escape(chr(ranges[0][0]))
    return "[" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges) + "]"


def samples(node: Pattern, variant: int = 0, before: str = "") -> list[str]:
    """A few texts that a pattern matches, short and plain ones; anchors are not heeded.

    `before` is the character in front. Variants differ in what fills points, classes and repetitions.
    """
    match node:
        case Anchor():
            return [""]
        case Chars():
            char = _char_of(node, variant, before)
            return [] if char is None else [char]
        case Either(nodes):
            return [text for inner in nodes for text in samples(inner, variant, before)][:_MOST_SAMPLES]
        case Several(nodes):
            return _in_a_row(nodes, variant, before)
        case Repeated(inner, least, most):
            count = least + (variant % 2 if most is None or most > least else 0)
            return _in_a_row((inner,) * min(count, _LONGEST_SAMPLE), variant, before)


def _in_a_row(nodes: Sequence[Pattern], variant: int, before: str) -> list[str]:
    found = [""]
    for node in nodes:
        found = [text + more for text in found for more in samples(node, variant, text[-1:] or before)][
            :_MOST_SAMPLES
        ]
        found = [text for text in found if len(text) <= _LONGEST_SAMPLE]
    return found


def _char_of(chars: Chars, variant: int, before: str) -> str | None:
    digits, letters = "0193", "abzA"
    natural = digits + letters if before.isdigit() else letters + digits
    shift = variant % 4
    for char in natural[shift:4] + natural[:shift] + natural[4:] + "/_-. ":
        if _has(chars.ranges, ord(char)):
            return char
    return chr(chars.ranges[0][0]) if chars.ranges else None


def _has(ranges: Ranges, code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)
