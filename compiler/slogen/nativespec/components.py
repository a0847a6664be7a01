"""What a Component document means, and where it contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from slogen import codes, shapes
from slogen.components import (
    BY_ANNOTATIONS,
    OF_THE_OPERATOR,
    Authorization,
    Component,
    Probing,
    Route,
    ServiceOfPods,
)
from slogen.diagnostics import Label, Report, nearest
from slogen.durations import render
from slogen.nativespec import written_components as written
from slogen.source import Node, Span

_BY_PODS = tuple(route for route in Route if route not in (Route.SERVICE_MONITOR, Route.PROBE))
_CONFIGURED = (Route.SCRAPE_CONFIG, Route.ALLOY, Route.K8S_MONITORING)


def component(node: Node, report: Report) -> Iterator[Component]:
    """The component of a document; nothing after errors, so that half of one writes no object."""
    own = Report()
    document = shapes.read(node, written.Component, own, "the document")
    found = _component(document, node) if document is not None else None
    if found is not None:
        _check(found, node, own)
    report.extend(own.diagnostics)
    if found is not None and not own.failed:
        yield found


def _component(document: written.Component, node: Node) -> Component:
    spec, metadata = document.spec, document.metadata
    ports = spec.ports or {}
    pods = spec.pods or {}
    return Component(
        name=metadata.name,
        namespace=metadata.namespace or "",
        namespaces=tuple(spec.namespaces) if isinstance(spec.namespaces, list) else (),
        in_all_namespaces=spec.namespaces == "any",
        labels=metadata.labels,
        catalogs=_several(spec.catalog) or (metadata.name,),
        pods=pods,
        select=spec.select or pods,
        container=spec.container or "",
        service=_service(spec.service),
        ports=ports,
        port=spec.port or (next(iter(ports)) if len(ports) == 1 else ""),
        path=spec.path,
        scheme=spec.scheme,
        job=spec.job or metadata.name,
        interval=spec.interval,
        timeout=spec.timeout,
        honor_labels=spec.honor_labels,
        authorization=_authorization(spec.authorization),
        keep=tuple(spec.keep),
        drop=tuple(spec.drop),
        probing=_probing(spec.probe),
        datadog_namespace=spec.datadog.namespace,
        receiver=spec.alloy.receiver,
        routes=tuple(spec.routes),
        alternatives=tuple(spec.alternatives),
        where=node.span_at("metadata", "name"),
        places=dict(_places(node)),
    )


def _service(said: written.ServiceShape | None) -> ServiceOfPods | None:
    return ServiceOfPods(said.name, said.labels, said.select or said.labels) if said is not None else None


def _authorization(said: written.AuthorizationShape | None) -> Authorization | None:
    if said is None:
        return None
    name, key = (said.secret.name, said.secret.key) if said.secret is not None else ("", "")
    return Authorization(said.type, name, key, said.file or "")


def _probing(said: written.ProbeShape | None) -> Probing | None:
    if said is None:
        return None
    return Probing(_several(said.url), said.prober, said.module or "")


def _several(said: str | list[str] | None) -> tuple[str, ...]:
    return tuple(said) if isinstance(said, list) else (said,) if said is not None else ()


def _places(node: Node) -> Iterator[tuple[str, Span]]:
    """The keys of the specification, but values where they are short, and entries of lists."""
    spec = node.get("spec")
    for key, child in spec.value.items() if spec is not None and isinstance(spec.value, dict) else ():
        is_scalar = not isinstance(child.value, dict | list)
        yield key, child.span if is_scalar else node.key_at("spec", key)
        if isinstance(child.value, list):
            yield from ((f"{key}.{i}", item.span) for i, item in enumerate(child.value))
        if isinstance(child.value, dict):
            yield from ((f"{key}.{name}", item.span) for name, item in child.value.items())


# contradictions ---------------------------------------------------------------------------------------


def _check(found: Component, node: Node, report: Report) -> None:
    _check_routes(found, node, report)
    _check_ports(found, node, report)
    _check_needs(found, node, report)
    _check_selected(found.pods, found.select, node, ("spec",), "pods", report)
    if found.service is not None:
        labels, select = found.service.labels, found.service.select
        _check_selected(labels, select, node, ("spec", "service"), "labels", report)
    _check_timeout(found, node, report)
    _check_authorization(found, node, report)
    _check_annotated(found, node, report)


def _written(found: Component) -> tuple[Route, ...]:
    return (*found.routes, *found.alternatives)


def _check_routes(found: Component, node: Node, report: Report) -> None:
    first: dict[Route, Span] = {}
    for key in ("routes", "alternatives"):
        for i, route in enumerate(getattr(found, key)):
            at = node.span_at("spec", key, i)
            other = first.setdefault(route, at)
            if other is not at:
                report.report(
                    codes.BAD_VALUE,
                    at,
                    f"`{route}` is listed twice",
                    also=(Label(other, "the first one"),),
                    help="delete one of the two",
                )


def _check_ports(found: Component, node: Node, report: Report) -> None:
    if found.port and found.ports and found.port not in found.ports:
        meant = nearest(found.port, found.ports)
        report.report(
            codes.UNKNOWN_REFERENCE,
            node.span_at("spec", "port"),
            f"there is no port `{found.port}`",
            also=(Label(node.key_at("spec", "ports"), "the ports"),),
            help=f"did you mean `{meant}`?" if meant else f"write {_listed(found.ports)}",
        )
    if len(found.ports) > 1 and not found.port and _needs_port(found):
        report.report(
            codes.MISSING_KEY,
            node.key_at("spec", "ports"),
            "which of the ports has the metrics is not said",
            help=f"add `port:` with {_listed(found.ports)}",
        )


def _listed(names: Iterable[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _needs_port(found: Component) -> bool:
    return any(route is not Route.PROBE for route in _written(found))


def _check_needs(found: Component, node: Node, report: Report) -> None:
    """What the routes need, and what no route needs."""
    if _needs_port(found) and not found.ports:
        route = next(route for route in _written(found) if route is not Route.PROBE)
        _missing("ports", route, "such as `ports: {http-metrics: 9090}`", found, node, report)
    needs: dict[str, tuple[Route, ...]] = {
        "service": (Route.SERVICE_MONITOR,),
        "pods": _needing_pods(found),
        "probe": (Route.PROBE,),
        "container": (Route.DATADOG,),
    }
    for key, routes in needs.items():
        needing = [route for route in _written(found) if route in routes]
        if needing and node.get("spec", key) is None:
            _missing(key, needing[0], _SUCH_AS[key], found, node, report)
    if found.probing is not None and Route.PROBE not in _written(found):
        report.report(
            codes.NO_EFFECT,
            node.key_at("spec", "probe"),
            "`probe` has no effect: it is no route in use",
            help="add `probe` to `routes`",
        )


def _needing_pods(found: Component) -> tuple[Route, ...]:
    collects = any(route in (*OF_THE_OPERATOR, *BY_ANNOTATIONS) for route in found.routes)
    patched = (*BY_ANNOTATIONS, Route.K8S_MONITORING) if collects else BY_ANNOTATIONS
    return tuple(route for route in _BY_PODS if route not in patched)


_SUCH_AS = {
    "service": "the name and the labels of the Service in front of the pods",
    "pods": "labels of the pods, such as `pods: {app.kubernetes.io/name: shop}`",
    "probe": "what is probed, and the prober",
    "container": "the name of the container, by which Datadog's agent finds the annotations",
}


def _missing(key: str, route: Route, what: str, found: Component, node: Node, report: Report) -> None:
    listed = "routes" if route in found.routes else "alternatives"
    at = node.span_at("spec", listed, getattr(found, listed).index(route))
    report.report(codes.MISSING_KEY, at, f"`{route}` needs `{key}`", help=f"add `{key}:`, {what}")


def _check_selected(
    labels: Mapping[str, str | None],
    select: Mapping[str, str | None],
    node: Node,
    path: tuple[str, ...],
    key: str,
    report: Report,
) -> None:
    """A selector that asks for more than what is declared selects nothing."""
    if node.get(*path, "select") is None:
        return
    for name, value in select.items():
        has = labels.get(name)
        if name in labels and (value is None or has in {None, value}):
            continue
        meant = nearest(name, labels) if has is None else None
        at = node.key_at(*path, "select", name) if has is None else node.span_at(*path, "select", name)
        whose = "the pods" if key == "pods" else "the Service"
        problem = f"a label `{name}`" if has is None else f"`{name}: {value}`"
        also = [Label(node.key_at(*path, key), f"the labels of {whose}")] if labels else []
        report.report(
            codes.BAD_VALUE,
            at,
            f"this selects nothing: {whose} {'have' if key == 'pods' else 'has'} not {problem}",
            also=also,
            help=f"did you mean `{meant}`?"
            if meant
            else (f"write `{has}`" if has is not None else f"select by {_listed(labels)}" if labels else ""),
        )


def _check_timeout(found: Component, node: Node, report: Report) -> None:
    if found.timeout is None or found.interval is None or found.timeout <= found.interval:
        return
    report.report(
        codes.BAD_VALUE,
        node.span_at("spec", "timeout"),
        f"a timeout of {render(found.timeout)} is longer than the interval: Prometheus refuses that",
        also=(Label(node.span_at("spec", "interval"), "the interval"),),
        help=f"write at most `{render(found.interval)}`",
    )


def _check_authorization(found: Component, node: Node, report: Report) -> None:
    said = found.authorization
    if said is None:
        return
    at = node.key_at("spec", "authorization")
    if not said.secret and not said.file:
        report.report(
            codes.MISSING_KEY,
            at,
            "`authorization` says not where the token is",
            help="add `secret:` or `file:`",
        )
        return
    for route in _written(found):
        if route in (Route.SERVICE_MONITOR, Route.POD_MONITOR) and not said.secret:
            _lacks(route, "secret", "the name and the key of a Secret", at, report)
        elif route in _CONFIGURED and not said.file and not _is_collector(found, route):
            _lacks(route, "file", "the path of a file on the scraper", at, report)


def _is_collector(found: Component, route: Route) -> bool:
    """Whether the chart collects what other routes declare, and scrapes nothing by itself."""
    others = (*OF_THE_OPERATOR, *BY_ANNOTATIONS)
    return route is Route.K8S_MONITORING and any(other in others for other in found.routes)


def _lacks(route: Route, key: str, what: str, at: Span, report: Report) -> None:
    report.report(codes.MISSING_KEY, at, f"`{route}` needs `{key}` here", help=f"add `{key}:`, {what}")


def _check_annotated(found: Component, node: Node, report: Report) -> None:
    """Annotations say where the metrics are, and no more."""
    by = [route for route in found.scraping if route in BY_ANNOTATIONS]
    if not by or len(by) < len(found.scraping):
        return
    for key in ("keep", "drop", "honor_labels", "authorization"):
        if node.get("spec", key) is None or not getattr(found, key):
            continue
        report.report(
            codes.NO_EFFECT,
            node.key_at("spec", key),
            f"`{key}` has no effect: annotations of pods cannot say it",
            help="say it where the pods are collected, or choose another route",
        )
