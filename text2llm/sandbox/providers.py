"""The providers that are played, and where: the paths of each, as its documentation has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from text2llm.sandbox.payloads import Voice
from text2llm.sandbox.values import Request


class Endpoint(NamedTuple):
    """Something that a provider answers to one method.

    ``kind`` says what. ``public``: without a key, too; ``tokens``: with the token of a login, not with an API key.
    """

    voice: Voice
    kind: str
    method: str
    public: bool = False
    tokens: bool = False


class _Path(NamedTuple):
    method: str
    path: str
    kind: str
    public: bool = False
    tokens: bool = False


class Found(NamedTuple):
    """The endpoints of a path by method, and the model that it names."""

    endpoints: Mapping[str, Endpoint]
    model: str = ""


_LISTS = (_Path("GET", "/models", "listing"), _Path("GET", "/models/{model}", "model"))
#: What each wire format has below its base URL.
_PATHS: Mapping[str, tuple[_Path, ...]] = {
    "openai-completions": (_Path("POST", "/chat/completions", "completion"), *_LISTS),
    "openai-responses": (_Path("POST", "/responses", "completion"), *_LISTS),
    "anthropic-messages": (
        _Path("POST", "/v1/messages", "completion"),
        _Path("GET", "/v1/models", "listing"),
        _Path("GET", "/v1/models/{model}", "model"),
    ),
    "google-generative-ai": (
        _Path("POST", "/models/{model}:generateContent", "completion"),
        _Path("POST", "/models/{model}:streamGenerateContent", "completion"),
        *_LISTS,
    ),
    "ollama": (
        _Path("POST", "/api/chat", "completion", public=True),
        _Path("GET", "/api/tags", "listing", public=True),
        _Path("POST", "/api/show", "model", public=True),
        _Path("GET", "/api/version", "version", public=True),
    ),
}
#: What a provider has besides, below its origin. It replaces what its format has at the same path.
_OWN: Mapping[str, tuple[_Path, ...]] = {
    "anthropic": (_Path("GET", "/api/oauth/usage", "usage", tokens=True),),
    "openrouter": (
        _Path("GET", "/api/v1/models", "catalog", public=True),
        _Path("GET", "/api/v1/key", "usage"),
        _Path("GET", "/api/v1/credits", "credits"),
    ),
    "litellm": (_Path("GET", "/key/info", "key"),),
    "zai": (_Path("GET", "/api/monitor/usage/quota/limit", "usage"),),
    "openai-codex": (_Path("GET", "/backend-api/wham/usage", "usage"),),
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
#: Whose list of models is public: a 200 there proves no key.
_PUBLIC_LISTS = {"openrouter", "venice", "vercel-ai-gateway"}
#: Who can be reached without a name before the path, in the order in which they are asked.
_PLAIN = ("openai", "anthropic", "google", "ollama", "openrouter", "zai", "openai-codex")

PROVIDERS = tuple(_BASES)


def base_paths() -> Iterator[tuple[Voice, str]]:
    """Who is played, with the path of the base URL for a client."""
    for provider, bases in _BASES.items():
        prefix = "" if provider in _PLAIN else f"/{provider}"
        yield from ((Voice(provider, api), prefix + base) for api, base in bases)


def find_endpoints(request: Request) -> Found:
    """What a path leads to; nothing where no provider has it. Where two have it, the headers decide."""
    for provider in ("", _guess_provider(request), *_PLAIN):
        found = _match(f"/{provider}{request.path}" if provider else request.path)
        if found.endpoints:
            return found
    return Found({})


def _match(path: str) -> Found:
    for pattern, endpoints in _table().get(path[1:].partition("/")[0], ()):
        matched = pattern.fullmatch(path)
        if matched:
            return Found(endpoints, unquote(matched.groupdict().get("model") or ""))
    return Found({})


@cache
def _table() -> Mapping[str, tuple[tuple[re.Pattern[str], Mapping[str, Endpoint]], ...]]:
    return {provider: tuple(_compile(provider)) for provider in _BASES}


def _compile(provider: str) -> Iterator[tuple[re.Pattern[str], Mapping[str, Endpoint]]]:
    for path, endpoints in _list_endpoints(provider).items():
        yield re.compile(re.escape(f"/{provider}{path}").replace(r"\{model\}", "(?P<model>.+)")), endpoints


def _list_endpoints(provider: str) -> dict[str, dict[str, Endpoint]]:
    listed: dict[str, dict[str, Endpoint]] = {}
    open_lists = provider in _PUBLIC_LISTS
    for api, base in _BASES[provider]:
        for each in _PATHS[api]:
            public = each.public or (open_lists and each.kind in {"listing", "model"})
            endpoint = Endpoint(Voice(provider, api), each.kind, each.method, public, each.tokens)
            listed.setdefault(base + each.path, {}).setdefault(each.method, endpoint)
    voice = Voice(provider, _BASES[provider][0][0])
    for each in _OWN.get(provider, ()):
        listed[each.path] = {each.method: Endpoint(voice, each.kind, each.method, each.public, each.tokens)}
    return listed


def _guess_provider(request: Request) -> str:
    """Whom a request without a provider's name is for: some headers are of one API alone."""
    if not {"x-api-key", "anthropic-version"}.isdisjoint(request.headers):
        return "anthropic"
    return "google" if "x-goog-api-key" in request.headers else "openai"


def guess_voice(request: Request) -> Voice:
    """Who tells of a path that nobody has."""
    named = request.path[1:].partition("/")[0]
    provider = named if named in _BASES else _guess_provider(request)
    return Voice(provider, _BASES[provider][0][0])
