"""The queries of dashboards at the border: PromQL with Grafana's variables in it.

https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/: a variable is written `$name`,
`${name}`, `${name:format}` or `[[name]]`, and Grafana puts its value there before it asks Prometheus. To
judge a query, each gets a value that does not decide anything: a long range, a matcher that fits every
series. Where the value could be anything, only the form of the query is judged.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product, zip_longest
from typing import Literal

from slogen import codes, promql
from slogen.diagnostics import Report, nearest
from slogen.panels import PanelQuery, Undeclared
from slogen.source import Node, Span

_VARIABLE = re.compile(
    r"\$(?P<bare>\w+)|\[\[(?P<square>\w+)(?::\w+)?\]\]|\$\{(?P<braced>\w+)(?:\.[^:}]*)?(?::[^}]*)?\}"
)
_NAME_MATCHED = re.compile(r"__name__\s*=~?\s*[\"'`][^\"'`]*(?:\$|\[\[)")
_OWN = "__"
_RANGE, _STEP, _NUMBER, _NAME = "1h", "1m", "1", "slogen_any"
_LONGEST = {"__range": "1d"}
_NUMBERS = re.compile(r"__(?:interval|rate_interval|range)_m?s|__from|__to")
_LISTS = frozenset(("by", "without", "on", "ignoring", "group_left", "group_right"))
# Of a query with many variables, not all ways to read it are tried.
_MOST_READINGS = 32

# https://docs.victoriametrics.com/victoriametrics/metricsql/
_KEYWORDS_OF_METRICSQL = frozenset(("keep_metric_names", "default", "if", "ifnot", "limit"))
_FUNCTIONS_OF_METRICSQL = re.compile(
    r"with|union|rollup\w*|aggr_over_time|range_\w+|running_\w+|smooth_exponential|remove_resets"
    r"|(?:top|bottom)k_(?:avg|max|min|median|last)|outliers\w*|zscore\w*|quantiles\w*|median\w*|mode_over_time"
    r"|label_(?:set|map|copy|move|del|keep|match|mismatch|lowercase|uppercase|transform|value|graphite_group)"
    r"|labels_equal|drop_common_labels|alias|histogram(?:_over_time|_share)?|buckets_limit|prometheus_buckets"
    r"|(?:increase|delta|rate|changes|deriv)_(?:pure|prometheus|fast|over_sum)|ideriv|t(?:first|last|min|max)\w*_over_time"
    r"|(?:count|share|sum)_(?:eq|ne|gt|le)_over_time|share\w*|distinct\w*|geomean\w*|sum2\w*|any|mad|lag"
    r"|lifetime|scrape_interval|(?:keep_(?:last|next)|default)_\w+|interpolate|integrate|hoeffding_\w+"
    r"|sort_by_label_numeric\w*|limit_offset|bitmap_\w+|now|ru|ttf|duration_over_time|range_over_time"
)

Where = Literal["string", "range", "step", "offset", "list", "open"]
_Piece = tuple[str, promql.Place, bool]


@dataclass(frozen=True, slots=True)
class _Use:
    """A variable in a query: its place, its name, and the token that it is, or is a part of."""

    start: int
    end: int
    name: str
    token: promql.Token
    where: Where


def names_used(text: str) -> Iterator[tuple[str, promql.Place]]:
    """The names that look like variables, with the places of the whole variable."""
    for match in _VARIABLE.finditer(text):
        yield match["bare"] or match["square"] or match["braced"], match.span()


def panel_query(
    node: Node,
    report: Report,
    declared: Collection[str] | None,
    *,
    certain: bool = True,
    place: promql.Place | None = None,
) -> PanelQuery | None:
    """The query that a text is, or that stands at a `place` of it; None after findings, and where nothing can
    be said about it.

    `declared` are the variables of the dashboard, None where they are not known. What is not `certain` to be
    PromQL gives no findings.
    """
    whole = str(node.value)
    start, end = place or (0, len(whole))
    text, at = whole[start:end], node.span.slice(start, end) if place else node.span
    unknown = list(_unknown(text, declared))
    if unknown and certain:
        for name, where in unknown:
            _report_unknown(name, at.slice(*where), declared or (), report)
        return None
    rendered, is_guess = _read(text, declared) or (None, False)
    if _NAME_MATCHED.search(text):
        is_guess = True
    if rendered is None or not rendered.text.strip():
        return None
    problems = promql.check(rendered.text)
    is_told = problems and certain and not _is_metricsql(rendered.text)
    for problem in problems if is_told else ():
        there = at.slice(*rendered.source_place(problem.place))
        report.report(codes.NOT_PROMQL, there, problem.message, help=problem.help)
    if problems:
        return None
    return PanelQuery(rendered.text, at, rendered, is_guess, tuple(_undeclared(text, at, declared)))


def _is_metricsql(text: str) -> bool:
    """Whether words of VictoriaMetrics stand in a query: Grafana asks it too as if it were Prometheus."""
    scanned = [token for token in promql.tokens(text) if token.kind is not promql.Kind.STRING]
    return any(
        token.word in _KEYWORDS_OF_METRICSQL
        or (following == "(" and _FUNCTIONS_OF_METRICSQL.fullmatch(token.word) is not None)
        for token, following in zip_longest(scanned, (one.text for one in scanned[1:]))
    )


def _unknown(text: str, declared: Collection[str] | None) -> Iterator[tuple[str, promql.Place]]:
    """Variables that the dashboard does not declare, where no text of PromQL can stand.

    Within strings a dollar sign is common: in regular expressions, and in what `label_replace` puts there.
    """
    if declared is None:
        return
    strings = [token for token in promql.tokens(text) if token.kind is promql.Kind.STRING]
    comments = [token for token in promql.tokens(text) if token.kind is promql.Kind.COMMENT]
    for name, (start, end) in names_used(text):
        within = any(token.start < end and start < token.end for token in (*strings, *comments))
        is_square = text[start] == "["
        if not within and not is_square and not _is_known(name, declared):
            yield name, (start, end)


def _undeclared(text: str, at: Span, declared: Collection[str] | None) -> Iterator[Undeclared]:
    """The values of matchers that are a variable and nothing else, which the dashboard does not declare."""
    if declared is None:
        return
    scanned = promql.tokens(text)
    for index, token in enumerate(scanned):
        found = _VARIABLE.fullmatch(token.text[1:-1]) if token.kind is promql.Kind.STRING else None
        name = found and (found["bare"] or found["braced"])
        if not name or name.isdigit() or _is_known(name, declared):
            continue
        if index and scanned[index - 1].text in ("=", "=~", "!=", "!~"):
            yield Undeclared(name, at.slice(token.start + 1, token.end - 1), nearest(name, declared))


def _is_known(name: str, declared: Collection[str]) -> bool:
    return name.startswith(_OWN) or name in declared


def _report_unknown(name: str, at: Span, declared: Collection[str], report: Report) -> None:
    meant = nearest(name, (*declared, "__rate_interval", "__interval", "__range"))
    report.report(
        codes.NOT_PROMQL,
        at,
        f"the dashboard has no variable `{name}`, so Prometheus gets the dollar sign",
        help=f"did you mean `${meant}`?" if meant else f"declare `{name}` in `templating`, or write a value",
    )


# reading ----------------------------------------------------------------------------------------------


def _read(text: str, declared: Collection[str] | None) -> tuple[promql.Rendered, bool] | None:
    """The query with values in place of its variables, and whether some of them are guesses; None where
    nothing makes it PromQL, though a variable could."""
    uses = list(_uses(text, declared))
    open_ = [use for use in uses if use.where in ("open", "list")]
    certain = [_piece(use, text) for use in uses if use.where not in ("open", "list")]
    if not open_:
        return promql.assemble(_assembled(text, certain)), False
    readings = product(*(_readings(use) for use in open_))
    for values in islice(readings, _MOST_READINGS):
        pieces = [(value, (use.start, use.end), False) for use, value in zip(open_, values, strict=True)]
        rendered = promql.assemble(_assembled(text, [*certain, *pieces]))
        if not promql.check(rendered.text):
            return rendered, any(value != _NUMBER for value in values)
    return None


def _readings(use: _Use) -> Sequence[str]:
    if _NUMBERS.fullmatch(use.name):
        return (_NUMBER,)
    if use.where == "list" or use.token.end - use.token.start > use.end - use.start:
        return (_NAME,)
    return (_NUMBER, _NAME, f'{_NAME}="1"')


def _assembled(text: str, replaced: Sequence[_Piece]) -> list[_Piece]:
    pieces: list[_Piece] = []
    at = 0
    for piece in sorted(replaced, key=lambda piece: piece[1]):
        start, end = piece[1]
        if start < at:
            continue
        pieces += ((text[at:start], (at, start), True), piece)
        at = end
    return [*pieces, (text[at:], (at, len(text)), True)]


def _uses(text: str, declared: Collection[str] | None) -> Iterator[_Use]:
    found = [
        (name, place)
        for name, place in names_used(text)
        if (not name.isdigit() if declared is None else _is_known(name, declared))
    ]
    if not found:
        return
    scanned = promql.tokens(_masked(text, [place for _, place in found]))
    wheres = _wheres(scanned)
    for name, (start, end) in found:
        index = next((i for i, token in enumerate(scanned) if token.start < end and start < token.end), None)
        if index is None or scanned[index].kind is promql.Kind.COMMENT:
            continue
        token = scanned[index]
        if token.kind is promql.Kind.STRING:
            # A matcher is replaced with its operator, another string only where the variable stands.
            yield _Use(*_matcher(scanned, index, (start, end)), name, token, "string")
        elif wheres[index] in ("range", "step", "offset"):
            yield _Use(token.start, token.end, name, token, wheres[index])
        else:
            yield _Use(start, end, name, token, wheres[index])


def _masked(text: str, places: Sequence[promql.Place]) -> str:
    """The text with a word of the same length in place of every variable."""
    for start, end in places:
        text = f"{text[:start]}{'v' * (end - start)}{text[end:]}"
    return text


def _wheres(scanned: Sequence[promql.Token]) -> list[Where]:
    """What stands at each token: a range or its step, an offset, a list of labels, or anything."""
    found: list[Where] = []
    where: Where = "open"
    last = ""
    for index, token in enumerate(scanned):
        if token.text == "[":
            where = "range"
        elif token.text in ("]", ")", "}"):
            where = "open"
        elif token.kind is promql.Kind.COLON and where == "range":
            where = "step"
        elif token.text == "(" and last in _LISTS:
            where = "list"
        before = [one.word for one in scanned[max(0, index - 2) : index]]
        is_offset = before[-1:] == ["offset"] or (before[:1] == ["offset"] and before[1] in ("+", "-"))
        found.append("offset" if is_offset else where)
        last = token.word
    return found


def _matcher(scanned: Sequence[promql.Token], index: int, variable: promql.Place) -> promql.Place:
    before = scanned[index - 1] if index else None
    if before is not None and before.text in ("=", "=~", "!=", "!~"):
        return before.start, scanned[index].end
    return variable


def _piece(use: _Use, text: str) -> _Piece:
    place = (use.start, use.end)
    written = text[use.start : use.end]
    if use.where == "string":
        if written.startswith("!"):
            return '!=""', place, False
        return ('=~".+"' if written.startswith("=") else "x"), place, False
    if use.where == "step":
        return _STEP, place, False
    return _LONGEST.get(use.name, _RANGE), place, False


# variables of dashboards ------------------------------------------------------------------------------

_FUNCTION = re.compile(
    r"\s*(?P<name>label_values|query_result|label_names|metrics)\s*\((?P<body>.*)\)\s*", re.DOTALL
)
_LABEL_BEHIND = re.compile(r",\s*(?P<label>[$\w{}:\[\]]+)\s*\Z")


def variable_query(
    node: Node, report: Report, declared: Collection[str] | None, *, certain: bool = True
) -> PanelQuery | None:
    """The PromQL within the query of a variable, such as the metric of `label_values(up, job)`."""
    found = _FUNCTION.fullmatch(str(node.value))
    if found is None or found["name"] not in ("label_values", "query_result"):
        return None
    start, end = found.span("body")
    if found["name"] == "label_values":
        label = _LABEL_BEHIND.search(found["body"])
        if label is None:
            return None
        end = start + label.start()
    return panel_query(node, report, declared, certain=certain, place=(start, end))
