"""Queries in a dialect of PromQL that slogen does not know: they are asked only to stay by themselves.

A rule puts such a query in parentheses. A bracket, a quote or a comment that reached beyond its text would
change the rule around it, so these are checked as both Prometheus and MetricsQL read them.
"""

from __future__ import annotations

from functools import lru_cache

from slogen.promql.lexical import bracket_problems, half_characters, unclosed_string
from slogen.promql.problem import SyntaxProblem
from slogen.promql.tokens import Kind, Token, tokens


@lru_cache(maxsize=2048)
def check_enclosed(text: str) -> tuple[SyntaxProblem, ...]:
    """What keeps `text`, in whatever dialect, from standing in parentheses; empty if nothing does."""
    scanned = tokens(text)
    if all(token.kind is Kind.COMMENT for token in scanned):
        return (SyntaxProblem("the query is empty", 0, len(text), "write an expression"),)
    found = next((problem for token in scanned if (problem := _of_token(token))), None)
    if found is None and "\r" in text:
        at = text.index("\r")
        found = SyntaxProblem(
            "a line ends in a carriage return", at, at + 1, "end lines with a line feed alone"
        )
    if found:
        return (found,)
    return half_characters(text) or tuple(bracket_problems(scanned))


def _of_token(token: Token) -> SyntaxProblem | None:
    if token.kind is Kind.ERROR and token.text[0] == "\\":
        return SyntaxProblem("a backslash stands outside of quotes", *token.place, "put the name in quotes")
    if token.kind is Kind.STRING and token.text[0] == "`" and token.text[-2:-1] == "\\":
        # It closes the string to Prometheus, and not to MetricsQL.
        return SyntaxProblem("a backslash stands before the last backtick", *token.place, "use double quotes")
    return unclosed_string(token)
