"""The token of an ``Authorization`` header (RFC 6750, section 2.1)."""

from __future__ import annotations

from text2llm.sandbox.values import Request


def find_bearer(request: Request) -> str | None:
    """The token; ``None`` when there is no header, another scheme, or nothing after it."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
