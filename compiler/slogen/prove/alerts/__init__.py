"""Proofs of hand-written rules: when each alert fires, and the near misses in which it must not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from slogen import codes, promql
from slogen.diagnostics import Report
from slogen.ir import Millis, RuleSet
from slogen.proofs import AlertCheck, AlertId, Proof, Scenario, ValueCheck
from slogen.prove.alerts import pace
from slogen.prove.alerts.book import Book, Entry, length
from slogen.prove.alerts.constant import always
from slogen.prove.alerts.expansion import Expansion, expanded
from slogen.prove.alerts.recorded import recording_scenario
from slogen.prove.alerts.scenes import Stage, told_apart
from slogen.prove.alerts.telling import in_terms_of
from slogen.source import Span
from slogen.synthesis.worlds import World, Worlds, worlds
from slogen.synthetic import Gap

__all__ = ["prove_rules"]

_HELP = "write a promtool test of it beside the rules: slogen runs it with its own"


def prove_rules(rules: RuleSet, covered: Collection[str], report: Report) -> Iterator[Proof]:
    """The proofs of a hand-written rule set, in the order of its rules.

    Alerts that are beyond analysis are reported, each at its expression, but for those of a name that is
    `covered` by a test of the user's own. An alert may have two proofs: its story is told at a fine step, all
    else at a coarse one.
    """
    if rules.slos:
        return
    book = Book(rules)
    checked: set[str] = set()
    for entry in book.entries:
        if entry.rule.alert:
            for proof in _proofs(rules, book, entry, covered, report):
                checked.update(_values_of(proof))
                yield proof
    for name, entries in book.recordings.items():
        if not any(expr.startswith(f"round({name},") for expr in checked):
            yield from _recording(rules, book, name, entries)


def _values_of(proof: Proof) -> Iterator[str]:
    """The queries whose values a proof tells."""
    for scenario in proof.scenarios:
        yield from (check.expr for check in scenario.checks if isinstance(check, ValueCheck))


def _recording(rules: RuleSet, book: Book, name: str, entries: Sequence[Entry]) -> Iterator[Proof]:
    """The proof of what no alert reads, where there is one."""
    found = recording_scenario(book, entries)
    if found:
        step, scenario = found
        yield Proof(name, _object(rules), book.groups_of(entries), step, (scenario,))


def _object(rules: RuleSet) -> tuple[str | None, str]:
    return (rules.manifest.namespace, rules.manifest.name)


def _proofs(
    rules: RuleSet, book: Book, entry: Entry, covered: Collection[str], report: Report
) -> Iterator[Proof]:
    at = (entry.rule.where or rules.where)["expr"]
    found = _scenarios(book, entry, at)
    if isinstance(found, Gap):
        if entry.rule.alert in covered:
            return
        report.report(
            codes.UNPROVEN_ALERT,
            found.at,
            f"no test is made for the alert `{entry.rule.alert}`: this query {found.reason}",
            help=found.help or _HELP,
        )
        return
    for step, scenarios in found.items():
        yield Proof(
            entry.rule.alert,
            _object(rules),
            book.groups_of(book.alerts[entry.rule.alert]),
            step,
            scenarios,
            (AlertId(entry.group.name, entry.index),),
        )


def _scenarios(book: Book, entry: Entry, at: Span) -> dict[Millis, tuple[Scenario, ...]] | Gap:
    """The scenarios of an alert by their step: from raw series, or else from recorded ones."""
    expr = entry.rule.expr
    if not promql.selectors(expr) and (constant := always(book, entry, _title(book, entry))):
        return {constant[0]: (constant[1],)}
    reasons: list[Gap] = []
    for expansion in _ways(expr, book):
        found = worlds(expansion.text, at if expansion.text == expr else None)
        if isinstance(found, Gap):
            reasons.append(found if expansion.text == expr else Gap(found.reason, at, found.help))
            continue
        scenarios = _played(book, entry, _named(found, expansion), expansion.text)
        if _prove(entry, (scenario for some in scenarios.values() for scenario in some)):
            return scenarios
        reasons.append(Gap("has no series on which all versions of Prometheus surely agree", at))
    return reasons[-1]


def _ways(expr: str, book: Book) -> Iterator[Expansion]:
    found = expanded(expr, book)
    yield found
    if found.text != expr:
        yield Expansion(expr, {})


def _named(found: Worlds, expansion: Expansion) -> Worlds:
    """The worlds in the words of the alert, which reads recorded series."""
    if not expansion.replaced:
        return found

    def named(world: World) -> World:
        return replace(world, what=in_terms_of(world.what, expansion.replaced))

    return replace(
        found,
        calm=named(found.calm),
        firing=tuple(map(named, found.firing)),
        silent=tuple(map(named, found.silent)),
    )


def _played(book: Book, entry: Entry, found: Worlds, text: str) -> dict[Millis, tuple[Scenario, ...]]:
    lengths = (length(entry.rule.for_), length(entry.rule.keep_firing_for))
    reach = Millis(found.reach + entry.delay)
    paces = (pace.every_minute,) * 2 if book.reads_late(entry) else (pace.fine, pace.coarse)
    fine, coarse = (make(entry.rule.expr, reach, *lengths) for make in paces)
    title = _title(book, entry)
    by_step: dict[Millis, list[Scenario]] = {}
    by_step.setdefault(fine.step, []).extend(Stage(book, entry, found, title, fine, text).stories())
    by_step.setdefault(coarse.step, []).extend(Stage(book, entry, found, title, coarse, text).others())
    return {step: tuple(told_apart(scenarios)) for step, scenarios in by_step.items() if scenarios}


def _title(book: Book, entry: Entry) -> str:
    """The name of an alert, with what tells it from others of its name."""
    namesakes = book.alerts[entry.rule.alert]
    if len(namesakes) == 1:
        return entry.rule.alert
    for name, value in entry.labels.items():
        if all(other.labels.get(name) != value for other in namesakes if other is not entry):
            return f"{entry.rule.alert} ({value})"
    return f"{entry.rule.alert} ({namesakes.index(entry) + 1})"


def _prove(entry: Entry, scenarios: Iterable[Scenario]) -> bool:
    """Whether some check expects an alert of the name to fire, and some check that none does."""
    fires = {
        bool(check.expected)
        for scenario in scenarios
        for check in scenario.checks
        if isinstance(check, AlertCheck) and check.alert == entry.rule.alert
    }
    return len(fires) == 2
