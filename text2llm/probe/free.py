"""Free probes: requests that verify a credential at no token cost, and their verdicts. Pure.

They verify less than a completion: neither the model nor that the account has credit. If a provider has none,
:func:`plan_free` returns a verdict instead of guessing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from text2llm.diagnostics import Location
from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.net.message import Failure, Request, Response, SecretHeader
from text2llm.providers.descriptor import Provider
from text2llm.providers.endpoints import FreeProbe
from text2llm.upstream.access import Access
from text2llm.upstream.address import find_sibling
from text2llm.upstream.judge import judge_error, judge_failure
from text2llm.upstream.obstacle import find_obstacle
from text2llm.upstream.verdict import Reason, Status, Verdict
from text2llm.upstream.wire.faults import find_error


@dataclass(frozen=True, slots=True)
class FreeCall:
    """A free probe to send; ``place`` is where a config sets the origin."""

    provider: str
    api: str
    probe: FreeProbe
    request: Request
    credentials: tuple[SecretHeader, ...]
    place: Location | None


_HINT = "probe without --free (or --probe-free): only a completion verifies it"
NOT_PROVABLE = Verdict(
    Reason.NOT_PROVABLE,
    "cannot be verified for free: the provider has no free request that verifies this credential",
    _HINT,
)
_OK = 200
_REFUSALS = frozenset({401, 403})


def plan_free(access: Access, probes: Iterable[FreeProbe]) -> FreeCall | Verdict:
    """The best free probe for the credential of an access, or the verdict if there is none.

    Such a request is sent to the provider itself only: there is none if a config sets another origin.
    """
    obstacle, provider = find_obstacle(access), access.builtin
    if obstacle is not None or provider is None:
        return obstacle or NOT_PROVABLE
    kind = _credential_kind(access, provider)
    fitting = [probe for probe in probes if probe.credential in (None, kind)]
    for probe in fitting:
        request = _build_request(access, probe)
        if request is not None:
            return FreeCall(access.provider, access.address.api, probe, request, access.secrets, access.place)
    if fitting and str(access.address.origin) not in provider.origins:
        text = f"{access.address.origin} replaces {provider.id}, whose free request is sent to itself only"
        return Verdict(Reason.NOT_PROVABLE, f"cannot be verified for free: {text}", _HINT)
    return NOT_PROVABLE


def _credential_kind(access: Access, provider: Provider) -> str:
    key, token = provider.auth.key, provider.auth.token
    if token is None or key is None or key.header == token.header:
        return "key" if token is None else "token"
    return "token" if any(each.name.lower() == token.header.lower() for each in access.secrets) else "key"


def _build_request(access: Access, probe: FreeProbe) -> Request | None:
    """The request of a free probe; ``None`` if its origin is not one that the credential is bound to."""
    sibling = find_sibling((probe.url,), access.address, access.builtin)
    if sibling is None:
        return None
    body = b"" if probe.body is None else json.dumps(probe.body, separators=(",", ":")).encode()
    headers = {"accept": "application/json"} | ({"content-type": "application/json"} if body else {})
    headers |= access.headers
    return Request(probe.method, sibling.base.origin, sibling.target, tuple(headers.items()), body)


def judge_free(free: FreeCall, response: Response | Failure) -> Verdict:
    """The verdict of a free probe, on the credential only."""
    if isinstance(response, Failure):
        return judge_failure(free.provider, response)
    if response.status in free.probe.accepts:
        return _judge_accepted(free, response)
    if free.probe.partial and response.status in _REFUSALS:
        return NOT_PROVABLE
    verdict = judge_error(free.provider, free.api, response)
    # The request names no model: an unknown path is not an unknown model.
    return NOT_PROVABLE if verdict.status is Status.NO_MODEL else verdict


def _judge_accepted(free: FreeCall, response: Response) -> Verdict:
    if response.status != _OK:
        return Verdict(None)
    body = parse_json(response.body)
    if not isinstance(body, InvalidJson) and find_error(body) is not None and isinstance(body, dict):
        return NOT_PROVABLE if free.probe.partial else judge_error(free.provider, free.api, response)
    if isinstance(body, InvalidJson) or not isinstance(body, dict | list) or not _holds(free.probe.success, body):
        text = "HTTP 200: the response does not show that the credential was accepted"
        return Verdict(Reason.INVALID_RESPONSE, text, _HINT)
    return Verdict(None)


def _holds(success: str | None, body: Any) -> bool:
    """Whether a condition such as ``/valid == true`` holds; without a value the pointer must exist.

    Without a condition the body must not be empty: any server may return ``{}``.
    """
    if success is None:
        return bool(body)
    pointer, _, wanted = success.partition("==")
    value = body
    for key in pointer.strip().lstrip("/").split("/"):
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return not wanted or json.dumps(value) == wanted.strip()
