"""Valid and invalid requests."""

from __future__ import annotations

import pytest

from text2llm.sandbox.incoming import MalformedRequestError, parse_head


def head(first: str = "GET / HTTP/1.1", *lines: str) -> bytes:
    return "\r\n".join((first, *lines, "", "")).encode("latin-1")


def test_request_is_read() -> None:
    parsed = parse_head(head("POST /v1/models?a=1&b=%20&c HTTP/1.1", "Host: x", "X-Api-Key:  k ", "Content-Length: 2"))
    assert (parsed.method, parsed.path, parsed.length, parsed.keep) == ("POST", "/v1/models", 2, True)
    assert parsed.query == {"a": "1", "b": " ", "c": ""}
    assert parsed.headers == {"host": "x", "x-api-key": "k", "content-length": "2"}


@pytest.mark.parametrize(
    ("first", "path"),
    [
        ("GET http://127.0.0.1:8787/v1/models?x=1 HTTP/1.1", "/v1/models"),
        ("GET http://127.0.0.1:8787 HTTP/1.1", "/"),
        ("OPTIONS * HTTP/1.1", "*"),
        ("GET /a%2Fb HTTP/1.1", "/a%2Fb"),
    ],
)
def test_path(first: str, path: str) -> None:
    assert parse_head(head(first)).path == path


@pytest.mark.parametrize(
    ("first", "lines", "keep"),
    [
        ("GET / HTTP/1.1", [], True),
        ("GET / HTTP/1.1", ["Connection: close"], False),
        ("GET / HTTP/1.1", ["Connection: Keep-Alive"], True),
        ("GET / HTTP/1.0", [], False),
    ],
)
def test_connection_is_kept(first: str, lines: list[str], keep: bool) -> None:  # noqa: FBT001
    assert parse_head(head(first, *lines)).keep is keep


def test_client_may_wait_before_its_body() -> None:
    assert parse_head(head("POST / HTTP/1.1", "Expect: 100-Continue")).waits


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (head("GET /"), 400),
        (head("GET  / HTTP/1.1"), 400),
        (head("GET relative HTTP/1.1"), 400),
        (head("GET /a b HTTP/1.1"), 400),
        (head("GET /\x7f HTTP/1.1"), 400),
        (head("get / HTTP/1.1"), 400),
        (head("GET / HTTP/1.1\n"), 400),
        (head("\x16\x03\x01"), 400),
        (head(""), 400),
        (head("GET / HTTP/2.0"), 505),
        (head("GET / HTTP/0.9"), 505),
        (head("BREW /pot HTTP/1.1"), 501),
        (head("GET / HTTP/1.1", "no colon"), 400),
        (head("GET / HTTP/1.1", ": empty"), 400),
        (head("GET / HTTP/1.1", "sp ace: x"), 400),
        (head("GET / HTTP/1.1", "a: 1", " folded"), 400),
        (head("GET / HTTP/1.1", "a: 1\n"), 400),
        (head("GET / HTTP/1.1", *(["a: 1"] * 101)), 431),
        (head("GET / HTTP/1.1", "content-length: 1", "content-length: 1"), 400),
        (head("GET / HTTP/1.1", "content-length: -1"), 400),
        (head("GET / HTTP/1.1", "content-length: 1e3"), 400),
        (head("GET / HTTP/1.1", "content-length: "), 400),
        (head("GET / HTTP/1.1", "content-length: 9999999999999999"), 400),
        (head("GET / HTTP/1.1", "transfer-encoding: chunked"), 411),
        (head("GET /?" + "a&" * 200 + " HTTP/1.1"), 400),
    ],
)
def test_refused(data: bytes, status: int) -> None:
    with pytest.raises(MalformedRequestError) as refused:
        parse_head(data)
    assert refused.value.status == status
