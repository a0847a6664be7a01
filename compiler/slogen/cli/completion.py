"""`slogen completion`: the script that teaches a shell to complete slogen's command lines."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the script that completes slogen's commands, options and paths in SHELL.

    \b
    bash:  source <(slogen completion bash)                                in ~/.bashrc
    zsh:   source <(slogen completion zsh)                                 in ~/.zshrc
    fish:  slogen completion fish > ~/.config/fish/completions/slogen.fish
    """
    completion = get_completion_class(shell)
    assert completion is not None, f"click has no completion for {shell}"
    root = ctx.find_root().command
    click.echo(completion(root, {}, "slogen", "_SLOGEN_COMPLETE").source())
    return 0
