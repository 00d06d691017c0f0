"""Storing an obtained credential: its id, its place, its origin, and the prompts for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from text2llm.auth.credentials import secret_refs, value_of
from text2llm.auth.order import order_profiles
from text2llm.auth.secret_refs import keyring_works, require_keyring
from text2llm.auth.store_file import read_store, store_path
from text2llm.auth.stored import NewProfile, keep_profile
from text2llm.commands.store import AuthChange, read_profiles
from text2llm.errors import RefusedError, Text2llmError, UsageError
from text2llm.plan.settings_edit import allow_edit, grant_origin, plan_settings
from text2llm.redaction.forms import Forms
from text2llm.secret import RefSource, Secret
from text2llm.trust.bindings import CredentialKind, CredentialName, Grant, parse_credential_name
from text2llm.trust.origin import Origin
from text2llm.trust.public import is_public_value
from text2llm.upstream.destination import Destination, OriginSource, find_destination
from text2llm.workspace import Workspace, read_clock

#: A profile's name behind its provider's id: what fits on a command line, and into the name of a grant.
_PROFILE_NAME = r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}"


class NotStoredError(Text2llmError):
    """A credential is not stored, because the user declined."""

    code = "not-stored"


class Person(Protocol):
    """Who is there to be asked, and how."""

    def has_terminal(self) -> bool: ...

    def confirm(self, question: str, /) -> bool:
        """Whether they say yes."""

    def obtain_secret(self, prompt: str, command: str, /) -> str:
        """What they give, without echo; ``command`` is named where nobody gives anything."""

    def say(self, text: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class StoreRequest:
    """A credential to store, for a provider (a canonical id); ``None`` if not given.

    ``agent`` is as people write it, and ``lifetime`` is in milliseconds.
    """

    provider: str
    agent: str | None = None
    profile_id: str | None = None
    origin: Origin | None = None
    lifetime: int | None = None
    keyring: bool | None = None


@dataclass(frozen=True, slots=True)
class CredentialPlace:
    """Where a credential is stored and may go: the id of its profile, and the origin that a person grants it."""

    agent: str | None
    path: str
    profile_id: str
    destination: Destination
    origin: Origin | None
    keyring: bool


def find_place(
    workspace: Workspace, request: StoreRequest, person: Person, name: str, *, secret: bool
) -> CredentialPlace:
    """Settle where a credential is stored and may go, with whoever is there; ``name`` is that of an unnamed profile.

    Without ``secret``, what is stored is never a public value, so that its origin must have been confirmed.

    Raises:
        UsageError: the id or the origin is none, or nothing knows the provider.
        RefusedError: no origin was confirmed.
        NotStoredError: the person said no.
    """
    destination = locate_provider(workspace, request)
    if not secret:
        require_person(destination, person)
    agent = workspace.find_agent(request.agent)
    path = store_path(workspace.find_dirs(agent).own)
    profile_id = _choose_id(workspace, request, path, name)
    origin = _settle(destination, request.provider, person)
    if origin is not None:
        _check_grant(workspace, profile_id, origin)
    keyring = _choose_keyring(profile_id, path, person, wanted=request.keyring)
    return CredentialPlace(agent, path, profile_id, destination, origin, keyring)


def locate_provider(workspace: Workspace, request: StoreRequest) -> Destination:
    """Where a credential of the provider may go.

    Raises:
        UsageError: nothing knows the provider, or the config's base URL is none that a credential can be bound to.
    """
    gateways = workspace.settings.gateways
    return find_destination(request.provider, request.origin, workspace.config, workspace.registry, gateways)


def _choose_id(workspace: Workspace, request: StoreRequest, path: str, name: str) -> str:
    """The id that is asked for; without one, the provider's with ``name``. No error repeats it: it may be a secret."""
    written, provider = request.profile_id, request.provider
    if written is None:
        return f"{provider}:{name}"
    if written in read_store(path).profiles:
        return written
    owner, colon, rest = written.partition(":")
    if not colon or workspace.registry.spellings().provider(owner) != provider or not _is_name(rest, workspace):
        raise UsageError(
            f"--profile-id is not an id of {provider}", hint=f"write {provider}:NAME, such as {provider}:work"
        )
    return written


def _is_name(text: str, workspace: Workspace) -> bool:
    return re.fullmatch(_PROFILE_NAME, text) is not None and not Forms(workspace.registry).find(text)


