"""From what an SLO means to the rules that measure it and alert on it.

Why the rules look as they do
=============================

Sloth records one error ratio per window from the raw counters, all every 30 seconds, and the error ratio of
the whole period as the mean of the five minute ratios. Nearly all of its cost is the 1 d and 3 d windows,
read again and again; nearly all of its error is the last step: a mean of ratios counts a quiet night minute
as much as a busy one, and a single 0/0 makes the period NaN until it has left the window, a month later.
The design here keeps Sloth's series and changes how they come about.

**Events, not ratios.** Errors and total are recorded apart (`slo:sli_errors:*`, `slo:sli_total:*`) and the
ratio is formed last, as `errors / (total > 0) or 0 * total`. No traffic is then an error ratio of 0, not NaN;
errors without a series yet are zero (`or on () 0 * total`); a total that vanishes takes everything with it,
which the absence alert reports. Reading the recorded total for that zero costs nothing, where repeating the
query would cost as much as the query.

**Windows below two hours** build on the shortest one: the mean of six consecutive 5 m rates *is* the 30 m
rate, and two of those are the hour. The raw counters are read over five minutes only, every 30 seconds, so
a page is as early as Sloth's. (An average over all recorded rates would be shorter to write, but it is
blurred by the five minutes of each sample and pages two minutes late.) Only an indicator that adds up over
time may do so: a ratio or an opaque query is evaluated for each window.

**Windows from two hours on** read the raw counters, every 4 minutes, and **from a day on** every 30: a
window that is fifty times longer than the interval changes little in between, and only tickets wait for it.
Raw counters bridge an outage of Prometheus itself: increments that happened meanwhile are in the next
sample. (Consecutive windows, as below two hours, would be cheaper still, but lose the events of an outage
that lies where two of them meet.) Above the five minute lookback a plain read would see nothing most of the
time, so the ratio of the long windows is formed every 4 minutes from the last recorded errors and total.

**The period** adds up what an hour saw (`increase1h`, recorded every 4 minutes, hence divided by 15), from
the raw counters, again so that an outage loses at most a part. The price is that an error counts fully only
an hour later: the remaining budget trails by half an hour on average. The alerts' text therefore says what
the current window spends by itself.

**Groups.** What reads each other in the same evaluation stands in one group, in order: Prometheus evaluates
groups at different instants. Three groups per SLO (fast, slow, long), each below 20 rules, the limit of
Mimir.

**Labels.** Events are recorded under the identity of the SLO alone; the author's labels are on the ratios and
the metadata, as in Sloth. Renaming a team therefore cuts no history that a rule reads.

An adjustment may take the author's labels off the series again: then the alerts have them alone, and what is
made of a series that keeps them drops them, because the two windows of a tier only compare with equal labels.

**Every series by itself.** The labels are known only when an alert fires: its text lists those that it finds,
and says nothing that would take a query for this series and no other.

The cost and accuracy of this design and of Sloth's in a real Prometheus: tests/bench/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from slogen.ir import Compat, Manifest, RuleGroup, RuleSet, Slo
from slogen.lower.alerts import absence_rule, budget_rules, burn_rules
from slogen.lower.recordings import Recorder


def lower(slo: Slo) -> tuple[RuleGroup, ...]:
    """The rule groups of one SLO: slogen's own, or those of the tool that it names. Cannot fail."""
    if slo.compat is Compat.SLOTH:
        from slogen.lower.sloth import sloth_groups  # noqa: PLC0415 - not for slogen's own rules

        return sloth_groups(slo)
    recorder = Recorder(slo)
    alerts = (*burn_rules(slo), *budget_rules(slo), *absence_rule(slo))
    return recorder.groups(alerts)


def rule_sets(slos: tuple[Slo, ...]) -> tuple[RuleSet, ...]:
    """The SLOs' groups, gathered by the object that they belong into, in the order of the SLOs."""
    by_object: dict[tuple[str | None, str], list[Slo]] = {}
    for slo in slos:
        by_object.setdefault((slo.manifest.namespace, slo.manifest.name), []).append(slo)
    return tuple(_rule_set(members) for members in by_object.values())


def _rule_set(slos: Sequence[Slo]) -> RuleSet:
    """One object. It is laid out as another tool does it where all of its rules are that tool's."""
    compat = slos[0].compat if len({slo.compat for slo in slos}) == 1 else None
    return RuleSet(
        manifest=_manifest(slos[0].manifest, compat),
        groups=tuple(group for slo in slos for group in lower(slo)),
        where=slos[0].where,
        slos=tuple(slos),
        compat=compat,
    )


def _manifest(manifest: Manifest, compat: Compat | None) -> Manifest:
    if compat is not Compat.SLOTH:
        return manifest
    from slogen.lower.sloth import MANIFEST_LABELS  # noqa: PLC0415 - not for slogen's own rules

    return replace(manifest, labels={**manifest.labels, **MANIFEST_LABELS})
