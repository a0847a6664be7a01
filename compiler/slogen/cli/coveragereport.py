"""What proves each alert, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slogen.cli.coverage import Coverage
from slogen.cli.subjects import AlertRule
from slogen.ir import Slo
from slogen.render import count, visible


def coverage_lines(items: Sequence[Coverage], recorded: Sequence[Slo]) -> Iterator[str]:
    """What proves each alert, for people."""
    unseen = {slo.id for slo in recorded}
    apart = told_apart(items)
    for item in items:
        yield apart[id(item)]
        proofs = (
            ("fires", item.fires),
            ("silent", item.silent),
            ("resolves", item.resolves),
            ("own tests", item.own_tests),
        )
        for what, names in proofs:
            if names:
                yield f"    {what + ':':10} {_listed(item, names)}"
        if item.lack:
            yield f"    unproven:  {item.lack}"
        elif item.alert.slo and item.alert.slo.id in unseen:
            yield "    from the error ratio on: the queries of the SLO are beyond analysis (SLO701)"


def told_apart(items: Sequence[Coverage]) -> dict[int, str]:
    """What to call each alert, by the `id()` of its coverage: its name, where it is from, and the labels
    that tell it from others of its name."""
    alike: dict[tuple[str, str], list[Coverage]] = {}
    for item in items:
        alike.setdefault((item.alert.rule.alert, _home(item.alert)), []).append(item)
    return {id(item): _called(item.alert, group) for group in alike.values() for item in group}


def _called(alert: AlertRule, alike: Sequence[Coverage]) -> str:
    others = [other.alert.labels for other in alike if other.alert is not alert]
    labels = [
        f'{name}="{value}"'
        for name, value in alert.labels.items()
        if any(other.get(name) != value for other in others)
    ]
    if all(other.get("severity") != alert.labels.get("severity") for other in others):
        labels = labels and [f'severity="{alert.labels.get("severity", "")}"']
    return f"{visible(alert.rule.alert)} ({visible(', '.join((_home(alert), *labels)))})"


def _home(alert: AlertRule) -> str:
    """The SLO of an alert, or where it is written."""
    return alert.slo.id if alert.slo else alert.written_at


def _listed(item: Coverage, names: Sequence[str]) -> str:
    """Names of scenarios; those that a subject has many of in few words."""
    prefix = f"{_home(item.alert) if item.alert.slo else item.alert.rule.alert}: "
    return visible("; ".join(name.removeprefix(prefix) for name in names))


def covered(items: Sequence[Coverage]) -> str:
    """How many alerts are proven, in a line."""
    unproven = sum(bool(item.lack) for item in items)
    alerts = count(len(items), "alert")
    return f"error: {unproven} of {alerts} not proven" if unproven else f"{alerts}, all proven"
