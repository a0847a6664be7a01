"""Syntax trees as sums. Imports promql_parser: import this module late."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    Expr,
    LabelModifierType,
    MatchOp,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorMatchCardinality,
    VectorSelector,
)

from slogen.promql.labelling import labels_of
from slogen.promql.matchers import METRIC_NAME
from slogen.promql.sums import BeyondError, Choice, Derived, Flow, Form, Kind, Partner, Sum, Term, passes
from slogen.promql.trees import type_of_tree

_OPERATORS = (
    (MatchOp.Equal, "="),
    (MatchOp.NotEqual, "!="),
    (MatchOp.Re, "=~"),
    (MatchOp.NotRe, "!~"),
)
_RATES = frozenset(("rate", "increase"))
_LAST_TWO = frozenset(("irate", "idelta"))
# Of events per second: what a total may be kept above, so that nothing is divided by zero.
_HARDLY_TRAFFIC = 0.1
_MEAN = "avg_over_time"
_STEADY = {
    "min_over_time": "the lowest",
    "max_over_time": "the highest",
    "last_over_time": "the last",
    "first_over_time": "the first",
    "quantile_over_time": "a quantile",
}
_SORTS = frozenset(("sort", "sort_desc", "sort_by_label", "sort_by_label_desc"))
_NATIVE = frozenset(
    (
        *("histogram_count", "histogram_sum", "histogram_avg", "histogram_fraction", "histogram_stddev"),
        "histogram_stdvar",
    )
)
_COMPARISONS = frozenset(("==", "!=", "<=", "<", ">=", ">"))
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ABSENT_NUMBER = {"absent", "absent_over_time"}


def form_of_tree(tree: Expr) -> Form:
    """The form of an expression. Raises BeyondError."""
    return _form(tree, Flow())


def _form(tree: Expr, flow: Flow) -> Form:
    number = _number(tree)
    if number is not None:
        return Form(Sum(number=number))
    if isinstance(tree, ParenExpr):
        return _form(tree.expr, flow)
    if isinstance(tree, UnaryExpr):
        return _times(_form(tree.expr, flow), -1)
    if isinstance(tree, AggregateExpr):
        return _of_aggregation(tree, flow)
    if isinstance(tree, Call):
        return _of_call(tree, flow)
    if isinstance(tree, BinaryExpr):
        return _of_operation(tree, flow)
    if isinstance(tree, VectorSelector):
        return Form(_sum_of(tree, flow, "gauge"))
    raise BeyondError("is no vector that slogen can take apart")


def _sum(tree: Expr, flow: Flow, part: str) -> Sum:
    form = _form(tree, flow)
    if form.below is not None:
        raise BeyondError(f"has a quotient within `{part}`", part)
    return form.above


def _number(tree: Expr) -> float | None:
    """The value of arithmetic with numbers only."""
    if isinstance(tree, NumberLiteral):
        return tree.val if math.isfinite(tree.val) else None
    if isinstance(tree, ParenExpr):
        return _number(tree.expr)
    if isinstance(tree, UnaryExpr):
        inner = _number(tree.expr)
        return None if inner is None else -inner
    if not isinstance(tree, BinaryExpr):
        return None
    left, right = _number(tree.lhs), _number(tree.rhs)
    if left is None or right is None:
        return None
    try:
        found = {"+": left + right, "-": left - right, "*": left * right}.get(str(tree.op))
        if str(tree.op) == "/":
            found = left / right
        elif str(tree.op) == "^":
            found = float(left**right)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return found if found is not None and math.isfinite(found) else None


# selectors --------------------------------------------------------------------------------------------


def _choice(selector: VectorSelector) -> Choice:
    if selector.at is not None:
        raise BeyondError("looks at a fixed time (`@`)", "@")
    if selector.offset:
        raise BeyondError("looks at the past (`offset`)", "offset")
    conditions = [(m.name, (_operator(m.op), m.value)) for m in selector.matchers.matchers]
    name = selector.name or next((c[1] for n, c in conditions if n == METRIC_NAME and c[0] == "="), "")
    return Choice(name, tuple(c for c in conditions if c != (METRIC_NAME, ("=", name))))


def _operator(found: MatchOp) -> str:
    return next(text for operator, text in _OPERATORS if operator == found)


def _sum_of(selector: VectorSelector, flow: Flow, kind: Kind, weight: float = 1) -> Sum:
    return Sum((Term(weight, kind, _choice(selector), flow),))


# functions --------------------------------------------------------------------------------------------


def _of_call(tree: Call, flow: Flow) -> Form:
    name, arguments = tree.func.name, tree.args
    if name in _RATES:
        return Form(_of_rate(tree, flow))
    if name == "scalar":
        return _form(arguments[0], flow.by(()))
    if name in _SORTS or name in ("abs", "vector"):
        return _form(arguments[0], flow)
    if name in ("label_replace", "label_join"):
        return _relabelled(tree, flow)
    if name in ("clamp_min", "clamp_max", "clamp"):
        return _clamped(tree, flow)
    if name.endswith("_over_time"):
        return Form(_over_time(tree, flow))
    raise _unknown(name)


def _unknown(name: str) -> BeyondError:
    if name in _LAST_TWO:
        return BeyondError(f"looks at the last two samples only (`{name}()`), whatever the window", name)
    if name in _NATIVE:
        reason = f"reads a native histogram (`{name}()`), which the tests of older promtools cannot feed"
        return BeyondError(reason, name)
    if name == "histogram_quantile":
        return BeyondError("computes a quantile, which is no share of events", name)
    return BeyondError(f"is not made of counted events: `{name}()`", name)


def _of_rate(tree: Call, flow: Flow) -> Sum:
    name, argument = tree.func.name, tree.args[0]
    if isinstance(argument, ParenExpr):
        argument = argument.expr
    if isinstance(argument, MatrixSelector):
        selector: VectorSelector = argument.vector_selector
        span: timedelta | None = argument.range
    elif isinstance(argument, SubqueryExpr) and isinstance(argument.expr, VectorSelector):
        _judge_time(argument)
        selector, span = argument.expr, argument.range
    else:
        raise BeyondError(f"has `{name}()` around more than a counter", name)
    weight = span.total_seconds() if span is not None and name == "increase" else 1.0
    return _sum_of(selector, flow, "counter", weight)


def _judge_time(subquery: SubqueryExpr) -> None:
    if subquery.at is not None:
        raise BeyondError("looks at a fixed time (`@`)", "@")
    if subquery.offset:
        raise BeyondError("looks at the past (`offset`)", "offset")


def _over_time(tree: Call, flow: Flow) -> Sum:
    name = tree.func.name
    argument = tree.args[-1]
    while isinstance(argument, ParenExpr):
        argument = argument.expr
    if name in _ABSENT_NUMBER:
        raise BeyondError("asks for what is absent", name)
    if name in _STEADY:
        raise BeyondError(
            f"takes {_STEADY[name]} of the values in its window (`{name}()`), not their mean", name
        )
    if name == _MEAN:
        return _ranged(argument, flow, name)
    if name == "sum_over_time":
        return _per_sample(_ranged(argument, flow, name), name)
    if name == "count_over_time":
        return _per_sample(_presence(_ranged(argument, flow, name), name), name)
    raise BeyondError(f"is not made of counted events: `{name}()`", name)


def _ranged(argument: Expr, flow: Flow, part: str) -> Sum:
    """What is looked at over time."""
    if isinstance(argument, MatrixSelector):
        found = _sum_of(argument.vector_selector, flow, "gauge")
    elif isinstance(argument, SubqueryExpr):
        _judge_time(argument)
        found = _sum(argument.expr, flow, part)
        if any(term.kind == "counter" for term in found.terms):
            raise BeyondError(f"has rates over a range of their own within `{part}()`", part)
    else:
        raise BeyondError(f"has no range within `{part}()`", part)
    return replace(found, terms=tuple(replace(term, over_time=True) for term in found.terms))


def _per_sample(inner: Sum, part: str) -> Sum:
    if inner.number or any(term.per_sample for term in inner.terms):
        raise BeyondError(f"counts samples of samples by `{part}()`", part)
    return replace(inner, terms=tuple(replace(term, per_sample=True) for term in inner.terms))


def _presence(inner: Sum, part: str) -> Sum:
    """How many elements there are; of a sum of one selector only."""
    if len(inner.terms) != 1 or inner.number or inner.terms[0].kind == "counter":
        raise BeyondError(f"counts elements by `{part}`", part)
    term = inner.terms[0]
    return replace(inner, terms=(replace(term, weight=1, kind="presence"),))


def _relabelled(tree: Call, flow: Flow) -> Form:
    name, arguments = tree.func.name, tree.args
    texts = [argument.val for argument in arguments[1:] if isinstance(argument, StringLiteral)]
    if len(texts) != len(arguments) - 1 or len(texts) < 2:
        raise BeyondError(f"computes the arguments of `{name}()`", name)
    if name == "label_replace":
        target, replacement, source, pattern = texts
        return _form(arguments[0], flow.deriving(Derived(target, replacement, source, pattern)))
    target, _, *sources = texts
    if len(sources) == 1:
        return _form(arguments[0], flow.deriving(Derived(target, "$1", sources[0], "(.*)")))
    below = flow.without((target,)).asking(sources if target in flow.asked else ())
    return _form(arguments[0], below)


def _clamped(tree: Call, flow: Flow) -> Form:
    name = tree.func.name
    bounds = [_number(argument) for argument in tree.args[1:]]
    low = bounds[0] if name in ("clamp_min", "clamp") else 0
    high = bounds[-1] if name in ("clamp_max", "clamp") else None
    form = _form(tree.args[0], flow)
    # Shares are between 0 and 1 anyway, and what is counted is not below 0.
    if low is not None and 0 < low <= _hardly_traffic(form):
        return form
    if low is None or low > 0 or (name != "clamp_min" and (form.below is None or high != 1)):
        raise BeyondError(f"cuts off values by `{name}()`", name)
    return form


def _hardly_traffic(form: Form) -> float:
    """Which value is below that of a total whenever there is traffic worth the name."""
    terms = form.above.terms
    if form.below is not None or form.above.number or any(term.kind != "counter" for term in terms):
        return 0
    return _HARDLY_TRAFFIC * max((term.weight for term in terms), default=0)


# aggregations -----------------------------------------------------------------------------------------


def _of_aggregation(tree: AggregateExpr, flow: Flow) -> Form:
    operator = str(tree.op)
    below = _below_aggregation(tree, flow)
    if operator == "sum":
        return _form(tree.expr, below)
    if operator in ("avg", "min", "max"):
        return _mean_of(tree, below, operator)
    if operator in ("count", "group"):
        return Form(_presence(_sum(tree.expr, below, operator), operator))
    raise BeyondError(f"aggregates by `{operator}`, which is no sum", operator)


def _below_aggregation(tree: AggregateExpr, flow: Flow) -> Flow:
    modifier = tree.modifier
    if modifier is None:
        return flow.by(())
    if modifier.type == AggModifierType.By:
        return flow.by(modifier.labels)
    return flow.without(modifier.labels)


def _mean_of(tree: AggregateExpr, flow: Flow, operator: str) -> Form:
    """Of a single series, or of quotients that are all equal, the mean or maximum is the value."""
    form = _form(tree.expr, flow)
    terms = form.above.terms + (form.below.terms if form.below else ())
    if form.below is None and any(term.kind == "counter" for term in terms):
        raise BeyondError(
            f"takes `{operator}` of rates: series weigh the same, whatever they count", operator
        )
    return form


# operators --------------------------------------------------------------------------------------------


def _of_operation(tree: BinaryExpr, flow: Flow) -> Form:
    operator = str(tree.op)
    if tree.modifier is not None and tree.modifier.fill_values is not None:
        fill = tree.modifier.fill_values
        if (fill.lhs, fill.rhs) != (None, None):
            raise BeyondError("fills missing elements", "fill")
    left, right = _number(tree.lhs), _number(tree.rhs)
    if operator in _COMPARISONS:
        return _compared(tree, flow, operator, left, right)
    if operator in ("and", "unless", "or"):
        return _set_operation(tree, flow, operator)
    if left is not None or right is not None:
        return _with_number(tree, flow, operator, left, right)
    if operator in ("+", "-"):
        first, second = _paired(tree, flow)
        return _plus(first, _times(second, 1 if operator == "+" else -1), operator)
    if operator == "/":
        return _quotient(*_paired(tree, flow))
    if operator == "*":
        return _joined(tree, flow)
    raise BeyondError(f"has `{operator}` between two vectors", operator)


def _times(form: Form, factor: float) -> Form:
    return Form(form.above.times(factor), form.below)


def _plus(left: Form, right: Form, part: str) -> Form:
    if left.below is None and right.below is None:
        return Form(left.above.plus(right.above))
    if left.below is None:
        left, right = right, left
    assert left.below is not None, "one of the two is a quotient"
    if right.below is None:
        if right.above.terms:
            raise BeyondError("adds up a quotient and something else", part)
        return Form(left.above.plus(left.below.times(right.above.number)), left.below)
    if _essence(left.below) != _essence(right.below):
        raise BeyondError("adds up quotients of different totals", part)
    return Form(left.above.plus(right.above), left.below)


def _essence(found: Sum) -> object:
    return sorted((repr(term.choice), term.weight, term.kind, term.per_sample) for term in found.terms)


def _with_number(
    tree: BinaryExpr, flow: Flow, operator: str, left: float | None, right: float | None
) -> Form:
    form = _form(tree.rhs if left is not None else tree.lhs, flow)
    number = left if left is not None else right
    assert number is not None, "one side is a number"
    if operator == "*":
        return _times(form, number)
    if operator == "/" and left is None and number:
        return _times(form, 1 / number)
    if operator == "/" and left is not None and form.below is None:
        return Form(Sum(number=number), form.above)
    if operator in ("+", "-"):
        if left is not None and operator == "-":
            form = _times(form, -1)
        return _plus(
            form, Form(Sum(number=-number if operator == "-" and left is None else number)), operator
        )
    raise BeyondError(f"has `{operator}`, which is not linear", operator)


def _quotient(above: Form, below: Form) -> Form:
    if above.below is None and below.below is None:
        return Form(above.above, below.above)
    raise BeyondError("divides quotients", "/")


def _paired(tree: BinaryExpr, flow: Flow) -> tuple[Form, Form]:
    """Both sides of an operator between two vectors, with what becomes of their labels."""
    left, right = _matched(tree, flow)
    first, second = _form(tree.lhs, left), _form(tree.rhs, right)
    if _pairs_by_all_labels(tree):
        first = Form(replace(first.above, alike=True), first.below)
    return first, second


def _pairs_by_all_labels(tree: BinaryExpr) -> bool:
    modifier = tree.modifier
    matching = modifier.matching if modifier is not None else None
    if matching is not None and matching.type == LabelModifierType.Include:
        return False
    if "scalar" in (type_of_tree(tree.lhs), type_of_tree(tree.rhs)):
        return False
    return labels_of(tree.lhs) is None or labels_of(tree.rhs) is None


def _matched(tree: BinaryExpr, flow: Flow) -> tuple[Flow, Flow]:
    modifier = tree.modifier
    if modifier is None:
        return flow, flow
    matching, extra = modifier.matching, tuple(modifier.group_labels or ())
    on = matching is not None and matching.type == LabelModifierType.Include
    labels = tuple(matching.labels) if matching is not None else ()
    if modifier.card in (VectorMatchCardinality.ManyToOne, VectorMatchCardinality.OneToMany):
        many = flow.without(extra).asking(labels if on else ())
        one = flow.by((*labels, *extra)) if on else flow
        return (many, one) if modifier.card == VectorMatchCardinality.ManyToOne else (one, many)
    both = flow.by(labels) if on else flow.without(labels)
    return both, both


def _joined(tree: BinaryExpr, flow: Flow) -> Form:
    """A product: one side is what is counted, the other says something about its series, with a 1."""
    left, right = _matched(tree, flow)
    first, second = _form(tree.lhs, left), _form(tree.rhs, right)
    card = tree.modifier.card if tree.modifier is not None else None
    if card == VectorMatchCardinality.OneToMany or (
        card != VectorMatchCardinality.ManyToOne and _counts(second) and not _counts(first)
    ):
        first, second = second, first
    if not _counts(first) or _counts(second):
        raise BeyondError("multiplies two things that change", "*")
    return _accompanied(first, second, "*")


def _counts(form: Form) -> bool:
    return form.below is not None or any(term.kind == "counter" for term in form.above.terms)


def _accompanied(form: Form, companion: Form, part: str) -> Form:
    """A form whose terms count where another one has elements, which are worth 1."""
    terms = companion.above.terms
    if companion.below is not None or len(terms) != 1 or companion.above.number or terms[0].weight <= 0:
        raise BeyondError(f"has more than one selector behind `{part}`", part)
    term = terms[0]
    value = 1 / term.weight if term.kind == "gauge" else 1.0
    if term.only and not all(passes(value, comparison) for comparison in term.only):
        found = _passing(term.only)
        if found is None or part == "*":
            raise BeyondError(f"compares in a way that no value passes behind `{part}`", part)
        value = found
    partner = Partner(term.choice, term.flow, value)

    def joined(found: Sum) -> Sum:
        return replace(
            found, terms=tuple(replace(one, partners=(*one.partners, partner)) for one in found.terms)
        )

    return Form(joined(form.above), joined(form.below) if form.below is not None else None)


# comparisons and sets ---------------------------------------------------------------------------------


def _passing(comparisons: tuple[tuple[str, float], ...]) -> float | None:
    """A value that passes comparisons, a plain one if there is any."""
    numbers = [number for _, number in comparisons]
    candidates = [1.0, 0.0, *numbers, *(n + 1 for n in numbers), *(n - 1 for n in numbers)]
    return next((value for value in candidates if all(passes(value, one) for one in comparisons)), None)


def _compared(tree: BinaryExpr, flow: Flow, operator: str, left: float | None, right: float | None) -> Form:
    if left is not None:
        operator = _FLIPPED.get(operator, operator)
    number = left if left is not None else right
    if number is None:
        number = _infinite(tree.rhs)
    if number is None:
        raise BeyondError(f"compares vectors by `{operator}`", operator)
    form = _form(tree.rhs if left is not None else tree.lhs, flow)
    bool_ = tree.modifier is not None and tree.modifier.return_bool
    terms = form.above.terms
    if form.below is None and len(terms) == 1 and terms[0].kind == "gauge" and not form.above.number:
        return Form(_filtered(form.above, operator, number, as_number=bool_))
    # What is counted is positive while there is traffic.
    if not bool_ and (operator, number) in ((">", 0), (">=", 0), ("!=", 0)):
        return form
    if not bool_ and (
        (operator in (">", ">=") and number < 0) or (operator in ("<", "<=") and number == math.inf)
    ):
        return form
    raise BeyondError(f"compares what it counts by `{operator}`", operator)


def _infinite(tree: Expr) -> float | None:
    while isinstance(tree, ParenExpr):
        tree = tree.expr
    if isinstance(tree, UnaryExpr):
        inner = _infinite(tree.expr)
        return None if inner is None else -inner
    return tree.val if isinstance(tree, NumberLiteral) and math.isinf(tree.val) else None


def _filtered(found: Sum, operator: str, number: float, *, as_number: bool) -> Sum:
    """The values of a gauge that pass a comparison, or a 1 for each (`bool`)."""
    term = found.terms[0]
    if term.weight == 0:
        return found
    bound = number / term.weight
    operator = _FLIPPED.get(operator, operator) if term.weight < 0 else operator
    kept = replace(term, only=(*term.only, (operator, bound)))
    if as_number:
        kept = replace(kept, kind="presence", weight=1)
    return replace(found, terms=(kept,))


def _set_operation(tree: BinaryExpr, flow: Flow, operator: str) -> Form:
    if operator == "or":
        return _either(tree, flow)
    matching = tree.modifier.matching if tree.modifier is not None else None
    on = matching is not None and matching.type == LabelModifierType.Include
    labels = tuple(matching.labels) if matching is not None else ()
    left = _form(tree.lhs, flow.asking(labels if on else ()))
    below = flow.by(labels) if on else Flow(flow.asked - frozenset(labels))
    if operator == "unless":
        absent = tuple(_choice(selector) for selector in _selectors(tree.rhs))
        return Form(replace(left.above, absent=(*left.above.absent, *absent)), left.below)
    right = _form(tree.rhs, below)
    if _counts(right):
        return _gated(left, right)
    joined = _accompanied(left, right, "and")
    if not on and _pairs_by_all_labels(tree):
        joined = Form(replace(joined.above, alike=True), joined.below)
    return joined


def _gated(left: Form, right: Form) -> Form:
    """`and` with what counts the same events: there is traffic wherever there are events."""
    own = {term.choice.name for sums in (left.above, left.below) if sums for term in sums.terms}
    if right.below is None and all(term.choice.name in own for term in right.above.terms):
        return left
    raise BeyondError("depends on other events by `and`", "and")


def _either(tree: BinaryExpr, flow: Flow) -> Form:
    left = _form(tree.lhs, flow)
    if _parts(tree.lhs, tree.rhs):
        return _plus(left, _form(tree.rhs, flow), "or")
    right = _stand_in(tree.rhs, flow)
    if right is not None and left.below is None and left.above.is_zero:
        return right
    if right is None or (right.above.is_zero and right.below is None):
        return left
    # The left side is there: what is on the right must not add to it, so no series of it is made.
    own = {repr(choice) for choice in left.choices}
    absent = tuple(choice for choice in right.choices if repr(choice) not in own)
    if not absent:
        return left
    return Form(replace(left.above, absent=(*left.above.absent, *absent)), left.below)


def _stand_in(tree: Expr, flow: Flow) -> Form | None:
    """What is right of `or`; None where it can be anything, since it is a product with 0."""
    inner = tree
    while isinstance(inner, ParenExpr):
        inner = inner.expr
    if (
        isinstance(inner, BinaryExpr)
        and str(inner.op) == "*"
        and 0 in (_number(inner.lhs), _number(inner.rhs))
    ):
        return None
    if isinstance(inner, Call) and inner.func.name in _ABSENT_NUMBER:
        return None
    return _form(tree, flow)


def _parts(left: Expr, right: Expr) -> bool:
    """Whether two sides of `or` never have the same labels, since each is given a label of its own."""
    first, second = _constant_label(left), _constant_label(right)
    if first is not None and second is not None and first[0] == second[0] and first[1] != second[1]:
        return True
    return _contradict(left, right)


def _constant_label(tree: Expr) -> tuple[str, str] | None:
    while isinstance(tree, ParenExpr):
        tree = tree.expr
    if isinstance(tree, BinaryExpr) and str(tree.op) == "or":
        # In a chain of parts the last one stands for all: their numbers differ.
        return _constant_label(tree.rhs)
    if not isinstance(tree, Call) or tree.func.name != "label_replace":
        return None
    texts = [argument.val for argument in tree.args[1:] if isinstance(argument, StringLiteral)]
    return (texts[0], texts[1]) if len(texts) == 4 and texts[2] == "" and "$" not in texts[1] else None


def _contradict(left: Expr, right: Expr) -> bool:
    """Whether both sides are selectors, or rates of them, that ask for different values of one label."""
    first, second = _plain_choice(left), _plain_choice(right)
    if first is None or second is None:
        return False
    wanted = {name: condition[1] for name, condition in first.conditions if condition[0] == "="}
    return any(
        condition[0] == "=" and wanted.get(name, condition[1]) != condition[1]
        for name, condition in second.conditions
    )


def _plain_choice(tree: Expr) -> Choice | None:
    while isinstance(tree, ParenExpr):
        tree = tree.expr
    if isinstance(tree, Call) and len(tree.args) == 1:
        tree = tree.args[0]
    if isinstance(tree, MatrixSelector):
        tree = tree.vector_selector
    return _choice(tree) if isinstance(tree, VectorSelector) else None


def _selectors(tree: Expr) -> Iterator[VectorSelector]:
    if isinstance(tree, VectorSelector):
        yield tree
    elif isinstance(tree, MatrixSelector):
        yield tree.vector_selector
    elif isinstance(tree, BinaryExpr):
        yield from _selectors(tree.lhs)
        yield from _selectors(tree.rhs)
    elif isinstance(tree, Call):
        for argument in tree.args:
            yield from _selectors(argument)
    elif isinstance(tree, (ParenExpr, UnaryExpr, AggregateExpr, SubqueryExpr)):
        yield from _selectors(tree.expr)
