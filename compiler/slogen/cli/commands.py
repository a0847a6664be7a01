"""The commands of slogen, found by name, and what happens when one of them fails."""

from __future__ import annotations

import io
import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import click

NAMES = (
    *("build", "check", "test", "route", "convert", "catalog", "explain", "report", "init", "schema"),
    "completion",
)
"""Each is a module of this package that has a `command`."""

INTERRUPTED = 130
BROKEN_PIPE = 141
_DEBUG = "slogen.debug"


class CommandFailed(Exception):  # noqa: N818 - it is no error of slogen
    """A command cannot do what it was asked for, for a reason outside of the specs; the text says which."""


class Commands(click.Group):
    """Imports a command when it is called, ends the process with what the command returns."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of the help text."""
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, None if there is none."""
        if cmd_name not in NAMES:
            return None
        command: click.Command = import_module(f"{__package__}.{cmd_name}").command
        if DEBUG not in command.params:
            command.params.append(DEBUG)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; an unknown one is wrong use."""
        name = args[0]
        if name in NAMES or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"there is no command `{name}`{_did_you_mean(name)}", ctx)

    def invoke(self, ctx: click.Context) -> int:
        """Run the command that was called and give its exit code; failures are told, not raised."""
        try:
            return super().invoke(ctx) or 0
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            return _stop_writing()
        except CommandFailed as failure:
            return _tell(ctx, f"error: {failure}")
        except OSError as error:
            return _tell(ctx, f"error: {_reason(error)}")
        except Exception as error:  # whatever it is, the user gets a sentence
            return _tell(ctx, _apology(ctx, error))

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command line and exit."""
        _escape_what_cannot_be_encoded()
        extra["standalone_mode"] = False
        try:
            status = super().main(*args, **extra)
        except click.ClickException as wrong_use:
            wrong_use.show()
            status = wrong_use.exit_code
        except click.Abort:
            status = INTERRUPTED
        sys.exit(status)


def _remember_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[_DEBUG] = True


DEBUG = click.Option(
    ["--debug"],
    is_flag=True,
    expose_value=False,
    callback=_remember_debug,
    help="Show the traceback when slogen fails.",
)


def is_debugging() -> bool:
    """Whether the command line asks to show what goes on inside."""
    return bool(click.get_current_context().meta.get(_DEBUG))


def _did_you_mean(name: str) -> str:
    from slogen.diagnostics import nearest  # noqa: PLC0415 - only for a mistake

    guess = nearest(name, NAMES)
    return f"; did you mean `{guess}`?" if guess else f"; the commands are {', '.join(NAMES)}"


def _tell(ctx: click.Context, text: str) -> int:
    if ctx.meta.get(_DEBUG):
        traceback.print_exc()
    click.echo(text, err=True)
    return 1


def _reason(error: OSError) -> str:
    what = error.strerror or str(error) or type(error).__name__
    return f"{os.fsdecode(error.filename)}: {what}" if isinstance(error.filename, str | bytes) else what


def _apology(ctx: click.Context, error: Exception) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
    remedy = "please report it" if ctx.meta.get(_DEBUG) else "please report it with what --debug shows"
    return f"error[SLO900]: slogen failed with {what}\n  = help: this is a bug in slogen; {remedy}"


def _stop_writing() -> int:
    """Nobody reads on: throw away what is still buffered, or Python complains about it at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return BROKEN_PIPE


def _escape_what_cannot_be_encoded() -> None:
    """A terminal that is not UTF-8, or a file name that is not, must not end the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
