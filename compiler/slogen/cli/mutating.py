"""`slogen test --mutate`: whether the proofs notice small changes of the rules that they prove.

Each mutant is run against one scenario after the other, the cheapest first, until one of them fails. Many
mutants share a promtool process.
"""

from __future__ import annotations

import heapq
import re
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from slogen.cli import promtool
from slogen.cli.commands import CommandFailed
from slogen.cli.progress import Progress
from slogen.cli.promtool import Answer, Batch, Promtool, State
from slogen.cli.testing import How, Ready
from slogen.ir import Program
from slogen.layout import file_names
from slogen.mutants import Mutant
from slogen.mutants.juries import Exam, Jury, juries, lot
from slogen.render import count
from slogen.ruletext import group_texts
from slogen.targets import prometheus_rule_files

ENOUGH = 0.95
"""The share of the mutants that can be told from the original which proofs have to notice."""

# What a process gets to do at a time: so much work, by the measure of exams, and so many tests.
_WORK = 2_000
_TESTS = 32
_SHOWN = 20
_AROUND = 48


@dataclass(slots=True, eq=False)
class _Case:
    """A mutant before its exams; without a mutant, the exams themselves are tried.

    `later` are the exams that it takes once it passed all others.
    """

    jury: Jury
    mutant: Mutant | None
    exams: list[Exam]
    later: list[Exam] = field(default_factory=list)

    @property
    def form(self) -> tuple[str, str]:
        """What is alike for the mutants of other subjects: the kind of change, and what is changed."""
        if self.mutant is None:
            return ("", "")
        return (self.mutant.kind, self.jury.original(self.mutant).record)

    def goes_on(self) -> bool:
        """Take the first exam off the list; whether there is another one."""
        del self.exams[0]
        if not self.exams:
            self.exams, self.later = self.later, []
        return bool(self.exams)


class _Experience:
    """Which scenario noticed which kind of change of which rule so far.

    It decides which one is tried next, and so how long it takes; never what comes of it.
    """

    def __init__(self) -> None:
        self._noticed: Counter[tuple[tuple[str, str], str]] = Counter()
        self._tried: Counter[tuple[tuple[str, str], str]] = Counter()

    def note(self, case: _Case, *, noticed: bool) -> None:
        """What came of the first exam of a case."""
        key = (case.form, case.exams[0].title)
        self._tried[key] += 1
        self._noticed[key] += noticed

    def sort(self, case: _Case) -> None:
        """The exams with the best odds for their work come first."""

        def price(exam: Exam) -> float:
            key = (case.form, exam.title)
            return case.jury.cost(exam) * (self._tried[key] + 2) / (self._noticed[key] + 1)

        case.exams.sort(key=price)


@dataclass(slots=True)
class Score:
    """What became of the mutants: how many of each kind were killed or are equal, and who survived."""

    killed: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)
    survivors: list[tuple[Jury, Mutant]] = field(default_factory=list)
    silencers: int = 0

    @property
    def share(self) -> float:
        """The killed ones among those that can be told from the original; 1 without any."""
        killed = self.killed.total()
        total = killed + len(self.survivors)
        return killed / total if total else 1.0

    @property
    def surviving_silencers(self) -> list[tuple[Jury, Mutant]]:
        """Survivors that keep an alert from firing when everything fails."""
        return [pair for pair in self.survivors if pair[1].silences]

    @property
    def is_enough(self) -> bool:
        """Whether the proofs are sharp enough."""
        return self.share >= ENOUGH and not self.surviving_silencers


