"""What the commands of ``models auth`` share: whose store is meant, what is asked, and how a change is told."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from text2llm.cli.options import agent_option, colour_option, config_option, json_option, open_workspace, print_json
from text2llm.errors import UsageError
from text2llm.trust.origin import Origin, OriginError, parse_origin

if TYPE_CHECKING:
    from text2llm.commands.keep import StoreRequest
    from text2llm.commands.store import AuthChange
    from text2llm.workspace import Workspace

_Command = TypeVar("_Command", bound=Callable[..., Any])
#: How long a credential lives, as people write it.
DURATION = r"[1-9][0-9]{0,5}[smhd]"


def open_stores(config: str | None) -> Workspace:
    """What these commands work on: without any configuration there is the main agent only."""
    return open_workspace(config, relative=False, required=False)


def subject_options(command: _Command) -> _Command:
    """``--agent``, ``--config`` and ``--json``."""
    return agent_option(config_option(json_option(colour_option(command))))


def print_change(change: AuthChange, *, as_json: bool) -> None:
    """Say what was done."""
    from text2llm.report.auth_change import change_json, change_text, warning_text

    if as_json:
        print_json(change_json(change))
    else:
        click.echo(change_text(change), nl=False)
        click.echo(warning_text(change), nl=False, err=True)


def parse_origin_option(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Origin | None:
    """The origin that ``--origin`` names.

    Raises:
        UsageError: it is none. It is not repeated.
    """
    try:
        return None if value is None else parse_origin(value)
    except OriginError as error:
        raise UsageError(f"--origin: {error.message}", hint=error.hint) from error


def log_in(workspace: Workspace, method: str, request: StoreRequest, *, browser: bool, as_json: bool) -> None:
    """Obtain a credential, store it and say so.

    Raises:
        LoginError: at a terminal, with the provider's own words; they are for no log.
    """
    from text2llm.cli import prompts
    from text2llm.cli.dialogue import TerminalDialogue
    from text2llm.commands.login import run
    from text2llm.login.errors import LoginError

    try:
        change = run(workspace, method, request, prompts, TerminalDialogue(browser))
    except LoginError as error:
        if sys.stdout.isatty() and sys.stderr.isatty():
            raise error.quoting() from error
        raise
    print_change(change, as_json=as_json)
