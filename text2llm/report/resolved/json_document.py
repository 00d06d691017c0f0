"""The resolved document as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, final

from text2llm.report.sanitize import json_line, pick
from text2llm.resolved.document import ChainEntry, CredentialState, ResolvedDocument, ResolvedModel


def resolved_json(document: ResolvedDocument) -> Iterator[str]:
    """The parts of a JSON document with one line per entry, valid against ``schemas/outputs/resolved.schema.json``."""
    lines = _Lines()
    yield f'{{\n  "environment": {json_line(document.environment)},\n  "agents": {{'
    for number, (agent, roles) in enumerate(document.agents.items()):
        yield f'{"," if number else ""}\n    {json_line(agent)}: {{\n      "roles": {{'
        chains = (f"\n        {json_line(role.name)}: {lines.list_chain(found)}" for role, found in roles.items())
        yield ",".join(chains) + "\n      }\n    }"
    yield "\n  }\n}\n"


@final
class _Lines:
    """The text of entries; what many of them share is encoded once, by identity."""

    def __init__(self) -> None:
        self._chains: dict[int, str] = {}
        self._shared: dict[tuple[int, int], str] = {}
        self._sources: dict[tuple[str, str], tuple[str, str]] = {}

    def list_chain(self, entries: tuple[ChainEntry, ...]) -> str:
        if not entries:
            return '{"chain": []}'
        if id(entries) not in self._chains:
            rows = ",".join(f"\n            {self._encode(entry)}" for entry in entries)
            self._chains[id(entries)] = f'{{\n          "chain": [{rows}\n          ]\n        }}'
        return self._chains[id(entries)]

    def _encode(self, entry: ChainEntry) -> str:
        key, place, source = (id(entry.model), id(entry.credential)), (entry.source.path, entry.layer), entry.source
        if key not in self._shared:
            self._shared[key] = json_line(_shared_json(entry))[:-1]
        if place not in self._sources:
            path, layer = map(json_line, place)
            self._sources[place] = f'"source": {{"path": {path}', f'"layer": {layer}}}}}'
        begin, end = self._sources[place]
        return f'{self._shared[key]}, {begin}, "line": {source.line}, "column": {source.column}, {end}'


def _shared_json(entry: ChainEntry) -> dict[str, Any]:
    """An entry without its source."""
    if entry.credential is None:
        return _model_json(entry.model)
    return _model_json(entry.model) | {"credential": _credential_json(entry.credential)}


def _model_json(model: ResolvedModel) -> dict[str, Any]:
    params, facts = model.params, model.facts
    return {
        "ref": str(model.ref),
        **pick(model.ref, "provider", "model"),
        **pick(model, "api", "base_url"),
        "headers": dict(model.headers),
        **pick(params, "params", "request", "dropped"),
        "facts": {
            **pick(facts, "context_window", "max_tokens"),
            "input": None if facts.inputs is None else list(facts.inputs),
            "cost": {"input": facts.input_price, "output": facts.output_price},
            **pick(facts, "reasoning", "retires"),
            "source": model.origin,
        },
    }


def _credential_json(state: CredentialState) -> dict[str, Any]:
    return pick(state, "kind", "label", "health", "may_go", "why")
