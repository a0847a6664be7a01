"""The author's PromQL at the border: texts of a document become queries, or located findings."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from slogen import codes, durations, promql
from slogen.diagnostics import Code, Report, rewritten
from slogen.ir import Query
from slogen.source import Node, Span

ANY_WINDOW = "5m"
"""The window over which a query shows what it is like, where nothing depends on the window."""

_SHORT, _LONG = ANY_WINDOW, "1h"
_EMPTY = "the expression is empty"
_SAMPLES = (_SHORT, _LONG, "1d", "30d")


def selector(node: Node, report: Report) -> Query | None:
    """A metric selector; None after findings."""
    text = _text(node, report)
    if text is None:
        return None
    found = promql.parse_selector(text)
    if isinstance(found, promql.SyntaxProblem):
        _report(found, node, report)
        return None
    return Query(_one_line(text), node.span)


def is_selector(text: str) -> bool:
    """Whether a text is one selector and nothing else."""
    return not isinstance(promql.parse_selector(text), promql.SyntaxProblem)


def matchers(node: Node, report: Report) -> str | None:
    """Label matchers, without braces; None after findings."""
    text = _text(node, report)
    if text is None:
        return None
    found = promql.parse_matchers(text)
    if isinstance(found, promql.SyntaxProblem):
        _report(found, node, report)
        return None
    return _one_line(found.text)


def vector(node: Node, report: Report) -> Query | None:
    """An instant vector that looks back on nothing the author must state; None after findings."""
    text = _text(node, report)
    if text is None or not is_promql(node, report) or not _is_vector(text, node, report):
        return None
    return Query(text.strip(), node.span)


def windowed(node: Node | None, report: Report, metricsql: bool = False) -> Query | None:
    """PromQL with `{{.window}}` in it; None after findings.

    It may be any template that Sloth can run. With `metricsql` a text in a dialect that slogen does not know
    is taken too, as `opaque`, if its brackets, quotes and comments are closed.
    """
    query = _templated(node, report) if node is not None else None
    if node is None or query is None:
        return None
    window, flaws = _first_flaws(query)
    if metricsql and flaws and all(flaw.code is codes.NOT_PROMQL for flaw in flaws):
        query = replace(query, opaque=True)
        window, flaws = _first_flaws(query)
    for flaw in flaws:
        _report(flaw.problem, node, report, flaw.code, window)
    if flaws or not _uses_window(query, node, report):
        return None
    return query if all(_is_vector_over(window, query, node, report) for window in _samples(query)) else None


class Flaw(NamedTuple):
    """What is wrong with a query over one window, at characters of its text."""

    code: Code
    problem: promql.SyntaxProblem


def flaws(query: Query, window: str) -> tuple[Flaw, ...]:
    """What keeps a query from being PromQL over one window; empty if nothing does.

    Of an opaque query it is what keeps it from standing in parentheses.
    """
    if query.template is None and not query.opaque:
        return tuple(Flaw(codes.NOT_PROMQL, problem) for problem in promql.check(query.text, query.holes))
    rendered = _rendered(query, window)
    if isinstance(rendered, promql.SyntaxProblem):
        return (Flaw(codes.BAD_TEMPLATE, rendered),)
    variables = tuple(promql.dashboard_variables(rendered))
    if variables:
        return tuple(Flaw(codes.BAD_TEMPLATE, problem) for problem in variables)
    if not rendered.text.strip():
        return (Flaw(codes.NOT_PROMQL, promql.SyntaxProblem(_EMPTY, 0, len(query.text), "write PromQL")),)
    check = promql.check_enclosed if query.opaque else promql.check
    found = check(rendered.text)
    moved = (problem.moved(rendered.source_place(problem.place)) for problem in found)
    return tuple(Flaw(codes.NOT_PROMQL, problem) for problem in moved)


def result_labels(query: Query) -> frozenset[str] | None:
    """The labels of a query's result, if it decides them itself; None where the series do, and in doubt."""
    return None if query.opaque else promql.result_labels(query.over(ANY_WINDOW))


def is_promql(node: Node, report: Report) -> bool:
    """Whether a text is PromQL; what is wrong goes to the report."""
    text = _text(node, report)
    problems = promql.check(text) if text is not None else []
    for problem in problems:
        _report(problem, node, report)
    return text is not None and not problems


def is_evaluable(node: Node, report: Report) -> bool:
    """Whether a text is PromQL that a rule can be made of: a vector or a number."""
    return is_promql(node, report) and _is_one_of(("vector", "scalar"), str(node.value), node, report)


def written_at(query: Query, place: promql.Place, window: str = ANY_WINDOW) -> Span:
    """Where the author wrote what stands at a place of the query over a window; of a program, the whole."""
    if query.template is not None:
        return query.at
    return query.at.slice(*promql.render(query.text, query.holes, window).source_place(place))


def _templated(node: Node, report: Report) -> Query | None:
    """The text as a query, with holes for the window or as a program that gives one for each."""
    text = _text(node, report)
    if text is None:
        return None
    template = promql.read_template(text)
    if template.is_program:
        return _programmed(text, node, report)
    for problem in template.problems:
        _report(problem, node, report, codes.BAD_TEMPLATE)
    return None if template.problems else Query(text, node.span, template.holes)


