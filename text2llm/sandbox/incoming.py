"""Read a request: HTTP/1.1 (RFC 9112), strictly and within limits. Anything malformed is rejected."""

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


class MalformedRequestError(Exception):
    """Not a valid request; ``status`` is that of the response."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Head(NamedTuple):
    """A request without its body, whose size is ``length``. ``waits``: the client waits for ``100 Continue``."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    length: int
    waits: bool
    keep: bool


async def read_head(reader: StreamReader) -> Head | None:
    """The next request's head; ``None`` at the end of the connection.

    Raises:
        MalformedRequestError: the data is not an HTTP/1.1 request, or exceeds a limit.
    """
    try:
        data = await reader.readuntil(b"\r\n\r\n")
    except IncompleteReadError:
        return None
    except LimitOverrunError as error:
        raise MalformedRequestError(431) from error
    return parse_head(data)


def parse_head(data: bytes) -> Head:
    """Parse a head.

    Raises:
        MalformedRequestError: it is not valid.
    """
    first, *lines = data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    line = _REQUEST_LINE.fullmatch(first)
    if line is None:
        raise MalformedRequestError(400)
    if line[3] != "1":
        raise MalformedRequestError(505)
    if line[1] not in _METHODS:
        raise MalformedRequestError(501)
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
        raise MalformedRequestError(431)
    headers: dict[str, str] = {}
    for line in lines:
        matched = _HEADER.fullmatch(line)
        if matched is None:
            raise MalformedRequestError(400)
        name = matched[1].lower()
        if name == "content-length" and name in headers:
            raise MalformedRequestError(400)
        headers[name] = matched[2]
    return headers


def _parse_length(headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise MalformedRequestError(411)  # the sandbox does not read chunks
    declared = headers.get("content-length", "0")
    if not _LENGTH.fullmatch(declared):
        raise MalformedRequestError(400)
    return int(declared)


def _parse_query(query: str) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise MalformedRequestError(400) from error
