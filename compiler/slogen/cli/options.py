"""The arguments and options that commands share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from slogen.ir import Compat, Millis

FORMATS = ("full", "concise", "json", "sarif", "github")
TOOLS = ("sloth",)

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _as_window(ctx: click.Context, param: click.Parameter, text: str | None) -> Millis | None:
    """The milliseconds of a Prometheus duration."""
    if text is None:
        return None
    from slogen import durations  # noqa: PLC0415 - only when the option is used

    try:
        window = durations.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from error
    if not window:
        raise click.BadParameter(f"`{text}` is no time at all", ctx, param)
    return window


def _as_labels(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    """The labels of texts of the form `name=value`."""
    labels: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"`{text}` is no label; write NAME=VALUE", ctx, param)
        if not _LABEL_NAME.fullmatch(name) or name == "__name__":
            raise click.BadParameter(f"`{name}` is no label name of Prometheus", ctx, param)
        if labels.setdefault(name, value) != value:
            raise click.BadParameter(f"`{name}` has two values", ctx, param)
    return labels


def _as_compat(ctx: click.Context, param: click.Parameter, name: str | None) -> Compat | None:
    """The tool of a name."""
    if name is None:
        return None
    from slogen.ir import Compat  # noqa: PLC0415 - only when the option is used

    return Compat(name)


DEFAULT_WINDOW = click.option(
    "--default-window",
    callback=_as_window,
    metavar="DURATION",
    help="The window of SLOs that name none, such as 28d.  [default: the Settings', else 30d]",
)
FORMAT = click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="full",
    show_default=True,
    help="How findings are printed.",
)
SLI_PLUGINS = click.option(
    "--sli-plugins",
    multiple=True,
    type=click.Path(),
    envvar="SLOGEN_SLI_PLUGINS",
    metavar="PATH",
    help="Load SLI plugins of your own: a Python file, or a folder of them; may be repeated.",
)
STRICT = click.option("--strict", is_flag=True, help="Fail on warnings, too.")
PATHS = click.argument("paths", nargs=-1, type=click.Path(allow_dash=True), metavar="[PATH]...")


def compile_options(command: _Command) -> _Command:
    """Add what every command that compiles takes: paths, and how they are compiled."""
    for decorate in (
        click.option(
            "--compat",
            type=click.Choice(TOOLS),
            callback=_as_compat,
            help="Write the rules that another tool makes of the specs, instead of slogen's.",
        ),
        click.option(
            "--extra-label",
            "extra_labels",
            multiple=True,
            callback=_as_labels,
            metavar="NAME=VALUE",
            help="Add a label to every SLO and alert; may be repeated.",
        ),
        DEFAULT_WINDOW,
        SLI_PLUGINS,
        FORMAT,
        PATHS,
    ):
        command = decorate(command)
    return command
