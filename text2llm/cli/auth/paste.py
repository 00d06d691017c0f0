"""``text2llm models auth paste-api-key``, ``paste-token`` and ``setup-token``: store a secret that somebody has."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from text2llm.auth.credentials import ApiKey, Credential, Token
from text2llm.auth.pasted import Paste, PasteKind, check_pasted, paste_command, require_setup_token
from text2llm.auth.stored import NewProfile
from text2llm.cli import prompts
from text2llm.cli.auth.command import Subject, current_time, find_provider, find_subject, subject_options
from text2llm.cli.auth.quiet import QuietCommand
from text2llm.cli.auth.storing import (
    check_grant,
    choose_id,
    choose_keyring,
    print_change,
    require_word,
    settle_destination,
    store_credential,
)
from text2llm.cli.options import offer
from text2llm.cli.world import open_world
from text2llm.config.durations import parse_duration
from text2llm.errors import UsageError
from text2llm.report.sanitise import clean_line
from text2llm.secret import Secret
from text2llm.trust.origin import Origin, OriginError, parse_origin
from text2llm.upstream.destination import Destination, Word, find_destination

_Command = TypeVar("_Command", bound=Callable[..., Any])
#: How long a credential lives, as people write it.
DURATION = r"[1-9][0-9]{0,5}[smhd]"


class Pasting(NamedTuple):
    """What was asked for; ``lifetime`` is in milliseconds, ``keyring`` is ``None`` where nobody said."""

    paste: Paste
    profile_id: str | None
    origin: Origin | None
    lifetime: int | None
    keyring: bool | None


def paste_secret(pasting: Pasting, subject: Subject, *, as_json: bool) -> None:
    """Ask for a secret, or read it from standard input; store it and say so.

    Raises:
        UsageError: the provider or the id is none, or there is nothing to read.
        PastedSecretError: what was given is not what was asked for.
        RefusedError: nobody has said where the credential may go.
    """
    paste = pasting.paste
    maker = _find_maker(paste, subject)
    gateways = open_world(os.environ).settings.gateways
    destination = find_destination(paste.provider, pasting.origin, subject.config, subject.registry, gateways)
    profile_id = choose_id(pasting.profile_id, paste.provider, subject)
    origin = settle_destination(destination, paste.provider)
    if origin is not None:
        check_grant(profile_id, origin)
    keyring = choose_keyring(profile_id, subject, wanted=pasting.keyring)
    if maker is not None and prompts.has_terminal():
        click.echo(f"`{maker}` makes a {paste.kind.value}", err=True)
    secret = _obtain(paste, profile_id, subject)
    require_word(destination, secret)
    now = current_time()
    credential = _make_credential(paste.kind, secret, None if pasting.lifetime is None else now + pasting.lifetime)
    new = NewProfile(profile_id, paste.provider, credential, keyring=keyring)
    notes = explain_destination(destination, profile_id)
    print_change(store_credential(new, subject, origin, notes, now=now), as_json=as_json)


def _find_maker(paste: Paste, subject: Subject) -> str | None:
    """The command that makes what is asked for, where it is a provider's own tool."""
    if paste.kind is not PasteKind.SETUP_TOKEN:
        return None
    return require_setup_token(paste.provider, subject.registry).created_by


def _obtain(paste: Paste, profile_id: str, subject: Subject) -> Secret:
    prompt = f"{paste.kind.value} of {paste.provider}, to be stored as {profile_id} in {subject.path} (not shown)"
    text = prompts.obtain_secret(f"{clean_line(prompt)}: ", paste_command(paste.kind, paste.provider))
    return check_pasted(text, paste, subject.registry)


def _make_credential(kind: PasteKind, secret: Secret, expires: int | None) -> Credential:
    return ApiKey(secret) if kind is PasteKind.API_KEY else Token(secret, expires)


def explain_destination(destination: Destination, profile_id: str) -> tuple[str, ...]:
    """What a person should know about where a credential may go."""
    if destination.note is None:
        return ()
    if destination.word is not Word.NOBODY:
        return (destination.note,)
    command = f"text2llm trust allow --credential profile:{profile_id} --origin https://HOST"
    return (f"{destination.note}; when you know it, run `{command}`",)


def _paste_options(command: _Command) -> _Command:
    options = (
        click.option("--profile-id", metavar="ID", help="The profile's id (default: PROVIDER:manual)."),
        click.option("--keyring/--no-keyring", default=None, help="Keep the value in the system's keyring, or not."),
        click.option(
            "--origin",
            metavar="URL",
            callback=parse_origin_option,
            help="Where it may go, for a provider of your own: scheme, host and port.",
        ),
        click.option("--any-form", is_flag=True, help="Accept a value in an unknown format."),
    )
    for option in reversed(options):
        command = option(command)
    return subject_options(command)


def parse_origin_option(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Origin | None:
    """The origin that ``--origin`` names.

    Raises:
        UsageError: it is none. It is not repeated.
    """
    try:
        return None if value is None else parse_origin(value)
    except OriginError as error:
        raise UsageError(f"--origin: {error.message}", hint=error.hint) from error


def _parse_lifetime(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    if not re.fullmatch(DURATION, value):
        raise UsageError("--expires-in is no duration", hint="write a number and s, m, h or d, such as 365d")
    return parse_duration(value)


_provider_option = click.option(
    "--provider",
    metavar="PROVIDER",
    required=True,
    shell_complete=offer("providers"),
    help="Provider that issued the credential.",
)
_expiry_option = click.option(
    "--expires-in", "lifetime", metavar="TIME", callback=_parse_lifetime, help="When it ends, such as 365d."
)


def _paste(kind: PasteKind, options: dict[str, Any]) -> None:
    subject = find_subject(options["agent"], options["config"])
    paste = Paste(kind, find_provider(options["provider"], subject), any_form=options["any_form"])
    pasting = Pasting(paste, options["profile_id"], options["origin"], options.get("lifetime"), options["keyring"])
    paste_secret(pasting, subject, as_json=options["as_json"])


@click.command("paste-api-key", cls=QuietCommand)
@_provider_option
@_paste_options
def paste_api_key(**options: Any) -> None:
    """Store an API key: it is asked for without echo, or read from standard input (… < file)."""
    _paste(PasteKind.API_KEY, options)


@click.command("paste-token", cls=QuietCommand)
@_provider_option
@_expiry_option
@_paste_options
def paste_token(**options: Any) -> None:
    """Store a token: it is asked for without echo, or read from standard input (… < file)."""
    _paste(PasteKind.TOKEN, options)


@click.command("setup-token", cls=QuietCommand)
@click.option(
    "--provider",
    metavar="PROVIDER",
    default="anthropic",
    show_default=True,
    help="Provider that issued the credential.",
)
@_expiry_option
@_paste_options
def setup_token(**options: Any) -> None:
    """Store the long-lived token that a provider's own tool makes, such as `claude setup-token`."""
    _paste(PasteKind.SETUP_TOKEN, options)
