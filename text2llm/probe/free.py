"""Proofs of a credential that cost no token: the request, and what its answer says. Pure.

They prove less than a completion: nothing about the model, nor that there is credit. Where a provider has none,
:func:`plan_free` says so instead of guessing.
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
from text2llm.upstream.wire.outcome import find_error


@dataclass(frozen=True, slots=True)
class FreeCall:
    """A proof of a credential that costs no token, about to be sent; ``place`` is where a config named the origin."""

    provider: str
    api: str
    probe: FreeProbe
    request: Request
    credentials: tuple[SecretHeader, ...]
    place: Location | None


_HINT = "probe it without --free (or --probe-free): only a completion proves it"
NOT_PROVABLE = Verdict(
    Reason.NOT_PROVABLE,
    "not provable for free: the provider has no request that costs nothing and proves this credential",
    _HINT,
)
_OK = 200
_REFUSALS = frozenset({401, 403})


def plan_free(access: Access, probes: Iterable[FreeProbe]) -> FreeCall | Verdict:
    """The best free proof of the credential of an access; a verdict that says why when there is none.

    The request of a provider goes to the provider alone: what a config sends elsewhere has no such proof.
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
        text = f"{access.address.origin} stands for {provider.id}, whose free request goes to itself alone"
        return Verdict(Reason.NOT_PROVABLE, f"not provable for free: {text}", _HINT)
    return NOT_PROVABLE


def _credential_kind(access: Access, provider: Provider) -> str:
    key, token = provider.auth.key, provider.auth.token
    if token is None or key is None or key.header == token.header:
        return "key" if token is None else "token"
    return "token" if any(each.name.lower() == token.header.lower() for each in access.secrets) else "key"


def _build_request(access: Access, probe: FreeProbe) -> Request | None:
    """The request of a proof; ``None`` when it would leave the origins that the credential is for."""
    place = find_sibling((probe.url,), access.address, access.builtin)
    if place is None:
        return None
    body = b"" if probe.body is None else json.dumps(probe.body, separators=(",", ":")).encode()
    headers = {"accept": "application/json"} | ({"content-type": "application/json"} if body else {})
    headers |= access.headers
    return Request(probe.method, place.base.origin, place.target, tuple(headers.items()), body)


def judge_free(free: FreeCall, answer: Response | Failure) -> Verdict:
    """What the answer to a free proof says about the credential; never more than that."""
    if isinstance(answer, Failure):
        return judge_failure(answer)
    if answer.status in free.probe.accepts:
        return _judge_accepted(free, answer)
    if free.probe.partial and answer.status in _REFUSALS:
        return NOT_PROVABLE
    verdict = judge_error(free.provider, free.api, answer)
    # No model was asked for: what a path does not know says nothing about one.
    return NOT_PROVABLE if verdict.status is Status.NO_MODEL else verdict


def _judge_accepted(free: FreeCall, answer: Response) -> Verdict:
    if answer.status != _OK:
        return Verdict(None)
    body = parse_json(answer.body)
    if not isinstance(body, InvalidJson) and find_error(body) is not None and isinstance(body, dict):
        return NOT_PROVABLE if free.probe.partial else judge_error(free.provider, free.api, answer)
    if isinstance(body, InvalidJson) or not isinstance(body, dict | list) or not _holds(free.probe.success, body):
        text = "HTTP 200: the answer does not show that the credential was accepted"
        return Verdict(Reason.INVALID_RESPONSE, text, _HINT)
    return Verdict(None)


def _holds(success: str | None, body: Any) -> bool:
    """Whether a condition such as ``/valid == true`` holds; without a value the place must be there.

    Without a condition the answer must say something: anybody answers ``{}``.
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
