from __future__ import annotations

from typing import Any

import pytest

from text2llm.login.device import DeviceGrant, PollState, judge_poll, next_interval, read_grant, read_own_grant
from text2llm.login.errors import LoginError
from text2llm.login.tokens import Denied
from text2llm.net.message import Failure, FailureKind
from text2llm.providers.oauth import OwnDevice, Poll
from text2llm.secret import Secret

POLL = Poll()
START: dict[str, Any] = {
    "device_code": "dc-1",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://corp.example/device",
    "expires_in": 900,
}
OWN = OwnDevice("https://o/start", "https://o/poll", "https://o/device", "https://o/callback", Poll(5, 5, 900))


def test_start_of_the_standard_flow() -> None:
    filled = "https://corp.example/device?user_code=WDJB-MJHT"
    grant = read_grant({**START, "interval": 7, "verification_uri_complete": filled}, POLL)
    page = "https://corp.example/device"
    assert grant == DeviceGrant(Secret("dc-1"), "WDJB-MJHT", page, filled, 7, 900)


@pytest.mark.parametrize(
    ("changed", "interval", "limit"),
    [
        ({}, 5, 900),
        ({"interval": 0}, 5, 900),
        ({"interval": "3"}, 3, 900),
        ({"interval": 10**9}, 60, 900),
        ({"interval": 0.001}, 1, 900),
        ({"expires_in": None}, 5, 1800),
        ({"expires_in": 10**9}, 5, 1800),
        ({"expires_in": 30}, 5, 30),
    ],
)
def test_times_have_bounds(changed: dict[str, Any], interval: float, limit: float) -> None:
    grant = read_grant({**START, **changed}, POLL)
    assert (grant.interval, grant.limit) == (interval, limit)


def test_older_name_of_the_page_is_taken() -> None:
    start = {name: value for name, value in START.items() if name != "verification_uri"}
    assert read_grant({**start, "verification_url": "https://corp.example/d"}, POLL).page == "https://corp.example/d"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"device_code": None}, "device_code"),
        ({"user_code": None}, "user_code"),
        ({"user_code": ""}, "user_code"),
        ({"user_code": "\x1b[2J"}, "user_code"),
        ({"user_code": "A\nB"}, "user_code"),
        ({"user_code": "A" * 65}, "user_code"),
        ({"user_code": "::error::"}, "user_code"),
        ({"verification_uri": "http://corp.example/device"}, "verification_uri"),
        ({"verification_uri": None}, "verification_uri"),
        ({"verification_uri_complete": "javascript:1"}, "verification_uri_complete"),
    ],
)
def test_start_of_another_shape_is_reported(changed: dict[str, Any], named: str) -> None:
    with pytest.raises(LoginError, match=f"`{named}`"):
        read_grant({**START, **changed}, POLL)


def test_start_of_the_own_flow() -> None:
    grant = read_own_grant({"device_auth_id": "da-1", "user_code": "ABCD-EFGH", "interval": "2"}, OWN)
    assert grant == DeviceGrant(Secret("da-1"), "ABCD-EFGH", "https://o/device", None, 2, 900)


@pytest.mark.parametrize(
    ("result", "own", "step"),
    [
        (Denied(400, "authorization_pending", ""), False, PollState.PENDING),
        (Denied(200, "authorization_pending", ""), False, PollState.PENDING),
        (Denied(400, "slow_down", ""), False, PollState.SLOWER),
        (Denied(429, "slow_down", ""), False, PollState.SLOWER),
        (Denied(503, None, ""), False, PollState.UNREACHABLE),
        (Denied(429, None, ""), False, PollState.UNREACHABLE),
        (Failure(FailureKind.CONNECT, ""), False, PollState.UNREACHABLE),
        (Failure(FailureKind.DEADLINE, ""), True, PollState.UNREACHABLE),
        (Denied(403, None, ""), True, PollState.PENDING),
        (Denied(404, "deviceauth_unknown", ""), True, PollState.PENDING),
    ],
)
def test_wait_goes_on(result: Denied | Failure, step: PollState, *, own: bool) -> None:
    assert judge_poll(result, own=own) is step


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (Denied(400, "access_denied", ""), "refused in the browser"),
        (Denied(400, "expired_token", ""), "expired before it was entered"),
        (Denied(400, "invalid_grant", "invalid_grant"), "the provider refused: invalid_grant"),
        (Denied(403, None, "HTTP 403"), "the provider refused: HTTP 403"),
        (Failure(FailureKind.UNTRUSTED_ORIGIN, "not bound"), "not bound"),
    ],
)
def test_wait_ends_without_a_login(result: Denied | Failure, message: str) -> None:
    with pytest.raises(LoginError, match=message):
        judge_poll(result, own=False)


def test_words_of_the_provider_stand_apart() -> None:
    with pytest.raises(LoginError) as caught:
        judge_poll(Denied(400, "invalid_client", "invalid_client", " (no such client)"), own=False)
    assert (caught.value.message, caught.value.words) == ("the provider refused: invalid_client", " (no such client)")


def test_answer_ends_the_wait() -> None:
    assert judge_poll({"access_token": "at"}, own=False) == {"access_token": "at"}


@pytest.mark.parametrize(
    ("step", "interval", "following"),
    [
        (PollState.PENDING, 5, 5),
        (PollState.SLOWER, 5, 10),
        (PollState.SLOWER, 58, 60),
        (PollState.UNREACHABLE, 5, 10),
        (PollState.UNREACHABLE, 40, 60),
    ],
)
def test_pauses_grow_and_have_a_bound(step: PollState, interval: float, following: float) -> None:
    assert next_interval(step, interval, POLL) == following
