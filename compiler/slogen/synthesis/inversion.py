"""Indicators that call good what is bad by convention, and the other way round."""

from __future__ import annotations

import re
from functools import lru_cache

from slogen.ir import Grouping
from slogen.promql.sums import Beyond, Choice, Flow, Form, Sum, Term, read_form
from slogen.synthesis.cells import Cell, Layout, NoneError
from slogen.synthesis.conventions import PLACES

_EPSILON = 1e-9
_MATCHER = re.compile(r"""(\w+)\s*(=~|!~|!=|=)\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`)""")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'|`[^`]*`""")
_SAYS_WELL = re.compile(
    r"(?<![0-9])[23](?:[0-9x.\\\[(]|$)|^\(?[01]\)?$|true|yes|ok|succ|pass|complete|accept|healthy|deliver"
    r"|none|no_?error|hit",
    re.IGNORECASE,
)
_SAYS_BADLY = re.compile(
    r"(?<![0-9])[45](?:[0-9x.\\\[(]|$)|^\(?[01]\)?$|false|no|err|fail|reject|time|abort|excep|internal|un"
    r"|deadline|data|crash|drop|critical",
    re.IGNORECASE,
)


def may_be_inverted(text: str, counts_bad: bool) -> bool:
    """A quick look at what the matchers of a query say; a difference counts what is not subtracted."""
    if "-" in _QUOTED.sub("", text):
        counts_bad = not counts_bad
    for label, operator, *values in _MATCHER.findall(text):
        if label in PLACES:
            continue
        asks_for = operator in ("=", "=~")
        if label == "le" and asks_for and counts_bad:
            return True
        suspect = _SAYS_WELL if asks_for == counts_bad else _SAYS_BADLY
        if label != "le" and suspect.search("".join(values)):
            return True
    return False


@lru_cache(maxsize=1024)
def counters_are_inverted(total: tuple[Choice, ...], part: tuple[Choice, ...], part_is_good: bool) -> bool:
    """Whether only what succeeds counts as bad, of the events of selectors."""
    sums = [Sum(tuple(Term(1, "counter", choice, Flow().by(())) for choice in one)) for one in (total, part)]
    return _is_inverted(sums[0], sums[0].plus(sums[1].times(-1)) if part_is_good else sums[1])


@lru_cache(maxsize=1024)
def queries_are_inverted(total: str, part: str, part_is_good: bool) -> bool:
    """Whether only what succeeds counts as bad, of the events of queries over one window."""
    whole, chosen = read_form(total), read_form(part)
    if isinstance(whole, Beyond) or isinstance(chosen, Beyond) or whole.below or chosen.below:
        return False
    bad = whole.above.plus(chosen.above.times(-1)) if part_is_good else chosen.above
    return _is_inverted(whole.above, bad)


@lru_cache(maxsize=1024)
def ratio_is_inverted(error: str) -> bool:
    """Whether only what succeeds counts as bad, of an error ratio over one window."""
    form = read_form(error)
    return isinstance(form, Form) and form.below is not None and _is_inverted(form.below, form.above)


def _is_inverted(total: Sum, bad: Sum) -> bool:
    try:
        layout = Layout(total, bad, Grouping(), 0)
        if any(one.term.kind != "counter" for one in layout.weighed):
            return False
        cells = [cell for family in layout.families.values() for cell in layout.cells(family)]
    except NoneError:
        return False
    counted = [cell for cell in cells if cell.total > _EPSILON]
    bads = [cell for cell in counted if cell.bad > _EPSILON]
    goods = [cell for cell in counted if cell.bad <= _EPSILON]
    return _says(bads, 1) and any(cell.meaning < 0 for cell in goods) and not _any_well(goods)


def _says(cells: list[Cell], sign: int) -> bool:
    return bool(cells) and all(cell.meaning * sign > 0 for cell in cells)


def _any_well(cells: list[Cell]) -> bool:
    return any(cell.meaning > 0 for cell in cells)
