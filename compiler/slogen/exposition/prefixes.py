"""Which names of metrics only one component has, as far as the names tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_OF_LIBRARIES = frozenset(
    (
        *("go", "process", "promhttp", "python", "jvm", "nodejs", "dotnet", "ruby", "rust", "tokio", "php"),
        *("http", "https", "grpc", "rpc", "net", "otel", "otelcol", "target", "scrape", "up", "rest"),
        *("workqueue", "controller", "certwatcher", "leader", "aws"),
        *("cgo", "hikaricp", "logback", "tomcat", "jetty", "executor", "jdbc", "system", "disk", "cache"),
        *("kafka", "redis", "sql", "db", "client", "server", "request", "requests", "response", "app", "api"),
        *(
            "container",
            "kube",
            "node",
            "machine",
            "apiserver",
            "authentication",
            "hidden",
            "registered",
            "build",
        ),
        *("queue", "job", "jobs", "task", "tasks", "worker", "service", "model", "errors", "error", "total"),
    )
)
"""First words that components of all kinds share, mostly because they share a library."""

_FEWEST = 2


def common_prefixes(names: Iterable[str]) -> tuple[str, ...]:
    """Patterns such as `shop_*`, one for each first word that at least two metrics share, as long as it goes.

    Words that libraries and components of all kinds begin with are left out.
    """
    groups: dict[str, list[list[str]]] = {}
    for name in names:
        words = re.findall(r"[^_:]+[_:]*|[_:]+", name)
        groups.setdefault(words[0], []).append(words)
    found = [
        _common(group)
        for first, group in groups.items()
        if len(group) >= _FEWEST and first.rstrip("_:") not in _OF_LIBRARIES
    ]
    return tuple(sorted(f"{prefix}*" for prefix in found if prefix))


def _common(group: Sequence[Sequence[str]]) -> str:
    """The words that all names of a group begin with, with the sign behind them."""
    length = 0
    shortest = min(map(len, group))
    while length < shortest - 1 and len({words[length] for words in group}) == 1:
        length += 1
    prefix = "".join(group[0][:length])
    return prefix if prefix.endswith(("_", ":")) else ""
