"""Reading the response of a token endpoint. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.net.message import Failure, Response
from text2llm.secret import Secret
from text2llm.upstream.classify.dialects import TOKEN_ENDPOINT
from text2llm.upstream.judge import judge_error, judge_failure, reject
from text2llm.upstream.verdict import Status, Verdict

_OK = 200


def read_token(provider: str, response: Response | Failure, field: str) -> tuple[Secret, Mapping[str, Any]] | Verdict:
    """The short-lived token in a ``field`` of the response, with the whole of it, or the verdict without one."""
    if isinstance(response, Failure):
        return judge_failure(provider, response)
    if response.status != _OK:
        return judge_refusal(provider, response)
    body = parse_json(response.body if response.answer is None else response.answer.reveal().encode())
    token = body.get(field) if isinstance(body, dict) else None
    if isinstance(body, InvalidJson) or not isinstance(token, str) or not token:
        return reject(provider, "HTTP 200: the token endpoint sent no token")
    return Secret(token), body


def judge_refusal(provider: str, response: Response) -> Verdict:
    """The verdict of an error response."""
    verdict = judge_error(provider, TOKEN_ENDPOINT, response)
    if verdict.status is not Status.AUTH:
        return verdict
    return replace(verdict, error=f"{verdict.error}: the token endpoint does not accept the credential")
