"""The recording rules of an SLO: which window is read from where, and how often."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache

from slogen import names
from slogen.adjustments import USUAL, Adjustment, MetadataRecordings, RatioRecordings
from slogen.burn import DAY, FAST_BELOW, HOUR, LOOKBACK, decimal_text
from slogen.durations import render
from slogen.ir import Labels, Millis, Over, Profile, Rule, RuleGroup, Slo
from slogen.lower.labelling import authors_labels, inherited_labels

# How long Prometheus may be down without a trace in the windows from two hours on.
OUTAGE = Millis(30 * 60_000)
MOST_TILES = 6


def selector(series: str, slo: Slo) -> str:
    """A recorded series of this SLO and no other."""
    return f'{series}{{{names.ID_LABEL}="{slo.id}"}}'


@lru_cache(maxsize=4096)
def over(window: Millis, *, increase: bool = False) -> Over:
    """A window as the kinds of indicators take it."""
    return Over(render(window), decimal_text(Fraction(window, 1000)), "increase" if increase else "rate")


def slice_of_period(shortest: Millis, period: Millis) -> Millis:
    """What the period is counted in: hours, or the shortest window where it is below a day."""
    return shortest if period < DAY else Millis(HOUR)


class Recorder:
    """Builds the recording rules of one SLO."""

    def __init__(self, slo: Slo) -> None:
        self.slo = slo
        self.identity: Labels = names.identity(slo.id, slo.service, slo.name)
        self.windows = slo.windows
        self.base = self.windows[0]
        self.fast = [w for w in self.windows if w < FAST_BELOW]
        self.slow = [w for w in self.windows if FAST_BELOW <= w < DAY]
        self.long = [w for w in self.windows if w >= DAY]
        # A period below a day is as urgent as the windows that it is made of.
        self.budget_is_fast = slo.window < DAY
        self._samples = selector(names.TOTAL_SAMPLES, slo) if slo.sli.samples(slo.grouping) else ""
        self._error_samples = selector(names.ERROR_SAMPLES, slo) if self._samples else ""

    def groups(self, alerts: tuple[Rule, ...]) -> tuple[RuleGroup, ...]:
        """The groups in the order in which they are emitted; groups without rules are left out.

        What the adjustments leave out is recorded elsewhere: the rules that remain read it all the same.
        """
        ratios, metadata = self._includes(RatioRecordings), self._includes(MetadataRecordings)
        fast = [*self._samples_rules(), *self._fast_events()] if ratios else []
        fast += [self._ratio(w) for w in self.fast if ratios]
        fast += [self._burn_rate(names.CURRENT_BURN_RATE, self.base)] if metadata else []
        slow = self._slow_ratios() if ratios else []
        long = [rule for w in self.long for rule in self._events(w) if ratios]
        budget = fast if self.budget_is_fast else slow
        budget += self._period_rules() if ratios else []
        budget += self._budget_rules() if metadata else []
        paces = self.slo.paces
        slo_id = self.slo.id
        groups = (
            self._group(names.group(slo_id), paces.fast, (*fast, *alerts)),
            self._group(names.group(slo_id, "slow"), paces.slow, tuple(slow)),
            self._group(names.group(slo_id, "long"), paces.long, tuple(long)),
        )
        return tuple(group for group in groups if group.rules)

    def _includes(self, kind: type[Adjustment]) -> bool:
        return any(isinstance(adjustment, kind) for adjustment in self.slo.adjustments)

    def _group(self, name: str, interval: Millis, rules: tuple[Rule, ...]) -> RuleGroup:
        return RuleGroup(
            name,
            rules,
            interval=render(interval),
            partial_response_strategy=self.slo.partial_response_strategy,
            where=self.slo.where,
        )

    def _rule(self, record: str, expr: str, labels: Labels) -> Rule:
        return Rule(expr, record=record, labels=labels, where=self.slo.where)

    # events -------------------------------------------------------------------------------------------

    def _samples_rules(self) -> list[Rule]:
        if not self._samples:
            return []
        sli, grouping = self.slo.sli, self.slo.grouping
        return [
            self._rule(names.TOTAL_SAMPLES, sli.samples(grouping), self.identity),
            self._rule(names.ERROR_SAMPLES, sli.error_samples(grouping, self._samples), self.identity),
        ]

    def _fast_events(self) -> list[Rule]:
        rules: list[Rule] = []
        for window in self.fast:
            tiles = self._tiles(window)
            rules += self._tiled(window, *tiles) if tiles else self._events(window)
        return rules

    def _events(self, window: Millis) -> list[Rule]:
        """Total and errors over a window, in this order: the errors read the recorded total."""
        return self._pair(names.total_rate(render(window)), names.errors_rate(render(window)), over(window))

    def _pair(self, total_name: str, errors_name: str, span: Over) -> list[Rule]:
        total, errors = self._measured(total_name, span)
        return [
            self._rule(total_name, total, self.identity),
            self._rule(errors_name, errors, self.identity),
        ]

    def _measured(self, total_name: str, span: Over) -> tuple[str, str]:
        slo, sli = self.slo, self.slo.sli
        if self._is_flat(span):
            return self._flat(names.total_rate, span), self._flat(names.errors_rate, span)
        return (
            sli.total(span, slo.grouping, self._samples),
            sli.errors(span, slo.grouping, selector(total_name, slo), self._error_samples),
        )

    def _is_flat(self, span: Over) -> bool:
        """Whether a window averages the recorded rates of the shortest one, and reads no counter."""
        if self.slo.profile is not Profile.CHEAP or not self.slo.sli.additive:
            return False
        millis = Decimal(span.seconds) * 1000
        return span.function == "increase" or (millis >= FAST_BELOW and millis > self.base)

    def _flat(self, series: Callable[[str], str], span: Over) -> str:
        mean = f"avg_over_time({selector(series(render(self.base)), self.slo)}[{span.window}])"
        return f"{span.seconds} * {mean}" if span.function == "increase" else mean

    def _tiles(self, window: Millis) -> tuple[Millis, int] | None:
        """The longest recorded window that fits a few times into this one, and how often."""
        if not self.slo.sli.additive:
            return None
        for shorter in reversed([w for w in self.fast if w < window]):
            count, rest = divmod(window, shorter)
            if rest == 0 and count <= MOST_TILES:
                return shorter, count
        return None

    def _tiled(self, window: Millis, tile: Millis, count: int) -> list[Rule]:
        text = render(window)
        return [
            self._rule(name(text), self._mean(name(render(tile)), tile, count), self.identity)
            for name in (names.total_rate, names.errors_rate)
        ]

    def _mean(self, series: str, tile: Millis, count: int) -> str:
        """The mean of consecutive windows; one that was not recorded counts as no events."""
        one = selector(series, self.slo)
        terms = [f"  {one}"]
        for i in range(1, count):
            terms.append(f"+ ({one} offset {render(Millis(i * tile))} or 0 * {one})")
        body = "\n  ".join(terms)
        return f"(\n{body}\n) / {count}"

    # ratios -------------------------------------------------------------------------------------------

    @cached_property
    def _usual_labels(self) -> Labels:
        return {**self.identity, **self.slo.labels}

    def _labels(self, series: str, read: str = "") -> Labels:
        """The labels of a metadata series, which may have been made of one that it `read`."""
        if self.slo.adjustments is USUAL:
            return self._usual_labels
        inherited = inherited_labels(series, read, self.slo) if read else {}
        return {**self.identity, **inherited, **authors_labels(series, self.slo)}

    def _slow_ratios(self) -> list[Rule]:
        rules = [rule for w in self.slow for rule in self._events(w)]
        # The last recording may be one interval old, and the next be missed in an outage.
        reach = Millis(2 * self.slo.paces.long + OUTAGE + LOOKBACK)
        return [*rules, *(self._ratio(w) for w in self.slow), *(self._ratio(w, reach) for w in self.long)]

    def _ratio(self, window: Millis, reach: Millis | None = None) -> Rule:
        """Sloth's error ratio over a window; `reach` where errors and total are recorded less often."""
        text = render(window)
        total = selector(names.total_rate(text), self.slo)
        errors = selector(names.errors_rate(text), self.slo)
        if reach:
            total = f"last_over_time({total}[{render(reach)}])"
            errors = f"last_over_time({errors}[{render(reach)}])"
        return self._quotient(text, errors, total)

    def _quotient(self, window: str, errors: str, total: str) -> Rule:
        record = names.error_ratio(window)
        labels = {
            **self.identity,
            names.WINDOW_LABEL: window,
            **authors_labels(record, self.slo),
        }
        return self._rule(record, quotient(errors, total), labels)

    def _burn_rate(self, record: str, window: Millis) -> Rule:
        read = names.error_ratio(render(window))
        expr = f"{selector(read, self.slo)} / {decimal_text(self.slo.budget)}"
        return self._rule(record, expr, self._labels(record, read))

    # budget -------------------------------------------------------------------------------------------

    def _period_rules(self) -> list[Rule]:
        return [*self._period_events(), *self._period_ratio(render(self.slo.window))]

    def _budget_rules(self) -> list[Rule]:
        slo = self.slo
        constant = {
            names.OBJECTIVE: decimal_text(slo.objective / 100),
            names.ERROR_BUDGET: decimal_text(slo.budget),
            names.TIME_PERIOD: decimal_text(Fraction(slo.window, DAY)),
        }
        remaining = f"1 - {selector(names.PERIOD_BURN_RATE, slo)}"
        remaining_labels = self._labels(names.BUDGET_REMAINING, names.PERIOD_BURN_RATE)
        return [
            *(self._rule(name, f"vector({value})", self._labels(name)) for name, value in constant.items()),
            self._burn_rate(names.PERIOD_BURN_RATE, slo.window),
            self._rule(names.BUDGET_REMAINING, remaining, remaining_labels),
            self._rule(names.INFO, "vector(1)", self._info_labels()),
        ]

    def _period_events(self) -> list[Rule]:
        """How many events, and how many bad ones, the period had."""
        slo = self.slo
        pace = slo.paces.fast if self.budget_is_fast else slo.paces.slow
        slice_ = slice_of_period(slo.windows[0], slo.window)
        text, period = render(slice_), render(slo.window)
        rules = self._pair(
            names.total_increase(text), names.errors_increase(text), over(slice_, increase=True)
        )
        if slice_ == slo.window:
            return rules
        times = decimal_text(Fraction(slice_, pace))
        for name in (names.total_increase, names.errors_increase):
            expr = f"sum_over_time({selector(name(text), slo)}[{period}]) / {times}"
            rules.append(self._rule(name(period), expr, self.identity))
        return rules

    def _period_ratio(self, period: str) -> list[Rule]:
        if self.slo.window in self.windows:
            return []
        total = selector(names.total_increase(period), self.slo)
        errors = selector(names.errors_increase(period), self.slo)
        return [self._quotient(period, errors, total)]

    def _info_labels(self) -> Labels:
        slo = self.slo
        return {
            **self._labels(names.INFO),
            names.VERSION_LABEL: names.GENERATOR,
            names.MODE_LABEL: names.GENERATOR,
            names.SPEC_LABEL: slo.spec,
            names.OBJECTIVE_LABEL: decimal_text(slo.objective),
        }


def quotient(errors: str, total: str) -> str:
    """The error ratio: 0 without traffic, never NaN, nothing without a total."""
    return f"{errors}\n/\n({total} > 0)\nor\n0 * {total}"
