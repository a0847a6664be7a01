"""Diagnostics as text: drawn for people, and in the formats that editors, scripts and code hosts read.

Everything here turns diagnostics into a string and knows neither what is checked nor where the string goes.
Lines and columns count from 1, in Unicode code points; an end is the position after the last character.
Text that comes from the input is always shown inert: no character of it reaches a terminal that would move
the cursor, change colours or reorder what is read.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from json import dumps
from pathlib import PurePath
from typing import Protocol
from urllib.parse import quote

from slogen import __version__
from slogen.diagnostics import Allowed, Code, Diagnostic, Fix
from slogen.source import Source, Span


class Format(Protocol):
    """A renderer of findings, and of those that are allowed where it has a place for them."""

    def __call__(self, diagnostics: Sequence[Diagnostic], allowed: Sequence[Allowed] = (), /) -> str:
        """The findings as text."""
        ...


LINE_CELLS = 120
"""Source lines wider than this many terminal cells are cut around what is underlined."""

WHOLE_LINES = 4
"""A place of up to this many lines is drawn in full; of a longer one the first and the last line."""

_ELLIPSIS = "..."
_TAB = "    "
_GAP = 2
_RED, _YELLOW, _BLUE, _BOLD = "1;31", "1;33", "1;34", "1"


def summary(diagnostics: Iterable[Diagnostic], files: int, allowed: int = 0) -> str:
    """How much was found, such as `2 errors, 1 warning in 12 files (3 findings allowed)`."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    counts = ((severities.count("error"), "error"), (severities.count("warning"), "warning"))
    found = ", ".join(count(number, noun) for number, noun in counts if number)
    aside = f" ({count(allowed, 'finding')} allowed)" if allowed else ""
    return f"{found or 'no errors'} in {count(files, 'file')}{aside}"


def count(number: int, noun: str) -> str:
    """A number of things, such as `1 file` or `12 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# ---------------------------------------------------------------------------------------------- drawn


def full(diagnostics: Sequence[Diagnostic], _: Sequence[Allowed] = (), *, color: bool = False) -> str:
    """Each finding with the lines of source it is about, the places underlined, and what to do.

    With `color` for a terminal that understands ANSI sequences; without, the same text and nothing else.
    """
    paint = _Paint(color)
    return "\n".join("\n".join(_drawn(diagnostic, paint)) + "\n" for diagnostic in diagnostics)


@dataclass(frozen=True, slots=True)
class _Paint:
    on: bool

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.on and text else text


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch of one line to underline: characters `start` to `end` of it, counted from 0.

    `end` may lie one past the end of the line: the place after the last character.
    """

    line: int
    start: int
    end: int
    text: str
    stroke: str
    style: str


def _drawn(diagnostic: Diagnostic, paint: _Paint) -> Iterator[str]:
    style = _RED if diagnostic.severity == "error" else _YELLOW
    sections = _sections(diagnostic, style)
    gutter = max((len(str(mark.line)) for _, marks in sections for mark in marks), default=1)
    margin = " " * gutter
    bar = paint(_BLUE, f"{margin} |")
    title = paint(style, f"{diagnostic.severity}[{diagnostic.code.id}]")
    yield title + paint(_BOLD, f": {_inline(diagnostic.message)}")
    for number, (span, marks) in enumerate(sections):
        yield f"{margin}{paint(_BLUE, ':::' if number else '-->')} {_place(span)}"
        if marks:
            yield bar
            yield from _snippet(span.source, marks, gutter, paint)
    yield bar
    if diagnostic.help:
        yield from _note("help", diagnostic.help, margin, paint)
    yield from _note("more", f"slogen explain {diagnostic.code.id}", margin, paint)


def _note(name: str, text: str, margin: str, paint: _Paint) -> Iterator[str]:
    first, *others = (visible(line) for line in text.rstrip("\n").split("\n"))
    yield f"{margin} {paint(_BLUE, '=')} {paint(_BOLD, f'{name}:')} {first}"
    indent = " " * (len(margin) + len(f" = {name}: "))
    yield from (f"{indent}{line}".rstrip() for line in others)


def _place(span: Span) -> str:
    """The place as text; the path alone of a source without text, which has no lines to name."""
    return _inline(str(span) if span.source.text else span.source.path)


