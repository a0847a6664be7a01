"""`openslo/v1`: from SLOs, and the objects that they refer to, to drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from slogen import codes, names
from slogen.diagnostics import Report
from slogen.ir import Draft, Manifest, Where
from slogen.openslo import V1, alerts, indicators, metadata, objectives, periods, sources, written
from slogen.openslo.indicators import Measured
from slogen.openslo.objects import Object
from slogen.openslo.references import References
from slogen.slis.timeslice import DEFAULT_SLICE
from slogen.source import Node, Span


def drafts(slo: Object, references: References, report: Report) -> Iterator[Draft]:
    """One draft for each objective of an SLO that is without findings."""
    spec: written.SloSpec = slo.shape.spec
    node = slo.node
    check_service(slo, spec.service, references, report)
    period = periods.rolling(node.get("spec", "timeWindow"), spec.timeWindow, report)
    alerting = alerts.of_policies(slo, period, references, report)
    labels = metadata.series_labels(node, slo.shape.metadata, spec.service, report)
    annotations = metadata.alert_annotations(node, slo.shape.metadata, report)
    measured = _Measurer(slo, references, report).all()
    targets = [
        objectives.percent(at, objective.target, objective.targetPercent, report)
        for at, objective in zip(nodes(slo), spec.objectives, strict=True)
    ]
    if period is None or alerting is None or labels is None or annotations is None:
        return
    owner = alerting.owner or labels.get(names.OWNER)
    if labels.get(names.OWNER, owner) != owner:
        _report_owner(node, report)
        labels = {name: text for name, text in labels.items() if name != names.OWNER}
    for at, name, what, target in zip(nodes(slo), _names(slo), measured, targets, strict=True):
        if target is None or not alerts.can_fire(alerting, period.length, target, report) or what is None:
            continue
        yield Draft(
            service=spec.service,
            name=name,
            objective=target,
            sli=what.sli,
            spec=V1,
            manifest=Manifest(""),
            where=where(slo, at, period, alerting.owner_at),
            window=period.length,
            group_by=what.group_by,
            each_series=what.each_series,
            description=metadata.description(slo.shape.metadata, spec.description),
            owner=owner,
            labels=labels,
            annotations=annotations,
            alerting=alerting.alerting,
            tiers=alerting.tiers,
            fit_tiers=alerting.fit_tiers,
        )


def _report_owner(node: Node, report: Report) -> None:
    report.report(
        codes.NO_EFFECT,
        node.key_at("metadata", "labels", names.OWNER),
        f"`{names.OWNER}` has no effect: the notification target is the owner of the alerts",
        help="delete it, or choose another name for it",
    )


def nodes(slo: Object) -> Sequence[Node]:
    """The objectives of an SLO."""
    found = slo.node.get("spec", "objectives")
    assert found is not None
    assert isinstance(found.value, list)
    return found.value


def check_service(slo: Object, service: str, references: References, report: Report) -> None:
    """Report a service that is a declared one in another spelling; services need not be declared.

    Names that differ by more than that, such as `shop-1` and `shop-2`, may well be two services.
    """
    meant = references.meant("Service", service, slo.version)
    if meant is not None and _spelling(meant) == _spelling(service):
        report.report(
            codes.UNKNOWN_REFERENCE,
            slo.node.span_at("spec", "service"),
            f"no Service is called `{service}`",
            help=f"did you mean `{meant}`? Else add a document of kind `Service` with that name",
        )


def _spelling(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def where(slo: Object, objective: Node, period: periods.Period, owner: Span | None = None) -> Where:
    """The places of the parts of a draft."""
    node = slo.node
    parts = {"name": slo.at, "sli": objective.span_at("ratioMetrics")}
    target = objective.get("target") or objective.get("targetPercent")
    parts["objective"] = target.span if target is not None else objective.span
    indicator = objective.get("indicator") or objective.get("indicatorRef")
    indicator = indicator or node.get("spec", "indicator") or node.get("spec", "indicatorRef")
    if indicator is not None and indicator.value is not None:
        parts["sli"] = indicator.span
    parts["group_by"] = parts["sli"]
    for part, path in _PLACES.items():
        found = node.get(*path)
        if found is not None:
            parts[part] = found.span
    for part in ("alerting.page", "alerting.ticket", "alerting.absent"):
        if "alerting" in parts:
            parts[part] = parts["alerting"]
    for part, at in (("window", period.at), ("owner", owner)):
        if at is not None:
            parts[part] = at
    return Where(slo.at, parts)


_PLACES = {
    "service": ("spec", "service"),
    "labels": ("metadata", "labels"),
    "alerting": ("spec", "alertPolicies"),
}


def _names(slo: Object) -> list[str]:
    """The names of the objectives."""
    listed: Sequence[written.Objective] = slo.shape.spec.objectives
    if len(listed) == 1:
        return [slo.name]
    slugs = [_slug(objective.displayName or "") for objective in listed]
    if not all(slugs) or len(set(slugs)) < len(slugs):
        slugs = [str(i) for i in range(len(listed))]
    return [f"{slo.name}-{slug}" for slug in slugs]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


class _Measurer:
    """Reads what the objectives of an SLO measure."""

    def __init__(self, slo: Object, references: References, report: Report) -> None:
        self.slo = slo
        self.spec: written.SloSpec = slo.shape.spec
        self.references = references
        self.report = report

    def all(self) -> list[Measured | None]:
        """What each objective measures; None after findings."""
        listed = list(zip(nodes(self.slo), self.spec.objectives, strict=True))
        nothing: list[Measured | None] = [None] * len(listed)
        if not any(o.indicator is not None or o.indicatorRef is not None for o in self.spec.objectives):
            spec = self.slo.node.get("spec")
            assert spec is not None
            sli = self._sli(spec, self.spec, "an SLO")
            return [self._of(sli, *one) for one in listed] if sli is not None else nothing
        if not self._is_composite():
            return nothing
        slis = [self._sli(*one, "an objective of a composite SLO") for one in listed]
        return [
            self._of(sli, *one) if sli is not None else None for sli, one in zip(slis, listed, strict=True)
        ]

    def _is_composite(self) -> bool:
        """Whether the objectives have indicators of their own, each with a budget of its own."""
        sound = True
        for key in ("indicator", "indicatorRef"):
            if getattr(self.spec, key) is not None:
                self.report.report(
                    codes.UNKNOWN_KEY,
                    self.slo.node.key_at("spec", key),
                    f"`{key}` is here as well as in the objectives",
                    help="write it once for all objectives, or in each of them",
                )
                sound = False
        for at, objective in zip(nodes(self.slo), self.spec.objectives, strict=True):
            if objective.compositeWeight is not None:
                self.report.report(
                    codes.NO_EQUIVALENT,
                    at.key_at("compositeWeight"),
                    "`compositeWeight` makes one budget of several indicators; here each has its own",
                    help="delete it, and give each objective the target that it has by itself",
                )
                sound = False
        return sound

    def _sli(
        self, node: Node, holder: written.SloSpec | written.Objective, what: str
    ) -> tuple[written.SliSpec, Node, Object] | None:
        """The SLI that a mapping holds or refers to: what it says, its place, and the object it is in."""
        key = objectives.one_of(node, ("indicator", "indicatorRef"), what, self.report)
        if key is None:
            return None
        at = node.get(key)
        assert at is not None
        if holder.indicator is not None:
            spec = at.get("spec")
            assert spec is not None
            return holder.indicator.spec, spec, self.slo
        found = self.references.find("SLI", at, self.slo)
        spec = found.node.get("spec") if found is not None else None
        if found is None or found.shape is None or spec is None:
            return None
        return found.shape.spec, spec, found

    def _of(
        self, sli: tuple[written.SliSpec, Node, Object], at: Node, objective: written.Objective
    ) -> Measured | None:
        shape, node, origin = sli
        kind = objectives.one_of(node, ("thresholdMetric", "ratioMetric"), "an SLI", self.report)
        if kind is None:
            return None
        inner = node.get(kind)
        assert inner is not None
        if shape.ratioMetric is not None and kind == "ratioMetric":
            report_unused(at, objective, self.report)
            measured = self._ratio(inner, shape.ratioMetric, origin)
        else:
            assert shape.thresholdMetric is not None
            measured = self._threshold(inner, shape.thresholdMetric, origin, at, objective)
        return self._budgeted(measured, at, objective)

    def _ratio(self, node: Node, ratio: written.RatioMetric, origin: Object) -> Measured | None:
        if ratio.raw is not None:
            return self._raw(node, ratio, ratio.raw, origin)
        if ratio.rawType is not None:
            self.report.report(
                codes.UNKNOWN_KEY,
                node.key_at("rawType"),
                "`rawType` says what `raw` is, and there is no `raw`",
                help="delete it",
            )
        key = objectives.one_of(node, ("good", "bad"), "`ratioMetric`", self.report)
        if ratio.total is None:
            self.report.report(
                codes.MISSING_KEY,
                next(iter(node.keys.values()), node.span),
                "`total` is missing in `ratioMetric`",
                help="add `total:`",
            )
        part_shape: written.Metric | None = getattr(ratio, key) if key else None
        part = self._query(node, part_shape, key or "", origin)
        total = self._query(node, ratio.total, "total", origin)
        if part is None or total is None:
            return None
        missing = next(iter(node.keys.values()), node.span)
        return indicators.of_ratio(total, part, ratio.counter, missing, self.report)

    def _raw(
        self, node: Node, ratio: written.RatioMetric, raw: written.Metric, origin: Object
    ) -> Measured | None:
        others = [key for key in ("good", "bad", "total") if getattr(ratio, key) is not None]
        for key in others:
            self.report.report(
                codes.UNKNOWN_KEY,
                node.key_at(key),
                f"`ratioMetric` has both `raw` and `{key}`",
                help="keep one of them",
            )
        query = self._query(node, raw, "raw", origin)
        if ratio.rawType is None:
            self.report.report(
                codes.MISSING_KEY,
                node.key_at("raw"),
                "`rawType` is missing in `ratioMetric`",
                help="add `rawType: success` if 1 means that all is good, `rawType: failure` if all is bad",
            )
        if query is None or others or ratio.rawType is None:
            return None
        return indicators.of_raw(query, is_success=ratio.rawType == "success", report=self.report)

    def _threshold(
        self, node: Node, metric: written.Metric, origin: Object, at: Node, objective: written.Objective
    ) -> Measured | None:
        query = sources.query(node, metric, "thresholdMetric", origin, self.references, self.report)
        compared = compared_with(at, objective.op, objective.value, self.report)
        if query is None or compared is None:
            return None
        return indicators.of_threshold(query, *compared, self.report)

    def _query(
        self, node: Node, metric: written.Metric | None, role: str, origin: Object
    ) -> indicators.Side | None:
        inner = node.get(role)
        if metric is None or inner is None:
            return None
        return sources.query(inner, metric, role, origin, self.references, self.report)

    def _budgeted(self, measured: Measured | None, at: Node, objective: written.Objective) -> Measured | None:
        """What is measured, by the budgeting method of the SLO."""
        method = self.spec.budgetingMethod
        if method == "RatioTimeslices":
            self.report.report(
                codes.NO_EQUIVALENT,
                self.slo.node.span_at("spec", "budgetingMethod"),
                "`RatioTimeslices` averages ratios of slices, whatever their traffic is",
                help="write `Occurrences` to weigh by events, or `Timeslices` to count good slices",
            )
            return None
        if method != "Timeslices":
            return self._in_occurrences(measured, at, objective)
        if objective.timeSliceTarget is None:
            self.report.report(
                codes.MISSING_KEY,
                next(iter(at.keys.values()), at.span),
                "`timeSliceTarget` is missing in an objective by timeslices",
                help="add the share of good events that makes a slice good, such as `timeSliceTarget: 0.95`",
            )
            return None
        length = periods.slice_of(at.get("timeSliceWindow"), self.report) or DEFAULT_SLICE
        if measured is None:
            return None
        return indicators.in_slices(
            measured,
            length,
            at.span_at("timeSliceWindow"),
            objective.timeSliceTarget,
            at.span_at("timeSliceTarget"),
            self.report,
        )

    def _in_occurrences(
        self, measured: Measured | None, at: Node, objective: written.Objective
    ) -> Measured | None:
        written_keys = [
            key for key in ("timeSliceTarget", "timeSliceWindow") if getattr(objective, key) is not None
        ]
        if written_keys and self.spec.budgetingMethod is None:
            self.report.report(
                codes.MISSING_KEY,
                self.slo.node.key_at("spec"),
                "`budgetingMethod` is missing in `spec`",
                help="add `budgetingMethod: Timeslices`",
            )
            return None
        for key in written_keys:
            self.report.report(
                codes.NO_EFFECT,
                at.key_at(key),
                f"`{key}` has no effect with `budgetingMethod: Occurrences`",
                help="delete it, or write `budgetingMethod: Timeslices`",
            )
        return measured


def report_unused(at: Node, objective: written.Objective | written.AlphaObjective, report: Report) -> None:
    """Report what only a threshold has, in the objective of a ratio."""
    for key in ("op", "value"):
        if getattr(objective, key) is not None:
            report.report(
                codes.NO_EFFECT,
                at.key_at(key),
                f"`{key}` has no effect: a ratio is not compared with anything",
                help="delete it",
            )


def compared_with(
    at: Node, op: str | None, value: Decimal | None, report: Report
) -> tuple[str, Decimal] | None:
    """The operator and the number of a threshold, which needs both; None after findings."""
    first = next(iter(at.keys.values()), at.span)
    for key, found, example in (("op", op, "op: lte"), ("value", value, "value: 0.5")):
        if found is None:
            report.report(
                codes.MISSING_KEY,
                first,
                f"`{key}` is missing in an objective with a threshold",
                help=f"add `{example}`; a query that gives a ratio belongs below `ratioMetric`",
            )
    return (op, value) if op is not None and value is not None else None
