"""What an expression is about: the conditions that decide, and those that only guard them."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.synthesis.nodes import COMPARISONS, Aggregate, Binary, Call, Node, Subquery, children, walk


def guards(root: Node) -> Iterator[Node]:
    """Comparisons that are not what the expression is about: below operations, and behind `and`."""
    main = conditions(root)
    for node in walk(root):
        if isinstance(node, Binary) and node.op in COMPARISONS and node not in main:
            yield node


def conditions(node: Node) -> list[Node]:
    """What an expression is about: comparisons, `absent` and `unless` that decide on their own."""
    if isinstance(node, Binary):
        if node.op == "or":
            return [*conditions(node.left), *conditions(node.right)]
        if node.op == "and":
            return conditions(node.left) or conditions(node.right)
        if node.op == "unless":
            return conditions(node.left) or [node]
        if node.op in COMPARISONS:
            # Of a chain such as `1 < x < 5` both are meant.
            return [node, *_chained(node.left), *_chained(node.right)]
        return []
    if isinstance(node, Call) and node.name in ("absent", "absent_over_time"):
        return [node]
    if isinstance(node, (Aggregate, Call, Subquery)):
        return [each for child in children(node) for each in conditions(child)]
    return []


def _chained(node: Node) -> list[Node]:
    return conditions(node) if isinstance(node, Binary) and node.op in COMPARISONS else []
