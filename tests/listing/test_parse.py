from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.catalog.facts import ModelFacts
from text2llm.listing.parse import MAX_MODELS, SHAPES, ListedModel, Page, Unreadable, parse_page

TEXT_AND_IMAGE = ("text", "image")


def parse(shape: str, body: Any) -> Page | Unreadable:
    return parse_page(shape, json.dumps(body).encode())


def only(shape: str, entry: Any) -> ListedModel:
    page = parse(shape, {SHAPES[shape].items: [entry]})
    assert isinstance(page, Page)
    (listed,) = page.models.values()
    return listed


@pytest.mark.parametrize(
    ("shape", "entry", "model", "listed"),
    [
        ("openai", {"id": "m1", "object": "model"}, "m1", ListedModel()),
        ("openai", {"id": "m1", "created": 1767225600.0}, "m1", ListedModel(created=1767225600)),
        (
            "openai",
            {"id": "m1", "context_window": 131072, "max_completion_tokens": 8192, "active": True},
            "m1",
            ListedModel(ModelFacts(context_window=131072, max_tokens=8192)),
        ),
        ("openai", {"id": "m1", "max_model_len": 4096}, "m1", ListedModel(ModelFacts(context_window=4096))),
        (
            "openai",
            {
                "id": "gpt-5-mini",
                "name": "GPT",
                "capabilities": {"limits": {"max_context_window_tokens": 128000, "max_output_tokens": 64000}},
            },
            "gpt-5-mini",
            ListedModel(ModelFacts("GPT", 128000, 64000)),
        ),
        (
            "openrouter",
            {
                "id": "acorn/a-7b:free",
                "name": "Acorn",
                "created": 1767225600,
                "context_length": 32768,
                "architecture": {"input_modalities": ["image", "text", "file", "smell"], "output_modalities": ["text"]},
                "pricing": {"prompt": "0.00000125", "completion": "0"},
                "top_provider": {"max_completion_tokens": 8192},
                "supported_parameters": ["tools", "reasoning", "Bad Word", 5],
            },
            "acorn/a-7b:free",
            ListedModel(
                ModelFacts(
                    *("Acorn", 32768, 8192, ("image", "text", "pdf")),
                    tools=True,
                    reasoning=True,
                    input_price=1.25,
                    output_price=0.0,
                ),
                1767225600,
                ("tools", "reasoning"),
            ),
        ),
        (
            "openrouter",
            {"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}, "supported_parameters": []},
            "openrouter/auto",
            ListedModel(ModelFacts(tools=False, reasoning=False)),
        ),
        (
            "vercel-ai-gateway",
            {"id": "a/b", "type": "language", "max_tokens": 4, "pricing": {"input": "0.000001", "output": 0.000002}},
            "a/b",
            ListedModel(ModelFacts(max_tokens=4, input_price=1.0, output_price=2.0)),
        ),
        (
            "venice",
            {
                "id": "v",
                "model_spec": {
                    "name": "V",
                    "availableContextTokens": 8,
                    "capabilities": {"supportsVision": True, "supportsFunctionCalling": False},
                },
            },
            "v",
            ListedModel(ModelFacts("V", 8, inputs=TEXT_AND_IMAGE, tools=False)),
        ),
        (
            "venice",
            {"id": "v", "model_spec": {"capabilities": {"supportsVision": False}}},
            "v",
            ListedModel(ModelFacts(inputs=("text",))),
        ),
        ("venice", {"id": "v"}, "v", ListedModel()),
        (
            "anthropic",
            {
                "id": "claude-opus-4-6",
                "display_name": "Claude Opus 4.6",
                "created_at": "2026-02-04T00:00:00Z",
                "max_input_tokens": 200000,
                "max_tokens": 0,
                "capabilities": {
                    "image_input": {"supported": True},
                    "pdf_input": {"supported": True},
                    "thinking": {"supported": True},
                },
            },
            "claude-opus-4-6",
            ListedModel(
                ModelFacts("Claude Opus 4.6", 200000, inputs=("text", "image", "pdf"), reasoning=True), 1770163200
            ),
        ),
        (
            "anthropic",
            {"id": "c", "capabilities": {"image_input": {"supported": False}}, "created_at": "yesterday"},
            "c",
            ListedModel(ModelFacts(inputs=("text",))),
        ),
        ("anthropic", {"id": "c", "type": "model"}, "c", ListedModel()),
        (
            "google",
            {
                "name": "models/gemini-2.5-pro",
                "displayName": "Gemini",
                "inputTokenLimit": 1048576,
                "outputTokenLimit": 65536,
                "thinking": True,
                "supportedGenerationMethods": ["generateContent"],
            },
            "gemini-2.5-pro",
            ListedModel(ModelFacts("Gemini", 1048576, 65536, reasoning=True)),
        ),
        ("ollama", {"name": "qwen3:8b", "model": "other"}, "qwen3:8b", ListedModel()),
        ("ollama", {"model": "qwen3:8b"}, "qwen3:8b", ListedModel()),
        (
            "lmstudio",
            {"key": "q", "type": "llm", "display_name": "Q", "max_context_length": 4096},
            "q",
            ListedModel(ModelFacts("Q", 4096)),
        ),
        (
            "xai",
            {"id": "grok", "max_prompt_length": 256000, "input_modalities": ["text", "image"]},
            "grok",
            ListedModel(ModelFacts(context_window=256000, inputs=TEXT_AND_IMAGE)),
        ),
    ],
)
def test_entry_of_each_shape(shape: str, entry: Any, model: str, listed: ListedModel) -> None:
    page = parse(shape, {SHAPES[shape].items: [entry]})
    assert page == Page({model: listed})


@pytest.mark.parametrize(
    ("shape", "entry"),
    [
        ("openai", {"id": "m", "active": False}),
        ("openai", {"id": "m", "type": "embedding"}),
        ("openai", {"id": 5}),
        ("openai", {"id": ""}),
        ("openai", {"id": "${HOME}:free"}),
        ("openai", {"id": "a b"}),
        ("openai", {"id": "\x1b[2J"}),
        ("openai", {"id": "m" * 201}),
        ("openai", "m"),
        ("openrouter", {"id": "m", "type": "image"}),
        ("openrouter", {"id": "m", "architecture": {"output_modalities": ["image"]}}),
        ("vercel-ai-gateway", {"id": "m", "type": "embedding"}),
        ("google", {"name": "models/embed", "supportedGenerationMethods": ["embedContent"]}),
        ("google", {"name": None}),
        ("lmstudio", {"key": "m", "type": "embedding"}),
    ],
)
def test_what_is_no_chat_model_or_has_no_id_is_left_out(shape: str, entry: Any) -> None:
    items = SHAPES[shape].items
    good = {"id": "good", "name": "good", "key": "good"}
    page = parse(shape, {items: [entry, good]})
    assert isinstance(page, Page)
    assert list(page.models) == ["good"]
    assert parse(shape, {items: [entry]}) == Unreadable("the list has no usable model")


@pytest.mark.parametrize("value", [True, "12", -1, 0, 0.5, 10**12, None, {}, [], 1e300])
def test_number_that_is_none_is_unknown(value: Any) -> None:
    listed = only("openai", {"id": "m", "context_window": value, "created": value})
    assert (listed.facts.context_window, listed.created) == (None, None)


@pytest.mark.parametrize("price", ["free", "", "1e99", "-1", "٣", True, None, {}, -0.1, 1e7])
def test_price_that_is_none_is_unknown(price: Any) -> None:
    assert only("openrouter", {"id": "m", "pricing": {"prompt": price}}).facts.input_price is None


@pytest.mark.parametrize(
    ("pricing", "charges"),
    [
        ({"prompt": "1", "completion": "1", "request": "0"}, False),
        ({"prompt": "0", "completion": "0", "request": "0.05"}, True),
        ({"prompt": "0", "completion": "0", "image": 3, "a.b": "1"}, True),
        ({"prompt": "0", "web_search": "free"}, False),
        ("0", False),
    ],
)
def test_what_costs_beside_tokens_is_noticed(pricing: Any, charges: bool) -> None:  # noqa: FBT001
    assert only("openrouter", {"id": "m", "pricing": pricing}).charges is charges


def test_a_tiny_price_is_not_rounded_to_none() -> None:
    price = only("openrouter", {"id": "m", "pricing": {"prompt": "4e-13"}}).facts.input_price
    assert price == pytest.approx(4e-7)


@pytest.mark.parametrize("name", ["", "\x1b[2J", "x" * 201, 5, None])
def test_name_that_acts_or_is_none_is_unknown(name: Any) -> None:
    assert only("openai", {"id": "m", "name": name}).facts.name is None


def test_unknown_kinds_of_input_are_left_out() -> None:
    assert only("xai", {"id": "m", "input_modalities": ["smell", 5]}).facts.inputs is None


def test_of_two_entries_for_one_model_the_first_is_used() -> None:
    page = parse("openai", {"data": [{"id": "m", "name": "one"}, {"id": "m", "name": "two"}]})
    assert page == Page({"m": ListedModel(ModelFacts("one"))})


@pytest.mark.parametrize(
    ("shape", "body", "cursor"),
    [
        ("anthropic", {"data": [], "has_more": True, "last_id": "c"}, "c"),
        ("anthropic", {"data": [], "has_more": False, "last_id": "c"}, None),
        ("anthropic", {"data": [], "has_more": True, "last_id": None}, None),
        ("google", {"models": [], "nextPageToken": "50"}, "50"),
        ("google", {"models": [], "nextPageToken": "x" * 513}, None),
        ("google", {"models": [], "nextPageToken": ""}, None),
        ("openai", {"data": [], "has_more": True, "last_id": "c"}, None),
    ],
)
def test_next_page(shape: str, body: Any, cursor: str | None) -> None:
    assert parse(shape, body) == Page({}, cursor)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "the body is not JSON"),
        (b"", "the body is empty"),
        (b"[" * 100_000, "the body is nested too deeply"),
        (b"[]", "the response is not a model list in this provider's format"),
        (b'{"data": {}}', "the response is not a model list in this provider's format"),
        (b'{"error": {"message": "sk-secret"}}', "the response is not a model list in this provider's format"),
        (b'{"data": [' + b"[]," * 300_000 + b"[]]}", "the response has too many values for a model list"),
        (b'{"data": [' + b"1," * MAX_MODELS + b"1]}", f"the list has more than {MAX_MODELS} models"),
    ],
)
def test_response_that_is_not_a_list_is_an_error_in_our_words(body: bytes, reason: str) -> None:
    assert parse_page("openai", body) == Unreadable(reason)


_KEYS = ["id", "name", "key", "model", "data", "models", "pricing", "prompt", "context_length", "architecture"]
_KEYS += ["input_modalities", "supported_parameters", "created", "model_spec", "capabilities", "type", "last_id"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=15,
)


@given(shape=st.sampled_from(sorted(SHAPES)), entries=st.lists(_JSON, max_size=4))
def test_no_list_breaks_a_parser(shape: str, entries: list[Any]) -> None:
    page = parse(shape, {SHAPES[shape].items: entries})
    if isinstance(page, Page):
        for model, listed in page.models.items():
            assert model.isprintable()
            assert (listed.facts.context_window or 1) > 0
            assert (listed.facts.input_price or 0) >= 0
