"""What a credential is called where trust is decided. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from text2llm.auth.sources import CredentialView, Effective, SourceKind, find_credentials, header_variables
from text2llm.secret import Secret
from text2llm.trust.bindings import CredentialKind, CredentialName, NamedSecret


def name_credential(credential: Effective) -> CredentialName:
    """The name under which a credential is bound to origins: its profile's, its variable's, or a config's literal."""
    if credential.profile_id is not None:
        return CredentialName(CredentialKind.PROFILE, credential.profile_id, credential.provider)
    if credential.variable is not None:
        return CredentialName(CredentialKind.ENV, credential.variable)
    return CredentialName(CredentialKind.CONFIG, credential.provider)


def name_carried(provider: str, view: CredentialView) -> Iterator[NamedSecret]:
    """The credentials that a request of a provider (a canonical id) carries: the one that is taken, and its headers'.

    One that is kept elsewhere is not read: its value is empty.
    """
    effective = find_credentials(provider, view).effective
    if effective.kind in (SourceKind.PROFILE, SourceKind.ENV, SourceKind.CONFIG):
        yield NamedSecret(name_credential(effective), effective.secret or Secret(""))
    for variable in dict.fromkeys(header_variables(view.customs.get(provider)).values()):
        name = CredentialName(CredentialKind.ENV, variable)
        if variable != effective.variable:
            yield NamedSecret(name, Secret(view.environ.get(variable, "").strip()))
