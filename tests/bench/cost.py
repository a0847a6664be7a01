"""What a set of rules costs a Prometheus: CPU and samples read per hour of evaluation."""

from __future__ import annotations

import random
import shutil
import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from promserver import Labels, Server, double, encode_samples, write_request
from rulefile import LOOKBACK_MS, Rule, RuleSet

HOUR_MS = 3_600_000
SCRAPE_MS = 30_000
RESTART_MS = 40 * HOUR_MS
# A server with a month of data keeps it in blocks of at most a tenth of that time: so does the benchmark.
BLOCK_MS = 72 * HOUR_MS
# 2026-01-31 00:00 UTC: a multiple of every interval in use, so that all groups evaluate at this instant.
END_MS = 1_769_817_600_000

CODES = ("200", "201", "404", "500")
HANDLERS = ("/items", "/orders", "/users", "/search", "/login")
PATTERNS = 40
SERIES_PER_WRITE = 20
EMPTY_QUERY: Final = "vector(1)"


@dataclass(frozen=True, slots=True)
class Plan:
    """How thoroughly to measure: rounds per rule, and how long a round of a cheap rule is to last."""

    series: int
    rounds: int
    round_ms: float


@dataclass(frozen=True, slots=True)
class RuleCost:
    """Cost of one rule: per evaluation in ms of CPU and samples, and evaluations per hour.

    `yields` is the number of series in the rule's answer.
    """

    rule: Rule
    cpu_ms: float
    samples: int
    yields: int

    @property
    def per_hour(self) -> float:
        return HOUR_MS / self.rule.interval_ms

    @property
    def cpu_s_per_hour(self) -> float:
        return self.cpu_ms * self.per_hour / 1000

    @property
    def samples_per_hour(self) -> float:
        return self.samples * self.per_hour


@dataclass(frozen=True, slots=True)
class SetCost:
    """Costs of all rules of a set; `request_ms` is the CPU of a request whose expression costs nothing."""

    rules: RuleSet
    costs: tuple[RuleCost, ...]
    request_ms: float

    @property
    def cpu_s_per_hour(self) -> float:
        return sum(cost.cpu_s_per_hour for cost in self.costs)

    @property
    def net_cpu_s_per_hour(self) -> float:
        """Without the cost of receiving and answering the HTTP requests, which rules do not have."""
        return sum(max(cost.cpu_ms - self.request_ms, 0.0) * cost.per_hour / 1000 for cost in self.costs)

    @property
    def samples_per_hour(self) -> float:
        return sum(cost.samples_per_hour for cost in self.costs)


def measure(binary: Path, scratch: Path, sets: tuple[RuleSet, ...], plan: Plan) -> tuple[SetCost, ...]:
    """Loads raw data for every set, writes the history of its recordings and measures its rules.

    All sets have the same last block of raw data; those that read further back have older blocks, too.
    """
    folders = _load(binary, scratch, sets, plan.series)
    with ExitStack() as stack:
        servers = [stack.enter_context(Server(binary, folder)) for folder in folders]
        return _measure_in_turn(list(zip(servers, sets, strict=True)), plan)


def _load(binary: Path, scratch: Path, sets: tuple[RuleSet, ...], series: int) -> list[Path]:
    reaches = [rules.longest_raw_read_ms() + LOOKBACK_MS for rules in sets]
    begin = END_MS - min(max(reaches), BLOCK_MS + LOOKBACK_MS)
    folders = _load_last_block(binary, scratch, sets, series, begin)
    while begin > END_MS - max(reaches):
        older = max(begin - BLOCK_MS, END_MS - max(reaches))
        short_of = [folder for folder, reach in zip(folders, reaches, strict=True) if END_MS - reach < begin]
        _load_older_block(binary, scratch / f"block{begin}", short_of, series, (older, begin))
        begin = older
    return folders


def _load_older_block(
    binary: Path, scratch: Path, folders: list[Path], series: int, span: tuple[int, int]
) -> None:
    """Adds a block of raw data alone to the folders of data."""
    with Server(binary, scratch, all_in_head=True) as server:
        for payload in _raw_payloads(series, *span):
            server.write(payload)
        snapshot = server.snapshot()
    for block in snapshot.iterdir():
        for folder in folders:
            shutil.copytree(block, folder / block.name)
    shutil.rmtree(scratch)


def _load_last_block(
    binary: Path, scratch: Path, sets: tuple[RuleSet, ...], series: int, begin_ms: int
) -> list[Path]:
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Server(binary, scratch / f"load{index}", all_in_head=True))
            for index in range(len(sets))
        ]
        for payload in _raw_payloads(series, begin_ms, END_MS + 1):
            for server in servers:
                server.write(payload)
        for server, rules in zip(servers, sets, strict=True):
            _write_recordings(server, rules)
        return [server.snapshot() for server in servers]


