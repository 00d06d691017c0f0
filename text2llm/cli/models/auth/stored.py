"""Commands for stored credentials: ``models auth list``, ``order``, ``logout``, ``refresh`` and ``clear-cooldown``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from text2llm.cli.models.auth.command import open_stores, print_change, subject_options
from text2llm.cli.models.auth.group import QuietCommand, QuietGroup
from text2llm.cli.options import offer, output_style, print_result, terminal_width
from text2llm.errors import ExitCode

if TYPE_CHECKING:
    from text2llm.workspace import Workspace

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.command("list", cls=QuietCommand)
@click.option("--provider", metavar="PROVIDER", shell_complete=offer("providers"), help="Only this provider's.")
@subject_options
def list_command(provider: str | None, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Show all credentials of an agent: the stored ones, the variables, those of the configuration.

    For each provider, the credential that requests use is marked, and each other one says why it is not used. The
    keyring, secret files and servers are not queried.
    """
    from text2llm.commands.store import list_all
    from text2llm.report.auth_list import auth_list_json, auth_list_text

    found = list_all(open_stores(config), provider, agent)
    print_result(
        lambda: auth_list_json(found), lambda: auth_list_text(found, output_style(), terminal_width()), as_json=as_json
    )


@click.command("logout", cls=QuietCommand)
@click.argument("profile_id", metavar="ID", shell_complete=offer("profiles"))
@subject_options
def logout_command(profile_id: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Remove the stored credential ID, and every mention of it in the store."""
    from text2llm.commands.store import forget

    print_change(forget(open_stores(config), profile_id, agent), as_json=as_json)


@click.command("clear-cooldown", cls=QuietCommand)
@click.argument("profile_id", metavar="ID", shell_complete=offer("profiles"))
@subject_options
def cooldown_command(profile_id: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """End the cooldown that another tool has set on the stored credential ID."""
    from text2llm.commands.store import end_cooldown

    print_change(end_cooldown(open_stores(config), profile_id, agent), as_json=as_json)


@click.group(cls=QuietGroup)
def order() -> None:
    """Show and change the order in which a provider's stored credentials are tried."""


def _order_options(command: _Command) -> _Command:
    provider = click.option(
        "--provider",
        metavar="PROVIDER",
        required=True,
        shell_complete=offer("providers"),
        help="The provider, such as anthropic.",
    )
    return provider(subject_options(command))


@order.command("get", cls=QuietCommand)
@_order_options
def order_get(provider: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Show the configured and effective order."""
    _show_order(open_stores(config), provider, agent, as_json=as_json)


@order.command("set", cls=QuietCommand)
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE...", shell_complete=offer("profiles"))
@_order_options
def order_set(
    profiles: tuple[str, ...], provider: str, agent: str | None, config: str | None, *, as_json: bool
) -> None:
    """Try these profiles only, in this order.

    The word env stands for the variables of the environment, with the one that apiKey names.
    """
    from text2llm.commands.store import write_order

    workspace = open_stores(config)
    write_order(workspace, provider, tuple(dict.fromkeys(profiles)), agent)
    _show_order(workspace, provider, agent, as_json=as_json)


@order.command("clear", cls=QuietCommand)
@_order_options
def order_clear(provider: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Restore the configured order, or the default."""
    from text2llm.commands.store import write_order

    workspace = open_stores(config)
    write_order(workspace, provider, (), agent)
    _show_order(workspace, provider, agent, as_json=as_json)


def _show_order(workspace: Workspace, provider: str, agent: str | None, *, as_json: bool) -> None:
    from text2llm.commands.store import read_order
    from text2llm.report.auth_list import order_json, order_text

    found = read_order(workspace, provider, agent)
    print_result(lambda: order_json(found), lambda: order_text(found), as_json=as_json)


@click.command("refresh", cls=QuietCommand)
@click.argument("profiles", nargs=-1, metavar="[ID]...", shell_complete=offer("profiles"))
@click.option("--force", is_flag=True, help="Also renew tokens that are still good.")
@subject_options
def refresh_command(
    profiles: tuple[str, ...], agent: str | None, config: str | None, *, force: bool, as_json: bool
) -> int:
    """Renew the access tokens of logins that have expired or soon will; without ID, of every stored login.

    Exit code 1: a login can no longer be renewed, or could not be renewed now; 4: because
    its token may not be sent to the endpoint.
    """
    from text2llm.commands import renew
    from text2llm.login.refresh import Dead, Failed
    from text2llm.report.auth_refresh import login_refresh_json, login_refresh_text

    found = renew.run(open_stores(config), renew.RenewalRequest(profiles, agent, force))
    print_result(
        lambda: login_refresh_json(found.outcomes, found.path),
        lambda: login_refresh_text(found.outcomes, terminal=sys.stdout.isatty()),
        as_json=as_json,
    )
    failed = [outcome for outcome in found.outcomes.values() if isinstance(outcome, Dead | Failed)]
    refused = any(isinstance(outcome, Failed) and outcome.refused for outcome in failed)
    return ExitCode.REFUSED if refused else ExitCode.FAILURE if failed else ExitCode.OK
