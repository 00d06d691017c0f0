"""Streamed responses: the events of a stream, and what every fold of them into one object needs. Pure.

Source: WHATWG HTML, "Server-sent events"; https://github.com/ndjson/ndjson-spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.upstream.wire.outcome import ErrorBody, Invalid, find_error

_SSE = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*(?:data|event|id|retry|):|(?:\xef\xbb\xbf)?[\r\n]*:")
_END_OF_LINE = re.compile(r"\r\n|\n|\r")
#: What OpenAI's API sends as its last event, and others copy.
_DONE = "[DONE]"


class TruncatedStreamError(Exception):
    """A stream that stops before its end."""


def is_event_stream(body: bytes) -> bool:
    return _SSE.match(body) is not None


def read_events(body: bytes, *, lines: bool) -> list[Any] | ErrorBody | Invalid:
    """The JSON objects of a stream, the mark of its end as ``None``; or the first error in it."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Invalid("the body is not UTF-8")
    events: list[Any] = []
    for data in _split_lines(text) if lines else _split_events(text):
        event = None if data == _DONE else parse_json(data.encode(), unique=True)
        if isinstance(event, InvalidJson):
            return Invalid(f"an event of the stream is invalid: {event.reason}")
        fault = None if event is None and data == _DONE else find_error(event)
        if fault is not None:
            return fault
        events.append(event)
    return events


def _split_lines(text: str) -> Iterator[str]:
    yield from (line for line in text.split("\n") if line.strip())


def _split_events(text: str) -> Iterator[str]:
    """The data of each event. Some servers leave the empty line out: after the last event, or after each."""
    data: list[str] = []
    for line in (*_END_OF_LINE.split(text), ""):
        if not line and data:
            whole = all(part.startswith(("{", _DONE)) for part in data)
            yield from (part for part in (data if whole else ["\n".join(data).strip()]) if part)
            data = []
        elif line.startswith("data:"):
            data.append(line[5:].strip())


def objects(values: Any) -> list[dict[str, Any]]:
    """The objects in a list; empty if it is not one."""
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def merge_deltas(whole: dict[str, Any], delta: dict[str, Any]) -> None:
    """Add a part of a message to it: text and lists are appended, anything else replaces what was there."""
    for name, value in delta.items():
        known = whole.get(name)
        continued = isinstance(known, str | list) and type(known) is type(value) and name not in _NAMES
        if continued:
            whole[name] += value
        elif value not in (None, ""):
            whole[name] = value


#: Texts that a stream repeats; they are not continued.
_NAMES = frozenset({"role", "type", "id", "name", "model", "object", "finish_reason"})


def last_values(parts: Iterable[dict[str, Any]], *names: str) -> dict[str, Any]:
    """The last value of each name that is set."""
    return {name: part[name] for part in parts for name in names if part.get(name) not in (None, "")}
