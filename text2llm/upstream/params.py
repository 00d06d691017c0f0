"""The parameters of a route that its probe sends: what can decide whether a model answers, nothing that costs. Pure."""

from __future__ import annotations

import re
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
    *("n", "bestof", "numpredict", "numreturnsequences", "usebeamsearch", "beamwidth", "numbeams"),
    *("candidatecount", "stop", "stopsequences", "responseformat", "responsemimetype", "responseschema", "format"),
    *("modalities", "responsemodalities", "audio", "speechconfig", "imageconfig", "prediction", "speed"),
    # the question
    *("model", "messages", "input", "prompt", "contents", "system", "systeminstruction", "instructions"),
    # tools, and searches that are paid for each time
    *("toolchoice", "toolconfig", "functions", "functioncall", "paralleltoolcalls", "maxtoolcalls"),
    *("plugins", "container", "enablesearch", "include"),
    # traces, and work that goes on after the response
    *("store", "background", "previousresponseid", "conversation", "cachedcontent", "metadata"),
    # the delivery, which is the client's
    *("stream", "streamoptions", "timeout", "maxretries", "numretries", "retries"),
    # another model or server: a probe never falls back
    *("models", "route", "fallbacks", "userconfig", "extraheaders", "headers"),
})  # fmt: skip
#: Families of such names: limits of the output, searches and tools, and what gateways take as another server.
_UNSENT_FAMILIES = re.compile(
    r"(?:max|min)(?:\w*tokens\w*|length)|(?:web)?search\w*|mcp\w*|\w*tools"
    r"|(?:aws|azure|litellm|vertex)\w*|\w*(?:apibase|apikey|baseurl|endpoint|host|url)"
)
#: Values that cost more, by parameter.
_DEAR = {"servicetier": frozenset({"priority", "fast"})}
#: A thinking budget by its own name, and by that in a map of settings for thinking.
_BUDGET = re.compile(r"budgettokens|\w*(?:thinking|reasoning)\w*(?:budget|tokens)|\w*budget\w*(?:thinking|reasoning)")
_BUDGET_INSIDE = re.compile(r"\w*budget\w*|maxtokens")
#: Parameters that hold the settings for thinking.
_THINKING = frozenset({"thinking", "thinkingconfig", "reasoning", "reasoningconfig"})
#: Parameters that hold others, as the SDKs and the API itself name them.
_NESTING = frozenset({"generationconfig", "options", "inferenceconfig", "additionalmodelrequestfields"})


def select_params(params: Mapping[str, Any], *, tool: bool = False) -> dict[str, Any]:
    """The parameters to send: those that do not cost, with thinking budgets at their least; ``null`` is not sent.

    ``tool``: the probe forces a tool call, with which models that think refuse to do so.
    """
    return {name: value for name, value in _select(params) if not (tool and _plain(name) == "thinking")}


def _select(params: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        plain = _plain(name)
        if value is None or _is_unsent(plain, value):
            continue
        if plain == "extrabody" and isinstance(value, Mapping):
            yield from _select(value)
        elif plain in _NESTING and isinstance(value, Mapping):
            yield name, dict(_select(value))
        else:
            yield name, _spend_least(plain, value)


def _is_unsent(plain: str, value: Any) -> bool:
    if plain in _DEAR:
        tier = value.get("type") if isinstance(value, Mapping) else value
        return isinstance(tier, str) and tier.lower() in _DEAR[plain]
    family = _UNSENT_FAMILIES.fullmatch(plain) is not None and _BUDGET.fullmatch(plain) is None
    return plain in _UNSENT or family


def _spend_least(plain: str, value: Any, *, inside: bool = False) -> Any:
    """A value with the thinking budgets in it at their least; ``inside``: it is a setting for thinking."""
    if isinstance(value, Mapping):
        inside = inside or plain in _THINKING
        return {name: _spend_least(_plain(name), inner, inside=inside) for name, inner in value.items()}
    return min(value, LEAST_BUDGET) if _is_budget(plain, value, inside=inside) else value


def find_budget(params: Mapping[str, Any]) -> int:
    """The tokens that selected parameters let a model think, which count as output; ``0`` if they set no budget."""
    return max(_find_budgets("", params), default=0)


def _find_budgets(plain: str, value: Any, *, inside: bool = False) -> Iterator[int]:
    if isinstance(value, Mapping):
        inside = inside or plain in _THINKING
        for name, inner in value.items():
            yield from _find_budgets(_plain(name), inner, inside=inside)
    elif _is_budget(plain, value, inside=inside):
        yield value


def _is_budget(plain: str, value: Any, *, inside: bool) -> bool:
    named = _BUDGET.fullmatch(plain) or (inside and _BUDGET_INSIDE.fullmatch(plain))
    return bool(named) and isinstance(value, int) and not isinstance(value, bool) and value > 0


def merge_params(body: dict[str, Any], params: Mapping[str, Any]) -> None:
    """Add parameters to a request body, map by map; what the body has already stays."""
    for name, value in params.items():
        there = body.setdefault(name, {} if isinstance(value, Mapping) else value)
        if isinstance(there, dict) and isinstance(value, Mapping):
            merge_params(there, value)


def _plain(name: object) -> str:
    return str(name).replace("_", "").replace("-", "").lower()
