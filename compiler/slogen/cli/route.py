"""`slogen route`: who gets an alert, by which routes, and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from slogen.cli.options import SLI_PLUGINS

if TYPE_CHECKING:
    from collections.abc import Mapping


_YEARS = (1971, 2999)


def _as_labels(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """The labels of texts such as `owner=ml-ops`, as amtool takes them."""
    from slogen.alertmanager.matchers import MatcherError, read_label  # noqa: PLC0415 - not for --help

    labels: dict[str, str] = {}
    for text in texts:
        try:
            name, value = read_label(text)
        except MatcherError as error:
            raise click.BadParameter(str(error), ctx, param) from error
        if labels.setdefault(name, value) != value:
            raise click.BadParameter(f"`{name}` has two values", ctx, param)
    return labels


def _as_instant(ctx: click.Context, param: click.Parameter, text: str | None) -> datetime | None:
    """The instant of an ISO 8601 text; one without a zone is in UTC."""
    if text is None:
        return None
    from datetime import UTC  # noqa: PLC0415

    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    # Other years have no clocks that anybody knows.
    if instant is None or not _YEARS[0] <= instant.year <= _YEARS[1]:
        raise click.BadParameter(f"`{text}` is no instant such as 2030-01-31T09:00+01:00", ctx, param)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@click.command(short_help="Show who gets an alert, and when.")
@click.argument("labels", nargs=-1, callback=_as_labels, metavar="[LABEL=VALUE]...")
@click.option(
    "--config",
    "configs",
    multiple=True,
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="An Alertmanager configuration, or AlertmanagerConfig objects; may be repeated.",
)
@click.option(
    "--project",
    "paths",
    multiple=True,
    type=click.Path(),
    metavar="PATH",
    help="Where the specs, rules and routes are; may be repeated.  [default: slos and rules]",
)
@click.option(
    "--at", callback=_as_instant, metavar="TIME", help="When, such as 2030-01-31T09:00+01:00.  [default: now]"
)
@click.option(
    "--verify-receivers",
    "expected",
    metavar="NAME,...",
    help="Fail unless these receivers get it, in this order.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How the way is printed.",
)
@SLI_PLUGINS
def command(
    labels: Mapping[str, str],
    configs: tuple[str, ...],
    paths: tuple[str, ...],
    at: datetime | None,
    expected: str | None,
    style: str,
    sli_plugins: tuple[str, ...],
) -> int:
    """Print which routes an alert with these labels takes through the tree of Alertmanager: its receivers,
    how alerts are grouped, when the first notification comes and when the next, which alerts keep it quiet,
    and when it is muted.

    Labels are written as for amtool: owner=ml-ops, or with the value in double quotes.

    Without --config it is the tree that the project compiles to, or the configuration that is written there
    by hand. Where `alertname` names an alert of the project, the labels that are not given are those of that
    alert. Without labels, all alerts of the project are listed with their receivers.

    With --config the labels are just those that are given, and others are missing.

    Findings go to standard error. Exits with 1 when the receivers are not those of --verify-receivers or the
    input has errors.
    """
    from slogen.cli import routing  # noqa: PLC0415 - not for --help

    if configs and paths:
        raise click.UsageError("--config and --project name two trees: use one of the two")
    asked = routing.Asked(labels, at or routing.now(), expected, style)
    if configs:
        return routing.through_files(configs, asked)
    return routing.through_project(paths, sli_plugins, asked)
