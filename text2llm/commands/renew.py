"""Renewing the access tokens of logins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from text2llm.auth.credentials import AuthProfile, OAuth, UsageStats
from text2llm.auth.health import needs_refresh
from text2llm.auth.order import find_owner
from text2llm.errors import Text2llmError, UsageError
from text2llm.login.refresh import Failed, Outcome, Renewer, StillFresh, refresh_profile
from text2llm.login.registration import NotRegistered, resolve_terms
from text2llm.secret import Secret, SecretRef
from text2llm.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RenewalRequest:
    """The ids of the logins to renew, none for all; ``force``: also those whose tokens are still good."""

    profiles: tuple[str, ...] = ()
    agent: str | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Renewals:
    """What came of each login of the store at ``path``, by its id."""

    outcomes: Mapping[str, Outcome]
    path: str


@dataclass(frozen=True, slots=True)
class _KeptSecrets:
    """The secrets that a store refers to, wherever they are kept."""

    environ: Mapping[str, str]

    def read(self, ref: SecretRef) -> Secret:
        from text2llm.auth.secret_refs import read_secret

        return read_secret(ref, self.environ)

    def write(self, ref: SecretRef, secret: Secret) -> None:
        from text2llm.auth.secret_refs import write_secret

        write_secret(ref, secret)


def run(workspace: Workspace, request: RenewalRequest) -> Renewals:
    """Renew the logins of an agent that have expired or soon will.

    Raises:
        UsageError: there is no such login.
    """
    loaded = workspace.read_store(workspace.find_agent(request.agent))
    logins = {name: profile for name, profile in loaded.store.profiles.items() if isinstance(profile.credential, OAuth)}
    unknown = [name for name in request.profiles if name not in logins]
    if unknown:
        known = ", ".join(logins) or "none"
        raise UsageError("there is no such login in the store", hint=f"stored logins: {known}")
    chosen = dict.fromkeys(request.profiles or logins)
    outcomes = {name: renew_login(workspace, logins[name], loaded.path, force=request.force) for name in chosen}
    return Renewals(outcomes, loaded.path)


def renew_login(workspace: Workspace, profile: AuthProfile, path: str, *, force: bool = False) -> Outcome:
    """Renew one login of the store at ``path``, if that is due or ``force`` says so."""
    environ, settings, registry = workspace.environ, workspace.settings, workspace.registry
    secrets, spellings = _KeptSecrets(environ), registry.spellings()
    provider = find_owner(profile, spellings)
    try:
        terms = resolve_terms(provider, settings, environ, secrets.read, registry.logins())
        seen = _access(profile, secrets) if force else None
    except Text2llmError as error:  # a secret that is kept elsewhere: the other logins can do without
        return Failed(error.message, error.hint)
    if isinstance(terms, NotRegistered):
        due = force or needs_refresh(profile, UsageStats(), workspace.now)
        return Failed(terms.message, terms.hint) if due else StillFresh(profile)
    trust = workspace.gather_trust([terms.facts])
    renewer = Renewer(path, trust, secrets, spellings, settings.network)
    return refresh_profile(profile.id, terms, renewer, seen)


def _access(profile: AuthProfile, secrets: _KeptSecrets) -> Secret:
    """The access token as it is now: it is renewed unless another program has renewed it by then."""
    assert isinstance(profile.credential, OAuth)
    value = profile.credential.access
    return value if isinstance(value, Secret) else secrets.read(value)
