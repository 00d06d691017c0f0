"""The facts of an error body, whatever envelope it came in: machine words, numbers and text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: Envelopes nest (``{"response": {"error": {…}}}``, ``{"body": {"error": {…}}}``), but not endlessly.
_MAX_NESTING = 4
_MAX_TEXT = 4000
_NESTED_KEYS = ("error", "response", "body", "errors", "details", "metadata")
#: Where APIs put a word for the kind of error, the most telling first.
_WORD_KEYS = ("error_code", "code", "reason", "limit_source", "error_type", "type", "__type", "status")
_TEXT_KEYS = ("message", "detail", "msg", "error", "raw")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{1,79}")
_DIGITS = re.compile(r"[0-9]{1,9}")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Words that say only that there is an error.
_EMPTY_WORDS = frozenset({"error", "null", "none"})


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """What an error says.

    ``words`` are its machine words in ``snake_case``, the most telling first; ``numbers`` those in the place of a
    code; ``text`` its messages in lower case, shortened; ``message`` the first one as sent. ``param`` is the request
    field that is at fault. ``problem`` says that the body is an RFC 9457 problem, not an API's own error.
    """

    words: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    text: str = ""
    message: str | None = None
    param: str | None = None
    problem: bool = False


def extract_facts(body: Any, headers: Mapping[str, str] | None = None) -> ErrorFacts:
    """The facts of a parsed JSON body, or of a plain text; ``headers`` (names in lower case) may add a word."""
    maps = list(_walk(body, _MAX_NESTING))
    messages = [body] if isinstance(body, str) else list(dict.fromkeys(_texts(maps)))
    named = ((headers or {}).get("x-amzn-errortype", "").partition(":")[0],)
    codes = [value for key in _WORD_KEYS for entry in maps if (value := entry.get(key)) is not None]
    words = (_snake(value) for value in (*named, *codes) if isinstance(value, str) and _WORD.fullmatch(value))
    return ErrorFacts(
        words=tuple(dict.fromkeys(word for word in words if word not in _EMPTY_WORDS)),
        numbers=tuple(number for value in codes if (number := _number(value)) is not None),
        text=" ".join(messages)[:_MAX_TEXT].lower(),
        message=messages[0] if messages else None,
        param=next((param for entry in maps if isinstance(param := entry.get("param"), str)), None),
        problem=isinstance(body, dict) and "title" in body and "error" not in body,
    )


def _walk(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The maps that speak about the error, the innermost ``error`` first."""
    if isinstance(value, list):
        for item in value[:3]:
            yield from _walk(item, depth)
    if not isinstance(value, dict) or not depth:
        return
    for key in _NESTED_KEYS:
        yield from _walk(value.get(key), depth - 1)
    yield value


def _texts(maps: list[dict[str, Any]]) -> Iterator[str]:
    for entry in maps:
        for key in _TEXT_KEYS:
            value = entry.get(key)
            if isinstance(value, str) and value.strip():
                yield value.strip()


def _snake(word: str) -> str:
    return _HUMP.sub("_", word).lower().replace("-", "_")


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None