def run(program: Program, what: Ready, how: How, sample: int | None) -> int:
    """Run mutants against the proofs of what there is to test and print the score; gives the exit code.

    `sample` is the number of mutants to try, None for all. Raises CommandFailed where the proofs fail without
    any change, or where there are none.
    """
    tool = promtool.find(how.promtool)
    subjects = {(proof.object, proof.subject) for subject in what.subjects for proof in subject.proofs}
    found = list(juries(program, subjects))
    chosen = [jury for jury in found if _exams(jury, tool)]
    if len(chosen) < len(found):
        click.echo(_too_old(len(found) - len(chosen), tool), err=True)
    if not chosen:
        raise CommandFailed(
            "there is no scenario that this promtool could run, so no change could be noticed"
        )
    with Progress(sys.stderr) as progress:
        failed = _failing(chosen, tool, how, progress)
        if failed:
            raise CommandFailed(_refusal(failed))
        score = _judged(chosen, tool, sample, how, progress)
    _print(score, program, how)
    return 0 if score.is_enough else 1


def _too_old(number: int, tool: Promtool) -> str:
    what = "the rules of one SLO are" if number == 1 else f"the rules of {number} SLOs are"
    return f"{what} left out: promtool {tool.version_text} cannot read native histograms, 2.47 or later can"


def _exams(jury: Jury, tool: Promtool) -> list[Exam]:
    """The exams that this promtool can read."""
    return [exam for exam in jury.exams if tool.reads_native_histograms or not exam.needs_native_histograms]


# the runs ---------------------------------------------------------------------------------------------


class _Docket:
    """Cases that wait for an exam, as batches: an iterator that goes on when cases come back."""

    def __init__(self, cases: Iterable[_Case]) -> None:
        self._new = iter(cases)
        self._back: deque[_Case] = deque()
        self.experience = _Experience()

    def __iter__(self) -> _Docket:
        return self

    def __next__(self) -> Batch[list[_Case]]:
        cases: list[_Case] = []
        work = 0
        while len(cases) < _TESTS and work < _WORK and (case := self._next()):
            self.experience.sort(case)
            cases.append(case)
            work += case.jury.cost(case.exams[0])
        if not cases:
            raise StopIteration
        return _batch(cases)

    def put_back(self, case: _Case) -> None:
        """A case that passed an exam, and has another before it."""
        self._back.append(case)

    def _next(self) -> _Case | None:
        # Those that wait first: else all cases would be held at once.
        return self._back.popleft() if self._back else next(self._new, None)


def _batch(cases: list[_Case]) -> Batch[list[_Case]]:
    files: dict[str, str] = {}
    tests: list[str] = []
    for number, case in enumerate(cases):
        exam = case.exams[0]
        files[f"{number}.rules.yaml"] = case.jury.rule_file(case.mutant, exam)
        files[f"{number}.test.yaml"] = exam.document(f"{number}.rules.yaml")
        tests.append(f"{number}.test.yaml")
    return Batch(cases, tuple(tests), files)


def _answers(docket: _Docket, tool: Promtool, how: How) -> Iterator[tuple[_Case, Answer]]:
    with promtool.running(tool, docket, how.jobs, how.timeout) as ended:
        for batch, answers in ended:
            for case, answer in zip(batch.key, answers, strict=True):
                # It says more about the machine than about the change.
                if answer.state is State.HUNG:
                    raise promtool.Unusable(
                        f"{answer.text}, in the scenario {case.exams[0].name}; give it longer with --timeout"
                    )
                yield case, answer


def _failing(chosen: list[Jury], tool: Promtool, how: How, progress: Progress) -> list[Exam]:
    """The exams that fail on the rules as they are."""
    cases = [_Case(jury, None, [exam]) for jury in chosen for exam in _exams(jury, tool)]
    failed: list[Exam] = []
    for done, (case, answer) in enumerate(_answers(_Docket(cases), tool, how)):
        progress("testing scenarios", done, len(cases))
        if answer.state is not State.PASSED:
            failed += case.exams
    return sorted(failed, key=lambda exam: exam.name)


