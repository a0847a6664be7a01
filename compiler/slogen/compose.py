"""Pieces of PromQL that several kinds of indicators are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from slogen.ir import HOLE, Grouping, Over, Query


def zero_filled(errors: str, grouping: Grouping, total: str) -> str:
    """Errors that are zero where only the total exists: error series appear at the first error."""
    return f"{errors}\nor {grouping.on}\n0 * {total}"


def complement(good: str, grouping: Grouping, total: str) -> str:
    """The events that are not good, never below zero: extrapolation may differ between two series."""
    indented = zero_filled(good, grouping, total).replace("\n", "\n    ")
    return f"clamp_min(\n  {total}\n  - {grouping.on}\n  (\n    {indented}\n  ),\n  0\n)"


def counted(selectors: tuple[Query, ...], over: Over, grouping: Grouping) -> str:
    """The events of all counters, added up; present when at least one of the counters exists."""
    sums = [f"sum{grouping.by}({over.function}({query.text}[{over.window}]))" for query in selectors]
    if len(sums) == 1:
        return sums[0]
    # The counters may have equal label sets: a label of its own keeps `or` from dropping any.
    parts = [f'    label_replace({one}, "slogen_part", "{i}", "", "")' for i, one in enumerate(sums, 1)]
    return f"sum{by_without('slogen_part', grouping)}(\n" + "\n  or\n".join(parts) + "\n)"


def by_without(label: str, grouping: Grouping) -> str:
    """The aggregation modifier of the grouping, for series with a label that tells nothing apart."""
    return f" without ({label}) " if grouping.each else grouping.by


# samples ----------------------------------------------------------------------------------------------


def over_time(samples: str, over: Over) -> str:
    """How many samples a window has, or how many an evaluation has on average."""
    function = "sum_over_time" if over.function == "increase" else "avg_over_time"
    return f"{function}({samples}[{over.window}])"


def looked_back(samples: str, steps: str) -> str:
    """How many samples there would have been at the steps of a subquery, such as `1h:1m`."""
    return f"sum_over_time({operand(samples)}[{steps}])"


# queries that stand by themselves ---------------------------------------------------------------------


def rates(window: str) -> Over:
    """The events per second over a window that may be a hole, whose length is not known."""
    return Over(window, seconds="")


def spelt(text: Callable[[str], str], window: str) -> str:
    """A text over a window; over `HOLE` a template, in which braces of the author's stay what they are."""
    if window != HOLE:
        return text(window)
    return text(_NO_CHARACTER).replace("{{", '{{"{{"}}').replace(_NO_CHARACTER, HOLE)


_NO_CHARACTER = "\0"


# texts ------------------------------------------------------------------------------------------------


def operand(text: str) -> str:
    """PromQL that an operator or a range can stand behind: in parentheses, where it needs them."""
    return text.strip() if is_one_call(text) else enclosed(text)


def enclosed(text: str) -> str:
    """The author's PromQL in parentheses that no comment at its end swallows."""
    text = text.strip()
    if is_one_line(text):
        return f"({text})"
    # Only between backticks is a line break, and what follows it, part of a value.
    body = text if "`" in text else text.replace("\n", "\n  ")
    return f"(\n  {body}\n)"


def is_one_line(text: str) -> bool:
    """Whether something can stand behind a piece of PromQL on its line."""
    return "\n" not in text and "#" not in text


@lru_cache(maxsize=2048)
def is_one_call(text: str) -> bool:
    """Whether valid PromQL is a single call or aggregation on one line, so that no operator splits it."""
    if not is_one_line(text.strip()):
        return False
    text = _LITERAL.sub('""', text)
    head = _HEAD.match(text)
    if head is None:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(text, head.end()):
        depth += 1 if bracket[0] == "(" else -1
        if depth == 0:
            return _TAIL.fullmatch(text, bracket.end()) is not None
    return False


_LITERAL = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""")
_MODIFIER = r"(?:by|without)\s*\([^()]*\)\s*"
_HEAD = re.compile(rf"\s*[A-Za-z_]\w*\s*(?:{_MODIFIER})?(?=\()", re.IGNORECASE)
_TAIL = re.compile(rf"\s*(?:{_MODIFIER})?", re.IGNORECASE)
_BRACKET = re.compile(r"[()]")
