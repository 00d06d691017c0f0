from __future__ import annotations

from tests.providers.descriptors import DESCRIPTORS
from text2llm.providers.endpoints import UsageEndpoint, load_usage
from text2llm.providers.index import build_usage
from text2llm.providers.plugin import InstalledPlugin, LoadedPlugin
from text2llm.providers.registry import load_registry
from text2llm.trust.origin import parse_base_url
from text2llm.usage.parse import PARSERS

READ = {"name": "key", "method": "GET", "url": "https://a.example/key", "answer": "openrouter", "source": "docs"}


def test_only_verified_endpoints_whose_answer_is_read_are_built() -> None:
    lead = {"name": "credits", "method": "GET", "url": "https://a.example/credits", "source": "docs"}
    built = build_usage(
        [
            {"id": "a", "usage": [lead, {**READ, "format": "Bearer {secret}", "note": "x"}]},
            {"id": "b", "usage": [{**READ, "unverified": True}]},
            {"id": "c", "usage": [lead]},
            {"id": "d"},
        ]
    )
    assert built == {"a": {"url": "https://a.example/key", "format": "Bearer {secret}", "answer": "openrouter"}}


def test_shipped_endpoints_are_on_the_origins_of_their_provider_and_can_be_read() -> None:
    registry = load_registry()
    endpoints = load_usage(registry)
    assert set(endpoints) == {"anthropic", "openai-codex", "openrouter", "zai"}
    assert {each.answer for each in endpoints.values()} == set(PARSERS)
    for name, each in endpoints.items():
        for url in filter(None, (each.url, each.url_china)):
            assert str(parse_base_url(url).origin) in DESCRIPTORS[name]["origins"]
    assert {name for name, each in endpoints.items() if each.needs_login} == {"anthropic", "openai-codex"}
    assert endpoints["anthropic"].prefix == "Bearer "


def test_plugin_adds_its_own_endpoint_and_replaces_no_others() -> None:
    descriptors = ({**DESCRIPTORS["groq"], "id": name, "aliases": [], "usage": [READ]} for name in ("lab", "zai"))
    plugins = [LoadedPlugin(InstalledPlugin("dist", "name", "1"), each, {}) for each in descriptors]
    endpoints = load_usage(load_registry().with_plugins(plugins))
    assert endpoints["lab"] == UsageEndpoint("https://a.example/key", "Bearer ", "openrouter")
    assert endpoints["zai"].answer == "zai"
