"""What slogen says about its input: codes, located diagnostics, and the report that collects them.

A diagnostic is data. Drawing it is the business of `slogen.render`; deciding on exit codes is the
business of the command line.
"""

from __future__ import annotations

import difflib
import heapq
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from slogen.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A stable identifier of one kind of finding, with its documentation.

    `doc` is Markdown: the first line is the title, then the sections Why, Wrong and Right. It is what
    `slogen explain ID` prints. An error means that nothing is emitted; a warning means that the input
    works and is probably not meant. A `firm` code cannot be allowed: without the mistake mended there is
    nothing to lower, or what is emitted would be refused as a whole.
    """

    id: str
    severity: Severity
    doc: str
    firm: bool = False

    @property
    def title(self) -> str:
        """The first line of the documentation."""
        return self.doc.strip().partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that matters to a diagnostic, and why (a few words, no full stop)."""

    at: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the source that mends a finding: the characters of `at` become `text`.

    `text` is what stands in the file, so it is quoted or escaped where the place needs that. A place without
    characters takes the text in before the character that it stands at.
    """

    at: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: what is wrong with this input, where, and what to type instead.

    `at` is the smallest text that must change. `message` starts with a small letter and quotes the
    author's text in backticks; `label` stands next to the underlined text; `help` says what to do. `fixes` do
    it: all together they are one change, which is safe to make without asking; none where there is a choice.
    """

    code: Code
    message: str
    at: Span
    label: str = ""
    also: tuple[Label, ...] = ()
    help: str = ""
    fixes: tuple[Fix, ...] = ()

    @property
    def severity(self) -> Severity:
        """The severity of the code."""
        return self.code.severity

    def _order(self) -> tuple[str, int, str, str]:
        return (self.at.source.path, self.at.start, self.code.id, self.message)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding that its authors know of, why it may stay, and where they say so.

    `in_source` says that a comment beside the finding allows it, not the settings of the project.
    """

    finding: Diagnostic
    reason: str
    at: Span
    in_source: bool


Judge = Callable[[Diagnostic], Allowed | None]
"""Whether a finding is allowed."""

_Key = tuple[str, int, str, str]


@dataclass(slots=True)
class Report:
    """All findings of a run, in any order of arrival, read back in a stable one.

    Findings that are allowed are kept apart, and count nowhere. `crashes` holds what checks failed with, for
    those who mend them.
    """

    _found: dict[_Key, Diagnostic] = field(default_factory=dict)
    _allowed: dict[_Key, Allowed] = field(default_factory=dict)
    _judge: Judge | None = None
    crashes: list[Exception] = field(default_factory=list)

    def report(
        self,
        code: Code,
        at: Span,
        message: str,
        *,
        label: str = "",
        also: Iterable[Label] = (),
        help: str = "",  # noqa: A002 - the field of a diagnostic is called help everywhere
        fixes: Iterable[Fix] = (),
    ) -> None:
        """Record a finding. The same code, place and message is recorded once."""
        self.add(Diagnostic(code, message, at, label, tuple(also), help, tuple(fixes)))

    def add(self, diagnostic: Diagnostic) -> None:
        """Record a finding that is already built."""
        allowed = self._judge(diagnostic) if self._judge is not None else None
        if allowed is not None:
            self.permit(allowed)
        else:
            self._found.setdefault(diagnostic._order(), diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Record several findings."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    def permit(self, allowed: Allowed) -> None:
        """Record a finding that is allowed."""
        self._allowed.setdefault(allowed.finding._order(), allowed)

    def allow(self, judge: Judge) -> None:
        """Keep apart what is allowed, of the findings so far and of those to come."""
        self._judge = judge
        before = list(self._found.values())
        self._found.clear()
        self.extend(before)

    def part(self) -> Report:
        """An empty report for a part of the run: what is allowed in it is allowed in the whole."""
        return Report({}, self._allowed, self._judge, self.crashes)

    @property
    def allowed(self) -> tuple[Allowed, ...]:
        """The findings that are allowed, in the order of all findings."""
        return tuple(self._allowed[key] for key in sorted(self._allowed))

    @property
    def failed(self) -> bool:
        """Whether any finding is an error."""
        return any(diagnostic.severity == "error" for diagnostic in self._found.values())

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings, sorted by path, offset and code."""
        return tuple(self._found[key] for key in sorted(self._found))

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)


