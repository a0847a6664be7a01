"""From syntax trees to functions that evaluate them. Imports promql_parser: import this module late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache, partial
from itertools import pairwise

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    BinModifier,
    Call,
    Expr,
    LabelModifierType,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorMatchCardinality,
    VectorSelector,
    walk,
)

from slogen.promql.evaluation import aggregations, calls, operators
from slogen.promql.evaluation.aggregations import FOLDS, Grouping
from slogen.promql.evaluation.moments import Moment, Vector, collected, nameless
from slogen.promql.evaluation.operators import Many, Matching
from slogen.promql.evaluation.plans import Instant, Plan, Range, Scalar, Text, instant, scalar, text
from slogen.promql.evaluation.refusals import Unknown
from slogen.promql.evaluation.samples import Storage
from slogen.promql.evaluation.selecting import Selection, range_of, subquery_of
from slogen.promql.library import expression
from slogen.promql.tokens import Kind, tokens

Query = Callable[[Storage, int, bool, int], Vector | float]
"""An expression, to be evaluated with the arguments of `evaluate`."""

_RENAMED = {"holt_winters": "double_exponential_smoothing"}


@lru_cache(maxsize=2048)
def plan(written: str) -> Query | str:
    """How to evaluate a query; or why that is unknown: the text of Unknown."""
    try:
        return _query(_planned(_tree(written)))
    except Unknown as unknown:
        return str(unknown)
    except RecursionError:
        return "is nested too deeply"


def _tree(written: str) -> Expr:
    """The syntax tree. The parser panics at times before 1970, and does not know old names of functions."""
    if "@" not in written and not any(name in written for name in _RENAMED):
        return _parsed(written)
    code = [token for token in tokens(written) if token.kind is not Kind.COMMENT]
    if any(token.text == "@" and then.text == "-" for token, then in pairwise(code)):
        raise Unknown("looks at a time before 1970")
    pieces: list[str] = []
    at = 0
    for token in code:
        if token.text in _RENAMED:
            pieces += (written[at : token.start], _RENAMED[token.text])
            at = token.end
    return _parsed("".join((*pieces, written[at:])))


def _parsed(written: str) -> Expr:
    tree = expression(written)
    if tree is None:
        raise Unknown("is too long for the parser, or written in a way that it does not know")
    return tree


def _query(planned: Plan) -> Query:
    if not isinstance(planned, Instant | Scalar):
        raise Unknown("is neither an instant vector nor a number")
    run: Callable[[Moment], Vector | float] = planned.run

    def evaluated(storage: Storage, at: int, left_open: bool, subquery_step: int) -> Vector | float:
        try:
            return run(Moment(storage, at, at, left_open, subquery_step))
        except RecursionError:
            raise Unknown("is nested too deeply") from None

    return evaluated


def _planned(tree: Expr) -> Plan:
    for kind, planner in _PLANNERS.items():
        if isinstance(tree, kind):
            return planner(tree)
    raise Unknown("holds an expression of an unknown kind")


def _selector(tree: VectorSelector) -> Plan:
    selection = Selection(tree)
    return Instant(selection.vector, selection)


def _matrix(tree: MatrixSelector) -> Plan:
    selection, windows_of = range_of(tree)
    return Range(windows_of, selection)


def _subquery(tree: SubqueryExpr) -> Plan:
    # Prometheus evaluates these at other times than it says.
    if not walk(tree.expr, _is_no_fixed_subquery):
        raise Unknown("fixes a time by `@` for a subquery within a subquery")
    if tree.offset is not None and tree.offset < timedelta(0) and not walk(tree.expr, _fixes_no_time):
        raise Unknown("fixes a time by `@` within a subquery that looks into the future")
    return Range(subquery_of(tree, instant(_planned(tree.expr))))


def _is_no_fixed_subquery(tree: Expr) -> bool:
    return not (isinstance(tree, SubqueryExpr) and tree.at is not None)


def _fixes_no_time(tree: Expr) -> bool:
    selector = tree.vector_selector if isinstance(tree, MatrixSelector) else tree
    return not (isinstance(selector, VectorSelector | SubqueryExpr) and selector.at is not None)


def _number(tree: NumberLiteral) -> Plan:
    value = tree.val
    return Scalar(lambda moment: value)


def _negated(tree: UnaryExpr) -> Plan:
    inner = _planned(tree.expr)
    if isinstance(inner, Scalar):
        scalar_of = inner.run
        return Scalar(lambda moment: -scalar_of(moment))
    vector_of = instant(inner)
    return Instant(
        lambda moment: collected((nameless(element), -value) for element, value in vector_of(moment).items())
    )


def _call(tree: Call) -> Plan:
    return calls.call(tree.func.name, [_planned(argument) for argument in tree.args])


def _aggregation(tree: AggregateExpr) -> Plan:
    op = str(tree.op)
    vector_of = instant(_planned(tree.expr))
    modifier = tree.modifier
    grouping = Grouping()
    if modifier is not None:
        grouping = Grouping(frozenset(modifier.labels), modifier.type == AggModifierType.Without)
    if op in FOLDS:
        fold = FOLDS[op]
        return Instant(lambda moment: aggregations.folded(vector_of(moment), grouping, fold))
    if not isinstance(tree.param, Expr):
        raise Unknown(f"aggregates by `{op}` without a parameter")
    parameter = _planned(tree.param)
    if op == "count_values":
        name = text(parameter)
        return Instant(lambda moment: aggregations.counted(vector_of(moment), grouping, name))
    if op not in _WITH_NUMBER:
        raise Unknown(f"aggregates by `{op}`")
    aggregate, scalar_of = _WITH_NUMBER[op], scalar(parameter)
    return Instant(lambda moment: aggregate(vector_of(moment), grouping, scalar_of(moment)))


_WITH_NUMBER: dict[str, Callable[[Vector, Grouping, float], Vector]] = {
    "bottomk": partial(aggregations.first, sign=-1),
    "limitk": aggregations.limited,
    "quantile": aggregations.quantile,
    "topk": partial(aggregations.first, sign=1),
}


def _binary(tree: BinaryExpr) -> Plan:
    op, modifier = str(tree.op), tree.modifier
    left, right = _planned(tree.lhs), _planned(tree.rhs)
    as_bool = modifier is not None and modifier.return_bool
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        a, b = left.run, right.run
        return Scalar(lambda moment: operators.between_scalars(op, a(moment), b(moment)))
    if isinstance(right, Scalar):
        return _with_scalar(op, instant(left), right, scalar_first=False, as_bool=as_bool)
    if isinstance(left, Scalar):
        return _with_scalar(op, instant(right), left, scalar_first=True, as_bool=as_bool)
    matching = _matching(modifier) if modifier else Matching()
    vectors = instant(left), instant(right)
    if op in operators.SETS:
        operate = operators.SETS[op]
        return Instant(lambda moment: operate(vectors[0](moment), vectors[1](moment), matching))
    return Instant(
        lambda moment: operators.between_vectors(
            op, vectors[0](moment), vectors[1](moment), matching, as_bool=as_bool
        )
    )


def _with_scalar(
    op: str, vector_of: Callable[[Moment], Vector], number: Scalar, *, scalar_first: bool, as_bool: bool
) -> Plan:
    scalar_of = number.run
    return Instant(
        lambda moment: operators.with_scalar(
            op, vector_of(moment), scalar_of(moment), scalar_first=scalar_first, as_bool=as_bool
        )
    )


def _many(card: VectorMatchCardinality) -> Many:
    if card == VectorMatchCardinality.ManyToOne:
        return "left"
    return "right" if card == VectorMatchCardinality.OneToMany else ""


def _matching(modifier: BinModifier) -> Matching:
    fill = modifier.fill_values
    if fill is not None and (fill.lhs is not None or fill.rhs is not None):
        raise Unknown("fills what has no partner (`fill`)")
    matching = modifier.matching
    return Matching(
        names=frozenset(matching.labels) if matching else frozenset(),
        on=matching is not None and matching.type == LabelModifierType.Include,
        many=_many(modifier.card),
        include=tuple(modifier.group_labels or ()),
    )


_PLANNERS: dict[type[Expr], Callable[..., Plan]] = {
    VectorSelector: _selector,
    MatrixSelector: _matrix,
    SubqueryExpr: _subquery,
    NumberLiteral: _number,
    StringLiteral: lambda tree: Text(tree.val),
    ParenExpr: lambda tree: _planned(tree.expr),
    UnaryExpr: _negated,
    Call: _call,
    AggregateExpr: _aggregation,
    BinaryExpr: _binary,
}
