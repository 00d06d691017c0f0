"""Reading a request: HTTP/1.1 (RFC 9112), strictly and within bounds. What is odd is refused, never guessed about."""

from __future__ import annotations

import re
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

MAX_HEAD = 65536
_MOST_HEADERS = 100
_MOST_FIELDS = 100  # of a query
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_LINE = re.compile(r"([A-Z]{1,16}) (/[!-~]*|\*|https?://[!-~]+) HTTP/([0-9])\.([0-9])")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*")
_LENGTH = re.compile(r"[0-9]{1,15}")


class RefusedError(Exception):
    """What came is no request; ``status`` is the answer to it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Head(NamedTuple):
    """What comes before the body; ``length`` is the body's. ``waits``: the client sends it when it is told to."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    length: int
    waits: bool
    keep: bool


async def read_head(reader: StreamReader) -> Head | None:
    """The next request's head; ``None`` when the client sends no more.

    Raises:
        RefusedError: what came is no request of HTTP/1.1, or is larger than the bounds.
    """
    try:
        data = await reader.readuntil(b"\r\n\r\n")
    except IncompleteReadError:
        return None
    except LimitOverrunError as error:
        raise RefusedError(431) from error
    return parse_head(data)


def parse_head(data: bytes) -> Head:
    """The head that the bytes are.

    Raises:
        RefusedError: they are none.
    """
    first, *lines = data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    line = _REQUEST_LINE.fullmatch(first)
    if line is None:
        raise RefusedError(400)
    if line[3] != "1":
        raise RefusedError(505)
    if line[1] not in _METHODS:
        raise RefusedError(501)
    headers = _parse_headers(lines)
    path, _, query = re.sub(r"^https?://[^/?]*", "", line[2]).partition("?")
    return Head(
        method=line[1],
        path=path or "/",
        query=_parse_query(query),
        headers=headers,
        length=_parse_length(headers),
        waits=headers.get("expect", "").lower() == "100-continue",
        keep=line[4] != "0" and headers.get("connection", "").lower() != "close",
    )


def _parse_headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > _MOST_HEADERS:
        raise RefusedError(431)
    headers: dict[str, str] = {}
    for line in lines:
        matched = _HEADER.fullmatch(line)
        if matched is None:
            raise RefusedError(400)
        name = matched[1].lower()
        if name == "content-length" and name in headers:
            raise RefusedError(400)
        headers[name] = matched[2]
    return headers


def _parse_length(headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise RefusedError(411)  # the sandbox reads no chunks
    declared = headers.get("content-length", "0")
    if not _LENGTH.fullmatch(declared):
        raise RefusedError(400)
    return int(declared)


def _parse_query(query: str) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise RefusedError(400) from error
