"""Conditions of alerts as people write them, with the mistakes that people make."""

from __future__ import annotations

from random import Random

from catalogued_worlds import OF_NOBODY

METRICS = {
    "shop_requests_total": ("code", "method", "page"),
    "shop_seconds_bucket": ("method", "namespace", "le"),
    "shop_seconds_count": ("method", "namespace"),
    "shop_seconds_sum": ("method",),
    "shop_seconds": ("method",),
    "shop_load": ("queue",),
    "shop_temp": ("zone",),
    "shop_lag_seconds": ("queue", "quantile"),
    "shop_old_total": (),
    "shop_new_total": (),
    "shop_orders_total": ("method",),
    "web_requests_total": ("status", "page"),
    "web_sessions": ("namespace",),
    "shared_total": ("code", "method", "zone"),
    "side_up": ("job", "kind"),
    "side_debug_total": (),
    "up": ("job",),
    "tier:load:sum": ("queue",),
    **OF_NOBODY,
}
_OF_TARGETS = ("job", "instance", "namespace", "pod", "team", "cluster")
_ANY_LABEL = ("zone", "exported_namespace", "foo", "node", "code", "status", "le", "queue", "version")
_ASKED = {
    "code": ("200", "500", "5..", "5xx", "5[0-9]{2}"),
    "status": ("ok", "failed", "ok|error"),
    "method": ("GET", "get"),
    "le": ("1", "1.0", "0.1", "+Inf", "5", "0.50"),
    "quantile": ("0.99", "0.9"),
    "kind": ("a", "c"),
    "namespace": ("prod", ".+"),
    "job": ("api", ".*"),
}
_NUMBERS = ("0", "1", "0.5", "0.99", "90", "100", "10", "-1", "1e6", "-300", "time()", "scalar(size_bytes)")


class Alerts:
    """Makes random conditions; `dice` decides on everything."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice

    def condition(self, depth: int = 2) -> str:
        """The condition of an alert."""
        pick, value = self.dice.choice, self._value(depth)
        chance = self.dice.random()
        if chance < 0.62:
            return f"({value}) {pick(('>', '>', '<', '>=', '<=', '==', '!='))} {pick(_NUMBERS)}"
        if chance < 0.68:
            return f"{pick(_NUMBERS)} {pick(('<', '>', '=='))} ({value})"
        if chance < 0.74:
            return f"({value}) {pick(('>', '<', '=='))}{self._matching()} ({self._value(depth - 1)})"
        if chance < 0.8:
            return pick((f"absent({value})", f"({value}) > bool 1", f"{value} > 0 or vector(0)"))
        if depth <= 0:
            return f"({value}) > 0"
        joined = f"{pick(('and', 'and', 'unless', 'or'))}{self._matching()}"
        return f"({self.condition(depth - 1)}) {joined} ({self.condition(depth - 1)})"

    def label(self, metric: str = "") -> str:
        """A label, mostly one that the metric or its target has."""
        own, chance = METRICS.get(metric, ()), self.dice.random()
        if own and chance < 0.55:
            return self.dice.choice(own)
        return self.dice.choice(_OF_TARGETS if chance < 0.85 else _ANY_LABEL)

    def selector(self, metric: str) -> str:
        """A selector of a metric."""
        pick, matchers = self.dice.choice, []
        for _ in range(pick((0, 0, 1, 1, 2))):
            label = self.label(metric)
            asked = "" if self.dice.random() < 0.05 else pick(_ASKED.get(label, ("v1", "v1|v2")))
            matchers.append(f'{label}{pick(("=", "=", "=~", "!=", "!~"))}"{asked}"')
        return metric + ("{" + ",".join(matchers) + "}" if matchers else "")

    def metric(self, *suffixes: str) -> str:
        """A metric, mostly one with such a suffix."""
        fitting = [name for name in METRICS if name.endswith(suffixes)] if suffixes else []
        return self.dice.choice(fitting if fitting and self.dice.random() < 0.9 else list(METRICS))

    def _labels(self, metric: str = "", counts: tuple[int, ...] = (0, 1, 1, 2)) -> str:
        labels = (self.label(metric) for _ in range(self.dice.choice(counts)))
        return ", ".join(dict.fromkeys(labels))

    def _matching(self) -> str:
        chance = self.dice.random()
        if chance < 0.5:
            return ""
        return f" {'on' if chance < 0.85 else 'ignoring'} ({self._labels()})"

    def _rate(self, metric: str) -> str:
        pick = self.dice.choice
        function, length = pick(("rate", "rate", "increase")), pick(("5m", "5m", "5m", "1m", "10s"))
        return f"{function}({self.selector(metric)}[{length}])"

    def _grouping(self, metric: str) -> str:
        pick = self.dice.choice
        return pick(("", f" by ({self._labels(metric)})", f" without ({self._labels(metric)})"))

    def _value(self, depth: int) -> str:
        kinds = [self._plain, self._sum, self._quantile, self._ratio]
        if depth > 0:
            kinds += [self._ratio, self._joined, self._made]
        return self.dice.choice(kinds)(depth)

    def _plain(self, depth: int) -> str:
        metric, over = self.metric(), self.dice.choice(("avg_over_time", "max_over_time", "delta"))
        return self.dice.choice((self.selector(metric), f"{over}({self.selector(metric)}[5m])"))

    def _sum(self, depth: int) -> str:
        metric = self.metric("_total", "_count", "_bucket")
        return f"{self.dice.choice(('sum', 'sum', 'max'))}{self._grouping(metric)} ({self._rate(metric)})"

    def _quantile(self, depth: int) -> str:
        pick, metric = self.dice.choice, self.metric("_bucket")
        grouping = pick((f"by (le, {self.label(metric)})", "by (le)", "", "without (le)", "by (pod)"))
        share = pick(("0.9", "0.99", "0.5", "99"))
        return f"histogram_quantile({share}, sum {grouping} ({self._rate(metric)}))"

    def _ratio(self, depth: int) -> str:
        pick, metric = self.dice.choice, self.metric("_total", "_count")
        grouping = self._grouping(metric)
        other = grouping if self.dice.random() < 0.7 else self._grouping(metric)
        divisor = metric if self.dice.random() < 0.7 else self.metric("_total", "_count")
        ratio = (
            f"sum{grouping} (rate({self.selector(metric)}[5m])) /{self._matching()} "
            f"sum{other} (rate({self.selector(divisor)}[5m]))"
        )
        return pick((ratio, f"1 - {ratio}", f"100 * {ratio}"))

    def _joined(self, depth: int) -> str:
        on, included = self._labels(counts=(1, 1, 2)), self._labels("pod_info", (0, 1, 1))
        right = self.dice.choice(("pod_info", f"max by ({on}, {self.label()}) (pod_info)", self._value(0)))
        return f"({self._value(depth - 1)}) * on ({on}) group_left ({included}) {right}"

    def _made(self, depth: int) -> str:
        of = self._value(depth - 1)
        forms = (
            *(
                "abs({})",
                "round({})",
                "clamp_max({}, 1)",
                "topk(3, {})",
                "count({} == 1)",
                "-({})",
                "count({})",
            ),
            *("({}) or vector(0)", "({}) * 100", "time() - ({})", "max_over_time(({})[10m:1m])", "sqrt({})"),
            *(f"label_replace({{}}, '{self.label()}', '$1', '{self.label()}', '(.*)')", "scalar({})"),
        )
        made = self.dice.choice(forms).replace("{}", of)
        return f"vector({made})" if made.startswith("scalar") else made.replace("'", '"')
