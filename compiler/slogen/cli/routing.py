"""Finds the tree of routes that `route` is asked about, and follows alerts through it.

It imports the compiler, so `route` imports it only when it is called.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import click

from slogen import pipeline, reading, waytext
from slogen.alertmanager.configuration import Configuration
from slogen.alertmanager.firing import Firing
from slogen.cli import compiling, extensions
from slogen.cli.commands import CommandFailed
from slogen.cli.inputs import SETTINGS, STANDARD_INPUT, Inputs, collect, shown
from slogen.diagnostics import Diagnostic, Report, nearest
from slogen.ir import Draft, Labels, Program, RoutedAlert
from slogen.names import SEVERITY
from slogen.render import count, visible
from slogen.resolve import resolve
from slogen.routing.proving.journeys import Journey

_WIDEST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line asks: labels, the instant, the receivers that it expects, joined by commas (None
    for no expectation), and how to print the answer."""

    labels: Labels
    at: datetime
    expected: str | None
    style: str


def now() -> datetime:
    """This instant."""
    return datetime.now(UTC)


def through_files(paths: Sequence[str], asked: Asked) -> int:
    """Follow an alert through hand-written configurations; gives the exit code."""
    inputs = collect(paths, Path("out"))
    sources = [source for source in inputs.sources if _is_named(source.path, paths)]
    result = pipeline.compile(sources, pipeline.Options(complete=False))
    found = [*inputs.report.diagnostics, *result.report.diagnostics]
    _print_findings(found, asked)
    if any(finding.severity == "error" for finding in found):
        raise CommandFailed(f"{_named(paths)} cannot be used: there are errors")
    tree = tree_of(result.program)
    if tree is None:
        raise CommandFailed(f"there is no configuration of Alertmanager in {_named(paths)}")
    return _told([Journey(Firing(asked.labels), tree, asked.at)], asked)


def through_project(paths: Sequence[str], sli_plugins: Sequence[str], asked: Asked) -> int:
    """Follow an alert, or all alerts, through the tree of the project; gives the exit code."""
    inputs = collect(paths, Path("out"))
    options = pipeline.Options(
        extensions=extensions.load(sli_plugins), complete=inputs.complete, elsewhere=inputs.elsewhere
    )
    report = Report()
    report.extend(inputs.report.diagnostics)
    program = notified(inputs, options, report)
    if program is None:
        program = _compiled(inputs, options, asked)
    tree = tree_of(program)
    if tree is None:
        raise click.UsageError(
            "the project has no Routing document and no configuration of Alertmanager; name one with --config"
        )
    if not asked.labels and asked.expected is None:
        return _list(program, tree, asked)
    _tell_of_misspellings(program, asked)
    return _told(_journeys(program, tree, asked), asked)


def _is_named(path: str, paths: Sequence[str]) -> bool:
    """Whether a source is one that the command line names, or the settings of the project; its own routes
    are not asked for."""
    named = ["<stdin>" if name == STANDARD_INPUT else shown(Path(name)) for name in paths]
    return any(path == name or path.startswith(f"{name}/") for name in named) or path.endswith(SETTINGS)


def _compiled(inputs: Inputs, options: pipeline.Options, asked: Asked) -> Program:
    """The program by the whole compiler, which tells what reading alone cannot, and what of it is allowed.

    Raises CommandFailed for a project with errors in it.
    """
    result = pipeline.compile(inputs.sources, options)
    found = [*inputs.report.diagnostics, *result.report.diagnostics]
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        _print_findings(errors, asked)
        raise CommandFailed("the tree of routes is not known: the project has errors")
    return result.program


# the project ------------------------------------------------------------------------------------------


def notified(inputs: Inputs, options: pipeline.Options, report: Report) -> Program | None:
    """A program as far as it takes to know who gets its alerts, without the checks, which take most of
    the time of a compilation; None for a project with errors in it."""
    documents = reading.read(inputs.sources, report, options.extensions, lambda done, total: None)
    return None if report.failed else notified_by(documents, options, report)


