"""One request on its way to a reply: what is known of it, and what it is to play."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from text2llm.sandbox.apis import APIS
from text2llm.sandbox.catalog import Abilities, read_abilities
from text2llm.sandbox.keys import Role, parse_key
from text2llm.sandbox.oauth.ledger import Ledger
from text2llm.sandbox.payloads import replay
from text2llm.sandbox.providers import Endpoint
from text2llm.sandbox.scenario import Rule, Scenario, Subject
from text2llm.sandbox.values import Api, Json, Reply, Request

#: What an API says of no key, and of one that it has never seen; these are payloads, not behaviours.
NO_KEY, UNKNOWN_KEY = "no-key", "unknown-key"


@dataclass
class World:
    """What outlives a request: where the sandbox is, its scenario, how often what was asked, and the logins.

    ``slow`` is the delay of ``sandbox-slow`` in seconds.
    """

    origin: str
    scenario: Scenario = field(default_factory=Scenario)
    slow: float = 2.0
    ledger: Ledger = field(default_factory=Ledger)
    turns: Counter[tuple[object, ...]] = field(default_factory=Counter)

    @cached_property
    def abilities(self) -> Mapping[str, Abilities]:
        """What OpenRouter's models take and can do."""
        return read_abilities(self.scenario)

    def take_turn(self, *what: object) -> int:
        """How often this has been asked for before; the first time is 0."""
        self.turns[what] += 1
        return self.turns[what] - 1


_OK = Role("ok")


class Part(NamedTuple):
    """What a request plays, and how many seconds late."""

    role: Role
    latency: float


@dataclass
class Exchange:
    """A request to an endpoint; ``named`` is the model in its path."""

    request: Request
    endpoint: Endpoint
    named: str
    world: World
    role: Role = _OK

    @property
    def api(self) -> Api:
        """The wire format."""
        return APIS[self.endpoint.voice.api]

    @cached_property
    def key(self) -> str | None:
        """The credential that came with it."""
        return self.api.find_key(self.request)

    @cached_property
    def body(self) -> Json | None:
        """The JSON object in its body; ``None`` where there is none."""
        return read_body(self.request)

    @cached_property
    def model(self) -> str:
        """The model that it is about; an empty text where it names none."""
        model = self.named or (self.body or {}).get("model")
        return model if isinstance(model, str) else ""

    @property
    def is_completion(self) -> bool:
        """Whether it asks a model; all else costs nothing and needs no credit."""
        return self.endpoint.kind == "completion"

    def replay(self, name: str, **fields: str) -> Reply:
        """The provider's own answer of that name."""
        key = self.key or ""
        known = {"key": _mask(key), "masked": f"{key[:2]}***{key[-2:]}", "tail": f"****{key[-4:]}", "model": self.model}
        return replay(self.endpoint.voice, name, self.request, known | fields)


def read_body(request: Request) -> Json | None:
    """The JSON object in a request's body; ``None`` where there is none."""
    try:
        data = json.loads(request.body.decode())  # strictly: of bytes, json lets surrogates pass
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def cast(exchange: Exchange, names: Container[str]) -> Part:
    """What a request plays: what the scenario's first rule for it says, else its key."""
    world, key = exchange.world, exchange.key
    provider = exchange.endpoint.voice.provider
    subject = Subject(key or "", exchange.model, provider, exchange.request.path)
    rule = next((rule for rule in world.scenario.rules if rule.matches(subject)), Rule({}))
    latency = world.scenario.latency if rule.latency is None else rule.latency
    own = _read_key(exchange, names, named="key" in rule.subject)
    if own.name in (NO_KEY, UNKNOWN_KEY) or not rule.plays:
        return Part(own, latency)
    turn = world.take_turn(rule.plays, subject) if len(rule.plays) > 1 else 0
    return Part(rule.plays[min(turn, len(rule.plays) - 1)], latency)


def _read_key(exchange: Exchange, names: Container[str], *, named: bool) -> Role:
    """What the key alone plays. ``named``: the scenario names it, so that it is a known one."""
    key = exchange.key
    role = None if key is None else parse_key(key, names)
    state = None if key is None else exchange.world.ledger.find_state(key, exchange.request.now)
    if state is not None:
        return Role(state)
    if role is not None:
        return role
    if named or exchange.endpoint.public:
        return _OK
    return Role(NO_KEY if key is None else UNKNOWN_KEY)


def _mask(key: str) -> str:
    """A key as OpenAI echoes it, first and last characters included: a client must not print even those."""
    return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * len(key)  # noqa: PLR2004
