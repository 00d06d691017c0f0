"""``text2llm models auth order``: the order in which the stored credentials of a provider are tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from text2llm.cli.models.auth.command import open_stores, subject_options
from text2llm.cli.models.auth.quiet import QuietCommand, QuietGroup
from text2llm.cli.options import offer, print_json

if TYPE_CHECKING:
    from text2llm.workspace import Workspace

_Command = TypeVar("_Command", bound=Callable[..., Any])


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
def get_order(provider: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Show the configured and effective order."""
    _show_order(open_stores(config), provider, agent, as_json=as_json)


@order.command("set", cls=QuietCommand)
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE...")
@_order_options
def set_order(
    profiles: tuple[str, ...], provider: str, agent: str | None, config: str | None, *, as_json: bool
) -> None:
    """Try these profiles only, in this order."""
    from text2llm.commands.store import write_order

    workspace = open_stores(config)
    write_order(workspace, provider, tuple(dict.fromkeys(profiles)), agent)
    _show_order(workspace, provider, agent, as_json=as_json)


@order.command("clear", cls=QuietCommand)
@_order_options
def clear_order(provider: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Restore the configured order, or the default."""
    from text2llm.commands.store import write_order

    workspace = open_stores(config)
    write_order(workspace, provider, (), agent)
    _show_order(workspace, provider, agent, as_json=as_json)


def _show_order(workspace: Workspace, provider: str, agent: str | None, *, as_json: bool) -> None:
    from text2llm.commands.store import read_order
    from text2llm.report.auth_order import order_json, order_text

    found = read_order(workspace, provider, agent)
    if as_json:
        print_json(order_json(found))
    else:
        click.echo(order_text(found), nl=False)
