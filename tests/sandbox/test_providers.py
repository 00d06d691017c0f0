"""The paths of each provider."""

from __future__ import annotations

import pytest

from tests.sandbox.talking import ANTHROPIC, Quiet
from text2llm.sandbox.providers import PROVIDERS, base_paths, find_endpoints
from text2llm.sandbox.values import HttpRequest

SUFFIX = {
    "openai-completions": "/chat/completions",
    "openai-responses": "/responses",
    "anthropic-messages": "/v1/messages",
    "google-generative-ai": "/models/m1:generateContent",
    "ollama": "/api/chat",
    "azure-openai": "/openai/deployments/m1/chat/completions",
    "bedrock-converse": "/model/m1/converse",
    "google-vertex": "/projects/p1/locations/global/publishers/google/models/m1:generateContent",
}
BASES = [(played.provider, played.api, path) for played, path in base_paths()]


def post(path: str) -> HttpRequest:
    return HttpRequest("POST", path, {}, {}, b"", "req_1", 0)


@pytest.mark.parametrize(("provider", "api", "base"), BASES)
def test_base_url_leads_to_its_provider(provider: str, api: str, base: str) -> None:
    endpoint = find_endpoints(post(base + SUFFIX[api])).endpoints["POST"]
    assert (endpoint.played.provider, endpoint.played.api, endpoint.kind) == (provider, api, "completion")


@pytest.mark.parametrize(("provider", "api", "base"), BASES)
def test_path_may_begin_with_the_provider(provider: str, api: str, base: str) -> None:
    path = base if base.startswith(f"/{provider}") else f"/{provider}{base}"
    assert find_endpoints(post(path + SUFFIX[api])).endpoints["POST"].played.provider == provider


def test_no_two_base_urls_are_one() -> None:
    paths = [base + SUFFIX[api] for _, api, base in BASES]
    assert len(set(paths)) == len(paths)
    assert {provider for provider, _, _ in BASES} == set(PROVIDERS)


def test_headers_decide_whose_list_it_is(quiet: Quiet) -> None:
    both = {"authorization": "Bearer sandbox-ok", "x-api-key": "sandbox-ok", **ANTHROPIC}
    assert quiet.send("GET", "/v1/models", both).data["has_more"] is False
    assert quiet.send("GET", "/v1/models", {"authorization": "Bearer sandbox-ok"}).data["object"] == "list"


def test_prefix_decides_which_api_answers(quiet: Quiet) -> None:
    headers = {"authorization": "Bearer sandbox-ok", "x-api-key": "sandbox-ok", **ANTHROPIC}
    assert quiet.send("GET", "/openai/v1/models", headers).data["object"] == "list"
    assert quiet.send("GET", "/anthropic/v1/models", headers).data["has_more"] is False


def test_home_lists_every_base_url(quiet: Quiet) -> None:
    home = quiet.send("GET", "/").data
    assert home["issuer"] == "http://127.0.0.1:8787"
    assert {"provider": "groq", "api": "openai-completions", "baseUrl": "http://127.0.0.1:8787/groq/openai/v1"} in home[
        "providers"
    ]
    assert quiet.send("POST", "/").status == 404
