"""The rules that Sloth makes of an SLO: the same series, texts and labels in the same order.

Sloth builds three groups per SLO by a chain of plugins, each of which fills a group, changes what the ones
before it left there, or adds to it. The adjustments of an SLO are that chain. Numbers are computed as Sloth
does, in floating point and in its order of operations, because their last digits stand in the texts.

The one place where the text differs: Sloth puts a query in parentheses on one line, so that a comment at the
end of the query swallows what follows, and Prometheus refuses the file. Here a line break ends the comment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from slogen import names, promql
from slogen.adjustments import (
    Adjustment,
    BareSeries,
    BudgetAlert,
    BurnAlerts,
    InfoLabels,
    Intervals,
    MetadataRecordings,
    RatioRecordings,
)
from slogen.burn import HOUR
from slogen.durations import render
from slogen.ir import Alert, Labels, Millis, Plain, Rule, RuleGroup, Slo, Tier, Urgency

CORRECTION = "slo:numerator_correction:ratio"

# How Sloth was run, by the kind of spec: its user interface shows it.
_MODES = {"sloth.slok.dev": "cli-gen-k8s", "openslo": "cli-gen-openslo"}
# Its targets are ratios, of which Sloth makes percent.
_TARGETS_ARE_RATIOS = "openslo/v1alpha"
# Sloth drops the `for` of alerts from its Kubernetes objects.
_KNOWS_NO_FOR = "sloth.slok.dev/v1"

MANIFEST_LABELS: Labels = {"app.kubernetes.io/component": "SLO", "app.kubernetes.io/managed-by": "sloth"}
"""What Sloth adds to the labels of an object."""


def sloth_groups(slo: Slo) -> tuple[RuleGroup, ...]:
    """The groups that Sloth makes of an SLO; those without rules are left out. Cannot fail."""
    writer = _Writer(slo)
    rules = _Rules()
    for adjustment in slo.adjustments:
        rules = writer.adjusted(rules, adjustment)
    return rules.groups(slo)


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of the three groups, and their intervals ("" for none)."""

    ratios: tuple[Rule, ...] = ()
    metadata: tuple[Rule, ...] = ()
    alerts: tuple[Rule, ...] = ()
    intervals: tuple[str, str, str] = ("", "", "")

    def groups(self, slo: Slo) -> tuple[RuleGroup, ...]:
        kinds = ("sli-recordings", "meta-recordings", "alerts")
        return tuple(
            RuleGroup(
                f"sloth-slo-{kind}-{slo.id}",
                rules,
                interval=interval,
                partial_response_strategy=slo.partial_response_strategy,
                where=slo.where,
            )
            for kind, rules, interval in zip(
                kinds, (self.ratios, self.metadata, self.alerts), self.intervals, strict=True
            )
            if rules
        )


