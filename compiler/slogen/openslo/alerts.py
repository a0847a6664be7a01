"""Alert policies: which burn-rate conditions an SLO has, how urgent they are, and who is told.

See the package for what each key means here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from slogen import burn, codes, durations, shapes
from slogen.diagnostics import Label, Report
from slogen.ir import AlertDraft, AlertingDraft, Millis, Tier, Urgency
from slogen.openslo import periods, written
from slogen.openslo.objects import Object
from slogen.openslo.references import References
from slogen.source import Node, Span

_MINUTE = Millis(60_000)
_PAGES = frozenset(
    (
        *("page", "pager", "paging", "critical", "crit", "fatal", "emergency", "emerg", "high", "urgent"),
        *("sev0", "sev1", "s0", "s1", "p0", "p1", "disaster", "blocker"),
    )
)


@dataclass(frozen=True, slots=True)
class Alerts:
    """What the alert policies of an SLO say; without policies the usual alerts are fitted to it."""

    alerting: AlertingDraft = field(default_factory=AlertingDraft)
    tiers: tuple[Tier, ...] = ()
    owner: str | None = None
    owner_at: Span | None = None
    fit_tiers: bool = True
    thresholds: tuple[Span, ...] = ()
    """Where the burn rate of each tier is written."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A policy, condition or target: what it says, its node, and the object that it is written in."""

    shape: Any
    node: Node
    origin: Object


