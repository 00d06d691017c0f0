"""The names by which credentials are bound to origins. Pure."""

from __future__ import annotations

from text2llm.auth.credentials import name_entry
from text2llm.auth.reading import Reading
from text2llm.auth.sources import Effective, SourceKind
from text2llm.secret import SecretRef
from text2llm.trust.bindings import CredentialKind, CredentialName


def binding_name(credential: Effective) -> CredentialName:
    if credential.profile_id is not None:
        return CredentialName(CredentialKind.PROFILE, credential.profile_id, credential.provider)
    if credential.variable is not None:
        return CredentialName(CredentialKind.ENV, credential.variable)
    if credential.kind is SourceKind.SDK:
        return CredentialName(CredentialKind.CLOUD, credential.provider, credential.provider)
    if credential.kind is SourceKind.CONFIG and credential.ref is not None:
        return name_secret(credential.ref)
    return CredentialName(CredentialKind.CONFIG, credential.provider)


def name_secret(ref: SecretRef) -> CredentialName:
    """The name of an entry of a secret source that the configuration refers to."""
    return CredentialName(CredentialKind.ENTRY, name_entry(ref))


def granted_entries(view: Reading) -> frozenset[SecretRef]:
    """The entries of secret sources that the configuration names, and that the user granted to some origin."""
    keys = (custom.api_key for custom in view.customs.values())
    entries = [key for key in keys if isinstance(key, SecretRef)]
    granted = {grant.credential for grant in view.trust.grants} if entries else set()
    return frozenset(entry for entry in entries if name_secret(entry) in granted)
