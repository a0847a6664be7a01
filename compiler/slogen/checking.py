"""Runs the checks: on each SLO, on each expression, on each set of rules, and on the program.

A check is a module of `slogen.checks` (see there). One that crashes is a finding at the item's place, and the
others still run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial
from types import ModuleType
from typing import TypeVar

from slogen import codes, examined, plugins
from slogen.diagnostics import Code, Report
from slogen.examined import Examination, Examined, Project
from slogen.ir import Program, RuleSet, Slo
from slogen.source import Span

Progress = Callable[[str, int, int], None]
T = TypeVar("T")
_OF_ANOTHER_TOOL = "SLO304"


def check_codes() -> Iterator[Code]:
    """The codes of all checks."""
    for module in _checks():
        yield module.CODE


def sound(slos: Iterable[Slo], project: Project, report: Report, progress: Progress) -> Iterator[Slo]:
    """The SLOs that no check objects to: only they are lowered."""
    checks = _checks_of("check_slo")
    items = list(slos)
    for done, slo in enumerate(items):
        if done % 200 == 0:
            progress("checking", done, len(items))
        own = report.part()
        for module in checks:
            _run(module, "check_slo", slo, slo.where.whole, own)
        examinations = _safely(partial(_examinations, slo, project), slo.where.whole, own)
        _check_expressions(examinations, slo.where.whole, own)
        report.extend(own.diagnostics)
        if not own.failed:
            yield slo


def _examinations(slo: Slo, project: Project) -> list[Examination]:
    return list(examined.of_slo(slo, project))


def _examinations_of_rules(rules: RuleSet, project: Project) -> list[Examination]:
    return list(examined.of_rules(rules, project))


def check_program(program: Program, project: Project, report: Report) -> None:
    """What is wrong with the rules, hand-written and generated, and with the program as a whole."""
    for rules in program.rule_sets:
        for examination in _safely(
            partial(_examinations_of_rules, rules, project), rules.where.whole, report
        ):
            rule = examination.rule
            where = rule.where.whole if rule is not None and rule.where is not None else examination.whole
            _check_expressions([examination], where, report)
    for query in examined.of_dashboards(program.panel_queries, project):
        _check_expressions([query], query.whole, report)
    for module in _checks_of("check_rules"):
        for rules in program.rule_sets:
            _run(module, "check_rules", rules, rules.where.whole, report)
    for module in _checks_of("check_program"):
        _run(module, "check_program", program, _first_place(program), report)


def _first_place(program: Program) -> Span | None:
    """A place for what concerns the program as a whole: nobody can point at all of it."""
    return next((rules.where.whole for rules in program.rule_sets), None)


def _check_expressions(examinations: list[Examination], where: Span, report: Report) -> None:
    """Run the checks of expressions, those of one SLO or of one rule, on models without places; only where
    one finds anything, with them."""
    if not _findings(examinations, where, Report(), places=False).diagnostics:
        return
    found = _findings(examinations, where, Report(crashes=report.crashes), places=True)
    compat = any(one.slo is not None and one.slo.compat is not None for one in examinations)
    another = _code_of_another_tool() if compat else None
    for diagnostic in found.diagnostics:
        is_crash = diagnostic.code is codes.CRASHED
        if another is not None and diagnostic.severity == "error" and not is_crash:
            report.add(replace(diagnostic, code=another))
        else:
            report.add(diagnostic)


def _findings(examinations: list[Examination], where: Span, report: Report, *, places: bool) -> Report:
    expressions: list[Examined] = []
    for examination in examinations:
        found = _safely(partial(_model, examination, places), where, report)
        # Only Prometheus can read some expressions, and some only without the places.
        if places and found == [None]:
            found = _safely(partial(_model, examination, False), where, report)
        expressions += [expression for expression in found if expression is not None]
    for expression in expressions:
        for module in _checks_of("check_expression"):
            _run(module, "check_expression", expression, where, report)
    if expressions and expressions[0].slo is not None:
        for module in _checks_of("check_indicator"):
            _run(module, "check_indicator", tuple(expressions), where, report)
    return report


def _model(examination: Examination, places: bool) -> list[Examined | None]:
    return [examination.examined(places=places)]


def _run(module: ModuleType, function: str, item: object, where: Span | None, report: Report) -> None:
    try:
        getattr(module, function)(item, report)
    except Exception as error:
        if where is None:
            raise
        _report_crash(f"the check {module.CODE.id}", error, where, report)


def _safely(make: Callable[[], list[T]], where: Span, report: Report) -> list[T]:
    try:
        return make()
    except Exception as error:
        _report_crash("reading the expression", error, where, report)
        return []


def _report_crash(what: str, error: Exception, where: Span, report: Report) -> None:
    report.crashes.append(error)
    report.report(
        codes.CRASHED,
        where,
        f"{what} failed here: {type(error).__name__}: {error}",
        help="this is a bug in slogen; please report it with this file",
    )


@cache
def _code_of_another_tool() -> Code:
    return next(code for code in check_codes() if code.id == _OF_ANOTHER_TOOL)


@cache
def _checks_of(function: str) -> tuple[ModuleType, ...]:
    return tuple(module for module in _checks() if hasattr(module, function))


def _checks() -> tuple[ModuleType, ...]:
    return plugins.load("slogen.checks", "CODE")
