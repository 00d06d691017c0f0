from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.probe.making import NOW, granted, view
from text2llm.auth.reading import Reading
from text2llm.listing.plan import ListingQuery, find_listing_place, plan_listing
from text2llm.providers.endpoints import ListingEndpoint, load_listings
from text2llm.providers.registry import load_registry
from text2llm.upstream.verdict import Reason, Verdict

ENDPOINTS = load_listings(load_registry())
LAB = "models: {providers: {lab: {api: %s, baseUrl: 'https://lab.example/base', apiKey: '${LAB}'}}}"


def see(config: str = "", environ: Mapping[str, str] | None = None, store: Any = None) -> Reading:
    return view(f"version: 1\n{config}\n", store, environ)


def plan(provider: str, config: str = "", **environ: str) -> ListingQuery | Verdict:
    return plan_listing(provider, see(config, environ), ENDPOINTS)


def url(query: ListingQuery | Verdict, cursor: str | None = None) -> str:
    assert isinstance(query, ListingQuery), query
    request = query.build_request(cursor)
    return f"{request.method} {request.origin}{request.path}"


@pytest.mark.parametrize(
    ("provider", "variable", "wanted", "shape"),
    [
        ("openai", "OPENAI_API_KEY", "GET https://api.openai.com/v1/models", "openai"),
        ("anthropic", "ANTHROPIC_API_KEY", "GET https://api.anthropic.com/v1/models?limit=1000", "anthropic"),
        (
            *("google", "GEMINI_API_KEY"),
            *("GET https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000", "google"),
        ),
        ("xai", "XAI_API_KEY", "GET https://api.x.ai/v1/language-models", "xai"),
        ("groq", "GROQ_API_KEY", "GET https://api.groq.com/openai/v1/models", "openai"),
        ("synthetic", "SYNTHETIC_API_KEY", "GET https://api.synthetic.new/openai/v1/models", "openai"),
    ],
)
def test_provider_is_asked_where_its_descriptor_says_with_its_credential(
    provider: str, variable: str, wanted: str, shape: str
) -> None:
    query = plan(provider, **{variable: "a-key"})
    assert url(query) == wanted
    assert isinstance(query, ListingQuery)
    assert query.place.shape == shape
    assert [str(each.credential.name) for each in query.access.secrets] == [f"env:{variable}"]


@pytest.mark.parametrize("environ", [{}, {"OPENROUTER_API_KEY": "a-key"}])
def test_public_listing_gets_no_credential(environ: dict[str, str]) -> None:
    query = plan("openrouter", **environ)
    assert url(query) == "GET https://openrouter.ai/api/v1/models"
    assert isinstance(query, ListingQuery)
    assert (query.place.public, query.access.secrets) == (True, ())


def test_local_server_needs_none() -> None:
    query = plan("ollama")
    assert url(query) == "GET http://127.0.0.1:11434/api/tags"
    assert isinstance(query, ListingQuery)
    assert query.access.secrets == ()


@pytest.mark.parametrize(
    ("provider", "settings", "wanted", "shape"),
    [
        ("openrouter", "baseUrl: 'http://127.0.0.1:9/up'", "GET http://127.0.0.1:9/up/models", "openrouter"),
        ("anthropic", "baseUrl: 'http://127.0.0.1:9'", "GET http://127.0.0.1:9/v1/models?limit=1000", "anthropic"),
        ("google", "baseUrl: 'http://127.0.0.1:9/g'", "GET http://127.0.0.1:9/g/models?pageSize=1000", "google"),
        ("ollama", "baseUrl: 'http://127.0.0.1:9/v1'", "GET http://127.0.0.1:9/v1/models", "openai"),
        ("ollama", "baseUrl: 'http://127.0.0.1:9'", "GET http://127.0.0.1:9/api/tags", "ollama"),
        ("lmstudio", "baseUrl: 'http://127.0.0.1:9/v1'", "GET http://127.0.0.1:9/v1/models", "openai"),
        ("lmstudio", "baseUrl: 'http://127.0.0.1:1234/v1'", "GET http://127.0.0.1:1234/api/v1/models", "lmstudio"),
        ("vllm", "baseUrl: 'http://127.0.0.1:9/v1'", "GET http://127.0.0.1:9/v1/models", "openai"),
        ("litellm", "baseUrl: 'http://127.0.0.1:9'", "GET http://127.0.0.1:9/v1/models", "openai"),
        (
            *("moonshot", "baseUrl: 'https://api.moonshot.cn/v1'"),
            *("GET https://api.moonshot.cn/v1/models", "openai"),
        ),
        (
            *("openai", "api: openai-completions, baseUrl: 'https://api.openai.com/v1'"),
            *("GET https://api.openai.com/v1/models", "openai"),
        ),
        (
            *("xai", "baseUrl: 'https://gateway.example/x'"),
            *("GET https://gateway.example/x/language-models", "xai"),
        ),
    ],
)
def test_base_url_of_the_configuration_moves_the_listing_along(
    provider: str, settings: str, wanted: str, shape: str
) -> None:
    environ = {"K": "a-key", **granted("/".join(wanted.split()[1].split("/")[:3]), "env:K")}
    query = plan(provider, f"models: {{providers: {{{provider}: {{{settings}, apiKey: '${{K}}'}}}}}}", **environ)
    assert url(query) == wanted
    assert isinstance(query, ListingQuery)
    assert (query.place.shape, query.place.public) == (shape, False)


