"""What tells a comparison from another one: values at the threshold itself, and well on its other side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from slogen.synthesis.motions import Motions, World
from slogen.synthesis.nodes import Aggregate, Binary, Call, Node, Subquery, selects, walk
from slogen.synthesis.styles import is_exact, style_of
from slogen.synthesis.thresholds import Mode

_STRICTER_OR_LOOSER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
# Whether a quotient of rates is exactly its threshold depends on how each of them is rounded.
_SCALES = (1.6, 0.8, 3.0, 5.0, 7.0)
_WAYS: dict[bool, tuple[Mode, ...]] = {True: ("edge",), False: ("calm", "far")}


class Confusable(NamedTuple):
    """A comparison, the expression with another one in its place, and what may tell the two apart.

    One that is turned around may keep an alert silent: a world is wanted in which the expression `must_fire`.
    """

    node: Binary
    other: Node
    modes: tuple[Mode, ...]
    must_fire: bool


def confusable(root: Node) -> Iterator[Confusable]:
    """The comparisons of an expression, each with those that are easily taken for it."""
    for node in dict.fromkeys(each for each in walk(root) if isinstance(each, Binary)):
        if node.op not in _TURNED or not selects(node):
            continue
        for at_threshold, ops in ((True, _STRICTER_OR_LOOSER), (False, _TURNED)):
            other = _exchanged(root, node, replace(node, op=ops[node.op]))
            yield Confusable(node, other, _WAYS[at_threshold], not at_threshold)


def less_labelled(root: Node) -> Iterator[Node]:
    """The expression without one of the labels by which an `and` or `unless` finds what belongs together.

    Those of what stands on its right side count, too: they do not show in the result.
    """
    for node in dict.fromkeys(each for each in walk(root) if isinstance(each, Binary)):
        if node.op not in ("and", "unless"):
            continue
        for label in node.on or ():
            shorter = replace(node, on=tuple(each for each in node.on or () if each != label))
            yield _exchanged(root, node, shorter)
        for part in dict.fromkeys(each for each in walk(node.right) if isinstance(each, Aggregate)):
            for label in () if part.without else part.labels:
                rest = replace(part, labels=tuple(each for each in part.labels if each != label))
                yield _exchanged(root, node, replace(node, right=_exchanged(node.right, part, rest)))


def around(root: Node, node: Binary) -> Iterator[Binary]:
    """The `unless` on whose right side a comparison stands."""
    for each in walk(root):
        if isinstance(each, Binary) and each.op == "unless" and node in list(walk(each.right)):
            yield each


def scaled(node: Binary, world: World) -> Iterator[World]:
    """The world, and the same with more or fewer events, of which a quotient is the same."""
    yield world
    if is_exact(node) or "share" not in (style_of(node.left), style_of(node.right)):
        return
    for factor in _SCALES:
        before = None if world.before is None else _times(world.before, factor)
        yield World(world.what, _times(world.motions, factor), before)


def _times(motions: Motions, factor: float) -> Motions:
    return {
        series: replace(motion, value=motion.value * factor, per_second=motion.per_second * factor)
        if motion.per_second
        else motion
        for series, motion in motions.items()
    }


def _exchanged(root: Node, old: Node, new: Node) -> Node:
    """The expression with another part in the place of one, wherever it stands."""
    if root == old:
        return new
    if isinstance(root, Binary):
        return replace(root, left=_exchanged(root.left, old, new), right=_exchanged(root.right, old, new))
    if isinstance(root, (Aggregate, Subquery)):
        return replace(root, inner=_exchanged(root.inner, old, new))
    if isinstance(root, Call):
        return replace(root, arguments=tuple(_exchanged(each, old, new) for each in root.arguments))
    return root
