"""Reading the response of a token endpoint. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.net.message import Failure, Response
from text2llm.secret import Secret
from text2llm.trust.origin import Origin
from text2llm.upstream.classify.dialects import TOKEN_ENDPOINT
from text2llm.upstream.hints import find_hint
from text2llm.upstream.judge import judge_error, judge_failure, reject
from text2llm.upstream.verdict import Status, Verdict

_OK = 200


def read_token(
    provider: str, endpoint: Origin, response: Response | Failure, field: str
) -> tuple[Secret, Mapping[str, Any]] | Verdict:
    """The short-lived token in a ``field`` of the response, with the whole of it, or the verdict without one."""
    verdict = judge_exchange(provider, endpoint, response)
    if isinstance(response, Failure) or response.status != _OK:
        return verdict
    body = parse_json(response.body if response.answer is None else response.answer.reveal().encode())
    token = body.get(field) if isinstance(body, dict) else None
    if isinstance(body, InvalidJson) or not isinstance(token, str) or not token:
        return verdict
    return Secret(token), body


def judge_exchange(provider: str, endpoint: Origin, response: Response | Failure) -> Verdict:
    """The verdict of a token endpoint's response in which no token is found; it names the endpoint."""
    verdict = _judge(provider, response)
    if isinstance(response, Response):
        verdict = replace(verdict, error=f"{verdict.error}: {_explain(verdict)} {endpoint}")
    if verdict.reason is None or verdict.hint != find_hint(verdict.reason, provider):
        return verdict
    return replace(verdict, hint=find_hint(verdict.reason, provider, f"the token endpoint {endpoint}"))


def _judge(provider: str, response: Response | Failure) -> Verdict:
    if isinstance(response, Failure):
        return judge_failure(provider, response)
    if response.status == _OK:
        return reject(provider, "HTTP 200")
    return judge_error(provider, TOKEN_ENDPOINT, response)


def _explain(verdict: Verdict) -> str:
    refused = "the credential is not accepted by" if verdict.status is Status.AUTH else "no token from"
    return f"{refused} the token endpoint"
