"""The situations in which rule sets are compared, and what is read from their results."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import workload
from promserver import Server
from replay import Replayed, Span, Wanted, replay, ticks
from rulefile import Rule, RuleSet, parse_duration_ms
from sloth_rules import PAGE_TIERS, TICKET_TIERS
from workload import Model, Pod, Scenario

SECOND_MS = 1_000
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
# Sloth's and slogen's names of an error ratio, and Pyrra's: its "burn rate" is the plain ratio.
RATIO_NAME = re.compile(r"slo:sli_error:ratio_rate(\w+)|\w+:burnrate(\w+)")
# Pyrra's windows are fractions of the period: 1h4m where others have 1h.
NEAR_WINDOW = 0.1
SEVERITY_LABELS = ("sloth_severity", "severity", "slo_severity")
PAGE_NAMES = frozenset({"page", "critical"})
TICKET_NAMES = frozenset({"ticket", "warning"})

# 2021-01-01 00:00 UTC; scenarios follow each other with more than a period between them.
EPOCH_MS = 1_609_459_200_000
GAP_MS = 35 * DAY_MS
STEP_MS = 30 * SECOND_MS


@dataclass(frozen=True, slots=True)
class Trial:
    """A scenario and the readings wanted of it.

    `instants` holds times per window; `watched` is a span in which every recording is read at every tick;
    `alerts` is a span in which the alerts are evaluated; `onset_ms` is when the incident begins.
    """

    title: str
    model: Model
    instants: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    watched: Span | None = None
    alerts: Span | None = None
    onset_ms: int = 0


@dataclass(frozen=True, slots=True)
class Deviation:
    """Relative errors of a window's ratio against the truth: mean and largest by amount.

    `missing` counts the readings that gave no value.
    """

    window_ms: int
    mean: float
    worst: float
    missing: int


@dataclass(frozen=True, slots=True)
class Hazard:
    """What a rule set recorded around a hazard. Counts are of readings at 30 s, over all ratio windows.

    `nan` counts all recordings. `missing` counts ratios that are absent although requests came in
    the last five minutes. `worst` is the largest relative error at the end, of the windows of at least 1 h.
    """

    nan: int
    missing: int
    outside: int
    worst: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of one rule set in all trials."""

    rules: RuleSet
    replayed: Replayed


def ratio_rules(rules: RuleSet) -> dict[int, Rule]:
    """The recordings of the error ratio, by window in ms."""
    return {
        parse_duration_ms(found.group(1) or found.group(2)): rule
        for rule in rules.recordings
        if (found := RATIO_NAME.fullmatch(rule.name))
    }


def nearest_ratio(rules: RuleSet, window_ms: int) -> tuple[int, Rule] | None:
    """The recorded error ratio with the nearest window, and that window; None when none is within a tenth."""
    known = ratio_rules(rules)
    nearest = min(known, key=lambda own: abs(own - window_ms), default=None)
    if nearest is None or abs(nearest - window_ms) > NEAR_WINDOW * window_ms:
        return None
    return nearest, known[nearest]


def run(
    binary: Path, scratch: Path, sets: Sequence[RuleSet], trials: Sequence[Trial]
) -> tuple[list[Scenario], list[Outcome]]:
    """Draws the scenarios, gives each rule set a server with the same data and evaluates the rules."""
    scenarios = [workload.draw(trial.model, crc32(trial.title.encode())) for trial in trials]
    down = [span for trial in trials for span in trial.model.down]
    outcomes = []
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Server(binary, scratch / f"replay{index}", all_in_head=True))
            for index in range(len(sets))
        ]
        for scenario in scenarios:
            for payload in scenario.payloads():
                for server in servers:
                    server.write(payload)
        for server, rules in zip(servers, sets, strict=True):
            outcomes.append(Outcome(rules, replay(server, rules, _wanted(rules, trials), down)))
    return scenarios, outcomes


def _wanted(rules: RuleSet, trials: Iterable[Trial]) -> Iterator[Wanted]:
    for trial in trials:
        for window_ms, times in trial.instants.items():
            if found := nearest_ratio(rules, window_ms):
                yield Wanted(found[1], tuple((when, when) for when in times))
        if trial.watched:
            yield from (Wanted(rule, (trial.watched,)) for rule in rules.recordings)
        if trial.alerts:
            yield from (Wanted(rule, (trial.alerts,)) for rule in rules.alerts)


def deviation(outcome: Outcome, trial: Trial, scenario: Scenario, window_ms: int) -> Deviation | None:
    """How far the readings are from the truth; None when the set records no such window.

    The truth is that of the window that the set records, see `nearest_ratio`.
    """
    found = nearest_ratio(outcome.rules, window_ms)
    if found is None:
        return None
    own_ms, rule = found
    errors = []
    missing = 0
    for when in trial.instants[window_ms]:
        true = scenario.error_ratio(own_ms, when)
        read = outcome.replayed.reading(rule, when)
        if not true:
            continue
        if read is None or math.isnan(read):
            missing += 1
        else:
            errors.append(read / true - 1)
    if not errors:
        return Deviation(window_ms, math.nan, math.nan, missing)
    return Deviation(window_ms, sum(errors) / len(errors), max(errors, key=abs), missing)


