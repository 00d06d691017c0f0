"""The replies of the OpenID provider: JSON, pages for people, and the way back to the client."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from text2llm.sandbox.values import Reply

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


def make_json(status: int, data: Mapping[str, Any]) -> Reply:
    """An answer that no cache may keep, as tokens want it."""
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return Reply(status, json.dumps(data).encode(), headers)


def make_page(status: int, title: str, text: str, headers: Mapping[str, str] | None = None) -> Reply:
    """A page to look at; nothing in ``text`` is markup."""
    body = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
    return Reply(
        status, body, {"content-type": "text/html; charset=utf-8", "cache-control": "no-store", **(headers or {})}
    )


def send_back(redirect: str, fields: Mapping[str, str | None]) -> Reply:
    """Send a browser back to the client with ``fields``, those that have a value."""
    query = urlencode({name: value for name, value in fields.items() if value is not None})
    location = f"{redirect}{'&' if '?' in redirect else '?'}{query}"
    text = "The sandbox approves of everybody. Your browser goes on by itself; then return to the terminal."
    return make_page(302, "Approved" if "code" in fields else "Refused", text, {"location": location})
