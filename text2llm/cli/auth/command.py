"""What the commands of ``models auth`` have in common: whose store is meant, and how a change of it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from text2llm.cli.options import agent_option, colour_option, config_option, json_option, open_workspace, print_json

if TYPE_CHECKING:
    from text2llm.commands.store import AuthChange
    from text2llm.workspace import Workspace

_Command = TypeVar("_Command", bound=Callable[..., Any])


def open_stores(config: str | None) -> Workspace:
    """What these commands work on: without any configuration there is the main agent only."""
    return open_workspace(config, relative=False, required=False)


def subject_options(command: _Command) -> _Command:
    """``--agent``, ``--config`` and ``--json``."""
    return agent_option(config_option(json_option(colour_option(command))))


def print_change(change: AuthChange, *, as_json: bool) -> None:
    """Say what was done."""
    from text2llm.report.auth_change import auth_change_json, auth_change_text, warning_text

    if as_json:
        print_json(auth_change_json(change))
    else:
        click.echo(auth_change_text(change), nl=False)
        click.echo(warning_text(change), nl=False, err=True)
