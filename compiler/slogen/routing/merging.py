"""All Routing documents of a project as one, and the configuration that it is added to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from slogen import codes, names
from slogen.alertmanager.configuration import Configuration
from slogen.diagnostics import Label, Report, nearest
from slogen.source import Span
from slogen.teams import Routing, Timing


class _Declared(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def where(self) -> Span | None: ...


D = TypeVar("D", bound=_Declared)


def merged(documents: Sequence[Routing], report: Report) -> Routing | None:
    """What the documents say together; None if there are none, or if one of them cannot be read.

    Owners, receivers, time intervals and inhibitions add up. What is for all of them may be stated in several
    documents, but not differently. The object is the one of the first document that has a namespace.
    """
    if not documents or not all(document.is_read for document in documents):
        return None
    head = _head(documents)
    owners = [owner for document in documents for owner in document.owners]
    receivers = [receiver for document in documents for receiver in document.receivers]
    times = [named for document in documents for named in document.times]
    if not owners:
        _report_without_owners(documents[0], report)
        return None
    defaults = _stated(documents, "defaults", report)
    severities = _stated(documents, "severities", report)
    globals_ = _stated(documents, "global", report)
    fallback, base = _stated(documents, "fallback", report), _stated(documents, "base", report)
    _stated(documents, "namespace", report)
    return Routing(
        name=head.name or names.GENERATOR,
        where=tuple(document.where[0] for document in documents),
        namespace=head.namespace,
        labels=head.labels,
        owners=tuple(_by_name(owners, "owner", report)),
        receivers=tuple(_by_name(receivers, "receiver", report)),
        times=tuple(_by_name(times, "time interval", report)),
        inhibitions=tuple(inhibition for document in documents for inhibition in document.inhibitions),
        newer=tuple(newer for document in documents for newer in document.newer),
        defaults=defaults.defaults if defaults else Timing(),
        globals=globals_.globals if globals_ else {},
        fallback=fallback.fallback if fallback else "",
        severities=severities.severities if severities else {},
        base=base.base if base else "",
        is_sound=all(document.is_sound for document in documents),
        places=_places([*(d for d in (defaults, severities, globals_, fallback, base) if d), head]),
    )


def base_of(
    routing: Routing, written: Sequence[Configuration], report: Report, *, is_part: bool = False
) -> Configuration | None:
    """The configuration that the routing is added to; None if it names none, or none that was read.

    In a part of a project nothing is known to be missing.
    """
    if not routing.base:
        return None
    files = [(found.where, found) for found in written if found.where is not None and found.object_ is None]
    found = [(at, file) for at, file in files if _is_path_of(routing.base, at.source.path)]
    if not found:
        if not is_part:
            _report_unknown_base(routing, [at.source.path for at, _ in files], report)
        return None
    if len(found) > 1:
        report.report(
            codes.BAD_VALUE,
            routing.at("base"),
            f"`{routing.base}` are several configurations",
            also=[Label(at, "one of them") for at, _ in found[:2]],
            help=f"write more of the path, such as `{found[0][0].source.path}`"
            if found[0][0].source.path != found[1][0].source.path
            else "keep one of them",
        )
        return None
    _report_collisions(routing, found[0][1], report)
    return found[0][1]


# documents --------------------------------------------------------------------------------------------


def _head(documents: Sequence[Routing]) -> Routing:
    """The document whose name is that of the object: the first one with a namespace, or else with a name."""
    spaced = (document for document in documents if document.namespace)
    called = (document for document in documents if document.name)
    return next(spaced, next(called, documents[0]))


def _places(documents: Iterable[Routing]) -> dict[str, Span]:
    """Where each part is written that counts."""
    places: dict[str, Span] = {}
    for document in documents:
        for part, at in document.places.items():
            places.setdefault(part, at)
    return places


_VALUES: Mapping[str, str] = {"global": "globals"}
"""The fields of a document that have another name than what is written."""


def _stated(documents: Sequence[Routing], part: str, report: Report) -> Routing | None:
    """The document that states a part; of several that state it differently, the first."""
    stating = [document for document in documents if part in document.places]
    field = _VALUES.get(part, part)
    for other in stating[1:]:
        if getattr(other, field) != getattr(stating[0], field):
            report.report(
                codes.DECLARED_TWICE,
                other.at(part),
                f"`{part}` is stated in two Routing documents",
                also=(Label(stating[0].at(part), "first stated here"),),
                help="keep one of the two: it is for all teams",
            )
    return stating[0] if stating else None


def _by_name(declared: Iterable[D], what: str, report: Report) -> Iterator[D]:
    """What is declared, once each."""
    found: dict[str, D] = {}
    for item in declared:
        first = found.setdefault(item.name, item)
        if first is item:
            yield item
        elif item.where is not None and first.where is not None:
            report.report(
                codes.DECLARED_TWICE,
                item.where,
                f"the {what} `{item.name}` is declared twice",
                also=(Label(first.where, "first declared here"),),
                help="keep one of the two",
            )


def _report_without_owners(document: Routing, report: Report) -> None:
    report.report(
        codes.MISSING_KEY,
        document.where[0],
        "no Routing document has an owner",
        help="add `owners:` with the teams by their names, each with its receivers for `page` and `ticket`",
    )


# the base ---------------------------------------------------------------------------------------------


def _is_path_of(written: str, path: str) -> bool:
    """Whether a path is the one that is written, or ends in it."""
    asked = written.removeprefix("./")
    return path == asked or path.endswith(f"/{asked}")


def _report_unknown_base(routing: Routing, paths: Sequence[str], report: Report) -> None:
    if any(
        finding.severity == "error" and _is_path_of(routing.base, finding.at.source.path)
        for finding in report.diagnostics
    ):
        return  # it is there, and broken
    meant = nearest(routing.base, paths)
    if meant is None and len(paths) == 1:
        meant = paths[0]
    report.report(
        codes.UNKNOWN_REFERENCE,
        routing.at("base"),
        f"no configuration of Alertmanager among the inputs is `{routing.base}`",
        help=f"did you mean `{meant}`?"
        if meant
        else "put the file into `slos` or `rules`, or name it on the command line",
    )


def _report_collisions(routing: Routing, base: Configuration, report: Report) -> None:
    """What has the name of something in the base: the file would declare it twice."""
    for what, own, others in (
        ("receiver", routing.receivers, base.receivers),
        ("time interval", routing.times, base.times),
    ):
        there = {item.name: item.where for item in others}
        for item in own:
            if item.name not in there or item.where is None:
                continue
            where = there[item.name]
            report.report(
                codes.DECLARED_TWICE,
                item.where,
                f"the {what} `{item.name}` is declared in `{routing.base}`, too",
                also=(Label(where, "declared here"),) if where is not None else (),
                help="give it another name, or delete it here: owners may name what is declared there",
            )
