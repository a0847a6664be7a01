"""The runbook of an SLO, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slogen import durations, names
from slogen.burn import decimal_text
from slogen.catalog import Sample
from slogen.examined import Project
from slogen.ir import Role, Slo, Urgency
from slogen.runbooks.looks import looks, metrics_of
from slogen.runbooks.markdown import block, code, escaped, link, table
from slogen.timelinetext import tier_rows


def page(slo: Slo, project: Project, receivers: Mapping[str, Sequence[str]]) -> str:
    """The whole page, without a header line. `receivers` has who gets each of its alerts, by their kinds."""
    metrics = metrics_of(slo, project)
    parts = [_head(slo), _meaning(slo), _alerts(slo, receivers), _looks(slo, metrics), _known(metrics)]
    return "\n".join("".join(part) for part in map(list, parts) if part)


def _head(slo: Slo) -> Iterator[str]:
    yield f"# {escaped(slo.service)} {escaped(slo.name)}\n\n"
    if slo.description:
        yield f"{escaped(slo.description.strip())}\n\n"
    yield table(("", ""), _facts(slo))


def _facts(slo: Slo) -> Iterator[tuple[str, str]]:
    period = durations.words(slo.window)
    each = ""
    if slo.grouping.labels:
        each = f", for each {' and '.join(map(code, slo.grouping.labels))} by itself"
    elif slo.grouping.each:
        each = ", for each series by itself"
    yield "Objective", f"{decimal_text(slo.objective)}% of the {slo.sli.unit} are good over {period}{each}"
    if slo.owner:
        yield "Team", code(slo.owner)
    if slo.dashboard:
        yield "Dashboard", link("open", slo.dashboard)
    at = slo.where.whole
    yield "Written at", code(f"{at.source.path}:{at.line}")
    yield "Name in queries", code(f'{names.ID_LABEL}="{slo.id}"')


def _meaning(slo: Slo) -> Iterator[str]:
    yield "## What it measures\n\n"
    yield f"{slo.sli.unit.capitalize()} of an indicator of the kind {code(slo.sli.kind)}:\n\n"
    for query in slo.sli.queries:
        yield block(query.text.strip(), "promql")


def _alerts(slo: Slo, receivers: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield "## What its alerts mean\n\n"
    if not slo.alerts:
        yield "It raises no alert on its budget.\n"
    else:
        head, *rows = tier_rows(slo)
        yield table(head, rows)
        yield "\n"
    for alert in slo.alerts:
        told = _told(receivers.get(alert.urgency, ()))
        yield f"- {code(alert.name)} ({alert.urgency}): {_urgency(alert.urgency)}{told}\n"
    if slo.absence is not None:
        waits = durations.words(slo.absence.for_)
        yield (
            f"- {code(slo.absence.name)}: there is no data for {waits}, and nothing else can tell of errors. "
            f"Look whether the service runs, and whether it is scraped.{_told(receivers.get('absent', ()))}\n"
        )


def _told(receivers: Sequence[str]) -> str:
    return f" It goes to {', '.join(map(code, receivers))}." if receivers else ""


def _urgency(urgency: Urgency) -> str:
    if urgency is Urgency.PAGE:
        return (
            "at this speed the budget is gone soon. Act now: undo the last change, then look for the cause."
        )
    return (
        "the budget is spent faster than the objective bears. It can wait for working hours, not for weeks."
    )


def _looks(slo: Slo, metrics: Sequence[tuple[Role, Sample]]) -> Iterator[str]:
    yield "## Where to look first\n"
    for number, look in enumerate(looks(slo, metrics), 1):
        yield f"\n{number}. {look.question}\n\n"
        yield "".join(f"   {line}\n" for line in block(look.query, "promql").splitlines())
        if look.hint:
            yield f"\n   {look.hint}\n"


def _known(metrics: Sequence[tuple[Role, Sample]]) -> list[str]:
    """What the catalogs say of the metrics."""
    found: dict[str, None] = {}
    for _, sample in metrics:
        metric = sample.metric
        if metric.help:
            found[f"- {code(metric.name)}: {escaped(metric.help)}\n"] = None
        found |= {f"- {code(metric.name)}: {escaped(one.text)}\n": None for one in metric.cautions}
    return ["## What is known of its metrics\n\n", *found] if found else []
