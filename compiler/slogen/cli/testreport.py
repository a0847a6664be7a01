"""The results of `slogen test` in words: for the terminal, and for JUnit."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from slogen.cli import junit, routereport
from slogen.cli.coverage import Coverage, may_be
from slogen.cli.coveragereport import told_apart
from slogen.cli.owntests import OwnResult
from slogen.cli.promtool import State
from slogen.cli.proving import Result
from slogen.cli.routetests import CONFIGURATION, Routes
from slogen.cli.subjects import AlertRule, Atlas, Subject
from slogen.cli.verdicts import Failure, failures
from slogen.ir import OutFile, RoutedAlert, Slo
from slogen.proofs import AlertCheck, Fired
from slogen.render import count, visible
from slogen.source import Node, Source, documents

_WIDTH = 110
# More failures than these have few causes, and each is told at length.
_MOST_TOLD = 20
_MOST_OF_ONE = 5
_COLORS = {"ok": "green", "FAIL": "red", "UNPROVEN": "red", "NOT RUN": "yellow"}


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What came of a run.

    `files` are test files that failed as a whole, by path, with promtool's words, `own` the results of the
    users' own tests, `recorded` the SLOs whose proofs begin behind their queries. `outputs` are the files
    that the program compiles to, and `out` where they stand, for places in them. `routes` is what amtool
    says; None where there are no routes.
    """

    atlas: Atlas
    outputs: Sequence[OutFile]
    out: Path
    results: tuple[Result, ...]
    coverage: tuple[Coverage, ...]
    files: Mapping[str, str]
    recorded: tuple[Slo, ...]
    own: tuple[OwnResult, ...]
    routes: Routes | None = None
    _nodes: dict[str, Node | None] = field(default_factory=dict)

    @property
    def failures(self) -> tuple[Result, ...]:
        """The scenarios that failed."""
        return tuple(result for result in self.results if result.failed)

    @property
    def own_failures(self) -> tuple[OwnResult, ...]:
        """The users' own tests that failed."""
        return tuple(result for result in self.own if result.failed)

    @property
    def not_run(self) -> tuple[Result, ...]:
        """The scenarios that this promtool cannot read."""
        return tuple(result for result in self.results if result.answer is None)

    @property
    def unproven(self) -> tuple[Coverage, ...]:
        """The alerts that are not proven."""
        return tuple(item for item in self.coverage if item.lack)

    @property
    def failed(self) -> bool:
        """Whether the run fails."""
        misrouted = self.routes is not None and self.routes.failed
        return bool(self.failures or self.unproven or self.files or self.own_failures or misrouted)

    @property
    def configuration(self) -> str:
        """The path of the configuration of Alertmanager."""
        return (self.out / CONFIGURATION).as_posix()

    @property
    def subjects(self) -> dict[int, list[Result]]:
        """The results by subject (by its `id()`), in order."""
        found: dict[int, list[Result]] = {}
        for result in self.results:
            found.setdefault(id(result.trial.subject), []).append(result)
        return found

    def place(self, alert: AlertRule) -> str:
        """The path and the line of an alert in the rule file that it compiles to."""
        path = self.atlas.rule_file(alert.rules)
        if path not in self._nodes:
            self._nodes[path] = next((_read(file) for file in self.outputs if file.path == path), None)
        node = self._nodes[path]
        i, j = alert.place
        line = f":{node.span_at('groups', i, 'rules', j).line}" if node else ""
        return f"{(self.out / path).as_posix()}{line}"

    def places(self, routed: RoutedAlert) -> list[str]:
        """Where the rule of an alert stands, and where it is written, in words."""
        alert = next((alert for alert in self.atlas.alerts if alert.rule is routed.rule), None)
        return [f"rule: {self.place(alert)}", f"written at: {alert.written_at}"] if alert else []


def lines(report: Report, *, verbose: bool, raw: bool, color: bool) -> Iterator[str]:
    """The report for people: every scenario with `verbose`, what promtool says with `raw`."""
    yield from _overview(report, verbose, color)
    told = report.failures if verbose else report.failures[:_MOST_TOLD]
    for result in told:
        yield ""
        yield _headed("FAIL", f"{visible(result.trial.subject.name)}: {_name(result)}", color)
        yield from _indented(_told(report, result, verbose=verbose, raw=raw), 6)
    if len(told) < len(report.failures):
        rest = len(report.failures) - len(told)
        yield ""
        yield f"... and {count(rest, 'more failure')}; --verbose tells them all, --only some"
    for path, text in report.files.items():
        yield ""
        yield _headed("FAIL", f"{(report.out / path).as_posix()}", color)
        yield "      No scenario fails with the rules of its own subject: it is another rule of the file."
        yield from _indented(text.split("\n"), 6)
    for own in report.own_failures:
        yield ""
        yield _headed("FAIL", visible(own.tests.path), color)
        yield from _indented(_told_of_own(own), 6)
    if report.routes is not None and report.routes.failed:
        yield ""
        yield _headed("FAIL", report.configuration, color)
        most = None if verbose else _MOST_TOLD
        yield from _indented(routereport.lines(report.routes, report.places, most), 6)
    if report.unproven and report.results:
        yield ""
    apart = told_apart(report.coverage)
    for item in report.unproven:
        yield _headed("UNPROVEN", f"{apart[id(item)]}: {item.lack}", color)
    if report.recorded:
        yield ""
        yield "Proven only from the error ratio on, because their queries are beyond analysis (SLO701):"
        yield from _indented([", ".join(slo.id for slo in report.recorded)], 6)


