"""``text2llm models auth order``: the order in which the stored credentials of a provider are tried."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click

from text2llm.auth.agent_order import OrderSubject, read_order, write_order
from text2llm.auth.agents import require_agent
from text2llm.cli.options import agent_option, config_option, json_option
from text2llm.cli.status import read_config
from text2llm.errors import UsageError
from text2llm.providers.registry import load_registry

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group()
def order() -> None:
    """The order in which an agent tries the stored credentials of a provider."""


def _order_options(command: _Command) -> _Command:
    provider = click.option("--provider", metavar="PROVIDER", required=True, help="The provider, such as anthropic.")
    return provider(agent_option(config_option(json_option(command))))


@order.command("get")
@_order_options
def get_order(provider: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Show the order, and what it comes to."""
    _show_order(_find_subject(provider, agent, config), as_json=as_json)


@order.command("set")
@click.argument("profiles", nargs=-1, required=True, metavar="PROFILE...")
@_order_options
def set_order(
    profiles: tuple[str, ...], provider: str, agent: str | None, config: str | None, *, as_json: bool
) -> None:
    """Try these profiles only, in this order."""
    subject = _find_subject(provider, agent, config)
    write_order(subject, tuple(dict.fromkeys(profiles)), os.environ)
    _show_order(subject, as_json=as_json)


@order.command("clear")
@_order_options
def clear_order(provider: str, agent: str | None, config: str | None, *, as_json: bool) -> None:
    """Go back to the order of the config, or to the usual one."""
    subject = _find_subject(provider, agent, config)
    write_order(subject, (), os.environ)
    _show_order(subject, as_json=as_json)


def _find_subject(provider: str, agent: str | None, config: str | None) -> OrderSubject:
    loaded, spellings = read_config(config), load_registry().spellings()
    canonical = spellings.provider(provider)
    if not canonical:
        raise UsageError("--provider is empty", hint="name a provider, such as anthropic")
    return OrderSubject(None if agent is None else require_agent(agent, loaded), canonical, loaded, spellings)


def _show_order(subject: OrderSubject, *, as_json: bool) -> None:
    from text2llm.report.auth_order import order_json, order_text
    from text2llm.report.sanitise import json_text

    found = read_order(subject, os.environ, time.time_ns() // 1_000_000)
    if as_json:
        click.echo(json_text(order_json(found)))
    else:
        click.echo(order_text(found), nl=False)
