"""Parameters of a route in the request of its probe."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.probe.making import make_call, only_call, view
from text2llm.auth.reading import Reading
from text2llm.params.spelling import read_params
from text2llm.params.translate import translate
from text2llm.probe.routes import RouteChoice, find_routes, plan_gate
from text2llm.upstream.identity import ModelIdentity, match_names
from text2llm.upstream.params import select_params
from text2llm.upstream.wire import build_completion
from text2llm.upstream.wire.shape import CompletionCall

LAB = """
version: 1
agents: {{defaults: {{model: lab/m1, models: {{lab/m1: {{params: {params}}}}}}}}}
models: {{providers: {{lab: {{api: openai-completions, baseUrl: "http://127.0.0.1:1/v1", models: [{{id: m1}}]}}}}}}
"""


def body_of(api: str, params: dict[str, Any], max_tokens: int = 8) -> dict[str, Any]:
    request = translate(read_params(params), api, "lab").request
    call = replace(make_call(api), params=select_params(request))
    body: dict[str, Any] = json.loads(build_completion(call, max_tokens).body)
    return body


def test_parameters_of_the_model_are_sent() -> None:
    call = only_call(LAB.format(params="{temperature: 0.2, reasoning_effort: high, provider: {only: [nowhere]}}"))
    body = json.loads(build_completion(call, 8).body)
    assert (body["temperature"], body["reasoning_effort"], body["provider"]) == (0.2, "high", {"only": ["nowhere"]})


@pytest.mark.parametrize(
    "name",
    [
        *("maxTokens", "max_tokens", "max_completion_tokens", "n", "best_of", "stop", "tools", "plugins", "store"),
        *("web_search_options", "background", "timeout", "models", "api_base", "messages", "stream"),
        *("max_tokens_to_sample", "min_tokens", "min_new_tokens", "min_length", "num_return_sequences", "beam_width"),
        *("use_beam_search", "web_search_enabled", "search_mode", "mcp", "mcp_servers", "builtin_tools", "speed"),
        *("aws_bedrock_runtime_endpoint", "vertex_api_base", "litellm_params", "azure_endpoint", "base_url"),
    ],
)
def test_what_costs_or_asks_for_something_else_is_not_sent(name: str) -> None:
    assert select_params({name: 7, "seed": 1}) == {"seed": 1}


@pytest.mark.parametrize(("tier", "sent"), [("priority", False), ("flex", True)])
def test_a_service_tier_that_costs_more_is_not_sent(tier: str, *, sent: bool) -> None:
    assert ("service_tier" in select_params({"service_tier": tier})) is sent


@pytest.mark.parametrize(("tier", "sent"), [("priority", {}), ("flex", {"serviceTier": {"type": "flex"}})])
def test_a_tier_in_a_map_is_judged_like_one_without(tier: str, sent: dict[str, Any]) -> None:
    assert select_params({"serviceTier": {"type": tier}}) == sent


def test_a_forced_tool_call_leaves_thinking_out() -> None:
    params = {"thinking": {"type": "enabled", "budget_tokens": 2000}, "temperature": 1}
    assert select_params(params, tool=True) == {"temperature": 1}


def test_null_is_not_sent() -> None:
    assert select_params({"temperature": None}) == {}


def test_extra_body_is_part_of_the_body() -> None:
    assert select_params({"extra_body": {"top_k": 4, "max_tokens": 9}}) == {"top_k": 4}


@pytest.mark.parametrize(
    ("api", "params", "expected"),
    [
        (
            "anthropic-messages",
            {"thinking": {"type": "enabled", "budget_tokens": 32000}},
            {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 1032},
        ),
        (
            "openai-completions",
            {"reasoning": {"max_tokens": 9000}},
            {"reasoning": {"max_tokens": 1024}, "max_tokens": 1032},
        ),
        (
            "google-generative-ai",
            {"temperature": 1, "thinkingConfig": {"thinkingBudget": 512}},
            {
                "generationConfig": {
                    "temperature": 1,
                    "thinkingConfig": {"thinkingBudget": 512},
                    "maxOutputTokens": 520,
                }
            },
        ),
        (
            "bedrock-converse",
            {"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 16000}}},
            {
                "additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 1024}},
                "inferenceConfig": {"maxTokens": 1032},
            },
        ),
        (
            "openai-completions",
            {"extra_body": {"google": {"thinking_config": {"thinking_budget": 32000, "include_thoughts": True}}}},
            {
                "google": {"thinking_config": {"thinking_budget": 1024, "include_thoughts": True}},
                "max_tokens": 1032,
            },
        ),
        (
            "openai-completions",
            {"chat_template_kwargs": {"enable_thinking": True, "thinking_budget": 60000}},
            {"chat_template_kwargs": {"enable_thinking": True, "thinking_budget": 1024}, "max_tokens": 1032},
        ),
        (
            "openai-completions",
            {"max_reasoning_tokens": 50000, "thinking_token_budget": 50000},
            {"max_reasoning_tokens": 1024, "thinking_token_budget": 1024, "max_tokens": 1032},
        ),
        (
            "google-generative-ai",
            {"thinkingBudget": -1},
            {"generationConfig": {"maxOutputTokens": 8, "thinkingBudget": -1}},
        ),
        (
            "google-generative-ai",
            {"generationConfig": {"topK": 3, "maxOutputTokens": 70}, "safetySettings": []},
            {"generationConfig": {"topK": 3, "maxOutputTokens": 8}, "safetySettings": []},
        ),
        ("ollama", {"think": True, "top_k": 5}, {"think": True, "options": {"top_k": 5, "num_predict": 8}}),
        (
            "openai-responses",
            {"reasoning": {"effort": "low"}},
            {"reasoning": {"effort": "low"}, "max_output_tokens": 8},
        ),
    ],
)
def test_parameters_stand_where_the_api_has_them(api: str, params: dict[str, Any], expected: dict[str, Any]) -> None:
    body = body_of(api, params)
    assert {name: body.get(name) for name in expected} == expected


def test_output_limit_never_exceeds_2048_tokens() -> None:
    assert body_of("openai-completions", {"thinking_budget": 5000}, 4000)["max_tokens"] == 2048


@pytest.mark.parametrize("name", ["model", "generationConfig", "stream"])
def test_parameter_never_replaces_what_the_probe_asks_for(name: str) -> None:
    call = replace(
        make_call("google-generative-ai"),
        params=translate(read_params({name: "other"}), "google-generative-ai", "lab").request,
    )
    body = json.loads(build_completion(call, 8).body)
    assert body["generationConfig"] == {"maxOutputTokens": 8} | ({name: "other"} if name == "stream" else {})


@pytest.mark.parametrize("field", ["limits.output", "messages.x"])
def test_field_of_the_limit_may_be_nested(field: str) -> None:
    call = replace(make_call("openai-completions"), max_tokens_field=field)
    first, second = field.split(".")
    assert json.loads(build_completion(call, 8).body)[first] == {second: 8}


COMPAT = """
version: 1
agents: {defaults: {model: lab/m1}}
models:
  providers:
    lab:
      api: openai-completions
      baseUrl: "http://127.0.0.1:1/v1"
      compat: {maxTokensField: max_completion_tokens, minTokens: 16}
      models: [{id: m1, compat: {minTokens: 32, stream: true}}, {id: m2}]
