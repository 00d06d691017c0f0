from __future__ import annotations

import base64
import json
import struct
from dataclasses import replace
from urllib.parse import unquote

import pytest

from tests.probe.making import make_call, only_call, view
from text2llm.net.message import check_request
from text2llm.providers.registry import load_registry
from text2llm.upstream.access import find_access
from text2llm.upstream.obstacle import build_call
from text2llm.upstream.verdict import Verdict
from text2llm.upstream.wire import WIRES, build_completion
from text2llm.upstream.wire.shape import PIXEL, PIXEL_URL, CompletionCall


def test_smallest_completion_of_openai() -> None:
    request = build_completion(make_call("openai-completions", url="http://127.0.0.1:1/v1"), 8)
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers == (("content-type", "application/json"),)
    assert json.loads(request.body) == {
        "model": "m1",
        "messages": [{"role": "user", "content": "ping"}],
        "stream": False,
        "max_tokens": 8,
    }


def test_smallest_message_of_anthropic() -> None:
    request = build_completion(make_call("anthropic-messages"), 8)
    assert request.path == "/v1/messages"
    assert dict(request.headers) == {"content-type": "application/json", "anthropic-version": "2023-06-01"}
    assert json.loads(request.body) == {
        "model": "m1",
        "messages": [{"role": "user", "content": "ping"}],
        "max_tokens": 8,
    }


def test_smallest_response_is_not_stored() -> None:
    request = build_completion(replace(make_call("openai-responses"), min_tokens=16), 8)
    assert request.path == "/responses"
    assert json.loads(request.body) == {"model": "m1", "input": "ping", "store": False, "max_output_tokens": 16}


def test_smallest_content_of_gemini_has_its_model_in_the_path_and_no_key_in_the_url() -> None:
    call = only_call("agents: {defaults: {model: google/gemini-2.5-flash}}\n", environ={"GEMINI_API_KEY": "AIza-x"})
    request = build_completion(call, 8)
    assert request.path == "/v1beta/models/gemini-2.5-flash:generateContent"
    assert [(each.name, each.prefix) for each in call.credentials] == [("x-goog-api-key", "")]
    assert json.loads(request.body) == {
        "contents": [{"role": "user", "parts": [{"text": "ping"}]}],
        "generationConfig": {"maxOutputTokens": 8},
    }


def test_smallest_chat_of_ollama_comes_in_one_piece_and_needs_no_key() -> None:
    call = only_call("agents: {defaults: {model: ollama/llama3}}\n")
    request = build_completion(call, 8)
    assert (str(request.origin), request.path, call.credentials) == ("http://127.0.0.1:11434", "/api/chat", ())
    assert json.loads(request.body) == {
        "model": "llama3",
        "messages": [{"role": "user", "content": "ping"}],
        "stream": False,
        "options": {"num_predict": 8},
    }


@pytest.mark.parametrize(
    ("api", "place", "picture"),
    [
        ("openai-completions", ("messages", 0, "content", 1, "image_url", "url"), PIXEL_URL),
        ("openai-responses", ("input", 0, "content", 1, "image_url"), PIXEL_URL),
        ("anthropic-messages", ("messages", 0, "content", 0, "source", "data"), PIXEL),
        ("google-generative-ai", ("contents", 0, "parts", 1, "inlineData", "data"), PIXEL),
        ("ollama", ("messages", 0, "images", 0), PIXEL),
    ],
)
def test_picture_of_one_pixel_goes_along(api: str, place: tuple[str | int, ...], picture: str) -> None:
    found = json.loads(build_completion(replace(make_call(api), image=True), 8).body)
    for key in place:
        found = found[key]
    assert found == picture


def test_picture_is_a_png_of_one_pixel() -> None:
    data = base64.b64decode(PIXEL)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (1, 1)


