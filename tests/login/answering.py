"""A token endpoint that gives the answers of a test, one after the other, and keeps what it was asked."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from tests.net.hostile import Listener, answer, listen

#: A status and a document; or bytes for the whole connection, `b""` for one that is closed without a word.
Reply: TypeAlias = tuple[int, Any] | bytes


@dataclass
class Replies:
    """Gives each reply to one connection; the last one to all that follow."""

    replies: list[Reply]
    given: int = field(default=0)

    def __call__(self, connection: socket.socket) -> None:
        reply = self.replies[min(self.given, len(self.replies) - 1)]
        self.given += 1
        if isinstance(reply, bytes):
            connection.sendall(reply)
            return
        status, document = reply
        answer(json.dumps(document).encode(), status=b"%d X" % status)(connection)


@contextmanager
def answering(*replies: Reply) -> Iterator[Listener]:
    with listen(Replies(list(replies))) as listener:
        yield listener


def asked(listener: Listener, number: int = 0) -> dict[str, str]:
    """The fields of a request, whatever its encoding."""
    head, _, body = listener.received[number].partition(b"\r\n\r\n")
    if b"application/json" in head.lower().split(b"content-type:")[1].splitlines()[0]:
        fields: dict[str, str] = json.loads(body)
        return fields
    return dict(parse_qsl(body.decode(), strict_parsing=True))