def _programmed(text: str, node: Node, report: Report) -> Query | None:
    from slogen.gotemplates.programs import Program, read  # noqa: PLC0415 - few queries are programs

    program = read(text)
    if isinstance(program, Program):
        if program.holes:
            return Query(text, node.span, program.holes)
        return Query(text, node.span, template=program)
    for message, help_, place in program:
        report.report(codes.BAD_TEMPLATE, node.span.slice(*place), message, help=help_)
    return None


def _first_flaws(query: Query) -> tuple[str, tuple[Flaw, ...]]:
    """The first window over which a query is no PromQL, and why."""
    found = ((window, flaws(query, window)) for window in _samples(query))
    return next((one for one in found if one[1]), ("", ()))


def _samples(query: Query) -> tuple[str, ...]:
    """Windows that show what a query is like: a few, and those that a program knows by name."""
    if query.template is None:
        return (_SHORT,)
    from slogen.gotemplates.programs import Program  # noqa: PLC0415

    texts = sorted(query.template.texts) if isinstance(query.template, Program) else []
    return tuple(dict.fromkeys((*_SAMPLES, *filter(_is_window, texts))))


def _is_window(text: str) -> bool:
    try:
        return durations.parse(text) > 0
    except ValueError:
        return False


def _rendered(query: Query, window: str) -> promql.Rendered | promql.SyntaxProblem:
    """The query over a window and the way back to its text, or what is wrong with the template."""
    if query.template is None:
        return promql.render(query.text, query.holes, window)
    from slogen.gotemplates.programs import Program  # noqa: PLC0415

    if not isinstance(query.template, Program):
        return promql.assemble([(query.template.over(window), (0, len(query.text)), False)])
    outcome = query.template.outcome(window)
    if outcome.problem:
        message, help_, place = outcome.problem
        return promql.SyntaxProblem(message, *place, help_)
    return promql.assemble(outcome.pieces)


def _uses_window(query: Query, node: Node, report: Report) -> bool:
    if query.holes and "#" not in query.text:
        return True
    rendered = _rendered(query, _SHORT)
    assert isinstance(rendered, promql.Rendered)
    if _code(rendered.text) != _code(query.over(_LONG)):
        return True
    fixed = [found for found in promql.all_ranges(rendered) if found.place in ("range", "subquery")]
    if not fixed:
        report.report(
            codes.NO_WINDOW,
            node.span,
            "this query ignores the burn-rate window",
            help="use `[{{.window}}]` as the range of a counter",
        )
    # Ranges of different lengths, and those of subqueries, are meant to differ from the window.
    is_clear = all(found.place == "range" and found.text == fixed[0].text for found in fixed)
    for found in fixed:
        at = node.span.slice(found.start, found.end)
        report.report(
            codes.NO_WINDOW,
            at,
            f"`{found.text}` is the same for every burn-rate window",
            label="a fixed range",
            help="write `{{.window}}`",
            fixes=rewritten(at, found.text, "{{.window}}") if is_clear else (),
        )
    return False


def _code(text: str) -> list[str]:
    """The text as Prometheus reads it, without comments."""
    return [token.text for token in promql.tokens(text) if token.kind is not promql.Kind.COMMENT]


def _is_vector_over(window: str, query: Query, node: Node, report: Report) -> bool:
    return query.opaque or _is_one_of(("vector",), query.over(window), node, report, _label_of(window))


def _is_vector(text: str, node: Node, report: Report) -> bool:
    return _is_one_of(("vector",), text, node, report)


def _is_one_of(kinds: tuple[str, ...], text: str, node: Node, report: Report, label: str = "") -> bool:
    kind = promql.value_type(text)
    if kind in kinds:
        return True
    words = {"matrix": "a range of samples", "scalar": "a number", "string": "a text"}
    fixes = {
        "matrix": "apply a function such as `rate()` and aggregate",
        "scalar": "select a metric",
        "string": "select a metric",
    }
    message = f"this gives {words[kind]}, not an instant vector"
    report.report(codes.NOT_A_VECTOR, node.span, message, label=label, help=fixes[kind])
    return False


def _text(node: Node, report: Report) -> str | None:
    if not isinstance(node.value, str):
        report.report(codes.WRONG_TYPE, node.span, "this is no PromQL", help="write PromQL in text")
        return None
    if not node.value.strip():
        report.report(codes.NOT_PROMQL, node.span, _EMPTY, help="write PromQL")
        return None
    return node.value


def _report(
    problem: promql.SyntaxProblem,
    node: Node,
    report: Report,
    code: Code = codes.NOT_PROMQL,
    window: str = _SHORT,
) -> None:
    at = node.span.slice(problem.start, problem.end)
    report.report(code, at, problem.message, label=_label_of(window), help=problem.help)


def _label_of(window: str) -> str:
    return "" if window == _SHORT else f"where the window is `{window}`"


def _one_line(text: str) -> str:
    """The text without comments and line breaks, so that a range can be put behind it; literals are kept."""
    text = text.strip()
    if "\n" not in text and "#" not in text:
        return text
    pieces: list[str] = []
    end = 0
    for token in promql.tokens(text):
        if token.kind is promql.Kind.COMMENT:
            continue
        if pieces and token.start > end:
            pieces.append(" ")
        pieces.append(token.text)
        end = token.end
    return "".join(pieces).strip()
