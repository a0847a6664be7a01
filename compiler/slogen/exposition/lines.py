"""The grammar of one line of a scrape, and what is wrong with a line that is none.

It takes what Prometheus' own parsers take, of both formats: spaces where either allows them, names in quotes
as Prometheus 3 has them, time stamps and exemplars. They are stricter than each other in different places.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from slogen.diagnostics import nearest

_BLANK = r"[ \t]*+"
_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*+"
_LABEL_NAME = r"[a-zA-Z_][a-zA-Z0-9_]*+"
_TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*"'
_NUMBER = (
    r"[-+]?(?:(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?"
    r"|0[xX][0-9a-fA-F]+(?:\.[0-9a-fA-F]*)?(?:[pP][-+]?[0-9]+)?|[iI]nf(?:inity)?|INF|NaN|nan)"
)
_PAIR = rf"{_BLANK}(?:{_LABEL_NAME}|{_TEXT}){_BLANK}={_BLANK}{_TEXT}{_BLANK}"
_PAIRS = rf"(?:{_PAIR}(?:,{_PAIR})*(?:,{_BLANK})?|{_BLANK})"

SAMPLE: Final = re.compile(
    rf"{_BLANK}(?:(?P<name>{_NAME}){_BLANK}(?:\{{(?P<labels>{_PAIRS})\}}{_BLANK}|(?<=[ \t]))"
    rf"|\{{{_BLANK}(?P<quoted>{_TEXT}){_BLANK}(?P<rest>(?:,{_PAIR})*(?:,{_BLANK})?)\}}{_BLANK})"
    rf"(?P<value>{_NUMBER})(?:[ \t]++(?P<time>{_NUMBER}))?{_BLANK}(?P<exemplar>\#{_BLANK}\{{.*)?"
)
"""A line with a sample, without its end."""

PAIR: Final = re.compile(rf'({_LABEL_NAME}|{_TEXT}){_BLANK}={_BLANK}"([^"\\]*+(?:\\.[^"\\]*+)*)"')
"""A label and its value in what SAMPLE takes for labels."""

COMMENT: Final = re.compile(
    rf"\#[ \t]+(?P<keyword>HELP|TYPE|UNIT)[ \t]+(?P<name>{_NAME}|{_TEXT})(?:[ \t]+(?P<text>.*))?"
)
"""A line that says something of a metric."""

TYPES: Final = {
    "counter": "counter",
    "gauge": "gauge",
    "histogram": "histogram",
    "summary": "summary",
    "untyped": "unknown",
    "unknown": "unknown",
    "info": "info",
    "stateset": "stateset",
    "gaugehistogram": "gaugehistogram",
}
"""The types as they are written, and as a catalog has them; it has no word for the last."""

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n"}


def unescaped(text: str) -> str:
    """The characters of a label value, or of a help text."""
    if "\\" not in text:
        return text
    return _ESCAPE.sub(
        lambda found: _ESCAPED.get(found[1], found[1] if found[1] in '\\"' else found[0]), text
    )


def unquoted(name: str) -> str:
    """A name without the quotes that Prometheus 3 allows."""
    return unescaped(name[1:-1]) if name.startswith('"') else name


class Complaint(NamedTuple):
    """What is wrong with a line: the characters from `start` to `end`, and what to write instead."""

    start: int
    end: int
    message: str
    help: str


_FORM = 'write a name, its labels and a value: `name{label="value"} 1`'
_WORD = re.compile(r"[^ \t{]+")
_WORDS = re.compile(r"[^ \t]+")
_NAME_ONLY = re.compile(_NAME)


def complaint(line: str) -> Complaint:
    """Why a line is no sample; it is one of those that SAMPLE does not take."""
    at = len(line) - len(line.lstrip(" \t"))
    if "\0" in line:
        where = line.index("\0")
        return Complaint(
            where, where + 1, "there is a NUL byte in this line", "the file is binary, or broken"
        )
    labels_at = at
    if not line.startswith("{", at):
        word = _WORD.match(line, at)
        assert word is not None
        if not _NAME_ONLY.fullmatch(word[0]):
            return _bad_name(word[0], at)
        labels_at = word.end() + len(line[word.end() :]) - len(line[word.end() :].lstrip(" \t"))
    if line.startswith("{", labels_at):
        found = _in_labels(line, labels_at + 1, allows_name=labels_at == at)
        if isinstance(found, Complaint):
            return found
        labels_at = found
    return _behind_labels(line, at, labels_at)


def _bad_name(word: str, at: int) -> Complaint:
    meant = re.sub(r"[^a-zA-Z0-9_:]+", "_", word).strip("_")
    fits = re.fullmatch(_NAME, meant) is not None and any(character.isalnum() for character in meant)
    return Complaint(
        at, at + len(word), f"`{word}` is no name of a metric", f"write `{meant}`" if fits else _FORM
    )


_LABEL = re.compile(rf"{_BLANK}(?P<name>{_LABEL_NAME}|{_TEXT}){_BLANK}={_BLANK}(?P<value>{_TEXT}){_BLANK}")
_NAME_IN_QUOTES = re.compile(rf"{_BLANK}{_TEXT}{_BLANK}(?=[,}}])")
_UP_TO_SIGN = re.compile(r"[ \t]*([^=,}\"]*)")


def _in_labels(line: str, at: int, *, allows_name: bool) -> int | Complaint:
    """The offset behind the closing brace, or what is wrong before it."""
    if allows_name:
        name = _NAME_IN_QUOTES.match(line, at)
        if name is None:
            return Complaint(at, max(at, len(line)), "the braces do not begin with a name in quotes", _FORM)
        at = name.end() + line.startswith(",", name.end())
    while True:
        blank = re.compile(_BLANK).match(line, at)
        assert blank is not None
        at = blank.end()
        if line.startswith("}", at):
            return at + 1
        label = _LABEL.match(line, at)
        if label is None:
            return _bad_label(line, at)
        at = label.end()
        if line.startswith(",", at):
            at += 1
        elif not line.startswith("}", at):
            if _LABEL.match(line, at):
                return Complaint(at, at + 1, "there is no comma between two labels", "write `,` before it")
            return Complaint(at, at, "the labels are not closed", "write `}` behind the last label")


def _bad_label(line: str, at: int) -> Complaint:
    found = _UP_TO_SIGN.match(line, at)
    assert found is not None
    name = found[1].rstrip()
    start, end = found.start(1), found.start(1) + len(name)
    if not name and at >= len(line):
        return Complaint(at, at, "the labels are not closed", "write `}` behind the last label")
    if not re.fullmatch(_LABEL_NAME, name):
        meant = re.sub(r"[^a-zA-Z0-9_]+", "_", name).strip("_")
        fits = re.fullmatch(_LABEL_NAME, meant)
        fix = f"write `{meant}`" if fits else 'write labels as in `{name="value"}`'
        return Complaint(start, max(end, start + 1), f"`{name or line[at]}` is no name of a label", fix)
    sign = line.find("=", end)
    if sign < 0 or line[end:sign].strip(" \t"):
        return Complaint(start, end, f"the label `{name}` has no value", f'write `{name}="..."`')
    value_at = sign + 1 + len(line[sign + 1 :]) - len(line[sign + 1 :].lstrip(" \t"))
    if line.startswith('"', value_at):
        return Complaint(value_at, len(line), f"the value of `{name}` is not closed", 'write `"` at its end')
    bare = re.compile(r"'[^']*'?|[^,} \t]*").match(line, value_at)
    assert bare is not None
    inner = bare[0].strip("'")
    return Complaint(
        value_at, bare.end(), f"the value of `{name}` is not in double quotes", f'write `{name}="{inner}"`'
    )


def _behind_labels(line: str, start: int, at: int) -> Complaint:
    words = [(found.start(), found.end()) for found in _WORDS.finditer(line, at)]
    subject = line[start:at].rstrip() or line.strip()
    if not words:
        return Complaint(start, len(line.rstrip()), f"there is no value behind `{_short(subject)}`", _FORM)
    first, *others = words
    value = line[slice(*first)]
    if not re.fullmatch(_NUMBER, value):
        return Complaint(*first, f"`{_short(value)}` is no value of `{_short(subject)}`", _number_for(value))
    if others and not re.fullmatch(_NUMBER, line[slice(*others[0])]):
        return Complaint(
            *others[0],
            f"`{_short(line[slice(*others[0])])}` is no time stamp",
            "write milliseconds since 1970, or nothing",
        )
    end = others[1] if len(others) > 1 else (len(line), len(line))
    return Complaint(end[0], len(line), "there is text behind the sample", "delete it")


def _number_for(value: str) -> str:
    plain = value.replace(",", ".") if value.count(",") == 1 else value.replace("_", "").replace(",", "")
    return f"write `{plain}`" if re.fullmatch(_NUMBER, plain) else _FORM


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def type_line_complaint(line: str) -> Complaint:
    """Why a `# TYPE` line is none: COMMENT does not take it."""
    words = [(found.start(), found.end()) for found in _WORDS.finditer(line)]
    if len(words) > len(("#", "TYPE", "name")):
        start, end = words[2]
        return _bad_name(line[start:end], start)
    return Complaint(0, len(line), "the name or the type is missing", "write `# TYPE name counter`")


def type_complaint(written: str, at: int) -> Complaint:
    """What is wrong with the type of a `# TYPE` line."""
    meant = nearest(written, TYPES) if written else None
    return Complaint(
        at,
        at + len(written),
        f"`{_short(written)}` is no type of a metric" if written else "the type is missing",
        f"write `{meant}`" if meant else "write counter, gauge, histogram, summary or untyped",
    )
