"""PromQL: tokens and verdicts with positions, selectors, windows and labels of queries.

The only package that imports promql_parser, and only when there is something to parse. All offsets count
characters of the text that was given; all functions are pure.
"""

from slogen.promql.analysis import aggregates_to, family
from slogen.promql.buckets import bucket_bounds, le_matcher
from slogen.promql.matchers import Matcher
from slogen.promql.names import is_label_name, is_metric_name
from slogen.promql.problem import Place, SyntaxProblem
from slogen.promql.selectors import (
    Matchers,
    Selector,
    UsedSelector,
    parse_matchers,
    parse_selector,
    selectors,
)
from slogen.promql.strings import quote
from slogen.promql.syntax import check, value_type
from slogen.promql.templates import (
    FixedRange,
    Holes,
    Rendered,
    Template,
    fixed_ranges,
    read_template,
    render,
)
from slogen.promql.tokens import Kind, Token, ends_in_comment, tokens

__all__ = [
    "FixedRange",
    "Holes",
    "Kind",
    "Matcher",
    "Matchers",
    "Place",
    "Rendered",
    "Selector",
    "SyntaxProblem",
    "Template",
    "Token",
    "UsedSelector",
    "aggregates_to",
    "bucket_bounds",
    "check",
    "ends_in_comment",
    "family",
    "fixed_ranges",
    "is_label_name",
    "is_metric_name",
    "le_matcher",
    "parse_matchers",
    "parse_selector",
    "quote",
    "read_template",
    "render",
    "selectors",
    "tokens",
    "value_type",
]
