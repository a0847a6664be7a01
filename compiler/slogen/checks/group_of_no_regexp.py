"""A replacement refers to a group that its regular expression does not have

## Why
In the `replacement` of relabelling, `$1` and `${name}` are groups of `regex`, never labels. What is no group
is nothing: `${__meta_kubernetes_pod_ip}:$1` becomes `:9090`, an address without a host, and Prometheus
scrapes itself; the target is up, and has none of the metrics. `$1_total` is a group called `1_total`: write
`${1}_total`.

## Wrong
```yaml
scrape_configs:
  - job_name: shop
    kubernetes_sd_configs: [{role: pod}]
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_port]
        regex: (.+)
        target_label: __address__
        replacement: '${__meta_kubernetes_pod_ip}:$1'
#                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
```

## Right
```yaml
scrape_configs:
  - job_name: shop
    kubernetes_sd_configs: [{role: pod}]
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_ip, __meta_kubernetes_pod_annotation_prometheus_io_port]
        regex: (.+);(.+)
        target_label: __address__
        replacement: '$1:$2'
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slogen.diagnostics import Code, Report
from slogen.ir import Program
from slogen.scrapejobs import Relabelling

CODE = Code("SLO842", "error", __doc__)
_REFERENCE = re.compile(r"\$(?:\$|(?P<plain>\w+)|\{(?P<braced>\w+)\})")
_EXPANDING = ("replace", "labelmap")
_LATER = re.compile(r"\$\{?[A-Za-z_]|\{\{")
"""What is filled into a regular expression later."""


def check_program(program: Program, report: Report) -> None:
    """Report references to groups that are not there."""
    for written in program.scrape_objects:
        for job in written.jobs:
            for step in (*job.relabellings, *job.metric_relabellings):
                _check(step, report)


def _check(step: Relabelling, report: Report) -> None:
    if step.action not in _EXPANDING or not step.replacement or "replacement" not in step.places:
        return
    regex = step.regex if step.regex is not None else "(.*)"
    if _LATER.search(regex):
        return
    groups = list(_groups(regex))
    for found in _REFERENCE.finditer(step.replacement):
        name = found["plain"] or found["braced"] or ""
        if not name or _is_there(name, groups) or not _is_meant(name, step):
            continue
        report.report(
            CODE,
            step.places["replacement"].slice(*found.span()),
            f"`{found[0]}` is no group of the regular expression `{regex}`: nothing takes its place",
            help=_help(name, groups, step),
        )


def _is_there(name: str, groups: list[str]) -> bool:
    return name in groups or (name.isdecimal() and int(name) <= len(groups))


def _is_meant(name: str, step: Relabelling) -> bool:
    """Whether a name is a mistake for certain: others are filled in before Prometheus sees the text."""
    return name[0].isdecimal() or name.startswith("__") or name in step.source_labels


def _help(name: str, groups: list[str], step: Relabelling) -> str:
    number = re.match(r"[0-9]+", name)
    if number is not None and not name.isdecimal():
        return f"write `${{{number[0]}}}{name[number.end() :]}`"
    if number is not None:
        return f"the groups are `$1` to `${len(groups)}`" if len(groups) > 1 else "write `$1`, or add a group"
    if name in step.source_labels:
        return "write `$1` for the first group of `regex`"
    return f"add `{name}` to the source labels, and refer to it by the number of a group"


def _groups(regex: str) -> Iterator[str]:
    """The groups of an expression, each with its name; empty for those without one."""
    at, in_class = 0, False
    while at < len(regex):
        char = regex[at]
        if char == "\\":
            at += 2
            continue
        if in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
            # A bracket that closes nothing yet is one of the characters.
            at += len(re.match(r"\^?\]?", regex[at + 1 :])[0])  # type: ignore[index]
        elif char == "(":
            named = re.match(r"\(\?P?<([A-Za-z_]\w*)>", regex[at:])
            if named is not None or regex[at + 1 : at + 2] != "?":
                yield named[1] if named is not None else ""
        at += 1
