"""Storing a credential that was obtained: under which id, where, bound to what, and what is said of it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import click

from text2llm.auth.credentials import secret_refs, value_of
from text2llm.auth.order import OrderBook, order_profiles
from text2llm.auth.secret_refs import keyring_works, require_keyring
from text2llm.auth.store_file import load_store, read_store
from text2llm.auth.stored import NewProfile, keep_profile
from text2llm.cli import prompts
from text2llm.cli.auth.command import Subject, current_time
from text2llm.cli.options import print_json
from text2llm.errors import RefusedError, Text2llmError, UsageError
from text2llm.secret import RefSource, Secret
from text2llm.trust.bindings import CredentialKind, CredentialName, Grant, parse_credential_name
from text2llm.trust.origin import Origin
from text2llm.trust.public import is_public_value
from text2llm.upstream.destination import Destination, Word

if TYPE_CHECKING:
    from text2llm.providers.registry import Registry
    from text2llm.report.auth_change import AuthChange

#: Default profile name.
DEFAULT_NAME = "manual"
#: A profile's name behind its provider's id: what fits on a command line, and into the name of a grant.
_PROFILE_NAME = r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}"


class NotStoredError(Text2llmError):
    """A credential is not stored, because a person said no."""

    code = "not-stored"


def choose_id(written: str | None, provider: str, subject: Subject, name: str = DEFAULT_NAME) -> str:
    """The id that ``--profile-id`` gives; without one, the provider's with ``name``.

    Raises:
        UsageError: it is none. It is not repeated: it may be a secret in the wrong place.
        StoreError: the store cannot be used.
    """
    if written is None:
        return f"{provider}:{name}"
    if written in read_store(subject.path).profiles:
        return written
    owner, colon, rest = written.partition(":")
    if not colon or subject.registry.spellings().provider(owner) != provider or not _is_name(rest, subject.registry):
        raise UsageError(
            f"--profile-id is not an id of {provider}", hint=f"write {provider}:NAME, such as {provider}:work"
        )
    return written


def _is_name(text: str, registry: Registry) -> bool:
    from text2llm.redaction.forms import Forms

    return re.fullmatch(_PROFILE_NAME, text) is not None and not Forms(registry).find(text)


def choose_keyring(profile_id: str, subject: Subject, *, wanted: bool | None) -> bool:
    """Whether the value goes to the keyring: as ``--keyring`` says, where the replaced one is, or as a person says.

    Raises:
        SecretRefError: it is wanted, and none works.
    """
    if wanted is None:
        stored = read_store(subject.path).profiles.get(profile_id)
        refs = () if stored is None else secret_refs(stored.credential)
        wanted = any(ref.source is RefSource.KEYRING for ref in refs)
    elif not wanted:
        return False
    if wanted:
        require_keyring()
        return True
    return prompts.has_terminal() and keyring_works() and prompts.confirm("Keep it in the system's keyring?")


def settle_destination(destination: Destination, provider: str) -> Origin | None:
    """The origin that is to be granted, confirmed at the terminal when it is a config's word; else ``None``.

    Without a terminal nothing is confirmed: see :func:`require_word`.

    Raises:
        NotStoredError: the person said no.
        SettingsError: the user's settings cannot hold a grant as they are.
    """
    if destination.word is Word.CONFIG and prompts.has_terminal():
        question = f"{destination.place} sends the credential of {provider} to {destination.origin}. Do you trust it?"
        if not prompts.confirm(_clean(question)):
            raise NotStoredError("nothing was stored", hint="name another origin with --origin, if you know one")
        return destination.origin
    return destination.origin if destination.word is Word.PERSON else None


def require_word(destination: Destination, secret: Secret) -> None:
    """Without a terminal, a config's word needs a person's ``--origin``; only public values do without.

    Raises:
        RefusedError: there is none.
    """
    if not (is_public_value(secret) and destination.origin is not None and destination.origin.loopback):
        require_person(destination)


def require_person(destination: Destination) -> None:
    """Without a terminal, a config's word needs a person's ``--origin``.

    Raises:
        RefusedError: there is none.
    """
    origin = destination.origin
    if destination.word is Word.CONFIG and origin is not None and not prompts.has_terminal():
        raise RefusedError(
            f"{destination.place} sends this credential to {origin}, and there is no terminal to confirm that at",
            hint=f"if you trust it, add --origin {origin}",
        )


def check_grant(profile_id: str, origin: Origin) -> None:
    """Find out whether a grant can be stored, before a secret is asked for.

    Raises:
        UsageError: the profile's id cannot stand in a grant.
        SettingsError: the user's settings cannot be used as they are.
    """
    from text2llm.plan.settings_edit import allow_edit, plan_settings

    name = CredentialName(CredentialKind.PROFILE, profile_id)
    if parse_credential_name(str(name)) is None:
        raise UsageError("the id of this profile cannot stand in a grant", hint="name another one with --profile-id")
    plan_settings(os.environ, allow_edit(Grant(name, origin)))


def store_credential(
    new: NewProfile,
    subject: Subject,
    origin: Origin | None = None,
    notes: tuple[str, ...] = (),
    *,
    now: int | None = None,
) -> AuthChange:
    """Store a credential, and grant it ``origin`` when one is given.

    ``now`` is when its time began, in milliseconds since the epoch: a day is told as a day, whatever storing takes.

    Raises:
        StoreError: the store cannot be used.
        SecretRefError: the keyring does not take it.
        WriteError: the operating system refused.
    """
    from text2llm.plan.settings_edit import grant_origin
    from text2llm.report.auth_change import AuthChange

    value = value_of(new.credential)
    changed = keep_profile(new, subject.dirs, os.environ, subject.registry.spellings())
    if origin is not None:
        grant_origin(CredentialName(CredentialKind.PROFILE, new.id, new.provider), origin, os.environ)
    return AuthChange(
        action="stored" if changed.before is None else "replaced",
        agent=subject.agent,
        profile_id=new.id,
        changed=changed,
        now=current_time() if now is None else now,
        fingerprint=value.fingerprint() if isinstance(value, Secret) else None,
        granted=origin,
        notes=(*notes, *_explain_idleness(new, subject)),
    )


def _explain_idleness(new: NewProfile, subject: Subject) -> tuple[str, ...]:
    """Why a profile that has just been stored is not used, if it is not."""
    store = load_store(subject.dirs.own, subject.dirs.main).store
    book = OrderBook(subject.config.auth, store, subject.registry.spellings())
    result = order_profiles(new.provider, book, current_time())
    dropped = next((item for item in result.dropped if item.profile_id == new.id), None)
    return () if dropped is None else (f"it is not used: {dropped.message}",)


def print_change(change: AuthChange, *, as_json: bool) -> None:
    """Say what was done."""
    from text2llm.report.auth_change import change_json, change_text, warning_text

    if as_json:
        print_json(change_json(change))
    else:
        click.echo(change_text(change), nl=False)
        click.echo(warning_text(change), nl=False, err=True)


def _clean(text: str) -> str:
    from text2llm.report.sanitise import clean_line

    return clean_line(text)
