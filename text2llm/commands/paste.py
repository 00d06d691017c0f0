"""Storing an existing secret: an API key, a token, or a setup token of a provider's own tool."""

from __future__ import annotations

from dataclasses import replace

from text2llm.auth.credentials import ApiKey, Credential, Token, value_of
from text2llm.auth.pasted import (
    Paste,
    PastedSecretError,
    PasteKind,
    check_pasted,
    find_doubt,
    fits_form,
    paste_command,
    require_setup_token,
)
from text2llm.auth.store_file import read_store
from text2llm.auth.stored import NewProfile
from text2llm.commands.keep import CredentialPlace, Person, StoreRequest, find_place, keep_credential, require_word
from text2llm.commands.store import AuthChange
from text2llm.secret import Secret
from text2llm.workspace import Workspace, read_clock

#: Default profile name.
_DEFAULT_NAME = "manual"


def run(workspace: Workspace, paste: Paste, request: StoreRequest, person: Person) -> AuthChange:
    """Ask for a secret, or read it from standard input, and store it."""
    maker = _find_maker(paste, workspace)
    place = find_place(workspace, request, person, _DEFAULT_NAME, secret=True)
    if maker is not None and person.has_terminal():
        person.say(f"`{maker}` makes a {paste.kind.value}")
    target = f"to be stored as {place.profile_id} in {place.path} (not shown)"
    prompt = f"{paste.kind.value} of {paste.provider}, {target}: "
    text = person.obtain_secret(prompt, paste_command(paste.kind, paste.provider))
    secret = check_pasted(text, paste, workspace.registry)
    require_word(place.destination, secret, person)
    doubt = find_doubt(secret, paste, workspace.registry)
    if doubt is not None and _has_better(place, paste, workspace):
        raise PastedSecretError(
            f"{doubt}, and the stored {place.profile_id} looks like one",
            hint=f"copy the whole of it again; if {paste.provider} really issued it, add --any-form",
        )
    now = read_clock()
    credential = _make_credential(paste.kind, secret, None if request.lifetime is None else now + request.lifetime)
    new = NewProfile(place.profile_id, paste.provider, credential, keyring=place.keyring)
    change = keep_credential(workspace, new, place, now=now)
    return change if doubt is None else replace(change, notes=(doubt, *change.notes))


def _has_better(place: CredentialPlace, paste: Paste, workspace: Workspace) -> bool:
    """Whether the credential to replace has a form that the provider's are thought to have."""
    before = read_store(place.path).profiles.get(place.profile_id)
    value = None if before is None or before.credential is None else value_of(before.credential)
    return isinstance(value, Secret) and fits_form(value, paste, workspace.registry)


def _find_maker(paste: Paste, workspace: Workspace) -> str | None:
    """The command that makes what is asked for, where it is a provider's own tool."""
    if paste.kind is not PasteKind.SETUP_TOKEN:
        return None
    return require_setup_token(paste.provider, workspace.registry).created_by


def _make_credential(kind: PasteKind, secret: Secret, expires: int | None) -> Credential:
    return ApiKey(secret) if kind is PasteKind.API_KEY else Token(secret, expires)
