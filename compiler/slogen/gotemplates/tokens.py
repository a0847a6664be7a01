"""Cuts a template of Go into text and actions, and actions into tokens that know their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from slogen.gotemplates.problem import AS_TEXT, Broken, Place, quoted

_WORD_ENDS = r"(?=[ \t\r\n.,|:()]|\}\}|\Z)"
# A character that is written as an escape, in double or in single quotes.
_UNIT = (
    r"\\(?:[abfnrtv\\]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|U00(?:0(?!0[dD][89a-fA-F])[0-9a-fA-F]|10)[0-9a-fA-F]{4})"
)
_TOKEN = re.compile(
    rf"""
      (?P<end>(?:[ \t\r\n]-)?\}}\}})
    | (?P<space>(?:[ \t\r\n](?!-\}}\}}))+)
    | (?P<text>"(?:{_UNIT}|\\"|[^"\\\n])*"|`[^`]*`)
    | (?P<char>'(?:{_UNIT}|\\'|[^'\\\n])')
    | (?P<assign>:=|=)
    | (?P<variable>\$\w*){_WORD_ENDS}
    | (?P<number>[-+]?(?:
          0[xX](?:_?[0-9a-fA-F])+ | 0[oO](?:_?[0-7])+ | 0[bB](?:_?[01])+
        | (?: 0(?:_?[0-7])+ | 0 | [1-9](?:_?[0-9])*
            | (?:[0-9](?:_?[0-9])*\.(?:[0-9](?:_?[0-9])*)? | \.[0-9](?:_?[0-9])*)(?:[eE][-+]?[0-9]+)?
            | [0-9](?:_?[0-9])*[eE][-+]?[0-9]+ )i?
      ))(?![\w.])
    | (?P<field>\.[^\W\d]\w*){_WORD_ENDS}
    | (?P<dot>\.){_WORD_ENDS}
    | (?P<word>[^\W\d]\w*){_WORD_ENDS}
    | (?P<mark>[|(),])
    """,
    re.VERBOSE,
)
_COMMENT = re.compile(r"\{\{(?:-[ \t\r\n])?/\*(?:(?!\*/).)*\*/(?:[ \t\r\n]-)?\}\}", re.DOTALL)
_START = re.compile(r"\{\{(?:-(?=[ \t\r\n]))?")
_UNKNOWN = re.compile(r"""["'`]|\S+?(?=\}\}|\s|\Z)|\S""")
_QUOTES = frozenset("\"'`")
_SPACES = " \t\r\n"
_TRIMS_BEFORE = re.compile(r"\{\{-[ \t\r\n]")
_TRIMS_AFTER = re.compile(r"[ \t\r\n]-\}\}")
_DEEPEST = 50
_CONSTANTS = frozenset(("true", "false", "nil"))


class Token(NamedTuple):
    """A piece of an action: the kind says what it is, `text` are its characters from `start` on."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset behind the token."""
        return self.start + len(self.text)

    @property
    def place(self) -> Place:
        """The range of the token."""
        return (self.start, self.end)

    @property
    def is_constant(self) -> bool:
        """Whether it is a value that has no fields and cannot be called."""
        return self.kind in {"text", "char", "number", "dot"} or self.text in _CONSTANTS


class Plain(NamedTuple):
    """Text between actions, without what trim markers take away."""

    start: int
    end: int


class Braces(NamedTuple):
    """An action: the range of its braces, its tokens, and the range with the space that it trims.

    A comment has no tokens. Where `broken` is set, some tokens are missing, and the end is the likely one.
    """

    start: int
    end: int
    outer: Place
    tokens: tuple[Token, ...]
    is_comment: bool = False
    broken: Broken | None = None


def parts(text: str) -> Iterator[Plain | Braces]:
    """The texts and actions of a template, in order."""
    at = 0
    while (start := text.find("{{", at)) >= 0:
        braces = _with_trimmed_space(_braces(text, start), text, at)
        if at < braces.outer[0]:
            yield Plain(at, braces.outer[0])
        yield braces
        at = braces.outer[1]
    if at < len(text):
        yield Plain(at, len(text))


def _with_trimmed_space(braces: Braces, text: str, lowest: int) -> Braces:
    start, end = braces.outer
    if _TRIMS_BEFORE.match(text, start):
        start = lowest + len(text[lowest:start].rstrip(_SPACES))
    if _TRIMS_AFTER.match(text, end - 4):
        end = len(text) - len(text[end:].lstrip(_SPACES))
    return braces._replace(outer=(start, end))


def _braces(text: str, start: int) -> Braces:
    comment = _COMMENT.match(text, start)
    if comment:
        return Braces(start, comment.end(), comment.span(), (), is_comment=True)
    opening = _START.match(text, start)
    assert opening is not None
    tokens: list[Token] = []
    try:
        end = _read(text, opening.end(), tokens)
    except Broken as broken:
        end = _likely_end(text, *broken.problem.place)
        return Braces(start, end, (start, end), tuple(tokens), broken=broken)
    return Braces(start, end, (start, end), tuple(tokens))


def _likely_end(text: str, start: int, end: int) -> int:
    """Where an action ends that cannot be read from `start` on; behind a quote nobody knows."""
    closing = -1 if text[start] in _QUOTES else text.find("}}", end)
    return len(text) if closing < 0 else closing + 2


def _read(text: str, at: int, tokens: list[Token]) -> int:
    """Appends the tokens up to the end of an action, and says where that is. Raises Broken."""
    opening = at
    depth = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text, at, opening)
        token = Token(str(match.lastgroup), match[0], at)
        at = match.end()
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth > _DEEPEST:
            help_ = "take it apart with variables, such as `{{ $x := 1 }}`"
            raise Broken("this is nested too deeply", help_, token.place)
        if depth < 0:
            raise Broken("`)` closes nothing", "delete it", token.place)
        if token.kind == "end":
            if depth:
                opened = next(token for token in reversed(tokens) if token.text == "(")
                raise Broken("`(` is not closed", "close it with `)`", opened.place)
            return at
        tokens.append(token)


def _unreadable(text: str, at: int, opening: int) -> Broken:
    match = _UNKNOWN.match(text, at)
    if match is None:
        place = (text.rfind("{{", 0, opening), opening)
        return Broken("an action is not closed", f"end it with `}}}}`; {AS_TEXT}", place)
    if match[0] in _QUOTES:
        return Broken(
            f"the text that starts with {match[0]} is not closed, or has an escape that does not exist",
            r"close it before the action ends, and write `\\` for a backslash",
            match.span(),
        )
    message = f"{quoted(match[0])} means nothing in an action"
    return Broken(message, f"check its spelling; {AS_TEXT}", match.span())
