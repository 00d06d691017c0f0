"""How a model is reached with a credential: endpoint, path and headers, out of descriptor and config. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from text2llm.auth.credentials import OAuth
from text2llm.auth.naming import name_credential
from text2llm.auth.order import DropReason
from text2llm.auth.remedy import find_remedies, join_remedies
from text2llm.auth.sources import CredentialView, Effective, SourceKind, header_variables
from text2llm.config.model import CustomProvider
from text2llm.net.message import SecretHeader
from text2llm.providers.descriptor import Endpoint, HeaderAuth, Provider
from text2llm.redaction.forms import Forms
from text2llm.redaction.values import is_public
from text2llm.secret import Secret
from text2llm.trust.bindings import CredentialKind, CredentialName, NamedSecret
from text2llm.trust.origin import BaseUrl, OriginError, parse_base_url
from text2llm.upstream.call import Call
from text2llm.upstream.verdict import Reason, Verdict
from text2llm.upstream.wire import WIRES
from text2llm.upstream.wire.shape import Wire

_MARK = "{secret}"
#: Headers in which services other than those of the wire formats take a credential.
_CREDENTIAL_HEADERS = frozenset({"authorization", "cookie", "api-key", "x-goog-api-key", "x-auth-token"})
_TOKEN_MODES = frozenset({"oauth", "token"})
#: Providers that accept no stored credential but a short-lived one made of it, and how the latter begins:
#: badlogic/pi-mono packages/ai/src/utils/oauth/github-copilot.ts.
_EXCHANGED = {"github-copilot": "tid="}
#: What a report calls the reason why a credential is not tried.
DROPS: Mapping[DropReason, Reason] = {
    DropReason.NOT_STORED: Reason.MISSING_CREDENTIAL,
    DropReason.EMPTY: Reason.MISSING_CREDENTIAL,
    DropReason.UNKNOWN_TYPE: Reason.UNRESOLVED_REF,
    DropReason.UNRESOLVED: Reason.UNRESOLVED_REF,
    DropReason.EXPIRED: Reason.EXPIRED,
    DropReason.WRONG_PROVIDER: Reason.EXCLUDED_BY_AUTH_ORDER,
    DropReason.MODE_MISMATCH: Reason.EXCLUDED_BY_AUTH_ORDER,
    DropReason.NOT_IN_ORDER: Reason.EXCLUDED_BY_AUTH_ORDER,
}
#: The wire format of a configured provider that does not name one.
DEFAULT_API = "openai-completions"


@dataclass(frozen=True, slots=True)
class _Route:
    """Which wire format, where, and with what peculiarities."""

    wire: Wire
    base_url: str
    path: str
    max_tokens_field: str | None
    min_tokens: int


def default_model(provider_id: str, view: CredentialView) -> str | None:
    """The cheap model that the descriptor names; ``None`` when there is none."""
    provider = view.registry.get(provider_id)
    return None if provider is None else provider.endpoints[0].probe.model


def build_call(credential: Effective, model: str, view: CredentialView) -> Call | Verdict:
    """The call that tries a model with a credential, or why it cannot be made."""
    provider, custom = view.registry.get(credential.provider), view.customs.get(credential.provider)
    route = _find_route(provider, custom, model)
    obstacle = _find_obstacle(credential, route, custom, view)
    if obstacle is not None:
        return obstacle
    assert not isinstance(route, Verdict)
    try:
        base = parse_base_url(route.base_url)
    except OriginError as error:
        return _explain_base(credential.provider, route.base_url, error)
    return _assemble(credential, model, view, route, base)


def _find_obstacle(
    credential: Effective, route: _Route | Verdict, custom: CustomProvider | None, view: CredentialView
) -> Verdict | None:
    """Why nothing can be sent: the credential's fault before the route's, since that is what a user came for."""
    return (
        _check_credential(credential, custom, view)
        or _check_headers(custom, view)
        or (route if isinstance(route, Verdict) else None)
    )


def _check_credential(credential: Effective, custom: CustomProvider | None, view: CredentialView) -> Verdict | None:
    if credential.kind is SourceKind.MISSING:
        return None if header_variables(custom) else _explain_missing(credential, view)
    if credential.kind is SourceKind.SDK:
        return Verdict(Reason.UNCLASSIFIED, f"{credential.label} is for the provider's SDK, which is not asked yet")
    if isinstance(credential.credential, OAuth) and _is_stale(credential):
        return Verdict(
            Reason.NEEDS_REFRESH,
            "the access token has expired, and a probe renews none",
            f"run `text2llm models auth refresh {credential.label}`, or probe with --refresh",
        )
    if credential.secret is not None and not _is_exchanged(credential.provider, credential.secret):
        text = f"{credential.provider} wants this token exchanged for another one, which a probe does not do yet"
        return Verdict(Reason.UNCLASSIFIED, text)
    if credential.is_unread():
        # Never a request without its credential: whoever probes reads the references first.
        return Verdict(Reason.UNRESOLVED_REF, "its value, kept in a file or the keyring, was not read")
    return None


def _is_exchanged(provider: str, secret: Secret) -> bool:
    """Whether a credential can be sent as it is; the public values of the sandbox can."""
    start = _EXCHANGED.get(provider)
    return start is None or is_public(secret.reveal()) or secret.reveal().startswith(start)


def _is_stale(credential: Effective) -> bool:
    remaining = credential.health.remaining
    return (credential.secret is None and credential.ref is None) or (remaining is not None and remaining <= 0)


def _explain_missing(credential: Effective, view: CredentialView) -> Verdict:
    hint = join_remedies(find_remedies(credential, view))
    if credential.rejected:
        first = credential.rejected[0]
        return Verdict(DROPS[first.reason], f"{first.label}: {first.message}", hint)
    return Verdict(Reason.MISSING_CREDENTIAL, f"there is no credential for {credential.provider}", hint)


def _check_headers(custom: CustomProvider | None, view: CredentialView) -> Verdict | None:
    variables = header_variables(custom)
    for header, name in variables.items():
        if not view.environ.get(name, "").strip():
            text = f"the header {header} needs the variable {name}, which is not set"
            return Verdict(Reason.UNRESOLVED_REF, text, "set the variable")
    literals, forms = {} if custom is None else custom.headers, Forms(view.registry)
    written = next(
        (name for name, value in literals.items() if name not in variables and _is_secret(name, value, forms)), None
    )
    if written is None:
        return None
    text = f"the header {written} is written out; only a reference such as ${{NAME}} as the whole value is used"
    return Verdict(Reason.UNRESOLVED_REF, text, f"write {written}: ${{NAME}}, and set the variable")


def _is_secret(header: str, value: str, forms: Forms) -> bool:
    """Whether a literal value of a header is a credential, or a reference that would be sent as it is written."""
    known = {*_CREDENTIAL_HEADERS, *(wire.auth_header.lower() for wire in WIRES.values())}
    return "${" in value or (not is_public(value.strip()) and (header.lower() in known or bool(forms.find(value))))


def _find_route(provider: Provider | None, custom: CustomProvider | None, model: str) -> _Route | Verdict:
    endpoint = None if provider is None else _pick_endpoint(provider, custom, model)
    api = (custom.api if custom else None) or (endpoint.api if endpoint else DEFAULT_API)
    base_url = (custom.base_url if custom else None) or (endpoint.base_url if endpoint else None)
    wire = WIRES.get(api)
    if wire is None:
        return Verdict(Reason.UNCLASSIFIED, f"the wire format {api} cannot be probed yet")
    if base_url is None:
        return Verdict(Reason.UNCLASSIFIED, "the provider has no baseUrl", "set models.providers.ID.baseUrl")
    if endpoint is None or endpoint.api != api:
        return _Route(wire, base_url, wire.path, wire.max_tokens_field, wire.min_tokens)
    facts = endpoint.probe
    return _Route(wire, base_url, facts.path, facts.max_tokens_field, facts.min_tokens)


def _pick_endpoint(provider: Provider, custom: CustomProvider | None, model: str) -> Endpoint:
    """The endpoint that serves the model; its provider's next best where that one cannot be probed yet.

    A base URL of the config's own says by its path which of them it stands for: ``/v1`` of Ollama is not its own API.
    """
    if custom is not None and custom.api is not None:
        return provider.endpoint(custom.api) or provider.endpoints[0]
    usual = provider.endpoint_for(model)
    if any(model.startswith(rule.prefixes) for rule in provider.api_rules):
        return usual
    known = [each for each in provider.endpoints if each.api in WIRES]
    own = None if custom is None or custom.base_url is None else _path(custom.base_url)
    alike = next((each for each in known if _path(each.base_url) == own), None)
    return alike or (usual if usual in known else next(iter(known), usual))


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2].rstrip("/")


def _explain_base(provider: str, base_url: str, error: OriginError) -> Verdict:
    if "{" in base_url:
        text = "its base URL has a part that must be filled in"
        return Verdict(Reason.UNCLASSIFIED, text, f"set models.providers.{provider}.baseUrl")
    return Verdict(Reason.BAD_REQUEST, f"models.providers.{provider}.baseUrl: {error.message}", error.hint)


def _assemble(credential: Effective, model: str, view: CredentialView, route: _Route, base: BaseUrl) -> Call:
    provider, custom = view.registry.get(credential.provider), view.customs.get(credential.provider)
    form = _header_form(provider, route.wire, credential)
    secrets = tuple(_custom_secrets(custom, view))
    if credential.secret is not None and form.header.lower() not in {each.name.lower() for each in secrets}:
        named = NamedSecret(name_credential(credential), credential.secret)
        secrets += (SecretHeader(form.header, form.format.removesuffix(_MARK), named),)
    return Call(
        provider=credential.provider,
        api=route.wire.api,
        model=model,
        base=base,
        path=route.path,
        max_tokens_field=route.max_tokens_field,
        min_tokens=route.min_tokens,
        headers=_merge_headers(form.headers, custom, secrets),
        credentials=secrets,
        place=view.config.locate((*custom.pointer, "baseUrl")) if custom and custom.base_url else None,
    )


def _header_form(provider: Provider | None, wire: Wire, credential: Effective) -> HeaderAuth:
    """How the credential travels: as the descriptor says, else as the API usually wants it."""
    usual = HeaderAuth(wire.auth_header, wire.auth_prefix + _MARK, wire.headers)
    if provider is None or wire.api not in {endpoint.api for endpoint in provider.endpoints}:
        return usual
    value = credential.secret.reveal() if credential.secret is not None else ""
    known = provider.auth.header_for(value, is_token=credential.mode in _TOKEN_MODES)
    if known is None:
        return usual
    return HeaderAuth(known.header, known.format, {**wire.headers, **known.headers})


def _custom_secrets(custom: CustomProvider | None, view: CredentialView) -> Iterator[SecretHeader]:
    for header, variable in header_variables(custom).items():
        value = Secret(view.environ[variable].strip())
        yield SecretHeader(header, "", NamedSecret(CredentialName(CredentialKind.ENV, variable), value))


def _merge_headers(
    usual: Mapping[str, str], custom: CustomProvider | None, secrets: tuple[SecretHeader, ...]
) -> dict[str, str]:
    """The headers without a secret; what the config writes wins over what is usual, whatever the case of its name."""
    merged = {name.lower(): value for name, value in usual.items()}
    merged |= {name.lower(): value for name, value in ({} if custom is None else custom.headers).items()}
    hidden = {each.name.lower() for each in secrets}
    return {name: value for name, value in merged.items() if name not in hidden}