class _Writer:
    """Writes the rules of one SLO."""

    def __init__(self, slo: Slo) -> None:
        self.slo = slo
        self.identity: Labels = names.identity(slo.id, slo.service, slo.name)
        self.series_labels: Labels = {**self.identity, **slo.labels}
        self.filter = _filter(self.identity)
        self.objective = _objective(slo)
        pages = [tier for tier in slo.tiers if tier.urgency is Urgency.PAGE]
        self.shortest = (pages or slo.tiers)[0].short

    def adjusted(self, rules: _Rules, adjustment: Adjustment) -> _Rules:
        """The rules after one step of the chain."""
        match adjustment:
            case RatioRecordings():
                return self._ratios(rules, adjustment)
            case MetadataRecordings():
                return replace(rules, metadata=self._metadata())
            case BurnAlerts():
                return replace(rules, alerts=tuple(self._burn_alert(alert) for alert in self.slo.alerts))
            case InfoLabels():
                return replace(rules, metadata=_with_labels(rules.metadata, adjustment))
            case BareSeries():
                return self._bare(rules, adjustment)
            case Intervals():
                return replace(rules, intervals=_intervals(adjustment))
            case BudgetAlert():
                return replace(rules, alerts=(*rules.alerts, self._budget_alert(adjustment)))

    def _record(self, record: str, expr: str, labels: Labels) -> Rule:
        return Rule(expr, record=record, labels=labels, where=self.slo.where)

    def _series(self, name: str) -> str:
        return f"{name}{self.filter}"

    # ratios -------------------------------------------------------------------------------------------

    def _ratios(self, rules: _Rules, how: RatioRecordings) -> _Rules:
        """The error ratio of every window, and of the period, even if it is a window, too."""
        corrected = how.corrected and bool(self._plain(self.shortest).bad)
        measure = self._corrected if corrected else self._measured
        ratios = tuple(
            self._ratio(window, self._mean() if self._is_mean(window, how) else measure(window))
            for window in (*self.slo.windows, self.slo.window)
        )
        if not corrected:
            return replace(rules, ratios=ratios)
        return replace(rules, ratios=ratios, metadata=(*rules.metadata, *self._corrections()))

    def _ratio(self, window: Millis, expr: str) -> Rule:
        text = render(window)
        labels = {**self.identity, names.WINDOW_LABEL: text, **self.slo.labels}
        return self._record(names.error_ratio(text), expr, labels)

    def _is_mean(self, window: Millis, how: RatioRecordings) -> bool:
        """Whether a window averages the shortest one. That one cannot average itself."""
        return window == self.slo.window != self.shortest and not how.plain_period

    def _mean(self) -> str:
        samples = f"{self._series(names.error_ratio(render(self.shortest)))}[{render(self.slo.window)}]"
        return f"sum_over_time({samples})\n/ ignoring ({names.WINDOW_LABEL})\ncount_over_time({samples})\n"

    def _measured(self, window: Millis) -> str:
        plain = self._plain(window)
        if plain.ratio:
            return f"({_closed(plain.ratio)})"
        if plain.bad:
            return f"({_closed(plain.bad)})\n/\n({_closed(plain.total)})\n"
        # The good events are what Sloth takes from OpenSLO.
        return (
            f"(\n  1 - (\n    (\n      {plain.good}\n    )\n    /\n    (\n      {plain.total}\n    )\n  )\n)"
        )

    def _corrected(self, window: Millis) -> str:
        """The error ratio, weighed by the traffic of the window in comparison to that of the period.

        Sloth has no parentheses around the errors here.
        """
        if window == self.slo.window:
            return self._measured(window)
        plain = self._plain(window)
        correction = self._series(f"{CORRECTION}{render(window)}")
        return f"(\n{correction}\n* on()\n{plain.bad}\n)\n/\n({_closed(plain.total)})\n"

    def _corrections(self) -> list[Rule]:
        """The traffic of every window in comparison to that of the period."""
        labels: Labels = {**self.series_labels}
        whole = _closed(self._plain(self.slo.window).total)
        return [
            self._record(
                f"{CORRECTION}{render(window)}", f"({_closed(self._plain(window).total)})/({whole})", labels
            )
            for window in self.slo.windows
        ]

    def _plain(self, window: Millis) -> Plain:
        return self.slo.sli.plain(render(window), self.slo.grouping)

    def _bare(self, rules: _Rules, how: BareSeries) -> _Rules:
        keep = {*self.identity, *how.keep}
        ratios = _bare(rules.ratios, {*keep, names.WINDOW_LABEL}, how.all_but)
        metadata = _bare(rules.metadata, keep - {names.WINDOW_LABEL}, (*how.all_but, names.INFO))
        return replace(rules, ratios=ratios, metadata=metadata)

    # metadata -----------------------------------------------------------------------------------------

    def _metadata(self) -> tuple[Rule, ...]:
        target = _number(self.objective / 100)
        days = _number(_hours(self.slo.window) / 24)
        labels = self.series_labels
        info = {
            **labels,
            names.VERSION_LABEL: names.GENERATOR,
            names.MODE_LABEL: _MODES.get(self.slo.spec.partition("/")[0], "cli-gen-prom"),
            names.SPEC_LABEL: self.slo.spec,
            names.OBJECTIVE_LABEL: _digits(self.objective),
        }
        return (
            self._record(names.OBJECTIVE, f"vector({target})", labels),
            self._record(names.ERROR_BUDGET, f"vector(1-{target})", labels),
            self._record(names.TIME_PERIOD, f"vector({days})", labels),
            self._record(names.CURRENT_BURN_RATE, self._burn_rate(self.shortest), labels),
            self._record(names.PERIOD_BURN_RATE, self._burn_rate(self.slo.window), labels),
            self._record(names.BUDGET_REMAINING, f"1 - {self._series(names.PERIOD_BURN_RATE)}", labels),
            self._record(names.INFO, "vector(1)", info),
        )

    def _burn_rate(self, window: Millis) -> str:
        ratio = self._series(names.error_ratio(render(window)))
        by = f"on({names.ID_LABEL}, {names.SLO_LABEL}, {names.SERVICE_LABEL}) group_left"
        return f"{ratio}\n/ {by}\n{self._series(names.ERROR_BUDGET)}\n"

    # alerts -------------------------------------------------------------------------------------------

    def _burn_alert(self, alert: Alert) -> Rule:
        slo = f"{{{{$labels.{names.SERVICE_LABEL}}}}} {{{{$labels.{names.SLO_LABEL}}}}}"
        text = {
            "title": f"({alert.urgency}) {slo} SLO error budget burn rate is too fast.",
            "summary": f"{slo} SLO error budget burn rate is over expected.",
        }
        return Rule(
            "\nor\n".join(self._condition(tier) for tier in alert.tiers) + "\n",
            alert=alert.name,
            for_=self._for(alert.for_),
            labels=alert.labels,
            annotations={**text, **alert.annotations},
            where=self.slo.where,
        )

    def _condition(self, tier: Tier) -> str:
        limit = _limit(tier, self.slo.window, self.objective)
        both = "\n    and\n".join(
            f"    max({self._series(names.error_ratio(render(window)))} > {limit}) "
            f"without ({names.WINDOW_LABEL})"
            for window in (tier.short, tier.long)
        )
        return f"(\n{both}\n)"

    def _budget_alert(self, alert: BudgetAlert) -> Rule:
        series = _filter({**self.series_labels, **alert.selector})
        return Rule(
            f"{names.BUDGET_REMAINING}{series} <= {_number(float(alert.threshold))}",
            alert=alert.name,
            for_=self._for(alert.for_),
            labels=alert.labels,
            annotations=alert.annotations,
            where=self.slo.where,
        )

    def _for(self, duration: Millis) -> str:
        return render(duration) if duration and self.slo.spec != _KNOWS_NO_FOR else ""


