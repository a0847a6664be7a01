"""What a valid query does to its window and to its labels. In doubt, the answer is no."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from slogen.promql.library import expression
from slogen.promql.matchers import METRIC_NAME
from slogen.promql.templates import SAMPLE_WINDOW, Holes, ranges, render

if TYPE_CHECKING:
    from slogen.promql.linearity import Family


@lru_cache(maxsize=2048)
def family(text: str, holes: Holes) -> Family | None:
    """How the values of a query over consecutive windows add up to the value over all of them.

    `rate`: the mean over n windows of one length is the value over n times that length. `increase`: the sum
    is. None: neither is certain. Both hold only for sums, differences and multiples of functions of one
    family, each over a range that is a hole, and for `or vector(0)` behind them.
    """
    rendered = render(text, holes, SAMPLE_WINDOW)
    places = tuple(ranges(rendered.text))
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
def aggregates_to(text: str, labels: tuple[str, ...]) -> bool:
    """Whether the value is certainly an instant vector with exactly these labels and no metric name."""
    tree = expression(text)
    if tree is None or METRIC_NAME in labels:
        return False
    from slogen.promql.labelling import has_exactly  # noqa: PLC0415 - it loads promql_parser

    try:
        return has_exactly(tree, frozenset(labels))
    except RecursionError:
        return False
