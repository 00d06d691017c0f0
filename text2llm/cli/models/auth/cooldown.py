"""``text2llm models auth clear-cooldown``: use a credential again that another tool has put aside."""

from __future__ import annotations

import click

from text2llm.cli.models.auth.command import open_stores, print_change, subject_options
from text2llm.cli.models.auth.quiet import QuietCommand


@click.command("clear-cooldown", cls=QuietCommand)
@click.argument("profile_id", metavar="ID")
@subject_options
def command(profile_id: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """End the cooldown that another tool has set on the stored credential ID."""
    from text2llm.commands.store import clear_cooldown

    print_change(clear_cooldown(open_stores(config), profile_id, agent), as_json=as_json)
