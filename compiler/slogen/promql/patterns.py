"""Regular expressions of RE2 as trees: to run with Python's engine, and to write values that match.

Both engines take the leftmost match and, of several there, the one of the first alternative; so groups are
the same, too. Syntax: https://github.com/google/re2/wiki/Syntax. Patterns must be sound
(`regexps.regexp_problem`); of one that is not, or that is too deep, nothing is known.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

Ranges = tuple[tuple[int, int], ...]

_MOST_SAMPLES = 32
_LONGEST_SAMPLE = 200
_LAST = sys.maxunicode
_PLAIN = re.compile(r"[\w \-/:,=@%~\"'<>&;!#]*(?:\|[\w \-/:,=@%~\"'<>&;!#]*)*", re.ASCII)
# What is written alike for Python's engine.
_ALIKE = re.compile(
    r"(?:[\w \-/:,=@%~\"'<>&;!|.*+?)]|\((?!\?)|\\[./-]|\[\^?(?:[\w./:]|-(?!-))+\])*", re.ASCII
)
_COUNT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAMED = re.compile(r"\(\?P?<([0-9A-Za-z_]+)>")
_REFERENCE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")
# Names of groups may begin with a digit, unlike Python's.
_GROUP = "group_"
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
    """A node, `least` to `most` times; None for any number. A lazy one takes as few as it can."""

    node: Pattern
    least: int
    most: int | None
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What `$1` and, by its name, `${name}` refer to."""

    node: Pattern
    name: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What takes no character, as Python's engine writes it."""

    python: str


Pattern = Chars | Several | Either | Repeated | Group | Anchor


@lru_cache(maxsize=1024)
def read_pattern(text: str, dot_takes_newline: bool = False) -> Pattern | None:
    """The tree of a sound regular expression; None of one that is not, or that is too deep."""
    try:
        reader = _Reader(text, flags=frozenset("s" if dot_takes_newline else ""))
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
    compiled = compiled_pattern(pattern)
    return compiled is not None and compiled.fullmatch(value) is not None


@lru_cache(maxsize=2048)
def compiled_pattern(pattern: str, dot_takes_newline: bool = False) -> re.Pattern[str] | None:
    """A sound regular expression for Python's engine; None of one that is beyond it, or that cannot be read.

    It has the groups of the pattern, for `expanded`. The dot takes a newline since Prometheus 3, never in
    templates.
    """
    try:
        if _ALIKE.fullmatch(pattern):
            return re.compile(pattern, re.DOTALL if dot_takes_newline else re.NOFLAG)
        tree = read_pattern(pattern, dot_takes_newline)
        return None if tree is None else re.compile(_python(tree))
    except (re.error, RecursionError, OverflowError):
        return None


def replaced(pattern: str, replacement: str, value: str) -> str | None:
    """What `label_replace` makes of a value: the replacement with its `$1`; None where nothing matches."""
    compiled = compiled_pattern(pattern)
    found = compiled.fullmatch(value) if compiled else None
    return expanded(replacement, found) if found else None


def expanded(replacement: str, match: re.Match[str]) -> str:
    """Puts groups in for `$1`, `${name}` as Go's regexp does: what does not exist is empty, `$$` a dollar.

    `match` is one of a `compiled_pattern`.
    """
    return _REFERENCE.sub(partial(_referred, match), replacement) if "$" in replacement else replacement


