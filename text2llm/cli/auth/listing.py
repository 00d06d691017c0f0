"""``text2llm models auth list``: all credentials, and which of them is used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from text2llm.auth.remedy import add_command
from text2llm.auth.sources import CredentialView
from text2llm.auth.store_file import load_store
from text2llm.cli.auth.command import Subject, current_time, find_provider, find_subject, subject_options
from text2llm.cli.auth.quiet import QuietCommand
from text2llm.cli.options import (
    offer,
    output_style,
    print_json,
    terminal_width,
)
from text2llm.cli.world import open_world
from text2llm.config.resolve import build_resolver
from text2llm.status.credentials import list_credentials, list_provider, providers_in_use
from text2llm.upstream.destination import explain_unknown

if TYPE_CHECKING:
    from text2llm.report.auth_list import AuthList


@click.command("list", cls=QuietCommand)
@click.option("--provider", metavar="PROVIDER", shell_complete=offer("providers"), help="Only this provider's.")
@subject_options
def command(provider: str | None, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Show all credentials of an agent: the stored ones, the variables, those of the configuration.

    For each provider, the credential that requests use is marked, and each other one says why it is not used. The
    keyring, secret files and servers are not queried.
    """
    from text2llm.report.auth_list import list_json, list_text

    subject = find_subject(agent, config)
    found = _gather(subject, provider)
    if as_json:
        print_json(list_json(found))
    else:
        click.echo(list_text(found, output_style(), terminal_width()), nl=False)


def _gather(subject: Subject, provider: str | None) -> AuthList:
    from text2llm.report.auth_list import AuthList

    loaded = load_store(subject.dirs.own, subject.dirs.main)
    owner = subject.agent_id if loaded.is_own() else None
    settings, now = open_world(os.environ).settings, current_time()
    view = CredentialView(
        subject.config, loaded.store, os.environ, subject.registry, now, owner=owner, settings=settings
    )
    if provider is None:
        resolver = build_resolver(subject.config, subject.registry.spellings())
        listings = list_credentials(view, providers_in_use(resolver, subject.agent_id))
    else:
        listings = (list_provider(_require_known(provider, subject, view), view),)
    return AuthList(subject.agent, subject.dirs.own, loaded.path, now, listings, add_command(owner))


def _require_known(written: str, subject: Subject, view: CredentialView) -> str:
    provider = find_provider(written, subject)
    if subject.registry.get(provider) is None and provider not in view.customs and not view.book.stored(provider):
        raise explain_unknown(provider, subject.config, subject.registry)
    return provider
