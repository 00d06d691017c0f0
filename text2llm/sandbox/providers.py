"""The played providers, and the documented paths of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from text2llm.sandbox.payloads import PlayedApi
from text2llm.sandbox.values import HttpRequest


class PlayedEndpoint(NamedTuple):
    """A path and method of a provider. ``public``: needs no key; ``tokens``: needs a login's token, not an API key."""

    method: str
    path: str
    kind: str
    public: bool = False
    tokens: bool = False
    played: PlayedApi = PlayedApi("", "")


class PathMatch(NamedTuple):
    endpoints: Mapping[str, PlayedEndpoint]
    model: str = ""


_LISTS = (PlayedEndpoint("GET", "/models", "listing"), PlayedEndpoint("GET", "/models/{model}", "model"))
_PUBLISHED = "/projects/{any}/locations/{any}/publishers/google/models/{model}"
#: The endpoints of each wire format, below its base URL.
_PATHS: Mapping[str, tuple[PlayedEndpoint, ...]] = {
    "openai-completions": (PlayedEndpoint("POST", "/chat/completions", "completion"), *_LISTS),
    "openai-responses": (PlayedEndpoint("POST", "/responses", "completion"), *_LISTS),
    "anthropic-messages": (
        PlayedEndpoint("POST", "/v1/messages", "completion"),
        PlayedEndpoint("GET", "/v1/models", "listing"),
        PlayedEndpoint("GET", "/v1/models/{model}", "model"),
    ),
    "google-generative-ai": (
        PlayedEndpoint("POST", "/models/{model}:generateContent", "completion"),
        PlayedEndpoint("POST", "/models/{model}:streamGenerateContent", "completion"),
        *_LISTS,
    ),
    "azure-openai": (
        PlayedEndpoint("POST", "/openai/deployments/{model}/chat/completions", "completion"),
        PlayedEndpoint("POST", "/openai/v1/chat/completions", "completion"),
    ),
    "bedrock-converse": (
        PlayedEndpoint("POST", "/model/{model}/converse", "completion"),
        PlayedEndpoint("POST", "/model/{model}/converse-stream", "completion"),
    ),
    "google-vertex": (
        PlayedEndpoint("POST", f"{_PUBLISHED}:generateContent", "completion"),
        PlayedEndpoint("POST", f"{_PUBLISHED}:streamGenerateContent", "completion"),
    ),
    "ollama": (
        PlayedEndpoint("POST", "/api/chat", "completion", public=True),
        PlayedEndpoint("GET", "/api/tags", "listing", public=True),
        PlayedEndpoint("POST", "/api/show", "model", public=True),
        PlayedEndpoint("GET", "/api/version", "version", public=True),
    ),
}
#: More endpoints of a provider, below its origin. They replace those of its format at the same path.
_OWN: Mapping[str, tuple[PlayedEndpoint, ...]] = {
    "anthropic": (PlayedEndpoint("GET", "/api/oauth/usage", "usage", tokens=True),),
    "openrouter": (
        PlayedEndpoint("GET", "/api/v1/models", "catalog", public=True),
        PlayedEndpoint("GET", "/api/v1/key", "usage"),
        PlayedEndpoint("GET", "/api/v1/credits", "credits"),
    ),
    "litellm": (PlayedEndpoint("GET", "/key/info", "key"),),
    "zai": (PlayedEndpoint("GET", "/api/monitor/usage/quota/limit", "usage"),),
    "openai-codex": (PlayedEndpoint("GET", "/backend-api/wham/usage", "usage"),),
}
#: The base URL of each provider below its origin, by format.
_BASES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "openai": (("openai-completions", "/v1"), ("openai-responses", "/v1")),
    "anthropic": (("anthropic-messages", ""),),
    "google": (("google-generative-ai", "/v1beta"),),
    "ollama": (("ollama", ""),),
    "openrouter": (("openai-completions", "/api/v1"),),
    "zai": (("openai-completions", "/api/paas/v4"),),
    "openai-codex": (("openai-responses", "/backend-api/codex"),),
    "azure-openai": (("azure-openai", ""),),
    "amazon-bedrock": (("bedrock-converse", ""),),
    "google-vertex": (("google-vertex", "/v1"),),
    "github-copilot": (("openai-completions", ""),),
    "cohere": (("openai-completions", "/compatibility/v1"),),
    "deepseek": (("openai-completions", ""), ("openai-completions", "/v1")),
    "groq": (("openai-completions", "/openai/v1"),),
    "litellm": (("openai-completions", ""), ("openai-completions", "/v1"), ("anthropic-messages", "")),
    "minimax": (("openai-completions", "/v1"),),
    "moonshot": (("openai-completions", "/v1"),),
    "nvidia": (("openai-completions", "/v1"),),
    "venice": (("openai-completions", "/api/v1"),),
    "vercel-ai-gateway": (("openai-completions", "/v1"),),
    "vllm": (("openai-completions", "/v1"),),
    "xai": (("openai-completions", "/v1"),),
}
#: Providers with a public list of models: a 200 there verifies no key.
_PUBLIC_LISTS = {"openrouter", "venice", "vercel-ai-gateway"}
#: Providers that need no name before the path, in the order in which they are tried.
_PLAIN = (
    "openai",
    "anthropic",
    "google",
    "ollama",
    "openrouter",
    "zai",
    "openai-codex",
    "azure-openai",
    "amazon-bedrock",
    "google-vertex",
)

