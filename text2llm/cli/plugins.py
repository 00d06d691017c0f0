"""``text2llm plugins``: the providers that plugins bring, and the logins that all providers offer."""

from __future__ import annotations

import click

from text2llm.cli.options import colour_option, json_option, open_workspace, print_json


@click.group("plugins")
def group() -> None:
    """Providers that do not ship with text2llm.

    A plugin is an installed distribution; it loads only when your own settings name it. docs/plugins.md says how one
    is made.
    """


@group.command("list")
@json_option
@colour_option
def list_command(*, as_json: bool) -> None:
    """Show installed and enabled plugins, and every login.

    The logins are those that the providers offer, with what is missing to use them.
    """
    from text2llm.commands.plugins import run
    from text2llm.report.plugins import plugins_json, plugins_text

    view = run(open_workspace())
    if as_json:
        print_json(plugins_json(view))
    else:
        click.echo(plugins_text(view), nl=False)
