"""What components say of their scrapes, brought into the catalogs of their metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from slogen import codes
from slogen.catalog import Catalog, Catalogs, Scrape
from slogen.components import Component
from slogen.diagnostics import Label, Report, nearest
from slogen.durations import render


def distinct(components: Sequence[Component], report: Report) -> tuple[Component, ...]:
    """The components; of two with one name in one namespace the first."""
    found: dict[tuple[str, str], Component] = {}
    for item in components:
        first = found.setdefault((item.namespace, item.name), item)
        if first is not item and item.where is not None and first.where is not None:
            report.report(
                codes.DECLARED_TWICE,
                item.where,
                f"the component `{item.name}` is declared twice",
                also=(Label(first.where, "first declared here"),),
                help="keep one of the two, or give the other a name of its own",
            )
    return tuple(found.values())


def with_scrapes(
    catalogs: Catalogs, components: Sequence[Component], report: Report, *, is_part: bool
) -> Catalogs:
    """The catalogs with the scrapes of the components that they are of.

    What a catalog says of the same way must be the same, and is not needed. In a part of a project,
    `is_part`, catalogs may be missing.
    """
    if not components:
        return catalogs
    by_name = {catalog.component: catalog for catalog in catalogs.all}
    stated: dict[str, list[Scrape]] = {}
    for component, name in ((item, name) for item in components for name in item.catalogs):
        catalog = by_name.get(name)
        if catalog is None:
            _check_reference(component, name, by_name, report, is_part=is_part)
            continue
        derived = component.scrapes
        _check_agreement(catalog, derived, report)
        stated.setdefault(name, []).extend(derived)
    return Catalogs(tuple(_with(catalog, stated.get(catalog.component, ())) for catalog in catalogs.all))


def _with(catalog: Catalog, derived: Sequence[Scrape]) -> Catalog:
    if not derived:
        return catalog
    kinds = {_kind(scrape) for scrape in derived}
    others = tuple(scrape for scrape in catalog.scrapes if _kind(scrape) not in kinds)
    return replace(catalog, scrapes=(*derived, *others))


def _kind(scrape: Scrape) -> str:
    return re.sub(r"[^a-z]", "", scrape.kind.lower()).removesuffix("s")


def _check_reference(
    component: Component, name: str, catalogs: dict[str, Catalog], report: Report, *, is_part: bool
) -> None:
    """A component need not have a catalog, but one that it names must be there."""
    if "catalog" not in component.places or is_part:
        return
    at = component.at(f"catalog.{component.catalogs.index(name)}", "catalog")
    assert at is not None
    meant = nearest(name, catalogs)
    report.report(
        codes.UNKNOWN_REFERENCE,
        at,
        f"there is no catalog of `{name}`",
        help=f"did you mean `{meant}`?" if meant else "write the name of a MetricCatalog, or delete the line",
    )


def _check_agreement(catalog: Catalog, derived: Sequence[Scrape], report: Report) -> None:
    for scrape in catalog.scrapes:
        same = [one for one in derived if _kind(one) == _kind(scrape)]
        if not same or scrape.where is None:
            continue
        for what, said, follows in _differences(scrape, same[0]):
            also = (Label(same[0].where, f"this makes it {follows}"),) if same[0].where is not None else ()
            report.report(
                codes.CATALOG_CONTRADICTS,
                scrape.where,
                f"the catalog says of `{scrape.kind}` that {what} {said}, but its component says otherwise",
                also=also,
                help="delete this entry: the scrapes follow from the component",
            )


def _differences(said: Scrape, follows: Scrape) -> Iterator[tuple[str, str, str]]:
    if None not in (said.interval, follows.interval) and said.interval != follows.interval:
        yield "the interval is", _shown(said.interval), _shown(follows.interval)
    if None not in (said.honor_labels, follows.honor_labels) and said.honor_labels != follows.honor_labels:
        yield "`honor_labels` is", _shown(said.honor_labels), _shown(follows.honor_labels)
    if said.jobs and follows.jobs and set(said.jobs) != set(follows.jobs):
        yield "the job is", _shown(said.jobs), _shown(follows.jobs)
    for key in ("keep", "drop"):
        one, other = getattr(said, key), getattr(follows, key)
        if one and one != other:
            yield f"`{key}` is", f"`{one}`", f"`{other}`" if other else "empty"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    if isinstance(value, int):
        return f"`{render(value)}`"
    return " or ".join(f"`{one}`" for one in value) if isinstance(value, tuple) else f"`{value}`"
