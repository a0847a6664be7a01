"""Reading YAML in tests: texts to nodes, and places as a reader would say them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from slogen.source import Documents, Node, Problem, Source, Span, documents, parsing

SPEC = """\
# the service
apiVersion: slogen.dev/v1
kind: ServiceLevels
metadata: {name: checkout, labels: {release: "prometheus"}}
spec:
  service: checkout
  slos:
    - name: availability
      objective: 99.95
      group_by: [model, "user agent"]
      sli:
        query:
          bad: |
            sum(rate(x{code=~"5.."}[{{.window}}]))
          total: >-
            sum(
              rate(x[{{.window}}])
            )
    - &latency
      name: 'it''s fast'
      objective: 99
      sli: {latency: {histogram: h_seconds, threshold: 5s}}
    - <<: *latency
      name: "caf\\u00e9"
"""

TEXTS = st.text(st.sampled_from("ab'\"\\:#-{}[]|> \t\n\u00e9\u2028\x85\U0001d538\u0301"), max_size=30)


@pytest.fixture(params=["libyaml", "python"])
def each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test with each of PyYAML's parsers; the compiled one is missing on some platforms."""
    if request.param == "python":
        python_parser = parsing.python_parser_class()
        monkeypatch.setattr(parsing, "parser_class", lambda: python_parser)
    else:
        pytest.importorskip("yaml._yaml", reason="PyYAML was built without libyaml")


both_parsers = pytest.mark.usefixtures("each_parser")


def examples(count: int) -> settings:
    """So many random inputs, however long they take."""
    unhurried = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(max_examples=count, deadline=None, suppress_health_check=unhurried)


def read(text: str) -> Documents:
    return documents(Source("f.yaml", text))


def root(text: str) -> Node:
    """The only document of a text without problems."""
    result = read(text)
    assert result.problems == (), result.problems
    (node,) = result.nodes
    return node


def value_of(text: str) -> Node:
    """The node of the key `v`."""
    node = root(text).get("v")
    assert node is not None
    return node


def place(span: Span) -> str:
    """A span as `line:column text`."""
    return f"{span.line}:{span.column} {span.text}"


def said(problem: Problem) -> tuple[str, str, str]:
    return problem.kind, place(problem.at), problem.message


def walk(node: Node, seen: set[int] | None = None) -> Iterator[Node]:
    """A node and all nodes in it, each once."""
    seen = set() if seen is None else seen
    if id(node) in seen:
        return
    seen.add(id(node))
    yield node
    if isinstance(node.value, dict):
        children = list(node.value.values())
    else:
        children = node.value if isinstance(node.value, list) else []
    for child in children:
        yield from walk(child, seen)


def untyped(node: Node) -> object:
    """The node with the text of every scalar."""
    if isinstance(node.value, dict):
        return {key: untyped(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [untyped(child) for child in node.value]
    return node.span.value
