"""Logging in at a provider: a credential is obtained by a method that it offers, and stored."""

from __future__ import annotations

from functools import partial

from text2llm.auth.pasted import Paste, PasteKind
from text2llm.auth.secret_refs import read_secret
from text2llm.auth.stored import NewProfile
from text2llm.commands import paste
from text2llm.commands.keep import Person, StoreRequest, find_place, keep_credential
from text2llm.commands.store import AuthChange
from text2llm.login.errors import LoginError
from text2llm.login.methods import API_KEY, SETUP_TOKEN, offered_methods
from text2llm.login.registration import NotRegistered, resolve_terms
from text2llm.login.terms import Dialogue, LoginTerms, Obtained
from text2llm.workspace import Workspace

_PASTED = {API_KEY: PasteKind.API_KEY, SETUP_TOKEN: PasteKind.SETUP_TOKEN}
#: The name of a login that nobody named.
_DEFAULT_NAME = "default"


def find_methods(workspace: Workspace, provider: str) -> tuple[str, ...]:
    """The methods that a provider (a canonical id) offers, with those of the user's gateway and of a plugin."""
    from text2llm.login.oidc import gateway_facts

    registry, gateway = workspace.registry, workspace.settings.gateways.get(provider)
    login = registry.logins().get(provider) if gateway is None else gateway_facts(gateway)
    return offered_methods(registry.get(provider), login, registry.login_methods(provider))


def run(workspace: Workspace, method: str, request: StoreRequest, person: Person, dialogue: Dialogue) -> AuthChange:
    """Obtain a credential and store it.

    Raises:
        LoginError: nobody can log in with this method yet, or the login was refused or not finished in time.
        UsageError: the id or the origin is none.
        RefusedError: nobody has said where the credential may go.
        NotStoredError: the person said no.
        StoreError: the store cannot be used.
        WriteError: the operating system refused.
    """
    kind = _PASTED.get(method)
    if kind is not None:
        return paste.run(workspace, Paste(kind, request.provider), request, person)
    terms = _find_terms(workspace, request.provider, method)
    place = find_place(workspace, request, person, _DEFAULT_NAME, secret=False)
    obtained = _obtain(workspace, request.provider, method, terms, dialogue)
    new = NewProfile(place.profile_id, request.provider, obtained.credential, obtained.email, keyring=place.keyring)
    return keep_credential(workspace, new, place)


def _find_terms(workspace: Workspace, provider: str, method: str) -> LoginTerms:
    environ, registry = workspace.environ, workspace.registry
    if method in registry.login_methods(provider):
        return LoginTerms(registry.logins()[provider])  # a plugin's own code needs no registered client
    read = partial(read_secret, environ=environ)
    terms = resolve_terms(provider, workspace.settings, environ, read, registry.logins())
    if isinstance(terms, NotRegistered):
        pasted = [f"--method {each}" for each in find_methods(workspace, provider) if each in _PASTED]
        raise LoginError(terms.message, hint="; or ".join([*pasted, terms.hint]))
    return terms


def _obtain(workspace: Workspace, provider: str, method: str, terms: LoginTerms, dialogue: Dialogue) -> Obtained:
    from text2llm.login.flow import built_in_flow, log_in
    from text2llm.login.guarded import guard_flow

    brought = workspace.registry.login_methods(provider).get(method)
    flow = built_in_flow(method) if brought is None else guard_flow(brought)
    trust = workspace.gather_trust([terms.facts])
    return log_in(flow, terms, dialogue, trust, workspace.settings.network)
