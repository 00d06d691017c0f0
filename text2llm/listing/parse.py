"""Parsers of model listings, one per shape. Pure; the descriptors have the source of each shape.

Entries without a usable id, and those that are not chat models, are left out, as are facts of an unexpected type.
Only ids, names, numbers and known words leave this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, NamedTuple, TypeAlias

from text2llm.catalog.facts import MAX_NAME, MAX_PRICE, MAX_TOKENS, ModelFacts
from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.refs import is_printable_word
from text2llm.usage.parse import read_moment

#: Tenfold the models of the largest provider.
MAX_MODELS = 10_000
MAX_BYTES = 8 * 1024 * 1024
#: Each comma or bracket may become a value of some hundred bytes; a model has fifty of them.
_MAX_VALUES = 400_000
_MAX_CURSOR = 512
_MAX_PARAMETERS = 100
#: The year 2100, in seconds since the epoch.
_END_OF_TIME = 4_102_444_800
_MILLION = 10**6
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,30})?(?:[eE]-[0-9]{1,2})?")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}")
#: The providers' names of input kinds, and ours.
_INPUTS = {"text": "text", "image": "image", "audio": "audio", "video": "video", "file": "pdf", "pdf": "pdf"}
#: The names of token prices; other prices are for something else.
_TOKEN_PRICES = frozenset({"prompt", "completion"})
#: Kinds of models other than chat.
_OTHER_KINDS = frozenset(
    {"embedding", "embeddings", "image", "video", "audio", "speech", "transcription", "moderation", "rerank", "tts"}
)

Entry: TypeAlias = Mapping[str, Any]


class ListedModel(NamedTuple):
    """A model in a listing. ``created`` is in seconds since the epoch, ``parameters`` are those that it supports.

    ``charges``: it has other prices than for tokens, such as per request.
    """

    facts: ModelFacts = ModelFacts()
    created: int | None = None
    parameters: tuple[str, ...] = ()
    charges: bool = False


class Page(NamedTuple):
    """The models of a page by id, and the cursor of the next page; ``None`` after the last one."""

    models: Mapping[str, ListedModel]
    cursor: str | None = None


class Unreadable(NamedTuple):
    reason: str


class Shape(NamedTuple):
    """The format of a listing. ``size`` is the query for large pages, ``cursor`` the query parameter of the next one.

    ``read`` returns the id and the model of an entry, or ``None``; ``find_next`` the next page's cursor.
    """

    items: str
    read: Callable[[Entry], tuple[Any, ListedModel] | None]
    size: str = ""
    cursor: str = ""
    find_next: Callable[[Entry], Any] = lambda _: None


def parse_page(shape: str, body: bytes) -> Page | Unreadable:
    if sum(map(body.count, (b",", b"[", b"{"))) > _MAX_VALUES:
        return Unreadable("the response has too many values for a model list")
    parsed = parse_json(body, MAX_BYTES)
    if isinstance(parsed, InvalidJson):
        return Unreadable(parsed.reason)
    return _parse_value(SHAPES[shape], parsed)


def _parse_value(shape: Shape, parsed: Any) -> Page | Unreadable:
    entries = parsed.get(shape.items) if isinstance(parsed, dict) else None
    if not isinstance(entries, list):
        return Unreadable("the response is not a model list in this provider's format")
    if len(entries) > MAX_MODELS:
        return Unreadable(f"the list has more than {MAX_MODELS} models")
    models: dict[str, ListedModel] = {}
    for entry in entries:
        model = shape.read(entry) if isinstance(entry, dict) else None
        if model is not None and _is_id(model[0]):
            models.setdefault(*model)
    if entries and not models:
        return Unreadable("the list has no usable model")
    cursor = shape.find_next(parsed)
    return Page(models, cursor if isinstance(cursor, str) and 0 < len(cursor) <= _MAX_CURSOR else None)


def _is_id(value: Any) -> bool:
    # An id with a reference in it cannot be used in a configuration.
    return isinstance(value, str) and len(value) <= MAX_NAME and is_printable_word(value) and "${" not in value


# -- the shapes -------------------------------------------------------------------------------------------------------


def _read_openai(entry: Entry) -> tuple[Any, ListedModel] | None:
    """The common shape, with the fields that servers add: the context window has a different name in each."""
    if entry.get("active") is False or _text(entry, "type") in _OTHER_KINDS:
        return None
    window = ("context_window", "context_length", "max_model_len", "max_context_length", "max_prompt_length")
    most = ("max_completion_tokens", "max_output_length", "top_provider.max_completion_tokens")
    limits = "capabilities.limits"
    facts = ModelFacts(
        name=_first(entry, _text, "name", "display_name"),
        context_window=_first(entry, _tokens, *window, f"{limits}.max_context_window_tokens"),
        max_tokens=_first(entry, _tokens, *most, f"{limits}.max_output_tokens"),
        inputs=_first(entry, _inputs, "architecture.input_modalities", "input_modalities"),
    )
    return entry.get("id"), ListedModel(facts, _seconds(entry, "created"))


def _read_openrouter(entry: Entry) -> tuple[Any, ListedModel] | None:
    found = _read_openai(entry)
    written = _at(entry, "architecture.output_modalities")
    if found is None or (isinstance(written, list) and "text" not in written):
        return None
    parameters = _parameters(entry)
    facts = found[1].facts._replace(
        tools=None if parameters is None else "tools" in parameters,
        reasoning=None if parameters is None else "reasoning" in parameters,
        input_price=_price(entry, "pricing.prompt"),
        output_price=_price(entry, "pricing.completion"),
    )
    prices = entry.get("pricing")
    charges = isinstance(prices, dict) and any(_price(prices, kind) for kind in prices.keys() - _TOKEN_PRICES)
    return found[0], ListedModel(facts, found[1].created, parameters or (), charges)


def _read_vercel(entry: Entry) -> tuple[Any, ListedModel] | None:
    found = _read_openai(entry)
    if found is None:
        return None
    facts = found[1].facts._replace(
        max_tokens=_tokens(entry, "max_tokens"),
        input_price=_price(entry, "pricing.input"),
        output_price=_price(entry, "pricing.output"),
    )
    return found[0], found[1]._replace(facts=facts)


def _read_venice(entry: Entry) -> tuple[Any, ListedModel] | None:
    able = "model_spec.capabilities"
    sees = _flag(entry, f"{able}.supportsVision")
    facts = ModelFacts(
        name=_text(entry, "model_spec.name"),
        context_window=_tokens(entry, "model_spec.availableContextTokens"),
        max_tokens=_tokens(entry, "model_spec.maxCompletionTokens"),
        inputs=None if sees is None else ("text", "image") if sees else ("text",),
        tools=_flag(entry, f"{able}.supportsFunctionCalling"),
        reasoning=_flag(entry, f"{able}.supportsReasoning"),
    )
    return entry.get("id"), ListedModel(facts, _seconds(entry, "created"))


def _read_anthropic(entry: Entry) -> tuple[Any, ListedModel] | None:
    sees, reads = (_flag(entry, f"capabilities.{kind}_input.supported") for kind in ("image", "pdf"))
    facts = ModelFacts(
        name=_text(entry, "display_name"),
        context_window=_tokens(entry, "max_input_tokens"),
        max_tokens=_tokens(entry, "max_tokens"),
        inputs=None if sees is None else ("text", *(("image",) if sees else ()), *(("pdf",) if reads else ())),
        reasoning=_flag(entry, "capabilities.thinking.supported"),
    )
    moment = read_moment(entry.get("created_at"))
    return entry.get("id"), ListedModel(facts, None if moment is None else moment // 1000)


def _read_google(entry: Entry) -> tuple[Any, ListedModel] | None:
    methods, name = entry.get("supportedGenerationMethods"), entry.get("name")
    if isinstance(methods, list) and "generateContent" not in methods:
        return None
    facts = ModelFacts(
        name=_text(entry, "displayName"),
        context_window=_tokens(entry, "inputTokenLimit"),
        max_tokens=_tokens(entry, "outputTokenLimit"),
        reasoning=_flag(entry, "thinking"),
    )
    return name.removeprefix("models/") if isinstance(name, str) else None, ListedModel(facts)


def _read_ollama(entry: Entry) -> tuple[Any, ListedModel] | None:
    return entry.get("name") or entry.get("model"), ListedModel()


def _read_lmstudio(entry: Entry) -> tuple[Any, ListedModel] | None:
    if _text(entry, "type") in _OTHER_KINDS:
        return None
    facts = ModelFacts(name=_text(entry, "display_name"), context_window=_tokens(entry, "max_context_length"))
    return entry.get("key"), ListedModel(facts)


#: By the provider that first used a shape.
SHAPES: Mapping[str, Shape] = {
    "openai": Shape("data", _read_openai),
    "openrouter": Shape("data", _read_openrouter),
    "vercel-ai-gateway": Shape("data", _read_vercel),
    "venice": Shape("data", _read_venice),
    "anthropic": Shape(
        "data", _read_anthropic, "limit=1000", "after_id", lambda page: page.get("has_more") and page.get("last_id")
    ),
    "google": Shape("models", _read_google, "pageSize=1000", "pageToken", lambda page: page.get("nextPageToken")),
    "ollama": Shape("models", _read_ollama),
    "lmstudio": Shape("models", _read_lmstudio),
    "xai": Shape("models", _read_openai),
}


# -- the fields of an entry -------------------------------------------------------------------------------------------


def _at(entry: Entry, path: str) -> Any:
    """The value at a dotted path; ``None`` if missing."""
    start: Any = entry
    return reduce(lambda value, key: value.get(key) if isinstance(value, dict) else None, path.split("."), start)


def _first(entry: Entry, read: Callable[[Entry, str], Any], *paths: str) -> Any:
    return next((value for value in (read(entry, path) for path in paths) if value is not None), None)


def _text(entry: Entry, path: str) -> str | None:
    value = _at(entry, path)
    return value if isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable() else None


def _flag(entry: Entry, path: str) -> bool | None:
    value = _at(entry, path)
    return value if isinstance(value, bool) else None


def _whole(entry: Entry, path: str, most: int) -> int | None:
    value = _at(entry, path)
    known = isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= most
    return int(value) if known else None


def _tokens(entry: Entry, path: str) -> int | None:
    return _whole(entry, path, MAX_TOKENS)


def _seconds(entry: Entry, path: str) -> int | None:
    return _whole(entry, path, _END_OF_TIME)


def _price(entry: Entry, path: str) -> float | None:
    """US dollars per million tokens, from those per token; a negative price means a variable one."""
    value = _at(entry, path)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = float(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MAX_PRICE:
        return None
    # A price is never rounded to zero.
    return round(value * _MILLION, 6) or value * _MILLION


def _inputs(entry: Entry, path: str) -> tuple[str, ...] | None:
    value = _at(entry, path)
    if not isinstance(value, list):
        return None
    known = (_INPUTS.get(kind) for kind in value[:_MAX_PARAMETERS] if isinstance(kind, str))
    return tuple(dict.fromkeys(kind for kind in known if kind is not None)) or None


def _parameters(entry: Entry) -> tuple[str, ...] | None:
    value = entry.get("supported_parameters")
    if not isinstance(value, list):
        return None
    return tuple(word for word in value[:_MAX_PARAMETERS] if isinstance(word, str) and _WORD.fullmatch(word))
