"""Which files there are of dashboards: one per service, one per Dashboard document, and the overview."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from slogen import durations, names
from slogen.burn import decimal_text
from slogen.dashboards.configmaps import config_map
from slogen.dashboards.grafana import json_text, panels_text
from slogen.dashboards.overview import overview
from slogen.dashboards.service import Kind, head, items, kinds_of
from slogen.dashboards.uids import FOLDER, OVERVIEW, of_service
from slogen.ir import OutFile, Program, Slo
from slogen.layout import file_names, origin_of_paths
from slogen.panels import Form
from slogen.runbooks import markdown
from slogen.seal import JSON, seal

_FOLDERS = {Form.PROVISIONING: "", Form.IMPORT: "import/", Form.CONFIGMAP: "configmaps/"}


@dataclass(frozen=True, slots=True)
class Made:
    """A dashboard: its name, what it was made from, and its text in each form."""

    name: str
    origin: str
    text: Callable[[Form], str]


def files(program: Program) -> Iterator[OutFile]:
    """All files, in every form that the settings ask for.

    Where they ask for none, only the dashboards that somebody wrote are there, for provisioning.
    """
    forms = program.settings.dashboards.forms
    for made in dashboards(program) if forms else written(program):
        # A ConfigMap holds what Grafana is provisioned with.
        provisioned = made.text(Form.PROVISIONING)
        for form in forms or (Form.PROVISIONING,):
            text = made.text(Form.IMPORT) if form is Form.IMPORT else provisioned
            yield _file(made, form, text, program)


def _file(made: Made, form: Form, text: str, program: Program) -> OutFile:
    path = f"{FOLDER}/{_FOLDERS[form]}{made.name}"
    if form is not Form.CONFIGMAP:
        # The header is the first line of the object.
        return OutFile(f"{path}.json", seal(text.removeprefix("{\n"), made.origin, JSON))
    body = config_map(made.name, f"{names.object_name(made.name)}.json", text, program.settings)
    return OutFile(f"{path}.yaml", seal(body, made.origin))


def dashboards(program: Program) -> Iterator[Made]:
    """The overview, the dashboards of services by name, then those that are written.

    Nothing depends on the order in which files were read.
    """
    services: dict[str, list[Slo]] = {}
    for slo in sorted(program.slos, key=_place):
        services.setdefault(slo.service, []).append(slo)
    taken = {dashboard.name for dashboard in program.dashboards}
    if program.slos and OVERVIEW not in taken:
        yield Made(OVERVIEW, "all SLOs", partial(json_text, overview()))
    homes = _rule_files(program)
    for service, slos in services.items():
        origin = origin_of_paths(slo.where.whole.source.path for slo in slos)
        table = _table(slos, homes, program)
        yield Made(of_service(service), origin, partial(_service_text, service, slos, table))
    yield from written(program)


def written(program: Program) -> Iterator[Made]:
    """The dashboards of documents, by name."""
    for page in sorted(program.dashboards, key=lambda page: page.name):
        assert page.where is not None
        yield Made(page.name, page.where.source.path, partial(json_text, page))


def _place(slo: Slo) -> tuple[str, str, int]:
    whole = slo.where.whole
    return slo.service, whole.source.path, whole.start


def _service_text(service: str, slos: Sequence[Slo], table: str, form: Form) -> str:
    kinds = kinds_of(slos)
    if not _USUAL.fullmatch(service):
        own = panels_text(items(service, kinds, table, len(slos)), form)
    else:
        # Most services have the same kinds of SLOs.
        own = _shared_panels(tuple(kinds), min(len(slos), _MANY), form).replace(_SERVICE, service)
        own = own.replace(f'"{_TABLE}"', json.dumps(table, ensure_ascii=False), 1)
    return json_text(head(service, kinds), form, own)


_SERVICE, _TABLE = "@service@", "@table@"
_USUAL = re.compile(r"[A-Za-z0-9_.-]+")
_MANY = 20


@lru_cache(maxsize=64)
def _shared_panels(kinds: tuple[Kind, ...], count: int, form: Form) -> str:
    return panels_text(items(_SERVICE, kinds, _TABLE, count), form)


def _rule_files(program: Program) -> dict[str, str]:
    """The rule file of each SLO, by its id."""
    named = zip(file_names(program.rule_sets), program.rule_sets, strict=True)
    return {slo.id: f"rules/{name}.yaml" for name, rules in named for slo in rules.slos}


def _table(slos: Sequence[Slo], homes: dict[str, str], program: Program) -> str:
    """The SLOs as Markdown: what each promises, whose it is, and where to read on."""
    rows = [_row(slo, homes.get(slo.id, ""), program) for slo in slos]
    return markdown.table(("SLO", "Promise", "Team", "Runbook", "Written at", "Rules"), rows)


def _row(slo: Slo, rules: str, program: Program) -> tuple[str, ...]:
    whole = slo.where.whole
    promise = f"{decimal_text(slo.objective)}% of the {slo.sli.unit} over {durations.words(slo.window)}"
    return (
        markdown.escaped(slo.name),
        promise,
        markdown.escaped(slo.owner or ""),
        markdown.link("runbook", slo.runbook) if slo.runbook else "",
        _linked(f"{whole.source.path}:{whole.line}", whole.source.path, program),
        _linked(rules, f"out/{rules}", program) if rules else "",
    )


def _linked(shown: str, path: str, program: Program) -> str:
    """A file of the project, with a link where it is known where the project is to be read."""
    address = program.settings.dashboards.files
    return markdown.link(shown, address.replace("{path}", path)) if address else markdown.code(shown)
