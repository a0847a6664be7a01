"""The author's PromQL at the border: texts of a document become queries, or located findings."""

from __future__ import annotations

from slogen import codes, promql
from slogen.diagnostics import Report
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
    if node is None:
        return None
    text = _text(node, report)
    if text is None:
        return None
    template = promql.template(text)
    if template.problems:
        for problem in template.problems:
            report.report(
                codes.BAD_TEMPLATE,
                node.span.slice(problem.start, problem.end),
                problem.message,
                help=problem.help,
            )
        return None
    rendered = template.render("5m")
    problems = promql.check(rendered.text)
    for problem in problems:
        at = node.span.slice(rendered.source_offset(problem.start), rendered.source_offset(problem.end))
        report.report(codes.NOT_PROMQL, at, problem.message, help=problem.help)
    if problems or not _uses_window(text, template, node, report):
        return None
    if not _is_vector(rendered.text, node, report):
        return None
    return Query(text, node.span, template.holes)


def is_promql(node: Node, report: Report) -> bool:
    """Whether a text is PromQL; what is wrong goes to the report."""
    text = _text(node, report)
    problems = promql.check(text) if text is not None else []
    for problem in problems:
        _report(problem, node, report)
    return text is not None and not problems


def _uses_window(text: str, template: promql.Template, node: Node, report: Report) -> bool:
    fixed = promql.fixed_ranges(text, template.holes)
    if template.holes:
        return True
    first = fixed[0] if fixed else None
    at = node.span.slice(first.start, first.end) if first else node.span
    shown = f"`{text[first.start : first.end]}` is the same for" if first else "this query ignores"
    report.report(
        codes.NO_WINDOW,
        at,
        f"{shown} every burn-rate window",
        label="a fixed range" if first else "",
        help="write `[{{.window}}]`" if first else "use `[{{.window}}]` as the range of a counter",
    )
    return False


def _is_vector(text: str, node: Node, report: Report) -> bool:
    kind = promql.value_type(text)
    if kind == "vector":
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


def _report(problem: promql.SyntaxProblem, node: Node, report: Report) -> None:
    at = node.span.slice(problem.start, problem.end)
    report.report(codes.NOT_PROMQL, at, problem.message, help=problem.help)


def _one_line(text: str) -> str:
    """The text without line breaks between tokens; string literals are kept."""
    text = text.strip()
    if "\n" not in text and "#" not in text:
        return text
    return promql.squeezed(text)
