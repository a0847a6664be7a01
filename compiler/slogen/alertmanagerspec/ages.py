"""What of a configuration only newer versions of Alertmanager know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from slogen import versions
from slogen.alertmanager.configuration import (
    Configuration,
    Fields,
    Integration,
    Newer,
    Receiver,
    SecretFile,
    SecretKey,
    Value,
)
from slogen.alertmanagerspec.fieldtypes import Field
from slogen.alertmanagerspec.kinds import GLOBALS, KINDS
from slogen.source import Span


def of_configuration(configuration: Configuration, version: str) -> Iterator[Newer]:
    """All of a configuration that not every version knows, with the first version that does. Of an
    integration whose kind this version does not know it is what is newest."""
    yield from configuration.newer
    yield from of_globals(configuration.globals, configuration.places, configuration.where)
    yield from of_receivers(configuration.receivers, version)


def of_receivers(receivers: Iterable[Receiver], version: str) -> Iterator[Newer]:
    """Kinds and fields of receivers that not every version knows; of a kind that this version does not know,
    only what is newest: there is one version to state, or one thing to delete."""
    for receiver in receivers:
        for integration in receiver.integrations:
            kind, *fields = _of_integration(integration)
            if kind is None or not versions.is_before(version, kind.since):
                yield from (newer for newer in (kind, *fields) if newer is not None)
                continue
            newest = kind
            for newer in fields:
                if newer is not None and versions.is_before(newest.since, newer.since):
                    newest = newer
            yield newest


def of_globals(fields: Fields, places: Mapping[str, Span], where: Span | None) -> Iterator[Newer]:
    """Fields of `global` that not every version knows. `where` is for those that have no place."""
    yield from _of_fields(fields, GLOBALS, places, where, "global")


def _of_integration(integration: Integration) -> Iterator[Newer | None]:
    """First what is to be said of the kind, if anything, then of the fields."""
    kind = KINDS.get(integration.kind)
    if kind is None or not kind.since or integration.where is None:
        yield None
    else:
        yield Newer(f"`{kind.name}`", kind.since, integration.where)
    if kind is None:
        return
    for newer in _of_fields(
        integration.fields, kind.fields, integration.places, integration.where, kind.name
    ):
        # What is as old as the kind needs no telling twice.
        if not kind.since or versions.is_before(kind.since, newer.since):
            yield newer


def _of_fields(
    fields: Fields,
    known: Mapping[str, Field],
    places: Mapping[str, Span],
    where: Span | None,
    of: str,
    path: str = "",
) -> Iterator[Newer]:
    for name, value in fields.items():
        about = known.get(name)
        if about is None or value is None:
            continue
        at = places.get(f"{path}{name}") or places.get(path.partition(".")[0]) or where
        if at is None:
            continue
        is_file = isinstance(value, (SecretFile, SecretKey))
        since = (about.file_since if is_file else "") or about.since
        if since:
            yield Newer(f"`{name}{'_file' if is_file else ''}` of `{of}`", since, at)
        if about.deep_since and isinstance(value, Mapping) and any(map(_is_deep, value.values())):
            yield Newer(f"a mapping or list within `{name}`", about.deep_since, at)
        if about.inside:
            for step, inner in _inner(value, f"{path}{name}"):
                yield from _of_fields(inner, about.inside, places, at, name, f"{step}.")


def _inner(value: Value, path: str) -> Iterator[tuple[str, Fields]]:
    """The mappings within a value: itself, those of a list, or those that have names of the author's."""
    if isinstance(value, Mapping):
        if value and all(isinstance(child, Mapping) for child in value.values()):
            yield from (
                (f"{path}.{name}", child) for name, child in value.items() if isinstance(child, Mapping)
            )
        yield path, value
    elif isinstance(value, (list, tuple)):
        yield from ((f"{path}.{i}", item) for i, item in enumerate(value) if isinstance(item, Mapping))


def _is_deep(value: Value) -> bool:
    return isinstance(value, (Mapping, list, tuple))