def _sections(diagnostic: Diagnostic, style: str) -> list[tuple[Span, list[_Mark]]]:
    """The marks by file, the file of the finding first, each with the place to name for it."""
    at = diagnostic.at
    sections = {at.source.path: (at, list(_marks(at, diagnostic.label, "^", style)))}
    for label in diagnostic.also:
        _, marks = sections.setdefault(label.at.source.path, (label.at, []))
        marks += _marks(label.at, label.text, "-", _BLUE)
    return list(sections.values())


def _marks(span: Span, text: str, stroke: str, style: str) -> Iterator[_Mark]:
    if not span.source.text:
        return
    first = next(_pieces(span, range(span.line, span.end_line + 1)), None)
    last = next(_pieces(span, range(span.end_line, span.line - 1, -1)), None)
    if first is None or last is None:
        yield _Mark(span.line, span.column - 1, span.column, text, stroke, style)
        return
    pieces = [first, last]
    if last[0] - first[0] < WHOLE_LINES:
        pieces = list(_pieces(span, range(first[0], last[0] + 1)))
    for number, (line, start, end) in enumerate(pieces):
        yield _Mark(line, start, end, "" if number else text, stroke, style)


def _pieces(span: Span, lines: Iterable[int]) -> Iterator[tuple[int, int, int]]:
    """What of the span stands on each of the lines, without the space around it; not where nothing does."""
    for line in lines:
        text = span.source.line_text(line)
        start = span.column - 1 if line == span.line else len(text) - len(text.lstrip())
        end = span.end_column - 1 if line == span.end_line else len(text.rstrip())
        if start < end:
            yield line, start, end


def _snippet(source: Source, marks: Iterable[_Mark], gutter: int, paint: _Paint) -> Iterator[str]:
    """The lines that have marks, in order, each with its underlines; a longer gap is left out."""
    by_line: dict[int, list[_Mark]] = {}
    for mark in marks:
        by_line.setdefault(mark.line, []).append(mark)
    previous = 0
    for line in sorted(by_line):
        if previous and line - previous == 2:
            yield from _marked_line(source, line - 1, [], gutter, paint)
        elif previous and line - previous > 2:
            yield f"{' ' * gutter} {paint(_BLUE, _ELLIPSIS)}"
        yield from _marked_line(source, line, by_line[line], gutter, paint)
        previous = line


