from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.login.answering import Reply, answering, asked
from tests.login.terms_of import FakeDialogue, make_terms, trust_facts, with_client
from text2llm.auth.credentials import OAuth
from text2llm.login.clock import Clock, read_wall_clock
from text2llm.login.device import log_in_by_device
from text2llm.login.errors import LoginError
from text2llm.login.terms import Obtained
from text2llm.providers.oauth import OAuthFacts, OwnDevice, Poll
from text2llm.secret import Secret
from text2llm.trust.origin import Origin

START = {
    "device_code": "dc-1",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://corp.example/device",
    "expires_in": 100,
    "interval": 5,
}
TOKENS = {"access_token": "at-1", "refresh_token": "rt-1", "expires_in": 3600, "token_type": "Bearer"}
PENDING = (400, {"error": "authorization_pending"})
SLOWER = (400, {"error": "slow_down"})
DOWN = b""


@dataclass
class FakeTime:
    """Time that passes only while somebody sleeps."""

    passed: float = 0.0
    pauses: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds
        self.pauses.append(seconds)

    def clock(self) -> Clock:
        return Clock(lambda: 1_000, lambda: self.passed, self.sleep)


def make_facts(origin: Origin, **changed: Any) -> OAuthFacts:
    facts = OAuthFacts(
        "corp", ("device-code",), token_url=f"{origin}/token", device_url=f"{origin}/device", scopes=("openid", "llm")
    )
    return facts._replace(**changed)


def log_in(facts: OAuthFacts, time: FakeTime, dialogue: FakeDialogue | None = None) -> Obtained:
    shown = dialogue or FakeDialogue()
    work = lambda client: log_in_by_device(make_terms(facts), shown, client, time.clock())  # noqa: E731
    return with_client(trust_facts(facts), work)


def test_code_is_shown_and_the_tokens_come_when_it_was_entered() -> None:
    time, dialogue = FakeTime(), FakeDialogue()
    with answering((200, START), PENDING, (200, TOKENS)) as server:
        obtained = log_in(make_facts(server.origin), time, dialogue)

    assert obtained.credential == OAuth(Secret("at-1"), Secret("rt-1"), 3_601_000, {})
    assert dialogue.said == ["Enter the code WDJB-MJHT at https://corp.example/device; it is valid for 2 min."]
    assert dialogue.pages == ["https://corp.example/device"]
    assert asked(server, 0) == {"client_id": "text2llm-tests", "scope": "openid llm"}
    grant_type = "urn:ietf:params:oauth:grant-type:device_code"
    assert asked(server, 2) == {"grant_type": grant_type, "device_code": "dc-1", "client_id": "text2llm-tests"}
    assert time.pauses == [5, 5]


def test_page_with_the_code_in_it_is_the_one_that_opens() -> None:
    dialogue, filled = FakeDialogue(), "https://corp.example/device?user_code=WDJB-MJHT"
    with answering((200, {**START, "verification_uri_complete": filled}), (200, TOKENS)) as server:
        log_in(make_facts(server.origin), FakeTime(), dialogue)
    assert dialogue.pages == [filled]


def test_pauses_follow_the_provider_and_the_network() -> None:
    time = FakeTime()
    with answering((200, START), SLOWER, PENDING, DOWN, (503, {}), PENDING, (200, TOKENS)) as server:
        log_in(make_facts(server.origin), time)
    assert time.pauses == [5, 10, 10, 20, 40, 15]


@pytest.mark.parametrize(
    ("reply", "message"),
    [(PENDING, "the code was not entered in time"), (DOWN, "no usable response before the code expired")],
)
def test_wait_ends_with_the_code(reply: Reply, message: str) -> None:
    time = FakeTime()
    with answering((200, START), reply) as server, pytest.raises(LoginError, match=message):
        log_in(make_facts(server.origin), time)
    assert time.passed == 100


def test_provider_that_refuses_to_begin_is_reported() -> None:
    with answering((401, {"error": "invalid_client"})) as server, pytest.raises(LoginError, match="invalid_client"):
        log_in(make_facts(server.origin), FakeTime())


def test_provider_without_a_device_flow_is_reported() -> None:
    facts = OAuthFacts("corp", ("pkce-loopback",), token_url="http://127.0.0.1:9/token")
    with pytest.raises(LoginError, match="corp has no device flow"):
        log_in(facts, FakeTime())


def test_provider_without_a_token_endpoint_is_reported() -> None:
    with answering((200, START)) as server, pytest.raises(LoginError, match="names no token endpoint"):
        log_in(make_facts(server.origin, token_url=None, issuer=str(server.origin)), FakeTime())


def make_own_facts(origin: Origin) -> OAuthFacts:
    poll = Poll(5, 5, 900)
    own = OwnDevice(f"{origin}/start", f"{origin}/poll", "https://o.example/device", "https://o.example/back", poll)
    return OAuthFacts("openai-codex", ("device-code",), token_url=f"{origin}/token", own_device=own)


def test_own_flow_gives_a_code_that_is_exchanged() -> None:
    time, dialogue = FakeTime(), FakeDialogue()
    start = {"device_auth_id": "da-1", "user_code": "ABCD-EFGH", "interval": "2"}
    code = {"authorization_code": "ac-1", "code_verifier": "cv-1", "code_challenge": "x"}
    replies: tuple[Reply, ...] = (
        (200, start),
        (403, {}),
        (404, {"error": {"code": "unknown"}}),
        (200, code),
        (200, TOKENS),
    )
    with answering(*replies) as server:
        obtained = log_in(make_own_facts(server.origin), time, dialogue)

    assert obtained.credential == OAuth(Secret("at-1"), Secret("rt-1"), 3_601_000, {})
    assert dialogue.pages == ["https://o.example/device"]
    assert asked(server, 0) == {"client_id": "text2llm-tests"}
    assert asked(server, 1) == {"device_auth_id": "da-1", "user_code": "ABCD-EFGH"}
    assert asked(server, 4) == {
        "grant_type": "authorization_code",
        "code": "ac-1",
        "redirect_uri": "https://o.example/back",
        "client_id": "text2llm-tests",
        "code_verifier": "cv-1",
    }
    assert time.pauses == [2, 2, 2]


def test_device_code_goes_to_no_other_origin() -> None:
    with answering((200, START), (200, TOKENS)) as server, answering((200, TOKENS)) as other:
        facts = make_facts(server.origin)
        stray = facts._replace(token_url=f"{other.origin}/token")
        trust = trust_facts(facts)
        with pytest.raises(LoginError, match=r"login:corp is not bound to .*: nothing was sent"):
            with_client(
                trust, lambda client: log_in_by_device(make_terms(stray), FakeDialogue(), client, FakeTime().clock())
            )
        assert other.connections == 0


def test_real_clock_sleeps_and_tells_the_time() -> None:
    clock = Clock()
    started = clock.elapsed()
    with_client(trust_facts(), lambda _: clock.sleep(0.01))
    assert clock.elapsed() - started >= 0.01
    assert read_wall_clock() > 1_700_000_000_000


def test_nothing_secret_is_shown() -> None:
    dialogue = FakeDialogue()
    with answering((200, START), (200, TOKENS)) as server:
        log_in(make_facts(server.origin), FakeTime(), dialogue)
    shown = json.dumps([dialogue.said, dialogue.pages])
    assert not [secret for secret in ("dc-1", "at-1", "rt-1") if secret in shown]
