"""`copydesk completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from flows.commands.say import CallError

EPILOG = """\b
Examples:
  copydesk completion bash > ~/.local/share/bash-completion/completions/copydesk
  copydesk completion zsh > ~/.zfunc/_copydesk
  copydesk completion fish > ~/.config/fish/completions/copydesk.fish"""


@click.command(short_help="Print what a shell needs to complete commands and options.", epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print a script that lets a shell complete copydesk's commands, options and files.

    Save it where your shell looks for completions (see the examples), and open a new shell. Exit status: 0, or 2 if the
    call was wrong.
    """
    found = get_completion_class(shell)
    if found is None:
        raise CallError(f"this version of click knows no completion for {shell}")
    click.echo(found(context.find_root().command, {}, "copydesk", "_COPYDESK_COMPLETE").source())
    return 0