def ways_of(slo: str, documents: reading.Documents, options: pipeline.Options) -> str:
    """Who gets the alerts of the SLO of an id, in words."""
    program = notified_by(documents, options, Report())
    if program is None:
        return "Who gets the alerts is not known: the project has errors, which `slogen check` tells.\n"
    try:
        tree = tree_of(program)
    except CommandFailed as several:
        return f"Who gets the alerts: {several}\n"
    alerts = program.notifying.alerts
    own = [alert for alert in alerts if alert.slo is not None and alert.slo.id == slo]
    if tree is None or not own:
        return "Nobody gets an alert.\n"
    return waytext.of_slo([Journey(alert.firing, tree, None, alerts, alert) for alert in own])


def notified_by(documents: reading.Documents, options: pipeline.Options, report: Report) -> Program | None:
    """As `notified`, from what was read."""
    context = pipeline.context(documents, options, report)
    resolved = [resolve(draft, context, report) for draft in documents.of(Draft)]
    slos = [slo for slo in resolved if slo is not None and 0 < slo.objective < 100]
    if report.failed or len(slos) < len(resolved):
        return None
    project, _ = pipeline.project_of(documents, context, options, report)
    rules, notifying = pipeline.notified(documents, slos, project, report)
    return None if report.failed else Program(tuple(slos), rules, context.settings, notifying=notifying)


def tree_of(program: Program) -> Configuration | None:
    """The tree of routes of a program: slogen's, or else the one that is written by hand, with what the
    operator adds to it; None if there is none.

    Raises CommandFailed where there are several.
    """
    if program.notifying.configuration is None and not program.notifying.written:
        return None
    from slogen.routing.proving.in_use import in_use  # noqa: PLC0415 - not for projects without routing

    found = in_use(program)
    if len(found) > 1 and program.notifying.configuration is None:
        places = ", ".join(filter(None, (waytext.place_text(item.where) for item in found)))
        raise CommandFailed(
            f"there are {len(found)} configurations of Alertmanager: {places}; name one of them with --config"
        )
    return found[0] if found else None


# alerts -----------------------------------------------------------------------------------------------


def _journeys(program: Program, tree: Configuration, asked: Asked) -> list[Journey]:
    """The ways of the alerts that the labels may be of; of an alert with just these, if there are none."""
    alerts = program.notifying.alerts
    meant = _meant(alerts, asked.labels)
    if not meant:
        return [Journey(Firing(asked.labels), tree, asked.at, alerts)]
    return [
        Journey(
            _overlaid(alert.firing, asked.labels),
            tree,
            asked.at,
            alerts,
            alert,
            frozenset(alert.firing.known) - asked.labels.keys(),
        )
        for alert in meant
    ]


def _meant(alerts: Sequence[RoutedAlert], labels: Labels) -> list[RoutedAlert]:
    """The alerts of the name that is given: those which may have the other labels, or else all."""
    name = labels.get("alertname")
    named = [alert for alert in alerts if name and alert.name == name]
    fitting = [alert for alert in named if _may_have(alert.firing, labels)]
    return _told_apart(fitting or named, labels)


def _may_have(firing: Firing, labels: Labels) -> bool:
    return all(firing.value(name) in (None, value) for name, value in labels.items())


def _told_apart(alerts: Sequence[RoutedAlert], labels: Labels) -> list[RoutedAlert]:
    """The first alert of each set of labels: alerts that have the same labels go the same way."""
    found: dict[tuple[object, ...], RoutedAlert] = {}
    for alert in alerts:
        firing = _overlaid(alert.firing, labels)
        others = (frozenset(firing.present), frozenset(firing.unknown), firing.is_open)
        key = (*sorted(firing.known.items()), *others)
        found.setdefault(key, alert)
    return list(found.values())


def _overlaid(firing: Firing, labels: Labels) -> Firing:
    """An alert, with labels that it is given."""
    names = frozenset(labels)
    return replace(
        firing,
        known={**firing.known, **labels},
        present=firing.present - names,
        unknown=firing.unknown - names,
    )


