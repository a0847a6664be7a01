"""Matchers of Alertmanager, as its two parsers read them.

The classic one is that of all versions up to 0.26. From 0.27 on Alertmanager reads matchers in UTF-8 mode
first, falls back to the classic parser where that fails, and keeps to the classic one where both read a text
differently. Source: https://prometheus.io/docs/alerting/latest/configuration/#matcher.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from slogen.promql.problem import Refused
from slogen.promql.regexps import regexp_problem
from slogen.promql.strings import unquote
from slogen.units import Labels

Operator = Literal["=", "!=", "=~", "!~"]


class MatcherError(ValueError):
    """A text is no matcher; the message says why, in the words of the user."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label must be, or must not be. Regular expressions match the whole value; a missing label is
    empty."""

    name: str
    op: Operator
    value: str

    def takes(self, labels: Labels) -> bool:
        """Whether an alert with these labels passes."""
        value = labels.get(self.name, "")
        if self.op in ("=", "!="):
            return (value == self.value) == (self.op == "=")
        from slogen.promql.patterns import matches  # noqa: PLC0415 - not for those who only have the type

        return matches(self.value, value) == (self.op == "=~")

    def __str__(self) -> str:
        """The spelling that all versions read alike."""
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.op}"{escaped}"'


TAKES_ALL = frozenset((".*", "(.*)", "^.*$", "(?:.*)", "(?s:.*)"))
"""Spellings of the regular expression that every value matches."""
TAKES_ANY = frozenset((".+", "(.+)", "^.+$", "(?:.+)", "(?s:.+)"))
"""Spellings of the regular expression that every value matches but the empty one."""
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def one_of(name: str, values: Sequence[str]) -> Matcher:
    """The matcher for a label that has one of some values, which must not be empty."""
    if len(values) == 1:
        return Matcher(name, "=", values[0])
    return Matcher(name, "=~", "|".join(_SPECIAL.sub(r"\\\g<0>", value) for value in values))


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text of matchers is read: by new versions, and by classic ones. None where one refuses it.

    `used` is what counts in versions from 0.27 on.
    """

    classic: tuple[Matcher, ...] | None
    utf8: tuple[Matcher, ...] | None
    problem: str = ""

    @property
    def used(self) -> tuple[Matcher, ...] | None:
        """What a new version in its usual mode makes of it: the classic reading where there is one."""
        return self.utf8 if self.classic is None else self.classic

    @property
    def is_portable(self) -> bool:
        """Whether all versions read it alike."""
        return self.classic is not None and self.classic == self.utf8


@lru_cache(maxsize=4096)
def read_matchers(text: str) -> Reading:
    """Reads a text of matchers, such as `severity="page"` or `{team="a",env=~"p.*"}`, with both parsers."""
    classic, problem = _attempt(_classic, text)
    utf8, _ = _attempt(_utf8, text)
    return Reading(classic, utf8, problem if classic is None and utf8 is None else "")


def _attempt(read: Callable[[str], Iterator[Matcher]], text: str) -> tuple[tuple[Matcher, ...] | None, str]:
    try:
        return tuple(read(text)), ""
    except MatcherError as error:
        return None, str(error)


def _matcher(name: str, op: str, value: str) -> Matcher:
    if op in ("=~", "!~"):
        problem = regexp_problem(value)
        if problem:
            raise MatcherError(f"the regular expression `{value}` is wrong: {problem}")
    operator: Operator = "=" if op == "=" else "!=" if op == "!=" else "=~" if op == "=~" else "!~"
    return Matcher(name, operator, value)


# the classic parser -----------------------------------------------------------------------------------

_CLASSIC = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*", re.DOTALL | re.ASCII)


def _classic(text: str) -> Iterator[Matcher]:
    pieces = list(_split(text.removeprefix("{").removesuffix("}")))
    if pieces and not pieces[-1].strip():
        pieces.pop()
    for piece in pieces:
        found = _CLASSIC.fullmatch(piece)
        if found is None:
            raise MatcherError(f'`{piece.strip()}` is no matcher such as `severity="page"`')
        yield _matcher(found[1], found[2], _classic_value(found[3]))


