"""The architecture as a test: imports point down, and each foreign library has one home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "compiler" / "slogen"

# From the top down. A module may import from the layers below its own, and from its own package.
LAYERS = (
    ("cli",),
    ("conversion",),
    ("pipeline", "waytext", "report"),
    ("render", "fixing"),
    ("checking",),
    ("prove", "mutants", "allowances"),
    ("formats", "checks", "resolve", "reading", "lower", "targets", "convert"),
    ("dashboards",),
    ("runbooks", "monitors"),
    ("routing", "nativespec", "sloth", "openslo", "pyrra", "homemade", "foreign", "scrapespec"),
    ("sli_plugins", "spectext", "testedrules", "history", "handwritten", "catalogued", "timelinetext"),
    ("indicated", "sampling", "bucketspelling"),
    (
        "catalogs",
        "slis",
        "burn",
        "examined",
        "regrouping",
        "ruletext",
        "testtext",
        "layout",
    ),
    (
        "alertmanagerspec",
        "exposition",
        "shapes",
        "expressions",
        "panelqueries",
        "compose",
        "slioptions",
        "statements",
        "synthesis",
    ),
    ("gotemplates",),
    ("codes", "durations", "names", "yamlout", "seal", "kubernetes", "slothyaml", "rulers"),
    ("ir", "resemblance"),
    ("teams", "panels"),
    ("alertmanager",),
    ("promql", "adjustments", "proofs", "ownproofs", "components", "scrapejobs"),
    ("synthetic", "catalog"),
    ("diagnostics", "plugins", "units", "versions"),
    ("source",),
)
RANK = {name: i for i, layer in enumerate(LAYERS) for name in layer}
HOMES = {
    "yaml": {"source"},
    "pydantic": {"shapes", "formats", "slis", "nativespec", "sloth", "openslo", "pyrra"},
    "pydantic_core": {"shapes"},
    "promql_parser": {"promql"},
    "click": {"cli"},
    "grafana_foundation_sdk": {"dashboards"},
}
PURE = ("open(", "print(", "sys.exit(", ".read_text(", ".write_text(", ".read_bytes(", ".write_bytes(")


def modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """The library and the module of slogen (or "") of every import of a module, lazy ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "slogen":
                names = [f"slogen.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            yield parts[0], parts[1] if parts[0] == "slogen" and len(parts) > 1 else ""


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    own = room(path)
    if own.startswith("__"):
        return
    assert own in RANK, f"{own} has no layer yet: add it to LAYERS where it belongs"
    for library, module in imported(path):
        if library == "slogen" and module and module != own and not module.startswith("__"):
            assert RANK[own] < RANK[module], f"{own} imports {module}, which is not below it"
        homes = HOMES.get(library)
        assert homes is None or own in homes, f"only {homes} import {library}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_command_line_touches_the_world(path: Path) -> None:
    if room(path) == "cli":
        return
    text = path.read_text(encoding="utf-8")
    assert not [call for call in PURE if f" {call}" in text or f"={call}" in text or f"({call}" in text]


def test_no_room_without_a_concept() -> None:
    names = {path.stem for path in modules()} | {path.parent.name for path in modules()}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc"}
