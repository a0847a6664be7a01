"""Runs scenarios: each in a test file of its own, against the rules of its proof and no others.

So no rule is evaluated for nothing, and what promtool says needs no name to belong to a scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from slogen.cli import promtool
from slogen.cli.promtool import Answer, Batch, Promtool, State
from slogen.cli.subjects import Trial
from slogen.ir import Compat, RuleSet
from slogen.proofs import Proof, Scenario
from slogen.ruletext import group_texts
from slogen.testtext import document

# A process takes 30 ms to start, and a scenario 5 to 100 ms.
_MOST_PER_PROCESS = 24
# So many processes per core, at least, that none runs long while the others have nothing left to do.
_ROUNDS = 4

Watch = Callable[[int, int], None]
"""Told how many of how many scenarios are done."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What came of a scenario; without an answer it was not run, because this promtool cannot read it."""

    trial: Trial
    answer: Answer | None

    @property
    def passed(self) -> bool:
        """Whether all of the scenario's checks hold."""
        return self.answer is not None and self.answer.state is State.PASSED

    @property
    def failed(self) -> bool:
        """Whether the scenario was run, and did not pass."""
        return self.answer is not None and not self.passed


def proven(
    tool: Promtool, trials: Sequence[Trial], jobs: int, limit: float, watch: Watch
) -> tuple[Result, ...]:
    """Run scenarios; gives the results in the order of the scenarios.

    Raises promtool.Unusable where promtool does not end, or never says anything that can be understood.
    """
    readable = [
        trial
        for trial in trials
        if tool.reads_native_histograms or not holds_native_histograms(trial.scenario)
    ]
    answers: dict[int, Answer] = {}
    with promtool.running(tool, _batches(readable, jobs), jobs, limit) as ended:
        for batch, given in ended:
            for trial, answer in zip(batch.key, given, strict=True):
                if answer.state is State.HUNG:
                    raise promtool.Unusable(_hung(tool, trial, answer))
                answers[id(trial)] = answer
            watch(len(answers), len(readable))
    _refuse_nonsense(tool, answers)
    return tuple(Result(trial, answers.get(id(trial))) for trial in trials)


def holds_native_histograms(scenario: Scenario) -> bool:
    """Whether a series of a scenario is a native histogram, which promtool reads from 2.47 on."""
    return any("{{" in run for series in scenario.inputs for run in series.values)


def rules_of(proof: Proof, rules: RuleSet) -> str:
    """A rule file that holds the groups of a proof."""
    names = set(proof.groups)
    if rules.compat is Compat.SLOTH:
        from slogen import slothyaml  # noqa: PLC0415 - not for slogen's own rules

        return slothyaml.rule_file([group for group in rules.groups if group.name in names])
    texts = zip(rules.groups, group_texts(rules), strict=True)
    chosen = "".join([text for group, text in texts if group.name in names])
    return f"groups:\n{chosen}" if chosen else "groups: []\n"


def _batches(trials: Sequence[Trial], jobs: int) -> Iterator[Batch[Sequence[Trial]]]:
    size = max(1, min(_MOST_PER_PROCESS, -(-len(trials) // (jobs * _ROUNDS))))
    for start in range(0, len(trials), size):
        yield _batch(trials[start : start + size])


def _batch(trials: Sequence[Trial]) -> Batch[Sequence[Trial]]:
    files: dict[str, str] = {}
    rule_files: dict[int, str] = {}
    tests: list[str] = []
    for trial in trials:
        proof = trial.proof
        rule_file = rule_files.get(id(proof))
        if rule_file is None:
            rule_file = rule_files[id(proof)] = f"{len(rule_files)}.rules.yaml"
            files[rule_file] = rules_of(proof, trial.subject.rules)
        test = f"{len(tests)}.test.yaml"
        files[test] = document(rule_file, [replace(proof, scenarios=(trial.scenario,))])
        tests.append(test)
    return Batch(trials, tuple(tests), files)


def _hung(tool: Promtool, trial: Trial, answer: Answer) -> str:
    return (
        f"{answer.text}, in the scenario `{trial.scenario.name}` of {trial.subject.name}\n"
        f"  = help: try `{tool.path} --version`; where the machine is slow, give it longer with --timeout"
    )


def _refuse_nonsense(tool: Promtool, answers: dict[int, Answer]) -> None:
    """A promtool that never says anything that can be understood says nothing about the rules."""
    if any(answer.state in (State.PASSED, State.FAILED) for answer in answers.values()):
        return
    for answer in answers.values():
        raise promtool.Unusable(f"`{tool.path}` does not run tests: it {answer.text}")
