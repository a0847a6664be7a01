"""The types of operands, and what functions, modifiers and operators demand of them."""

from __future__ import annotations

from typing import NamedTuple

from slogen.promql.functions import Signature, ValueType
from slogen.promql.problem import Place, Refused, refuse, shown
from slogen.promql.tokens import Token

_SET_OPERATORS = frozenset(("and", "or", "unless"))
_COMPARISONS = frozenset(("==", "!=", "<=", "<", ">=", ">"))
TYPE_NAMES: dict[ValueType, str] = {
    "vector": "an instant vector",
    "scalar": "a number",
    "matrix": "a range vector",
    "string": "a string",
}


class Operand(NamedTuple):
    """What was read: its type and place, and which modifiers it has got or may still get.

    `form` is `selector`, `range` or `subquery` for what takes modifiers, else empty.
    """

    type: ValueType
    start: int
    end: int
    form: str = ""
    has_offset: bool = False
    has_time: bool = False

    @property
    def place(self) -> Place:
        """The range of characters."""
        return (self.start, self.end)


class Matching(NamedTuple):
    """The modifiers between an operator and its right operand.

    `keyword` is `on` or `ignoring` with the labels that are `listed`, `group` is `group_left` or
    `group_right` with those that are `included`; each label has its place.
    """

    returns_bool: Token | None = None
    keyword: Token | None = None
    listed: tuple[tuple[str, Place], ...] = ()
    group: Token | None = None
    included: tuple[tuple[str, Place], ...] = ()


def judge_arguments(name: Token, signature: Signature, arguments: list[Operand]) -> None:
    """Raises Refused where number or types of the arguments are not those of the function."""
    if len(arguments) < signature.fewest or (signature.most is not None and len(arguments) > signature.most):
        usage = ", ".join(TYPE_NAMES[kind] for kind in signature.arguments) or "nothing"
        raise refuse(
            f"`{name.text}()` does not take {len(arguments)} argument{'s' * (len(arguments) != 1)}",
            name.place,
            f"it takes {usage}",
        )
    for index, argument in enumerate(arguments):
        wanted = signature.type_of(index)
        if argument.type != wanted:
            raise _wrong_type(name, wanted, argument)


def _wrong_type(name: Token, wanted: ValueType, argument: Operand) -> Refused:
    message = f"`{name.text}()` takes {TYPE_NAMES[wanted]}, and this is {TYPE_NAMES[argument.type]}"
    if wanted == "matrix" and argument.form == "selector":
        return refuse(message, argument.place, "add a range such as `[5m]`")
    if wanted == "matrix" and argument.type == "vector":
        return refuse(
            message, argument.place, "add a range to a metric, or make it a subquery such as `[1h:1m]`"
        )
    if wanted == "vector" and argument.form == "range":
        return refuse(message, argument.place, "remove the range, or wrap it in `rate()`")
    return refuse(message, argument.place)


def judge_modifier(operand: Operand, modifier: Token, *, twice: bool) -> None:
    """Raises Refused where `offset` or `@` follows what takes none, or a second time."""
    if not operand.form:
        help_ = "put it behind the metric, within the functions"
        raise refuse(f"`{modifier.text}` must follow a selector or a subquery", modifier.place, help_)
    if twice:
        raise refuse(f"`{modifier.text}` stands here twice", modifier.place, "remove one")


def combine(left: Operand, operator: Token, matching: Matching, right: Operand) -> Operand:
    """What an operator makes of its operands. Raises Refused where their types do not fit."""
    for side in (left, right):
        if side.type not in ("vector", "scalar"):
            message = f"{shown(operator.text)} does not work on {TYPE_NAMES[side.type]}"
            help_ = "wrap it in `rate()` or another function of a range" if side.type == "matrix" else ""
            raise refuse(message, side.place, help_)
    both_scalar = left.type == right.type == "scalar"
    both_vector = left.type == right.type == "vector"
    is_set, is_comparison = operator.word in _SET_OPERATORS, operator.text in _COMPARISONS
    if matching.returns_bool and not is_comparison:
        raise refuse("`bool` belongs to a comparison", matching.returns_bool.place, "remove it")
    if is_comparison and both_scalar and not matching.returns_bool:
        raise refuse("two numbers are compared", operator.place, f"write `{operator.text} bool`")
    if is_set and not both_vector:
        side = left if left.type == "scalar" else right
        help_ = "write `vector(...)` around it"
        raise refuse(
            f"{shown(operator.text)} works on instant vectors, and this is a number", side.place, help_
        )
    if matching.keyword and matching.listed and not both_vector:
        raise refuse(f"`{matching.keyword.text}` needs instant vectors on both sides", matching.keyword.place)
    if matching.group and is_set:
        message = f"`{matching.group.text}` does not work with {shown(operator.text)}"
        raise refuse(message, matching.group.place, "remove it")
    return Operand("scalar" if both_scalar else "vector", left.start, right.end)
