"""Responses of real providers, replayed from ``data/``, where each has its source beside it.

There is one file per wire format, and one per provider that responds differently. A payload is searched in the
provider's file, then its format's, then that of a similar format.
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

from text2llm.sandbox.values import HttpRequest, HttpResponse

_DATA = Path(__file__).with_name("data")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_LIKE = {
    "openai-responses": "openai-completions",
    "azure-openai": "openai-completions",
    "google-vertex": "google-generative-ai",
}
#: The payload to play if a provider has none of that name.
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
#: The placeholders for times in a payload.
_SPANS = {
    "in_a_minute": timedelta(minutes=1),
    "in_two_hours": timedelta(hours=2),
    "in_three_days": timedelta(days=3),
}


@dataclass(frozen=True, slots=True)
class PlayedApi:
    provider: str
    api: str

    def find(self, name: str) -> tuple[str, Mapping[str, Any]]:
        """The payload of a name, or the nearest one, with its own name."""
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

    ``says`` is the status that a probe should report, if it differs from that of most providers. The body is JSON, a
    text, or ``null`` for headers only.
    """
    return {path.stem: load_rows(path.name) for path in sorted(_DATA.glob("*.json"))}


def load_rows(name: str) -> Mapping[str, Any]:
    """The rows of a file in ``data/``."""
    rows: Mapping[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return rows


def replay(played: PlayedApi, name: str, request: HttpRequest, fields: Mapping[str, str]) -> HttpResponse:
    return fill_payload(played.find(name)[1], request, fields)


def fill_payload(payload: Mapping[str, Any], request: HttpRequest, fields: Mapping[str, str]) -> HttpResponse:
    known = {"method": request.method, "path": request.path, "request_id": request.id, **fields}
    body, headers = payload["body"], _fill_headers(payload, request)
    if isinstance(body, str):  # a page or a line: the request must not inject markup
        return HttpResponse(payload["status"], _fill(body, known, html.escape).encode(), headers)
    return HttpResponse(payload["status"], json.dumps(fill_value(body, known)).encode(), headers)


def fill_value(value: Any, known: Mapping[str, str]) -> Any:
    """A value of JSON with the placeholders in its texts filled."""
    return json.loads(_fill(json.dumps(value), known, _escape))


def success_headers(played: PlayedApi, name: str, request: HttpRequest) -> Mapping[str, str]:
    return _fill_headers(played.find(name)[1], request)


def _fill_headers(payload: Mapping[str, Any], request: HttpRequest) -> Mapping[str, str]:
    times = _times(request.now)
    return {name: _fill(value, times, str) for name, value in payload.get("headers", {}).items()}


def _fill(text: str, known: Mapping[str, str], escape: Any) -> str:
    # One pass over the text: a value that looks like a placeholder is never filled.
    return _PLACEHOLDER.sub(lambda match: escape(known[match[1]]) if match[1] in known else match[0], text)


def _escape(value: str) -> str:
    return json.dumps(value)[1:-1]


def _times(now: float) -> Mapping[str, str]:
    moment = datetime.fromtimestamp(int(now), UTC)
    ends = {name: moment + span for name, span in _SPANS.items()}
    written = {name: end.isoformat().replace("+00:00", "Z") for name, end in ends.items()}
    seconds = {f"unix_{name}": str(int(end.timestamp())) for name, end in ends.items()}
    return written | seconds | {f"ms_{name}": f"{int(end.timestamp())}000" for name, end in ends.items()}
