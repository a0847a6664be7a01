"""out/alertmanager: the configuration of the Alertmanager, and the templates of its messages.

With a base, the configuration is the text of the base with our routes in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from slogen.alertmanager.configuration import Configuration, Fields, Integration, Receiver
from slogen.ir import OutFile, Program
from slogen.layout import routing_origin
from slogen.seal import seal
from slogen.teams import Routing

FieldsOf = Callable[[Integration], Fields]
"""What an integration is told by templates."""

FOLDER = "alertmanager"
TEMPLATES = "templates/slogen.tmpl"
"""Where the templates stand, as seen from the configuration: Alertmanager finds them beside it."""
_REMARKS = {"templates": "What all notifications read. Deploy it, too: without it none can be sent."}


def emit(program: Program) -> Iterator[OutFile]:
    """The files; none without a Routing document, or where not all alerts are known."""
    routing, configuration = program.notifying.routing, program.notifying.configuration
    if routing is None or configuration is None or program.is_part:
        return
    from slogen.alertmanagerspec import text  # noqa: PLC0415 - not for projects without routing
    from slogen.routing.messages import Terms, defines, fields  # noqa: PLC0415 - as above
    from slogen.routing.splicing import spliced  # noqa: PLC0415 - as above

    origin = routing_origin(routing)
    terms = Terms.of(routing, program.settings)
    told = _told(configuration, routing, lambda one: fields(one.kind, terms, one.fields))
    base = _base(program, configuration)
    body = text.document(told, _REMARKS) if base is None else spliced(base, told)
    yield OutFile(f"{FOLDER}/alertmanager.yaml", seal(body, origin))
    if told.templates != configuration.templates:
        kinds = [one.kind for receiver in routing.receivers for one in receiver.integrations]
        yield OutFile(f"{FOLDER}/{TEMPLATES}", seal(defines(terms, kinds), origin))


def _base(program: Program, configuration: Configuration) -> Configuration | None:
    """The configuration that ours was added to, if there is one."""
    at = configuration.where
    return next((one for one in program.notifying.written if at is not None and one.where == at), None)


def _told(configuration: Configuration, routing: Routing, fields_of: FieldsOf) -> Configuration:
    """The configuration with what our receivers are told, as far as the author does not say it."""
    own = {receiver.name for receiver in routing.receivers}
    receivers = tuple(
        _receiver(receiver, fields_of) if receiver.name in own else receiver
        for receiver in configuration.receivers
    )
    if all(map(_is_same, receivers, configuration.receivers)):
        return configuration
    return replace(configuration, receivers=receivers, templates=(*configuration.templates, TEMPLATES))


def _receiver(receiver: Receiver, fields_of: FieldsOf) -> Receiver:
    told = []
    for one in receiver.integrations:
        added = fields_of(one)
        told.append(replace(one, fields={**one.fields, **added}) if added else one)
    return replace(receiver, integrations=tuple(told))


def _is_same(one: Receiver, other: Receiver) -> bool:
    return all(a is b for a, b in zip(one.integrations, other.integrations, strict=True))
