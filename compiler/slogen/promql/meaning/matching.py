"""Which labels the sides of an operator are matched by, and whether any two elements ever match."""

from __future__ import annotations

from typing import NamedTuple

from promql_parser import BinaryExpr, LabelModifierType

from slogen.promql.labelling import KEEPS_LABELS, SETS_A_LABEL
from slogen.promql.meaning.labels import LabelFact, Presence
from slogen.promql.meaning.meaning import Meaning

_MANY = {"VectorMatchCardinality.ManyToOne": 0, "VectorMatchCardinality.OneToMany": 1}
_OF_TARGETS = ("job", "instance")
"""The labels that Prometheus gives to every series that it scrapes."""
_OFTEN_MISSING = "cluster"
"""The label that shared rules keep for those who watch several clusters; all others do not have it."""


class Matching(NamedTuple):
    """The labels of `on`, or (`is_on` is false) those of `ignoring`: all others are compared then.

    `many` is the side of which several elements may match one of the other, 0 or 1; None without `group_left`
    and `group_right`.
    """

    is_on: bool
    labels: tuple[str, ...]
    many: int | None = None


class Unmatched(NamedTuple):
    """A label because of which no two elements of the sides match, and what is known of it on either side."""

    label: str
    left: LabelFact
    right: LabelFact

    @property
    def lacking(self) -> int | None:
        """The side that lacks the label, 0 or 1; None where both have it, with different values."""
        if self.left.presence is Presence.NEVER:
            return 0
        return 1 if self.right.presence is Presence.NEVER else None

    @property
    def reason(self) -> str:
        """Why, as the end of a sentence about the two sides."""
        if self.lacking is None:
            left, right = self.words
            return f"the left one has {left}, the right one {right}"
        has, lacks = ("right", "left") if self.lacking == 0 else ("left", "right")
        return f"the {has} one has the label `{self.label}`, the {lacks} one has none"

    @property
    def words(self) -> tuple[str, str]:
        """What either side has, in a few words."""
        if self.lacking is None:
            return f'`{self.label}="{self.left.value}"`', f'`{self.label}="{self.right.value}"`'
        has, lacks = f"has `{self.label}`", f"has no `{self.label}`"
        return (lacks, has) if self.lacking == 0 else (has, lacks)


def matching_of(operation: Meaning) -> Matching | None:
    """What an operator between two vectors compares; None for others, and where missing sides are filled."""
    tree = operation.tree
    if not isinstance(tree, BinaryExpr) or any(part.type == "scalar" for part in operation.parts):
        return None
    return matching_by(tree)


def matching_by(tree: BinaryExpr) -> Matching | None:
    """The same of an operator whose sides are known to be vectors."""
    modifier = tree.modifier
    if modifier is None or modifier.matching is None:
        return Matching(False, ())
    fill = modifier.fill_values
    if fill is not None and (fill.lhs, fill.rhs) != (None, None):
        return None
    is_on = modifier.matching.type == LabelModifierType.Include
    return Matching(is_on, tuple(modifier.matching.labels), _MANY.get(str(modifier.card)))


def unmatched(operation: Meaning) -> Unmatched | None:
    """Why no two elements of the two sides of an operator have equal labels, whatever the series are.

    Labels that an aggregation is by are taken to be there. None in doubt.
    """
    matching = matching_of(operation)
    if matching is None:
        return None
    left, right = (part.labels for part in operation.parts)
    names = matching.labels if matching.is_on else tuple(dict.fromkeys((*left.named, *right.named)))
    for label in names:
        if not matching.is_on and label in matching.labels:
            continue
        found = Unmatched(label, left[label], right[label])
        if found.lacking is not None and not _may_have(operation.parts[1 - found.lacking], label):
            continue
        if _differ(found.left, found.right) or _lacks(label, found.left, found.right):
            return found
        if _lacks(label, found.right, found.left):
            return found
    return None


def is_scraped(meaning: Meaning) -> bool:
    """Whether the elements are those of series as they were scraped, with the labels of their targets.

    So it is by the form of the expression: what no rule records, no aggregation adds up and no label is taken
    from.
    """
    bare = meaning.bare
    if bare.is_selector:
        named = bool(bare.name) and ":" not in bare.name and bare.recorded is None
        return named and not any(one.name in _OF_TARGETS for one in bare.matchers if one.value == "")
    if bare.is_call:
        return bare.name in KEEPS_LABELS and bare.name not in SETS_A_LABEL and is_scraped(bare.operand)
    if bare.is_operation and any(part.type == "scalar" for part in bare.parts):
        return any(is_scraped(part) for part in bare.parts)
    if not bare.is_operation or not is_scraped(bare.parts[0]):
        return False
    return bare.name in ("and", "unless") or (
        matching_of(bare) == (False, (), None) and bare.name != "or" and is_scraped(bare.parts[1])
    )


def is_aggregated(meaning: Meaning) -> bool:
    """Whether no element has a label of its target."""
    labels = meaning.labels
    return labels.is_closed and all(labels.lacks(label) for label in _OF_TARGETS)


def _may_have(side: Meaning, label: str) -> bool:
    """Whether it is likely that all elements have a label: only buckets have bounds."""
    return label != "le" or any("_bucket" in one.name for one in side.selectors)


def _differ(left: LabelFact, right: LabelFact) -> bool:
    certain = left.presence is right.presence is Presence.CERTAIN
    return certain and left.value is not None and right.value is not None and left.value != right.value


def _lacks(label: str, lacking: LabelFact, having: LabelFact) -> bool:
    needed = Presence.EXPECTED if label != _OFTEN_MISSING else Presence.CERTAIN
    return lacking.presence is Presence.NEVER and having.presence >= needed and not having.is_mixed