def _marked_line(
    source: Source, number: int, marks: Sequence[_Mark], gutter: int, paint: _Paint
) -> Iterator[str]:
    line = _Line.of(source.line_text(number))
    for group in line.views(marks):
        first, last = line.cut(group)
        yield f"{paint(_BLUE, f'{number:>{gutter}} |')} {line.shown(first, last)}".rstrip()
        bar = paint(_BLUE, " " * gutter + " |")
        yield from (f"{bar} {row}" for row in _underlines(line.placed(group, first, last), paint))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of source and where its characters stand on a terminal.

    `edges` holds the cell that each character begins in, then the cell after the last one, then one more for
    a mark after the end.
    """

    text: str
    edges: Sequence[int]

    @classmethod
    def of(cls, text: str) -> _Line:
        if text.isascii() and text.isprintable():
            return cls(text, range(len(text) + 2))
        edges = [*accumulate(map(_cells, map(_glyph, text)), initial=0)]
        return cls(text, [*edges, edges[-1] + 1])

    def cells(self, mark: _Mark) -> tuple[int, int]:
        """The cells from and to which a mark reaches."""
        last = len(self.edges) - 1
        return self.edges[min(mark.start, last - 1)], self.edges[min(mark.end, last)]

    def views(self, marks: Sequence[_Mark]) -> list[Sequence[_Mark]]:
        """The marks together, if one cut of the line can show them all, else each for itself."""
        if len(marks) < 2 or self.edges[-2] <= LINE_CELLS:
            return [marks]
        spread = max(self.cells(mark)[1] for mark in marks) - min(self.cells(mark)[0] for mark in marks)
        return [marks] if spread <= LINE_CELLS - 2 * len(_ELLIPSIS) else [[mark] for mark in marks]

    def cut(self, marks: Sequence[_Mark]) -> tuple[int, int]:
        """The characters to show, from and to: all of them, or as many as fit around the marks."""
        length, width = len(self.text), self.edges[-2]
        if width <= LINE_CELLS:
            return 0, length
        room = LINE_CELLS - 2 * len(_ELLIPSIS)
        low = min((self.cells(mark)[0] for mark in marks), default=0)
        high = max((self.cells(mark)[1] for mark in marks), default=0)
        left = max(0, min(low - max(0, room - (high - low)) // 2, width - room))
        first = bisect_right(self.edges, left, 0, length) - 1
        last = bisect_right(self.edges, left + room, 0, length + 1) - 1
        return first, last

    def shown(self, first: int, last: int) -> str:
        """The characters as they are drawn, with an ellipsis for what is cut off."""
        before = _ELLIPSIS if first else ""
        after = _ELLIPSIS if last < len(self.text) else ""
        return before + visible(self.text[first:last]) + after

    def placed(self, marks: Sequence[_Mark], first: int, last: int) -> Iterator[tuple[int, int, _Mark]]:
        """The marks from left to right with the cells to underline in what is shown."""
        shift = (len(_ELLIPSIS) if first else 0) - self.edges[first]
        limit = self.edges[last] if last < len(self.text) else self.edges[-1]
        for mark in sorted(marks, key=lambda mark: (mark.start, mark.stroke != "^")):
            start, end = self.cells(mark)
            yield start + shift, max(min(end, limit), start + 1) + shift, mark


def _underlines(placed: Iterable[tuple[int, int, _Mark]], paint: _Paint) -> Iterator[str]:
    """As few rows as hold all underlines and their labels side by side."""
    rows: list[tuple[int, str]] = []
    for start, end, mark in placed:
        label = _inline(mark.text)
        text = mark.stroke * (end - start) + (f" {label}" if label else "")
        free = (number for number, (width, _) in enumerate(rows) if width + _GAP <= start)
        number = next(free, len(rows))
        width, before = rows[number] if number < len(rows) else (0, "")
        rows[number : number + 1] = [
            (start + _cells(text), before + " " * (start - width) + paint(mark.style, text))
        ]
    yield from (row for _, row in rows)


def visible(text: str) -> str:
    """The text with every character replaced that does not print as itself: nothing acts, nothing hides."""
    return text if text.isprintable() else "".join(map(_glyph, text))


def _inline(text: str) -> str:
    return visible(" ".join(text.splitlines()) if "\n" in text else text)


def _glyph(char: str) -> str:
    if char.isprintable():
        return char
    if char == "\t":
        return _TAB
    if char == "\x7f":
        return "␡"
    return chr(0x2400 + ord(char)) if char < " " else f"<U+{ord(char):04X}>"


def _cells(text: str) -> int:
    """How many cells a terminal needs for printable text."""
    return len(text) if text.isascii() else sum(map(_char_cells, text))


def _char_cells(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"} or "\u1160" <= char <= "\u11ff":
        return 0  # joins the character before it
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


# ------------------------------------------------------------------------------------------- one line


def concise(diagnostics: Sequence[Diagnostic], _: Sequence[Allowed] = ()) -> str:
    """One finding per line, `path:line:column: error[CODE]: message`, as editors and `grep` like it."""
    return "".join(
        f"{_inline(str(found.at))}: {found.severity}[{found.code.id}]: {_inline(found.message)}\n"
        for found in diagnostics
    )


def json(diagnostics: Sequence[Diagnostic], _: Sequence[Allowed] = ()) -> str:
    """One JSON object per finding and line, in ASCII."""
    return "".join(dumps(_object(diagnostic)) + "\n" for diagnostic in diagnostics)


def _object(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "code": diagnostic.code.id,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_position(diagnostic.at),
        "label": diagnostic.label,
        "labels": [{**_position(label.at), "text": label.text} for label in diagnostic.also],
        "help": diagnostic.help,
        "fixes": [{**_position(fix.at), "text": fix.text} for fix in diagnostic.fixes],
    }


def _position(span: Span) -> dict[str, object]:
    return {
        "path": span.source.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def github(diagnostics: Sequence[Diagnostic], _: Sequence[Allowed] = ()) -> str:
    """Workflow commands: GitHub Actions shows each finding beside the line it is about."""
    return "".join(_workflow_command(diagnostic) + "\n" for diagnostic in diagnostics)


def _workflow_command(diagnostic: Diagnostic) -> str:
    at = diagnostic.at
    properties: dict[str, str | int] = {"file": at.source.path, "line": at.line, "endLine": at.end_line}
    if at.line == at.end_line:  # the runner refuses columns of a place of several lines
        properties |= {"col": at.column, "endColumn": at.end_column}
    properties["title"] = f"{diagnostic.code.id}: {diagnostic.code.title}"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{diagnostic.severity} {written}::{visible(_data(_with_help(diagnostic)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _with_help(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.message}\nhelp: {diagnostic.help}" if diagnostic.help else diagnostic.message


# ---------------------------------------------------------------------------------------------- SARIF


def sarif(diagnostics: Sequence[Diagnostic], allowed: Sequence[Allowed] = ()) -> str:
    """A SARIF 2.1.0 log with one run, for code scanning and editors; what is allowed is suppressed."""
    everything = (*diagnostics, *(each.finding for each in allowed))
    codes = {diagnostic.code.id: diagnostic.code for diagnostic in everything}
    rules = [codes[name] for name in sorted(codes)]
    numbers = {code.id: number for number, code in enumerate(rules)}
    # Either all results have the property or none.
    unsuppressed: dict[str, object] = {"suppressions": []} if allowed else {}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "slogen",
                        "version": __version__,
                        "rules": [_rule(code) for code in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    *(_result(found, numbers[found.code.id]) | unsuppressed for found in diagnostics),
                    *(_suppressed(each, numbers[each.finding.code.id]) for each in allowed),
                ],
            }
        ],
    }
    return dumps(log, indent=2) + "\n"


def _rule(code: Code) -> dict[str, object]:
    return {
        "id": code.id,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": _reason(code)},
        "help": {"text": code.doc.strip(), "markdown": code.doc.strip()},
        "defaultConfiguration": {"level": code.severity},
    }


def _reason(code: Code) -> str:
    """The first section of the documentation as one line; the title, where there is no section."""
    sections = f"\n{code.doc.strip()}\n".split("\n## ")
    _, _, text = sections[1].partition("\n") if len(sections) > 1 else ("", "", "")
    return " ".join(text.split()) or code.title


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, object]:
    # SARIF asks to double braces in a message, but its readers show them doubled, and PromQL is full of them.
    result: dict[str, object] = {
        "ruleId": diagnostic.code.id,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": _with_help(diagnostic)},
        "locations": [_location(diagnostic.at, diagnostic.label)],
    }
    if diagnostic.also:
        related = (_location(label.at, label.text) for label in diagnostic.also)
        result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(related, 1)]
    if diagnostic.fixes:
        result["fixes"] = [_fix(diagnostic)]
    return result


def _suppressed(allowed: Allowed, rule: int) -> dict[str, object]:
    suppression = {
        "kind": "inSource" if allowed.in_source else "external",
        "status": "accepted",
        "justification": allowed.reason,
        "location": _location(allowed.at, ""),
    }
    return _result(allowed.finding, rule) | {"suppressions": [suppression]}


def _fix(diagnostic: Diagnostic) -> dict[str, object]:
    """All changes as one fix, by file."""
    by_path: dict[str, list[Fix]] = {}
    for fix in diagnostic.fixes:
        by_path.setdefault(fix.at.source.path, []).append(fix)
    changes = [
        {
            "artifactLocation": {"uri": _uri(path)},
            "replacements": [
                {"deletedRegion": _region(fix.at), "insertedContent": {"text": fix.text}} for fix in fixes
            ],
        }
        for path, fixes in by_path.items()
    ]
    described = {"description": {"text": diagnostic.help}} if diagnostic.help else {}
    return {**described, "artifactChanges": changes}


def _location(span: Span, text: str) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(span.source.path)}}
    if span.source.text:
        physical["region"] = _region(span)
    location: dict[str, object] = {"physicalLocation": physical}
    return location | {"message": {"text": text}} if text else location


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _uri(path: str) -> str:
    """A relative reference for a relative path, else a file URI."""
    written = quote(path, safe="/", errors="surrogateescape")
    return f"file:///{written.lstrip('/')}" if PurePath(path).is_absolute() else written


FORMATS: Mapping[str, Format] = {
    "full": full,
    "concise": concise,
    "json": json,
    "sarif": sarif,
    "github": github,
}
"""The renderers by the name that the command line gives them."""
