"""A small honest client over real sockets, and a dishonest one."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

ANTHROPIC = {"anthropic-version": "2023-06-01"}
QUESTION = {"model": "m1", "max_tokens": 8, "messages": [{"role": "user", "content": "ping"}]}
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


class Client:
    def __init__(self, port: int, timeout: float = 5) -> None:
        self.port = port
        self.timeout = timeout

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def ask(self, api: str, key: str | None, question: object = QUESTION, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", PATHS[api], credentials(api, key) | sent, json.dumps(question).encode())

    def list_models(self, api: str, key: str | None) -> Answer:
        return self.send("GET", "/v1/models", credentials(api, key))

    def raw(self, data: bytes, *, end: bool = True) -> bytes:
        """Send bytes as they are, say that no more will come, and return all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout) as line:
            line.sendall(data)
            if end:
                with contextlib.suppress(OSError):  # the other side was faster: reading tells
                    line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))


def credentials(api: str, key: str | None) -> dict[str, str]:
    if api == "openai":
        return {"authorization": f"Bearer {key}"} if key else {}
    return ANTHROPIC | ({"x-api-key": key} if key else {})
