"""The common base of the sandbox's wire formats."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable
from typing import Any, ClassVar

from text2llm.sandbox.values import HttpRequest, Json, Mistake, ParsedCall

EVENT_STREAM = "text/event-stream"
#: The first bytes of PNG, JPEG, GIF and WebP (RIFF) files: the formats that OpenAI, Anthropic and Google document.
_IMAGE_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


class Api:
    """One wire format: how it is called, and what its responses look like.

    ``id_header`` returns the request's id. ``find_tool`` is the tool that the model must call, ``find_images`` are the
    base64 texts of images. ``complete`` responds to a call; ``think``, ``strip_content`` and ``rename`` change that
    response. ``streams``: whether a call asks for a stream; ``stream`` makes the one that it asks for of a response.
    """

    name: ClassVar[str]
    id_header: ClassVar[str | None] = None
    find_mistake: Callable[[ParsedCall], Mistake | None]
    find_tool: Callable[[Json], str | None]
    find_images: Callable[[Json], list[str]]
    complete: Callable[[ParsedCall], Json]
    think: Callable[[Json], Json]
    strip_content: Callable[[Json], Json]
    stream: Callable[[Json, ParsedCall], bytes]

    def find_key(self, request: HttpRequest) -> str | None:
        return find_bearer(request)

    def find_header_mistake(self, _request: HttpRequest, *, is_token: bool) -> Mistake | None:  # noqa: ARG002
        """What is wrong with the headers. ``is_token``: a login issued what was sent, so that it is not a key."""
        return None

    def rename(self, response: Json, model: str) -> Json:
        return {**response, "model": model}

    def streams(self, call: ParsedCall) -> bool:
        return call.body.get("stream") is True

    def find_stream_type(self, _call: ParsedCall) -> str:
        return EVENT_STREAM

    def stream_error(self, error: Json) -> bytes:
        """The event of an error that occurs after the response's head was sent."""
        return format_data(error)


def find_bearer(request: HttpRequest) -> str | None:
    """The token of an ``Authorization`` header (RFC 6750, section 2.1); ``None`` without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def choose_tool(names: list[str], named: object, *, required: bool) -> str | None:
    """The tool to call: the ``named`` one, or the first if any is ``required``."""
    if named in names:
        return str(named)
    return names[0] if names and required else None


def check_minimum(body: Json, field: str, least: int) -> Mistake | None:
    """What is wrong with a token limit: OpenAI rejects one that is too small."""
    value = body.get(field)
    if value is None or (isinstance(value, int) and value >= least):
        return None
    return Mistake("below-minimum", {"field": field, "least": str(least), "value": json.dumps(value)[:40]})


def is_image(text: str) -> bool:
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return False
    return data.startswith(_IMAGE_SIGNATURES)


def unwrap_url(url: object) -> str:
    """The base64 text of a ``data:`` URL; empty for any other URL, which the sandbox does not fetch."""
    head, _, text = url.partition(";base64,") if isinstance(url, str) else ("", "", "")
    return text if head.startswith("data:image/") else ""


def split_text(text: str | None) -> list[str]:
    """The deltas of a text: two, so that a client must join them."""
    half = len(text or "") // 2
    return [part for part in ((text or "")[:half], (text or "")[half:]) if part]


def format_data(value: Json) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


def format_event(event: Json) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def has(body: Json, name: str, kind: type) -> bool:
    return isinstance(body.get(name), kind) and bool(body[name])


def as_list(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def as_object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