def _refusal(failed: list[Exam]) -> str:
    names = "".join(f"\n  {exam.name}" for exam in failed[:_SHOWN])
    more = f"\n  and {len(failed) - _SHOWN} more" if len(failed) > _SHOWN else ""
    return (
        f"{count(len(failed), 'scenario')} failed on the rules as they are, without any change{names}{more}\n"
        "  = help: run `slogen test`, which says why"
    )


def _judged(chosen: list[Jury], tool: Promtool, sample: int | None, how: How, progress: Progress) -> Score:
    score = Score()
    last_lot, total = _drawn(chosen, sample, score, progress)
    docket = _Docket(_cases(chosen, tool, last_lot))
    done = 0
    for case, answer in _answers(docket, tool, how):
        assert case.mutant is not None
        if answer.state is State.UNREADABLE:
            raise CommandFailed(f"promtool, run on {case.exams[0].name}, {answer.text}")
        docket.experience.note(case, noticed=answer.state is not State.PASSED)
        if answer.state is State.PASSED:
            if case.goes_on():
                docket.put_back(case)
                continue
            score.survivors.append((case.jury, case.mutant))
        else:
            score.killed[case.mutant.kind] += 1
        score.silencers += case.mutant.silences
        done += 1
        progress("mutants", done, total)
    _sort(score.survivors, chosen)
    return score


def _drawn(
    chosen: list[Jury], sample: int | None, score: Score, progress: Progress
) -> tuple[bytes | None, int]:
    """The highest lot in the sample, None for all; and how many mutants there will be.

    Notes the mutants that are equal to the original.
    """
    total = 0
    lots: list[bytes] = []
    for done, jury in enumerate(chosen):
        progress("making mutants", done, len(chosen))
        for mutant in jury.mutants():
            if mutant.equal:
                score.equal[mutant.kind] += 1
                continue
            total += 1
            if sample is not None:
                lots.append(lot(jury, mutant))
    if sample is None or sample >= total:
        return None, total
    return heapq.nsmallest(sample, lots)[-1], sample


def _cases(chosen: list[Jury], tool: Promtool, last_lot: bytes | None) -> Iterator[_Case]:
    for jury in chosen:
        for mutant in jury.mutants():
            if mutant.equal or (last_lot is not None and lot(jury, mutant) > last_lot):
                continue
            readable = _exams(jury, tool)
            fed, others = ([exam for exam in exams if exam in readable] for exams in jury.exams_of(mutant))
            if fed or others:
                yield _Case(jury, mutant, fed or others, others if fed else [])


def _sort(survivors: list[tuple[Jury, Mutant]], chosen: list[Jury]) -> None:
    """In the order of the rules, whichever process was faster."""
    of_trial = {id(jury): number for number, jury in enumerate(chosen)}
    of_group = {id(jury): {g.name: n for n, g in enumerate(jury.groups)} for jury in chosen}

    def key(pair: tuple[Jury, Mutant]) -> tuple[object, ...]:
        jury, mutant = pair
        place = (of_trial[id(jury)], of_group[id(jury)][mutant.group], mutant.rule)
        return (*place, mutant.at or (0, 0), mutant.kind, mutant.what)

    survivors.sort(key=key)


# the report -------------------------------------------------------------------------------------------


def _print(score: Score, program: Program, how: How) -> None:
    _print_kinds(score)
    if score.survivors:
        _print_survivors(score, program, how)
    click.echo()
    click.echo(_sentence(score))


def _print_kinds(score: Score) -> None:
    survived = Counter(mutant.kind for _, mutant in score.survivors)
    kinds = sorted({*score.killed, *score.equal, *survived})
    click.echo(f"{'change':<12} {'killed':>8} {'survived':>9} {'equal':>7}")
    for kind in kinds:
        click.echo(f"{kind:<12} {score.killed[kind]:>8,} {survived[kind]:>9,} {score.equal[kind]:>7,}")
    click.echo(f"{'all':<12} {score.killed.total():>8,} {len(score.survivors):>9,} {score.equal.total():>7,}")


