"""``text2llm plugins``: the providers that plugins bring, and the logins that all providers offer."""

from __future__ import annotations

import click

from text2llm.cli.lazy import SuggestingGroup
from text2llm.cli.options import open_workspace, print_result, shared_options


@click.group("plugins", cls=SuggestingGroup)
def group() -> None:
    """Providers that do not ship with text2llm.

    A plugin is an installed distribution; it loads only when your own settings name it. docs/plugins.md says how one
    is made.
    """


@group.command("list")
@shared_options("json", "color")
def list_command(*, as_json: bool) -> None:
    """Show installed and enabled plugins, and every login.

    The logins are those that the providers offer, with what is missing to use them.
    """
    from text2llm.commands.plugins import run
    from text2llm.report.plugins import plugins_json, plugins_text

    view = run(open_workspace())
    print_result(lambda: plugins_json(view), lambda: plugins_text(view), as_json=as_json)
