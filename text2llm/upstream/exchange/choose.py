"""Which identity a request needs, from the credential and the environment. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.auth.naming import binding_name
from text2llm.auth.sources import SourceKind
from text2llm.providers.tenancy import VARIABLES
from text2llm.redaction.values import is_public
from text2llm.secret import Secret
from text2llm.trust.bindings import CredentialName, NamedSecret
from text2llm.trust.origin import OriginError, parse_base_url
from text2llm.upstream.access import Access
from text2llm.upstream.exchange.identity import AwsIdentity, CopilotIdentity, EntraIdentity, GoogleIdentity, Identity
from text2llm.upstream.verdict import Reason, Verdict

#: The prefix of a token that needs no exchange: badlogic/pi-mono packages/ai/src/utils/oauth/github-copilot.ts.
_EXCHANGED = "tid="
_AUTHORITY = "https://login.microsoftonline.com"


def find_identity(access: Access) -> Identity | Verdict | None:
    """The identity that a request of an access needs; ``None`` if its headers carry the credential already."""
    credential, environ = access.credential, access.view.environ
    if credential.kind is SourceKind.SDK:
        return _find_sdk(access, environ)
    if access.provider != "github-copilot" or credential.secret is None:
        return None
    value = credential.secret.reveal()
    if is_public(value) or value.startswith(_EXCHANGED):
        return None
    return CopilotIdentity(NamedSecret(binding_name(credential), credential.secret), access.address.moved)


def _find_sdk(access: Access, environ: Mapping[str, str]) -> Identity | Verdict:
    assert access.builtin is not None  # whose variable it is
    name, auth = binding_name(access.credential), access.builtin.auth
    if auth.scheme == "sigv4":
        return AwsIdentity(name, next((value for each in VARIABLES["region"] if (value := _read(each, environ))), None))
    if auth.scheme == "google-adc":
        variable = access.credential.variable
        return GoogleIdentity(name, access.credential.label if variable is None else _read(variable, environ))
    return _find_entra(name, auth.scope or "", environ)


def _find_entra(name: CredentialName, scope: str, environ: Mapping[str, str]) -> EntraIdentity | Verdict:
    tenant, client = _read("AZURE_TENANT_ID", environ), _read("AZURE_CLIENT_ID", environ)
    if not tenant or not client:
        missing = "AZURE_CLIENT_ID" if tenant else "AZURE_TENANT_ID"
        return Verdict(Reason.UNRESOLVED_REF, f"{name} needs {missing} too, which is not set", "set the variable")
    host = _read("AZURE_AUTHORITY_HOST", environ) or _AUTHORITY
    try:
        authority = parse_base_url(f"{host.rstrip('/') if '://' in host else f'https://{host}'}/{tenant}")
    except OriginError:
        text = "AZURE_AUTHORITY_HOST or AZURE_TENANT_ID is invalid"
        return Verdict(Reason.UNRESOLVED_REF, text, "set both as Microsoft Entra shows them")
    return EntraIdentity(client, NamedSecret(name, Secret(_read(name.id, environ))), authority, scope)


def _read(name: str, environ: Mapping[str, str]) -> str:
    return environ.get(name, "").strip()
