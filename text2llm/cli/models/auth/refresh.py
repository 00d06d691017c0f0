"""``text2llm models auth refresh``: renew the access tokens of logins."""

from __future__ import annotations

import sys

import click

from text2llm.cli.models.auth.command import open_stores, subject_options
from text2llm.cli.models.auth.quiet import QuietCommand
from text2llm.cli.options import print_result
from text2llm.commands import renew
from text2llm.errors import ExitCode
from text2llm.login.refresh import Dead, Failed


@click.command("refresh", cls=QuietCommand)
@click.argument("profiles", nargs=-1, metavar="[ID]...")
@click.option("--force", is_flag=True, help="Also renew tokens that are still good.")
@subject_options
def command(profiles: tuple[str, ...], agent: str | None, config: str | None, *, force: bool, as_json: bool) -> int:
    """Renew the access tokens of logins that have expired or soon will; without ID, of every stored login.

    Exit code 1: a login can no longer be renewed, or could not be renewed now.
    """
    found = renew.run(open_stores(config), renew.RenewalRequest(profiles, agent, force))
    _print(found, as_json=as_json)
    failed = any(isinstance(outcome, Dead | Failed) for outcome in found.outcomes.values())
    return ExitCode.FAILURE if failed else ExitCode.OK


def _print(found: renew.Renewals, *, as_json: bool) -> None:
    from text2llm.report.auth_refresh import login_refresh_json, login_refresh_text

    print_result(
        lambda: login_refresh_json(found.outcomes, found.path),
        lambda: login_refresh_text(found.outcomes, terminal=sys.stdout.isatty()),
        as_json=as_json,
    )