PROVIDERS = tuple(_BASES)


def base_paths() -> Iterator[tuple[PlayedApi, str]]:
    for provider, bases in _BASES.items():
        prefix = "" if provider in _PLAIN else f"/{provider}"
        yield from ((PlayedApi(provider, api), prefix + base) for api, base in bases)


def find_endpoints(request: HttpRequest) -> PathMatch:
    """The endpoints of a path; empty if no provider has it. If several have it, the headers decide."""
    for provider in ("", _guess_provider(request), *_PLAIN):
        found = _match(f"/{provider}{request.path}" if provider else request.path)
        if found.endpoints:
            return found
    return PathMatch({})


def _match(path: str) -> PathMatch:
    provider = path[1:].partition("/")[0]
    for pattern, endpoints in _compile(provider) if provider in _BASES else ():
        matched = pattern.fullmatch(path)
        if matched:
            return PathMatch(endpoints, unquote(matched.groupdict().get("model") or ""))
    return PathMatch({})


@cache
def _compile(provider: str) -> Sequence[tuple[re.Pattern[str], Mapping[str, PlayedEndpoint]]]:
    return [
        (re.compile(_write_pattern(f"/{provider}{path}")), endpoints)
        for path, endpoints in _list_endpoints(provider).items()
    ]


def _write_pattern(path: str) -> str:
    return re.escape(path).replace(r"\{model\}", "(?P<model>.+)").replace(r"\{any\}", "[^/]+")


def _list_endpoints(provider: str) -> dict[str, dict[str, PlayedEndpoint]]:
    listed: dict[str, dict[str, PlayedEndpoint]] = {}
    open_lists = provider in _PUBLIC_LISTS
    for api, base in _BASES[provider]:
        for endpoint in _PATHS[api]:
            public = endpoint.public or (open_lists and endpoint.kind in {"listing", "model"})
            made = endpoint._replace(public=public, played=PlayedApi(provider, api))
            listed.setdefault(base + endpoint.path, {}).setdefault(endpoint.method, made)
    played = PlayedApi(provider, _BASES[provider][0][0])
    for endpoint in _OWN.get(provider, ()):
        listed[endpoint.path] = {endpoint.method: endpoint._replace(played=played)}
    return listed


def _guess_provider(request: HttpRequest) -> str:
    """The provider of a request that names none: some headers belong to one API only."""
    if not {"x-api-key", "anthropic-version"}.isdisjoint(request.headers):
        return "anthropic"
    return "google" if "x-goog-api-key" in request.headers else "openai"


def guess_api(request: HttpRequest) -> PlayedApi:
    named = request.path[1:].partition("/")[0]
    provider = named if named in _BASES else _guess_provider(request)
    return PlayedApi(provider, _BASES[provider][0][0])
