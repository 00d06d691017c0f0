"""Answers of real providers, replayed from ``data/``, where each has its source beside it.

There is a file for each wire format, and one for each provider that answers otherwise. What a file lacks is looked for
in the next one: the provider's, its format's, the format's that this one is like.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from text2llm.sandbox.values import Reply, Request

_DATA = Path(__file__).with_name("data")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LIKE = {"openai-responses": "openai-completions"}
#: What is played where a provider has no answer of its own for something: the nearest that it has.
_NEAREST = {
    "client": "forbidden",
    "no-images": "bad-request",
    "no-tools": "bad-request",
    "not-entitled": "no-model",
    "quota": "unpaid",
    "retired": "no-model",
    "unsupported": "bad-request",
    "window": "limited",
}
#: How long the words of a payload name as "in ...".
_SPANS = {
    "in_a_minute": timedelta(minutes=1),
    "in_two_hours": timedelta(hours=2),
    "in_three_days": timedelta(days=3),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: a provider, and the wire format it is spoken to in."""

    provider: str
    api: str

    def find(self, name: str) -> tuple[str, Mapping[str, Any]]:
        """The payload of a name, or the nearest one, and the name that it has."""
        for wanted in filter(None, (name, _NEAREST.get(name))):
            for rows in self._files():
                if wanted in rows:
                    return wanted, rows[wanted]
        raise LookupError(f"{self.provider} has no payload {name}")

    def _files(self) -> Iterator[Mapping[str, Any]]:
        names = (self.provider, self.api, _LIKE.get(self.api, ""))
        return (load_payloads()[name] for name in names if name in load_payloads())


@cache
def load_payloads() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """By provider or API, then by name: ``{source, status, says?, headers?, body}``.

    ``says`` is what a probe should make of it, where that is not what it should make of most providers' answer. The
    body is JSON, a text, or ``null`` for headers alone.
    """
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(_DATA.glob("*.json"))}


def replay(voice: Voice, name: str, request: Request, fields: Mapping[str, str]) -> Reply:
    """The payload as a reply, its placeholders filled from the request and from ``fields``."""
    _, payload = voice.find(name)
    known = {"method": request.method, "path": request.path, "request_id": request.id, **fields}
    body, headers = payload["body"], _fill_headers(payload, request)
    if isinstance(body, str):  # a page or a line: nothing of the request may act in it
        return Reply(payload["status"], _fill(body, known, html.escape).encode(), headers)
    return Reply(payload["status"], _fill(json.dumps(body), known, _escape).encode(), headers)


def success_headers(voice: Voice, name: str, request: Request) -> Mapping[str, str]:
    """The headers that go with a success; ``name`` tells a key's from a token's."""
    return _fill_headers(voice.find(name)[1], request)


def _fill_headers(payload: Mapping[str, Any], request: Request) -> Mapping[str, str]:
    times = _times(request.now)
    return {name: _fill(value, times, str) for name, value in payload.get("headers", {}).items()}


def _fill(text: str, known: Mapping[str, str], escape: Any) -> str:
    # One pass over the text: a value that looks like a placeholder is never filled itself.
    return _PLACEHOLDER.sub(lambda found: escape(known[found[1]]) if found[1] in known else found[0], text)


def _escape(value: str) -> str:
    return json.dumps(value)[1:-1]


def _times(now: float) -> Mapping[str, str]:
    moment = datetime.fromtimestamp(int(now), UTC)
    ends = {name: moment + span for name, span in _SPANS.items()}
    written = {name: end.isoformat().replace("+00:00", "Z") for name, end in ends.items()}
    seconds = {f"unix_{name}": str(int(end.timestamp())) for name, end in ends.items()}
    return written | seconds | {f"ms_{name}": f"{int(end.timestamp())}000" for name, end in ends.items()}
