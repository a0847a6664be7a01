"""From what people say about their teams to what an Alertmanager is told, and who gets each alert.

`merging` makes one of all Routing documents, `references` finds what their names lead to, `alerts` says what
labels each alert has, `tree` makes routes, `inhibiting` says which alert keeps which quiet, `messages` what
notifications read, `operator` what the Prometheus Operator makes of objects, and `splicing` puts it all into
a configuration that is there already. `proving` finds out whether every alert reaches its team.
"""

from __future__ import annotations

from collections.abc import Sequence

from slogen.alertmanager.configuration import Configuration
from slogen.diagnostics import Report
from slogen.examined import Project
from slogen.ir import Notifying, RuleSet
from slogen.teams import Routing


def notifying(
    documents: Sequence[Routing],
    written: Sequence[Configuration],
    rule_sets: Sequence[RuleSet],
    project: Project,
    report: Report,
) -> Notifying:
    """How the alerts of all rule sets reach people.

    What documents contradict each other in goes to the report; whether every alert reaches somebody is the
    business of checks.
    """
    if not documents and not written:
        return Notifying()
    from slogen.routing.alerts import routed_alerts  # noqa: PLC0415 - not for projects without routing
    from slogen.routing.merging import base_of, merged  # noqa: PLC0415 - as above
    from slogen.routing.references import linked  # noqa: PLC0415 - as above
    from slogen.routing.tree import configuration  # noqa: PLC0415 - as above

    alerts = tuple(routed_alerts(rule_sets, project))
    routing = merged(documents, report)
    if routing is None:
        # Who gets what is not known where a document cannot be read.
        return Notifying() if documents else Notifying(None, None, tuple(written), alerts)
    base = base_of(routing, written, report, is_part=project.is_part)
    routing = linked(routing, base, project.settings, report)
    if not routing.is_sound:
        return Notifying(routing, None, (), alerts)
    if routing.base and (base is None or not base.is_sound):
        return Notifying(routing, None, tuple(written), alerts)
    made = configuration(routing, base, alerts, project.settings)
    if base is not None:
        from slogen.routing.splicing import check  # noqa: PLC0415 - not for projects without a base

        check(base, made, report)
    return Notifying(routing, made, tuple(written), alerts)
