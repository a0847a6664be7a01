"""What a valid query does to its window and to its labels. In doubt, the answer is no."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from slogen.promql.library import expression
from slogen.promql.matchers import METRIC_NAME
from slogen.promql.names import is_label_name
from slogen.promql.templates import SAMPLE_WINDOW, Holes, ranges, read_template, render
from slogen.promql.tokens import Kind, Token, tokens

if TYPE_CHECKING:
    from slogen.promql.linearity import Family

_FUNCTIONS: tuple[Family, ...] = ("rate", "increase")
# What is said of a query when it is read is asked again when its rules are made, after all others were read.
_MANY = 32_768
_SUMS = frozenset(("sum_over_time", "count_over_time"))


@lru_cache(maxsize=_MANY)
def family(text: str, holes: Holes) -> Family | None:
    """How the values of a query over consecutive windows add up to the value over all of them.

    `rate`: the mean over n windows of one length is the value over n times that length. `increase`: the sum
    is. None: neither is certain. Both hold only for sums, differences and multiples of functions of one
    family, each over a range that is a hole, and for `or vector(0)` behind them.
    """
    rendered = render(text, holes, SAMPLE_WINDOW)
    places = ranges(rendered.text)
    windows = tuple(rendered.source_place(place) for place, kind in places if kind == "range")
    fixed = [rendered.source_place(place) for place, kind in places if kind == "offset"]
    if windows != holes or len(windows) + len(fixed) != len(places):
        return None
    tree = expression(rendered.text)
    if tree is None:
        return None
    from slogen.promql.linearity import family_of_tree  # noqa: PLC0415 - it loads promql_parser

    try:
        return family_of_tree(tree)
    except RecursionError:
        return None


@lru_cache(maxsize=2048)
def as_family(text: str, wanted: Family) -> str | None:
    """The query with `rate()` turned into `increase()`, or the other way round; None where that is not exact.

    The increase is the rate times the seconds of the window. The text may have holes for the window, or the
    same range everywhere. One that is of that family already is given back as it is.
    """
    holes = read_template(text).holes or _equal_ranges(text)
    found = family(text, holes) if holes else None
    if found in (None, wanted):
        return text if found else None
    rendered = render(text, holes, SAMPLE_WINDOW)
    old = next(name for name in _FUNCTIONS if name != wanted)
    pieces: list[str] = []
    at = 0
    for token in _called(rendered.text):
        if token.text == old:
            start, end = rendered.source_place(token.place)
            pieces += (text[at:start], wanted)
            at = end
        elif token.text in _SUMS:
            return None
    return "".join((*pieces, text[at:]))


def _equal_ranges(text: str) -> Holes:
    """The ranges of a query without holes, if they are all spelled the same."""
    found = tuple(place for place, kind in ranges(text) if kind == "range")
    return found if len({text[slice(*place)] for place in found}) == 1 else ()


def _called(text: str) -> Iterator[Token]:
    """The names of the functions that are called."""
    code = [token for token in tokens(text) if token.kind is not Kind.COMMENT]
    return (token for token, then in pairwise(code) if then.text == "(" and token.kind is Kind.NAME)


def aggregates_to(text: str, labels: tuple[str, ...]) -> bool:
    """Whether summing by these labels would change nothing: the value has them and no metric name."""
    return result_labels(text) == frozenset(labels)


@lru_cache(maxsize=_MANY)
def result_labels(text: str) -> frozenset[str] | None:
    """The labels of an instant vector, if its aggregations and operators alone decide them.

    The query is one for a given window. None where the labels depend on the series that are selected, where
    the metric name or a label in quotes is among them, and in doubt.
    """
    tree = expression(text)
    if tree is None:
        return None
    from slogen.promql.labelling import labels_of  # noqa: PLC0415 - it loads promql_parser

    try:
        found = labels_of(tree)
    except RecursionError:
        return None
    if found is None or METRIC_NAME in found:
        return None
    return found if all(map(is_label_name, found)) else None


@lru_cache(maxsize=2048)
def keeps_label(text: str, label: str) -> bool:
    """Whether a label of the series that are selected surely has its value in the result, too.

    The query is one for a given window.
    """
    tree = expression(text)
    if tree is None:
        return False
    from slogen.promql.labelling import keeps_in_tree  # noqa: PLC0415 - it loads promql_parser

    try:
        return keeps_in_tree(tree, label)
    except RecursionError:
        return False
