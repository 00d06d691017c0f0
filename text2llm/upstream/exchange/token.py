"""Reading the response of a token endpoint. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.net.message import Failure, Response
from text2llm.secret import Secret
from text2llm.upstream.judge import HINTS, judge_error, judge_failure
from text2llm.upstream.verdict import Reason, Verdict

_OK = 200
#: What a refusal means by its status. Any other response says nothing of the credential.
_REFUSALS: Mapping[int, Reason] = {
    400: Reason.INVALID_KEY,
    401: Reason.INVALID_KEY,
    403: Reason.FORBIDDEN,
    404: Reason.FORBIDDEN,
}
_CODE = re.compile(r"[a-z][a-z_]{0,63}")


def read_token(provider: str, response: Response | Failure, field: str) -> tuple[Secret, Mapping[str, Any]] | Verdict:
    """The short-lived token in a ``field`` of the response, with the whole of it, or the verdict without one."""
    if isinstance(response, Failure):
        return judge_failure(response)
    if response.status != _OK:
        return judge_refusal(provider, response)
    body = parse_json(response.body if response.answer is None else response.answer.reveal().encode())
    token = body.get(field) if isinstance(body, dict) else None
    if isinstance(body, InvalidJson) or not isinstance(token, str) or not token:
        text = "HTTP 200: the token endpoint sent no token"
        return Verdict(Reason.INVALID_RESPONSE, text, HINTS[Reason.INVALID_RESPONSE])
    return Secret(token), body


def judge_refusal(provider: str, response: Response) -> Verdict:
    reason = _REFUSALS.get(response.status)
    if reason is None:
        return judge_error(provider, "openai-completions", response)
    body = parse_json(response.body)
    code = body.get("error") if isinstance(body, dict) else None
    word = f" {code}" if isinstance(code, str) and _CODE.fullmatch(code) else ""
    text = f"HTTP {response.status}{word}: the token endpoint does not accept the credential"
    return Verdict(reason, text, HINTS[reason])
