"""Requests and responses as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Json = dict[str, Any]
#: How a response is sent.
Delivery = Literal[
    "whole", "chunks", "half", "never", "drip", "drip-head", "endless", "interim", "flood", "bomb", "close", "reset"
]


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A response: ``body`` is sent as it is, by ``delivery``, after ``delay`` seconds.

    ``layers`` is how many times a body is compressed.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = "whole"
    delay: float = 0
    layers: int = 1


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request: ``headers`` has lower-case names; ``path`` has no query and is still percent-encoded.

    ``now`` is the time of arrival, in seconds since the epoch.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    id: str
    now: float


class ParsedCall(NamedTuple):
    """A parsed completion request: its JSON, its model and the played provider."""

    request: HttpRequest
    body: Json
    model: str
    provider: str


class Mistake(NamedTuple):
    """What is wrong with a request: the payload of the error, and the values for its placeholders."""

    payload: str
    fields: Mapping[str, str] = {}


class Recorded(NamedTuple):
    """The record of an exchange: never a header, a query, a body or a key."""

    method: str
    path: str
    behavior: str
