"""What a comment says to slogen: `# slogen: allow SLO413, SLO414 the reason`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from slogen.diagnostics import nearest

VERB = "allow"
# What other tools call it.
_VERBS_OF_OTHERS = "allow(?:ed|s)?|ignore|disable|suppress|skip|nolint|noqa|off"

_MARKER = re.compile(r"#+[ \t]*slogen[ \t]*:[ \t]*", re.IGNORECASE)
# No marker, and yet meant for slogen: the colon is missing or in another place, or the name is misspelt.
_NEAR_MARKER = re.compile(
    rf"#+[ \t]*(?:(?P<name>slog[ae]n[ \t]*[-/=.:;]?[ \t]*(?:{_VERBS_OF_OTHERS}))[ \t]*$"
    rf"|(?P<with_code>slog[ae]n[ \t]*[-/=.:;]?[ \t]*(?:{_VERBS_OF_OTHERS})|s\w{{3,7}}[ \t]*:[ \t]*allow)"
    r"[ \t]*[:=(\[,]?[ \t]*SLO-?[0-9])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\s:,=()\[\]]+")
_BEFORE_CODE = re.compile(r"[\s:,=(\[]*")
_CODE = re.compile(r"[s5][l1i][o0][-_]?[0-9]+(?![\w-])", re.IGNORECASE)
_BETWEEN_CODES = re.compile(r"\s*(?:[,;&+]|\band\b)?\s*")
_BEFORE_REASON = re.compile(r"[\s:;,.=)\]–—-]*")
_EXAMPLE = "write `# slogen: allow` with a code and the reason"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a comment, and where in the comment it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Directive:
    """The codes that a comment allows, and why."""

    codes: tuple[Word, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with the characters from `start` up to `end` of a comment."""

    message: str
    start: int
    end: int
    help: str


def read(comment: str) -> Directive | Complaint | None:
    """What a comment, with its number sign, says to slogen; None for one that is for others."""
    marker = _MARKER.match(comment)
    if marker is None:
        return _near_miss(comment)
    verb = _WORD.match(comment, marker.end())
    if verb is None:
        return None
    if verb[0].casefold() == VERB:
        return _allowed(comment, verb.end())
    if not _is_meant(verb[0], comment):
        return None
    message = f"a comment cannot tell slogen to `{verb[0]}`"
    return Complaint(message, *verb.span(), f"write `{VERB}`, a code and the reason")


def _is_meant(verb: str, comment: str) -> bool:
    """Whether a word that is not known is meant to allow something, and no prose."""
    return (
        re.fullmatch(_VERBS_OF_OTHERS, verb, re.IGNORECASE) is not None
        or nearest(verb, [VERB]) is not None
        or re.search(r"\bSLO-?[0-9]", comment, re.IGNORECASE) is not None
    )


def _near_miss(comment: str) -> Complaint | None:
    found = _NEAR_MARKER.match(comment)
    if found is None:
        return None
    name = "name" if found["name"] is not None else "with_code"
    return Complaint(f"`{found[name]}` is not for slogen", *found.span(name), "write `slogen: allow`")


def _allowed(comment: str, start: int) -> Directive | Complaint:
    words: list[Word] = []
    at = _end(_BEFORE_CODE, comment, start)
    first = _CODE.match(comment, at) or _WORD.match(comment, at)
    while first is not None:
        words.append(Word(first[0], *first.span()))
        at = first.end()
        first = _CODE.match(comment, _end(_BETWEEN_CODES, comment, at))
    if not words:
        return Complaint("this allows no code", 0, len(comment), _EXAMPLE)
    if len(words) == 1 and not any(char.isdigit() for char in words[0].text):
        word = words[0]
        return Complaint(
            f"`{word.text}` is no code", word.start, word.end, "name the code first, such as `SLO413`"
        )
    reason = comment[_end(_BEFORE_REASON, comment, at) :].strip()
    if not re.search(r"\w", reason):
        return Complaint(
            "there is no reason to allow this", 0, len(comment), f"say why behind `{words[-1].text}`"
        )
    return Directive(tuple(words), reason)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found is not None else start
