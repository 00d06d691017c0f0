"""Over every status, every provider and every body: nothing is ``ok`` but a success that was parsed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.probe.making import SUCCESSES, make_call, respond
from text2llm.net.message import Response
from text2llm.providers.registry import load_registry
from text2llm.upstream.identity import KnownNames
from text2llm.upstream.judge import judge
from text2llm.upstream.verdict import Gate, Reason, Status
from text2llm.upstream.wire import WIRES

PROVIDERS = (*load_registry().ids(), "lab")
APIS = tuple(WIRES)
#: Azure's deployments answer as OpenAI's models do.
SAME = {"azure-openai": "openai-completions", "openai-completions": "azure-openai"}
KEYS = [
    *("error", "errors", "code", "type", "message", "status", "details", "success", "base_resp", "object", "model"),
    *("choices", "content", "role", "usage", "output", "candidates", "finishReason", "done", "reason", "detail"),
    *("finish_reason", "stop_reason", "modelVersion", "usageMetadata", "promptFeedback", "incomplete_details"),
    *("stopReason", "inputTokens", "outputTokens"),
]
WORDS = ["ok", "success", "stop", "STOP", "completed", "response", "message", "assistant", "m1", "error", "1113", "200"]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(WORDS) | st.text()
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


def is_ok(api: str, answer: Response, provider: str = "lab", *, tool: bool = False) -> bool:
    return judge(replace(make_call(api), provider=provider, tool=tool), answer).status is Status.OK


@pytest.mark.parametrize("api", APIS)
def test_success_is_ok_from_every_provider_with_status_200_alone(api: str) -> None:
    body = SUCCESSES[api]()
    for provider in PROVIDERS:
        assert is_ok(api, respond(body), provider)
    assert [status for status in range(100, 600) if is_ok(api, respond(body, status))] == [200]


@given(BODIES, st.integers(100, 599) | st.just(200), st.sampled_from(PROVIDERS), st.sampled_from(APIS), st.booleans())
@settings(max_examples=400)
def test_no_random_body_is_ok(body: Any, status: int, provider: str, api: str, tool: bool) -> None:  # noqa: FBT001
    assert not is_ok(api, respond(body, status), provider, tool=tool)


@given(st.binary(max_size=60), st.integers(100, 599), st.sampled_from(PROVIDERS), st.sampled_from(APIS))
def test_no_random_bytes_are_ok(body: bytes, status: int, provider: str, api: str) -> None:
    assert not is_ok(api, respond(body, status), provider)


@pytest.mark.parametrize("api", APIS)
def test_success_of_another_api_is_not_ok(api: str) -> None:
    assert {name for name, make in SUCCESSES.items() if is_ok(api, respond(make()))} == {api, SAME.get(api, api)}


@pytest.mark.parametrize("api", APIS)
def test_success_of_what_cannot_be_a_model_is_not_ok(api: str) -> None:
    others: list[Any] = [5, True, False, ["m1"], {"m1": 1}, " ", "m1\n", "m1\x1b[2J", "m" * 501]
    for model in others:
        assert not is_ok(api, respond(SUCCESSES[api](model)))
    assert all(is_ok(api, respond(SUCCESSES[api](model))) for model in ("m1", "", None))


@pytest.mark.parametrize("api", APIS)
def test_success_of_another_catalogued_model_of_the_provider_is_not_ok(api: str) -> None:
    call = replace(make_call(api), names=KnownNames(frozenset({"m1", "m2"})))
    verdict = judge(call, respond(SUCCESSES[api]("m2")))
    assert (verdict.reason, verdict.gate, verdict.answered_by) == (Reason.OTHER_MODEL, Gate.INCONCLUSIVE, "m2")
    alias = judge(call, respond(SUCCESSES[api]("m3")))
    assert (alias.status, alias.answered_by) == (Status.OK, "m3")
    assert judge(call, respond(SUCCESSES[api]("m1-2025-08-07"))).answered_by is None


@pytest.mark.parametrize("api", APIS)
def test_success_with_a_key_twice_is_not_ok(api: str) -> None:
    data = json.dumps(SUCCESSES[api]()).encode()
    assert not is_ok(api, respond(data[:-1] + b', "model": "m1", "model": "m1"}'))


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("name", "value", "cached"),
    [
        ("cf-aig-cache-status", "HIT", True),
        ("cf-aig-cache-status", "MISS", False),
        ("x-litellm-cache-key", "586bf3f3c1", True),
        ("x-litellm-cache-key", "", False),
        ("x-cache", "Hit from cloudfront", True),
        ("x-cache", "Miss from cloudfront", False),
        ("x-portkey-cache-status", "SEMANTIC HIT", True),
        ("helicone-cache", "HIT", True),
        ("cf-cache-status", "HIT", True),
        ("cf-cache-status", "REVALIDATED", True),
        ("cf-cache-status", "DYNAMIC", False),
        ("cache-status", "ExampleCache; hit", True),
        ("cache-status", 'Origin; fwd=miss, "a cache"; hit=?1; ttl=5', True),
        ("cache-status", "Hit; fwd=uri-miss; hit=?0", False),
        ("x-cache-status", "Hit", True),
        ("x-cache-status", "Bypass", False),
        ("x-openrouter-cache-status", "HIT", True),
        ("x-proxy-cache", "STALE", True),
        ("x-vercel-cache", "MISS", False),
        ("x-cache", "TCP_HIT", True),
        ("x-cache", "MISS, HIT", True),
        ("x-cache-hits", "1", True),
        ("x-cache-hits", "0, 12", True),
        ("x-cache-hits", "0, 0", False),
        ("age", "17", True),
        ("age", "0", False),
    ],
)
def test_success_of_a_cache_is_inconclusive(api: str, name: str, value: str, cached: bool) -> None:  # noqa: FBT001
    verdict = judge(make_call(api), respond(SUCCESSES[api](), headers={name: value}))
    assert verdict.reason is (Reason.CACHED if cached else None)
    assert judge(make_call(api), respond({"error": "no"}, headers={name: value})).reason is not Reason.CACHED


@pytest.mark.parametrize("api", APIS)
def test_truncated_success_is_not_ok(api: str) -> None:
    data = json.dumps(SUCCESSES[api]()).encode()
    assert [length for length in range(len(data)) if is_ok(api, respond(data[:length]))] == []


@pytest.mark.parametrize("api", APIS)
def test_success_in_a_list_or_a_page_is_not_ok(api: str) -> None:
    data = json.dumps(SUCCESSES[api]()).encode()
    for wrapped in (
        b"[" + data + b"]",
        b"<pre>" + data + b"</pre>",
        data + data,
        data + b"\n{}",
        b"data: [" + data + b"]",
    ):
        assert not is_ok(api, respond(wrapped))


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "no"}},
        {"error": "no"},
        {"error": True},
        {"errors": [{"message": "no"}]},
        {"success": False},
        {"object": "error"},
        {"status": "error"},
        {"base_resp": {"status_code": 1008}},
    ],
)
def test_success_with_an_error_beside_it_is_not_ok(api: str, error: dict[str, Any]) -> None:
    assert not is_ok(api, respond(SUCCESSES[api]() | error))


#: What a success may lack or have otherwise: the places that prove nothing.
_CHAT = {
    *("id", "object", "choices/0/index", "choices/0/finish_reason", "choices/0/message/role"),
    *("choices/0/message/content", "model"),
}
IDLE = {
    "openai-completions": _CHAT,
    "azure-openai": _CHAT,
    "openai-responses": {
        *("model", "usage", "usage/output_tokens"),
        *("id", "error", "incomplete_details", "usage/input_tokens", "output/0/type", "output/0/role"),
        *("output/0/content", "output/0/content/0", "output/0/content/0/type", "output/0/content/0/text"),
    },
    "anthropic-messages": {
        *("model", "usage", "usage/output_tokens"),
        *("content", "content/0", "content/0/type", "content/0/text", "stop_reason", "usage/input_tokens"),
    },
    "google-generative-ai": {
        *("modelVersion", "usageMetadata", "usageMetadata/promptTokenCount", "candidates/0/content"),
        *("candidates/0/content/parts", "candidates/0/content/parts/0"),
        *("candidates/0/index", "candidates/0/content/role", "candidates/0/content/parts/0/text"),
        *("usageMetadata/totalTokenCount", "usageMetadata/candidatesTokenCount"),
    },
    "ollama": {"created_at", "done_reason", "message/content", "eval_count", "model"},
    "bedrock-converse": {
        *("metrics", "metrics/latencyMs", "usage", "usage/inputTokens", "usage/outputTokens", "usage/totalTokens"),
        *("output/message/content", "output/message/content/0", "output/message/content/0/text"),
    },
}


NAMES = {"model", "modelVersion"}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place below a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def change(body: dict[str, Any], path: tuple[Any, ...], *value: Any) -> dict[str, Any]:
    """A copy with another value in a place, or without the place."""
    changed: Any = deepcopy(body)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    if value:
        inner[path[-1]] = value[0]
    else:
        del inner[path[-1]]
    return dict(changed)


@pytest.mark.parametrize("api", APIS)
def test_success_without_a_required_field_is_not_ok(api: str) -> None:
    body = SUCCESSES[api]()
    passing = {"/".join(map(str, path)) for path in places(body) if is_ok(api, respond(change(body, path)))}
    assert passing <= IDLE[api]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("value", [5, True, "x", [], [5], {}, {"x": 1}, None], ids=repr)
def test_success_with_another_type_in_a_required_field_is_not_ok(api: str, value: Any) -> None:
    body = SUCCESSES[api]()
    counts = {"done"} if value is True else set()
    passing = {"/".join(map(str, path)) for path in places(body) if is_ok(api, respond(change(body, path, value)))}
    assert passing - NAMES <= IDLE[api] | counts
    assert value == "x" or value is None or not passing & NAMES
