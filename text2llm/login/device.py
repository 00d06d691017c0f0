"""Device code: the person enters a short code in any browser while this program waits (RFC 8628)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from text2llm.login.device_grant import DeviceGrant, Step, judge_poll, next_interval, read_grant, read_own_grant
from text2llm.login.errors import LoginError
from text2llm.login.exchange import Fields, exchange_code, pick_fields, post_fields, require_answer, token_url
from text2llm.login.terms import CLOCK, Answer, Clock, Dialogue, LoginTerms, Obtained
from text2llm.login.tokens import Denied, read_obtained, require_token
from text2llm.net.message import Failure
from text2llm.providers.oauth import OwnDevice, Poll

if TYPE_CHECKING:
    from text2llm.net.client import Client

_GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
_Ask: TypeAlias = Callable[[], Awaitable[Answer | Denied | Failure]]


async def log_in_by_device(terms: LoginTerms, dialogue: Dialogue, client: Client, clock: Clock = CLOCK) -> Obtained:
    """Log in with a code that the person enters in a browser.

    Raises:
        LoginError: it was refused, or not entered in time, or the provider's answers cannot be used.
    """
    if terms.facts.own_device is not None:
        return await _log_in_own_way(terms, terms.facts.own_device, dialogue, client, clock)
    return await _log_in_by_standard(terms, dialogue, client, clock)


async def _log_in_by_standard(terms: LoginTerms, dialogue: Dialogue, client: Client, clock: Clock) -> Obtained:
    facts = terms.facts
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


async def _log_in_own_way(
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
    """Ask until there is an answer; a server that cannot be reached meanwhile is asked again, less often."""
    end, interval, step = clock.elapsed() + grant.limit, grant.interval, Step.PENDING
    while (left := end - clock.elapsed()) > 0:
        await clock.sleep(min(interval, left))
        result = judge_poll(await ask(), own=own)
        if not isinstance(result, Step):
            return result
        step, interval = result, next_interval(result, interval, poll)
    raise LoginError(_TOO_LATE[step], hint="run the login again")


_TOO_LATE = {
    Step.PENDING: "the code was not entered in time",
    Step.SLOWER: "the code was not entered in time",
    Step.UNREACHABLE: "the provider gave no usable response before the code expired",
}
