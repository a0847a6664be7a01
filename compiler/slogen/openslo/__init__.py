"""OpenSLO, versions `openslo/v1` and `openslo/v1alpha`: what its objects say, and what they mean.

`objects` reads each object by itself, `references` finds what it refers to in all files, and then every
objective of an SLO becomes a draft of its own (`v1`, `v1alpha`). OpenSLO leaves much to its implementations;
these are slogen's decisions. Whatever has no equivalent is an error (SLO114), and what has no effect is told
(SLO115).

**Names.** In v1 the only objective of an SLO has the name of the SLO. Of several each has the name and the
slug of its `displayName` (`checkout-latency-fast`) if all have one of their own, else the name and its
position, from 0. In v1alpha it is always the position, as in Sloth.

**Windows.** Rolling windows of minutes, hours, days and weeks. A year has 365 days, as everywhere in
Prometheus; months and quarters have no fixed length. Calendar windows start anew at a date, which no rule
does.

**Ratios.** Queries with `{{.window}}` are taken as they stand, in the manner of Sloth. Sums of rates over a
range of their own, such as `sum(rate(x[5m]))`, mean the same over the window, which takes the range's place.
For all others `counter` decides what they give; without it, names such as `x_total` do. `true`: a selector,
`sum(selector)`, `sum by (..) (selector)`, sums of such and
`or vector(0)` behind the part that is good or bad; slogen adds rate() and the window. `false`: a number at an
instant, of which both sides are added up over the window at the same instants (`sum_over_time` of a
subquery), so an instant at which one side has no series counts as zero there, and an average would not do.
The result is one budget per label that both sides keep by aggregation.

**Raw ratios** are averaged over the window, leaving out the instants without a number. **Thresholds** are
compared at each evaluation. Where no aggregation decides the labels, each of their series has its budget.

**Timeslices** count slices of time, in which `timeSliceTarget` of the events (or of the samples, for a
threshold) were good.

**Alerts.** Without `alertPolicies` an SLO has slogen's usual alerts. Each burn-rate condition is a pair of
windows otherwise: `lookbackWindow`, and a twelfth of it (whole minutes, two at least), which ends the alert
soon after the burning does. Severities of people who are woken up are pages, all others tickets; the text is
the label. `alertAfter` is the alert's `for`. `alertWhenBreaching: false` takes a policy's condition away.
`alertWhenNoData` in any policy keeps the alert that there is no data; where policies say `false` only, it is
off, and where none says anything it stays. The name of the notification target is the owner of the alerts.

**Metadata.** Labels of an SLO whose names Prometheus takes are labels of its series and alerts; of a list its
items with commas between them. Annotations whose key has a prefix (`example.com/key`) are addressed to other
programs; all others are annotations of the alerts.
"""

V1 = "openslo/v1"
V1ALPHA = "openslo/v1alpha"
