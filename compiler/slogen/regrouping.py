"""Changes that let an aggregation keep more labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slogen.diagnostics import Fix
from slogen.expressions import ANY_WINDOW
from slogen.ir import Query
from slogen.source import Span

_NAME = re.compile(r"(?:sum|avg|min|max|count|group|stddev|stdvar|quantile)\b", re.IGNORECASE)
_LISTED = re.compile(r"[ \t]*by[ \t]*\([ \t]*(\)?)", re.IGNORECASE)
_OPENED = re.compile(r"[ \t]*\(")


def keeping(aggregation: Span, labels: Sequence[str]) -> tuple[Fix, ...]:
    """The change after which an aggregation, whose name stands at a place, keeps these labels as well.

    None where its labels are not written directly behind its name.
    """
    if not _NAME.fullmatch(aggregation.text):
        return ()
    source, end = aggregation.source, aggregation.end
    listed = _LISTED.match(source.text, end)
    if listed:
        first = listed.start(1)
        more = ", ".join(labels) + ("" if listed[1] else ", ")
        return (Fix(Span(source, first, first), more),)
    if not _OPENED.match(source.text, end) or _has_modifier_behind(source.text, end):
        return ()
    # A blank on both sides, as in `sum by (job) (...)`, however the parenthesis stood before.
    opened = source.text.index("(", end)
    return (Fix(Span(source, end, opened), f" by ({', '.join(labels)}) "),)


def _has_modifier_behind(text: str, start: int) -> bool:
    """Whether `by` or `without` stands behind the argument: where its parenthesis closes cannot be told from
    strings and brackets alone, so any is in doubt."""
    line_end = text.find("\n", start)
    rest = text[start : line_end if line_end >= 0 else len(text)]
    return re.search(r"\)[ \t]*(?:by|without)\b", rest, re.IGNORECASE) is not None


def outermost(query: Query) -> Span | None:
    """The name of the aggregation that a query is; None if it is anything else."""
    from slogen.promql.meaning import meaning_of  # noqa: PLC0415 - it loads promql_parser

    found = _NAME.match(query.text)
    whole = meaning_of(query.over(ANY_WINDOW), places=False) if found else None
    return query.at.slice(*found.span()) if found and whole is not None and whole.is_aggregation else None
