from __future__ import annotations

from tests.providers.descriptors import DESCRIPTORS
from text2llm.listing.parse import SHAPES
from text2llm.providers.endpoints import ListingEndpoint, load_listings
from text2llm.providers.index import build_listings
from text2llm.providers.plugin import InstalledPlugin, LoadedPlugin
from text2llm.providers.registry import load_registry
from text2llm.trust.origin import parse_base_url

READ = {"url": "https://a.example/models", "items": "/data", "answer": "openai", "source": "docs"}


def test_only_verified_listings_whose_answer_is_read_are_built() -> None:
    lead = {"url": "https://a.example/models", "source": "docs"}
    built = build_listings(
        [
            {"id": "a", "models": {**READ, "public": True, "note": "x"}},
            {"id": "b", "models": {**READ, "unverified": True}},
            {"id": "c", "models": lead},
        ]
    )
    assert built == {"a": {"url": "https://a.example/models", "public": True, "answer": "openai"}}


def test_shipped_listings_are_on_the_origins_of_their_provider_and_can_be_read() -> None:
    listings = load_listings(load_registry())
    assert {"anthropic", "google", "ollama", "openai", "openrouter"} <= set(listings)
    assert {each.answer for each in listings.values()} == set(SHAPES)
    for name, each in listings.items():
        url = each.url.replace("{baseUrl}", DESCRIPTORS[name]["baseUrl"]).partition("?")[0]
        origin = str(parse_base_url(url).origin)
        assert origin in DESCRIPTORS[name]["origins"] or DESCRIPTORS[name]["local"], name


def test_pages_are_asked_for_as_the_descriptors_say() -> None:
    for name, each in load_listings(load_registry()).items():
        pagination = DESCRIPTORS[name]["models"].get("pagination", {})
        told = {*pagination.get("params", ()), *filter(None, [pagination.get("param")])}
        shape = SHAPES[each.answer]
        assert told <= {shape.cursor, shape.size.partition("=")[0]}, name


def test_plugin_adds_its_own_listing_and_replaces_no_others() -> None:
    descriptors = ({**DESCRIPTORS["groq"], "id": name, "aliases": [], "models": READ} for name in ("lab", "openai"))
    plugins = [LoadedPlugin(InstalledPlugin("dist", "name", "1"), each, {}) for each in descriptors]
    listings = load_listings(load_registry().with_plugins(plugins))
    assert listings["lab"] == ListingEndpoint("https://a.example/models", "openai")
    assert listings["openai"].url == "https://api.openai.com/v1/models"