def minutes_to_fire(outcome: Outcome, trial: Trial, names: frozenset[str]) -> float | None:
    """Minutes from the onset to the first evaluation at which an alert of the severity fires."""
    assert trial.alerts is not None
    alerts = outcome.rules.alerts
    label = next((key for key in SEVERITY_LABELS if any(key in rule.labels for rule in alerts)), "")
    first = [
        tick
        for rule in alerts
        if rule.labels.get(label) in names
        for tick in _fires(outcome.replayed, rule, trial.alerts)
    ]
    return (min(first) - trial.onset_ms) / MINUTE_MS if first else None


def true_minutes_to_fire(
    trial: Trial,
    scenario: Scenario,
    tiers: Sequence[tuple[float, str, int, str]],
    budget: float,
    period_ms: int,
) -> float | None:
    """The same for rules that know the exact ratios at every step of the scenario's grid."""
    assert trial.alerts is not None
    for when in range(trial.onset_ms, trial.alerts[1], trial.model.grid_ms):
        if any(_burns(scenario, tier, when, budget, period_ms) for tier in tiers):
            return (when - trial.onset_ms) / MINUTE_MS
    return None


def hazard(outcome: Outcome, trial: Trial, scenario: Scenario) -> Hazard:
    """Counts what must not happen in the watched span."""
    assert trial.watched is not None
    begin, end = trial.watched
    nan = sum(
        1
        for rule in outcome.rules.recordings
        for series in outcome.replayed.series[rule]
        for when, value in zip(series.times, series.values, strict=True)
        if begin <= when <= end and value is not None and math.isnan(value)
    )
    missing = outside = 0
    times = range(begin, end + 1, STEP_MS)
    flowing = {when: scenario.counted(5 * MINUTE_MS, when)[1] > 0 for when in times}
    ratios = ratio_rules(outcome.rules)
    for rule in ratios.values():
        for when in times:
            value = outcome.replayed.reading(rule, when)
            missing += value is None and flowing[when]
            outside += value is not None and not math.isnan(value) and not -1e-9 <= value <= 1 + 1e-9
    worst = 0.0
    for window_ms, rule in ratios.items():
        true = scenario.error_ratio(window_ms, end)
        value = outcome.replayed.reading(rule, end)
        if window_ms >= HOUR_MS and true:
            error = math.nan if value is None else value / true - 1
            worst = error if math.isnan(error) or abs(error) > abs(worst) else worst
    return Hazard(nan, missing, outside, worst)


def _fires(replayed: Replayed, rule: Rule, span: Span) -> Iterator[int]:
    """First evaluation in the span at which the alert has been active for its `for`."""
    for series in replayed.series[rule]:
        active = dict(zip(series.times, series.values, strict=True))
        since: int | None = None
        for tick in ticks(rule, span):
            if active.get(tick) is None:
                since = None
                continue
            since = tick if since is None else since
            if tick - since >= rule.hold_ms:
                yield tick
                break


def _burns(
    scenario: Scenario, tier: tuple[float, str, int, str], when: int, budget: float, period_ms: int
) -> bool:
    percent, long, long_hours, short = tier
    threshold = percent * (period_ms / HOUR_MS) / 100 / long_hours * budget
    return all(
        (scenario.error_ratio(parse_duration_ms(window), when) or 0.0) > threshold for window in (short, long)
    )


