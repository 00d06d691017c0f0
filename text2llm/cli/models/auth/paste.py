"""``text2llm models auth paste-api-key``, ``paste-token`` and ``setup-token``: store an existing secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from text2llm.auth.pasted import Paste, PasteKind
from text2llm.cli.models.auth.command import DURATION, open_stores, print_change, subject_options
from text2llm.cli.models.auth.group import QuietCommand
from text2llm.cli.options import offer, parse_origin_option
from text2llm.cli.terminal import prompts
from text2llm.config.scalars import parse_duration
from text2llm.errors import UsageError

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _paste_options(command: _Command) -> _Command:
    options = (
        click.option("--profile-id", metavar="ID", help="The profile's id (default: PROVIDER:manual)."),
        click.option("--keyring/--no-keyring", default=None, help="Store the value in the system's keyring, or not."),
        click.option(
            "--origin",
            metavar="URL",
            callback=parse_origin_option,
            help="Origin it may be sent to, for a custom provider: scheme, host and port.",
        ),
        click.option("--any-form", is_flag=True, help="Accept a value in an unknown format."),
    )
    for option in reversed(options):
        command = option(command)
    return subject_options(command)


def _parse_lifetime(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    if not re.fullmatch(DURATION, value):
        raise UsageError("--expires-in is not a duration", hint="write a number and s, m, h or d, such as 365d")
    return parse_duration(value)


_provider_option = click.option(
    "--provider",
    metavar="PROVIDER",
    required=True,
    shell_complete=offer("providers"),
    help="Provider that issued the credential.",
)
_expiry_option = click.option(
    "--expires-in", "lifetime", metavar="TIME", callback=_parse_lifetime, help="Time until it expires, such as 365d."
)


def _paste(kind: PasteKind, options: dict[str, Any]) -> None:
    from text2llm.commands.keep import StoreRequest
    from text2llm.commands.paste import run
    from text2llm.commands.store import spell_provider

    workspace = open_stores(options["config"])
    provider = spell_provider(options["provider"], workspace)
    names = ("agent", "profile_id", "origin", "keyring")
    request = StoreRequest(provider, lifetime=options.get("lifetime"), **{name: options[name] for name in names})
    paste = Paste(kind, provider, any_form=options["any_form"])
    print_change(run(workspace, paste, request, prompts), as_json=options["as_json"])


@click.command("paste-api-key", cls=QuietCommand)
@_provider_option
@_paste_options
def paste_api_key(**options: Any) -> None:
    """Store an API key: prompted for without echo, or read from standard input (… < file)."""
    _paste(PasteKind.API_KEY, options)


@click.command("paste-token", cls=QuietCommand)
@_provider_option
@_expiry_option
@_paste_options
def paste_token(**options: Any) -> None:
    """Store a token: prompted for without echo, or read from standard input (… < file)."""
    _paste(PasteKind.TOKEN, options)


@click.command("setup-token", cls=QuietCommand)
@click.option(
    "--provider",
    metavar="PROVIDER",
    default="anthropic",
    show_default=True,
    shell_complete=offer("providers"),
    help="Provider that issued the credential.",
)
@_expiry_option
@_paste_options
def setup_token(**options: Any) -> None:
    """Store the long-lived token that a provider's own tool makes, such as `claude setup-token`."""
    _paste(PasteKind.SETUP_TOKEN, options)
