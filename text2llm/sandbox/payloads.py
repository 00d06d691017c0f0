"""Answers of real providers, replayed from ``payloads.json``, where each has its source beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from text2llm.sandbox.values import Reply

_PLACEHOLDER = re.compile(r"\{(key|model|field|method|path|allowed|request_id)\}")


@cache
def load_payloads() -> Mapping[str, Mapping[str, Any]]:
    """By API, then by name: ``{source, status, headers?, body}``."""
    text = Path(__file__).with_name("payloads.json").read_text(encoding="utf-8")
    payloads: dict[str, dict[str, Any]] = json.loads(text)
    return payloads


def replay(api: str, name: str, fields: Mapping[str, str]) -> Reply:
    """The payload as a reply, its placeholders filled from ``fields``."""
    payload = load_payloads()[api][name]
    # One pass over the JSON text: a value that looks like a placeholder is never filled itself.
    text = _PLACEHOLDER.sub(lambda found: json.dumps(fields[found[1]])[1:-1], json.dumps(payload["body"]))
    return Reply(payload["status"], text.encode(), payload.get("headers", {}))


def success_headers(api: str) -> Mapping[str, str]:
    """The headers that the API sends with a success."""
    headers: Mapping[str, str] = load_payloads()[api]["success"]["headers"]
    return headers
