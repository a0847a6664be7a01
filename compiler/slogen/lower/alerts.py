"""The alerting rules of an SLO: burn-rate alerts, and the alerts on the budget left and on missing data.

Multiwindow multi-burn-rate alerts as in the SRE workbook, chapter 5: both the long and the short window of
a tier exceed the threshold. `max without (sloth_window)` makes one alert of all tiers, so it neither
resolves nor fires anew when another tier takes over.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slogen import names, promql
from slogen.adjustments import BudgetAlert
from slogen.burn import HOUR, decimal_text, factor, threshold
from slogen.durations import render, words
from slogen.ir import Alert, Millis, Rule, Slo, Tier
from slogen.lower.labelling import uneven_labels
from slogen.lower.recordings import selector

# How long the alert fires for a group that has vanished: it may be gone on purpose.
REPORTED_FOR = Millis(HOUR)


def burn_rules(slo: Slo) -> list[Rule]:
    """The burn-rate alerts: the page, then the ticket, where they are enabled."""
    without = ", ".join((names.WINDOW_LABEL, *map(_label, uneven_labels(slo))))
    return [_burn_rule(slo, alert, without) for alert in slo.alerts]


def _burn_rule(slo: Slo, alert: Alert, without: str) -> Rule:
    return Rule(
        expr="\nor\n".join(_condition(slo, tier, without) for tier in alert.tiers),
        alert=alert.name,
        for_=render(alert.for_) if alert.for_ else "",
        labels=alert.labels,
        annotations={**_burn_text(slo, alert), **_links(slo), **alert.annotations},
        where=slo.where,
    )


def _condition(slo: Slo, tier: Tier, without: str) -> str:
    limit = _limit(tier, slo.window, slo.budget)
    both = "\n  and\n".join(
        f"  max without ({without}) ({selector(names.error_ratio(render(window)), slo)} > {limit})"
        for window in (tier.short, tier.long)
    )
    return f"(\n{both}\n)"


def absence_rule(slo: Slo) -> list[Rule]:
    """The alert that the SLO has no data; nothing where it is disabled."""
    absence = slo.absence
    if absence is None:
        return []
    total = selector(names.total_rate(render(slo.windows[0])), slo)
    expr = f"absent({total})"
    if slo.grouping.labels:
        # absent() sees only that all groups are gone; a single one is missed against the past, from before
        # the alert was pending, and for an hour after. The series of an SLO that keeps every one of them come
        # and go with each release: there, only the loss of all of them is told.
        past = render(Millis(absence.for_ + REPORTED_FOR))
        expr = f"{expr}\nor\n({total} offset {past} unless {total})"
    return [
        Rule(
            expr=expr,
            alert=absence.name,
            for_=render(absence.for_),
            labels=absence.labels,
            annotations={**_absence_text(slo), **_links(slo), **absence.annotations},
            where=slo.where,
        )
    ]


def budget_rules(slo: Slo) -> list[Rule]:
    """The alerts on what is left of the period's budget."""
    return [
        _budget_rule(slo, adjustment) for adjustment in slo.adjustments if isinstance(adjustment, BudgetAlert)
    ]


def _budget_rule(slo: Slo, alert: BudgetAlert) -> Rule:
    wanted = {names.ID_LABEL: slo.id, **alert.selector}
    matchers = ",".join(f"{_label(name)}={promql.quote(value)}" for name, value in wanted.items())
    return Rule(
        expr=f"{names.BUDGET_REMAINING}{{{matchers}}} <= {decimal_text(alert.threshold)}",
        alert=alert.name,
        for_=render(alert.for_) if alert.for_ else "",
        labels=alert.labels,
        annotations={**_budget_alert_text(slo, alert), **_links(slo), **alert.annotations},
        where=slo.where,
    )


def _label(name: str) -> str:
    """The name of a label in PromQL; Prometheus 3 takes any text, in quotes."""
    return name if promql.is_label_name(name) else promql.quote(name)


# the text ---------------------------------------------------------------------------------------------


def _title(slo: Slo) -> str:
    if slo.grouping.each:
        return f"{slo.service} {slo.name}{_labels_of_the_series(slo)}"
    groups = ", ".join(f"{label} {{{{ $labels.{label} }}}}" for label in slo.grouping.labels)
    return f"{slo.service} {slo.name}" + (f" ({groups})" if groups else "")


def _title_if_grouped(slo: Slo) -> str:
    """As the title, but for an alert that may lack the labels of the grouping: all groups may be gone."""
    groups = "".join(
        f"{{{{ with $labels.{label} }}}} {label} {{{{ . }}}}{{{{ end }}}}" for label in slo.grouping.labels
    )
    return f"{slo.service} {slo.name}{groups}"


def _labels_of_the_series(slo: Slo) -> str:
    """The labels that only the alert knows, in the words of the template: all that the SLO does not add."""
    known = "|".join(("sloth_.*", *(label for label in slo.labels if promql.is_label_name(label))))
    return (
        "{{ range $label, $its := $labels }}"
        f'{{{{ if not (match "^({known})$" $label) }}}} {{{{ $label }}}} {{{{ $its }}}}{{{{ end }}}}'
        "{{ end }}"
    )


def _burn_text(slo: Slo, alert: Alert) -> dict[str, str]:
    budget = decimal_text(slo.budget)
    burn = f'{{{{ query (printf "%g / {budget}" $value) | first | value | humanize }}}}'
    observed = f"{{{{ $value | humanizePercentage }}}} of the {slo.sli.unit} are bad"
    lines = [
        *_authors_words(slo),
        f"{observed}, {_allowed(slo)} are allowed ({_promise(slo)}): a burn rate of {burn}.",
        *_budget_text(slo, alert.tiers[0]),
        "Fires when " + ", or ".join(_tier_text(tier, slo.window, slo.budget) for tier in alert.tiers) + ".",
    ]
    return {
        "summary": f"{_title(slo)} burns its error budget at {burn} times the sustainable rate",
        "description": "\n".join(lines),
    }


