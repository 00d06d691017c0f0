"""``text2llm trust``: which credential may be sent to which origin, beyond the built-in bindings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from text2llm.cli.lazy import SuggestingGroup
from text2llm.cli.options import offer, open_workspace, parse_origin_option, print_result, shared_options
from text2llm.errors import RefusedError, UsageError
from text2llm.providers.registry import load_registry
from text2llm.trust.bindings import (
    CredentialName,
    Grant,
    parse_credential_name,
    spell_name,
    variable_form,
)
from text2llm.trust.origin import Origin

if TYPE_CHECKING:
    from text2llm.plan.settings_edit import SettingsEdit

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group("trust", cls=SuggestingGroup)
def group() -> None:
    """Manage the origins each credential may be sent to.

    Grants are stored in your own settings, and in the variable TEXT2LLM_TRUSTED_ORIGINS for machines; nothing in a
    repository can grant one.
    """


@group.command("list")
@click.option(
    "--provider",
    metavar="PROVIDER",
    shell_complete=offer("providers"),
    help="Also show this provider's built-in bindings.",
)
@click.option("--all", "every", is_flag=True, help="Also show every provider's built-in bindings.")
@shared_options("json", "color")
def list_command(provider: str | None, *, every: bool, as_json: bool) -> None:
    """List grants and where each is defined."""
    from text2llm.commands.trust import list_grants
    from text2llm.report.trust import trust_json, trust_text

    found = list_grants(open_workspace(), provider, every=every)
    print_result(
        lambda: trust_json(found.grants, found.path, found.providers),
        lambda: trust_text(found.grants, found.path, found.providers),
        as_json=as_json,
    )


def _edit_options(command: _Command) -> _Command:
    credential = click.option(
        "--credential",
        metavar="NAME",
        required=True,
        callback=_parse_credential,
        help="env:NAME, profile:ID, secret:SOURCE:ENTRY, or provider:ID for its profiles and built-in variables.",
    )
    return credential(shared_options("dry-run", "json", "color")(command))


def _parse_credential(_ctx: click.Context, _parameter: click.Parameter, value: str) -> CredentialName:
    name = parse_credential_name(value)
    if name is None:  # the value is not repeated: it may be the key itself
        raise UsageError(
            "--credential is not a credential name",
            hint="write env:NAME, profile:ID, provider:ID or secret:SOURCE:ENTRY, never a value",
        )
    return spell_name(name, load_registry().spellings())


def _origin_option(*, required: bool, words: str) -> Callable[[_Command], _Command]:
    return click.option("--origin", metavar="URL", required=required, callback=parse_origin_option, help=words)


@group.command("allow")
@_origin_option(required=True, words="Scheme, host and port, exactly, such as https://llm.corp.example.")
@_edit_options
def allow_command(credential: CredentialName, origin: Origin, **options: Any) -> None:
    """Allow a credential to be sent to an origin. For interactive use; machines use TEXT2LLM_TRUSTED_ORIGINS."""
    from text2llm.plan.settings_edit import allow_edit

    if not options["dry_run"] and not sys.stdin.isatty():
        raise RefusedError(
            "a grant needs a person at a terminal",
            hint=f"on a machine, set {variable_form(credential, origin)} where no commit can change it",
        )
    _perform(allow_edit(Grant(credential, origin)), **options)


@group.command("revoke")
@_origin_option(required=False, words="The origin (default: all that the credential was granted).")
@_edit_options
def revoke_command(credential: CredentialName, origin: Origin | None, **options: Any) -> None:
    """Revoke a credential's grants."""
    from text2llm.plan.settings_edit import revoke_edit

    _perform(revoke_edit(credential, origin), **options)


def _perform(edit: SettingsEdit, *, dry_run: bool, as_json: bool) -> None:
    from text2llm.cli.change import perform
    from text2llm.commands.trust import change_grants, grant_meaning

    make = partial(change_grants, open_workspace(), edit, write=not dry_run)
    perform(make, grant_meaning, written=not dry_run, as_json=as_json)
