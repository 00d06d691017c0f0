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
    LATE = auto()
    NEVER = auto()
    HALF = auto()
    DRIP = auto()
    INTERIM = auto()
    BOMB = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sandbox answers: ``body`` is sent as it is, in the way that ``delivery`` says."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. ``headers`` has lower-case names, ``path`` no query; ``id`` names the exchange."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    id: str


class Mistake(NamedTuple):
    """What a request got wrong: the payload that says so, and what to fill into its text."""

    payload: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Api:
    """One wire format: where it lives, how it is called, and what its answers look like."""

    name: str
    completion_path: str
    id_header: str
    find_key: Callable[[Request], str | None]
    find_mistake: Callable[[Request, Json], Mistake | None]
    complete: Callable[[str, str], Json]
    think: Callable[[Json], Json]
    hollow: Callable[[Json], Json]
    listing: Callable[[], Json]


class Recorded(NamedTuple):
    """What is remembered of an exchange: never a header, a query, a body or a key."""

    method: str
    path: str
    behaviour: str


def has(body: Json, field: str, kind: type) -> bool:
    """Whether a request's field is there, of its type and not empty."""
    return isinstance(body.get(field), kind) and bool(body[field])
