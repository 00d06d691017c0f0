"""The shape of base URLs: one that is a segment off is told from one that is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.providers.registry import load_registry
from text2llm.trust.origin import OriginError, parse_base_url
from text2llm.upstream.base_url import find_excess, is_built_in, mend_base_url
from text2llm.upstream.wire import WIRES

H = "https://llm.example.com"
REGISTRY = load_registry()
ENDPOINTS = [
    (provider.id, endpoint.api, endpoint.base_url)
    for provider in filter(None, map(REGISTRY.get, REGISTRY.ids()))
    for endpoint in provider.endpoints
]


@pytest.mark.parametrize(
    ("api", "url", "mended"),
    [
        ("openai-completions", f"{H}/v1/chat/completions", f"{H}/v1"),
        ("openai-completions", f"{H}/v1/chat/completions/", f"{H}/v1"),
        ("openai-completions", f"{H}/v1/completions", f"{H}/v1"),
        ("openai-completions", f"{H}/v1/messages", f"{H}/v1"),
        ("openai-completions", f"{H}/chat/completions", H),
        ("openai-completions", f"{H}/v1", None),
        ("openai-completions", f"{H}/api/v1/", None),
        ("openai-completions", f"{H}/models", None),
        ("openai-completions", H, f"{H}/v1"),
        ("openai-completions", f"{H}/", f"{H}/v1"),
        ("openai-completions", "http://127.0.0.1:1234", "http://127.0.0.1:1234/v1"),
        ("openai-completions", "http://127.0.0.1:4000", None),  # LiteLLM
        ("openai-completions", "https://api.deepseek.com", None),
        ("openai-completions", "https://OpenRouter.ai", "https://OpenRouter.ai/api/v1"),
        ("openai-responses", "https://api.openai.com", "https://api.openai.com/v1"),
        ("openai-responses", f"{H}/v1/responses", f"{H}/v1"),
        ("openai-responses", "https://res.openai.azure.com", "https://res.openai.azure.com/openai/v1"),
        ("google-generative-ai", "https://api.openai.com", None),  # nothing is known of it there
        ("google-generative-ai", H, f"{H}/v1beta"),
        ("google-generative-ai", f"{H}/v1beta/models", f"{H}/v1beta"),
        ("google-generative-ai", f"{H}/v1beta/models/gemini-x:generateContent", f"{H}/v1beta"),
        ("google-generative-ai", f"{H}/v1beta", None),
        ("anthropic-messages", f"{H}/v1", H),
        ("anthropic-messages", f"{H}/v1/messages", H),
        ("anthropic-messages", f"{H}/anthropic/v1", f"{H}/anthropic"),
        ("anthropic-messages", f"{H}/messages", H),
        ("anthropic-messages", H, None),
        ("ollama", f"{H}/api", H),
        ("ollama", f"{H}/api/chat", H),
        ("ollama", f"{H}/v1", H),
        ("ollama", H, None),
        ("bedrock-converse", f"{H}/model/a.b/converse", H),
        ("azure-openai", f"{H}/openai/deployments/x/chat/completions", f"{H}/openai/deployments/x"),
        ("another-api", f"{H}/chat/completions", None),
        ("another-api", H, None),
        ("openai-completions", "llm.example.com", None),
        ("openai-completions", f"{H}?key=1", None),
    ],
)
def test_what_was_probably_meant(api: str, url: str, mended: str | None) -> None:
    assert mend_base_url(url, api) == mended


@pytest.mark.parametrize(("provider", "api", "url"), ENDPOINTS, ids=lambda value: str(value)[:40])
def test_no_address_of_a_descriptor_is_odd(provider: str, api: str, url: str) -> None:
    assert mend_base_url(url.replace("{", "").replace("}", ""), api) is None, provider


@given(
    st.sampled_from(sorted(WIRES)),
    st.lists(st.sampled_from(["v1", "v1beta", "chat", "completions", "messages", "models", "api", "x"]), max_size=5),
)
def test_a_mended_url_is_right(api: str, segments: list[str]) -> None:
    mended = mend_base_url("/".join((H, *segments)), api)
    while mended is not None:
        parse_base_url(mended)
        mended = mend_base_url(mended, api)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.openai.com/x", True),
        ("http://127.0.0.1:11434", True),
        ("http://127.0.0.1", False),
        (H, False),
        ("nothing", False),
    ],
)
def test_a_built_in_provider_is_known_by_host_and_port(url: str, *, expected: bool) -> None:
    assert is_built_in(url) is expected


def test_excess_is_what_the_api_appends() -> None:
    assert find_excess(f"{H}/v1/messages/", "anthropic-messages") == "/v1/messages"
    assert find_excess(H, "another-api") is None
    with pytest.raises(OriginError):
        parse_base_url("nothing")
    assert find_excess("nothing", "ollama") is None
