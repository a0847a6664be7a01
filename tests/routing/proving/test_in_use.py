"""Which configurations count, and that alerts which nothing tells apart are followed only once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slogen import pipeline
from slogen.alertmanager.firing import Firing, Way, ways
from slogen.alertmanager.matchers import Matcher, Operator
from slogen.alertmanager.routes import Route
from slogen.routing.proving.following import Follower
from slogen.routing.proving.in_use import in_use
from slogen.source import Source

VALUES = ("", "a", "b", "ab")


@st.composite
def matcher(draw: st.DrawFn) -> Matcher:
    operators: tuple[Operator, ...] = ("=", "!=", "=~", "!~")
    operator = draw(st.sampled_from(operators))
    values = ("a|b", "a.*", ".+", ".*") if "~" in operator else VALUES
    return Matcher(draw(st.sampled_from("xy")), operator, draw(st.sampled_from(values)))


@st.composite
def firing(draw: st.DrawFn) -> Firing:
    known = draw(st.dictionaries(st.sampled_from("xyz"), st.sampled_from(VALUES[1:])))
    others = [label for label in "xy" if label not in known]
    present = draw(st.frozensets(st.sampled_from(others))) if others else frozenset()
    return Firing(known, present, frozenset(others) - present, draw(st.booleans()))


ASKED = st.lists(matcher(), max_size=2).map(tuple)
LEAVES = st.builds(Route, st.none(), ASKED, st.booleans())


def above(routes: st.SearchStrategy[Route]) -> st.SearchStrategy[Route]:
    return st.builds(Route, st.none(), ASKED, st.booleans(), st.lists(routes, max_size=3).map(tuple))


def paths(found: tuple[Way, ...]) -> list[tuple[list[int], bool]]:
    return [([id(route) for route in way.delivery.path], way.is_certain) for way in found]


@given(above(above(LEAVES)), st.lists(firing(), max_size=8))
def test_a_follower_leads_where_the_tree_does(root: Route, alerts: list[Firing]) -> None:
    follower = Follower(root)
    for alert in alerts:
        assert paths(follower.ways(alert)) == paths(ways(root, alert))


FILE = "route: {receiver: all}\nreceivers: [{name: all}]\n"
OBJECT = """\
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: web, namespace: web}
spec:
  route: {receiver: web}
  receivers: [{name: web}]
"""
ROUTING = """\
apiVersion: slogen.dev/v1
kind: Routing
metadata: {name: teams}
spec:
  owners: {web: {page: web}}
  receivers: {web: {webhook: {url: 'http://bridge.example.com'}}}
"""
BASED = ROUTING.replace("spec:\n", "spec:\n  base: document0.yaml\n")


def receivers(*texts: str) -> list[list[str]]:
    """The names of the receivers of each configuration that counts."""
    sources = [Source(f"document{i}.yaml", text) for i, text in enumerate(texts)]
    program = pipeline.compile(sources, pipeline.Options(prove=False)).program
    return [[receiver.name for receiver in one.receivers] for one in in_use(program)]


def test_what_counts() -> None:
    assert receivers(FILE) == [["all"]]
    assert receivers(FILE, FILE) == [["all"], ["all"]]
    assert receivers(FILE, OBJECT) == [["all", "web/web/web"]]
    assert receivers(OBJECT) == [["null", "web/web/web"]]
    assert receivers(FILE, FILE, OBJECT) == [["all"], ["all"], ["null", "web/web/web"]]
    assert receivers(ROUTING) == [["web"]]
    assert receivers(FILE, BASED) == [["all", "web"]]
    assert receivers(FILE, ROUTING) == [["web"], ["all"]]
