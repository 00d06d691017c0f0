"""The errors that APIs send with a success status, in a body or in an event of a stream. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from text2llm.upstream.wire.outcome import ErrorBody, Invalid

#: The fields that hold the parts of a completion, each of which may be an error.
_PARTS = ("choices", "candidates", "message", "delta", "response", "output")
_DEPTH = 4
_HTTP_ERRORS = range(400, 600)
#: What APIs send as the code of a success. SiliconFlow: 20000; iFlytek: 0 and a message.
_FINE_CODES = frozenset({"", "0", "1", "200", "20000", "none", "null", "ok", "success", "succeeded"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: An event of OpenAI's newer API is named ``response.failed``, one of an MCP call ``….failed``.
_FAILURE = re.compile(r"(?i)(?:^|[._])(?:error|fail(?:ed|ure)?|exception)$")


def find_error(body: Any) -> ErrorBody | Invalid | None:
    """The error in the body of a 200, or why it is not an object; ``None`` if it may be a success."""
    if not isinstance(body, dict):
        # Google and others wrap errors in a list; without alt=sse, Google streams one.
        wrapped = isinstance(body, list) and any(isinstance(each, dict) and each.get("error") for each in body)
        return ErrorBody(body) if wrapped else Invalid("the response is not a JSON object")
    if _has_code(body):
        return _name_fields(body)
    parts = list(_walk(body, _DEPTH))
    fault = next((part for part in parts if _is_error(part)), None)
    if fault is not None:
        return _name_fields(fault)
    return Invalid("the response has a key twice, in two cases") if any(map(_has_twice, parts)) else None


def find_stray(event: dict[str, Any]) -> ErrorBody | Invalid:
    """What an event that is no part of a completion is: an error if it has any text or code."""
    spoken = any(_plain(name) in _TEXTS | _CODES and isinstance(value, str | int) for name, value in event.items())
    return _name_fields(event) if spoken else Invalid("an event of the stream is no part of a completion")


def _name_fields(body: dict[str, Any]) -> ErrorBody:
    """An error with its fields in snake case, too: ``StatusCode`` (Ollama's cloud) is ``status_code``."""
    named = {_HUMP.sub("_", name).lower(): value for name, value in body.items() if value is not None}
    return ErrorBody(body | named)


def is_failure(name: str) -> bool:
    """Whether the name of an event, a type or a status is that of a failure."""
    return _FAILURE.search(name.strip()) is not None


def _walk(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """A body and the parts of the completion in it."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict) and depth > 0:
            yield each
            for name in _PARTS:
                yield from _walk(each.get(name), depth - 1)


def _is_error(part: dict[str, Any]) -> bool:
    """Whether a body or a part of it is an error by any of the fields that APIs use for one, in any case."""
    return any(_SIGNS[plain](value) for name, value in part.items() if (plain := _plain(name)) in _SIGNS)


def _has_code(body: dict[str, Any]) -> bool:
    """Whether a body has the code of an error: an HTTP status, a word, or a number beside a text."""
    spoken = any(isinstance(value, str) and value for name, value in body.items() if _plain(name) in _TEXTS)
    codes = (value for name, value in body.items() if _plain(name) in _CODES)
    return any(_is_error_code(value, spoken=spoken) for value in codes)


def _is_error_code(value: Any, *, spoken: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    text = str(value).strip().lower()
    if text in _FINE_CODES:
        return False
    return spoken or (int(text) in _HTTP_ERRORS if re.fullmatch("[0-9]{1,9}", text) else isinstance(value, str))


def _has_twice(part: dict[str, Any]) -> bool:
    """Whether two keys differ by case only: readers disagree which one counts."""
    return len({name.lower() for name in part}) < len(part)


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _is_failed(value: Any) -> bool:
    return isinstance(value, str) and is_failure(value)


def _is_base_error(value: Any) -> bool:
    # MiniMax: steipete/CodexBar MiniMaxCurrentTokenPlanResponseTests.swift
    return isinstance(value, dict) and value.get("status_code", 0) != 0


#: The fields by which APIs say that there is an error, without underscores, and what they say then.
_SIGNS: Mapping[str, Callable[[Any], bool]] = {
    "error": lambda value: value not in (None, "", False),
    "errors": bool,
    "detail": bool,  # FastAPI
    "type": _is_failed,
    "object": _is_failed,
    "status": _is_failed,
    "success": lambda value: value is False,
    "baseresp": _is_base_error,
}
_CODES = frozenset({"code", "statuscode", "errorcode", "errcode", "httpcode", "httpstatus", "httpstatuscode"})
_TEXTS = frozenset({"message", "msg", "detail", "errormessage", "errormsg", "errmsg", "statusmsg", "errordescription"})
