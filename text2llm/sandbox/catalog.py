"""A catalog of the shape of OpenRouter's: https://openrouter.ai/docs/api-reference/list-available-models.

The models are nobody's. Entry by entry they differ in size, age, price, window, and in what they take and can do, so
that every filter of a scan has something to keep and something to drop.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from text2llm.sandbox.scenario import Scenario
from text2llm.sandbox.values import Json

_DAY = 86400
_VENDORS = ("acorn", "birch", "cedar", "dogwood", "elm", "fir")
_SIZES = (3, 8, 14, 32, 70, 120, 405)  # in thousand millions of parameters
_KINDS = ("instruct", "vision", "thinking", "base", "coder")
_WINDOWS = (8192, 32768, 131072, 262144, 1048576)
_PLAIN = ("max_tokens", "temperature", "top_p", "stop", "frequency_penalty", "presence_penalty", "seed")
_TOOLS = ("tools", "tool_choice")
_THOUGHT = ("reasoning", "include_reasoning")
_AGES = (2, 9, 21, 45, 80, 150, 300, 700)  # in days


class _Traits(NamedTuple):
    """What tells one entry from another."""

    vendor: str
    size: int
    kind: str
    window: int
    age: int
    free: bool
    number: int


def list_catalog(scenario: Scenario, now: float) -> Json:
    """The whole list, which OpenRouter gives without pages; ages count from today."""
    own = [_complete(entry, now) for entry in scenario.catalog]
    made = [_make(traits, now) for traits in _spread(max(0, scenario.catalog_size - len(own)))]
    return {"data": [*own, *made]}


class Abilities(NamedTuple):
    """What a listed model takes and can do."""

    images: bool
    tools: bool


def read_abilities(scenario: Scenario) -> Mapping[str, Abilities]:
    """What the list says of each model."""
    rows = list_catalog(scenario, 0)["data"]
    return {row["id"]: Abilities(_sees(row), "tools" in row["supported_parameters"]) for row in rows}


def _sees(row: Mapping[str, Any]) -> bool:
    return "image" in row["architecture"]["input_modalities"]


def _spread(count: int) -> list[_Traits]:
    """Different entries, the same ones each time; the first dozens have something of everything."""
    traits = []
    for number in range(count):
        round_ = number // (len(_VENDORS) * len(_SIZES))
        traits.append(
            _Traits(
                vendor=_VENDORS[number % len(_VENDORS)],
                size=_SIZES[number % len(_SIZES)],
                kind=_KINDS[(number + round_) % len(_KINDS)],
                window=_WINDOWS[(number // 2 + round_) % len(_WINDOWS)],
                age=_AGES[(number * 3 + round_) % len(_AGES)] + round_,
                free=number % 3 == 0,
                number=round_,
            )
        )
    return traits


def _make(traits: _Traits, now: float) -> Json:
    edition = f"-v{traits.number}" if traits.number else ""
    slug = f"{traits.vendor}/{traits.vendor}{edition}-{traits.size}b-{traits.kind}"
    price = 0 if traits.free else traits.size * 10
    inputs = ["text", "image"] if traits.kind == "vision" else ["text"]
    able = () if traits.kind == "base" else _TOOLS
    entry = {
        "id": slug + (":free" if traits.free else ""),
        "canonical_slug": slug,
        "name": f"{traits.vendor.title()}: {traits.size}B {traits.kind.title()}" + (" (free)" if traits.free else ""),
        "created": int(now) - traits.age * _DAY,
        "context_length": traits.window,
        "architecture": _architecture(inputs),
        "pricing": _pricing(price, price * 3),
        "top_provider": {"context_length": traits.window, "max_completion_tokens": 8192, "is_moderated": False},
        "supported_parameters": [*_PLAIN, *able, *(_THOUGHT if traits.kind == "thinking" else ())],
    }
    return _complete(entry, now)


def _architecture(inputs: list[str]) -> Json:
    modality = f"{'+'.join(inputs)}->text"
    return {
        "modality": modality,
        "input_modalities": inputs,
        "output_modalities": ["text"],
        "tokenizer": "Other",
        "instruct_type": None,
    }


def _pricing(prompt: int, completion: int) -> Json:
    """US dollars a token as decimal strings, from thousandths of a dollar a million tokens."""
    rest = {"request": "0", "image": "0", "web_search": "0", "internal_reasoning": "0"}
    return {"prompt": _decimal(prompt), "completion": _decimal(completion), **rest}


def _decimal(thousandths: int) -> str:
    return f"{thousandths / 10**9:.9f}".rstrip("0").rstrip(".") or "0"


def _complete(entry: Mapping[str, Any], now: float) -> Json:
    """An entry with all the fields that the documentation names."""
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
