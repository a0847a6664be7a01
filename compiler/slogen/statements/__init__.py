"""What authors state about series, as the budgets that it is about.

Where a query is beyond analysis, or an author knows better, the series that prove an SLO are stated, not
derived. The rates are per second of a service that handles one event per second, so their ratios to each
other are what counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from slogen import codes, promql
from slogen.diagnostics import Label, Report
from slogen.ir import Grouping, Labels, Statement
from slogen.synthetic import Counter, Gauge, Series, Synthetic

# A histogram's buckets differ in it, and no budget is kept by it.
_BOUND = "le"


_Key = tuple[tuple[str, str], ...]
"""The labels that tell a budget, in the order of the grouping."""


def budgets(
    statements: Sequence[Statement], grouping: Grouping, report: Report
) -> tuple[Synthetic, ...] | None:
    """The series of each budget, in the order of the statements; None after findings.

    A budget are the series with one value each for the labels of the grouping. A series without such a label,
    as those have that others are joined with, is of the only budget that it can be of. Reported are a series
    that may be of several budgets or of none, one that is stated twice, and a budget in which nothing moves:
    that proves nothing.
    """
    keys = _keys([statement.series for statement in statements], grouping)
    found: dict[_Key, list[Statement]] = {key: [] for key in keys}
    sound = [_is_first(statements, i, report) for i in range(len(statements))]
    for statement in statements:
        key = _budget_of(statement, keys, grouping, report)
        sound.append(key is not None)
        if key is not None:
            found[key].append(statement)
    if all(sound):
        sound = [_moves(key, members, report) for key, members in found.items()]
    return tuple(_synthetic(dict(key), members) for key, members in found.items()) if all(sound) else None


def _keys(series: Sequence[Series], grouping: Grouping) -> list[_Key]:
    """The budgets: of the series that have all labels, or the one that all series are of together."""
    whole = dict.fromkeys(_key(each, grouping) for each in series if not _missing(each, grouping))
    if whole:
        return list(whole)
    values = {name: {each.labels[name] for each in series if name in each.labels} for name in grouping.labels}
    if any(len(found) != 1 for found in values.values()):
        return []
    return [tuple((name, next(iter(found))) for name, found in values.items())]


def _key(series: Series, grouping: Grouping) -> _Key:
    labels = series.labels
    if grouping.each:
        return tuple(sorted((name, value) for name, value in labels.items() if name != _BOUND))
    return tuple((name, labels[name]) for name in grouping.labels)


def _missing(series: Series, grouping: Grouping) -> list[str]:
    """The labels of the grouping that a series has not."""
    return [name for name in grouping.labels if name not in series.labels]


def _budget_of(statement: Statement, keys: Sequence[_Key], grouping: Grouping, report: Report) -> _Key | None:
    series = statement.series
    missing = _missing(series, grouping)
    if not missing:
        return _key(series, grouping)
    fitting = [key for key in keys if all(series.labels.get(name, value) == value for name, value in key)]
    if len(fitting) == 1:
        return fitting[0]
    for name in missing:
        report.report(
            codes.BAD_VALUE,
            statement.at,
            f"this series has no label `{name}`, by which the SLO is grouped",
            help=f'add `{name}="..."`, with the same value for all series of a budget',
        )
    return None


def _is_first(statements: Sequence[Statement], index: int, report: Report) -> bool:
    own = statements[index]
    first = next(other for other in statements if other.series == own.series)
    if first is own:
        return True
    report.report(
        codes.DECLARED_TWICE,
        own.at,
        "this series is stated twice",
        also=(Label(first.at, "first stated here"),),
        help="keep one of the two",
    )
    return False


def _moves(key: _Key, members: Sequence[Statement], report: Report) -> bool:
    if any(map(_is_moving, members)):
        return True
    which = ", ".join(f'{name}="{value}"' for name, value in key)
    of_which = f" with `{which}`" if which else ""
    report.report(
        codes.BAD_VALUE,
        members[0].at,
        f"`good` and `bad` are the same in all series{of_which}, which proves nothing",
        help="state a series that moves in another way while nothing is good",
    )
    return False


def _is_moving(statement: Statement) -> bool:
    # A value that is absent is no number, and equals nothing.
    return statement.good != statement.bad


def _synthetic(labels: Labels, members: Sequence[Statement]) -> Synthetic:
    return Synthetic(
        labels,
        tuple(Counter(each.series, each.good, each.bad) for each in members if each.is_counter),
        tuple(Gauge(each.series, each.good, each.bad) for each in members if not each.is_counter),
        mixes=all(each.is_counter for each in members if _is_moving(each)),
    )


def written(proof: Sequence[Synthetic]) -> list[Mapping[str, object]]:
    """The statements of a proof as slogen's own format has them; reading them gives an equal proof."""
    found: list[Mapping[str, object]] = []
    for budget in proof:
        for counter in budget.counters:
            rates = {"good": f"{_digits(counter.good)}/s", "bad": f"{_digits(counter.bad)}/s"}
            found.append({"series": _text(counter.series), **rates})
        for gauge in budget.gauges:
            values = {"good": _value(gauge.good), "bad": _value(gauge.bad)}
            found.append({"series": _text(gauge.series), **values})
    return found


def _text(series: Series) -> str:
    matchers = ", ".join(f"{_name(name)}={promql.quote(value)}" for name, value in series.labels.items())
    if not promql.is_metric_name(series.name):
        return "{" + ", ".join(filter(None, (promql.quote(series.name), matchers))) + "}"
    return f"{series.name}{{{matchers}}}" if matchers else series.name


def _name(label: str) -> str:
    return label if promql.is_label_name(label) else promql.quote(label)


def _value(value: float) -> Decimal | str:
    return "absent" if math.isnan(value) else Decimal(_digits(value))


def _digits(value: float) -> str:
    """The shortest digits that stand for a number, without an exponent."""
    digits = format(Decimal(repr(value)), "f")
    return digits.removesuffix(".0")
