"""Provider: the content of a descriptor, as values.

A descriptor (``descriptors/<id>.yaml``, ``schemas/provider.schema.json``) has every fact with its source; the built
index has the same shape, reduced to what is read here. Endpoints and variables marked ``unverified`` are left out.
Every status loads this module: named tuples take a tenth of the start-up time of frozen dataclasses.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from text2llm.providers.variables import EnvVar, credential_vars, parse_env

#: The supported wire formats; :data:`text2llm.upstream.wire.WIRES` has the code of each.
SPOKEN = frozenset(
    (
        *("openai-completions", "openai-responses", "anthropic-messages", "google-generative-ai", "ollama"),
        *("azure-openai", "bedrock-converse"),
    )
)


class HeaderAuth(NamedTuple):
    """The header of a credential: ``format`` contains ``{secret}``; ``headers`` are sent with it."""

    header: str
    format: str
    headers: Mapping[str, str]


class AuthScheme(NamedTuple):
    """How a provider authenticates requests.

    ``scheme`` is ``header``, ``none``, ``sigv4``, ``google-adc`` or ``upstream``. ``key`` is the header of an API key,
    if any, ``token`` that of an OAuth, setup or ADC token if it differs; a value that contains ``token_marker`` is
    such a token however it was stored. ``optional``: the service may run without a key. ``scope`` is that of the tokens
    which an application of the user's may request instead.
    """

    scheme: str
    key: HeaderAuth | None
    token: HeaderAuth | None
    token_marker: str | None
    optional: bool
    scope: str | None = None

    def header_for(self, value: str, *, is_token: bool) -> HeaderAuth | None:
        """The header of a credential; ``is_token``: it is stored as an OAuth or setup token."""
        marked = self.token_marker is not None and self.token_marker in value
        return self.token if self.token is not None and (is_token or marked) else self.key


class ProbeFacts(NamedTuple):
    """The smallest request of an API: ``path`` is appended to the base URL and may contain ``{model}``.

    ``model`` is a cheap model; ``max_tokens_field`` (dots lead into objects) is ``None`` if the API has no limit;
    ``min_tokens`` is the minimum that the API accepts there.
    """

    path: str
    model: str | None
    max_tokens_field: str | None
    min_tokens: int


class ApiEndpoint(NamedTuple):
    api: str
    base_url: str
    probe: ProbeFacts


class ApiRule(NamedTuple):
    """The wire format of models whose id has one of ``prefixes``."""

    prefixes: tuple[str, ...]
    api: str


class SetupToken(NamedTuple):
    """A long-lived token created by a command of the provider; ``min_length`` in characters, with the prefix."""

    prefix: str
    min_length: int
    created_by: str


class KeyFormat(NamedTuple):
    """The form of one kind of credential. ``pattern`` matches a whole one; unverified forms decide nothing.

    ``prefixes``, if any, are distinctive: they find it in free text. ``alphabet`` is the character class of the rest.
    """

    name: str
    pattern: str
    prefixes: tuple[str, ...]
    alphabet: str
    unverified: bool


class Provider(NamedTuple):
    """A provider. ``endpoints`` begins with its default; ``origins`` are those its credentials are bound to.

    ``status`` is ``restricted`` or ``discontinued``, or ``None`` if in service; ``status_note`` is the reason.
    ``errors`` is how it speaks of errors, as its descriptor has it (``text2llm.upstream.classify.dialect``).
    ``local`` providers run on the user's machine: nothing is bound to them, since other programs may listen there.
    ``own_models``: it serves only models of its own, under its own names. ``renamed`` has, by id in lower case, the
    patterns of the names that its responses have for it. ``patterns`` are origins with a part in braces.
    """

    id: str
    label: str
    status: str | None
    status_note: str | None
    local: bool
    endpoints: tuple[ApiEndpoint, ...]
    api_rules: tuple[ApiRule, ...]
    origins: tuple[str, ...]
    env: tuple[EnvVar, ...]
    auth: AuthScheme
    setup_token: SetupToken | None
    own_models: bool = False
    renamed: Mapping[str, tuple[str, ...]] = {}
    errors: Mapping[str, Any] | None = None
    patterns: tuple[str, ...] = ()

    @property
    def api(self) -> str:
        return self.endpoints[0].api

    @property
    def base_url(self) -> str:
        return self.endpoints[0].base_url

    def endpoint(self, api: str) -> ApiEndpoint | None:
        return next((endpoint for endpoint in self.endpoints if endpoint.api == api), None)

    def endpoint_for(self, model: str) -> ApiEndpoint:
        """The endpoint that serves a model: that of the first rule that matches, else the default."""
        for rule in self.api_rules:
            if model.startswith(rule.prefixes):
                return self.endpoint(rule.api) or self.endpoints[0]
        return self.endpoints[0]

    def credential_vars(self) -> tuple[EnvVar, ...]:
        return credential_vars(self.env)


def parse_provider(entry: Mapping[str, Any]) -> Provider:
    """The provider of a descriptor, or index entry, that its schema accepts."""
    probe = entry["probe"]
    alternatives = (each for each in entry.get("apis", ()) if not each.get("unverified"))
    return Provider(
        id=entry["id"],
        label=entry["label"],
        status=entry.get("status"),
        status_note=entry.get("statusNote"),
        local=entry["local"],
        endpoints=(_endpoint(entry, probe), *(_endpoint(each, each.get("probe", probe)) for each in alternatives)),
        api_rules=tuple(ApiRule(tuple(rule["prefixes"]), rule["api"]) for rule in entry.get("apiRules", ())),
        origins=tuple(entry["origins"]),
        env=parse_env(entry),
        auth=_auth(entry["auth"]),
        setup_token=_setup_token(entry.get("setupToken")),
        own_models=entry.get("ownModels", False),
        renamed={model: tuple(names) for model, names in entry.get("renamed", {}).items()},
        errors=entry.get("errors"),
        patterns=tuple(entry.get("originPatterns", ())),
    )


def parse_key_formats(entries: list[Mapping[str, Any]]) -> tuple[KeyFormat, ...]:
    return tuple(
        KeyFormat(
            each["name"],
            each["pattern"],
            tuple(each.get("prefixes", ())),
            each.get("alphabet", "A-Za-z0-9_-"),
            each.get("unverified", False),
        )
        for each in entries
    )


def _endpoint(entry: Mapping[str, Any], probe: Mapping[str, Any]) -> ApiEndpoint:
    facts = ProbeFacts(probe["path"], probe["model"], probe["maxTokensField"], probe["minTokens"])
    return ApiEndpoint(entry["api"], entry["baseUrl"], facts)


def _auth(entry: Mapping[str, Any]) -> AuthScheme:
    own, token = _header_auth(entry), entry.get("token")
    by_header = entry["scheme"] == "header"
    return AuthScheme(
        scheme=entry["scheme"],
        key=own if by_header else _header_auth(entry.get("alternative", {})),
        token=_header_auth(token) if token else None if by_header else own,
        token_marker=token["marker"] if token else None,
        optional=entry.get("optional", False),
        scope=entry.get("alternative", {}).get("scope"),
    )


def _header_auth(entry: Mapping[str, Any]) -> HeaderAuth | None:
    if "header" not in entry:
        return None
    return HeaderAuth(entry["header"], entry["format"], entry.get("headers", {}))


def _setup_token(entry: Mapping[str, Any] | None) -> SetupToken | None:
    return None if entry is None else SetupToken(entry["prefix"], entry["minLength"], entry["createdBy"])