class Timeline:
    """Gives out stretches of time, far enough apart that no window sees two scenarios."""

    def __init__(self) -> None:
        self._next_ms = EPOCH_MS

    def take(self, length_ms: int) -> int:
        """Start of a stretch of the given length, at midnight."""
        start = self._next_ms
        self._next_ms += -(-(length_ms + GAP_MS) // DAY_MS) * DAY_MS
        return start


def accuracy_trial(timeline: Timeline, pods: int, instants: int, period_ms: int) -> Trial:
    """Traffic that varies 10:1 over the day, errors mostly at night, restarts and pods that are replaced."""
    length = period_ms + 4 * DAY_MS
    start = timeline.take(length)
    chance = random.Random(7)
    end = start + length
    model = Model(
        name="day and night",
        start_ms=start,
        end_ms=end,
        grid_ms=10 * SECOND_MS,
        pods=tuple(_churning_pods("acc", pods, start, end, chance)),
        rate=lambda when: 5.5 - 4.5 * math.cos(2 * math.pi * when / DAY_MS),
        error_share=lambda when: 0.001 + 0.009 * ((1 + math.cos(2 * math.pi * when / DAY_MS)) / 2) ** 2,
    )
    windows = [HOUR_MS, 6 * HOUR_MS, DAY_MS, 3 * DAY_MS]
    times = tuple(sorted(chance.randrange(start + 4 * DAY_MS, end, SECOND_MS) for _ in range(instants)))
    late = tuple(sorted(chance.randrange(start + period_ms, end, SECOND_MS) for _ in range(instants // 2)))
    return Trial("accuracy", model, {**dict.fromkeys(windows, times), period_ms: late})


def incident_trial(timeline: Timeline, share: float, horizon_ms: int, number: int) -> Trial:
    """Steady traffic without errors, then a share of errors from a known time on."""
    # The longest window of all rule sets is Pyrra's of a seventh of a period.
    history = 5 * DAY_MS
    chance = random.Random(f"{share} {number}")
    start = timeline.take(history + HOUR_MS + horizon_ms)
    onset = start + history + chance.randrange(0, HOUR_MS, 5 * SECOND_MS)
    end = onset + horizon_ms
    title = f"{share:.0%} errors"
    model = Model(
        name=title,
        start_ms=start,
        end_ms=end,
        grid_ms=5 * SECOND_MS,
        pods=tuple(Pod(f"inc-{share}-{number}-{index}", (start, end)) for index in range(2)),
        rate=lambda when: 40.0,
        error_share=lambda when: share if when >= onset else 0.0,
    )
    return Trial(title, model, alerts=(onset - 10 * MINUTE_MS, end), onset_ms=onset)


def outage_trial(timeline: Timeline, minutes: int, readings: int, period_ms: int) -> Trial:
    """Prometheus is down for some minutes, and nearly all errors happen in them."""
    before, after = period_ms - DAY_MS, 3 * DAY_MS
    start = timeline.take(before + after)
    begin = start + before + 7 * MINUTE_MS + 20 * SECOND_MS
    end = begin + minutes * MINUTE_MS
    last = start + before + after
    model = Model(
        name=f"down {minutes} min",
        start_ms=start,
        end_ms=last,
        grid_ms=10 * SECOND_MS,
        pods=tuple(Pod(f"out-{minutes}-{index}", (start, last)) for index in range(2)),
        rate=lambda when: 20.0,
        error_share=lambda when: 1.0 if begin + 20_000 <= when < end - 20_000 else 0.00001,
        down=((begin, end),),
    )
    windows = [hours * HOUR_MS for hours in (2, 6, 24, 72)]
    # The first 40 min are left out: groups that run seldom are late, which the alert timing shows already.
    instants = {
        window: _scattered(end + 40 * MINUTE_MS, begin + window - 5 * MINUTE_MS, readings)
        for window in windows
    }
    instants[period_ms] = _scattered(end + 2 * HOUR_MS, last - HOUR_MS, readings)
    return Trial(f"down {minutes} min", model, instants)


def hazard_trials(timeline: Timeline) -> Iterator[Trial]:
    """Traffic that pauses, errors that come late, a service that vanishes, counters that restart."""
    history, after = 2 * DAY_MS, 150 * MINUTE_MS

    def trial(
        title: str,
        quiet: int = 0,
        *,
        restarts: int = 0,
        vanishes: bool = False,
        late_errors: bool = False,
    ) -> Trial:
        start = timeline.take(history + quiet + after)
        begin, end = start + history, start + history + quiet + after
        resume = begin + quiet
        lives = ((start, begin), (resume, end)) if vanishes else ((start, end),)
        model = Model(
            name=title,
            start_ms=start,
            end_ms=end,
            grid_ms=10 * SECOND_MS,
            pods=tuple(
                Pod(
                    f"hz-{title}-{number}-{index}",
                    life,
                    tuple(begin + (3 * index + 4 * turn) * MINUTE_MS + 10_000 for turn in range(restarts)),
                )
                for number, life in enumerate(lives)
                for index in range(3)
            ),
            rate=lambda when: 0.0 if begin <= when < resume else 10.0,
            error_share=lambda when: 0.0 if late_errors and when < begin else 0.002,
            lazy_errors=late_errors,
        )
        return Trial(title, model, watched=(begin - 30 * MINUTE_MS, end))

    yield trial("no traffic for 20 min", 20 * MINUTE_MS)
    yield trial("no error series before the first error", late_errors=True)
    yield trial("all series vanish for 30 min", 30 * MINUTE_MS, vanishes=True)
    yield trial("counters restart three times in 10 min", restarts=3)


def page_tiers() -> Sequence[tuple[float, str, int, str]]:
    """Percent of the budget, long window, its hours, short window, for pages."""
    return PAGE_TIERS


def ticket_tiers() -> Sequence[tuple[float, str, int, str]]:
    """The same for tickets."""
    return TICKET_TIERS


def _churning_pods(prefix: str, count: int, start: int, end: int, chance: random.Random) -> Iterator[Pod]:
    for slot in range(count):
        born, generation = start, 0
        while born < end:
            dies = min(end, born + chance.randrange(40 * HOUR_MS, 90 * HOUR_MS, 10 * SECOND_MS))
            restart = chance.randrange(born, dies, 10 * SECOND_MS)
            yield Pod(f"{prefix}-{slot}-{generation}", (born, dies), (restart,))
            born, generation = dies, generation + 1


def _scattered(first: int, last: int, count: int) -> tuple[int, ...]:
    # At random: evenly spaced readings would hit the same phase of a group or of a day again and again.
    chance = random.Random(first)
    return tuple(sorted(chance.randrange(first, last, SECOND_MS) for _ in range(count)))
