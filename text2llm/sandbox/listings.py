"""The lists of models, in the format and with the pages of each API."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from text2llm.sandbox.apis.ollama import format_time
from text2llm.sandbox.exchange import Exchange
from text2llm.sandbox.values import Json, Mistake

_CREATED = 1767225600  # a fixed past date: 2026-01-01
#: The models listed unless the scenario lists others.
_MODELS: Mapping[str, tuple[str, ...]] = {
    "openai-completions": ("gpt-5.2", "gpt-5-mini", "gpt-5-nano"),
    "openai-responses": ("gpt-5.2", "gpt-5-mini", "gpt-5-nano"),
    "anthropic-messages": ("claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"),
    "google-generative-ai": ("gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite"),
    "ollama": ("llama3.3:latest", "qwen3:8b"),
}
_ANTHROPIC_PAGE = range(1, 1001)  # https://docs.anthropic.com/en/api/models-list: the default is 20
_GOOGLE_PAGE = range(1, 1001)  # https://ai.google.dev/api/models: the default is 50


def list_page(exchange: Exchange) -> Json | Mistake:
    return _PAGES[exchange.endpoint.played.api](exchange, _names(exchange))


def show_model(exchange: Exchange) -> Json | Mistake:
    api = exchange.endpoint.played.api
    if api == "ollama" and not exchange.model:
        return Mistake("missing-model")
    model = exchange.model.removeprefix("models/")
    if model not in _names(exchange):
        return Mistake("no-model", {"model": model})
    return _show_ollama(model) if api == "ollama" else _ROWS[api](model)


def show_version(_exchange: Exchange) -> Json:
    return {"version": "0.12.0"}


def _names(exchange: Exchange) -> tuple[str, ...]:
    return exchange.state.scenario.models or _MODELS[exchange.endpoint.played.api]


def _openai_page(_exchange: Exchange, names: tuple[str, ...]) -> Json:
    return {"object": "list", "data": [_openai_row(name) for name in names]}


def _openai_row(name: str) -> Json:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "system"}


def _anthropic_page(exchange: Exchange, names: tuple[str, ...]) -> Json | Mistake:
    query = exchange.request.query
    limit = _number(query.get("limit", "20"), _ANTHROPIC_PAGE)
    if limit is None:
        return Mistake("bad-page")
    after, before = query.get("after_id"), query.get("before_id")
    first = names.index(after) + 1 if after in names else 0
    if before in names:
        first, limit = max(0, names.index(before) - limit), min(limit, names.index(before))
    rows = [_anthropic_row(name) for name in names[first : first + limit]]
    ends = (rows[0]["id"], rows[-1]["id"]) if rows else (None, None)
    more = first > 0 if before in names else first + limit < len(names)
    return {"data": rows, "has_more": more, "first_id": ends[0], "last_id": ends[1]}


def _anthropic_row(name: str) -> Json:
    label = name.replace("-", " ").title()
    return {"type": "model", "id": name, "display_name": label, "created_at": format_time(_CREATED)}


def _google_page(exchange: Exchange, names: tuple[str, ...]) -> Json | Mistake:
    size = _number(exchange.request.query.get("pageSize", "50"), _GOOGLE_PAGE)
    start = _number(exchange.request.query.get("pageToken", "0"), range(len(names) + 1))
    if size is None or start is None:
        return Mistake("bad-request")
    page: Json = {"models": [_google_row(name) for name in names[start : start + size]]}
    return page | ({"nextPageToken": str(start + size)} if start + size < len(names) else {})


def _google_row(name: str) -> Json:
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.replace("-", " ").title(),
        "description": "A model of the sandbox",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    }


def _ollama_page(_exchange: Exchange, names: tuple[str, ...]) -> Json:
    return {"models": [_ollama_row(name) for name in names]}


def _ollama_row(name: str) -> Json:
    return {
        "name": name,
        "model": name,
        "modified_at": format_time(_CREATED),
        "size": 4_920_753_328,
        "digest": hashlib.sha256(name.encode(errors="replace")).hexdigest(),
        "details": _ollama_details(name.partition(":")[0]),
    }


def _ollama_details(family: str) -> Json:
    size = {"parameter_size": "8.0B", "quantization_level": "Q4_K_M"}
    return {"parent_model": "", "format": "gguf", "family": family, "families": [family], **size}


def _show_ollama(name: str) -> Json:
    family = name.partition(":")[0]
    return {
        "license": "sandbox",
        "modelfile": f"FROM {name}\n",
        "parameters": "",
        "template": "{{ .Prompt }}",
        "details": _ollama_details(family),
        "model_info": {
            "general.architecture": family,
            "general.parameter_count": 8_030_261_312,
            f"{family}.context_length": 131072,
        },
        "capabilities": ["completion", "tools", "vision"],
        "modified_at": format_time(_CREATED),
    }


def _number(text: str, allowed: range) -> int | None:
    return int(text) if len(text) < 6 and text.isdecimal() and int(text) in allowed else None  # noqa: PLR2004


_PAGES: Mapping[str, Callable[[Exchange, tuple[str, ...]], Json | Mistake]] = {
    "openai-completions": _openai_page,
    "openai-responses": _openai_page,
    "anthropic-messages": _anthropic_page,
    "google-generative-ai": _google_page,
    "ollama": _ollama_page,
}
_ROWS: Mapping[str, Callable[[str], Json]] = {
    "openai-completions": _openai_row,
    "openai-responses": _openai_row,
    "anthropic-messages": _anthropic_row,
    "google-generative-ai": _google_row,
}
