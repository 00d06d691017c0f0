"""``text2llm models auth login``: obtain a credential by a method that its provider offers, and store it."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import click

from text2llm.cli.models.auth.command import log_in, open_stores, subject_options
from text2llm.cli.models.auth.group import QuietCommand
from text2llm.cli.options import offer, parse_origin_option
from text2llm.cli.terminal import prompts
from text2llm.commands.keep import StoreRequest, locate_provider
from text2llm.commands.login import find_methods
from text2llm.commands.store import spell_provider
from text2llm.errors import UsageError
from text2llm.login.browser import can_open_browser
from text2llm.login.methods import choose_method
from text2llm.workspace import Workspace


@click.command("login", cls=QuietCommand)
@click.option(
    "--provider", metavar="PROVIDER", required=True, shell_complete=offer("providers"), help="Provider to log in to."
)
@click.option("--method", metavar="METHOD", help="Login method; `text2llm plugins list` shows those of each provider.")
@click.option(
    "--profile-id", metavar="ID", help="The profile's id (default: PROVIDER:default, a key's PROVIDER:manual)."
)
@click.option("--set-default", is_flag=True, help="Then make the provider's first configured model the default.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser on this machine.")
@click.option("--keyring/--no-keyring", default=None, help="Store the secrets in the system's keyring, or not.")
@click.option(
    "--origin",
    metavar="URL",
    callback=parse_origin_option,
    help="Origin it may be sent to, for a custom provider: scheme, host and port.",
)
@subject_options
def command(*, set_default: bool, as_json: bool, **options: Any) -> None:
    """Log in to a provider and store the credential.

    It needs a terminal, unless the method is device-code, or api-key or setup-token from standard input.
    """
    if set_default and as_json:
        raise UsageError("--set-default and --json cannot be combined", hint="run `text2llm models set` afterwards")
    workspace = open_stores(options["config"])
    provider = spell_provider(options["provider"], workspace)
    browser = not options["no_browser"] and can_open_browser(os.environ)
    names = ("agent", "profile_id", "origin", "keyring")
    request = StoreRequest(provider, **{name: options[name] for name in names})
    locate_provider(workspace, request)  # an unknown provider ends here
    methods, has_terminal = find_methods(workspace, provider), prompts.has_terminal()
    method = choose_method(options["method"], methods, terminal=has_terminal, browser=browser)
    if set_default:
        _prefer(request, workspace, write=False)
    log_in(workspace, method, request, browser=browser, as_json=as_json)
    if set_default:
        _prefer(request, workspace, write=True)


def _prefer(request: StoreRequest, workspace: Workspace, *, write: bool) -> None:
    """Change the default model through the edit pipeline; without ``write`` it is found out whether that can be."""
    from text2llm.cli.change import apply_edit
    from text2llm.commands import edit as use_case
    from text2llm.plan.edits import prefer_provider

    edit = partial(prefer_provider, provider=request.provider, agent=workspace.find_agent(request.agent))
    if write:
        apply_edit(edit, workspace, strict=False, write=True, out=None, as_json=False)
    else:
        use_case.run(workspace, use_case.EditRequest(edit, write=False))
