"""Alerts that always fire, such as the one that shows that alerts arrive at all."""

from __future__ import annotations

from slogen.durations import render
from slogen.ir import Millis
from slogen.proofs import Scenario
from slogen.prove.alerts import telling
from slogen.prove.alerts.bench import Bench
from slogen.prove.alerts.book import Book, Entry, length
from slogen.prove.alerts.judging import Unjudgeable, play
from slogen.prove.alerts.pace import fine
from slogen.prove.alerts.phases import Phase


def always(book: Book, entry: Entry, title: str) -> tuple[Millis, Scenario] | None:
    """The step and the scenario of an alert that reads no series; None if it does not fire without any."""
    for_ = length(entry.rule.for_)
    own = fine(entry.rule.expr, Millis(0), for_, Millis(0))
    try:
        bench = Bench(book, entry, play([Phase({}, own.up(for_))], own))
        fired = bench.play.end
        if "firing" not in (bench.own(fired) or ()):
            return None
        checks = [bench.check(Millis(0), telling.SILENT)] if for_ else []
        checks.append(bench.check(fired, "always fires"))
    except Unjudgeable:
        return None
    if None in checks:
        return None
    line = f"The expression reads no series and always holds: fires at {render(fired)}."
    certain = tuple(check for check in checks if check)
    return own.step, Scenario(f"{title} always fires", (line,), own.spacing, (), certain)
