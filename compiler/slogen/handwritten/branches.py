"""The branches of an alert's condition: what stands between `or`, each of which fires the alert by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from slogen.promql.comparisons import is_filter

if TYPE_CHECKING:
    from slogen.promql.meaning import Meaning


def branches(meaning: Meaning) -> Iterator[Meaning]:
    """The sides of the outermost `or`, from the left; the whole where there is none."""
    bare = meaning.bare
    if bare.is_operation and bare.name == "or":
        for part in bare.parts:
            yield from branches(part)
    else:
        yield bare


def comparisons(meaning: Meaning) -> Iterator[Meaning]:
    """The comparisons that decide whether a branch has a result at all, from the outside in.

    Those that are joined by `and`, the left side of `unless`, and those below arithmetic and functions, which
    only see what has passed. A comparison with `bool` decides nothing.
    """
    bare = meaning.bare
    if bare.is_operation:
        if bare.name == "or":
            return
        if is_filter(bare):
            yield bare
        for part in bare.parts[: 1 if bare.name == "unless" else 2]:
            yield from comparisons(part)
    elif bare.is_aggregation or bare.is_call:
        if bare.name not in ("absent", "absent_over_time", "scalar", "vector"):
            for part in bare.parts:
                yield from comparisons(part)
    elif bare.is_subquery or bare.parts:
        yield from comparisons(bare.parts[0])
