"""Labels of results: which of them come from matchers below, and what they may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product

from slogen.promql import Matcher
from slogen.promql.witnesses import satisfies, witnesses
from slogen.synthesis.nodes import (
    SET_OPERATORS,
    Aggregate,
    Binary,
    Call,
    Node,
    Select,
    Subquery,
    Text,
    selects,
)
from slogen.synthetic import Series
from slogen.units import Labels

Flow = Mapping[str, tuple[Matcher, ...]]
"""Labels of a result, and the matchers on them in the selectors that they come from."""

KEEPS_ALL_LABELS = frozenset(("topk", "bottomk", "limitk", "limit_ratio"))
_OF_NO_LABELS = frozenset(("vector", "time", "scalar", "pi"))
_MOST_COMBINATIONS = 256


@lru_cache(maxsize=4096)
def flow(node: Node) -> Flow:
    """The labels that a result is to have, because a matcher, an aggregation or a matching asks for them."""
    if isinstance(node, Select):
        return _grouped(node.matchers)
    if isinstance(node, Subquery):
        return flow(node.inner)
    if isinstance(node, Aggregate):
        return _of_aggregate(node)
    if isinstance(node, Binary):
        return _of_binary(node)
    return _of_call(node) if isinstance(node, Call) else {}


def _grouped(matchers: tuple[Matcher, ...]) -> Flow:
    found: dict[str, tuple[Matcher, ...]] = {}
    for matcher in matchers:
        if matcher.name != "__name__":
            found[matcher.name] = (*found.get(matcher.name, ()), matcher)
    return found


def _merged(one: Flow, other: Flow) -> Flow:
    found = dict(one)
    for label, matchers in other.items():
        found[label] = tuple(dict.fromkeys((*found.get(label, ()), *matchers)))
    return found


def _of_aggregate(node: Aggregate) -> Flow:
    inner = flow(node.inner)
    if node.op in KEEPS_ALL_LABELS:
        return _merged(inner, {} if node.without else dict.fromkeys(node.labels, ()))
    if node.without:
        return {label: matchers for label, matchers in inner.items() if label not in node.labels}
    return {label: inner.get(label, ()) for label in node.labels}


def _of_binary(node: Binary) -> Flow:
    left, right = flow(node.left), flow(node.right)
    if node.op == "or":
        return _merged(left, right)
    if node.op in SET_OPERATORS or node.group == "left":
        return _merged(left, _part(node, right))
    if node.group == "right":
        return _merged(right, _part(node, left))
    return _part(node, _merged(left, right))


def _part(node: Binary, labels: Flow) -> Flow:
    """The labels that both sides of an operation have to agree on."""
    if node.on is not None:
        return {label: labels.get(label, ()) for label in node.on}
    return {label: matchers for label, matchers in labels.items() if label not in (node.ignoring or ())}


def common(node: Binary) -> Flow:
    """The labels by which an operation matches its sides."""
    return _part(node, _merged(flow(node.left), flow(node.right)))


def _of_call(node: Call) -> Flow:
    if node.name in _OF_NO_LABELS:
        return {}
    if node.name in ("absent", "absent_over_time"):
        return dict.fromkeys(of_absent(node), ())
    inner: Flow = next((flow(each) for each in node.arguments if flow(each)), {})
    if node.name == "histogram_quantile":
        return {label: matchers for label, matchers in inner.items() if label != "le"}
    if node.name in ("label_replace", "label_join") and isinstance(node.arguments[1], Text):
        return {**inner, node.arguments[1].value: ()}
    return inner


def of_absent(node: Call) -> Labels:
    """The labels that `absent` gives: those with one matcher, an equality, if a selector is its argument."""
    argument = node.arguments[0]
    if not isinstance(argument, Select):
        return {}
    return {
        label: matchers[0].value
        for label, matchers in _grouped(argument.matchers).items()
        if len(matchers) == 1 and matchers[0].op == "=" and matchers[0].value
    }


def values(label: str, matchers: tuple[Matcher, ...]) -> tuple[str, ...]:
    """What a label may be: first what satisfies all matchers, the most natural value first."""
    if not matchers:
        return (f"{label.lower()}-a",)
    found = witnesses(matchers)
    return tuple(sorted(found, key=lambda value: -sum(satisfies(each, value) for each in matchers)))[:4]


def choices(wanted: Flow, given: Labels) -> Iterator[Labels]:
    """Values for labels, those that are given already as they are."""
    free = [label for label in wanted if label not in given]
    options = [values(label, wanted[label]) for label in free]
    for chosen in islice(product(*options), 8):
        yield {**given, **dict(zip(free, chosen, strict=True))}


def selected(select: Select, series: Series) -> bool:
    """Whether a selector selects a series."""
    if select.name and select.name != series.name:
        return False
    return all(
        satisfies(each, series.name if each.name == "__name__" else series.labels.get(each.name, ""))
        for each in select.matchers
    )


def candidates(select: Select, labels: Labels, root: Node, *, shared: bool, apart: bool) -> list[Series]:
    """Series that a selector of the expression `root` selects, with these labels, the most natural first.

    Those come first that the most other selectors select, if `shared`; else the fewest, and which look the
    least like what these ask for. `apart` allows labels that only these ask for. Labels with empty values
    are not there.
    """
    rivals = [each for each in selects(root) if not (each.name and select.name) or each.name == select.name]
    own = _grouped(select.matchers)
    if any(not satisfies(each, labels[label]) for label in labels for each in own.get(label, ())):
        return []
    all_matchers = own
    for each in rivals:
        of_rival = _grouped(each.matchers)
        all_matchers = _merged(
            all_matchers,
            of_rival if apart else {label: of_rival[label] for label in of_rival if label in own},
        )
    free = [label for label in all_matchers if label not in labels]
    options = [_options(all_matchers[label], own.get(label, ())) for label in free]
    found: dict[Series, tuple[int, int]] = {}
    asked = [
        each for label in free if label not in own for each in all_matchers[label] if each.op in ("=", "=~")
    ]
    for chosen in islice(product(*options), _MOST_COMBINATIONS):
        every = {**labels, **dict(zip(free, chosen, strict=True))}
        kept = {label: value for label, value in every.items() if value}
        for name in _names(select):
            series = Series(name, kept)
            if selected(select, series):
                others = {_bare(each) for each in rivals if selected(each, series)}
                taken = sum(satisfies(each, kept.get(each.name, "")) for each in asked)
                found.setdefault(series, (-len(others), 0) if shared else (len(others), taken))
    return sorted(found, key=lambda series: found[series])


def _options(all_matchers: tuple[Matcher, ...], own: tuple[Matcher, ...]) -> list[str]:
    found = [value for value in witnesses(all_matchers) if all(satisfies(each, value) for each in own)]
    if not found:
        found = [value for value in witnesses(own) if all(satisfies(each, value) for each in own)]
    return found


def _names(select: Select) -> list[str]:
    if select.name:
        return [select.name]
    on_name = tuple(each for each in select.matchers if each.name == "__name__")
    named = [
        value for value in witnesses(on_name) if value and all(satisfies(each, value) for each in on_name)
    ]
    return named or ["metric"]


def _bare(select: Select) -> tuple[str, tuple[Matcher, ...]]:
    return (select.name, select.matchers)
