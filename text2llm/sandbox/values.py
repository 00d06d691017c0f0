"""The values that pass through the sandbox: a request comes in, a reply goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, NamedTuple

Json = dict[str, Any]


class Delivery(Enum):
    """How a reply's bytes travel."""

    WHOLE = auto()
    CHUNKS = auto()
    HALF = auto()
    NEVER = auto()
    DRIP = auto()
    DRIP_HEAD = auto()
    ENDLESS = auto()
    INTERIM = auto()
    FLOOD = auto()
    BOMB = auto()
    CLOSE = auto()
    RESET = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sandbox answers: ``body`` is sent as it is, in the way that ``delivery`` says, ``delay`` seconds late.

    ``layers``: how often a compressed body is compressed again.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    delay: float = 0
    layers: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent.

    ``headers`` has lower-case names, ``path`` no query and is still percent-encoded; ``id`` names the exchange, and
    ``now`` is when it came, in seconds since the epoch.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    id: str
    now: float


class Call(NamedTuple):
    """A request for a completion that could be read: its JSON, the model in it, and the provider that is played."""

    request: Request
    body: Json
    model: str
    provider: str


class Mistake(NamedTuple):
    """What a request got wrong: the payload that says so, and what to fill into its text."""

    payload: str
    fields: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Api:
    """One wire format: how it is called, and what its answers look like.

    ``id_header`` carries the request's number back. ``find_header_mistake`` and ``find_mistake`` tell what is wrong
    with a request and with a call; ``find_tool`` is the tool that must be called, ``find_images`` are the base64 texts
    of pictures. ``complete`` answers a call, and ``think``, ``hollow`` and ``rename`` make another answer of that one.
    ``streams``: whether a call wants events; ``stream`` makes them of an answer, ``stream_type`` is their media type.
    """

    name: str
    id_header: str | None
    find_key: Callable[[Request], str | None]
    find_header_mistake: Callable[[Request], Mistake | None]
    find_mistake: Callable[[Call], Mistake | None]
    find_tool: Callable[[Json], str | None]
    find_images: Callable[[Json], list[str]]
    complete: Callable[[Call], Json]
    think: Callable[[Json], Json]
    hollow: Callable[[Json], Json]
    rename: Callable[[Json, str], Json]
    streams: Callable[[Call], bool]
    stream: Callable[[Json], bytes]
    stream_type: str = "text/event-stream"


class Recorded(NamedTuple):
    """What is remembered of an exchange: never a header, a query, a body or a key."""

    method: str
    path: str
    behaviour: str


def find_nothing(_request: Request) -> Mistake | None:
    """For a format that asks nothing of a request's headers."""
    return None


def has(body: Json, name: str, kind: type) -> bool:
    """Whether a request's field is there, of its type and not empty."""
    return isinstance(body.get(name), kind) and bool(body[name])


def as_list(value: Any) -> list[Json]:
    """The objects of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_object(value: Any) -> Json:
    """An object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}
