"""Pieces of PromQL that several kinds of indicators are made of."""

from __future__ import annotations

from slogen.ir import Grouping, Over, Query


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
    return f"sum{grouping.by}(\n" + "\n  or\n".join(parts) + "\n)"


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