def _authors_words(slo: Slo) -> list[str]:
    # The description is no template; two braces would start an action.
    return [slo.description.replace("{{", '{{ "{{" }}')] if slo.description else []


def _allowed(slo: Slo) -> str:
    return f"{decimal_text(slo.budget * 100)}%"


def _promise(slo: Slo) -> str:
    return f"{decimal_text(slo.objective)}% over {words(slo.window)}"


def _budget_alert_text(slo: Slo, alert: BudgetAlert) -> dict[str, str]:
    share = percent(Fraction(alert.threshold))
    state = f"has at most {share} of its error budget left" if alert.threshold else "has no error budget left"
    left = f"Error budget left: {{{{ $value | humanizePercentage }}}}, {_COUNTED}"
    allowed = f"{_allowed(slo)} of the {slo.sli.unit} may be bad ({_promise(slo)})"
    lines = [*_authors_words(slo), f"{left}; {allowed}."]
    return {"summary": f"{_title(slo)} {state}", "description": "\n".join(lines)}


_COUNTED = "counted up to an hour ago"


def _budget_text(slo: Slo, tier: Tier) -> list[str]:
    """How much budget is left, what this tier's window spends of it, and how long the rest lasts.

    These are queries of the template, since a rule has only one value. The period is counted in hours, so the
    remaining budget trails; what the window spends is up to date. Where only the series itself knows its
    labels, no query finds the numbers of this series and no other.
    """
    if slo.grouping.each:
        return []
    values = _group_values(slo)
    remaining = _series_of_this_group(names.BUDGET_REMAINING, slo)
    observed = _series_of_this_group(names.error_ratio(render(tier.long)), slo)
    share, seconds = _budget_numbers(tier, slo.window, slo.budget)
    left = _queried(_printf(remaining, values), "humanizePercentage")
    spent = _queried(_printf(f"{observed} * {share}", values), "humanizePercentage")
    rest = _printf(f"clamp_min({remaining}, 0) * {seconds} / %g", (*values, "$value"))
    lasts = _queried(rest, "humanizeDuration")
    known = f"Error budget left: {left}, {_COUNTED}"
    recent = f"the last {render(tier.long)} spent {spent} of it all"
    return [f"{known}; {recent}. At this rate the rest lasts for {lasts}."]


@lru_cache(maxsize=4096)
def _budget_numbers(tier: Tier, window: Millis, budget: Decimal) -> tuple[str, str]:
    """The budget's share that an error ratio of 1 spends within the tier's long window, and the seconds that
    the whole budget lasts at an error ratio of 1."""
    share = Fraction(tier.long, window) / Fraction(budget)
    return decimal_text(share, digits=6), decimal_text(Fraction(window, 1000) * Fraction(budget))


def _queried(query: str, shown_by: str) -> str:
    """The value of a query, if it has one: a new SLO has no budget recorded yet."""
    value = f"{{{{ . | first | value | {shown_by} }}}}"
    return f"{{{{ with query {query} }}}}{value}{{{{ else }}}}unknown{{{{ end }}}}"


@lru_cache(maxsize=4096)
def _tier_text(tier: Tier, window: Millis, budget: Decimal) -> str:
    limit = percent(threshold(tier, window, budget))
    rate = decimal_text(factor(tier, window), digits=4)
    share = percent(tier.budget_share)
    return (
        f"over {limit} are bad in both {render(tier.short)} and {render(tier.long)} "
        f"({rate} x {percent(Fraction(budget))}; {share} of the budget in {render(tier.long)})"
    )


@lru_cache(maxsize=4096)
def _limit(tier: Tier, window: Millis, budget: Decimal) -> str:
    """The threshold as the product it comes from: readers look for the factor."""
    return f"({decimal_text(factor(tier, window))} * {decimal_text(budget)})"


def _absence_text(slo: Slo) -> dict[str, str]:
    absence = slo.absence
    assert absence is not None
    return {
        "summary": f"{_title_if_grouped(slo)} has no data",
        "description": (
            f"There have been no {slo.sli.unit} for {words(absence.for_)}, neither good nor bad: the "
            f"objective of {decimal_text(slo.objective)}% is not watched, and no other alert of this SLO can "
            "fire. "
            "Is the service scraped, and does the metric still exist under this name?"
        ),
    }


def _links(slo: Slo) -> dict[str, str]:
    links = {"runbook_url": slo.runbook, "dashboard": slo.dashboard}
    return {name: url for name, url in links.items() if url}


def _group_values(slo: Slo) -> tuple[str, ...]:
    return tuple(f"$labels.{label}" for label in slo.grouping.labels)


def _series_of_this_group(series: str, slo: Slo) -> str:
    """A selector for printf: the labels of the grouping are its arguments."""
    groups = "".join(f",{label}=%q" for label in slo.grouping.labels)
    return f"{series}{{{names.ID_LABEL}='{slo.id}'{groups}}}"


def _printf(text: str, values: tuple[str, ...]) -> str:
    if not values:
        return f'"{text}"'
    return f'(printf "{text}" {" ".join(values)})'


def percent(ratio: Fraction) -> str:
    """A ratio as percent for people, such as `1.44%`, to four digits."""
    return f"{decimal_text(ratio * 100, digits=4)}%"