@pytest.mark.parametrize(
    ("api", "choice"),
    [
        ("openai-completions", {"tool_choice": {"type": "function", "function": {"name": "noop"}}}),
        ("openai-responses", {"tool_choice": {"type": "function", "name": "noop"}}),
        ("anthropic-messages", {"tool_choice": {"type": "tool", "name": "noop"}}),
        (
            "google-generative-ai",
            {"toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["noop"]}}},
        ),
        ("ollama", {"messages": [{"role": "user", "content": "Call the tool noop."}]}),
    ],
)
def test_call_of_the_tool_is_forced_with_room_for_it(api: str, choice: dict[str, object]) -> None:
    body = json.loads(build_completion(replace(make_call(api), tool=True), 8).body)
    assert body | choice == body
    assert "noop" in json.dumps(body["tools"])
    assert "256" in json.dumps(body)


def _first_call(provider_id: str) -> CompletionCall | Verdict:
    """The call that tries the cheap model of a provider, or any, with a key of the config."""
    config = f"models: {{providers: {{{provider_id}: {{apiKey: '${{K}}'}}}}}}\n"
    provider = load_registry().get(provider_id)
    assert provider is not None
    # A key that only the configuration names would not be sent.
    places = {each.base_url.partition("://")[2].partition("/")[0] for each in provider.endpoints}
    grants = " ".join(f"env:K={'http' if ':' in host else 'https'}://{host}" for host in places if "{" not in host)
    seen = view(config, environ={"K": "tid=k", "TEXT2LLM_TRUSTED_ORIGINS": grants})
    return build_call(find_access(provider_id, seen, provider.endpoints[0].probe.model or "some-model"))


@pytest.mark.parametrize("provider_id", load_registry().ids())
def test_descriptor_gives_a_sensible_request_or_an_explanation(provider_id: str) -> None:
    call = _first_call(provider_id)
    if isinstance(call, Verdict):
        assert call.error
        return
    request = build_completion(call, 8)
    body = json.loads(request.body)
    assert check_request(request, call.credentials) is None
    assert call.model in json.dumps([body, unquote(request.path)])
    assert "{" not in request.path
    assert call.max_tokens_field is not None
    for key in call.max_tokens_field.split("."):
        body = body[key]
    assert body == max(8, call.min_tokens)


def test_providers_that_cannot_be_asked_out_of_the_box_are_known() -> None:
    unasked = {name: call.error for name in load_registry().ids() if isinstance(call := _first_call(name), Verdict)}
    assert unasked == {
        "amazon-bedrock": "env:K is not bound to https://bedrock-runtime.us-east-1.amazonaws.com: nothing was sent",
        "azure-openai": "its base URL has a placeholder that must be filled in",
        "cloudflare-ai-gateway": "its base URL has a placeholder that must be filled in",
        "google-gemini-cli": "the wire format google-gemini-cli cannot be probed yet",
        "google-vertex": "its base URL has a placeholder that must be filled in",
        "openai-codex": "the wire format openai-codex-responses cannot be probed yet",
    }


@pytest.mark.parametrize(
    ("field", "least", "expected"),
    [
        ("max_completion_tokens", 16, {"max_completion_tokens": 16}),
        ("max_completion_tokens", 1, {"max_completion_tokens": 8}),
        ("generationConfig.maxOutputTokens", 1, {"generationConfig": {"maxOutputTokens": 8}}),
        (None, 1, {}),
    ],
)
def test_limit_of_tokens_follows_the_descriptor(field: str | None, least: int, expected: dict[str, object]) -> None:
    call = replace(make_call("openai-completions"), max_tokens_field=field, min_tokens=least)
    body = json.loads(build_completion(call, 8).body)
    assert {key: value for key, value in body.items() if key not in {"model", "messages", "stream"}} == expected


def test_model_in_a_path_is_quoted() -> None:
    call = replace(make_call("openai-completions", "a/b ?c"), path="/models/{model}:run")
    assert build_completion(call, 8).path == "/models/a%2Fb%20%3Fc:run"


def test_no_request_names_another_product() -> None:
    for api in WIRES:
        request = build_completion(make_call(api), 8)
        assert not {name for name, _ in request.headers} & {"user-agent", "http-referer", "x-title", "x-app"}
        assert b"tools" not in request.body


@pytest.mark.parametrize("api", list(WIRES))
@pytest.mark.parametrize("tool", [False, True])
def test_nonce_is_part_of_the_prompt(api: str, tool: bool) -> None:  # noqa: FBT001
    call = replace(make_call(api), nonce="a1b2", tool=tool)
    assert b" a1b2" in build_completion(call, 8).body
    assert b" a1b2" in build_completion(replace(call, image=True), 8).body
