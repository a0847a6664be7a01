"""A piece of configuration for Grafana Alloy: finds the pods, keeps the one port, scrapes, sends.

Source: https://grafana.com/docs/alloy/latest/reference/components/, `discovery.kubernetes`,
`discovery.relabel`, `prometheus.scrape` and `prometheus.relabel`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from slogen.components import Component
from slogen.durations import render
from slogen.monitors.objects import kept
from slogen.monitors.scrape_config import selector, steps


def alloy(component: Component) -> str:
    """The components that scrape; each has the name of ours, with `_` for what Alloy does not take."""
    name = identifier(component)
    blocks = [
        _block("discovery.kubernetes", name, _discovery(component)),
        _block("discovery.relabel", name, _relabelling(component, name)),
        _block("prometheus.scrape", name, _scrape(component, name)),
    ]
    if kept(component):
        blocks.append(_block("prometheus.relabel", name, _filter(component)))
    return "\n".join(blocks)


def identifier(component: Component) -> str:
    """The name of a component as Alloy takes it."""
    name = re.sub(r"\W", "_", component.name, flags=re.ASCII)
    return f"_{name}" if name[0].isdigit() else name


def _block(kind: str, name: str, lines: Iterator[str]) -> str:
    inner = "".join(f"  {line}\n" if line else "\n" for line in lines)
    return f'{kind} "{name}" {{\n{inner}}}\n'


def _discovery(component: Component) -> Iterator[str]:
    yield 'role = "pod"'
    namespaces = component.pod_namespaces
    if namespaces:
        yield ""
        yield "namespaces {"
        yield f"  names = [{', '.join(map(_quoted, namespaces))}]"
        yield "}"
    yield ""
    yield "selectors {"
    yield '  role  = "pod"'
    yield f"  label = {_quoted(selector(component))}"
    yield "}"


def _relabelling(component: Component, name: str) -> Iterator[str]:
    yield f"targets = discovery.kubernetes.{name}.targets"
    for action, source, regex, target in steps(component):
        yield ""
        yield "rule {"
        yield f"  source_labels = [{_quoted(source)}]"
        if action == "replace":
            yield f"  target_label  = {_quoted(target)}"
        else:
            yield f"  regex         = {_quoted(regex)}"
            yield f"  action        = {_quoted(action)}"
        yield "}"


def _scrape(component: Component, name: str) -> Iterator[str]:
    receiver = f"prometheus.relabel.{name}.receiver" if kept(component) else component.receiver
    arguments = {
        "targets": f"discovery.relabel.{name}.output",
        "forward_to": f"[{receiver}]",
        "job_name": _quoted(component.job),
        **(
            {"scrape_interval": _quoted(render(component.interval))} if component.interval is not None else {}
        ),
        **({"scrape_timeout": _quoted(render(component.timeout))} if component.timeout is not None else {}),
        "metrics_path": _quoted(component.path),
        **({"scheme": _quoted(component.scheme)} if component.scheme != "http" else {}),
        **({"honor_labels": "true"} if component.honor_labels else {}),
    }
    width = max(map(len, arguments))
    yield from (f"{key.ljust(width)} = {value}" for key, value in arguments.items())
    allowed = component.authorization
    if allowed is not None and allowed.file:
        yield ""
        yield "authorization {"
        yield f"  type             = {_quoted(allowed.type)}"
        yield f"  credentials_file = {_quoted(allowed.file)}"
        yield "}"


def _filter(component: Component) -> Iterator[str]:
    yield f"forward_to = [{component.receiver}]"
    for action, regex in kept(component):
        yield ""
        yield "rule {"
        yield '  source_labels = ["__name__"]'
        yield f"  regex         = {_quoted(regex)}"
        yield f"  action        = {_quoted(action)}"
        yield "}"


def _quoted(text: str) -> str:
    """A string of Alloy, which has the escapes of Go: those of JSON are among them."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