def listed(items: Iterable[str], conjunction: str = "and") -> str:
    """Items in a sentence, such as `a, b and c`; nothing for none."""
    *others, last = [*items] or [""]
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def quoted(words: Iterable[str], conjunction: str = "and") -> str:
    """The author's words in a sentence, each in backticks."""
    return listed((f"`{word}`" for word in words), conjunction)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` is most likely a misspelling of, or None when none is close."""
    names = sorted(set(candidates))
    folded = {name.casefold().replace("-", "_"): name for name in reversed(names)}
    meant = word.casefold().replace("-", "_")
    close = difflib.get_close_matches(meant, _likely(meant, folded), n=_TIED, cutoff=0.6)
    if len(close) < 2:
        return folded[close[0]] if close else None
    return folded[max(close, key=lambda name: (_likeness(name, meant), _shared_start(name, meant)))]


def _likeness(name: str, word: str) -> float:
    return difflib.SequenceMatcher(None, name, word).ratio()


def _shared_start(one: str, other: str) -> int:
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


_TIED = 8
"""Names that may be as close as the closest: of these it is the one that begins alike."""


_MANY = 200
"""Names of which each can be compared at length."""


def _likely(word: str, names: Collection[str]) -> Collection[str]:
    """Of many names, those that have most in common with a word, at a look."""
    if len(names) <= _MANY:
        return names
    own = _pieces(word)
    shared = {
        name: len(own & pieces) / (len(own) + len(pieces)) for name in names for pieces in [_pieces(name)]
    }
    return heapq.nlargest(_MANY, names, key=shared.__getitem__)


@lru_cache(maxsize=1 << 16)
def _pieces(text: str) -> frozenset[str]:
    """The parts of a text that are three characters long, its ends included."""
    padded = f"^{text}$"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2)) or frozenset((padded,))


def is_clear(word: str, candidates: Iterable[str]) -> bool:
    """Whether a word can only be a misspelling of its nearest candidate, not of another one nearly as well.

    Upper case, `-` and `_` make no difference: `error_query` is `errorQuery`.
    """
    folded = _without_joints(word)
    likeness = sorted(
        (difflib.SequenceMatcher(None, folded, _without_joints(name)).ratio() for name in set(candidates)),
        reverse=True,
    )
    return bool(likeness) and likeness[0] >= _CLEARLY and (likeness[0] - [*likeness, 0.0][1]) >= _APART


_CLEARLY, _APART = 0.85, 0.1


def _without_joints(name: str) -> str:
    return name.casefold().replace("-", "").replace("_", "")


def respelt(at: Span, word: str, meant: str) -> tuple[Fix, ...]:
    """The change of a key to another; none where it is not written as it is read, with or without quotes."""
    for quote in ("", '"', "'"):
        if at.text == quote + word + quote:
            return (Fix(at, quote + meant + quote),)
    return ()


def rewritten(at: Span, was: str, becomes: str) -> tuple[Fix, ...]:
    """The change of a part of a value, written at a place; none where it is spread over lines, or the like.

    In quotes of YAML or JSON, the new text is escaped as the old one is.
    """
    for written in (_plainly, _in_double_quotes, _in_single_quotes):
        if at.text == written(was):
            return (Fix(at, written(becomes)),)
    return ()


def _plainly(text: str) -> str:
    return text


def _in_double_quotes(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _in_single_quotes(text: str) -> str:
    return text.replace("'", "''")