"""


def test_compat_of_a_model_overrides_the_providers_key_by_key() -> None:
    call = only_call(COMPAT)
    body = json.loads(build_completion(call, 8).body)
    assert (body["max_completion_tokens"], body["stream"], set(call.stated)) == (
        32,
        True,
        {"maxTokensField", "minTokens", "stream"},
    )


def test_compat_of_the_provider_serves_its_other_models() -> None:
    call = only_call(COMPAT.replace("model: lab/m1", "model: lab/m2"))
    body = json.loads(build_completion(call, 8).body)
    assert (body["max_completion_tokens"], body["stream"]) == (16, False)


def test_gemini_streams_on_a_path_of_its_own() -> None:
    request = build_completion(replace(make_call("google-generative-ai"), stream=True), 8)
    assert request.path == "/models/m1:streamGenerateContent?alt=sse"
    assert "stream" not in json.loads(request.body)


WIRE = """
version: 1
agents: {defaults: {model: gw/large, models: {gw/large: {params: {temperature: 0.5}}}}}
models:
  providers:
    gw: {baseUrl: "http://127.0.0.1:1/v1", models: [{id: large, wire: vendor/huge-0301, compat: {minTokens: 9}}]}
"""


def test_the_api_is_asked_for_the_id_that_it_knows() -> None:
    call = only_call(WIRE)
    body = json.loads(build_completion(call, 1).body)
    assert (call.model, body["model"], body["temperature"], body["max_tokens"]) == (
        *("vendor/huge-0301", "vendor/huge-0301"),
        *(0.5, 9),
    )


def test_a_path_has_the_id_that_the_api_knows_and_its_rules_apply() -> None:
    text = WIRE.replace("baseUrl:", "api: google-generative-ai, baseUrl:")
    assert build_completion(only_call(text), 1).path == "/v1/models/vendor%2Fhuge-0301:generateContent"


def test_the_answer_is_compared_with_the_id_that_the_api_knows() -> None:
    call = only_call(WIRE + "probe: {model: exact}\n")
    assert match_names(call.model, "huge-0301", call.names) is ModelIdentity.SAME
    assert match_names(call.model, "large", call.names) is ModelIdentity.OTHER


ROLES = """
version: 1
agents:
  defaults:
    model: lab/m1
    imageModel: lab/m1
    params: {temperature: 0.2, context1m: true, max_tokens: 100}
  entries:
    coder: {params: {temperature: 0.9}}
    writer: {params: {topP: null, stop: [x], timeout: 9s}}
models:
  providers:
    lab: {api: anthropic-messages, baseUrl: "http://127.0.0.1:1", headers: {Anthropic-Beta: a}, models: [{id: m1}]}
"""


def test_what_the_api_takes_as_a_header_is_added_to_those_of_the_configuration() -> None:
    call = only_call(ROLES)
    assert call.headers["anthropic-beta"] == "a,context-1m-2025-08-07"
    assert (call.params, call.image) == ({"temperature": 0.2}, False)


def test_agents_with_other_parameters_share_a_probe_if_the_same_is_sent() -> None:
    reading = view(ROLES)
    views = {
        agent: Reading(reading.config, reading.store, {}, reading.registry, 0, agent=agent)
        for agent in ("main", "coder", "writer")
    }
    found = plan_gate(views, find_routes(tuple(views), reading.resolver, RouteChoice()), RouteChoice())
    calls = [target.call for target in found.targets]
    assert [call.params for call in calls if isinstance(call, CompletionCall)] == [
        {"temperature": 0.2},
        {"temperature": 0.2},
        {"temperature": 0.9},
        {"temperature": 0.9},
    ]
    assert [(route.label, indexes) for route, indexes in found.routes] == [
        ("main model", (0,)),
        ("main image model", (1,)),
        ("coder model", (2,)),
        ("coder image model", (3,)),
        ("writer model", (0,)),
        ("writer image model", (1,)),
    ]
