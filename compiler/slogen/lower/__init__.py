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

The cost and accuracy of this design and of Sloth's in a real Prometheus: tests/bench/README.md.
"""

from __future__ import annotations

from slogen.ir import RuleGroup, RuleSet, Slo
from slogen.lower.alerts import absence_rule, burn_rules
from slogen.lower.recordings import Recorder


def lower(slo: Slo) -> tuple[RuleGroup, ...]:
    """The rule groups of one SLO. Cannot fail."""
    recorder = Recorder(slo)
    alerts = (*burn_rules(slo), *absence_rule(slo))
    return recorder.groups(alerts)


def rule_sets(slos: tuple[Slo, ...]) -> tuple[RuleSet, ...]:
    """The SLOs' groups, gathered by the object that they belong into, in the order of the SLOs."""
    by_object: dict[tuple[str | None, str], list[Slo]] = {}
    for slo in slos:
        by_object.setdefault((slo.manifest.namespace, slo.manifest.name), []).append(slo)
    return tuple(
        RuleSet(
            manifest=members[0].manifest,
            groups=tuple(group for slo in members for group in lower(slo)),
            where=members[0].where,
            slos=tuple(members),
        )
        for members in by_object.values()
    )
