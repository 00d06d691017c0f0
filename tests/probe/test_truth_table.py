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
from text2llm.upstream.judge import judge
from text2llm.upstream.verdict import Status
from text2llm.upstream.wire import WIRES

PROVIDERS = (*load_registry().ids(), "lab")
APIS = tuple(WIRES)
KEYS = [
    *("error", "errors", "code", "type", "message", "status", "details", "success", "base_resp", "object", "model"),
    *("choices", "content", "role", "usage", "output", "candidates", "finishReason", "done", "reason", "detail"),
    *("finish_reason", "stop_reason", "modelVersion", "usageMetadata", "promptFeedback", "incomplete_details"),
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
    assert [name for name, make in SUCCESSES.items() if is_ok(api, respond(make()))] == [api]


@pytest.mark.parametrize("api", APIS)
def test_success_of_another_model_or_of_none_is_not_ok(api: str) -> None:
    others: list[Any] = ["m2", "m1-mini", "", None, 5, ["m1"], {"m1": 1}]
    for model in others:
        assert not is_ok(api, respond(SUCCESSES[api](model)))


@pytest.mark.parametrize("api", APIS)
def test_truncated_success_is_not_ok(api: str) -> None:
    data = json.dumps(SUCCESSES[api]()).encode()
    assert [length for length in range(len(data)) if is_ok(api, respond(data[:length]))] == []


@pytest.mark.parametrize("api", APIS)
def test_success_in_a_stream_a_list_or_a_page_is_not_ok(api: str) -> None:
    data = json.dumps(SUCCESSES[api]()).encode()
    for wrapped in (b"data: " + data, b"[" + data + b"]", b"<pre>" + data + b"</pre>", data + data, data + b"\n{}"):
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
IDLE = {
    "openai-completions": {
        *("id", "object", "choices/0/index", "choices/0/finish_reason", "choices/0/message/role"),
        "choices/0/message/content",
    },
    "openai-responses": {
        *("id", "error", "incomplete_details", "usage/input_tokens", "output/0/type", "output/0/role"),
        *("output/0/content", "output/0/content/0", "output/0/content/0/type", "output/0/content/0/text"),
    },
    # an empty message that is finished is one, too
    "anthropic-messages": {
        *("content", "content/0", "content/0/type", "content/0/text", "stop_reason", "usage/input_tokens"),
    },
    "google-generative-ai": {
        *("candidates/0/index", "candidates/0/content/role", "candidates/0/content/parts/0/text"),
        *("usageMetadata/totalTokenCount", "usageMetadata/candidatesTokenCount"),
    },
    "ollama": {"created_at", "done_reason", "message/content"},
}


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
    counts = {"usage/output_tokens", "usageMetadata/promptTokenCount", "eval_count"} if value == 5 else set()
    counts |= {"done"} if value is True else set()
    passing = {"/".join(map(str, path)) for path in places(body) if is_ok(api, respond(change(body, path, value)))}
    assert passing <= IDLE[api] | counts
