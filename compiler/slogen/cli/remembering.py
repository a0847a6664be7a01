"""What an edit cuts off from its past: the rules of a run against those in the output folder.

Only rule files whose text has changed are looked at. It imports the compiler, so commands import it only when
they are called.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from slogen import history, names, pipeline, reading, seal
from slogen.cli import extensions
from slogen.cli.compiling import Run
from slogen.codes import HISTORY_LOST
from slogen.diagnostics import Report
from slogen.history import Loss
from slogen.ir import Draft, Rule, RuleSet, Settings, Where
from slogen.source import Span
from slogen.targets.prometheus_rule_files import FOLDER

_KEEP = "keep it as it was, or fill in the past with `promtool tsdb create-blocks-from rules`"


def with_losses(run: Run, out: Path, plugins: Sequence[str], *, whole: bool) -> Run:
    """The run with a finding for every SLO and hand-written rule whose series begin anew.

    `plugins` are the files of the user's SLI plugins. With `whole` the run has all inputs of the output
    folder: what it does not lead to is gone. Otherwise only outputs made from its inputs are looked at.
    """
    if run.failed or not run.files:
        return run
    old, new = _changed(run, out, whole=whole)
    found = history.losses(old, new) if old else ()
    return _told(run, found, plugins) if found else run


def _changed(run: Run, out: Path, *, whole: bool) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of the rule files that differ, as they are and as they will be."""
    wanted = {file.path: file.text for file in run.files if file.path.startswith(f"{FOLDER}/")}
    read = {source.path for source in run.inputs.sources}
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for path, text in wanted.items():
        before = _committed(out / path)
        if before == text:
            continue
        new[path] = text
        if before is not None and (whole or not read.isdisjoint(_origins(before))):
            old[path] = before
    if whole:
        old.update(_gone(out, wanted.keys()))
    return old, new


def _gone(out: Path, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    try:
        there = sorted(path for path in (out / FOLDER).iterdir() if path.suffix == ".yaml")
    except OSError:
        return
    for path in there:
        name = f"{FOLDER}/{path.name}"
        text = None if name in wanted else _committed(path)
        if text is not None:
            yield name, text


def _committed(file: Path) -> str | None:
    """The text of a file that slogen wrote; None for any other, and where there is none."""
    try:
        text = file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    except OSError:
        return None
    return text if seal.is_sealed(text) else None


def _origins(text: str) -> list[str]:
    return seal.origin_of(text.partition("\n")[0]).split(", ")


# places -----------------------------------------------------------------------------------------------


def _told(run: Run, losses: Sequence[Loss], plugins: Sequence[str]) -> Run:
    """The run with the losses at their places, but for those that are allowed."""
    sources = run.inputs.sources
    documents = reading.read(sources, Report(), extensions.load(plugins), lambda done, total: None)
    own = Report()
    pipeline.allowed_in(sources, documents, [*documents.of(Settings), Settings()][0], own)
    places = _Places(documents)
    for loss in losses:
        at = places.of(loss)
        if at is not None:
            message, help_ = _words(loss)
            own.report(HISTORY_LOST, at, message, help=help_)
    merged = Report()
    merged.extend(run.diagnostics)
    merged.extend(one for one in own.diagnostics if one.code is HISTORY_LOST)
    for allowed in (*run.allowed, *own.allowed):
        merged.permit(allowed)
    return replace(run, diagnostics=merged.diagnostics, allowed=merged.allowed)


class _Places:
    """Where SLOs and hand-written recording rules are written."""

    def __init__(self, documents: reading.Documents) -> None:
        self._slos = {names.slo_id(one.service, one.name): one for one in documents.of(Draft)}
        self._rules = {rule.record: rule for rule in _recordings(documents)}

    def of(self, loss: Loss) -> Span | None:
        """The part of a spec or rule that a loss comes from; None where only Prometheus could tell."""
        if loss.kind in ("recording", "recording labels"):
            rule = self._rules.get(loss.owner)
            return _of_rule(rule.where, loss) if rule is not None and rule.where is not None else None
        draft = self._slos.get(loss.owner)
        if draft is None:
            return None
        if loss.kind == "renamed":
            # The service is shared: where it is the same, the name is another.
            of_service = not loss.before.startswith(f"{draft.service}-") and "service" in draft.where
            return draft.where["service" if of_service else "name"]
        return draft.where[_PARTS[loss.kind]]


_PARTS = {"period": "window", "grouping": "group_by", "labels": "labels", "source": "name"}


def _recordings(documents: reading.Documents) -> Iterator[Rule]:
    for rules in documents.of(RuleSet):
        for group in rules.groups:
            yield from (rule for rule in group.rules if rule.record)


def _of_rule(where: Where, loss: Loss) -> Span:
    if loss.kind == "recording":
        return where.whole
    label = f"labels.{loss.after.partition('=')[0]}"
    if label in where:
        return where[label]
    return where.whole if "=" in loss.before + loss.after else where["expr"]


# words ------------------------------------------------------------------------------------------------


def _words(loss: Loss) -> tuple[str, str]:
    """What a loss means, and what to do about it."""
    blind = (
        f"for {loss.period} the budget knows only what is new" if loss.period else "the budget begins anew"
    )
    before, after = f"`{loss.before}`", f"`{loss.after}`"
    match loss.kind:
        case "renamed":
            return f"the series of {before} end, and those of {after} begin without a past: {blind}", _KEEP
        case "period":
            ratio = names.error_ratio(loss.after)
            message = f"the period was {loss.before}: `{ratio}` begins anew, and that over {loss.before} ends"
            return message, "keep the period, or change along with it what reads the series of the old one"
        case "grouping":
            was = f"by {before}" if loss.before else "by nothing"
            now = f"by {after}" if loss.after else "by nothing"
            return f"budgets were kept apart {was}, and now {now}: {blind}", _KEEP
        case "source":
            return f"the budget is now counted from {after}, which has no past: {blind}", _KEEP
        case "labels":
            return _words_of_labels(loss), _KEEP
        case "recording":
            return f"{after} was {before}: the series of that name ends, and this one has no past", _KEEP
        case "recording labels":
            return _words_of_recording(loss), _KEEP


def _words_of_labels(loss: Loss) -> str:
    during = f"for {loss.period}" if loss.period else "until the old series are forgotten"
    if not loss.after:
        return (
            f"the label `{loss.before}` is gone: {during} the budget has two series, the old one and the new"
        )
    was = f"was `{loss.before}`" if loss.before else "is new"
    return (
        f"the label `{loss.after}` {was}: {during} Prometheus refuses to record the error ratio of the "
        "period, because the old series and the new get the same labels"
    )


def _words_of_recording(loss: Loss) -> str:
    if loss.before and loss.after:
        change = f"has `{loss.after}` where it had `{loss.before}`"
    else:
        change = f"now has `{loss.after}`" if loss.after else f"had `{loss.before}` until now"
    return f"`{loss.owner}` {change}: the old series end, and the new ones have no past"
