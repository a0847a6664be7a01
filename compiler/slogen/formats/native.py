"""Documents of slogen's own, ServiceLevels and the kinds that go with it (see slogen.nativespec)."""

from __future__ import annotations

from collections.abc import Iterator

from slogen import codes, kubernetes
from slogen.catalog import Catalog
from slogen.components import Component
from slogen.diagnostics import Report, nearest
from slogen.ir import AlertWindows, Draft, Extensions, Settings, StatedProof
from slogen.nativespec import API_VERSION, KINDS
from slogen.panels import Dashboard
from slogen.resemblance import Resemblance
from slogen.source import Node
from slogen.teams import Routing

NAME = API_VERSION

Item = Draft | Settings | AlertWindows | StatedProof | Catalog | Routing | Dashboard | Component


def recognises(node: Node) -> bool:
    """Whether a document is one of this format's: by its apiVersion, or by a kind that only it has."""
    return _scalar(node, "apiVersion") == API_VERSION


def parse(node: Node, report: Report, extensions: Extensions) -> Iterator[Item]:
    """The drafts, settings, alert windows, stated series or the catalog of a document."""
    kind = _scalar(node, "kind")
    if kind == "ServiceLevels":
        from slogen.nativespec.levels import service_levels  # noqa: PLC0415 - it loads what only such specs need

        yield from service_levels(node, report)
    elif kind == "Settings":
        from slogen.nativespec.settings import settings  # noqa: PLC0415 - as above

        yield from settings(node, report)
    elif kind == "AlertWindows":
        from slogen.nativespec.windows import alert_windows  # noqa: PLC0415 - as above

        yield from alert_windows(node, report)
    elif kind == "Proof":
        from slogen.nativespec.proving import proof  # noqa: PLC0415 - as above

        yield from proof(node, report)
    elif kind == "MetricCatalog":
        from slogen.nativespec.catalogs import catalog  # noqa: PLC0415 - as above

        yield from catalog(node, report)
    elif kind == "Routing":
        from slogen.nativespec.routing import routing  # noqa: PLC0415 - as above

        yield from routing(node, report)
    elif kind == "Component":
        from slogen.nativespec.components import component  # noqa: PLC0415 - as above

        yield from component(node, report)
    elif kind == "Dashboard":
        from slogen.nativespec.dashboards import dashboard  # noqa: PLC0415 - as above

        yield from dashboard(node, report)
    elif node.get("kind") is None:
        report.report(
            codes.MISSING_KEY,
            node.key_at("apiVersion"),
            "`kind` is missing in the document",
            help=f"add `kind: {KINDS[0]}`",
        )
    else:
        meant = nearest(str(kind), KINDS)
        report.report(
            codes.UNKNOWN_FORMAT,
            node.span_at("kind"),
            f"`{kind}` is no kind of {API_VERSION}",
            help=f"did you mean `{meant}`?" if meant else f"the kinds are {', '.join(KINDS)}",
        )


def _scalar(node: Node, key: str) -> object:
    found = node.get(key)
    return found.value if found is not None else None


def resembles(node: Node) -> Resemblance | None:
    """How near a document of another version, or without one, is to this format."""
    api = node.get("apiVersion")
    if api is None or not isinstance(api.value, str) or "slogen" not in api.value:
        return kubernetes.resemblance(node, API_VERSION, KINDS)
    message = f"`{api.value}` is no version of slogen's format"
    return Resemblance(1, api.span, message, f"write `apiVersion: {API_VERSION}`")
