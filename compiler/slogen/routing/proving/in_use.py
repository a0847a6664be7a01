"""The configurations that alerts really go through."""

from __future__ import annotations

from collections.abc import Iterator

from slogen.alertmanager.configuration import Configuration
from slogen.ir import Program
from slogen.routing.operator import merged


def in_use(program: Program) -> tuple[Configuration, ...]:
    """What Alertmanagers are told: what slogen writes, and each file that is no part of it.

    The objects of AlertmanagerConfig are within, as the operator puts them there: in the only configuration
    of the program, or, where there are several, in one of their own. What has errors in its routes is left
    out, and with an object all that objects are merged into.
    """
    notifying = program.notifying
    objects = [one for one in notifying.written if one.object_ is not None]
    if not all(one.is_sound for one in objects):
        return ()
    wholes = [*_wholes(program)]
    if not objects:
        return tuple(wholes)
    if len(wholes) == 1:
        return (merged(wholes[0], objects, program.settings.alertmanager),)
    return (*wholes, merged(None, objects, program.settings.alertmanager))


def _wholes(program: Program) -> Iterator[Configuration]:
    notifying = program.notifying
    made = notifying.configuration
    if made is not None and notifying.routing is not None and notifying.routing.is_sound:
        yield made
    for one in notifying.written:
        if (
            one.object_ is None
            and one.is_sound
            and (made is None or one.where is None or one.where != made.where)
        ):
            yield one
