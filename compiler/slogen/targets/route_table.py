"""out/tests/routes.yaml: who gets each alert, for people who read a diff, and for amtool to verify.

The receivers are those that slogen finds; `slogen test` asks amtool, too. A label whose value nobody knows
before the alert fires has a sample, and one that decides where the alert goes has one for each way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from slogen import yamlout
from slogen.ir import Labels, OutFile, Program, RoutedAlert
from slogen.layout import file_names, routing_origin
from slogen.seal import seal
from slogen.targets.prometheus_rule_files import FOLDER as RULES

PATH = "tests/routes.yaml"
_HEAD = """\
# Who gets each alert of each rule file. A label that is known only when the alert fires has a sample here.
# `slogen test` asks amtool about each of them, as this does by hand:
# amtool config routes test --config.file=out/alertmanager/alertmanager.yaml LABEL=VALUE ...
"""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """An alert with labels such as it fires with, and who gets it, in the order of the tree."""

    alert: RoutedAlert
    labels: Labels
    receivers: tuple[str, ...]


def emit(program: Program) -> Iterator[OutFile]:
    """The table; none where slogen writes no tree of routes, or where there are no alerts."""
    routing = program.notifying.routing
    found = () if routing is None or program.is_part else rows(program)
    if routing is not None and found:
        yield OutFile(PATH, seal(_HEAD + _table(program, found), routing_origin(routing)))


def rows(program: Program) -> tuple[Row, ...]:
    """Who gets each alert, in the order of the rule sets, one row for those that have the same labels; none
    without a tree of routes that slogen writes."""
    configuration = program.notifying.configuration
    if configuration is None or program.notifying.routing is None:
        return ()
    from slogen.routing.proving.samples import samples  # noqa: PLC0415 - not for projects without routing

    return tuple(
        Row(alert, labels, receivers)
        for alert in program.notifying.alerts
        for labels, receivers in samples(configuration.route, alert.firing)
    )


def _table(program: Program, found: Sequence[Row]) -> str:
    names = dict(zip(map(id, program.rule_sets), file_names(program.rule_sets), strict=True))
    parts: list[str] = []
    for rules, members in groupby(found, key=lambda row: id(row.alert.rules)):
        parts.append(yamlout.key(f"{RULES}/{names[rules]}.yaml", 0) + "\n")
        parts += dict.fromkeys(map(_text, members))
    return "".join(parts)


def _text(row: Row) -> str:
    names = sorted(row.labels, key=lambda name: (name != "alertname", name))
    labels: Mapping[str, str] = {name: row.labels[name] for name in names}
    receivers = "".join(f"      - {yamlout.scalar(receiver)}\n" for receiver in row.receivers)
    return f"  - labels:\n{yamlout.mapping(labels, 6)}    receivers:\n{receivers}"
