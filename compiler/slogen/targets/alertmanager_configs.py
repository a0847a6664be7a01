"""out/alertmanager/<name>.alertmanagerconfig.yaml: the objects that the Prometheus Operator takes."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.ir import OutFile, Program
from slogen.layout import routing_origin
from slogen.seal import seal

FOLDER = "alertmanager"


def emit(program: Program) -> Iterator[OutFile]:
    """The objects; none without a namespace in the Routing document, or where not all alerts are known."""
    routing = program.notifying.routing
    if routing is None or routing.namespace is None or program.is_part:
        return
    from slogen.alertmanagerspec.objectwriting import document, version_of  # noqa: PLC0415 - as above
    from slogen.routing.objects import is_written, object_configurations  # noqa: PLC0415 - as above

    if not is_written(program):
        return
    version = version_of(program.settings.alertmanager.objects)
    for made in object_configurations(program):
        _, name = made.object_ or ("", routing.name)
        body = seal(document(made, version, routing.labels), routing_origin(routing))
        yield OutFile(f"{FOLDER}/{name}.alertmanagerconfig.yaml", body)
