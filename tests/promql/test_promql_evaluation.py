"""The evaluator against Prometheus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from promql_answers import MINUTE, of_prometheus, of_slogen, same, storage
from promql_expressions import EXPRESSIONS, SERIES

import promtool
from slogen.promql.evaluation import Storage, Unknown, evaluate

STORAGE = storage(SERIES)
NO_SURE_TIME = "unknown: fixes a time by `@`"
TIMES = [minutes * MINUTE for minutes in (0, 1, 3, 29, 31, 49, 55, 62, 120)]


def deviations(folder: Path, asked: Sequence[tuple[int, str]]) -> list[object]:
    """Where the evaluator and promtool differ: minute, expression, our answer and theirs."""
    theirs = of_prometheus(folder, SERIES, asked)
    ours = [of_slogen(STORAGE, at, text) for at, text in asked]
    return [
        (at // MINUTE, text, our, their)
        for (at, text), our, their in zip(asked, ours, theirs, strict=True)
        if not same(our, their) and not str(our).startswith(NO_SURE_TIME)
    ]


def judged_here(text: str) -> bool:
    """Whether this promtool is one that the evaluator follows: Prometheus 2.42 or 3."""
    version = promtool.version()
    if version >= (3, 0):
        return "holt_winters" not in text
    # 2.42 keeps the metric's name in results of atan2. Later on, counters are extrapolated otherwise
    # where they begin within a range.
    return "atan2" not in text if version == (2, 42) else not any(f in text for f in ("rate(", "increase("))


@pytest.mark.promtool
def test_expressions_are_worth_what_prometheus_says(tmp_path: Path) -> None:
    texts = list(filter(judged_here, EXPRESSIONS.strip().splitlines()))
    assert deviations(tmp_path, [(at, text) for at in TIMES for text in texts]) == []


MATCHERS = ("", '{job="a"}', '{job!="a"}', '{job=~"a|c"}', '{i="0"}', '{i!~".+"}', '{job=~"[bc]",i=""}')
NAMES = ("c", "d", "g", "u", "info", "h_bucket", "h_count", '{__name__=~"[cdu]"}')
RANGES = ("1m", "2m", "150s", "5m", "13m", "1h")
SHIFTS = ("", "", "", " offset 7m", " offset -2m", " @ 1800", " @ end() offset 1m")
NUMBERS = ("0", "1", "-1", "2.5", "100", "1e-3", "time()", "NaN", "Inf", "scalar(d)", 'scalar(d{job="a"})')
OF_RANGES = [
    "rate",
    "increase",
    "delta",
    "irate",
    "idelta",
    "deriv",
    "changes",
    "resets",
    "avg_over_time",
    "sum_over_time",
    "min_over_time",
    "max_over_time",
    "count_over_time",
    "last_over_time",
    "present_over_time",
    "stdvar_over_time",
    "absent_over_time",
]
OF_VECTORS = ["abs", "ceil", "floor", "sgn", "round", "timestamp", "absent", "sqrt", "-"]
AGGREGATIONS = ["sum", "avg", "min", "max", "count", "group"]
LABELS = ("job", "i", "le", "z", "version", "none")
OPERATORS = ["+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless"]


@st.composite
def selectors(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(NAMES))
    return name if name[0] == "{" else name + draw(st.sampled_from(MATCHERS))


@st.composite
def ranges(draw: st.DrawFn, vectors: st.SearchStrategy[str]) -> str:
    length, shift = draw(st.sampled_from(RANGES)), draw(st.sampled_from(SHIFTS))
    if draw(st.booleans()):
        return f"{draw(selectors())}[{length}]{shift}"
    step = draw(st.sampled_from(("", "1m", "90s", "7m")))
    return f"({draw(vectors)})[{length}:{step}]{shift}"


@st.composite
def labels(draw: st.DrawFn) -> str:
    return ", ".join(draw(st.lists(st.sampled_from(LABELS), unique=True, max_size=2)))


@st.composite
def calls(draw: st.DrawFn, vectors: st.SearchStrategy[str]) -> str:
    number = st.sampled_from(NUMBERS)
    call: str = draw(
        st.one_of(
            st.builds("{}({})".format, st.sampled_from(OF_RANGES), ranges(vectors)),
            st.builds("{}({})".format, st.sampled_from(OF_VECTORS), vectors),
            st.builds("quantile_over_time({}, {})".format, number, ranges(vectors)),
            st.builds("predict_linear({}, {})".format, ranges(vectors), number),
            st.builds("clamp_{}({}, {})".format, st.sampled_from(("min", "max")), vectors, number),
            st.builds("histogram_quantile({}, {})".format, number, vectors),
            st.builds(
                'label_replace({}, "{}", "x$1", "{}", "(.)")'.format, vectors, *[st.sampled_from(LABELS)] * 2
            ),
        )
    )
    return call


@st.composite
def aggregations(draw: st.DrawFn, vectors: st.SearchStrategy[str]) -> str:
    by = draw(st.sampled_from(("by", "without")))
    groups, inner = draw(labels()), draw(vectors)
    kind = draw(st.integers(0, 5))
    if kind == 0:
        # By value and nothing else, the order of equal elements would be a matter of luck.
        return f"count(topk {by} ({groups}) (2, {inner}))"
    if kind == 1:
        return f"quantile {by} ({groups}) ({draw(st.sampled_from(NUMBERS))}, {inner})"
    if kind == 2:
        return f'count_values {by} ({groups}) ("value", {draw(selectors())})'
    return f"{draw(st.sampled_from(AGGREGATIONS))} {by} ({groups}) ({inner})"


@st.composite
def operations(draw: st.DrawFn, vectors: st.SearchStrategy[str]) -> str:
    op, left, right = draw(st.sampled_from(OPERATORS)), draw(vectors), draw(vectors)
    as_bool = " bool" if op in ("==", "!=", ">", "<", ">=", "<=") and draw(st.booleans()) else ""
    is_set = op in ("and", "or", "unless")
    if not is_set and draw(st.booleans()):
        number = draw(st.sampled_from(NUMBERS))
        left, right = (left, number) if draw(st.booleans()) else (number, right)
        return f"({left}) {op}{as_bool} ({right})"
    matching = ""
    if draw(st.booleans()):
        names = draw(labels())
        matching = f" {draw(st.sampled_from(('on', 'ignoring')))} ({names})"
        if not is_set and draw(st.booleans()):
            include = "" if "version" in names else draw(st.sampled_from(("", "version")))
            matching += f" {draw(st.sampled_from(('group_left', 'group_right')))} ({include})"
    return f"({left}) {op}{as_bool}{matching} ({right})"


def vectors() -> st.SearchStrategy[str]:
    return st.recursive(
        st.builds("{}{}".format, selectors(), st.sampled_from(SHIFTS)),
        lambda inner: st.one_of(calls(inner), aggregations(inner), operations(inner)),
        max_leaves=5,
    )


@pytest.mark.promtool
# Not random: where a comparison hangs on the last bit of a mean, versions of Prometheus differ, too.
@settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(TIMES), vectors()), min_size=1, max_size=50))
def test_any_expression_is_worth_what_prometheus_says(tmp_path: Path, asked: list[tuple[int, str]]) -> None:
    assert deviations(tmp_path, [(at, text) for at, text in asked if judged_here(text)]) == []


# what promtool does not show ----------------------------------------------------------------------------


SPIKES = Storage(
    [
        ({"__name__": "x", "i": i, "empty": ""}, [(minute * MINUTE, value) for minute in range(11)])
        for i, value in (("b", 2.0), ("c", 2.0), ("a", 3.0), ("d", float("nan")), ("e", 1.0))
    ]
)


@pytest.mark.parametrize(
    ("text", "left_open", "expected"),
    [
        ("count_over_time(x[5m])", True, 5),
        ("count_over_time(x[5m])", False, 6),
        ("count_over_time(x[5m:2m])", True, 3),
        ("count_over_time(x[4m:2m])", True, 2),
        ("count_over_time(x[4m:2m])", False, 3),
        ("count_over_time(x[4m:])", True, 8),
        ("x offset -5m", True, None),
        ("x offset -5m", False, 3),
        ('x{i=~"."} * 0 + 7', True, 7),
    ],
)
def test_ranges_are_open_on_the_left_since_prometheus_3(
    text: str, left_open: bool, expected: float | None
) -> None:
    found = evaluate(text, SPIKES, 10 * MINUTE, left_open=left_open, subquery_step=30_000)
    assert isinstance(found, dict)
    assert next((value for element, value in found.items() if ("i", "a") in element), None) == expected
    # Labels with empty values are missing ones.
    assert all(name != "empty" for element in found for name, _ in element)


def test_a_dot_takes_a_newline_since_prometheus_3() -> None:
    series = Storage([({"__name__": "x", "a": "1\n2"}, [(0, 1.0)])])
    assert evaluate('x{a=~"1.2"}', series, 0)
    assert evaluate('x{a=~"1.2"}', series, 0, left_open=False) == {}


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("x", "bcade"),
        ("sort(x)", "ebcad"),
        ("sort_desc(x)", "abced"),
        ("topk(3, x)", "abc"),
        ("topk(2, x)", "ab"),
        ("bottomk(2, x)", "eb"),
        ("x > 1 or x", "bcade"),
        ('sort_by_label(x, "i")', "abcde"),
    ],
)
def test_results_are_in_order(text: str, order: str) -> None:
    found = evaluate(text, SPIKES, 10 * MINUTE)
    assert isinstance(found, dict)
    assert "".join(dict(element)["i"] for element in found) == order


def test_scalars_are_numbers() -> None:
    assert evaluate("time() + 1", SPIKES, 5000) == 6
    assert evaluate("2 > bool 1", SPIKES, 0) == 1


@pytest.mark.parametrize(
    "text",
    [
        "info(x)",
        "limit_ratio(0.5, x)",
        "histogram_fraction(0, 1, x)",
        "x + fill (0) x",
        'x{a="b" or c="d"}',
        "x @ -1",
        "x[5m]",
        '"text"',
        "",
        "x +",
        "no_such_function(x)",
        "rate(x)",
        "sum(" * 3000 + "x" + ")" * 3000,
        "-" * 1500 + "x",
        "(" * 900 + "x" + ")" * 900,
        " + ".join(["x"] * 600),
        "hour(x * 1e300)",
        "sum_over_time(vector(1)[1000y:1ms])",
        "\ud800\x00{",
        "x offset 99999999999999y",
        "x[5]",
        "sum_over_time(rate(x[5m] @ 0)[5m:] offset -5m)",
        "sum_over_time(max_over_time(x[5m:] @ 0)[5m:])",
        "x @ 1e400",
        'x{a=~"\\\\C"}',
    ],
)
def test_what_is_beyond_it_is_unknown_and_never_a_traceback(text: str) -> None:
    with pytest.raises(Unknown, match=r"\w"):
        evaluate(text, SPIKES, 10 * MINUTE)


def test_series_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="order of time"):
        Storage([({"__name__": "x"}, [(1, 1.0), (1, 2.0)])])
