from __future__ import annotations

import json
from typing import Any

import pytest

from text2llm.config.parse import build_config
from text2llm.config.reader import read_document
from text2llm.diagnostics import Location
from text2llm.errors import UsageError
from text2llm.providers.registry import load_registry
from text2llm.trust.origin import Origin, parse_origin
from text2llm.upstream.destination import Destination, OriginSource, find_destination

CORP = parse_origin("https://llm.corp.example")


def find(provider: str, given: Origin | None = None, **base_urls: str | None) -> Destination:
    return find_in(base_urls, provider, given)


def find_in(base_urls: dict[str, str | None], provider: str, given: Origin | None = None) -> Destination:
    entries: dict[str, Any] = {
        name: {**({} if url is None else {"baseUrl": url}), "api": "openai-completions"}
        for name, url in base_urls.items()
    }
    text = json.dumps({"version": 1, "models": {"providers": entries}}, indent=1)
    config = build_config(read_document("t.yaml", text.encode()), {})
    return find_destination(provider, given, config, load_registry())


@pytest.mark.parametrize("given", [None, parse_origin("https://api.anthropic.com")])
def test_descriptor_binds_a_built_in_provider(given: Origin | None) -> None:
    assert find("anthropic", given) == Destination(OriginSource.DESCRIPTOR)


def test_base_url_of_a_config_moves_no_built_in_provider() -> None:
    found = find("anthropic", anthropic="https://llm.corp.example/v1")
    assert (found.source, found.origin) == (OriginSource.DESCRIPTOR, None)
    assert found.note == (
        "t.yaml:6:16 sends it to https://llm.corp.example, which needs a grant: see `text2llm trust allow --help`"
    )
    assert find("anthropic", anthropic="https://api.anthropic.com/v1").note is None
    assert find("anthropic", anthropic=None).note is None
    assert find("anthropic", anthropic="https://user@broken.example").note is None


def test_config_names_the_origin_of_its_own_provider() -> None:
    found = find("lab", lab="https://llm.corp.example/v1")
    assert found == Destination(OriginSource.CONFIG, CORP, Location("t.yaml", 6, 16))


def test_any_spelling_of_a_configured_provider_is_found() -> None:
    assert find_in({"litellm-proxy": "https://llm.corp.example"}, "litellm").origin == CORP


def test_origin_of_the_user_takes_precedence() -> None:
    assert find("lab", CORP, lab="https://llm.corp.example/v1") == Destination(OriginSource.USER, CORP)
    assert find("anthropic", CORP) == Destination(OriginSource.USER, CORP)
    assert find("of-my-own", CORP) == Destination(OriginSource.USER, CORP)
    contradicted = find("lab", CORP, lab="https://evil.example/v1")
    assert (contradicted.source, contradicted.origin) == (OriginSource.USER, CORP)
    assert contradicted.note == "t.yaml:6:16 sends it to https://evil.example, which is not allowed"


@pytest.mark.parametrize("base_url", ["https://user:pw@lab.example", "http://api.openai.com", "lab.example/v1"])
def test_base_url_that_nothing_can_be_bound_to_is_refused(base_url: str) -> None:
    with pytest.raises(UsageError, match="the base URL of lab: the URL ") as caught:
        find("lab", lab=base_url)
    assert caught.value.location == Location("t.yaml", 6, 16)
    assert base_url not in caught.value.message


def test_provider_without_an_address_is_bound_to_nothing_yet() -> None:
    for found in (find("litellm"), find("lab", lab=None)):
        assert (found.source, found.origin) == (OriginSource.UNKNOWN, None)
        assert "no origin of " in str(found.note)


def test_unknown_provider_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="neither text2llm nor the configuration knows this provider") as caught:
        find("anthropik")
    assert "did you mean anthropic? " in str(caught.value.hint)
    with pytest.raises(UsageError) as caught:
        find("pasted-by-mistake-1234")
    assert "pasted" not in f"{caught.value.message} {caught.value.hint}"
    assert "add --origin https://HOST" in str(caught.value.hint)


@pytest.mark.parametrize("name", ["two words", "-lab", "l\u00e4b", "a" * 65, "lab:x"])
def test_what_is_no_id_is_no_provider_of_ones_own(name: str) -> None:
    with pytest.raises(UsageError, match="--provider is not a valid id"):
        find(name, CORP)
