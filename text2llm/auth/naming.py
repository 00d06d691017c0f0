"""What a credential is called where trust is decided. Pure."""

from __future__ import annotations

from text2llm.auth.sources import Effective
from text2llm.trust.bindings import CredentialKind, CredentialName


def name_credential(credential: Effective) -> CredentialName:
    """The name under which a credential is bound to origins: its profile's, its variable's, or a config's literal."""
    if credential.profile_id is not None:
        return CredentialName(CredentialKind.PROFILE, credential.profile_id, credential.provider)
    if credential.variable is not None:
        return CredentialName(CredentialKind.ENV, credential.variable)
    return CredentialName(CredentialKind.CONFIG, credential.provider)