@dataclass(frozen=True, slots=True)
class _Burn:
    """A burn-rate condition."""

    tier: Tier
    severity: str
    for_: Millis
    for_at: Span
    threshold_at: Span


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told of the alerts of an urgency (None for none of them), and where that is written."""

    owner: str
    at: Span
    urgency: Urgency | None


def of_policies(
    slo: Object, period: periods.Period | None, references: References, report: Report
) -> Alerts | None:
    """The alerts that the policies of a v1 SLO ask for; None after findings, and without a sound period."""
    node = slo.node.get("spec", "alertPolicies")
    if node is None or not slo.shape.spec.alertPolicies or not isinstance(node.value, list):
        return Alerts()
    reader = _Reader(period, references, report)
    policies = [reader.policy(item, slo) for item in node.value]
    read = [reader.policy_says(policy) for policy in policies if policy is not None]
    if None in policies or not all(read):
        return None
    return _joined([said for said in read if said is not None], report)


@dataclass(frozen=True, slots=True)
class _Said:
    """What one policy says. `burn` is None where it raises no alert on its condition."""

    burn: _Burn | None
    told: tuple[_Told, ...]
    severity: str
    when_no_data: bool | None


class _Reader:
    """Follows the references of policies, and reads what they lead to."""

    def __init__(self, period: periods.Period | None, references: References, report: Report) -> None:
        self.period = period
        self.references = references
        self.report = report

    def policy(self, node: Node, slo: Object) -> _Part | None:
        """An alert policy by its name, by a reference to it, or written in place."""
        if isinstance(node.value, str):
            return self._declared("AlertPolicy", node, slo)
        return self._part(
            node, slo, "AlertPolicy", "alertPolicyRef", written.PolicyReference, written.InlinePolicy
        )

    def policy_says(self, policy: _Part) -> _Said | None:
        """What a policy asks for; None after findings."""
        spec: written.AlertPolicySpec = policy.shape.spec
        node = policy.node.get("spec")
        assert node is not None
        if spec.alertWhenResolved:
            self.report.report(
                codes.NO_EFFECT,
                node.key_at("alertWhenResolved"),
                "`alertWhenResolved` has no effect in rules: Alertmanager tells of what has ended",
                help="set `send_resolved: true` at the receiver in Alertmanager, and delete this",
            )
        condition = self._condition(policy, node)
        targets = [self._target(item, policy.origin) for item in _items(node.get("notificationTargets"))]
        found = self._burn(condition) if condition is not None else None
        if found is None or None in targets:
            return None
        is_raised = spec.alertWhenBreaching is not False
        urgency = found.tier.urgency if is_raised else None
        told = tuple(_Told(name, at, urgency) for name, at in (t for t in targets if t is not None))
        return _Said(found if is_raised else None, told, found.severity, spec.alertWhenNoData)

    def _condition(self, policy: _Part, node: Node) -> _Part | None:
        items = _items(node.get("conditions"))
        for second in items[1:]:
            self.report.report(
                codes.BAD_VALUE,
                second.span,
                "a policy has one condition only",
                help="write a policy of its own for each condition",
            )
        if len(items) != 1:
            return None
        item = items[0]
        if isinstance(item.value, str):
            return self._declared("AlertCondition", item, policy.origin)
        return self._part(
            item,
            policy.origin,
            "AlertCondition",
            "conditionRef",
            written.ConditionReference,
            written.InlineCondition,
        )

    def _target(self, node: Node, origin: Object) -> tuple[str, Span] | None:
        """The name of a notification target, and where it is written."""
        if isinstance(node.value, str):
            found = self._declared("AlertNotificationTarget", node, origin)
            return (str(node.value), node.span) if found is not None else None
        part = self._part(
            node,
            origin,
            "AlertNotificationTarget",
            "targetRef",
            written.TargetReference,
            written.InlineTarget,
        )
        if part is None:
            return None
        at = node.span_at("targetRef") if "targetRef" in node.keys else node.span_at("metadata", "name")
        return part.shape.metadata.name, at

    def _part(
        self,
        node: Node,
        origin: Object,
        kind: str,
        key: str,
        reference: type[shapes.Shape],
        inline: type[shapes.Shape],
    ) -> _Part | None:
        """What a reference under `key` leads to, or what is written in place."""
        if isinstance(node.value, dict) and key in node.keys:
            named = shapes.read(node, reference, self.report)
            at = node.get(key)
            return self._declared(kind, at, origin) if named is not None and at is not None else None
        if not isinstance(node.value, dict) or not {"kind", "metadata", "spec"} & set(node.keys):
            self._report_neither(node, kind, key)
            return None
        shape = shapes.read(node, inline, self.report, f"the {kind}")
        return _Part(shape, node, origin) if shape is not None else None

    def _report_neither(self, node: Node, kind: str, key: str) -> None:
        if isinstance(node.value, dict) and node.keys:
            first = next(iter(node.keys))
            at, message = node.key_at(first), f"`{first}` is no way to name an {kind}"
            code = codes.UNKNOWN_KEY
        else:
            at, message, code = node.span, f"this names no {kind}", codes.WRONG_TYPE
        self.report.report(code, at, message, help=f"write `{key}:` and the name of a declared {kind}")

    def _declared(self, kind: str, at: Node, origin: Object) -> _Part | None:
        found = self.references.find(kind, at, origin)
        return (
            _Part(found.shape, found.node, found) if found is not None and found.shape is not None else None
        )

    def _burn(self, part: _Part) -> _Burn | None:
        spec: written.AlertConditionSpec = part.shape.spec
        node = part.node.get("spec", "condition")
        assert node is not None
        condition = spec.condition
        long = periods.duration(_at(node, "lookbackWindow"), self.report)
        after = node.get("alertAfter")
        for_ = Millis(0)
        if after is not None and after.value is not None:
            waited = periods.duration(after, self.report, or_zero=True)
            if waited is None:
                return None
            for_ = waited
        if not self._is_burn_rate(condition, node) or long is None or not self._fits(long, node):
            return None
        assert self.period is not None
        assert self.period.length is not None
        urgency = urgency_of(spec.severity)
        share = Fraction(condition.threshold) * long / self.period.length
        tier = Tier(urgency, long, short_window(long), share)
        after_at = after.span if after is not None else node.span
        return _Burn(tier, spec.severity, for_, after_at, node.span_at("threshold"))

    def _is_burn_rate(self, condition: written.Condition, node: Node) -> bool:
        if condition.kind is not None and _plain(condition.kind) != "burnrate":
            self.report.report(
                codes.NO_EQUIVALENT,
                node.span_at("kind"),
                f"`{condition.kind}` is no condition that slogen alerts on",
                help="write `kind: burnrate`",
            )
            return False
        sound = True
        if condition.op in ("lt", "lte"):
            self.report.report(
                codes.BAD_VALUE,
                node.span_at("op"),
                f"`{condition.op}` would alert while the budget is not burnt",
                help="write `op: gte`",
            )
            sound = False
        if condition.threshold <= 0:
            self.report.report(
                codes.BAD_VALUE,
                node.span_at("threshold"),
                f"`{condition.threshold}` is no burn rate: the alert would always fire",
                help="write a number above zero; 1 spends the budget within the window of the objective",
            )
            sound = False
        return sound

    def _fits(self, long: Millis, node: Node) -> bool:
        """Whether the window of a condition is one within the window of the objective."""
        if self.period is None:  # what is wrong with it has been said
            return False
        at = node.span_at("lookbackWindow")
        if self.period.length is None:
            self.report.report(
                codes.NO_EQUIVALENT,
                at,
                "a burn rate is relative to the window of the objective, and the SLO has none",
                help="add `timeWindow: [{duration: 30d, isRolling: true}]` to the SLO",
            )
            return False
        if long > self.period.length:
            self.report.report(
                codes.BAD_VALUE,
                at,
                f"`{at.text}` is more than the window of {durations.render(self.period.length)}",
                help="write a window that fits into it, such as `1h`",
            )
            return False
        return True


def urgency_of(severity: str) -> Urgency:
    """Whether a severity wakes somebody up."""
    return Urgency.PAGE if _plain(severity) in _PAGES else Urgency.TICKET


def short_window(long: Millis) -> Millis:
    """The workbook's short window: a twelfth of the long one, in whole minutes.

    A single minute holds no more than one sample of what is scraped once a minute, and no rate.
    """
    twelfth = -(-long // (12 * _MINUTE)) * _MINUTE
    return Millis(min(max(twelfth, 2 * _MINUTE), long))


def _at(node: Node, key: str) -> Node:
    found = node.get(key)
    assert found is not None
    return found


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


# all policies together --------------------------------------------------------------------------------


def _joined(said: Sequence[_Said], report: Report) -> Alerts | None:
    burns = _distinct(policy.burn for policy in said if policy.burn is not None)
    told = [one for policy in said for one in policy.told]
    first = _first(told)
    drafts = {urgency: _alert(urgency, burns, told, first, report) for urgency in Urgency}
    page, ticket = drafts[Urgency.PAGE], drafts[Urgency.TICKET]
    if page is None or ticket is None:
        return None
    return Alerts(
        AlertingDraft(page=page, ticket=ticket, absent=_absent(said)),
        tuple(one.tier for one in burns),
        first.owner if first is not None else None,
        first.at if first is not None else None,
        fit_tiers=not burns,
        thresholds=tuple(one.threshold_at for one in burns),
    )


def can_fire(alerts: Alerts, window: Millis | None, objective: Decimal, report: Report) -> bool:
    """Whether the burn rates of all conditions can be reached at an objective; reports those that cannot."""
    sound = True
    budget = (100 - objective) / 100
    for tier, at in zip(alerts.tiers, alerts.thresholds, strict=True):
        assert window is not None
        if burn.can_fire(tier, window, budget):
            continue
        sound = False
        most = burn.decimal_text(1 / Fraction(budget), digits=4)
        report.report(
            codes.BAD_VALUE,
            at,
            f"a burn rate of `{at.text}` cannot be reached: where all is bad, it is {most}",
            help=f"write less than `{most}`, or raise the target: the alert could never fire",
        )
    return sound


def _distinct(burns: Iterable[_Burn]) -> list[_Burn]:
    """The conditions without repetitions, the most urgent and the fastest first."""
    found: dict[tuple[Tier, str, Millis], _Burn] = {}
    for one in burns:
        found.setdefault((one.tier, one.severity, one.for_), one)
    order = list(Urgency)
    return sorted(found.values(), key=lambda one: (order.index(one.tier.urgency), one.tier.long))


def _first(told: Sequence[_Told]) -> _Told | None:
    """Who owns the SLO: who is paged, else who gets the tickets, else who is named at all."""
    for urgency in (*Urgency, None):
        for one in told:
            if one.urgency is urgency:
                return one
    return None


def _alert(
    urgency: Urgency, burns: Sequence[_Burn], told: Sequence[_Told], first: _Told | None, report: Report
) -> AlertDraft | None:
    """The alert of an urgency; None after findings."""
    own = [one for one in burns if one.tier.urgency is urgency]
    if not own:
        return AlertDraft(disable=True)
    owners = [one for one in told if one.urgency is urgency]
    if _disagree(own, report) or _are_several(owners, urgency, report):
        return None
    severities = tuple(one.severity for one in own)
    owner = owners[0].owner if owners and owners[0].owner != _owner(first) else None
    return AlertDraft(
        severity=severities[0],
        severities=severities if len(set(severities)) > 1 else (),
        for_=own[0].for_ or None,
        owner=owner,
    )


def _owner(first: _Told | None) -> str | None:
    return first.owner if first is not None else None


def _disagree(burns: Sequence[_Burn], report: Report) -> bool:
    """Whether conditions of one alert wait for different times."""
    first = burns[0]
    others = [one for one in burns if one.for_ != first.for_]
    for one in others:
        report.report(
            codes.NO_EQUIVALENT,
            one.for_at,
            f"the {one.tier.urgency} cannot wait for {_waited(one)} and for {_waited(first)}",
            also=(Label(first.for_at, "the other one"),),
            help=f"write the same `alertAfter` in all conditions of a {one.tier.urgency}",
        )
    return bool(others)


def _waited(one: _Burn) -> str:
    return f"`{durations.render(one.for_)}`"


def _are_several(told: Sequence[_Told], urgency: Urgency, report: Report) -> bool:
    """Whether an alert would have several owners."""
    others = [one for one in told if one.owner != told[0].owner]
    for one in others:
        report.report(
            codes.NO_EQUIVALENT,
            one.at,
            f"the {urgency} has one owner, and `{told[0].owner}` is it already",
            also=(Label(told[0].at, "the owner"),),
            help="name one target, and let Alertmanager's route of that owner lead to several receivers",
        )
    return bool(others)


def _absent(said: Sequence[_Said]) -> AlertDraft:
    """The alert that there is no data: as urgent as the policy that asks for it."""
    for policy in said:
        if policy.when_no_data:
            return AlertDraft(severity=policy.severity)
    return AlertDraft(disable=any(policy.when_no_data is False for policy in said))
