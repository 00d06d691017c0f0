"""What the listener of a login shows in the browser: a sentence, without a code, a token or a script."""

from __future__ import annotations

_HEADERS = (
    "content-type: text/html; charset=utf-8",
    "cache-control: no-store",
    "referrer-policy: no-referrer",
    "x-content-type-options: nosniff",
    "content-security-policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "connection: close",
)
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>text2llm</title>'
    '<body style="font: 1.2em sans-serif; margin: 20vh auto; max-width: 30em; text-align: center">'
    "<h1>{text}</h1><p>Close this page and return to the terminal.</p></body></html>"
)


def page_of(text: str) -> bytes:
    """The whole answer with a page that says ``text``."""
    return _respond("200 OK", _PAGE.format(text=text))


def _respond(status: str, body: str) -> bytes:
    data = body.encode()
    head = "\r\n".join((f"HTTP/1.1 {status}", *_HEADERS, f"content-length: {len(data)}"))
    return f"{head}\r\n\r\n".encode() + data


#: The answer to everything that is not the login.
NOT_FOUND = _respond("404 Not Found", "")
