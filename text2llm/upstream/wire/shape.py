"""The parts of every wire format: the call it builds a request for, what it sends to a model, and its own shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from text2llm.diagnostics import Location
from text2llm.net.message import SecretHeader
from text2llm.trust.origin import BaseUrl
from text2llm.upstream.identity import NO_NAMES, KnownNames
from text2llm.upstream.wire.outcome import Outcome

if TYPE_CHECKING:
    from text2llm.upstream.exchange.identity import Identity

PROMPT = "ping"
#: The tool that a model is made to call: it has no arguments and no effect.
TOOL = "noop"
TOOL_DESCRIPTION = "Does nothing."
#: The prompt for a model that cannot be made to call a tool.
TOOL_PROMPT = f"Call the tool {TOOL}."
#: A PNG of one white pixel, in base64.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
PIXEL_TYPE = "image/png"
PIXEL_URL = f"data:{PIXEL_TYPE};base64,{PIXEL}"
NO_ARGUMENTS: Mapping[str, Any] = {"type": "object", "properties": {}}
#: The tool as OpenAI's older API and Ollama describe it.
FUNCTION_TOOL: Mapping[str, Any] = {
    "type": "function",
    "function": {"name": TOOL, "description": TOOL_DESCRIPTION, "parameters": NO_ARGUMENTS},
}


@dataclass(frozen=True, slots=True)
class CompletionCall:
    """One completion to request, before its request is built.

    ``model`` is the id that the API knows. ``path`` is appended to ``base`` and may contain ``{model}``;
    ``max_tokens_field`` is ``None`` if the API has no limit. ``place`` is where a config sets the origin.
    ``image``: the prompt has an image; ``tool``: the model must call a tool. ``params`` are the fields of
    the route's parameters that are sent, and ``stream`` requests an event stream. ``stated`` are the keys of ``compat``
    that are set. ``nonce`` is a random word of the prompt, so that no cache of responses has it. ``names`` is what is
    known of the provider's model names, and ``errors`` how it speaks of errors, as its descriptor says. ``identity``
    makes the credential when the request is sent; it is ``None`` if ``credentials`` has it.
    """

    provider: str
    api: str
    model: str
    base: BaseUrl
    path: str
    max_tokens_field: str | None
    min_tokens: int
    headers: Mapping[str, str]
    credentials: tuple[SecretHeader, ...]
    place: Location | None = None
    image: bool = False
    tool: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    stream: bool = False
    nonce: str = ""
    names: KnownNames = NO_NAMES
    stated: frozenset[str] = frozenset()
    errors: Mapping[str, Any] | None = None
    identity: Identity | None = None

    @property
    def prompt(self) -> str:
        return f"{PROMPT} {self.nonce}" if self.nonce else PROMPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One API. Path, field, minimum tokens and headers apply unless the provider's descriptor sets others.

    ``find_fault`` takes the JSON object of a 200 without an error in it, and returns ``None`` if a completion was
    parsed. Then ``called`` returns whether it calls the tool, ``cut`` whether it ended at the token limit.
    ``stream_path`` is the path of a streamed response where the path says so, and not a field of the request.
    ``is_event``: whether an event of a stream is a part of a completion. ``fold`` makes the same object of the events,
    and raises :class:`TruncatedStreamError` if they have no end. ``lines``: a stream has a JSON value per line, not
    server-sent events. ``find_path`` returns the path for that of a configured base URL, if it depends on it.
    """

    api: str
    path: str
    build_body: Callable[[CompletionCall], dict[str, Any]]
    find_fault: Callable[[dict[str, Any], CompletionCall], Outcome | None]
    is_event: Callable[[dict[str, Any]], bool]
    fold: Callable[[list[Any]], dict[str, Any]]
    called: Callable[[dict[str, Any]], bool]
    cut: Callable[[dict[str, Any]], bool]
    model_key: str = "model"
    max_tokens_field: str = "max_tokens"
    auth_header: str = "Authorization"
    auth_prefix: str = "Bearer "
    headers: Mapping[str, str] = field(default_factory=dict)
    min_tokens: int = 1
    stream_path: str | None = None
    lines: bool = False
    find_path: Callable[[str], str] | None = None


def has_function_call(calls: Any) -> bool:
    functions = [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    return any(isinstance(function, dict) and function.get("name") == TOOL for function in functions)
