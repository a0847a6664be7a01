"""Matchers that may be left out because what else they would find has no partner.

Each claim is held against values: over series with all kinds of labels, the changed query gives the same.
"""

from __future__ import annotations

from itertools import product

import pytest

from slogen.ir import Rule, RuleGroup
from slogen.mutants import mutants
from slogen.promql.evaluation import Failed, Storage, evaluate

RECORDED = (
    Rule("sum by (g) (rate(raw[5m]))", record="r", labels={"id": "1"}),
    Rule("sum by (g) (rate(raw[10m]))", record="q", labels={"id": "1"}),
)
"""Both are recorded elsewhere, too, with other labels."""

NEEDLESS = [
    ('r{id="1"} / q{id="1"}', ["r", "q"]),
    ('r{id="1"} / (q{id="1"} > 0)', ["r", "q"]),
    ('r{id="1"} / (q{id="1"} > 0) or 0 * q{id="1"}', ["r", "q"]),
    ('r{id="1"} + (r{id="1"} offset 5m or 0 * q{id="1"})', ["r", "r", "q"]),
    ('r{id="1"} / on (id, g) q{id="1"}', ["r"]),
    ('r{id="1"} / on (g) q{id="1"}', []),
    ('r{id="1"} / ignoring (id) q{id="1"}', []),
    ('r{id="1"} / ignoring (h) q{id="1"}', ["r"]),
    ('r{id="1"} or q{id="1"}', []),
    ('r{id="1"} and q{id="1"}', ["r", "q"]),
    ('r{id="1"} and on (g) q{id="1"}', []),
    ('r{id="1"} and on (g, id) q{id="1"}', ["r", "q"]),
    ('r{id="1"} unless q{id="1"}', ["q"]),
    ('r{id="1"} unless on (g) q{id="1"}', []),
    ('r{id="1"} > 5 and q{id="1"} > 5', ["r", "q"]),
    ('max without (w) (r{id="1"} > 5) and max without (w) (q{id="1"} > 5)', ["r", "q"]),
    ('max by (g) (r{id="1"}) / max by (g) (q{id="1"})', []),
    ('max by (g, id) (r{id="1"}) / max by (g, id) (q{id="1"})', ["r", "q"]),
    ('sum(r{id="1"}) + sum(q{id="1"})', []),
    ('r{id="1"} * on (g, id) group_left () q{id="1"}', ["r"]),
    ('r{id="1"} * on (g, id) group_right () q{id="1"}', ["q"]),
    ('topk(1, r{id="1"}) and q{id="1"}', ["q"]),
    ('topk by (id) (1, r{id="1"}) and q{id="1"}', ["r", "q"]),
    ('label_replace(r{id="1"}, "id", "1", "", "") and q{id="1"}', []),
    ('absent(r{id="1"}) or q{id="1"}', []),
    ('last_over_time(r{id="1"}[10m]) / (last_over_time(q{id="1"}[10m]) > 0)', ["r", "q"]),
    ('x{m!="", g="a"} / y{m!="", g="a"}', ["x", "x", "y", "y"]),
    ('x{m!="", g="a"} / on (g) y{m!="", g="a"}', ["x"]),
    ('x{m!=""} and y{m=~".+"}', []),
    ('x{m=~"a|b"} unless y{m=~"a|b"}', ["y"]),
    ('(x{g="a"} or y{g="a"}) / y{g="a"}', ["x", "y", "y"]),
    ('max_over_time((x{g="a"} or y{g="a"})[10m:1m]) / y{g="a"}', ["y"]),
    ('x{g="a"} > scalar(y{g="a"})', []),
    ('histogram_quantile(0.9, x{le="1"}) > y{le="1"}', ["y"]),
    ('{__name__=~"x|y", g="a"} and y{g="a"}', ["y"]),
    ('-x{g="a"} + y{g="a"} * 2', ["x", "y"]),
]  # fmt: skip


def left_out(expr: str) -> list[tuple[str, str, bool]]:
    """The queries without one of the matchers: the metric, the query, whether it is said to be the same."""
    groups = [RuleGroup("g", (*RECORDED, Rule(expr, alert="A")))]
    found = [m for m in mutants(groups, frozenset("rq")) if m.kind == "matcher" and "left out" in m.what]
    changed: list[tuple[str, str, bool]] = []
    for mutant in sorted(found, key=lambda mutant: mutant.at or (0, 0)):
        assert mutant.at
        metric = expr[: mutant.at[0]].rpartition("{")[0][-1:]
        changed.append((metric, mutant.changed.rules[2].expr, bool(mutant.equal)))
    return changed


def storages() -> list[Storage]:
    """Series of each metric with few and with many of the possible labels."""
    labels = [
        {name: value for name, value in zip("gim", values, strict=True) if value}
        for values in product(("a", "b", ""), ("1", "2", ""), ("a", "c", ""))
    ]
    found: list[Storage] = []
    for stride, shift in ((1, 0), (2, 0), (2, 1), (3, 1), (5, 2)):
        series: list[tuple[dict[str, str], list[tuple[int, float | None]]]] = []
        for number, (name, each) in enumerate(product("rqxy", labels)):
            if (number * 7 + shift) % stride:
                continue
            fitting = {("id" if label == "i" else label): value for label, value in each.items()}
            if name in "rq":
                fitting = {"id": "2", **{k: v for k, v in fitting.items() if k != "m"}}
            samples: list[tuple[int, float | None]] = [
                (at * 60_000, float((number * 13 + at * shift) % 17)) for at in range(12)
            ]
            series.append(({"__name__": name, **fitting}, samples))
        found.append(Storage({tuple(sorted(key.items())): (key, run) for key, run in series}.values()))
    return found


def value(expr: str, storage: Storage) -> object:
    try:
        return evaluate(expr, storage, 11 * 60_000)
    except Failed:
        return "failed"


@pytest.mark.parametrize(("expr", "metrics"), NEEDLESS)
def test_a_matcher_whose_other_series_have_no_partner(expr: str, metrics: list[str]) -> None:
    assert [metric for metric, _, needless in left_out(expr) if needless] == metrics


@pytest.mark.parametrize("expr", [expr for expr, metrics in NEEDLESS if metrics])
def test_without_a_needless_matcher_the_query_gives_the_same(expr: str) -> None:
    for _, changed, needless in left_out(expr):
        for storage in storages() if needless else ():
            before = value(expr, storage)
            assert before == "failed" or value(changed, storage) == before, changed
