"""The bundled catalog: a snapshot of facts about models that ships with text2llm.

``data/models.jsonl`` is built by ``tools/build_catalog.py``. Its first line has the source of the facts, the providers
that follow, one per line, and the prefixes of ids that users choose (``own``). A provider's line maps the ids of its
models to their facts by column; a missing or ``null`` fact is unknown.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from text2llm.catalog.facts import Catalog, CatalogSource, LazyMapping, ModelFacts

COLUMNS = (
    *("context_window", "max_tokens", "inputs", "tools", "reasoning", "input_price", "output_price"),
    *("retires", "released", "name"),
)
INPUT_CODES = {"t": "text", "i": "image", "a": "audio", "v": "video", "p": "pdf"}
_PATH = os.path.join(os.path.dirname(__file__), "data", "models.jsonl")


@cache
def load_bundle() -> Catalog:
    """The bundled catalog, read once; a provider's facts are parsed on first use."""
    with open(_PATH, "rb") as file:
        return parse_bundle(file.read())


@cache
def bundled_ids(provider: str) -> frozenset[str]:
    """The models of a provider (canonical id) in the bundle that were not retired when it was built."""
    return frozenset(load_bundle().served(provider))


def parse_bundle(raw: bytes) -> Catalog:
    import json

    first, *lines = raw.splitlines()
    head = json.loads(first)
    own = {provider: tuple(prefixes) for provider, prefixes in head["own"].items()}
    providers = dict(zip(head["providers"], lines, strict=True))
    models = LazyMapping(providers, lambda provider: _parse_models(providers[provider]))
    return Catalog(CatalogSource(**head["source"]), models, own)


def _parse_models(line: bytes) -> dict[str, ModelFacts]:
    import json

    return {model: _decode_row(row) for model, row in json.loads(line).items()}


def _decode_row(row: list[Any]) -> ModelFacts:
    facts = dict(zip(COLUMNS, row, strict=False))
    for name, decode in _DECODERS.items():
        if facts.get(name) is not None:
            facts[name] = decode(facts[name])
    return ModelFacts(**facts)


@cache
def _decode_inputs(codes: str) -> tuple[str, ...]:
    return tuple(INPUT_CODES[code] for code in codes)


_DECODERS: Mapping[str, Callable[[Any], Any]] = {"inputs": _decode_inputs, "tools": bool, "reasoning": bool}