def _raw_payloads(series: int, start_ms: int, end_ms: int) -> Iterator[bytes]:
    """Counters `http_requests_total`; a quarter of the series has a 5xx code, pods restart every 40 h."""
    bodies = [_counter(start_ms, end_ms, random.Random(seed), seed) for seed in range(PATTERNS)]
    batch: list[tuple[Labels, bytes]] = []
    for index in range(series):
        code, rest = index % len(CODES), index // len(CODES)
        labels = (
            ("__name__", "http_requests_total"),
            ("code", CODES[code]),
            ("handler", HANDLERS[rest % len(HANDLERS)]),
            ("job", "api"),
            ("namespace", "shop"),
            ("pod", f"api-7d9f4b6c5-{rest // len(HANDLERS):04d}"),
        )
        batch.append((labels, bodies[index % PATTERNS]))
        if len(batch) == SERIES_PER_WRITE:
            yield write_request(batch)
            batch = []
    if batch:
        yield write_request(batch)


def _counter(start_ms: int, end_ms: int, chance: random.Random, seed: int) -> bytes:
    scrape_phase = chance.randrange(SCRAPE_MS // 1000) * 1000
    restart_phase = seed * RESTART_MS // PATTERNS
    times = range(start_ms + scrape_phase, end_ms, SCRAPE_MS)
    values: list[bytes] = []
    value, life = 0, -1
    for time_ms in times:
        if (time_ms + restart_phase) // RESTART_MS != life:
            value, life = 0, (time_ms + restart_phase) // RESTART_MS
        value += chance.randrange(400)
        values.append(double(value))
    return encode_samples(times, values)


def _write_recordings(server: Server, rules: RuleSet) -> None:
    """Gives every recorded series as much history as the rules read, at its group's interval.

    The values do not matter for the cost; which series a rule yields is asked from the server.
    """
    for level in rules.levels:
        for rule in level:
            reach = _reach_ms(rules, rule.name)
            first = END_MS - reach // rule.interval_ms * rule.interval_ms
            times = range(first, END_MS + 1, rule.interval_ms)
            for sample in server.instant(rule.expr, END_MS).vector:
                labels = {**dict(sample.labels), **rule.labels, "__name__": rule.name}
                body = encode_samples(times, _noise(sample.value, len(times)))
                server.write(write_request([(tuple(labels.items()), body)]))


def _reach_ms(rules: RuleSet, metric: str) -> int:
    reads = (read for rule in rules.rules for read in rule.reads if read.metric == metric)
    return max((read.range_ms + read.offset_ms for read in reads), default=0) + LOOKBACK_MS


def _noise(value: float, count: int) -> list[bytes]:
    chance = random.Random(count)
    return [double(value * (0.9 + 0.2 * chance.random())) for _ in range(count)]


def _measure_in_turn(pairs: list[tuple[Server, RuleSet]], plan: Plan) -> tuple[SetCost, ...]:
    """Alternates between the sets, so that a change in the machine's speed hits all of them alike."""
    for server, rules in pairs:
        for rule in rules.rules:
            server.run(rule.expr, END_MS)
    rounds: list[list[list[float]]] = [[[] for _ in rules.rules] for _, rules in pairs]
    requests: list[list[float]] = [[] for _ in pairs]
    for _ in range(plan.rounds):
        for index, (server, rules) in enumerate(pairs):
            requests[index].append(_cpu_ms(server, EMPTY_QUERY, plan.round_ms))
            for position, rule in enumerate(rules.rules):
                rounds[index][position].append(_cpu_ms(server, rule.expr, plan.round_ms))
    return tuple(
        SetCost(
            rules=rules,
            costs=tuple(
                _rule_cost(server, rule, times)
                for rule, times in zip(rules.rules, rounds[index], strict=True)
            ),
            request_ms=statistics.median(requests[index]),
        )
        for index, (server, rules) in enumerate(pairs)
    )


def _rule_cost(server: Server, rule: Rule, times: list[float]) -> RuleCost:
    answer = server.instant(rule.expr, END_MS)
    return RuleCost(rule, statistics.median(times), answer.samples_read, len(answer.vector))


def _cpu_ms(server: Server, expr: str, round_ms: float) -> float:
    """CPU of one evaluation. Cheap expressions run many times, so that garbage collection is in the mean."""
    begin = server.cpu_ns()
    runs = 0
    while runs == 0 or (server.cpu_ns() - begin) / 1e6 < round_ms:
        server.run(expr, END_MS)
        runs += 1
    return (server.cpu_ns() - begin) / 1e6 / runs
