"""PromQL: tokens and verdicts with positions, selectors, windows and labels of queries.

The only package that imports promql_parser, and only when there is something to parse. All offsets count
characters of the text that was given; all functions are pure.
"""

from slogen.promql.analysis import aggregates_to, as_family, family, keeps_label, result_labels
from slogen.promql.buckets import bucket_bounds, le_matcher
from slogen.promql.dialects import check_enclosed
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
    Holes,
    Range,
    Rendered,
    Template,
    all_ranges,
    assemble,
    dashboard_variables,
    fixed_ranges,
    read_template,
    render,
)
from slogen.promql.tokens import Kind, Token, ends_in_comment, tokens

__all__ = [
    "Holes",
    "Kind",
    "Matcher",
    "Matchers",
    "Place",
    "Range",
    "Rendered",
    "Selector",
    "SyntaxProblem",
    "Template",
    "Token",
    "UsedSelector",
    "aggregates_to",
    "all_ranges",
    "as_family",
    "assemble",
    "bucket_bounds",
    "check",
    "check_enclosed",
    "dashboard_variables",
    "ends_in_comment",
    "family",
    "fixed_ranges",
    "is_label_name",
    "is_metric_name",
    "keeps_label",
    "le_matcher",
    "parse_matchers",
    "parse_selector",
    "quote",
    "read_template",
    "render",
    "result_labels",
    "selectors",
    "tokens",
    "value_type",
]
