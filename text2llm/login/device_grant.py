"""What a device flow is told, and what each answer to its polling means. Pure.

RFC 8628, and the flow of openai-codex, which gives an authorization code in place of tokens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from text2llm.login.endpoint import read_page
from text2llm.login.errors import AnswerError, LoginError
from text2llm.login.terms import Answer
from text2llm.login.tokens import Denied, read_seconds, require_token
from text2llm.net.message import NOT_SENT, Failure
from text2llm.providers.oauth import OwnDevice, Poll
from text2llm.secret import Secret

#: People type it, and terminals show it.
_USER_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?")
#: However the provider slows a client down, and whatever it asks for, somebody waits at the terminal; and however it
#: hurries one, it is not asked in a busy loop.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
#: openai-codex answers so until somebody has entered the code (clients in public use; undocumented).
_OWN_PENDING = frozenset({403, 404})


@dataclass(frozen=True, slots=True)
class DeviceGrant:
    """A device flow that has begun: ``code`` is what it polls with; ``interval`` and ``limit`` in seconds.

    ``user_code`` is what a person enters on ``page``; on ``filled_page`` it is entered already.
    """

    code: Secret
    user_code: str
    page: str
    filled_page: str | None
    interval: float
    limit: float


class Step(Enum):
    """What an answer to polling means, when it is not the end."""

    PENDING = "pending"
    SLOWER = "slower"
    UNREACHABLE = "unreachable"


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
        raise AnswerError("the provider's answer has no `user_code` that a person can enter")
    return value


def _read_interval(answer: Answer, poll: Poll) -> float:
    wanted = read_seconds(answer.get("interval")) or poll.interval
    return min(max(wanted, _SHORTEST_PAUSE), _LONGEST_PAUSE)


def judge_poll(result: Answer | Denied | Failure, *, own: bool) -> Answer | Step:
    """The answer that ends the flow, or how it goes on.

    Raises:
        LoginError: it ends without one.
    """
    match result:
        case Failure():
            if result.kind in NOT_SENT:
                raise LoginError(result.message, hint=result.hint)
            return Step.UNREACHABLE
        case Denied():
            return _judge_denial(result, own=own)
        case _:
            return result


def _judge_denial(denied: Denied, *, own: bool) -> Step:
    if own and denied.status in _OWN_PENDING:
        return Step.PENDING
    if denied.code in _STEPS:
        return _STEPS[denied.code]
    if denied.code in _ENDS:
        message, hint = _ENDS[denied.code]
        raise LoginError(message, hint=hint)
    if denied.is_passing():
        return Step.UNREACHABLE
    raise LoginError(f"the provider refused: {denied.message}", hint=_REFUSED, words=denied.words)


_STEPS: dict[str | None, Step] = {"authorization_pending": Step.PENDING, "slow_down": Step.SLOWER}
_REFUSED = "check how the client is registered there, and its id where you configured it"
_ENDS: dict[str | None, tuple[str, str]] = {
    "access_denied": ("the login was refused in the browser", "run it again, and allow it there"),
    "expired_token": ("the code expired before it was entered", "run the login again"),
}


def next_interval(step: Step, interval: float, poll: Poll) -> float:
    """The pause before the next request, in seconds (RFC 8628, 3.5)."""
    match step:
        case Step.PENDING:
            return interval
        case Step.SLOWER:
            return min(interval + poll.slow_down, _LONGEST_PAUSE)
        case Step.UNREACHABLE:
            return min(interval * 2, _LONGEST_PAUSE)
        case _:
            assert_never(step)
