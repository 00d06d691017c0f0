"""The parameters of a route that its probe sends: what can decide whether a model answers, nothing that costs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: The largest output limit that a probe asks for, in tokens.
MAX_OUTPUT = 2048
#: The least thinking budget that every server of the APIs accepts, in tokens: Anthropic's and OpenRouter's minimum.
LEAST_BUDGET = 1024
#: Names without separators, in lower case. What they set would cost more, ask for something else, leave a trace at the
#: provider, or send the request to another model or server.
_UNSENT = frozenset({
    # the output: the probe has a limit of its own
    *("maxtokens", "maxcompletiontokens", "maxoutputtokens", "maxnewtokens", "numpredict", "n", "bestof"),
    *("candidatecount", "stop", "stopsequences", "responseformat", "responsemimetype", "responseschema", "format"),
    *("modalities", "responsemodalities", "audio", "speechconfig", "imageconfig", "prediction"),
    # the question
    *("model", "messages", "input", "prompt", "contents", "system", "systeminstruction", "instructions"),
    # tools, and searches that are paid for each time
    *("tools", "toolchoice", "toolconfig", "functions", "functioncall", "paralleltoolcalls", "maxtoolcalls"),
    *("plugins", "mcpservers", "container", "websearch", "websearchoptions", "searchparameters", "enablesearch"),
    *("searchoptions", "include"),
    # traces, and work that goes on after the response
    *("store", "background", "previousresponseid", "conversation", "cachedcontent", "metadata"),
    # the delivery, which is the client's
    *("stream", "streamoptions", "timeout", "maxretries", "numretries", "retries"),
    # another model or server: a probe never falls back
    *("models", "route", "fallbacks", "apibase", "baseurl", "apikey", "userconfig", "extraheaders", "headers"),
})  # fmt: skip
_BUDGETS = frozenset({"budgettokens", "thinkingbudget", "maxtokens"})
#: Parameters that hold a thinking budget, besides those that are one.
_THINKING = frozenset({"thinking", "thinkingconfig", "reasoning"})
#: Parameters that hold others, as the SDKs and the API itself name them.
_NESTING = frozenset({"extrabody", "generationconfig", "options"})


def select_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters to send: those that do not cost, with thinking budgets at their least; ``null`` is not sent."""
    return dict(_select(params))


def _select(params: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        plain = _plain(name)
        if value is None or plain in _UNSENT:
            continue
        if plain == "extrabody" and isinstance(value, Mapping):
            yield from _select(value)
        elif plain in _NESTING and isinstance(value, Mapping):
            yield name, select_params(value)
        else:
            yield name, _spend_least(plain, value)


def _spend_least(plain: str, value: Any) -> Any:
    if plain in _BUDGETS and _is_budget(value):
        return min(value, LEAST_BUDGET)
    if plain in _THINKING and isinstance(value, Mapping):
        return {name: _spend_least(_plain(name), inner) for name, inner in value.items()}
    return value


def find_budget(params: Mapping[str, Any]) -> int:
    """The tokens that selected parameters let a model think, which count as output; ``0`` if they set no budget."""
    return max(_find_budgets(params), default=0)


def _find_budgets(params: Mapping[str, Any]) -> Iterator[int]:
    for name, value in params.items():
        plain = _plain(name)
        if plain in _BUDGETS and _is_budget(value):
            yield value
        elif plain in _THINKING | _NESTING and isinstance(value, Mapping):
            yield from _find_budgets(value)


def merge_params(body: dict[str, Any], params: Mapping[str, Any]) -> None:
    """Add parameters to a request body, map by map; what the body has already stays."""
    for name, value in params.items():
        there = body.setdefault(name, {} if isinstance(value, Mapping) else value)
        if isinstance(there, dict) and isinstance(value, Mapping):
            merge_params(there, value)


def _is_budget(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
