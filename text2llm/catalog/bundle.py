"""The bundled catalog: a snapshot of facts about models that ships with text2llm.

``data/models.jsonl`` is built by ``tools/build_catalog.py``. Its first line has the source of the facts, the providers
that follow, one per line, and the prefixes of ids that users choose (``own``). A provider's line maps the ids of its
models to their facts by column; a missing or ``null`` fact is unknown.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, final

from text2llm.catalog.facts import Catalog, CatalogSource, ModelFacts

COLUMNS = (
    *("context_window", "max_tokens", "inputs", "tools", "reasoning", "input_price", "output_price"),
    *("retires", "released", "name"),
)
INPUT_CODES = {"t": "text", "i": "image", "a": "audio", "v": "video", "p": "pdf"}
_FLAGS = {None: None, 0: False, 1: True}
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
    return Catalog(CatalogSource(**head["source"]), _Providers(providers), own)


@final
class _Providers(Mapping[str, Mapping[str, ModelFacts]]):
    """The providers of a built file. Most commands need two or three: a line is parsed on first use."""

    __slots__ = ("_lines", "_parsed")

    def __init__(self, lines: Mapping[str, bytes]) -> None:
        self._lines = lines
        self._parsed: dict[str, Mapping[str, ModelFacts]] = {}

    def __getitem__(self, provider: str) -> Mapping[str, ModelFacts]:
        found = self._parsed.get(provider)
        if found is None:
            import json

            rows = json.loads(self._lines[provider])
            found = self._parsed[provider] = {model: _decode(row) for model, row in rows.items()}
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _decode(row: list[Any]) -> ModelFacts:
    window, most, inputs, tools, reasoning, read, written, retires, released, name = row + [None] * (
        len(COLUMNS) - len(row)
    )
    return ModelFacts(
        name=name,
        context_window=window,
        max_tokens=most,
        inputs=None if inputs is None else _decode_inputs(inputs),
        tools=_FLAGS[tools],
        reasoning=_FLAGS[reasoning],
        input_price=read,
        output_price=written,
        released=released,
        retires=retires,
    )


@cache
def _decode_inputs(codes: str) -> tuple[str, ...]:
    return tuple(INPUT_CODES[code] for code in codes)
