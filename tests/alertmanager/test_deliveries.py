"""The way of an alert through the tree, against the real amtool."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import amtool
from slogen.alertmanager.matchers import Matcher, read_matchers
from slogen.alertmanager.routes import Route, deliveries
from slogen.units import Millis

LABEL_SETS = 20
TREES = 110
NAMES = ("team", "severity", "env", "service")
VALUES = ("a", "b", "page", "", "a.b", "x y", "{", 'q"', "c\\d", "é", "a,b", "two\nlines", "'")
PATTERNS = (
    *("a|b", ".*", ".+", "p.*", "[ab]", "(?i)A", "a.b", "", "^a$", "\\d+", "a\\.b", "x{1,2}", "é?", "("),
    *("a)", "(a|b)?"),
)

values = st.sampled_from(VALUES) | st.text(st.sampled_from('ab.,"\\{} é='), max_size=4)
# Alertmanager puts patterns between `^(?:` and `)$`, so that `)(` is one; that is nobody's intention.
patterns = st.sampled_from(PATTERNS) | st.text(st.sampled_from("ab.*+?|([]^$\\d"), max_size=5)


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@st.composite
def matchers(draw: st.DrawFn) -> str:
    """A text of matchers: mostly as all versions read it, sometimes as people write it."""
    name, op = draw(st.sampled_from(NAMES)), draw(st.sampled_from(("=", "!=", "=~", "!~")))
    value = draw(patterns if "~" in op else values)
    portable = f'{name}{op}"{escaped(value)}"'
    spellings = (
        portable,
        portable,
        f'{name} {op} "{value}"',
        f"{name}{op}{value}",
        f"{{{portable}, env!=''}}",
    )
    return draw(st.sampled_from(spellings))


def used(text: str) -> tuple[Matcher, ...] | None:
    """What the version of amtool makes of a text of matchers; None if it refuses it."""
    reading = read_matchers(text)
    return reading.classic if amtool.version() < (0, 27) else reading.used


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    """A tree of routes as a file has it."""
    receiver = st.sampled_from([f"r{i}" for i in range(6)])
    tree: dict[str, Any] = {} if depth and draw(st.integers(0, 4)) == 0 else {"receiver": draw(receiver)}
    if depth:
        tree["matchers"] = draw(st.lists(matchers().filter(lambda text: used(text) is not None), max_size=2))
        tree["continue"] = draw(st.booleans())
    if depth < 3:
        tree["routes"] = draw(st.lists(trees(depth + 1), max_size=3))
    return tree


def route(tree: Mapping[str, Any]) -> Route:
    """The tree as slogen sees it."""
    found = [matcher for text in tree.get("matchers", ()) for matcher in used(text) or ()]
    below = tuple(route(child) for child in tree.get("routes", ()))
    return Route(tree.get("receiver"), tuple(found), tree.get("continue", False), below)


label_sets = st.dictionaries(st.sampled_from(NAMES), values.filter(bool), min_size=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    amtool.needed()
    return tmp_path


# To shrink takes minutes, and what is found is small.
UNSHRUNK = (Phase.explicit, Phase.generate)


@settings(max_examples=TREES, phases=UNSHRUNK, suppress_health_check=list(HealthCheck))
@given(tree=trees(), alerts=st.lists(label_sets, min_size=LABEL_SETS, max_size=LABEL_SETS))
def test_receivers_are_those_that_amtool_finds(
    tree: dict[str, Any], alerts: list[dict[str, str]], folder: Path
) -> None:
    path = written(tree, folder)
    root = route(tree)
    ours = [[one.receiver for one in deliveries(root, labels)] for labels in alerts]
    assert amtool.receivers_of_all([(path, labels) for labels in alerts]) == ours


def test_a_route_takes_over_what_it_does_not_state() -> None:
    child = Route(None, (Matcher("team", "=", "a"),), group_by=(), group_wait=Millis(0))
    root = Route("all", routes=(child,), group_by=("env",), group_wait=Millis(5), mute=("nights",))
    (found,) = deliveries(root, {"team": "a"})
    # An empty list of labels is none, a wait of nothing is one, and times are never taken over.
    assert (found.receiver, found.group_by, found.group_wait, found.mute) == ("all", ("env",), 0, ())


def written(tree: dict[str, Any], folder: Path, name: str = "alertmanager.yml") -> Path:
    path = folder / name
    receivers = [{"name": f"r{i}"} for i in range(6)]
    path.write_text(json.dumps({"route": tree, "receivers": receivers}), encoding="utf-8")
    return path


@settings(max_examples=10, phases=UNSHRUNK, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(matchers(), min_size=LABEL_SETS, max_size=LABEL_SETS))
def test_matchers_are_refused_where_amtool_refuses_them(texts: list[str], folder: Path) -> None:
    trees_ = [{"receiver": "r0", "routes": [{"matchers": [text]}]} for text in texts]
    paths = [written(tree, folder, f"{i}.yml") for i, tree in enumerate(trees_)]
    refused = [bool(problem) for problem in amtool.check_all(paths)]
    assert dict(zip(texts, refused, strict=True)) == {text: used(text) is None for text in texts}
