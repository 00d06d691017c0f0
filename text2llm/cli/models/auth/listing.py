"""``text2llm models auth list``: all credentials, and which of them is used."""

from __future__ import annotations

import click

from text2llm.cli.models.auth.command import open_stores, subject_options
from text2llm.cli.models.auth.quiet import QuietCommand
from text2llm.cli.options import offer, output_style, print_json, terminal_width


@click.command("list", cls=QuietCommand)
@click.option("--provider", metavar="PROVIDER", shell_complete=offer("providers"), help="Only this provider's.")
@subject_options
def command(provider: str | None, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Show all credentials of an agent: the stored ones, the variables, those of the configuration.

    For each provider, the credential that requests use is marked, and each other one says why it is not used. The
    keyring, secret files and servers are not queried.
    """
    from text2llm.commands.store import list_all
    from text2llm.report.auth_list import list_json, list_text

    found = list_all(open_stores(config), provider, agent)
    if as_json:
        print_json(list_json(found))
    else:
        click.echo(list_text(found, output_style(), terminal_width()), nl=False)