def _split(text: str) -> Iterator[str]:
    """The pieces between commas that are in no quotes."""
    start, quoted, escaped = 0, False, False
    for index, char in enumerate(text):
        if char == "," and not quoted:
            yield text[start:index]
            start = index + 1
        elif char == '"':
            quoted, escaped = (quoted, False) if escaped else (not quoted, False)
        elif char == "\\":
            escaped = not escaped
        elif char != ",":
            escaped = False
    yield text[start:]


_ESCAPED = {"n": "\n", '"': '"', "\\": "\\"}


def _classic_value(written: str) -> str:
    """The value: in double quotes or without; an escape that means nothing stays as it is."""
    is_quoted = written.startswith('"')
    body = written[1:] if is_quoted else written
    found: list[str] = []
    at, is_closed = 0, not is_quoted
    while at < len(body):
        char, is_last = body[at], at == len(body) - 1
        if char == "\\" and not is_last:
            follower = body[at + 1]
            found.append(_ESCAPED.get(follower, f"\\{follower}"))
            at += 2
            continue
        if char == '"':
            if is_closed or not is_last:
                raise MatcherError(f"a double quote in `{written}` is not escaped")
            is_closed = True
        else:
            found.append(char)
        at += 1
    if not is_closed:
        raise MatcherError(f"the double quotes of `{written}` are not closed")
    return "".join(found)


def read_label(text: str) -> tuple[str, str]:
    """A label that a command line names, such as `owner=ml-ops`, as amtool takes it: quotes are optional, and
    commas are part of the value. Raises MatcherError for any other text."""
    found = _CLASSIC.fullmatch(text)
    if found is not None and found[2] == "=":
        return found[1], _classic_value(found[3])
    matchers = read_matchers(text).utf8 if found is None else None
    if matchers is None or len(matchers) != 1 or matchers[0].op != "=":
        raise MatcherError(f"`{text}` is no label such as `owner=ml-ops`")
    return matchers[0].name, matchers[0].value


# the parser of UTF-8 mode -----------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""\s*(?:(?P<brace>[{}])|(?P<comma>,)|(?P<op>=~|=|!=|!~)|(?P<quoted>"(?:[^"\\]|\\.)*")"""
    r"""|(?P<word>[^\s{}!=~,\\"'`]+))""",
    re.DOTALL,
)
_Token = tuple[str, str]


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise MatcherError(f"`{text[at:].strip()[:1]}` has no place in `{text}`")
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _utf8(text: str) -> Iterator[Matcher]:
    tokens = list(_tokens(text))
    is_braced = bool(tokens) and tokens[0] == ("brace", "{")
    has_end = len(tokens) > is_braced and tokens[-1] == ("brace", "}")
    if is_braced != has_end:
        raise MatcherError(f"the braces of `{text}` are not closed")
    body = tokens[1:-1] if is_braced else tokens
    while body:
        yield _utf8_matcher(body[:3], text)
        if len(body) > 3 and body[3][0] != "comma":
            raise MatcherError(f"a comma is missing before `{body[3][1]}`")
        body = body[4:]


def _utf8_matcher(tokens: list[_Token], text: str) -> Matcher:
    kinds = [kind for kind, _ in tokens]
    if len(kinds) < 3 or kinds[1] != "op" or not {kinds[0], kinds[2]} <= {"quoted", "word"}:
        raise MatcherError(f'`{text}` is no matcher such as `severity="page"`')
    name, value = (_utf8_value(*token) for token in (tokens[0], tokens[2]))
    if not name:
        raise MatcherError(f"a label in `{text}` has no name")
    return _matcher(name, tokens[1][1], value)


def _utf8_value(kind: str, written: str) -> str:
    if kind == "word":
        return written
    if "\n" in written:
        raise MatcherError(f"a line break in {written!r} is not escaped")
    try:
        value = unquote(written, 0)
        value.encode()
    except (Refused, UnicodeEncodeError):
        raise MatcherError(f"{written} holds an escape that Alertmanager does not know") from None
    return value
