"""The compiler on one screen: sources in, files and findings out.

Each step uses only what the one above gave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from slogen import checking, codes, names, plugins, reading, routing
from slogen.alertmanager.configuration import Configuration
from slogen.allowances import Allowances
from slogen.catalog import Catalog, Catalogs
from slogen.catalogs import scraping
from slogen.components import Component
from slogen.diagnostics import Code, Label, Report, nearest
from slogen.examined import Project
from slogen.ir import (
    AlertWindows,
    Compat,
    Draft,
    Extensions,
    Labels,
    Millis,
    Notifying,
    OutFile,
    Program,
    RuleSet,
    Settings,
    Slo,
    StatedProof,
)
from slogen.lower import rule_sets
from slogen.ownproofs import OwnTests
from slogen.panels import Dashboard, GrafanaDashboard
from slogen.proofs import Proof
from slogen.resolve import Context, in_object_order, resolve, with_defaults
from slogen.scrapejobs import ScrapeObject
from slogen.source import Source
from slogen.teams import Routing

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line adds: a default window, labels for every SLO and alert, the rules of another
    tool instead of slogen's (`compat`), extensions of the formats, and whether the alerts are proven.

    With `only_texts`, the proofs themselves are not kept, only the files that they are written to. Without
    `complete` the sources may be a part of a project. They certainly are one with `elsewhere`: the names that
    rules record in the files of the project which are not among the sources.
    """

    default_window: Millis | None = None
    extra_labels: Labels = field(default_factory=dict)
    compat: Compat | None = None
    extensions: Extensions = field(default_factory=Extensions)
    prove: bool = False
    only_texts: bool = False
    complete: bool = True
    elsewhere: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The files to write (none when there is an error), the findings, and what was compiled.

    `skipped` counts the Kubernetes objects of other kinds among the documents.
    """

    files: tuple[OutFile, ...]
    report: Report
    program: Program
    skipped: int = 0


DEFAULTS = Options()


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def compile(  # noqa: A001 - it is what a compiler does
    sources: Sequence[Source], options: Options = DEFAULTS, progress: Progress = silent
) -> Result:
    """Compile all sources. Never raises for bad input: findings are in the report."""
    report = Report()
    documents = reading.read(
        sources, report, options.extensions, lambda done, total: progress("reading", done, total)
    )
    found = context(documents, options, report)
    allowances = allowed_in(sources, documents, found.settings, report)
    resolved = [resolve(draft, found, report) for draft in documents.of(Draft)]
    project, components = project_of(documents, found, options, report)
    slos = tuple(checking.sound(filter(None, resolved), project, report, progress))
    all_rules, notifying = notified(documents, slos, project, report)
    program = Program(
        slos,
        all_rules,
        found.settings,
        own_tests=tuple(documents.of(OwnTests)),
        catalogs=project.catalogs,
        notifying=notifying,
        is_part=project.is_part,
        dashboards=dashboards(documents, slos, report),
        foreign_dashboards=tuple(documents.of(GrafanaDashboard)),
        components=components,
        scrape_objects=tuple(documents.of(ScrapeObject)),
    )
    checking.check_program(program, project, report)
    if report.failed:
        return Result((), report, program, documents.skipped)
    proofs = _proofs(program, report, progress) if options.prove else ()
    proven = replace(program, proofs=proofs if options.only_texts else tuple(proofs))
    files = tuple(_emitted(proven, progress))
    _report_unused(allowances, options, report)
    return Result(files, report, program if options.only_texts else proven, documents.skipped)


def project_of(
    documents: reading.Documents, found: Context, options: Options, report: Report
) -> tuple[Project, tuple[Component, ...]]:
    """What expressions are judged by: hand-written rules, catalogs, and the components beside them."""
    written = tuple(with_defaults(rules, found) for rules in documents.of(RuleSet))
    components = scraping.distinct(documents.of(Component), report)
    known = catalogs(documents, report, components, is_part=options.elsewhere is not None)
    return Project(found.settings, known, written, options.elsewhere), components


def notified(
    documents: reading.Documents, slos: Sequence[Slo], project: Project, report: Report
) -> tuple[tuple[RuleSet, ...], Notifying]:
    """All rules, and how their alerts reach people."""
    rules = in_object_order([*project.rule_sets, *rule_sets(tuple(slos))])
    written = documents.of(Configuration)
    return rules, routing.notifying(documents.of(Routing), written, rules, project, report)


def all_codes() -> dict[str, Code]:
    """Every code by its id, those of reading and those of the checks.

    Raises ValueError for an id that two codes share.
    """
    found: dict[str, Code] = {}
    general = [value for value in vars(codes).values() if isinstance(value, Code)]
    for code in (*general, *checking.check_codes()):
        if found.setdefault(code.id, code) is not code:
            raise ValueError(f"{code.id} is used twice")
    return dict(sorted(found.items()))


def context(documents: reading.Documents, options: Options, report: Report) -> Context:
    """What drafts refer to. Of two settings, or two alert windows of a name, the first counts; alert windows
    that say the same twice are one."""
    settings = documents.of(Settings)
    for extra in settings[1:]:
        _report_second("Settings", extra, settings[0], report)
    windows: dict[str, AlertWindows] = {}
    for item in documents.of(AlertWindows):
        first = windows.setdefault(item.name, item)
        if first != item:
            _report_second(f"alert windows `{item.name}`", item, first, report)
    by_window: dict[Millis, AlertWindows] = {}
    for item in windows.values():
        first = by_window.setdefault(item.window, item) if item.window else item
        if first.tiers != item.tiers:
            _report_second("alert windows for this window", item, first, report)
    chosen = settings[0] if settings else Settings()
    nameless = {draft.where.whole.source.path for draft in documents.of(Draft) if not draft.manifest.name}
    return Context(
        chosen,
        windows,
        options.extra_labels,
        options.default_window,
        options.compat,
        names.of_files(sorted(nameless)) if options.compat or chosen.compat else {},
        _stated_proofs(documents, report),
    )


def allowed_in(
    sources: Sequence[Source], documents: reading.Documents, settings: Settings, report: Report
) -> Allowances:
    """What the sources and the settings allow; from here on, the report keeps it apart."""
    found = Allowances.of(sources, documents, settings.allowances, all_codes, report)
    report.allow(found.judge)
    return found


def _report_unused(allowances: Allowances, options: Options, report: Report) -> None:
    """Warn of allowances without a finding, as far as this run looks for it.

    In a part of a project, a finding may be missing because of what was not read.
    """
    if options.elsewhere is not None:
        return
    unproven = () if options.prove else (codes.UNPROVEN_INDICATOR, codes.UNPROVEN_ALERT)
    # What an edit cuts off is told once, and is no finding of the text by itself.
    unlooked = (codes.HISTORY_LOST, *unproven)
    if options.compat is None:
        allowances.report_unused(report, lambda code: code not in unlooked, of_settings=options.complete)


def catalogs(
    documents: reading.Documents,
    report: Report,
    components: Sequence[Component] = (),
    *,
    is_part: bool = False,
) -> Catalogs:
    """What is known of the metrics. Of two catalogs of one component the first counts."""
    found: dict[str, Catalog] = {}
    for item in documents.of(Catalog):
        first = found.setdefault(item.component, item)
        if first is not item and item.where is not None and first.where is not None:
            report.report(
                codes.CATALOG_CONTRADICTS,
                item.where,
                f"there are two catalogs of `{item.component}`",
                also=(Label(first.where, "the first one"),),
                help="merge them into one, or give the other component a name of its own",
            )
    known = Catalogs(tuple(found.values()))
    return scraping.with_scrapes(known, components, report, is_part=is_part)


def dashboards(documents: reading.Documents, slos: Sequence[Slo], report: Report) -> tuple[Dashboard, ...]:
    """The dashboards that are declared. Of two with a name the first counts; services have one of theirs."""
    found: dict[str, Dashboard] = {}
    services = {slo.service for slo in slos}
    for item in documents.of(Dashboard):
        first = found.setdefault(item.name, item)
        assert item.where is not None
        if first is not item and first.where is not None:
            report.report(
                codes.DECLARED_TWICE,
                item.where,
                f"there are two dashboards `{item.name}`",
                also=(Label(first.where, "the first one"),),
                help="give one of the two another name",
            )
        elif item.name in services:
            report.report(
                codes.DECLARED_TWICE,
                item.where,
                f"`{item.name}` is the dashboard of the SLOs of that service",
                help=f"choose another name, such as `{item.name}-details`",
            )
    return tuple(found.values())


def _stated_proofs(documents: reading.Documents, report: Report) -> dict[str, StatedProof]:
    """What is stated apart from the SLOs, by their ids."""
    found: dict[str, StatedProof] = {}
    stated = documents.of(StatedProof)
    ids = {names.slo_id(draft.service, draft.name) for draft in documents.of(Draft)} if stated else set()
    # An SLO that cannot be read has no draft: then its id is not to blame.
    failed = report.failed
    for item in stated:
        first = found.setdefault(item.slo, item)
        if first is not item:
            _report_second(f"the series of the SLO `{item.slo}`", item, first, report)
        if item.slo not in ids and not failed:
            meant = nearest(item.slo, ids)
            report.report(
                codes.UNKNOWN_REFERENCE,
                item.where.whole,
                f"there is no SLO with the id `{item.slo}`",
                help=f"did you mean `{meant}`?" if meant else "an id is a service, a dash, and an SLO's name",
            )
    return found


def _report_second(
    what: str,
    second: Settings | AlertWindows | StatedProof,
    first: Settings | AlertWindows | StatedProof,
    report: Report,
) -> None:
    assert second.where is not None
    assert first.where is not None
    report.report(
        codes.DECLARED_TWICE,
        second.where.whole,
        f"{what} are declared twice",
        also=(Label(first.where.whole, "first declared here"),),
        help="keep one of the two",
    )


def _proofs(program: Program, report: Report, progress: Progress) -> Iterator[Proof]:
    from slogen.prove import prove  # noqa: PLC0415 - not for those who only look for findings

    for done, proof in enumerate(prove(program, report)):
        if done % 100 == 0:
            # Nobody knows yet how many there will be.
            progress("proving", done, 0)
        yield proof


def _emitted(program: Program, progress: Progress) -> Iterator[OutFile]:
    targets = plugins.load("slogen.targets", "emit")
    for done, module in enumerate(targets):
        progress("writing", done, len(targets))
        yield from module.emit(program)
