"""Clients of the sandbox: over HTTP, over raw sockets, and without sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from text2llm.sandbox.answers import answer
from text2llm.sandbox.behaviors import BEHAVIORS
from text2llm.sandbox.exchange import SandboxState
from text2llm.sandbox.scenario import parse_scenario
from text2llm.sandbox.values import HttpRequest

NOW = 1_800_000_000.5  # 2027-01-15T08:00:00Z and a half
ANTHROPIC = {"anthropic-version": "2023-06-01"}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
QUESTION = {"model": "m1", "max_tokens": 8, "messages": [{"role": "user", "content": "ping"}]}
PATHS = {
    "openai": "/v1/chat/completions",
    "responses": "/v1/responses",
    "anthropic": "/v1/messages",
    "google": "/v1beta/models/m1:generateContent",
    "ollama": "/api/chat",
    "codex": "/backend-api/codex/responses",
}
QUESTIONS: Mapping[str, Mapping[str, Any]] = {
    "openai": QUESTION,
    "responses": {"model": "m1", "input": "ping", "max_output_tokens": 16},
    "anthropic": QUESTION,
    "google": {"contents": [{"role": "user", "parts": [{"text": "ping"}]}], "generationConfig": {"maxOutputTokens": 8}},
    "ollama": {"model": "m1", "messages": [{"role": "user", "content": "ping"}], "stream": False},
    "codex": {
        "model": "m1",
        "instructions": "You are a probe.",
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "ping"}]}],
        "stream": True,
        "store": False,
    },
}


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        """The JSON of a stream's events, without ``[DONE]``."""
        lines = (line.removeprefix(b"data: ") for line in self.body.splitlines() if line.startswith(b"data: "))
        return [json.loads(line) for line in lines if line != b"[DONE]"]


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

    def ask(self, api: str, key: str | None, question: object = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = QUESTIONS[api] if question is None else question
        return self.send("POST", PATHS[api], credentials(api, key) | sent, json.dumps(asked).encode())

    def raw(self, data: bytes, *, end: bool = True) -> bytes:
        """Send raw bytes, close the sending side, and return everything received."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout) as line:
            line.sendall(data)
            if end:
                with contextlib.suppress(OSError):  # the other side closed first
                    line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))


class Quiet:
    """The sandbox without sockets, at the time ``now``."""

    def __init__(self, scenario: Mapping[str, Any] | None = None, **state: Any) -> None:
        self.state = SandboxState("http://127.0.0.1:8787", parse_scenario(scenario or {}, BEHAVIORS), **state)
        self.now = NOW
        self.behavior = ""
        self.delivery = "whole"
        self.delay = 0.0

    def send(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        bare, _, query = path.partition("?")
        request = HttpRequest(method, bare, dict(parse_qsl(query)), headers or {}, body, "req_1", self.now)
        response, self.behavior = answer(request, self.state)
        self.delivery, self.delay = response.delivery, response.delay
        return Answer(response.status, response.headers, response.body)

    def ask(self, api: str, key: str | None = "sandbox-ok", path: str | None = None, **changes: Any) -> Answer:
        """Request a completion with some fields changed; ``None`` omits one."""
        question = {name: value for name, value in ({**QUESTIONS[api], **changes}).items() if value is not None}
        return self.send("POST", path or PATHS[api], credentials(api, key), json.dumps(question).encode())

    def look(self, path: str, api: str = "openai", key: str | None = "sandbox-ok") -> Answer:
        return self.send("GET", path, credentials(api, key))


def credentials(api: str, key: str | None) -> dict[str, str]:
    if api == "anthropic":
        return ANTHROPIC | ({"x-api-key": key} if key else {})
    if key is None:
        return {}
    return {"x-goog-api-key": key} if api == "google" else {"authorization": f"Bearer {key}"}
