"""The resolved document as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, final

from text2llm.report.sanitize import json_line, pick
from text2llm.resolved.document import ChainEntry, CredentialState, ResolvedDocument, ResolvedModel

if TYPE_CHECKING:
    from text2llm.params.translate import EffectiveParams


def resolved_json(document: ResolvedDocument) -> Iterator[str]:
    """The parts of a JSON document with one line per entry, valid against ``schemas/outputs/resolved.schema.json``.

    Most parts occur many times: what entries share is one part.
    """
    texts = _Texts()
    yield f'{{\n  "environment": {json_line(document.environment)},\n  "agents": {{'
    for number, (agent, roles) in enumerate(document.agents.items()):
        yield "," if number else ""
        yield f"\n    {json_line(agent)}"
        yield ': {\n      "roles": {'
        for position, (role, entries) in enumerate(roles.items()):
            yield f"{',' if position else ''}\n        {json_line(role.name)}: "
            yield from texts.list_chain(entries)
        yield "\n      }\n    }"
    yield "\n  }\n}\n"


@final
class _Texts:
    """The texts of entries; what many of them share is encoded once, by identity."""

    def __init__(self) -> None:
        self._heads: dict[tuple[int, int, str], str] = {}
        self._tails: dict[str, str] = {}

    def list_chain(self, entries: tuple[ChainEntry, ...]) -> Iterator[str]:
        if not entries:
            yield '{"chain": []}'
            return
        yield '{\n          "chain": ['
        for position, entry in enumerate(entries):
            yield "," if position else ""
            yield self._find_head(entry)
            yield str(entry.source.line)
            yield ', "column": '
            yield str(entry.source.column)
            yield self._find_tail(entry.layer)
        yield "\n          ]\n        }"

    def _find_head(self, entry: ChainEntry) -> str:
        """The line of an entry up to the number of its line."""
        path = entry.source.path
        key = id(entry.model), id(entry.credential), path
        if key not in self._heads:
            shared = json_line(_shared_json(entry))[:-1]
            self._heads[key] = f'\n            {shared}, "source": {{"path": {json_line(path)}, "line": '
        return self._heads[key]

    def _find_tail(self, layer: str) -> str:
        if layer not in self._tails:
            self._tails[layer] = f', "layer": {json_line(layer)}}}}}'
        return self._tails[layer]


def _shared_json(entry: ChainEntry) -> dict[str, Any]:
    """An entry without its source."""
    if entry.credential is None:
        return _model_json(entry.model)
    return _model_json(entry.model) | {"credential": _credential_json(entry.credential)}


def _model_json(model: ResolvedModel) -> dict[str, Any]:
    params, facts = model.params, model.facts
    return {
        "ref": str(model.ref),
        "provider": model.ref.provider,
        "model": model.wire,
        **pick(model, "api", "base_url"),
        "headers": dict(model.headers),
        **_params_json(params),
        "facts": {
            **pick(facts, "context_window", "max_tokens"),
            "input": None if facts.inputs is None else list(facts.inputs),
            "cost": {
                "input": facts.input_price,
                "output": facts.output_price,
                "cacheRead": facts.cache_read_price,
                "cacheWrite": facts.cache_write_price,
            },
            **pick(facts, "reasoning", "retires"),
            "source": model.origin,
        },
    }


def _params_json(params: EffectiveParams | None) -> dict[str, Any]:
    """Parameters; a header that says one is where the SDKs take it."""
    if params is None:
        return {"params": {}, "request": {}, "dropped": {}}
    headers = {"extra_headers": params.headers} if params.headers else {}
    return {"params": params.params, "request": {**params.request, **headers}, "dropped": params.dropped}


def _credential_json(state: CredentialState) -> dict[str, Any]:
    return pick(state, "kind", "label", "health", "may_go", "why")
