"""What the commands of ``models auth`` share: the store, prompts and reports."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from text2llm.cli.options import open_workspace, print_json, print_text, shared_options

if TYPE_CHECKING:
    from text2llm.commands.keep import StoreRequest
    from text2llm.commands.store import AuthChange
    from text2llm.workspace import Workspace

subject_options = shared_options("agent", "config", "json", "color")
#: The lifetime of a credential on the command line.
DURATION = r"[1-9][0-9]{0,5}[smhd]"


def open_stores(config: str | None) -> Workspace:
    """What these commands work on: without any configuration there is the main agent only."""
    return open_workspace(config, relative=False, required=False)


def print_change(change: AuthChange, *, as_json: bool) -> None:
    from text2llm.report.auth_change import auth_change_json, auth_change_text, warning_text

    if as_json:
        print_json(auth_change_json(change))
    else:
        print_text(auth_change_text(change))
        click.echo(warning_text(change), nl=False, err=True)


def log_in(workspace: Workspace, method: str, request: StoreRequest, *, browser: bool, as_json: bool) -> None:
    """Obtain a credential, store it and say so."""
    from text2llm.cli.terminal import prompts
    from text2llm.cli.terminal.dialogue import TerminalDialogue
    from text2llm.commands.login import run
    from text2llm.login.errors import LoginError

    try:
        change = run(workspace, method, request, prompts, TerminalDialogue(browser))
    except LoginError as error:
        if sys.stdout.isatty() and sys.stderr.isatty():
            raise error.quoting() from error
        raise
    print_change(change, as_json=as_json)
