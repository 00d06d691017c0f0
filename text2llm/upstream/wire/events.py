"""Streamed responses: the events of a stream, and what every fold of them into one object needs. Pure.

Source: WHATWG HTML, "Server-sent events"; https://github.com/ndjson/ndjson-spec.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from text2llm.net.json_body import InvalidJson, parse_json
from text2llm.upstream.wire.faults import find_error, find_stray, is_failure
from text2llm.upstream.wire.outcome import ErrorBody, Invalid

_SSE = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*(?:data|event|id|retry|):|(?:\xef\xbb\xbf)?[\r\n]*:")
_END_OF_LINE = re.compile(r"\r\n|\n|\r")
#: What OpenAI's API sends as its last event, and others copy.
_DONE = "[DONE]"
#: Events that only keep a connection open; Vertex AI's is of Anthropic's API.
_IDLE = frozenset({"ping", "keepalive", "keep-alive", "keep_alive", "heartbeat", "vertex_event"})
#: DashScope's comment before an event.
_STATUS = re.compile(r"HTTP_STATUS/([45][0-9]{2})\b")
#: A longer line between events is a page, not a message.
_MAX_PLAIN = 1000


class TruncatedStreamError(Exception):
    """A stream that stops before its end."""


@dataclass(frozen=True, slots=True)
class _Event:
    """``status`` is that of an error that a comment before the event says; ``stray``: it is a line that is no event."""

    data: str
    name: str = ""
    status: int | None = None
    stray: bool = False

    @property
    def failed(self) -> bool:
        return self.status is not None or is_failure(self.name)


def is_event_stream(body: bytes) -> bool:
    return _SSE.match(body) is not None


def read_events(
    body: bytes, is_event: Callable[[dict[str, Any]], bool], *, lines: bool
) -> list[dict[str, Any]] | ErrorBody | Invalid:
    """The JSON objects of a stream; or the first error in it, else the first thing that is no event of its API."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Invalid("the body is not UTF-8")
    events: list[dict[str, Any]] = []
    invalid: Invalid | None = None
    for each in _split_lines(text) if lines else _split_events(text):
        event = None if each.data == _DONE and not each.failed else _read_event(each, is_event)
        if isinstance(event, ErrorBody):
            return event
        if isinstance(event, Invalid):
            invalid = invalid or event
        elif event:
            events.append(event)
    return invalid or events


def _read_event(event: _Event, is_event: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | ErrorBody | Invalid:
    value = parse_json(event.data.encode(), unique=True)
    if event.failed:
        error = value if isinstance(value, dict) else {"error": {"message": event.data}}
        return ErrorBody(error if event.status is None else {"status_code": event.status, **error})
    if isinstance(value, InvalidJson):
        return _read_stray(event.data) if event.stray else Invalid(f"an event of the stream is invalid: {value.reason}")
    fault = find_error(value)
    if fault is not None:
        return fault
    known = str(value.get("type")) in _IDLE or is_event(value)
    return value if known and not event.stray else find_stray(value)


def _read_stray(line: str) -> ErrorBody | Invalid:
    """A line between events: servers in front of an API end a stream with their error as plain text."""
    if line.startswith("<") or len(line) > _MAX_PLAIN:
        return Invalid("the stream has a line that is no event")
    return ErrorBody({"message": line})


def _split_lines(text: str) -> Iterator[_Event]:
    yield from (_Event(line) for line in text.split("\n") if line.strip())


def _split_events(text: str) -> Iterator[_Event]:
    """The data of each event. Some servers leave the empty line out: after the last event, or after each."""
    parts: list[_Event] = []
    name, status = "", None
    for line in (*_END_OF_LINE.split(text), ""):
        field, _, value = line.partition(":")
        if not line.strip():
            yield from _join(parts or [_Event("", name, status)])
            parts, name, status = [], "", None
        elif field == "data":
            parts.append(_Event(value.strip(), name, status))
        elif field == "event":
            name = value.strip()
        elif not field:
            found = _STATUS.search(value)
            status = status if found is None else int(found[1])
        elif field not in ("id", "retry"):
            yield _Event(line.strip(), stray=True)


def _join(parts: list[_Event]) -> Iterator[_Event]:
    """The events in the lines of data between two empty lines."""
    if not all(part.data.startswith(("{", _DONE)) for part in parts):
        parts = [replace(parts[-1], data="\n".join(part.data for part in parts).strip())]
    yield from (part for part in parts if part.data or part.failed)


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
