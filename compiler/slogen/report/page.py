"""The report as one page of HTML: what each SLO promises, when its alerts fire, and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from slogen import durations
from slogen.burn import decimal_text
from slogen.diagnostics import Diagnostic
from slogen.ir import Program, Slo, Urgency
from slogen.report import charts
from slogen.report.elements import Child, Element, document, element
from slogen.report.style import STYLE
from slogen.timelinetext import first, tier_rows, time_text


@dataclass(frozen=True, slots=True)
class Told:
    """What else is known of the SLOs, by their ids: how many scenarios prove each, how its alerts reach
    people (a line for each), and what was found in it."""

    proofs: Mapping[str, int] = field(default_factory=dict)
    ways: Mapping[str, Sequence[str]] = field(default_factory=dict)
    findings: Mapping[str, Sequence[Diagnostic]] = field(default_factory=dict)


def page(program: Program, told: Told) -> str:
    """The text of the page; the same for the same program."""
    slos = sorted(program.slos, key=lambda slo: (slo.service, slo.name))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", "Service levels"),
        element("style", STYLE),
    )
    body = element("body", *_header(program, slos, told), _overview(slos, told), *_services(slos, told))
    return document(element("html", head, body, lang="en"))


def _header(program: Program, slos: Sequence[Slo], told: Told) -> Iterator[Element]:
    services = len({slo.service for slo in slos})
    alerts = sum(len(slo.alerts) + (slo.absence is not None) for slo in slos)
    found = sum(map(len, told.findings.values()))
    proven = sum(told.proofs.values())
    counts = [
        _count(len(slos), "SLO"),
        _count(services, "service"),
        _count(alerts, "alert"),
        *([_count(proven, "scenario") + " prove them"] if proven else []),
        _count(found, "finding") if found else "no findings",
    ]
    yield element("header", element("h1", "Service levels"), element("p", " · ".join(counts), class_="quiet"))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


# overview ---------------------------------------------------------------------------------------------

_HEADS = ("SLO", "Objective", "Window", "Team", "Total outage pages after", "Findings")


def _overview(slos: Sequence[Slo], told: Told) -> Element:
    return table(_HEADS, [_overview_row(slo, told) for slo in slos])


def _overview_row(slo: Slo, told: Told) -> list[Child]:
    return [
        element("a", f"{slo.service} {slo.name}", href=f"#{slo.id}"),
        f"{decimal_text(slo.objective)}%",
        durations.words(slo.window),
        slo.owner or "nobody",
        _first_page(slo),
        _findings_in_short(told.findings.get(slo.id, ())),
    ]


def _first_page(slo: Slo) -> str:
    firing = first(slo, Urgency.PAGE, Fraction(1))
    return "never" if firing is None else time_text(firing.after)


def _findings_in_short(findings: Sequence[Diagnostic]) -> Child:
    if not findings:
        return "none"
    worst = "error" if any(found.severity == "error" for found in findings) else "warning"
    return element("span", ", ".join(dict.fromkeys(found.code.id for found in findings)), class_=worst)


def table(heads: Sequence[str], rows: Sequence[Sequence[Child]]) -> Element:
    """A table whose rows become cards where there is no room for columns."""
    body = [
        element("tr", *(_cell(head, cell) for head, cell in zip(heads, row, strict=True))) for row in rows
    ]
    head = element("thead", element("tr", *(element("th", text, scope="col") for text in heads)))
    return element("table", head, element("tbody", *body))


def _cell(head: str, cell: Child) -> Element:
    found = element("td", element("span", cell))
    found.set("data-head", head)
    return found


# services ---------------------------------------------------------------------------------------------


def _services(slos: Sequence[Slo], told: Told) -> Iterator[Element]:
    for service, members in groupby(slos, key=lambda slo: slo.service):
        yield element("section", element("h2", service), *(_slo(slo, told) for slo in members))


def _slo(slo: Slo, told: Told) -> Element:
    return element(
        "article",
        element("h3", slo.name),
        element("p", slo.description.strip()) if slo.description else None,
        _facts(slo, told),
        *(_alerts(slo) if slo.alerts else [element("p", "It raises no alert on its budget.")]),
        *_list("How its alerts reach people", told.ways.get(slo.id, ())),
        *_findings(told.findings.get(slo.id, ())),
        class_="slo",
        id=slo.id,
    )


def _facts(slo: Slo, told: Told) -> Element:
    promised = f"{decimal_text(slo.objective)}% of the {slo.sli.unit} over {durations.words(slo.window)}"
    found: list[tuple[str, Child]] = [
        ("Objective", promised + _each(slo)),
        ("Budget", f"{time_text(Fraction(slo.budget) * slo.window, up=False)} of total outage"),
        ("Team", slo.owner or "nobody"),
    ]
    if told.proofs.get(slo.id):
        found.append(("Proven by", _count(told.proofs[slo.id], "scenario")))
    for name, url in (("Runbook", slo.runbook), ("Dashboard", slo.dashboard)):
        if url:
            found.append((name, element("a", url, href=url)))
    at = slo.where.whole
    found.append(("Written at", element("code", f"{at.source.path}:{at.line}")))
    return element(
        "dl", *(part for name, value in found for part in (element("dt", name), element("dd", value)))
    )


def _each(slo: Slo) -> str:
    if slo.grouping.labels:
        return f", for each {' and '.join(slo.grouping.labels)} by itself"
    return ", for each series by itself" if slo.grouping.each else ""


def _alerts(slo: Slo) -> Iterator[Element]:
    raised = [str(urgency) for urgency in Urgency if any(alert.urgency is urgency for alert in slo.alerts)]
    keys = (*((urgency, urgency) for urgency in raised), ("gone", "the budget is gone"))
    yield element(
        "div",
        _figure("How long until its alerts fire", keys, charts.detection(slo)),
        _figure("In a total outage, and after it", (("reset", "resolves"),), charts.tiers(slo)),
        class_="pictures",
    )
    heads, *rows = tier_rows(slo)
    yield table(heads, rows)


def _figure(title: str, keys: Sequence[tuple[str, str]], drawing: Element) -> Element:
    marks: list[Child] = []
    for kind, meaning in keys:
        marks += [element("span", class_=f"key {kind}"), meaning]
    return element("figure", element("h4", title), drawing, element("figcaption", *marks))


def _findings(findings: Sequence[Diagnostic]) -> list[Element]:
    if not findings:
        return []
    items = [
        element(
            "li",
            element("span", f"{found.severity} {found.code.id}", class_=found.severity),
            f": {found.message} ",
            element("code", f"{found.at.source.path}:{found.at.line}"),
        )
        for found in findings
    ]
    return [element("h4", "Findings"), element("ul", *items)]


def _list(title: str, lines: Sequence[str]) -> list[Element]:
    return [element("h4", title), element("ul", *(element("li", line) for line in lines))] if lines else []
