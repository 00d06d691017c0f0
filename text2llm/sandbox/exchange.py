"""One request, the state of the sandbox, and the behavior to play."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from text2llm.sandbox.apis import APIS
from text2llm.sandbox.apis.base import Api
from text2llm.sandbox.catalog import Abilities, read_abilities
from text2llm.sandbox.keys import KeyBehavior, find_behavior
from text2llm.sandbox.oauth.ledger import Ledger
from text2llm.sandbox.payloads import replay
from text2llm.sandbox.providers import PlayedEndpoint
from text2llm.sandbox.scenario import AnswerRule, RequestSubject, Scenario
from text2llm.sandbox.values import HttpRequest, HttpResponse, Json

#: The payloads for a missing key and for an unknown one; these are not behaviors.
NO_KEY, UNKNOWN_KEY = "no-key", "unknown-key"


@dataclass
class SandboxState:
    """What is kept between requests; ``slow`` is the delay of ``sandbox-slow`` in seconds."""

    origin: str
    scenario: Scenario = field(default_factory=Scenario)
    slow: float = 2.0
    ledger: Ledger = field(default_factory=Ledger)
    turns: Counter[tuple[object, ...]] = field(default_factory=Counter)

    @cached_property
    def abilities(self) -> Mapping[str, Abilities]:
        return read_abilities(self.scenario)

    def take_turn(self, *what: object) -> int:
        """How many times this was called before with the same arguments."""
        self.turns[what] += 1
        return self.turns[what] - 1


_OK = KeyBehavior("ok")


@dataclass
class Exchange:
    """A request to an endpoint; ``path_model`` is the model in its path."""

    request: HttpRequest
    endpoint: PlayedEndpoint
    path_model: str
    state: SandboxState
    role: KeyBehavior = _OK
    latency: float = 0  # in seconds

    @property
    def api(self) -> Api:
        return APIS[self.endpoint.played.api]

    @cached_property
    def key(self) -> str | None:
        return self.api.find_key(self.request)

    @cached_property
    def body(self) -> Json | None:
        return read_body(self.request)

    @cached_property
    def model(self) -> str:
        """The model in the path or body; empty if there is none."""
        model = self.path_model or (self.body or {}).get("model")
        return model if isinstance(model, str) else ""

    @property
    def is_token(self) -> bool:
        """Whether a login issued the key: this sandbox's, or ``claude setup-token``."""
        return self.role.name == "setup" or self.key in self.state.ledger.access_tokens

    @property
    def is_completion(self) -> bool:
        return self.endpoint.kind == "completion"

    def replay(self, name: str, **fields: str) -> HttpResponse:
        key = self.key or ""
        known = {"key": _mask(key), "masked": f"{key[:2]}***{key[-2:]}", "tail": f"****{key[-4:]}", "model": self.model}
        return replay(self.endpoint.played, name, self.request, known | fields)


def read_body(request: HttpRequest) -> Json | None:
    try:
        data = json.loads(request.body.decode())  # json accepts surrogates in bytes
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def choose_role(exchange: Exchange, names: Container[str]) -> None:
    """Set the role and latency: by the first matching rule of the scenario, else by the key."""
    state, key = exchange.state, exchange.key
    provider = exchange.endpoint.played.provider
    subject = RequestSubject(key or "", exchange.model, provider, exchange.request.path)
    rule = next((rule for rule in state.scenario.rules if rule.matches(subject)), AnswerRule({}))
    exchange.latency = state.scenario.latency if rule.latency is None else rule.latency
    exchange.role = _read_key(exchange, names, named="key" in rule.subject)
    if rule.plays and exchange.role.name not in (NO_KEY, UNKNOWN_KEY):
        turn = state.take_turn(rule.plays, subject) if len(rule.plays) > 1 else 0
        exchange.role = rule.plays[min(turn, len(rule.plays) - 1)]


def _read_key(exchange: Exchange, names: Container[str], *, named: bool) -> KeyBehavior:
    """What the key alone plays. ``named``: the scenario names the key, so it is known."""
    key = exchange.key
    role = None if key is None else find_behavior(key, names)
    status = None if key is None else exchange.state.ledger.find_state(key, exchange.request.now)
    if status is not None:
        return KeyBehavior(status)
    if role is not None:
        return role
    if named or exchange.endpoint.public:
        return _OK
    return KeyBehavior(NO_KEY if key is None else UNKNOWN_KEY)


def _mask(key: str) -> str:
    """A key as OpenAI echoes it, with its first and last characters: a client must not print even those."""
    return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}" if len(key) > 12 else "*" * len(key)  # noqa: PLR2004
