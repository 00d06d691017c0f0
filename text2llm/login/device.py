"""Device code: the user enters a short code in any browser while this program polls (RFC 8628).

The flow of openai-codex gives an authorization code in place of tokens.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, assert_never

from text2llm.login.clock import CLOCK, Clock
from text2llm.login.endpoint import read_page
from text2llm.login.errors import AnswerError, LoginError
from text2llm.login.exchange import Fields, exchange_code, pick_fields, post_fields, require_answer, token_url
from text2llm.login.terms import Answer, Dialogue, LoginTerms, Obtained
from text2llm.login.tokens import Denied, read_obtained, read_seconds, require_token
from text2llm.net.message import NOT_SENT, Failure
from text2llm.providers.oauth import OwnDevice, Poll
from text2llm.secret import Secret

if TYPE_CHECKING:
    from text2llm.net.client import Client

_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_Ask: TypeAlias = Callable[[], Awaitable[Answer | Denied | Failure]]
#: Users type it, and terminals show it.
_USER_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?")
#: Whatever interval the provider asks for: a user waits at the terminal, and polling is not a busy loop.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
#: The responses of openai-codex until the code is entered (clients in public use; undocumented).
_OWN_PENDING = frozenset({403, 404})


@dataclass(frozen=True, slots=True)
class DeviceGrant:
    """A started device flow. ``interval`` and ``limit`` are in seconds; ``filled_page`` has the user code in it."""

    code: Secret
    user_code: str
    page: str
    filled_page: str | None
    interval: float
    limit: float


class PollState(Enum):
    """The state of a flow that has not ended."""

    PENDING = "pending"
    SLOWER = "slower"
    UNREACHABLE = "unreachable"


_STEPS: dict[str | None, PollState] = {"authorization_pending": PollState.PENDING, "slow_down": PollState.SLOWER}
_REFUSED = "check how the client is registered there, and its id where you configured it"
_ENDS: dict[str | None, tuple[str, str]] = {
    "access_denied": ("the login was refused in the browser", "run it again, and allow it there"),
    "expired_token": ("the code expired before it was entered", "run the login again"),
}
_TOO_LATE = {
    PollState.PENDING: "the code was not entered in time",
    PollState.SLOWER: "the code was not entered in time",
    PollState.UNREACHABLE: "the provider gave no usable response before the code expired",
}


def read_grant(answer: Answer, poll: Poll) -> DeviceGrant:
    """The start of a flow of RFC 8628 (3.2).

    Raises:
        LoginError: a field is absent or not of its form.
    """
    page = answer.get("verification_uri", answer.get("verification_url"))  # drafts of the RFC had a URL
    filled = answer.get("verification_uri_complete")
    return DeviceGrant(
        require_token(answer.get("device_code"), "device_code"),
        _read_user_code(answer),
        read_page(page, "verification_uri"),
        None if filled is None else read_page(filled, "verification_uri_complete"),
        _read_interval(answer, poll),
        min(read_seconds(answer.get("expires_in")) or poll.limit, poll.limit),
    )


def read_own_grant(answer: Answer, own: OwnDevice) -> DeviceGrant:
    """The start of the flow of openai-codex.

    Raises:
        LoginError: a field is absent or not of its form.
    """
    code = require_token(answer.get("device_auth_id"), "device_auth_id")
    interval = _read_interval(answer, own.poll)
    return DeviceGrant(code, _read_user_code(answer), own.verify_url, None, interval, own.poll.limit)


def _read_user_code(answer: Answer) -> str:
    value = answer.get("user_code")
    if not isinstance(value, str) or not _USER_CODE.fullmatch(value):
        raise AnswerError("the provider's response has no `user_code` that a user can enter")
    return value


def _read_interval(answer: Answer, poll: Poll) -> float:
    wanted = read_seconds(answer.get("interval")) or poll.interval
    return min(max(wanted, _SHORTEST_PAUSE), _LONGEST_PAUSE)


def judge_poll(result: Answer | Denied | Failure, *, own: bool) -> Answer | PollState:
    """The response that ends the flow, or its state.

    Raises:
        LoginError: the flow failed.
    """
    match result:
        case Failure():
            if result.kind in NOT_SENT:
                raise LoginError(result.message, hint=result.hint)
            return PollState.UNREACHABLE
        case Denied():
            return _judge_denial(result, own=own)
        case _:
            return result


def _judge_denial(denied: Denied, *, own: bool) -> PollState:
    if own and denied.status in _OWN_PENDING:
        return PollState.PENDING
    if denied.code in _STEPS:
        return _STEPS[denied.code]
    if denied.code in _ENDS:
        message, hint = _ENDS[denied.code]
        raise LoginError(message, hint=hint)
    if denied.is_passing():
        return PollState.UNREACHABLE
    raise LoginError(f"the provider refused: {denied.message}", hint=_REFUSED, words=denied.words)


def next_interval(step: PollState, interval: float, poll: Poll) -> float:
    """The pause before the next request, in seconds (RFC 8628, 3.5)."""
    match step:
        case PollState.PENDING:
            return interval
        case PollState.SLOWER:
            return min(interval + poll.slow_down, _LONGEST_PAUSE)
        case PollState.UNREACHABLE:
            return min(interval * 2, _LONGEST_PAUSE)
        case _:
            assert_never(step)


async def log_in_by_device(terms: LoginTerms, dialogue: Dialogue, client: Client, clock: Clock = CLOCK) -> Obtained:
    """Log in with a code that the user enters in a browser.

    Raises:
        LoginError: it was refused, or not entered in time, or a response cannot be used.
    """
    facts = terms.facts
    if facts.own_device is not None:
        return await _log_in_to_codex(terms, facts.own_device, dialogue, client, clock)
    if facts.device_url is None:
        raise LoginError(f"the login of {terms.provider} has no device flow", hint="choose another --method")
    scope = " ".join(facts.scopes) or None
    start = pick_fields(("client_id", "scope"), {"client_id": terms.client_id, "scope": scope}, terms)
    begun = await post_fields(facts.device_url, start, facts.encoding, client)
    grant = read_grant(require_answer(begun), facts.poll)
    known: Fields = {"grant_type": _GRANT_TYPE, "device_code": terms.name(grant.code), "client_id": terms.client_id}
    fields, url = pick_fields(tuple(known), known, terms), token_url(terms)

    async def ask() -> Answer | Denied | Failure:
        return await post_fields(url, fields, facts.encoding, client)

    _show(grant, dialogue)
    answer = await _poll(grant, ask, facts.poll, clock, own=False)
    return read_obtained(answer, facts, clock.now())


async def _log_in_to_codex(
    terms: LoginTerms, own: OwnDevice, dialogue: Dialogue, client: Client, clock: Clock
) -> Obtained:
    begun = await post_fields(own.start_url, {"client_id": terms.client_id}, "json", client)
    grant = read_own_grant(require_answer(begun), own)

    async def ask() -> Answer | Denied | Failure:
        fields: Fields = {"device_auth_id": terms.name(grant.code), "user_code": grant.user_code}
        return await post_fields(own.poll_url, fields, "json", client)

    _show(grant, dialogue)
    answer = await _poll(grant, ask, own.poll, clock, own=True)
    code = require_token(answer.get("authorization_code"), "authorization_code")
    verifier = require_token(answer.get("code_verifier"), "code_verifier")
    return await exchange_code(terms, code, verifier, own.redirect, "", client, clock=clock)


def _show(grant: DeviceGrant, dialogue: Dialogue) -> None:
    minutes = max(1, round(grant.limit / 60))
    dialogue.say(f"Enter the code {grant.user_code} at {grant.page}; it is valid for {minutes} min.")
    dialogue.open_page(grant.filled_page or grant.page)


async def _poll(grant: DeviceGrant, ask: _Ask, poll: Poll, clock: Clock, *, own: bool) -> Answer:
    """Poll until the flow ends; an unreachable server is polled less often."""
    end, interval, step = clock.elapsed() + grant.limit, grant.interval, PollState.PENDING
    while (left := end - clock.elapsed()) > 0:
        await clock.sleep(min(interval, left))
        result = judge_poll(await ask(), own=own)
        if not isinstance(result, PollState):
            return result
        step, interval = result, next_interval(result, interval, poll)
    raise LoginError(_TOO_LATE[step], hint="run the login again")
