"""Backwards through an expression: from the value that is wanted to series that give it.

Each step tries what is natural first and yields every draft that may do. The drafts need a judge: what is
tried here knows no more of other parts of the expression than what has been placed for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slogen.synthesis.aggregating import of_aggregate
from slogen.synthesis.aims import guards
from slogen.synthesis.calculating import of_arithmetic
from slogen.synthesis.calling import of_call
from slogen.synthesis.comparing import of_comparison
from slogen.synthesis.connecting import of_set_operation
from slogen.synthesis.drafts import BEFORE, NOW, Draft
from slogen.synthesis.goals import USUAL, Found, Goal, Way
from slogen.synthesis.leaves import leaf
from slogen.synthesis.lines import constant_of, same
from slogen.synthesis.nodes import (
    COMPARISONS,
    SET_OPERATORS,
    Aggregate,
    BeyondError,
    Binary,
    Call,
    Node,
    Select,
    eras,
    spacing,
)
from slogen.synthesis.placing import of_leaf
from slogen.synthesis.thresholds import Mode

_MOST_STEPS = 4000


class _TooManyError(Exception):
    """The search has been given up."""


class Solver:
    """Drafts for one expression, under one plan: what is to become of its conditions."""

    def __init__(self, root: Node, plan: Mapping[Node, Mode], way: Way = USUAL) -> None:
        self.root = root
        self.plan = plan
        self.sampled = spacing(root) / 1000
        self.eras = eras(root, bursts=way.bursts)
        self.way = way
        self.steps = 0
        self.beyond: BeyondError | None = None
        self.guards: frozenset[Node] = frozenset(guards(root))

    def drafts(self, goal: Goal) -> Iterator[Found]:
        """Ways to reach the goal; ends when too many have been tried."""
        try:
            yield from self.exists(self.root, goal, Draft())
        except (_TooManyError, RecursionError):
            return

    def exists(self, node: Node, goal: Goal, draft: Draft, era: int = NOW) -> Iterator[Found]:
        """Drafts in which the vector has an element as wanted."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise _TooManyError
        try:
            yield from self._exists(node, goal, draft, era)
        except BeyondError as beyond:
            self.beyond = self.beyond or beyond

    def _exists(self, node: Node, goal: Goal, draft: Draft, era: int) -> Iterator[Found]:
        constant = constant_of(node)
        if constant is not None:
            if goal.level is None or same(goal.level, constant):
                yield Found(draft, constant, {})
            return
        simple = leaf(node, self.sampled)
        if simple is not None:
            yield from of_leaf(self, simple, goal, draft, era)
        elif isinstance(node, Call):
            yield from of_call(self, node, goal, draft, era)
        elif isinstance(node, Aggregate):
            yield from of_aggregate(self, node, goal, draft, era)
        elif isinstance(node, Binary):
            if node.op in SET_OPERATORS:
                yield from of_set_operation(self, node, goal, draft, era)
            elif node.op in COMPARISONS:
                yield from of_comparison(self, node, goal, draft, era)
            else:
                yield from of_arithmetic(self, node, goal, draft, era)

    def era_of(self, select: Select, era: int) -> int:
        """When a selector is looking: some stand both within a subquery of the past and outside."""
        return BEFORE if select in self.eras.then and select not in self.eras.now else era