def _referred(match: re.Match[str], reference: re.Match[str]) -> str:
    name = reference[2] or reference[3]
    if name is None:
        return "$"
    group: int | str = int(name) if name.isascii() and name.isdigit() and len(name) < 9 else _GROUP + name
    known = group <= match.re.groups if isinstance(group, int) else group in match.re.groupindex
    return match[group] or "" if known else ""


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
            lazy = self.text.startswith("?", self.at)
            self.at += lazy
            atom = Repeated(atom, least, most, lazy != ("U" in self.flags))
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
        named = None
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
        return inside if flags else Group(inside, named[1] if named else "")

    def _escape(self) -> Pattern:
        self.at += 1
        char = self.text[self.at]
        anchors = {"A": r"\A", "z": r"\Z", "b": r"(?a:\b)", "B": r"(?a:(?!\b))"}
        if char in anchors:
            self.at += 1
            return Anchor(anchors[char])
        ranges = self._set()
        if ranges is not None:
            return Chars(ranges, fold="i" in self.flags and ranges[-1][1] < _LAST)
        return self._char(self._escaped())

    def _set(self) -> Ranges | None:
        """The characters of an escape such as `\\d` or `\\pL` whose backslash was read; None for others."""
        char = self.text[self.at]
        if char.lower() in _PERL:
            self.at += 1
            found = _pairs(_PERL[char.lower()])
            return self._others(found) if char.isupper() else found
        named = _UNICODE.match(self.text, self.at)
        if named is None:
            return None
        self.at = named.end()
        found = _of_unicode(named[2] or named[4])
        return self._others(found) if (named[1] == "P") != (named[3] == "^") else found

    def _others(self, ranges: Sequence[tuple[int, int]]) -> Ranges:
        """The characters outside of ranges: where case is ignored, those that are so in either case."""
        return _outside([*ranges, *_swapped(ranges)] if "i" in self.flags else ranges)

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
        return Chars(self._others(found)) if negated else Chars(found, fold="i" in self.flags)

    def _item(self) -> Sequence[tuple[int, int]]:
        posix = _CLASS.match(self.text, self.at)
        if posix and posix[2] in _POSIX:
            self.at = posix.end()
            found = _pairs(_POSIX[posix[2]])
            return self._others(found) if posix[1] else found
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


def _outside(ranges: Sequence[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    start = 0
    for low, high in _merged(ranges):
        if low > start:
            found.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        found.append((start, _LAST))
    return tuple(found)


def _swapped(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The letters among the characters in the other case; those beyond ASCII of short ranges only."""
    for low, high in ranges:
        for code in range(low, min(high, low + _MOST_SWAPPED) + 1):
            char = chr(code)
            lower, upper = char.lower(), char.upper()
            for other in (lower, upper, lower.upper(), upper.lower(), *_ALSO.get(lower, "")):
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
        case Chars(ranges, any=True):
            return "." if len(ranges) > 1 else "(?s:.)"
        case Chars(ranges, fold):
            return f"(?i:{_bracketed(ranges)})" if fold else _python_class(ranges)
        case Several(nodes):
            return "".join(map(_python, nodes))
        case Either(nodes):
            return f"(?:{'|'.join(map(_python, nodes))})"
        case Repeated(inner, least, most, lazy):
            times = _TIMES.get((least, most)) or f"{{{least},{'' if most is None else most}}}"
            repeated = _python(inner) if isinstance(inner, Chars | Group) else f"(?:{_python(inner)})"
            return f"{repeated}{times}{'?' if lazy else ''}"
        case Group(inner, name):
            return f"(?P<{_GROUP}{name}>{_python(inner)})" if name else f"({_python(inner)})"


_TIMES = {(0, None): "*", (1, None): "+", (0, 1): "?"}


def _python_class(ranges: Ranges) -> str:
    if ranges and ranges[-1][1] == _LAST:
        # What Python reads and matches faster.
        return _bracketed(_outside(ranges), "^")
    return _bracketed(ranges)


def _bracketed(ranges: Ranges, negation: str = "") -> str:
    if not ranges:
        return r"[\s\S]" if negation else r"[^\s\S]"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1] and not negation:
        return _spelt(ranges[0][0])
    spelt = (_spelt(low) if low == high else f"{_spelt(low)}-{_spelt(high)}" for low, high in ranges)
    return f"[{negation}{''.join(spelt)}]"


def _spelt(code: int) -> str:
    """A character as it can stand in a class and outside of one."""
    char = chr(code)
    return char if char.isascii() and (char.isalnum() or char in "_/:, ") else f"\\U{code:08x}"


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
        case Group(inner):
            return samples(inner, variant, before)
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
