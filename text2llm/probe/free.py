"""Proofs of a credential that cost no token: the request, and what its answer says. Pure.

They prove less than a completion: nothing about the model, nor that there is credit. Where a provider has none,
:func:`plan_free` says so instead of guessing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.net.message import Failure, Request, Response
from text2llm.probe.target import FreeCall, ProbeTarget
from text2llm.providers.descriptor import Provider
from text2llm.providers.free_probes import FreeProbe
from text2llm.providers.registry import Registry
from text2llm.trust.origin import OriginError, parse_base_url
from text2llm.upstream.call import Call
from text2llm.upstream.judge import judge_error, judge_failure
from text2llm.upstream.verdict import Reason, Status, Verdict
from text2llm.upstream.wire.outcome import find_error

_HINT = "probe it without --free (or --probe-free): only a completion proves it"
NOT_PROVABLE = Verdict(
    Reason.NOT_PROVABLE,
    "not provable for free: the provider has no request that costs nothing and proves this credential",
    _HINT,
)
_OK = 200
_REFUSALS = frozenset({401, 403})
_BASE = "{baseUrl}"


def plan_free(call: Call, provider: Provider | None, probes: Iterable[FreeProbe]) -> FreeCall | Verdict:
    """The best free proof of the credential of a call; a verdict that says why when there is none.

    The request of a provider goes to the provider alone: a call that a config sends elsewhere has no such proof.
    """
    if provider is None:
        return NOT_PROVABLE
    kind = _credential_kind(call, provider)
    fitting = [probe for probe in probes if probe.credential in (None, kind)]
    for probe in fitting:
        request = _build_request(call, provider, probe)
        if request is not None:
            return FreeCall(call, probe, request)
    if fitting and str(call.base.origin) not in provider.origins:
        text = f"{call.base.origin} stands for {provider.id}, whose free request goes to itself alone"
        return Verdict(Reason.NOT_PROVABLE, f"not provable for free: {text}", _HINT)
    return NOT_PROVABLE


def make_free(
    targets: Iterable[ProbeTarget], registry: Registry, probes: Mapping[str, tuple[FreeProbe, ...]]
) -> tuple[ProbeTarget, ...]:
    """The targets with free proofs in place of completions, where there are any. They are of no model."""
    return tuple(_make_free(target, registry, probes) for target in targets)


def _make_free(target: ProbeTarget, registry: Registry, probes: Mapping[str, tuple[FreeProbe, ...]]) -> ProbeTarget:
    if not isinstance(target.call, Call):
        return target
    provider = target.call.provider
    free = plan_free(target.call, registry.get(provider), probes.get(provider, ()))
    return ProbeTarget(replace(target.subject, model=None) if isinstance(free, FreeCall) else target.subject, free)


def _credential_kind(call: Call, provider: Provider) -> str:
    key, token = provider.auth.key, provider.auth.token
    if token is None or key is None or key.header == token.header:
        return "key" if token is None else "token"
    return "token" if any(each.name.lower() == token.header.lower() for each in call.credentials) else "key"


def _build_request(call: Call, provider: Provider, probe: FreeProbe) -> Request | None:
    """The request of a proof; ``None`` when it would leave the origins that the credential is for."""
    location, _, query = probe.url.replace(_BASE, str(call.base)).partition("?")
    try:
        base = parse_base_url(location)
    except OriginError:
        return None
    own = probe.url.startswith(_BASE) or {str(base.origin), str(call.base.origin)} <= set(provider.origins)
    if not own:
        return None
    body = b"" if probe.body is None else json.dumps(probe.body, separators=(",", ":")).encode()
    headers = {"accept": "application/json"} | ({"content-type": "application/json"} if body else {})
    return Request(
        method=probe.method,
        origin=base.origin,
        path=(base.path or "/") + (f"?{query}" if query else ""),
        headers=tuple((headers | dict(call.headers)).items()),
        body=body,
    )


def judge_free(free: FreeCall, answer: Response | Failure) -> Verdict:
    """What the answer to a free proof says about the credential; never more than that."""
    if isinstance(answer, Failure):
        return judge_failure(answer)
    if answer.status in free.probe.accepts:
        return _judge_accepted(free, answer)
    if free.probe.partial and answer.status in _REFUSALS:
        return NOT_PROVABLE
    verdict = judge_error(free.call, answer)
    # No model was asked for: what a path does not know says nothing about one.
    return NOT_PROVABLE if verdict.status is Status.NO_MODEL else verdict


def _judge_accepted(free: FreeCall, answer: Response) -> Verdict:
    if answer.status != _OK:
        return Verdict(None)
    body = parse_json(answer.body)
    if not isinstance(body, InvalidJson) and find_error(body) is not None and isinstance(body, dict):
        return NOT_PROVABLE if free.probe.partial else judge_error(free.call, answer)
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
