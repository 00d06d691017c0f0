"""A browser without a screen: follows links and redirects, keeps cookies, fills in the one form of each page."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, ProxyHandler, build_opener

ANSWERS = {"login": "ada", "password": "any"}
_MOST_PAGES = 20


@dataclass
class _Form(HTMLParser):
    """The first form of a page: where it goes, its fields as they are, and the buttons that say something."""

    action: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    buttons: set[str] = field(default_factory=set)
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and self.action is None:
            self.action, self.inside = found.get("action") or "", True
        elif tag == "button":
            self.buttons.add(found.get("name") or "")
        elif self.inside and tag == "input" and found.get("name"):
            self.fields.setdefault(str(found["name"]), found.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Browser:
    """`answers` are the fields that it fills in; it stops at a redirect that starts with `until`."""

    answers: dict[str, str] = field(default_factory=lambda: dict(ANSWERS))
    until: str = "http://127.0.0.1:1/"

    def __post_init__(self) -> None:
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()), _Stay())

    def visit(self, url: str) -> str:
        """Go on to a page without a form, or the one after a button: its text, or the address it was sent to."""
        data: bytes | None = None
        clicked: set[str] = set()
        for _ in range(_MOST_PAGES):
            response = self._fetch(url, data)
            target, page = response.headers.get("location"), response.read().decode()
            response.close()
            if target is not None:
                url, data = urljoin(url, target), None
                if url.startswith(self.until):
                    return url
                continue
            form = _Form()
            form.feed(page)
            if form.action is None or clicked:
                return page
            filled = {name: self.answers.get(name, value) for name, value in form.fields.items()}
            clicked = form.buttons & set(self.answers)
            filled |= {name: self.answers[name] for name in clicked}
            url, data = urljoin(url, form.action), urlencode(filled).encode()
        raise AssertionError("the pages never end")

    def _fetch(self, url: str, data: bytes | None) -> HTTPResponse | HTTPError:
        try:
            answer: HTTPResponse = self._opener.open(url, data, timeout=10)
        except HTTPError as error:
            if error.code >= 400:
                raise AssertionError(f"{url}: {error.code} {error.read().decode()}") from error
            return error
        return answer