def _print_survivors(score: Score, program: Program, how: How) -> None:
    """The survivors by kind; those of several SLOs that are alike are told once."""
    lines = _RuleLines(program, how.out)
    alike: dict[tuple[str, str, str], list[tuple[Jury, Mutant]]] = {}
    for jury, mutant in score.survivors:
        key = (
            mutant.kind,
            _rule_name(jury, mutant),
            _of_any(jury, mutant, mutant.what) + _spot(jury, mutant),
        )
        alike.setdefault(key, []).append((jury, mutant))
    click.echo("\nNo proof notices these changes:")
    for kind in sorted({kind for kind, _, _ in alike}):
        click.echo(f"\n{kind}")
        for (of, name, _), members in alike.items():
            if of != kind:
                continue
            for jury, mutant in members if how.verbose else members[:1]:
                click.echo(f"  {lines.of(jury, mutant)}: {name}: {mutant.what}{_spot(jury, mutant)}")
            if len(members) > 1 and not how.verbose:
                click.echo(f"      and the same {count(len(members) - 1, 'time')} more")


def _spot(jury: Jury, mutant: Mutant) -> str:
    """Where in the expression, if what was changed stands there more than once."""
    expr = jury.original(mutant).expr
    if mutant.at is None:
        return ""
    start, end = mutant.at
    if expr.count(expr[start:end]) == 1 or end - start > _AROUND:
        return ""
    before, after = (_of_any(jury, mutant, text) for text in (expr[:start], expr[end:]))
    shown = f"{before[-_AROUND:]}>>{expr[start:end]}<<{after[:_AROUND]}"
    return f"\n      in: {' '.join(shown.split())}"


def _of_any(jury: Jury, mutant: Mutant, text: str) -> str:
    """What is told, without the name of the SLO."""
    where = jury.original(mutant).where
    for slo in jury.rules.slos:
        if slo.where is where:
            return text.replace(slo.id, "...")
    return text


def _rule_name(jury: Jury, mutant: Mutant) -> str:
    return jury.original(mutant).name


class _RuleLines:
    """Where rules stand in the output, or were written by hand."""

    _RULE = re.compile(r"^      - (?:record|alert): ")

    def __init__(self, program: Program, out: Path) -> None:
        self._out = out
        names = file_names(program.rule_sets)
        self._files = {id(rules): name for rules, name in zip(program.rule_sets, names, strict=True)}

    def of(self, jury: Jury, mutant: Mutant) -> str:
        """The place of a mutant's rule, as `path:line`."""
        where = jury.original(mutant).where
        if where is None or jury.rules.slos:
            return self._of_generated(jury, mutant)
        return f"{where.whole.source.path}:{where.whole.line}"

    def _of_generated(self, jury: Jury, mutant: Mutant) -> str:
        file = (self._out / prometheus_rule_files.FOLDER / f"{self._files[id(jury.rules)]}.yaml").as_posix()
        line = 3  # behind the seal and `groups:`
        for group, text in zip(jury.rules.groups, group_texts(jury.rules), strict=True):
            if group.name != mutant.group:
                line += text.count("\n")
                continue
            starts = [number for number, row in enumerate(text.split("\n")) if self._RULE.match(row)]
            return f"{file}:{line + starts[mutant.rule]}" if mutant.rule < len(starts) else file
        return file


def _sentence(score: Score) -> str:
    killed, total = score.killed.total(), score.killed.total() + len(score.survivors)
    enough = "" if score.share >= ENOUGH else f", and {ENOUGH:.0%} are needed"
    first = f"The proofs notice {killed:,} of {count(total, 'change')} ({score.share:.1%}){enough}."
    silent = len(score.surviving_silencers)
    if silent:
        return f"{first} {silent} of {score.silencers} that silence an alert in an outage are not noticed."
    return f"{first} All {score.silencers} that silence an alert in an outage are noticed."
