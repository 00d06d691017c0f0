"""``text2llm models auth logout``: remove a stored credential, and say what still names it."""

from __future__ import annotations

import click

from text2llm.cli.models.auth.command import open_stores, print_change, subject_options
from text2llm.cli.models.auth.quiet import QuietCommand


@click.command("logout", cls=QuietCommand)
@click.argument("profile_id", metavar="ID")
@subject_options
def command(profile_id: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Remove the stored credential ID, and every mention of it in the store."""
    from text2llm.commands.store import forget

    print_change(forget(open_stores(config), profile_id, agent), as_json=as_json)
