"""The author's PromQL at the border: texts of a document become queries, or located findings."""

from __future__ import annotations

from slogen import codes, promql
from slogen.diagnostics import Code, Report
from slogen.ir import Query
from slogen.source import Node


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


def windowed(node: Node | None, report: Report) -> Query | None:
    """PromQL with `{{.window}}` in it; None after findings."""
    text = _text(node, report) if node is not None else None
    if node is None or text is None:
        return None
    template = promql.read_template(text)
    for problem in template.problems:
        _report(problem, node, report, codes.BAD_TEMPLATE)
    if template.problems:
        return None
    problems = promql.check(text, template.holes)
    for problem in problems:
        _report(problem, node, report)
    if problems or not _uses_window(text, template.holes, node, report):
        return None
    query = Query(text, node.span, template.holes)
    return query if _is_vector(query.over("5m"), node, report) else None


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


def _uses_window(text: str, holes: promql.Holes, node: Node, report: Report) -> bool:
    if holes:
        return True
    fixed = [found for found in promql.fixed_ranges(text, holes) if found.place in ("range", "subquery")]
    if not fixed:
        report.report(
            codes.NO_WINDOW,
            node.span,
            "this query ignores the burn-rate window",
            help="use `[{{.window}}]` as the range of a counter",
        )
    for found in fixed:
        report.report(
            codes.NO_WINDOW,
            node.span.slice(found.start, found.end),
            f"`{found.text}` is the same for every burn-rate window",
            label="a fixed range",
            help="write `{{.window}}`",
        )
    return False


def _is_vector(text: str, node: Node, report: Report) -> bool:
    return _is_one_of(("vector",), text, node, report)


def _is_one_of(kinds: tuple[str, ...], text: str, node: Node, report: Report) -> bool:
    kind = promql.value_type(text)
    if kind in kinds:
        return True
    words = {"matrix": "a range of samples", "scalar": "a number", "string": "a text"}
    fixes = {
        "matrix": "apply a function such as `rate()` and aggregate",
        "scalar": "select a metric",
        "string": "select a metric",
    }
    report.report(
        codes.NOT_A_VECTOR, node.span, f"this gives {words[kind]}, not an instant vector", help=fixes[kind]
    )
    return False


def _text(node: Node, report: Report) -> str | None:
    if not isinstance(node.value, str):
        report.report(codes.WRONG_TYPE, node.span, "this is no PromQL", help="write PromQL in text")
        return None
    if not node.value.strip():
        report.report(codes.NOT_PROMQL, node.span, "the expression is empty", help="write PromQL")
        return None
    return node.value


def _report(problem: promql.SyntaxProblem, node: Node, report: Report, code: Code = codes.NOT_PROMQL) -> None:
    report.report(code, node.span.slice(problem.start, problem.end), problem.message, help=problem.help)


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
