"""The names by which credentials are bound to origins. Pure."""

from __future__ import annotations

from text2llm.auth.sources import Effective
from text2llm.trust.bindings import CredentialKind, CredentialName


def binding_name(credential: Effective) -> CredentialName:
    if credential.profile_id is not None:
        return CredentialName(CredentialKind.PROFILE, credential.profile_id, credential.provider)
    if credential.variable is not None:
        return CredentialName(CredentialKind.ENV, credential.variable)
    return CredentialName(CredentialKind.CONFIG, credential.provider)
