"""The dashboard of a service: what there is to see of its SLOs, from the series that the rules record.

The panels of an SLO are a row that Grafana repeats for each SLO that its reader chooses, so the dashboard is
as large for a hundred SLOs as for one. SLOs that differ in their tiers, their period or the labels that they
are grouped by have rows of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from slogen import durations, names, promql
from slogen.adjustments import RatioRecordings
from slogen.burn import decimal_text, factor
from slogen.dashboards.uids import OVERVIEW, of_service, uid
from slogen.ir import Millis, Slo, Tier
from slogen.panels import Dashboard, Link, Panel, PanelKind, Row, Target, Threshold, Variable

SLO_VARIABLE = "slo"
GREEN, ORANGE, RED = "green", "orange", "red"
_OWN = "__"


@dataclass(frozen=True, slots=True)
class Kind:
    """What SLOs have in common that share a row: their period, their tiers, the labels that they are grouped
    by, the window over which their events are recorded (None where they are not), and whether they alert."""

    window: Millis
    tiers: tuple[Tier, ...]
    grouping: tuple[str, ...]
    events: Millis | None
    alerts: bool


def kind_of(slo: Slo) -> Kind:
    """What decides which panels an SLO has."""
    recorded = slo.compat is None and any(isinstance(one, RatioRecordings) for one in slo.adjustments)
    return Kind(
        slo.window,
        slo.tiers,
        slo.grouping.labels,
        slo.windows[0] if recorded and slo.windows else None,
        bool(slo.alerts) or slo.absence is not None,
    )


def kinds_of(slos: Iterable[Slo]) -> dict[Kind, list[Slo]]:
    """The SLOs by what they have in common, in their order."""
    kinds: dict[Kind, list[Slo]] = {}
    for slo in slos:
        kinds.setdefault(kind_of(slo), []).append(slo)
    return kinds


def head(service: str, kinds: Mapping[Kind, Sequence[Slo]]) -> Dashboard:
    """The dashboard of a service without its panels."""
    labels = sorted({label for kind in kinds for label in kind.grouping})
    names_ = sorted({slo.name for members in kinds.values() for slo in members})
    among = [
        _among(variable, service, kinds[kind])
        for variable, kind in zip(_row_variables(kinds), kinds, strict=True)
        if variable != SLO_VARIABLE
    ]
    return Dashboard(
        name=of_service(service),
        title=f"SLOs of {service}",
        items=(),
        description=f"What the SLOs of {service} promise, what is left of their budgets, and who burns it.",
        tags=(names.GENERATOR, "slo"),
        variables=(
            Variable(SLO_VARIABLE, "SLO", values=tuple(names_)),
            *(_group(label, service, kinds) for label in labels),
            *among,
        ),
        links=(Link("All SLOs", f"/d/{uid(OVERVIEW)}"),),
    )


def items(service: str, kinds: Collection[Kind], table: str, count: int) -> Iterator[Panel | Row]:
    """The panels of a service: `table`, Markdown that lists its SLOs (`count` of them), then a row for each
    kind of SLO."""
    height = max(4, min(3 + count, 14))
    yield Panel("SLOs", PanelKind.TEXT, text=table, width=24, height=height)
    for variable, kind in zip(_row_variables(kinds), kinds, strict=True):
        yield Row(f"${{{variable}}}", variable)
        yield from _Panels(service, variable, kind).all()


def _row_variables(kinds: Collection[Kind]) -> list[str]:
    """The variables that the rows of the kinds are repeated by."""
    if len(kinds) == 1:
        return [SLO_VARIABLE]
    return [f"{SLO_VARIABLE}_{number}" for number in range(1, len(kinds) + 1)]


# variables --------------------------------------------------------------------------------------------


def _among(name: str, service: str, members: Iterable[Slo]) -> Variable:
    """Of the SLOs that are chosen, those that share a row."""
    alternatives = "|".join(sorted(_literal(slo.name) for slo in members))
    matchers = (
        f"{names.SERVICE_LABEL}={promql.quote(service)}, "
        f'{names.SLO_LABEL}=~"${SLO_VARIABLE}", {names.SLO_LABEL}=~{promql.quote(alternatives)}'
    )
    query = f"label_values({names.OBJECTIVE}{{{matchers}}}, {names.SLO_LABEL})"
    return Variable(name, "SLO", query=query, is_hidden=True)


def _literal(text: str) -> str:
    """A regular expression of RE2 that is this text."""
    return "".join(f"\\{char}" if char in r"\.+*?()|[]{}^$" else char for char in text)


def _group(label: str, service: str, kinds: Iterable[Kind]) -> Variable:
    windows = {min(_windows(kind)) for kind in kinds if label in kind.grouping}
    series = names.error_ratio(durations.render(min(windows)))
    query = f"label_values({series}{{{names.SERVICE_LABEL}={promql.quote(service)}}}, {label})"
    # A value that comes up later belongs to all, too, and so does a series without the label.
    return Variable(group_variable(label), label, query=query, everything=".*")


def group_variable(label: str) -> str:
    """The variable for the values of a label. Names that begin with two underscores are Grafana's own."""
    return f"group{label}" if label.startswith(_OWN) or label == SLO_VARIABLE else label


