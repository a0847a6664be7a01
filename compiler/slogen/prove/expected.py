"""What must come out of a scenario: alerts with their labels and texts, and recorded series.

All of it follows from the SLO and from the arithmetic of the timeline. Only the templates of the texts are
those of the rules: what they come to is computed here, once more.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from slogen import names
from slogen.burn import decimal_text
from slogen.durations import render
from slogen.ir import Labels, Rule, Slo
from slogen.lower.labelling import authors_labels, uneven_labels
from slogen.proofs import Fired
from slogen.prove.texts import Answers, foretold
from slogen.synthetic import Series


def identity(slo: Slo) -> Labels:
    """The labels of every series that is recorded for an SLO."""
    return names.identity(slo.id, slo.service, slo.name)


def recorded(name: str, slo: Slo, group: Labels, **more: str) -> Series:
    """One of Sloth's series of a budget, with the author's labels."""
    labels = {**identity(slo), **authors_labels(name, slo), **group, **more}
    return Series(name, {key: value for key, value in labels.items() if value})


def ratio_series(slo: Slo, group: Labels, window: int) -> Series:
    """The recorded error ratio over a window (milliseconds) of a budget."""
    text = render(window)
    return recorded(names.error_ratio(text), slo, group, **{names.WINDOW_LABEL: text})


def burn_labels(slo: Slo, group: Labels) -> Labels:
    """The labels that the expression of a burn-rate alert gives for a budget."""
    series = ratio_series(slo, group, slo.windows[0]).labels
    dropped = {names.WINDOW_LABEL, *uneven_labels(slo)}
    return {name: value for name, value in series.items() if name not in dropped}


def absence_labels(slo: Slo, group: Labels | None) -> Labels:
    """The labels that the expression gives for missing data: of a budget, or (None) of the whole SLO."""
    return {names.ID_LABEL: slo.id} if group is None else {**identity(slo), **group}


def fired(rule: Rule, given: Labels, own: Labels, value: float | None, answers: Answers) -> Fired:
    """An alert that fires, with its texts where they can be foretold; without a value they cannot.

    `given` are the labels that its expression gives, of which texts may tell; `own` are the alert's own.
    """
    expanded = {
        name: foretold(text, given, value, answers) or text if "{{" in text else text
        for name, text in own.items()
    }
    labels = {name: text for name, text in {**given, **expanded}.items() if text}
    if value is None:
        return Fired(labels)
    texts: dict[str, str] = {}
    for name, template in rule.annotations.items():
        text = foretold(template, given, value, answers)
        if text is None:
            return Fired(labels)
        texts[name] = text
    return Fired(labels, texts)


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """A number as PromQL reads it, without an exponent."""
    return decimal_text(Decimal(repr(value)), digits=15)


def tolerance(ratio: float) -> float:
    """How far off a recorded ratio may be: far less than alerts tell apart, more than rounding."""
    return 1e-6 if ratio == 0 or ratio >= 1e-3 else 1e-9
