"""``text2llm models auth order``: the order in which the stored credentials of a provider are tried."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from text2llm.auth.agent_order import OrderSubject, read_order, write_order
from text2llm.cli.auth.command import current_time, find_provider, find_subject, subject_options
from text2llm.cli.auth.quiet import QuietCommand, QuietGroup
from text2llm.cli.options import offer

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group(cls=QuietGroup)
def order() -> None:
    """The order in which an agent tries the stored credentials of a provider."""


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
    _show_order(_find_subject(provider, agent, config), as_json=as_json)


@order.command("set", cls=QuietCommand)
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE...")
@_order_options
def set_order(
    profiles: tuple[str, ...], provider: str, agent: str | None, config: str | None, *, as_json: bool
) -> None:
    """Try these profiles only, in this order."""
    subject = _find_subject(provider, agent, config)
    write_order(subject, tuple(dict.fromkeys(profiles)), os.environ)
    _show_order(subject, as_json=as_json)


@order.command("clear", cls=QuietCommand)
@_order_options
def clear_order(provider: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Go back to the order of the config, or to the usual one."""
    subject = _find_subject(provider, agent, config)
    write_order(subject, (), os.environ)
    _show_order(subject, as_json=as_json)


def _find_subject(provider: str, agent: str | None, config: str | None) -> OrderSubject:
    subject = find_subject(agent, config)
    canonical = find_provider(provider, subject)
    return OrderSubject(subject.agent_id, canonical, subject.config, subject.registry.spellings())


def _show_order(subject: OrderSubject, *, as_json: bool) -> None:
    from text2llm.report.auth_order import order_json, order_text
    from text2llm.report.sanitise import json_text

    found = read_order(subject, os.environ, current_time())
    if as_json:
        click.echo(json_text(order_json(found)))
    else:
        click.echo(order_text(found), nl=False)
