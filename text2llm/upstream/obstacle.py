"""Why no request can be sent to a provider, and the call to make if one can. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from text2llm.auth.credentials import OAuth
from text2llm.auth.order import DropReason
from text2llm.auth.remedy import find_remedies, join_remedies
from text2llm.auth.sources import Effective, SourceKind, header_variables
from text2llm.config.roles import IMAGE, MAIN, Role
from text2llm.redaction.forms import Forms
from text2llm.redaction.values import is_public
from text2llm.refs import ModelRef
from text2llm.upstream.access import Access
from text2llm.upstream.address import Address, find_fault
from text2llm.upstream.effective import find_params
from text2llm.upstream.exchange.choose import find_identity
from text2llm.upstream.exchange.identity import Identity
from text2llm.upstream.identity import KnownNames
from text2llm.upstream.params import select_params
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire import WIRES
from text2llm.upstream.wire.shape import CompletionCall, Wire

#: Headers in which other services than those of the wire formats accept a credential.
_CREDENTIAL_HEADERS = frozenset({"authorization", "cookie", "api-key", "x-goog-api-key", "x-auth-token"})
#: The reported reason why a credential is not tried.
DROPS: Mapping[DropReason, Reason] = {
    DropReason.NOT_STORED: Reason.MISSING_CREDENTIAL,
    DropReason.EMPTY: Reason.MISSING_CREDENTIAL,
    DropReason.UNKNOWN_TYPE: Reason.UNRESOLVED_REF,
    DropReason.UNRESOLVED: Reason.UNRESOLVED_REF,
    DropReason.UNTRUSTED: Reason.UNTRUSTED_ORIGIN,
    DropReason.EXPIRED: Reason.EXPIRED,
    DropReason.WRONG_PROVIDER: Reason.EXCLUDED_BY_AUTH_ORDER,
    DropReason.MODE_MISMATCH: Reason.EXCLUDED_BY_AUTH_ORDER,
    DropReason.NOT_IN_ORDER: Reason.EXCLUDED_BY_AUTH_ORDER,
}


def build_call(access: Access, role: Role = MAIN, *, tool: bool = False) -> CompletionCall | Verdict:
    """The call that probes the model of an access as a role uses it, or why it cannot be made."""
    identity = find_identity(access)
    obstacle, address, model = _find_obstacle(access, identity), access.address, access.wire_model
    if obstacle is not None:
        return obstacle
    assert not isinstance(identity, Verdict)
    assert model is not None
    assert access.model is not None
    assert address.base is not None
    facts, wire, compat = (
        None if address.endpoint is None else address.endpoint.probe,
        WIRES[address.api],
        access.compat,
    )
    known: tuple[str | None, int] = (wire.max_tokens_field, wire.min_tokens)
    field, least = known if facts is None else (facts.max_tokens_field, facts.min_tokens)
    effective = find_params(access.view, access.view.agent, role, ModelRef(access.provider, access.model))
    return CompletionCall(
        provider=access.provider,
        api=address.api,
        model=model,
        base=address.base,
        path=_find_path(address, wire),
        max_tokens_field=compat.get("maxTokensField", field),
        min_tokens=compat.get("minTokens", least),
        headers=_add_headers(access.headers, effective.headers),
        credentials=access.secrets if identity is None else access.configured_secrets,
        place=access.place,
        image=role == IMAGE,
        tool=tool,
        params=select_params(effective.request, tool=tool),
        stream=compat.get("stream", False),
        stated=frozenset(compat),
        names=_know_names(access),
        errors=None if access.builtin is None else access.builtin.errors,
        identity=identity,
    )


def _add_headers(headers: Mapping[str, str], added: Mapping[str, str]) -> Mapping[str, str]:
    """The headers with those of parameters; a header that both have is a list."""
    both = {name: f"{headers[name]},{value}" if name in headers else value for name, value in added.items()}
    return {**headers, **both}


def _find_path(address: Address, wire: Wire) -> str:
    assert address.base is not None
    if wire.find_path is not None and address.moved:
        return wire.find_path(address.base.path)
    return wire.path if address.endpoint is None else address.endpoint.probe.path


def _know_names(access: Access) -> KnownNames:
    """What is known of the model names of a provider; a gateway and a local server choose theirs."""
    builtin, view = access.builtin, access.view
    exact = view.config.probe.model == "exact"
    if builtin is None or not builtin.own_models:
        return KnownNames(exact=exact)
    models, served = view.catalog.providers.get(access.provider, {}), view.catalog.served(access.provider)
    return KnownNames(frozenset(models), builtin.renamed, exact, frozenset(models).difference(served))


def find_obstacle(access: Access) -> Verdict | None:
    """Why nothing can be sent: credential problems before those of the base URL, since users probe credentials.

    A credential that is made when a request is sent is one, except for a completion: see :func:`build_call`.
    """
    identity = find_identity(access)
    if identity is not None and not isinstance(identity, Verdict):
        text = f"{access.credential.label} must be exchanged or signed with, which only a completion does"
        identity = Verdict(Reason.NOT_PROVABLE, text, "probe it with a completion")
    return _find_obstacle(access, identity)


def _find_obstacle(access: Access, identity: Identity | Verdict | None) -> Verdict | None:
    refused = access.refused
    if refused is not None:
        return Verdict(Reason.UNTRUSTED_ORIGIN, refused.reason, refused.hint)
    return (
        _check_credential(access, identity)
        or check_headers(access)
        or check_address(access.provider, access.address, access.view.environ)
    )


def _check_credential(access: Access, identity: Identity | Verdict | None) -> Verdict | None:
    credential = access.credential
    if isinstance(identity, Verdict):
        return identity
    if credential.kind is SourceKind.MISSING:
        return check_headers(access) or _explain_missing(access)
    if isinstance(credential.credential, OAuth) and _is_stale(credential):
        return Verdict(
            Reason.NEEDS_REFRESH,
            "the access token has expired, and probes do not refresh it",
            f"run `text2llm models auth refresh {credential.label}`, or probe with --refresh",
        )
    if credential.is_unread():
        # A request is never sent without its credential: references are read before probing.
        return Verdict(Reason.UNRESOLVED_REF, "its value, stored elsewhere, was not read")
    return None


def _is_stale(credential: Effective) -> bool:
    remaining = credential.health.remaining
    return (credential.secret is None and credential.ref is None) or (remaining is not None and remaining <= 0)


def _explain_missing(access: Access) -> Verdict:
    credential = access.credential
    hint = join_remedies(find_remedies(credential, access.view, access.model))
    if credential.rejected:
        first = credential.rejected[0]
        return Verdict(DROPS[first.reason], f"{first.label}: {first.message}", hint)
    return Verdict(Reason.MISSING_CREDENTIAL, f"no credential for {credential.provider}", hint)


def check_headers(access: Access) -> Verdict | None:
    variables = header_variables(access.custom)
    for header, name in variables.items():
        if not access.view.environ.get(name, "").strip():
            text = f"the header {header} needs the variable {name}, which is not set"
            return Verdict(Reason.UNRESOLVED_REF, text, "set the variable")
    literals, forms = {} if access.custom is None else access.custom.headers, Forms(access.view.registry)
    written = next(
        (name for name, value in literals.items() if name not in variables and _is_secret(name, value, forms)), None
    )
    if written is None:
        return None
    text = f"the header {written} has a literal credential; only a reference such as ${{NAME}} is used"
    return Verdict(Reason.UNRESOLVED_REF, text, f"write {written}: ${{NAME}}, and set the variable")


def _is_secret(header: str, value: str, forms: Forms) -> bool:
    """Whether a literal header value is a credential, or a reference that would be sent unresolved."""
    known = {*_CREDENTIAL_HEADERS, *(wire.auth_header.lower() for wire in WIRES.values())}
    return "${" in value or (not is_public(value.strip()) and (header.lower() in known or bool(forms.find(value))))


def check_address(provider: str, address: Address, environ: Mapping[str, str]) -> Verdict | None:
    if address.api not in WIRES:
        return Verdict(Reason.UNCLASSIFIED, f"the wire format {address.api} cannot be probed yet")
    fault = find_fault(provider, address, environ)
    if fault is None:
        return None
    return Verdict(Reason.BAD_REQUEST if fault.invalid else Reason.UNCLASSIFIED, fault.text, fault.hint)