def summary(report: Report, version: str) -> str:
    """The result in a line."""
    scenarios, own_tests = count(len(report.results), "scenario"), count(len(report.own), "own test")
    alerts = count(len(report.coverage), "alert")
    routes = report.routes
    by = f"(promtool {version}{f', amtool {routes.version}' if routes else ''})"
    if not report.failed:
        own = f" and {own_tests}" if report.own else ""
        passed = f"{count(len(report.results) - len(report.not_run), 'scenario')}{own} passed"
        if not report.coverage:
            return f"{passed}; there are no alerts {by}"
        routed = f", {routes.alerts} routed" if routes and routes.alerts else ""
        return f"{passed}, {alerts} proven{routed} {by}"
    parts = (
        (len(report.failures), f"{len(report.failures)} of {scenarios} failed"),
        (
            len(report.own_failures),
            f"{len(report.own_failures)} of {count(len(report.own), 'own test')} failed",
        ),
        (len(report.files), f"{count(len(report.files), 'file')} failed"),
        (len(report.unproven), f"{len(report.unproven)} of {alerts} not proven"),
        *((1, text) for text in routereport.summary(routes)),
    )
    return f"error: {', '.join(text for number, text in parts if number)} {by}"


def too_old(report: Report, version: str) -> str:
    """Why scenarios were not run."""
    return (
        f"{count(len(report.not_run), 'scenario')} could not be run: native histograms need promtool 2.47 or "
        f"later, and this is {version}"
    )


# the overview -----------------------------------------------------------------------------------------


def _overview(report: Report, verbose: bool, color: bool) -> Iterator[str]:
    groups = list(report.subjects.values())
    names = [group[0].trial.subject.name for group in groups] + [own.tests.path for own in report.own]
    names += [report.configuration] if report.routes is not None else []
    width = min(60, max((len(visible(name)) for name in names), default=0))
    for group in groups:
        subject = group[0].trial.subject
        numbers = _numbers(group)
        yield _headed(
            _state(group), f"{visible(subject.name):{width}}  {numbers:{16}}  {_about(subject)}", color
        )
        if verbose:
            for result in group:
                yield f"    {_headed(_state([result]), _name(result), color)}"
    for own in report.own:
        checks = count(len(own.tests.alerts), "alert check")
        yield _headed("FAIL" if own.failed else "ok", f"{visible(own.tests.path):{width}}  {checks}", color)
    if report.routes is not None:
        state = "FAIL" if report.routes.failed else "NOT RUN" if report.routes.too_old else "ok"
        alerts = count(report.routes.alerts, "alert")
        yield _headed(state, f"{visible(report.configuration):{width}}  {alerts:16}  receivers", color)


def _told_of_own(own: OwnResult) -> Iterator[str]:
    """What promtool says about a user's own test, who knows it best."""
    text = own.answer.text if own.answer.state is State.FAILED else f"promtool {own.answer.text}"
    yield from textwrap.dedent(text).split("\n")


def _name(result: Result) -> str:
    """The name of a scenario, as told below its subject."""
    return visible(result.trial.scenario.name.removeprefix(f"{result.trial.subject.name}: "))


def _state(results: Sequence[Result]) -> str:
    if any(result.failed for result in results):
        return "FAIL"
    return "ok" if all(result.passed for result in results) else "NOT RUN"


def _numbers(results: Sequence[Result]) -> str:
    failed = sum(result.failed for result in results)
    scenarios = count(len(results), "scenario")
    return f"{failed} of {scenarios}" if failed else scenarios


def _about(subject: Subject) -> str:
    """The alerts of an SLO; the place of a hand-written alert, whose name is told already."""
    names = list(dict.fromkeys(alert.rule.alert for alert in subject.alerts))
    return visible(", ".join(names)) if names != [subject.name] else subject.written_at


