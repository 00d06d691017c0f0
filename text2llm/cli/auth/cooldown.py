"""``text2llm models auth clear-cooldown``: use a credential again that another tool has put aside."""

from __future__ import annotations

import os

import click

from text2llm.auth.stored import clear_profile
from text2llm.cli.auth.command import current_time, find_subject, subject_options
from text2llm.cli.auth.quiet import QuietCommand
from text2llm.cli.auth.storing import print_change


@click.command("clear-cooldown", cls=QuietCommand)
@click.argument("profile_id", metavar="ID")
@subject_options
def command(profile_id: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Let the stored credential ID be used at once, although a tool has put it aside for a while."""
    from text2llm.report.auth_change import AuthChange

    subject = find_subject(agent, config, plugins=False)  # whatever the settings are like
    changed = clear_profile(profile_id, subject.dirs, os.environ)
    action = "cleared" if changed.changed else "none"
    print_change(AuthChange(action, subject.agent, profile_id, changed, current_time()), as_json=as_json)
