"""``text2llm completion``."""

from __future__ import annotations

import click

from text2llm.cli.options import shared_options

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@shared_options("color")
def command(shell: str) -> None:
    """Print a shell completion script.

    \b
    bash:  text2llm completion bash >> ~/.bashrc
    zsh:   text2llm completion zsh >> ~/.zshrc       (after compinit)
    fish:  text2llm completion fish > ~/.config/fish/completions/text2llm.fish
    """  # noqa: D301 - the backslash is for click
    from click.shell_completion import get_completion_class

    from text2llm.cli.main import main

    found = get_completion_class(shell)
    assert found is not None, "click knows these shells"
    click.echo(found(main, {}, "text2llm", "_TEXT2LLM_COMPLETE").source())
