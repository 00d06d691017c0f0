"""Storing a secret that somebody has: an API key, a token, or what a provider's own tool makes."""

from __future__ import annotations

from text2llm.auth.credentials import ApiKey, Credential, Token
from text2llm.auth.pasted import Paste, PasteKind, check_pasted, paste_command, require_setup_token
from text2llm.auth.stored import NewProfile
from text2llm.commands.keep import Person, StoreRequest, find_place, keep_credential, require_word
from text2llm.commands.store import AuthChange
from text2llm.secret import Secret
from text2llm.workspace import Workspace, read_clock

#: Default profile name.
_DEFAULT_NAME = "manual"


def run(workspace: Workspace, paste: Paste, request: StoreRequest, person: Person) -> AuthChange:
    """Ask for a secret, or read it from standard input, and store it.

    Raises:
        UsageError: the provider or the id is none, or there is nothing to read.
        PastedSecretError: what was given is not what was asked for.
        RefusedError: nobody has said where the credential may go.
        NotStoredError: the person said no.
        StoreError: the store cannot be used.
        WriteError: the operating system refused.
    """
    maker = _find_maker(paste, workspace)
    place = find_place(workspace, request, person, _DEFAULT_NAME, secret=True)
    if maker is not None and person.has_terminal():
        person.say(f"`{maker}` makes a {paste.kind.value}")
    target = f"to be stored as {place.profile_id} in {place.path} (not shown)"
    prompt = f"{paste.kind.value} of {paste.provider}, {target}: "
    text = person.obtain_secret(prompt, paste_command(paste.kind, paste.provider))
    secret = check_pasted(text, paste, workspace.registry)
    require_word(place.destination, secret, person)
    now = read_clock()
    credential = _make_credential(paste.kind, secret, None if request.lifetime is None else now + request.lifetime)
    new = NewProfile(place.profile_id, paste.provider, credential, keyring=place.keyring)
    return keep_credential(workspace, new, place, now=now)


def _find_maker(paste: Paste, workspace: Workspace) -> str | None:
    """The command that makes what is asked for, where it is a provider's own tool."""
    if paste.kind is not PasteKind.SETUP_TOKEN:
        return None
    return require_setup_token(paste.provider, workspace.registry).created_by


def _make_credential(kind: PasteKind, secret: Secret, expires: int | None) -> Credential:
    return ApiKey(secret) if kind is PasteKind.API_KEY else Token(secret, expires)