def _windows(kind: Kind) -> list[Millis]:
    found = {window for tier in kind.tiers for window in (tier.short, tier.long)}
    return sorted(found) or [kind.window]


# panels -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Panels:
    """The panels of one SLO, which a variable names."""

    service: str
    variable: str
    kind: Kind

    def all(self) -> Iterator[Panel]:
        """From how it stands to why it stands so."""
        yield self._objective()
        yield self._sli()
        yield self._budget_now()
        yield self._burn_now()
        if self.kind.alerts:
            yield self._firing()
        yield self._burn_down()
        yield self._windows_of_sli()
        yield from map(self._tier, self.kind.tiers)
        if self.kind.events is not None:
            yield self._events(self.kind.events)
        if self.kind.alerts:
            yield self._alerts()

    # series -------------------------------------------------------------------------------------------

    def _of(self, series: str, *, grouped: bool = True, more: str = "") -> str:
        """A recorded series of the SLO; of those that are kept apart by its grouping, what is chosen."""
        chosen = [
            f"{names.SERVICE_LABEL}={promql.quote(self.service)}",
            f'{names.SLO_LABEL}="${self.variable}"',
        ]
        if grouped:
            chosen += [f'{label}=~"${group_variable(label)}"' for label in self.kind.grouping]
        return f"{series}{{{', '.join([*chosen, *([more] if more else [])])}}}"

    @property
    def _legend(self) -> str:
        return " ".join(f"{{{{{label}}}}}" for label in self.kind.grouping)

    def _named(self, what: str) -> str:
        return f"{what} {self._legend}".strip()

    # how it stands ------------------------------------------------------------------------------------

    def _number(self, title: str, query: str, unit: str, description: str, *steps: Threshold) -> Panel:
        return Panel(
            title,
            PanelKind.STAT,
            (Target(query, title),),
            description=description,
            unit=unit,
            thresholds=steps,
            decimals=None if unit == "none" else 3,
            width=24 // (5 if self.kind.alerts else 4),
            height=4,
        )

    def _objective(self) -> Panel:
        query = f"max({self._of(names.OBJECTIVE, grouped=False)})"
        return self._number("Objective", query, "percentunit", "The share of events that are to be good.")

    def _sli(self) -> Panel:
        ratio = self._of(names.error_ratio(durations.render(self.kind.window)))
        period = durations.words(self.kind.window)
        return self._number(
            "Good so far",
            f"1 - max({ratio})",
            "percentunit",
            f"The share of good events over {period}; of several budgets the worst.",
        )

    def _budget_now(self) -> Panel:
        return self._number(
            "Budget left",
            f"min({self._of(names.BUDGET_REMAINING)})",
            "percentunit",
            "1 is all of it; below 0 the promise is broken. Of several budgets the worst.",
            Threshold(None, RED),
            Threshold(Decimal(0), ORANGE),
            Threshold(Decimal("0.25"), GREEN),
        )

    def _burn_now(self) -> Panel:
        return self._number(
            "Burn rate",
            f"max({self._of(names.CURRENT_BURN_RATE)})",
            "none",
            "At 1, the budget is spent exactly within the period. Of several budgets the worst.",
            Threshold(None, GREEN),
            Threshold(Decimal(1), ORANGE),
            *([Threshold(_factor(self.kind.tiers[0], self.kind.window), RED)] if self.kind.tiers else []),
        )

    def _firing(self) -> Panel:
        # Without a firing alert there is no series at all.
        query = f"count({self._of('ALERTS', grouped=False, more=_FIRING)}) or vector(0)"
        return self._number(
            "Firing alerts",
            query,
            "none",
            "Pages, tickets, and that there is no data.",
            Threshold(None, GREEN),
            Threshold(Decimal(1), RED),
        )

    # why it stands so ---------------------------------------------------------------------------------

    def _burn_down(self) -> Panel:
        period = durations.render(self.kind.window)
        return Panel(
            f"Budget left over {durations.words(self.kind.window)}",
            targets=(Target(self._of(names.BUDGET_REMAINING), self._named("left")),),
            description="Where the line falls, the budget is spent; it rises as old errors leave the period.",
            unit="percentunit",
            thresholds=(Threshold(None, RED), Threshold(Decimal(0), GREEN)),
            lines=True,
            most=Decimal(1),
            period=period,
        )

    def _windows_of_sli(self) -> Panel:
        windows = [*_windows(self.kind), self.kind.window]
        texts = dict.fromkeys(map(durations.render, windows))
        targets = [Target(f"1 - {self._of(names.error_ratio(text))}", self._named(text)) for text in texts]
        return Panel(
            "Share of good events, by window",
            targets=tuple(targets),
            unit="percentunit",
            most=Decimal(1),
        )

    def _tier(self, tier: Tier) -> Panel:
        long, short = durations.render(tier.long), durations.render(tier.short)
        limit = _factor(tier, self.kind.window)
        budget = self._of(names.ERROR_BUDGET, grouped=False)
        targets = [
            Target(
                f"{self._of(names.error_ratio(text))} / on ({names.ID_LABEL}) group_left () {budget}",
                self._named(text),
            )
            for text in (long, short)
        ]
        return Panel(
            f"Burn rate, {tier.urgency} at {limit} over {long}",
            targets=tuple(targets),
            description=f"The {tier.urgency} fires while both windows are above {limit}: "
            f"{decimal_text(tier.budget_share * 100, 4)}% of the budget spent within {long}.",
            unit="none",
            thresholds=(Threshold(None, "transparent"), Threshold(limit, RED)),
            lines=True,
            width=6 if len(self.kind.tiers) >= 4 else 8 if len(self.kind.tiers) == 3 else 12,
        )

    def _events(self, window: Millis) -> Panel:
        text = durations.render(window)
        total, errors = (self._of(series) for series in (names.total_rate(text), names.errors_rate(text)))
        return Panel(
            f"Events per second, over {text}",
            targets=(Target(f"{total} - {errors}", self._named("good")), Target(errors, self._named("bad"))),
            unit="none",
            least=Decimal(0),
            stacked=True,
        )

    def _alerts(self) -> Panel:
        query = f"max by (alertname, alertstate, severity) ({self._of('ALERTS', grouped=False)})"
        return Panel(
            "Alerts",
            targets=(Target(query, "{{alertname}} {{severity}} {{alertstate}}"),),
            description="While an alert is pending or firing, there is a line.",
            unit="none",
            least=Decimal(0),
            most=Decimal(1),
        )


_FIRING = 'alertstate="firing"'


def _factor(tier: Tier, window: Millis) -> Decimal:
    return Decimal(decimal_text(factor(tier, window), 4))