def _with_labels(metadata: Sequence[Rule], more: InfoLabels) -> tuple[Rule, ...]:
    """The rules with labels added to the first one that records the series."""
    at = next((i for i, rule in enumerate(metadata) if rule.record == more.series), None)
    if at is None:
        return tuple(metadata)
    rule = replace(metadata[at], labels={**metadata[at].labels, **more.labels})
    return (*metadata[:at], rule, *metadata[at + 1 :])


def _bare(rules: Sequence[Rule], keep: Collection[str], all_but: Collection[str]) -> tuple[Rule, ...]:
    """The rules without labels but those to keep.

    Rules that share one map of labels in Sloth share it here: it is stripped as soon as it is stripped for
    one of them, so naming some of them in `all_but` saves nothing.
    """
    bare: dict[int, Labels] = {
        id(rule.labels): {name: value for name, value in rule.labels.items() if name in keep}
        for rule in rules
        if rule.record not in all_but
    }
    return tuple(replace(rule, labels=bare.get(id(rule.labels), rule.labels)) for rule in rules)


def _intervals(wanted: Intervals) -> tuple[str, str, str]:
    ratios, metadata, alerts = (
        render(interval or wanted.default) for interval in (wanted.ratios, wanted.metadata, wanted.alerts)
    )
    return ratios, metadata, alerts


def _closed(query: str) -> str:
    """A query that a parenthesis may follow."""
    if "#" in query and promql.ends_in_comment(query):
        return f"{query}\n"
    return query


# numbers and texts as Go writes them ------------------------------------------------------------------


def _objective(slo: Slo) -> float:
    if slo.spec == _TARGETS_ARE_RATIOS:
        return float(slo.objective / 100) * 100
    return float(slo.objective)


@lru_cache(maxsize=10_000)
def _limit(tier: Tier, period: Millis, objective: float) -> str:
    """The threshold of a tier: the burn rate and the error budget."""
    factor = float(tier.budget_share * 100) * _hours(period) / 100 / _hours(tier.long)
    return f"({_number(factor)} * {_number((100 - objective) / 100)})"


def _hours(duration: Millis) -> float:
    hours, rest = divmod(duration, HOUR)
    return hours + rest * 1_000_000 / (HOUR * 1_000_000)


def _number(value: float) -> str:
    """The fewest digits that give the number back, with an exponent where it has seven digits or more."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    power = len(digits) - 1 + exponent
    if -4 <= power < 6 or not value:
        return _digits(value)
    mantissa = "".join(map(str, digits))
    point = f".{mantissa[1:]}" if len(mantissa) > 1 else ""
    return f"{'-' * sign}{mantissa[0]}{point}e{power:+03d}"


def _digits(value: float) -> str:
    """The fewest digits that give the number back, never with an exponent."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def _filter(labels: Labels) -> str:
    """A selector's braces: exactly these labels, by name."""
    return f"{{{', '.join([f'{name}={_quoted(labels[name])}' for name in sorted(labels)])}}}"


_ESCAPES = {char: f"\\{letter}" for char, letter in zip('\a\b\f\n\r\t\v\\"', 'abfnrtv\\"', strict=True)}


def _quoted(text: str) -> str:
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{"".join([_ESCAPES.get(char) or _shown(char) for char in text])}"'


def _shown(char: str) -> str:
    code = ord(char)
    if char.isprintable():
        return char
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