@pytest.mark.parametrize(
    ("api", "wanted", "shape"),
    [
        ("openai-completions", "GET https://lab.example/base/models", "openai"),
        ("openai-responses", "GET https://lab.example/base/models", "openai"),
        ("anthropic-messages", "GET https://lab.example/base/v1/models?limit=1000", "anthropic"),
        ("google-generative-ai", "GET https://lab.example/base/models?pageSize=1000", "google"),
        ("ollama", "GET https://lab.example/base/api/tags", "ollama"),
    ],
)
def test_configured_provider_lists_as_its_wire_format_does(api: str, wanted: str, shape: str) -> None:
    query = plan("lab", LAB % api, LAB="a-key", **granted("https://lab.example", "env:LAB"))
    assert url(query) == wanted
    assert isinstance(query, ListingQuery)
    assert query.place.shape == shape
    assert [str(each.credential.name) for each in query.access.secrets] == ["env:LAB"]


def test_open_listing_behind_a_gateway_is_asked_for_without_a_credential_when_there_is_none() -> None:
    query = plan("openrouter", "models: {providers: {openrouter: {baseUrl: 'http://127.0.0.1:9/api/v1'}}}")
    assert url(query) == "GET http://127.0.0.1:9/api/v1/models"
    assert isinstance(query, ListingQuery)
    assert query.access.secrets == ()


@pytest.mark.parametrize(
    ("provider", "config", "reason"),
    [
        ("openai", "", Reason.MISSING_CREDENTIAL),
        ("lab", LAB % "openai-completions", Reason.UNRESOLVED_REF),
        (
            "openrouter",
            "models: {providers: {openrouter: {baseUrl: 'http://127.0.0.1:9', apiKey: '${NO}'}}}",
            Reason.UNRESOLVED_REF,
        ),
        ("perplexity", "", Reason.ENDPOINT_NOT_FOUND),
        ("nobody", "", Reason.ENDPOINT_NOT_FOUND),
        ("lab", "models: {providers: {lab: {api: openai-completions}}}", Reason.ENDPOINT_NOT_FOUND),
        ("lab", "models: {providers: {lab: {api: openai-codex-responses, baseUrl: 'http://h'}}}", Reason.UNCLASSIFIED),
        ("lab", "models: {providers: {lab: {api: bedrock-converse, baseUrl: 'https://h'}}}", Reason.ENDPOINT_NOT_FOUND),
        ("openai", "models: {providers: {openai: {headers: {x-a: '${NO}'}}}}", Reason.UNRESOLVED_REF),
    ],
)
def test_why_a_listing_cannot_be_asked_for(provider: str, config: str, reason: Reason) -> None:
    verdict = plan(provider, config)
    assert isinstance(verdict, Verdict)
    assert verdict.reason is reason


def test_stale_login_is_not_sent() -> None:
    stale = {"type": "oauth", "provider": "anthropic", "access": "a", "refresh": "r", "expires": NOW - 1}
    verdict = plan_listing("anthropic", see(store={"profiles": {"anthropic:me": stale}}), ENDPOINTS)
    assert isinstance(verdict, Verdict)
    assert verdict.reason is Reason.NEEDS_REFRESH


@pytest.mark.parametrize(
    ("provider", "listing"), [("openai", "https://elsewhere.example/v1/models"), ("lmstudio", "http://{port}/models")]
)
def test_listing_that_is_on_no_origin_of_its_provider_is_none(provider: str, listing: str) -> None:
    place = find_listing_place(provider, see(), {provider: ListingEndpoint(listing, "openai")})
    assert isinstance(place, Verdict)
    assert place.reason is Reason.ENDPOINT_NOT_FOUND


def test_later_page_is_asked_for_by_its_cursor_alone() -> None:
    anthropic, google = plan("anthropic", ANTHROPIC_API_KEY="k"), plan("google", GEMINI_API_KEY="k")
    assert url(anthropic, "a b&c=d") == "GET https://api.anthropic.com/v1/models?limit=1000&after_id=a%20b%26c%3Dd"
    assert url(google, "50").endswith("/v1beta/models?pageSize=1000&pageToken=50")


def test_query_of_a_listing_stays() -> None:
    query = plan("venice")
    assert url(query) == "GET https://api.venice.ai/api/v1/models?type=text"
    assert isinstance(query, ListingQuery)
    assert str(query.place.sibling) == "https://api.venice.ai/api/v1/models?type=text"