def _choose_keyring(profile_id: str, path: str, person: Person, *, wanted: bool | None) -> bool:
    """Whether the value goes to the keyring: as requested, like the replaced one, or as the user confirms."""
    if wanted is None:
        stored = read_store(path).profiles.get(profile_id)
        refs = () if stored is None else secret_refs(stored.credential)
        wanted = any(ref.source is RefSource.KEYRING for ref in refs)
    elif not wanted:
        return False
    if wanted:
        require_keyring()
        return True
    return person.has_terminal() and keyring_works() and person.confirm("Keep it in the system's keyring?")


def _settle(destination: Destination, provider: str, person: Person) -> Origin | None:
    """The origin that is to be granted, confirmed at the terminal when it is a config's word; else ``None``.

    Without a terminal nothing is confirmed: see :func:`require_word`.
    """
    if destination.source is OriginSource.CONFIG and person.has_terminal():
        question = f"{destination.place} sends the credential of {provider} to {destination.origin}. Do you trust it?"
        if not person.confirm(question):
            raise NotStoredError("nothing was stored", hint="name another origin with --origin, if you know one")
        return destination.origin
    return destination.origin if destination.source is OriginSource.USER else None


def require_word(destination: Destination, secret: Secret, person: Person) -> None:
    """Without a terminal, a config's word needs a person's ``--origin``; only public values do without.

    Raises:
        RefusedError: there is none.
    """
    if not (is_public_value(secret) and destination.origin is not None and destination.origin.loopback):
        require_person(destination, person)


def require_person(destination: Destination, person: Person) -> None:
    """Without a terminal, a config's word needs a person's ``--origin``.

    Raises:
        RefusedError: there is none.
    """
    origin = destination.origin
    if destination.source is OriginSource.CONFIG and origin is not None and not person.has_terminal():
        raise RefusedError(
            f"{destination.place} sends this credential to {origin}, and there is no terminal to confirm that",
            hint=f"if you trust it, add --origin {origin}",
        )


def _check_grant(workspace: Workspace, profile_id: str, origin: Origin) -> None:
    """Find out whether a grant can be stored, before a secret is asked for."""
    name = CredentialName(CredentialKind.PROFILE, profile_id)
    if parse_credential_name(str(name)) is None:
        raise UsageError("the id of this profile cannot be used in a grant", hint="name another one with --profile-id")
    plan_settings(workspace.environ, allow_edit(Grant(name, origin)))


def keep_credential(
    workspace: Workspace, new: NewProfile, place: CredentialPlace, *, now: int | None = None
) -> AuthChange:
    """Store a credential, and grant it the origin that was settled.

    ``now`` is when its lifetime began, in milliseconds since the epoch: storing takes none of it.
    """
    value, environ = value_of(new.credential), workspace.environ
    changed = keep_profile(new, workspace.find_dirs(place.agent), workspace.registry.spellings())
    if place.origin is not None:
        grant_origin(CredentialName(CredentialKind.PROFILE, new.id, new.provider), place.origin, environ)
    return AuthChange(
        action="stored" if changed.before is None else "replaced",
        agent=workspace.name_agent(place.agent),
        profile_id=new.id,
        changed=changed,
        now=read_clock() if now is None else now,
        fingerprint=value.fingerprint() if isinstance(value, Secret) else None,
        granted=place.origin,
        notes=(*_explain_destination(place), *_explain_idleness(workspace, new, place)),
    )


def _explain_destination(place: CredentialPlace) -> tuple[str, ...]:
    """Notes on where the credential may be sent."""
    note = place.destination.note
    if note is None:
        return ()
    if place.destination.source is not OriginSource.UNKNOWN:
        return (note,)
    command = f"text2llm trust allow --credential profile:{place.profile_id} --origin https://HOST"
    return (f"{note}; when you know it, run `{command}`",)


def _explain_idleness(workspace: Workspace, new: NewProfile, place: CredentialPlace) -> tuple[str, ...]:
    """Why a profile that has just been stored is not used, if it is not."""
    view = read_profiles(workspace, place.agent, read_clock())
    result = order_profiles(new.provider, view.book, view.now, None)
    dropped = next((item for item in result.dropped if item.profile_id == new.id), None)
    if dropped is None:
        return ()
    pinned = view.book.pinned(new.provider)
    models = [model for model in pinned if new.id in view.book.find_candidates(new.provider, model)[1]]
    return (f"it is used only for {', '.join(models)}" if models else f"it is not used: {dropped.message}",)
