"""What slogen says about its input: codes, located diagnostics, and the report that collects them.

A diagnostic is data. Drawing it is the business of `slogen.render`; deciding on exit codes is the
business of the command line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from slogen.source import Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A stable identifier of one kind of finding, with its documentation.

    `doc` is Markdown: the first line is the title, then the sections Why, Wrong and Right. It is what
    `slogen explain ID` prints. An error means that nothing is emitted; a warning means that the input
    works and is probably not meant.
    """

    id: str
    severity: Severity
    doc: str

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
class Diagnostic:
    """One finding: what is wrong with this input, where, and what to type instead.

    `at` is the smallest text that must change. `message` starts with a small letter and quotes the
    author's text in backticks; `label` stands next to the underlined text; `help` says what to do.
    """

    code: Code
    message: str
    at: Span
    label: str = ""
    also: tuple[Label, ...] = ()
    help: str = ""

    @property
    def severity(self) -> Severity:
        """The severity of the code."""
        return self.code.severity

    def _order(self) -> tuple[str, int, str, str]:
        return (self.at.source.path, self.at.start, self.code.id, self.message)


@dataclass(slots=True)
class Report:
    """All findings of a run, in any order of arrival, read back in a stable one."""

    _found: dict[tuple[str, int, str, str], Diagnostic] = field(default_factory=dict)

    def report(
        self,
        code: Code,
        at: Span,
        message: str,
        *,
        label: str = "",
        also: Iterable[Label] = (),
        help: str = "",  # noqa: A002 - the field of a diagnostic is called help everywhere
    ) -> None:
        """Record a finding. The same code, place and message is recorded once."""
        self.add(Diagnostic(code, message, at, label, tuple(also), help))

    def add(self, diagnostic: Diagnostic) -> None:
        """Record a finding that is already built."""
        self._found.setdefault(diagnostic._order(), diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Record several findings."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

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


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` is most likely a misspelling of, or None when none is close."""
    names = sorted(set(candidates))
    folded = {name.casefold().replace("-", "_"): name for name in reversed(names)}
    match = difflib.get_close_matches(word.casefold().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[match[0]] if match else None