def _tell_of_misspellings(program: Program, asked: Asked) -> None:
    """Say that a team, an alert or a severity is not of the project, and which one may be meant."""
    for name, what, known in _known_values(program):
        value = asked.labels.get(name, "")
        if value and known and value not in known:
            guess = nearest(value, known)
            meant = f"; did you mean `{guess}`?" if guess else ""
            click.echo(f"note: the project has no {what} `{visible(value)}`{meant}", err=True)
    decisive = [name for name, _, _ in _known_values(program)]
    for name in asked.labels:
        guess = nearest(name, decisive) if name not in decisive else None
        if guess and guess not in asked.labels and not _is_a_label(name, program):
            click.echo(
                f"note: no alert here has a label `{visible(name)}`; did you mean `{guess}`?", err=True
            )


def _known_values(program: Program) -> list[tuple[str, str, list[str]]]:
    """The labels that decide who gets an alert: their names, what they are, and the values of the project."""
    alerts = program.notifying.alerts
    routing, settings = program.notifying.routing, program.settings
    severities = [alert.firing.known.get(SEVERITY, "") for alert in alerts]
    severities += [settings.page_severity, settings.ticket_severity, settings.absent_severity]
    severities += routing.severities if routing else ()
    return [
        (settings.owner_label, "team", [owner.name for owner in routing.owners] if routing else []),
        ("alertname", "alert", [alert.name for alert in alerts]),
        (SEVERITY, "severity", list(dict.fromkeys(severities))),
    ]


def _is_a_label(name: str, program: Program) -> bool:
    alerts = (alert.firing for alert in program.notifying.alerts)
    return any(name in alert.known or name in alert.present or name in alert.unknown for alert in alerts)


# answers ----------------------------------------------------------------------------------------------


def _told(journeys: Sequence[Journey], asked: Asked) -> int:
    """Print the ways, and whether the receivers are the expected ones; gives the exit code."""
    if asked.style == "json":
        _print_json({"alerts": [waytext.data(journey) for journey in journeys]})
    else:
        click.echo("\n".join(waytext.text(journey) for journey in journeys), nl=False)
    if asked.expected is None:
        return 0
    wrong = [journey for journey in journeys if _joined(journey) != asked.expected]
    for journey in wrong:
        click.echo(
            f"error: the receivers are `{visible(_joined(journey))}`, not `{visible(asked.expected)}`",
            err=True,
        )
    return 1 if wrong else 0


def _joined(journey: Journey) -> str:
    return ",".join(journey.receivers)


def _list(program: Program, tree: Configuration, asked: Asked) -> int:
    """Print each alert of the project with its receivers; gives the exit code."""
    alerts = program.notifying.alerts
    journeys = [Journey(alert.firing, tree, asked.at, alerts, alert) for alert in alerts]
    if asked.style == "json":
        _print_json({"alerts": [waytext.data(journey) for journey in journeys]})
        return 0
    rows = [(waytext.title(journey), waytext.receivers(journey)) for journey in journeys]
    width = min(_WIDEST, max((len(title) for title, _ in rows), default=0))
    for title, receivers in rows:
        click.echo(f"{title:{width}}  {receivers}")
    click.echo(f"{count(len(rows), 'alert')}; `slogen route alertname=NAME` tells more of one", err=True)
    return 0


def _print_json(document: Mapping[str, object]) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _print_findings(found: Sequence[Diagnostic], asked: Asked) -> None:
    """Print what was found on standard error: errors in full, and of warnings, which are not what was asked
    for, a line each."""
    if asked.style == "json":
        compiling.print_diagnostics(found, "json", sys.stderr)
        return
    for style, severity in (("full", "error"), ("concise", "warning")):
        chosen = [finding for finding in found if finding.severity == severity]
        if chosen:
            compiling.print_diagnostics(chosen, style, sys.stderr)


def _named(paths: Sequence[str]) -> str:
    return ", ".join(f"`{visible(path)}`" for path in paths)
