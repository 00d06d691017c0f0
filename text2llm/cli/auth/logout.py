"""``text2llm models auth logout``: remove a stored credential, and say what still names it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from text2llm.auth.stored import forget_profile
from text2llm.cli.auth.command import Subject, current_time, find_subject, subject_options
from text2llm.cli.auth.quiet import QuietCommand
from text2llm.cli.auth.storing import print_change

if TYPE_CHECKING:
    from text2llm.report.auth_change import Mention


@click.command("logout", cls=QuietCommand)
@click.argument("profile_id", metavar="ID")
@subject_options
def command(profile_id: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Remove the stored credential ID, and every mention of it in the store."""
    from text2llm.report.auth_change import AuthChange

    subject = find_subject(agent, config, plugins=False)  # whatever the settings are like
    changed = forget_profile(profile_id, subject.dirs, os.environ)
    mentions, notes = (*_find_in_config(profile_id, subject),), (*_find_grants(profile_id),)
    change = AuthChange("removed", subject.agent, profile_id, changed, current_time(), mentions=mentions, notes=notes)
    print_change(change, as_json=as_json)


def _find_in_config(profile_id: str, subject: Subject) -> Iterator[Mention]:
    from text2llm.report.auth_change import Mention

    config = subject.config
    declared = config.auth.profiles.get(profile_id)
    if declared is not None:
        yield Mention(config.locate(declared.pointer, key=True), "auth.profiles")
    written = config.value_at(("auth", "order"))
    for provider, ids in written.items() if isinstance(written, dict) else ():
        for index, name in enumerate(ids if isinstance(ids, list) else ()):
            if name == profile_id:
                yield Mention(config.locate(("auth", "order", provider, index)), f"auth.order of {provider}")


def _find_grants(profile_id: str) -> Iterator[str]:
    """What the user's settings still let a credential of this id do. The removal is done, whatever they are like."""
    import shlex

    from text2llm.settings.load import load_settings
    from text2llm.settings.model import SettingsError
    from text2llm.trust.bindings import CredentialKind, CredentialName

    name = CredentialName(CredentialKind.PROFILE, profile_id)
    try:
        grants = load_settings(os.environ).grants
    except SettingsError as error:
        yield f"whether a grant names it is not known: {error.message}"
        return
    origins = ", ".join(str(grant.origin) for grant in grants if grant.credential == name)
    if origins:
        command = f"text2llm trust revoke --credential {shlex.quote(str(name))}"
        yield f"a new {profile_id} may go to {origins}, too; to take that back, run `{command}`"
