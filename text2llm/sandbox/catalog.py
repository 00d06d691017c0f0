"""A catalog in OpenRouter's format: https://openrouter.ai/docs/api-reference/list-available-models.

The models are invented. They differ in size, age, price, context window, inputs and capabilities, so that every filter
of a scan keeps some and drops some.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from text2llm.sandbox.scenario import Scenario
from text2llm.sandbox.values import Json

_DAY = 86400
_VENDORS = ("acorn", "birch", "cedar", "dogwood", "elm", "fir")
_SIZES = (3, 8, 14, 32, 70, 120, 405)  # in billions of parameters
_KINDS = ("instruct", "vision", "thinking", "base", "coder")
_WINDOWS = (8192, 32768, 131072, 262144, 1048576)
_PLAIN = ("max_tokens", "temperature", "top_p", "stop", "frequency_penalty", "presence_penalty", "seed")
_TOOLS = ("tools", "tool_choice")
_THOUGHT = ("reasoning", "include_reasoning")
_AGES = (2, 9, 21, 45, 80, 150, 300, 700)  # in days


def list_catalog(scenario: Scenario, now: float) -> Json:
    """The whole list, which OpenRouter returns without pages; ages are relative to ``now``."""
    own = [_complete(entry, now) for entry in scenario.catalog]
    invented = [_invent(number, now) for number in range(scenario.catalog_size - len(own))]
    return {"data": [*own, *invented]}


class Abilities(NamedTuple):
    images: bool
    tools: bool


def read_abilities(scenario: Scenario) -> Mapping[str, Abilities]:
    rows = list_catalog(scenario, 0)["data"]
    return {
        row["id"]: Abilities("image" in row["architecture"]["input_modalities"], "tools" in row["supported_parameters"])
        for row in rows
    }


def _invent(number: int, now: float) -> Json:
    """Entry ``number``: always the same, and different from all others."""
    edition = number // (len(_VENDORS) * len(_SIZES))
    vendor, size = _VENDORS[number % len(_VENDORS)], _SIZES[number % len(_SIZES)]
    kind = _KINDS[(number + edition) % len(_KINDS)]
    window = _WINDOWS[(number // 2 + edition) % len(_WINDOWS)]
    age = _AGES[(number * 3 + edition) % len(_AGES)] + edition
    is_free = number % 3 == 0
    slug = f"{vendor}/{vendor}{f'-v{edition}' if edition else ''}-{size}b-{kind}"
    price = 0 if is_free else size * 10
    entry = {
        "id": slug + (":free" if is_free else ""),
        "canonical_slug": slug,
        "name": f"{vendor.title()}: {size}B {kind.title()}" + (" (free)" if is_free else ""),
        "created": int(now) - age * _DAY,
        "context_length": window,
        "architecture": _architecture(["text", "image"] if kind == "vision" else ["text"]),
        "pricing": _pricing(price, price * 3),
        "top_provider": {"context_length": window, "max_completion_tokens": 8192, "is_moderated": False},
        "supported_parameters": [
            *_PLAIN,
            *(() if kind == "base" else _TOOLS),
            *(_THOUGHT if kind == "thinking" else ()),
        ],
    }
    return _complete(entry, now)


def _architecture(inputs: list[str]) -> Json:
    return {
        "modality": f"{'+'.join(inputs)}->text",
        "input_modalities": inputs,
        "output_modalities": ["text"],
        "tokenizer": "Other",
        "instruct_type": None,
    }


def _pricing(prompt: int, completion: int) -> Json:
    """US dollars per token as decimal strings, from thousandths of a dollar per million tokens."""
    rest = {"request": "0", "image": "0", "web_search": "0", "internal_reasoning": "0"}
    return {"prompt": _decimal(prompt), "completion": _decimal(completion), **rest}


def _decimal(thousandths: int) -> str:
    return f"{thousandths / 10**9:.9f}".rstrip("0").rstrip(".") or "0"


def _complete(entry: Mapping[str, Any], now: float) -> Json:
    window = entry.get("context_length", _WINDOWS[2])
    rest: Json = {
        "canonical_slug": entry["id"].removesuffix(":free"),
        "hugging_face_id": None,
        "name": entry["id"],
        "created": int(now),
        "description": "A model of the sandbox.",
        "context_length": window,
        "architecture": _architecture(["text"]),
        "pricing": _pricing(0, 0) if entry["id"].endswith(":free") else _pricing(100, 300),
        "top_provider": {"context_length": window, "max_completion_tokens": None, "is_moderated": False},
        "per_request_limits": None,
        "supported_parameters": [*_PLAIN, *_TOOLS],
        "default_parameters": {},
    }
    filled = {name: rest[name] | value if isinstance(value, dict) else value for name, value in entry.items()}
    return {"id": entry["id"]} | rest | filled