def _headed(state: str, text: str, color: bool) -> str:
    shown = click.style(state, fg=_COLORS[state]) if color else state
    return f"{shown}{' ' * max(1, 6 - len(state))}{text}".rstrip()


# a failure --------------------------------------------------------------------------------------------


def _told(report: Report, result: Result, *, verbose: bool, raw: bool) -> Iterator[str]:
    """A scenario that failed: its story, what was otherwise, and where to look."""
    trial, answer = result.trial, result.answer
    assert answer is not None
    for paragraph in trial.scenario.story:
        yield from textwrap.wrap(visible(paragraph), _WIDTH - 6, break_on_hyphens=False) or [""]
    if trial.scenario.story:
        yield ""
    if answer.state is not State.FAILED:
        yield from f"promtool {answer.text}".split("\n")
        yield f"written at: {trial.subject.written_at}"
        return
    found = failures(answer.text, trial.scenario)
    for failure in found if verbose else found[:_MOST_OF_ONE]:
        yield from _failure(report, trial.subject, failure)
    if not verbose and len(found) > _MOST_OF_ONE:
        yield f"... and {count(len(found) - _MOST_OF_ONE, 'more check')} of this scenario"
    if any(failure.check is None for failure in found):
        yield from _queries(trial.subject)
    yield f"written at: {trial.subject.written_at}"
    if raw:
        yield "promtool says:"
        yield from _indented(answer.text.split("\n"), 4)


def _failure(report: Report, subject: Subject, failure: Failure) -> Iterator[str]:
    yield visible(failure.says)
    if failure.check is not None and failure.check.why:
        yield from textwrap.wrap(
            f"because: {visible(failure.check.why)}",
            _WIDTH - 10,
            initial_indent="    ",
            subsequent_indent="    ",
        )
    yield from _indented(failure.details, 4)
    if isinstance(failure.check, AlertCheck):
        yield from _indented(
            [
                f"rule: {report.place(alert)}"
                for alert in _meant(report, subject, failure.check, failure.about)
            ],
            4,
        )


def _meant(report: Report, subject: Subject, check: AlertCheck, about: Sequence[Fired]) -> list[AlertRule]:
    """The rules that a check is about: the subject's, else those of the name in the same file; of several
    those that these alerts may be of."""
    named = [alert for alert in subject.alerts if alert.rule.alert == check.alert] or [
        alert
        for alert in report.atlas.alerts
        if alert.rules is subject.rules and alert.rule.alert == check.alert
    ]
    return [alert for alert in named if any(may_be(alert, fired) for fired in about)] or named


def _queries(subject: Subject) -> Iterator[str]:
    """The queries that the author of an SLO wrote, since the rules' are not his."""
    for query in subject.slo.sli.queries if subject.slo else ():
        yield f"query at {query.at.source.path}:{query.at.line}: {query.text}"


def _indented(texts: Iterable[str], by: int) -> Iterator[str]:
    for text in texts:
        yield f"{' ' * by}{visible(text)}".rstrip()


def _read(file: OutFile) -> Node | None:
    return next(iter(documents(Source(file.path, file.text)).nodes), None)


# JUnit ------------------------------------------------------------------------------------------------


def suites(report: Report) -> list[junit.Suite]:
    """A suite for each subject, one for test files that fail as a whole, and one for the alerts that must
    be proven."""
    found = [
        junit.Suite(group[0].trial.subject.name, tuple(_case(report, result) for result in group))
        for group in report.subjects.values()
    ]
    if report.own:
        cases = tuple(_own_case(own) for own in report.own)
        found.append(junit.Suite("own tests", cases))
    if report.files:
        cases = tuple(
            junit.Case(path, (report.out / path).as_posix(), text) for path, text in report.files.items()
        )
        found.append(junit.Suite("files", cases))
    if report.routes is not None:
        found.append(routereport.suite(report.routes, report.configuration, report.places))
    if report.coverage:
        apart = told_apart(report.coverage)
        cases = tuple(
            junit.Case(apart[id(item)], item.alert.written_at.rpartition(":")[0], item.lack)
            for item in report.coverage
        )
        found.append(junit.Suite("every alert is proven", cases))
    return found


def _own_case(own: OwnResult) -> junit.Case:
    failure = "\n".join(_told_of_own(own)) if own.failed else ""
    return junit.Case(own.tests.path, own.tests.path, failure)


def _case(report: Report, result: Result) -> junit.Case:
    trial = result.trial
    return junit.Case(
        trial.scenario.name,
        trial.subject.written_at.rpartition(":")[0],
        failure="\n".join(_told(report, result, verbose=True, raw=True)) if result.failed else "",
        skipped="native histograms need promtool 2.47 or later" if result.answer is None else "",
    )
