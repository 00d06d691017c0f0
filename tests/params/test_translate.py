"""Merged parameters as fields of a request."""

from __future__ import annotations

from typing import Any

import pytest

from text2llm.params.spelling import read_params
from text2llm.params.translate import EffectiveParams, translate


def made(params: dict[str, Any], api: str, provider: str = "lab", limit: str | None = "") -> EffectiveParams:
    return translate(read_params(params), api, provider, limit)


def test_null_is_told_and_not_sent() -> None:
    found = made({"temperature": None, "provider": {"only": None, "sort": "price"}, "user": None}, "openai-completions")
    assert found.params == {"temperature": None, "provider": {"only": None, "sort": "price"}, "user": None}
    assert found.request == {"provider": {"sort": "price"}}


@pytest.mark.parametrize("name", ["model", "base_url", "baseURL", "api_base"])
def test_what_would_request_another_model_or_server_is_not_sent(name: str) -> None:
    for written in ({name: "other"}, {"extra_body": {name: "other"}}):
        assert made(written, "openai-completions") == EffectiveParams(dropped={name: "other"})
    assert made({name: None}, "openai-completions") == EffectiveParams(params={name: None})


def test_what_is_for_the_client_is_told_and_not_sent() -> None:
    assert made({"timeout": "60s"}, "ollama") == EffectiveParams(params={"timeout": "60s"})


@pytest.mark.parametrize("level", ["none", "minimal", "xhigh", "hgih"])
def test_a_level_is_sent_as_written(level: str) -> None:
    assert made({"effort": level}, "anthropic-messages").request == {"output_config": {"effort": level}}


@pytest.mark.parametrize(
    ("written", "limit", "field"),
    [
        ("maxTokens", "", "max_tokens"),
        ("max_completion_tokens", "", "max_completion_tokens"),
        ("maxTokens", "max_completion_tokens", "max_completion_tokens"),
        ("max_completion_tokens", "max_tokens", "max_tokens"),
    ],
)
def test_the_field_of_the_limit_is_the_servers_else_the_written_one(written: str, limit: str, field: str) -> None:
    assert made({written: 9}, "openai-completions", limit=limit).request == {field: 9}


def test_a_server_without_a_limit_gets_none() -> None:
    found = made({"max_tokens": 9}, "openai-completions", limit=None)
    assert (found.request, found.dropped, found.params) == ({}, {"maxTokens": 9}, {})


def test_reasoning_stays_in_the_form_in_which_it_was_written() -> None:
    written = {"reasoning": {"effort": "low", "exclude": True}}
    assert made(written, "openai-completions").request == written


@pytest.mark.parametrize(
    ("api", "params", "request_"),
    [
        ("ollama", {"effort": "none"}, {"think": False}),
        ("ollama", {"effort": "low", "think": True}, {"think": True}),
        ("ollama", {"num_ctx": 8, "think": True, "seed": 1}, {"options": {"seed": 1, "num_ctx": 8}, "think": True}),
        ("google-generative-ai", {"stop": "x"}, {"generationConfig": {"stopSequences": ["x"]}}),
        ("google-generative-ai", {"safetySettings": []}, {"safetySettings": []}),
        ("anthropic-messages", {"context1m": False}, {}),
        ("some-new-api", {"topP": 1}, {"top_p": 1}),
    ],
)  # fmt: skip
def test_values_and_the_providers_own(api: str, params: dict[str, Any], request_: dict[str, Any]) -> None:
    found = made(params, api)
    assert (found.request, found.headers) == (request_, {})


def test_nothing_is_nothing() -> None:
    assert not EffectiveParams()
    assert made({"seed": None}, "ollama")
    assert made({"seed": 1}, "anthropic-messages")
