from __future__ import annotations

import pytest

from text2llm.login.endpoint import parse_login_endpoint, read_page
from text2llm.login.errors import LoginError
from text2llm.trust.origin import OriginError


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://login.corp.example", "https://login.corp.example", "/"),
        ("https://login.corp.example/token", "https://login.corp.example", "/token"),
        ("https://login.corp.example/token/", "https://login.corp.example", "/token/"),
        ("https://login.corp.example:8443/t?p=B2C_1", "https://login.corp.example:8443", "/t?p=B2C_1"),
        ("http://localhost:9/t", "http://127.0.0.1:9", "/t"),
    ],
)
def test_endpoint_keeps_slash_and_query(url: str, origin: str, path: str) -> None:
    endpoint = parse_login_endpoint(url)
    assert (str(endpoint.origin), endpoint.path) == (origin, path)


@pytest.mark.parametrize(
    "url", ["http://corp.example/t", "https://a@corp.example/t", "https://corp.example/t#x", "javascript:1", ""]
)
def test_url_that_nothing_is_sent_to(url: str) -> None:
    with pytest.raises(OriginError):
        parse_login_endpoint(url)


@pytest.mark.parametrize(
    "page", ["https://corp.example/device?user_code=AB-CD#x", "http://127.0.0.1:9/device", "https://corp.example"]
)
def test_page_is_shown_as_it_is(page: str) -> None:
    assert read_page(page, "verification_uri") == page


@pytest.mark.parametrize(
    "page",
    [
        None,
        5,
        "",
        "corp.example/device",
        "http://corp.example/device",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://ada@corp.example/",
        "https://corp.example/\x1b[2J",
        "https://corp.example/a\nb",
        "https://corp.example/a?b c",
        "https://corp.example/ä",
        "https://corp.example/" + "a" * 2000,
    ],
)
def test_page_that_is_not_to_be_opened(page: object) -> None:
    with pytest.raises(LoginError, match="verification_uri"):
        read_page(page, "verification_uri")
