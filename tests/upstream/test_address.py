"""Where a provider is asked, and where its other endpoints are when the configuration moves it."""

from __future__ import annotations

import pytest

from tests.probe.making import view
from text2llm.providers.descriptor import SPOKEN
from text2llm.providers.registry import load_registry
from text2llm.upstream.address import Address, find_address, find_sibling, rebase_url
from text2llm.upstream.wire import WIRES


def find(provider: str, entry: str | None = None, model: str | None = None) -> Address:
    config = "" if entry is None else f"models: {{providers: {{{provider}: {{{entry}}}}}}}\n"
    custom = view(f"version: 1\n{config}").customs.get(provider)
    return find_address(load_registry().get(provider), custom, model)


def test_every_spoken_format_has_its_code() -> None:
    assert frozenset(WIRES) == SPOKEN


@pytest.mark.parametrize(
    ("provider", "entry", "told"),
    [
        ("anthropic", None, ("anthropic-messages", "https://api.anthropic.com", False)),
        ("anthropic", "apiKey: '${K}'", ("anthropic-messages", "https://api.anthropic.com", False)),
        ("anthropic", "baseUrl: 'https://x.example/a/'", ("anthropic-messages", "https://x.example/a", True)),
        ("nobody", None, ("openai-completions", None, False)),
        ("lab", "baseUrl: 'http://far.example'", ("openai-completions", "http://far.example", True)),
        ("lab", "baseUrl: 'http://api.openai.com'", ("openai-completions", None, True)),
        ("lab", "baseUrl: 'http://0.0.0.0:1'", ("openai-completions", None, True)),
        ("azure-openai", None, ("openai-responses", None, False)),
    ],
)
def test_where_requests_go(provider: str, entry: str | None, told: tuple[str, str | None, bool]) -> None:
    found = find(provider, entry)
    assert (found.api, found.base and str(found.base), found.moved) == told
    assert (found.problem is None) is (found.base is not None or found.url is None)


@pytest.mark.parametrize(
    ("provider", "entry", "url", "place"),
    [
        ("xai", None, "https://api.x.ai/v1/key?a=b", "https://api.x.ai/v1/key?a=b"),
        ("xai", None, "https://management-api.x.ai/auth", None),
        ("moonshot", None, "https://api.moonshot.cn/v1/users/me", "https://api.moonshot.cn/v1/users/me"),
        # A key of the one place is none of the other.
        (
            *("moonshot", "baseUrl: 'https://api.moonshot.cn/v1'"),
            *("https://api.moonshot.ai/v1/users/me?x", "https://api.moonshot.cn/v1/users/me?x"),
        ),
        (
            *("moonshot", "baseUrl: 'https://api.moonshot.cn/v1'"),
            *("https://api.moonshot.ai/elsewhere", "https://api.moonshot.ai/elsewhere"),
        ),
        ("xai", "baseUrl: 'https://gateway.example/x'", "https://api.x.ai/v1/key", None),
        ("xai", "baseUrl: 'https://gateway.example/x'", "{baseUrl}/key", "https://gateway.example/x/key"),
        ("lmstudio", "baseUrl: 'http://127.0.0.1:1234/v1'", "http://127.0.0.1:1234/api", "http://127.0.0.1:1234/api"),
        ("nobody", None, "https://api.x.ai/v1/key", None),
        ("xai", None, "https://[bad/", None),
    ],
)
def test_sister_is_found_at_the_provider_itself(provider: str, entry: str | None, url: str, place: str | None) -> None:
    sibling = find_sibling((url,), find(provider, entry), load_registry().get(provider))
    assert (None if sibling is None else f"{sibling.base.origin}{sibling.target}") == place


def test_gateway_has_below_its_address_what_the_provider_has_below_its_own() -> None:
    gateway = find("xai", "baseUrl: 'https://gateway.example/x'")
    followed = rebase_url("https://api.x.ai/v1/language-models?a=b", gateway)
    assert followed is not None
    assert f"{followed.base}?{followed.query}" == "https://gateway.example/x/language-models?a=b"
    assert rebase_url("https://elsewhere.example/v1", gateway) is None
    assert rebase_url("https://api.x.ai/v1", find("nobody")) is None
