"""Odd successes: completions that real providers sent and readers stumble over, and models that want a certain request.

Each is a row of ``data/odd/successes.json``, with its source beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from text2llm.sandbox.exchange import Exchange
from text2llm.sandbox.payloads import fill_payload, fill_value, load_rows
from text2llm.sandbox.successes import succeed
from text2llm.sandbox.values import HttpResponse, Json

#: The API that answers in the same form.
_SHAPES = {"azure-openai": "openai-completions", "google-vertex": "google-generative-ai"}


@dataclass(frozen=True, slots=True)
class Oddity:
    """``twists`` are by API; at any other one the oddity is an ordinary success. ``says`` is what a probe must report.

    A twist has the fields ``set``, ``replace`` and ``remove`` (what changes in the completion: lists are changed item
    by item, but for those to replace), ``headers``, ``prefix`` and ``streamPrefix`` (what precedes the body); or
    ``refuse`` (the conditions, all of which hold of a request that it rejects), ``status`` and ``body``.
    """

    summary: str
    says: str
    twists: Mapping[str, Mapping[str, Any]]

    def expect(self, api: str) -> str:
        return "ok" if self._find_twist(api) is None else self.says

    def play(self, exchange: Exchange) -> HttpResponse:
        twist = self._find_twist(exchange.api.name)
        if twist is None:
            return succeed(exchange)
        if "refuse" in twist and all(_holds(condition, exchange.body or {}) for condition in twist["refuse"]):
            return fill_payload(twist, exchange.request, {"model": exchange.model})
        response = succeed(exchange, lambda _api, completion: _twist(completion, twist, exchange.model))
        return _dress(response, twist) if response.status == 200 else response  # noqa: PLR2004

    def _find_twist(self, api: str) -> Mapping[str, Any] | None:
        return self.twists.get(_SHAPES.get(api, api))


def load_oddities() -> Mapping[str, Oddity]:
    rows = load_rows("odd/successes.json")
    return {name: Oddity(row["summary"], row["says"], row["apis"]) for name, row in rows.items()}


def _holds(condition: Mapping[str, Any], body: Json) -> bool:
    values = [body[name] for name in condition["fields"] if name in body]
    match condition:
        case {"below": least}:
            return any(isinstance(value, int) and value < least for value in values)
        case {"is": wanted}:
            return any(value is wanted for value in values)
        case {"isnt": wanted}:
            return not any(value is wanted for value in values)
        case _:
            return bool(values)


def _twist(completion: Json, twist: Mapping[str, Any], model: str) -> Json:
    gone = {*twist.get("remove", ()), *twist.get("replace", ())}
    kept = {name: value for name, value in completion.items() if name not in gone}
    twisted: Json = _merge(kept, fill_value(twist.get("set", {}), {"model": model}))
    return twisted


def _merge(value: Any, change: Any) -> Any:
    if isinstance(value, dict) and isinstance(change, dict):
        return {**value, **{name: _merge(value.get(name), changed) for name, changed in change.items()}}
    if isinstance(value, list) and isinstance(change, list) and value:
        changed = [_merge(item, new) for item, new in zip(value, change, strict=False)]
        return [*changed, *value[len(change) :], *change[len(value) :]]
    return change


def _dress(response: HttpResponse, twist: Mapping[str, Any]) -> HttpResponse:
    prefix = twist.get("streamPrefix" if response.delivery == "chunks" else "prefix", "")
    headers = {**response.headers, **twist.get("headers", {})}
    return replace(response, body=prefix.encode() + response.body, headers=headers)


#: By name.
ODDITIES: Mapping[str, Oddity] = load_oddities()
