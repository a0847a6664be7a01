"""The model of expressions, judged by what the evaluator of PromQL makes of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meaning_samples import MINUTE, MINUTES, Catalogued, Expressions, world

from slogen.promql.evaluation import Element, Failed, Storage, Unknown, evaluate
from slogen.promql.meaning import Bounds, Meaning, Nature, Presence, Recorded, Unit, meaning_of

WORLDS = [world(seed) for seed in range(4)]
STEADY = world(1, steady=True)
END = 119 * MINUTE
CATALOGUED = Catalogued()
# These choose elements by their values and still are no conditions.
CHOOSING = ("topk", "bottomk", "count_values")
# What these cannot compute is NaN; the model only tells of divisions.
UNDEFINED = ("scalar(", "sqrt", "ln(", "^", "exp(", "histogram_quantile")


def model(text: str, knowledge: Catalogued | None = None, window: float | None = None) -> Meaning:
    found = meaning_of(text, places=False, window=window, **({"knowledge": knowledge} if knowledge else {}))
    assert found is not None, text
    return found


def elements(text: str, storage: Storage, at: int = END) -> dict[Element, float] | None:
    """The elements of a result; that of a scalar is one without labels. None if there is no answer."""
    try:
        found = evaluate(text, storage, at)
    except (Failed, Unknown):
        return None
    return found if isinstance(found, dict) else {frozenset(): found}


def lies(meaning: Meaning, found: dict[Element, float]) -> Iterator[str]:
    """What the model says of a result that is not so."""
    if meaning.always and not found:
        yield "always"
    for element, value in found.items():
        labels = {name: text for name, text in element if name != "__name__"}
        for name in {*labels, *meaning.labels.named} - {"__name__"}:
            fact = meaning.labels[name]
            if fact.presence is Presence.NEVER and name in labels:
                yield f"never {name}"
            if fact.presence is Presence.CERTAIN and name not in labels:
                yield f"certain {name}"
            if fact.value is not None and labels.get(name, fact.value) != fact.value:
                yield f"{name} is not {fact.value}"
        if not math.isnan(value) and not within(meaning.bounds, value):
            yield f"{value} is out of bounds"


def within(bounds: Bounds, value: float) -> bool:
    if value == 0 and not bounds.may_be_zero:
        return False
    on_bound = any(
        math.isclose(value, bound, rel_tol=1e-9) and not is_open
        for bound, is_open in ((bounds.lowest, bounds.lowest_open), (bounds.highest, bounds.highest_open))
    )
    return on_bound or bounds.lowest < value < bounds.highest


expressions = st.builds(
    lambda random, depth: Expressions(random).vector(depth),
    st.randoms(use_true_random=True),
    st.integers(0, 3),
)


@settings(max_examples=400, deadline=None)
@given(expressions, st.sampled_from([None, CATALOGUED]))
def test_the_model_holds_for_any_result(text: str, knowledge: Catalogued | None) -> None:
    meaning = model(text, knowledge)
    found = [elements(text, storage) for storage in WORLDS]
    results = [one for one in found if one is not None]
    assert [lie for result in results for lie in lies(meaning, result)] == []
    if meaning.is_condition or any(word in text for word in CHOOSING) or len(results) < len(WORLDS):
        return
    selected = [f"last_over_time({str(one.tree).partition('[')[0]}[1h])" for one in meaning.selectors]
    if all(elements(one.replace(" offset 7m[1h]", "[1h] offset 7m"), WORLDS[0]) for one in selected):
        assert len({bool(result) for result in results}) == 1, "it has a result only under a condition"


@settings(max_examples=400, deadline=None)
@given(expressions)
def test_only_the_divisions_told_of_make_nan_of_finite_values(text: str) -> None:
    if any(word in text for word in UNDEFINED) or model(text).nan is not None:
        return
    nan = [one for one in WORLDS if any(map(math.isnan, (elements(text, one) or {}).values()))]
    assert not nan or any(makes_infinite(text, storage) for storage in nan)


def makes_infinite(text: str, storage: Storage) -> bool:
    """Whether a part of an expression is infinite at any time."""
    whole = meaning_of(text)
    assert whole is not None
    parts = [text[slice(*part.at)] for part in whole.walk() if part.type in ("vector", "scalar")]
    times = range(0, MINUTES, 2)
    return any(
        math.isinf(value)
        for part in parts
        for minute in times
        for value in (elements(part, storage, minute * MINUTE) or {}).values()
    )


@settings(max_examples=40, deadline=None)
@given(expressions, st.randoms(use_true_random=True), st.integers(0, 3))
def test_the_model_holds_for_what_is_recorded(text: str, random: Random, seed: int) -> None:
    found = [elements(text, WORLDS[seed], minute * MINUTE) for minute in range(60, MINUTES)]
    series: dict[Element, list[tuple[int, float | None]]] = {}
    for minute, result in enumerate(found, 60):
        for element, value in (result or {}).items():
            labels = {**dict(element), "__name__": "r", "tier": "web"}
            series.setdefault(frozenset(labels.items()), []).append((minute * MINUTE, value))
    storage = Storage((dict(element), values) for element, values in series.items())
    recorded = Recorded((model(text),), ({"tier": "web"},), ("group",))
    above = Expressions(random, ("r",)).vector(1)
    result = elements(above, storage)
    # A series that ends is no contradiction to a result at all times.
    assert not result or list(lies(model(above, Catalogued({"r": recorded})), result)) == []


def facts(meaning: Meaning) -> list[object]:
    """What a model says, but for the places."""
    own = (meaning.type, meaning.nature, meaning.unit, meaning.bounds, meaning.power, meaning.always)
    more = (meaning.is_sure, meaning.is_condition, meaning.nan is None, meaning.name, meaning.range)
    labels = {name: (fact.presence, fact.value) for name, fact in meaning.labels.named.items()}
    matchers = [(one.name, one.op, one.value) for one in meaning.matchers]
    listed = [[name for name, _ in places] for places in (meaning.labels_at, meaning.included_at)]
    return [own, more, labels, meaning.labels.rest.presence, matchers, listed, *map(facts, meaning.parts)]


@settings(max_examples=200, deadline=None)
@given(expressions)
def test_places_change_nothing_of_the_model(text: str) -> None:
    placed = meaning_of(text)
    assert placed is not None
    assert facts(placed) == facts(model(text))
    assert all(text[slice(*part.name_at)].lower() == part.name for part in placed.walk() if part.name)


_GROUPED = ("", " by (job)", " by (job, code)", " without (code)", " without (code, zone)")
_MATCHED = ("", "", " on (job)", " ignoring (code)", " on (job) group_left ()", " on (job) group_right ()")
_OF_CODE = ("", '{code="200"}', '{code=~"200|500"}', '{job="x"}', '{job="x",code="500"}')
_OF_JOB = ("", '{job="x"}', '{job=~"x|y"}')
_COUNTED = ("rate(a_total{}[5m])", "increase(a_total{}[13m])", "rate(a_total{}[5m] offset 7m)")
_UP = ("up{}", "up{} == 0", "up{} offset 7m")


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=True))
def test_quotients_of_a_part_and_its_whole_stay_within_their_bounds(random: Random) -> None:
    pick = random.choice
    forms, matchers = pick(((_COUNTED, _OF_CODE), (_UP, _OF_JOB)))
    same = pick(forms)
    form, other = pick(((same, same), (same, pick(forms))))
    aggregation, grouping = pick(("sum", "count")), pick(_GROUPED)
    left, right = (
        f"{pick((aggregation, aggregation, 'sum'))}{pick((grouping, pick(_GROUPED)))} "
        f"({one.replace('{}', pick(matchers))})"
        for one in (form, other)
    )
    text = f"{pick(('', '100 * '))}{left} /{pick(_MATCHED)} {right}"
    meaning = model(text)
    for storage in WORLDS:
        assert list(lies(meaning, elements(text, storage) or {})) == [], text


GROWING = (
    *("rate(a_total[W])", "increase(a_total[W])", "count_over_time(a_total[W])", "sum_over_time(q_ratio[W])"),
    *("avg_over_time(q_ratio[W])", "delta(temp_celsius[W])", "irate(a_total[W])", "q_ratio", "vector(3)"),
    *("sum_over_time(rate(a_total[5m])[W:1m])", "avg_over_time(rate(a_total[5m])[W:1m])", "up", "2", "1"),
    *("sum(increase(h_seconds_bucket[W]))", "max_over_time(up[W])", "rate(a_total[5m])", "changes(up[W])"),
)


@st.composite
def combined(draw: st.DrawFn) -> str:
    left, right = draw(st.sampled_from(GROWING)), draw(st.sampled_from(GROWING))
    form = draw(
        st.sampled_from(
            (
                *("{0}", "sum({0}) / sum({1})", "sum({0}) * sum({1})", "sum({0}) + sum({1})", "-({0})"),
                *("sum({0}) - sum({1})", "sum({0}) or vector(0)", "max by (job) ({0}) > 0", "avg({0}) * 3"),
                *("1 - sum({0}) / sum({1})", "({0}) and ({1})", "quantile(0.5, {0})", "count({0})"),
            )
        )
    )
    is_number = any(one.isdigit() for one in (left, right))
    return form.format(left, right) if not is_number or form == "{0}" else left


@settings(max_examples=200, deadline=None)
@given(combined())
def test_values_grow_with_the_window_as_the_model_says(text: str) -> None:
    power = model(text.replace("[W", "[20m"), window=1200).power
    short, long = (elements(text.replace("[W", f"[{window}"), STEADY) for window in ("20m", "40m"))
    if power is None or short is None or long is None:
        return
    assert short.keys() == long.keys()
    for element, value in short.items():
        assert math.isclose(long[element], value * 2**power, rel_tol=1e-6, abs_tol=1e-9) or math.isnan(value)


@pytest.mark.parametrize(
    ("text", "nature", "unit"),
    [
        ("a_total", Nature.COUNTER, "events"),
        ("h_seconds_bucket", Nature.BUCKETS, "events"),
        ("h_seconds_sum", Nature.COUNTER, "seconds"),
        ("requests", Nature.UNKNOWN, None),
        ("queue_length", Nature.GAUGE, None),
        ("rate(a_total[5m])", Nature.RATE, "events per second"),
        ("increase(a_total[5m])", Nature.INCREASE, "events"),
        ("rate(h_seconds_sum[5m])", Nature.RATE, "a ratio"),
        ("rate(h_seconds_sum[5m]) / rate(h_seconds_count[5m])", Nature.UNKNOWN, "seconds per event"),
        ("sum(rate(a_total[5m])) / sum(rate(b_total[5m]))", Nature.RATIO, "a ratio"),
        ("1 - sum(rate(a_total[5m])) / sum(rate(b_total[5m]))", Nature.RATIO, "a ratio"),
        ("100 * sum(rate(a_total[5m])) / sum(rate(b_total[5m]))", Nature.RATIO, "a ratio"),
        ("histogram_quantile(0.9, sum by (le) (rate(h_seconds_bucket[5m])))", Nature.QUANTILE, None),
        ("avg_over_time(up[5m])", Nature.RATIO, "a ratio"),
        ("avg(up)", Nature.RATIO, "a ratio"),
        ("sum(up)", Nature.PRESENCE, None),
        ("count(up)", Nature.PRESENCE, "events"),
        ("a_total > bool 3", Nature.BOOLEAN, "a ratio"),
        ("a_total > 3", Nature.COUNTER, "events"),
        ("absent(a_total)", Nature.BOOLEAN, "a ratio"),
        ("time() - timestamp(up)", Nature.GAUGE, "seconds"),
        ("rate(queue_length[5m])", Nature.UNKNOWN, None),
    ],
)
def test_natures_and_units(text: str, nature: Nature, unit: str | None) -> None:
    meaning = model(text)
    assert (meaning.nature, str(meaning.unit) if meaning.unit is not None else None) == (nature, unit)


def test_units_in_words() -> None:
    seconds = Unit((("seconds", 1),))
    assert str(seconds.times(seconds)) == "seconds^2"
    assert str(seconds.per(seconds)) == "a ratio"
    assert str(Unit().per(seconds)) == "1 per second"
