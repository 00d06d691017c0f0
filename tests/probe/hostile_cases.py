"""Servers that keep no rule, and what a probe must say of each. Tests and the benchmark play them all."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from tests.net.hostile import Script, answer, repeat, say
from tests.probe.making import completion

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
MIB = 1024 * 1024
#: What a terminal or a CI system would act on, in one text.
COMMANDS = (
    "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\r\n::error file=x::owned\n::stop-commands::x\n##vso[task.setvariable]x"
    "\n##[error]owned\n##teamcity[x]\nsection_start:0:owned\r\ud800"
)

TIMEOUT = "timeout/deadline"
INVALID = "unknown/invalid_response"
TLS = "unknown/tls"


@dataclass(frozen=True)
class HostileCase:
    """``make`` gives the script of the server, and ``told`` is the one right result.

    ``certificate`` names the file that the server shows over TLS; ``trusted``: the client takes it for an authority.
    """

    make: Callable[[], Script]
    told: str
    certificate: str | None = None
    trusted: bool = False
    speaks_tls: bool = True


@cache
def compressed(times: int, size: int = 128 * MIB) -> bytes:
    """``size`` zeros, compressed so often."""
    if times > 1:
        return gzip.compress(compressed(times - 1, size))
    packer = zlib.compressobj(wbits=31)
    return b"".join([*(packer.compress(bytes(MIB)) for _ in range(size // MIB)), packer.flush()])


def packed(times: int, coding: bytes) -> Script:
    return answer(compressed(times), b"content-encoding: " + coding)


def success(body: bytes, *headers: bytes) -> HostileCase:
    return HostileCase(partial(answer, body, *headers), INVALID)


def good(text: str | None = None, **changes: Any) -> bytes:
    return json.dumps(completion("m1" if text is None else text, **changes)).encode()


def refusal(**error: Any) -> bytes:
    return json.dumps({"error": {"message": COMMANDS, "type": "invalid_request_error", **error}}).encode()


def slow(start: bytes, block: bytes) -> HostileCase:
    return HostileCase(partial(repeat, start, block, 0.05), TIMEOUT)


def endless(start: bytes, block: bytes, told: str = INVALID) -> HostileCase:
    return HostileCase(partial(repeat, start, block), told)


GOOD = good()
NESTED = good().replace(b'"pong"', b'"pong", "x": ' + b"[" * 100_000 + b"]" * 100_000)

CASES: dict[str, HostileCase] = {
    "no answer": slow(b"", b""),
    "slow headers": slow(HEAD, b"x-a: 1\r\n"),
    "slow header line": slow(HEAD + b"x-a: ", b"1"),
    "slow body": slow(HEAD + b"content-length: 1000000\r\n\r\n", b" "),
    "slow chunks": slow(CHUNKED, b"1\r\n \r\n"),
    "slow compressed body": slow(HEAD + b"content-encoding: gzip\r\n\r\n" + compressed(1, MIB)[:100], b""),
    "slow interim answers": slow(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "flood of interim answers": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, TIMEOUT),
    "flood of interim headers": endless(b"", b"HTTP/1.1 103 Early Hints\r\n" + b"x: y\r\n" * 500 + b"\r\n", TIMEOUT),
    "a megabyte of headers": HostileCase(partial(say, HEAD + b"x: " + b"1" * MIB + b"\r\n\r\n{}"), INVALID),
    "endless headers": endless(HEAD, b"x-a: " + b"1" * 8000 + b"\r\n"),
    "infinite body": endless(HEAD + b"\r\n", b" " * 65536),
    "infinite chunks": endless(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"),
    "tiny chunks": endless(CHUNKED, b"1\r\n \r\n" * 10_000),
    "gzip bomb": HostileCase(partial(packed, 1, b"gzip"), INVALID),
    "triple gzip bomb": HostileCase(partial(packed, 3, b"gzip"), INVALID),
    "triple gzip bomb, announced": HostileCase(partial(packed, 3, b"gzip, gzip, gzip"), INVALID),
    "gzip bomb in an error": HostileCase(
        lambda: answer(compressed(1), b"content-encoding: gzip", status=b"500 No"), "unknown/server_error"
    ),
    "rate limit that is cut off": HostileCase(
        lambda: say(b"HTTP/1.1 429 No\r\ncontent-length: 100\r\n\r\n{"), "rate_limit/rate_limited"
    ),
    "refusal that is cut off": HostileCase(
        lambda: say(b"HTTP/1.1 401 No\r\ncontent-length: 100\r\n\r\n{"), "auth/invalid_key"
    ),
    "bad gzip": success(GOOD, b"content-encoding: gzip"),
    "truncated gzip": success(gzip.compress(GOOD)[:-12], b"content-encoding: gzip"),
    "redirect to the same host": HostileCase(
        partial(answer, GOOD, b"location: /v2/chat/completions", status=b"307 No"), INVALID
    ),
    "redirect to another host": HostileCase(
        partial(answer, GOOD, b"location: http://127.0.0.1:1/", status=b"302 Found"), INVALID
    ),
    "HTML": success(b"<!DOCTYPE html><title>Log in</title>", b"content-type: text/html"),
    "truncated JSON": success(GOOD[:-20]),
    "truncated body": HostileCase(partial(say, HEAD + b"content-length: 999\r\n\r\n" + GOOD), INVALID),
    "truncated chunks": HostileCase(partial(say, CHUNKED + b"%x\r\n%b\r\n" % (len(GOOD), GOOD)), INVALID),
    "NaN": success(GOOD.replace(b'"1"', b"NaN")),
    "infinity": success(GOOD.replace(b'"1"', b"1e999")),
    "a number of 5,000 digits": success(GOOD.replace(b'"1"', b"1" * 5000)),
    "deep JSON": success(NESTED),
    "wide JSON": success(b'{"choices": [' + b"[]," * 300_000 + b"[]]}"),
    "odd charset": success(GOOD.decode().encode("utf-16"), b"content-type: application/json; charset=utf-16"),
    "broken UTF-8": success(GOOD.replace(b"pong", b"\xff\xfe\xed\xa0\x80")),
    "not HTTP": HostileCase(partial(say, b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), INVALID),
    "invalid certificate": HostileCase(partial(answer, GOOD), TLS, "valid"),
    "expired certificate": HostileCase(partial(answer, GOOD), TLS, "expired", trusted=True),
    "no TLS at all": HostileCase(partial(say, b"HTTP/1.1 400 Bad Request\r\n\r\n"), TLS, "valid", speaks_tls=False),
    "commands in an error's message": HostileCase(
        partial(answer, refusal(code="invalid_api_key"), status=b"401 No"), "auth/invalid_key"
    ),
    "commands in an error's code": HostileCase(
        partial(answer, refusal(code=COMMANDS), status=b"401 No"), "auth/invalid_key"
    ),
    "commands in a plain error": HostileCase(
        partial(answer, COMMANDS.encode(errors="replace"), b"content-type: text/plain", status=b"500 No"),
        "unknown/server_error",
    ),
    "commands in a header": HostileCase(
        partial(answer, refusal(), b"x-request-id: \x1b[2J::error::x", b"retry-after: \x1b", status=b"429 No"),
        "rate_limit/rate_limited",
    ),
    "commands in the model's name": success(good(COMMANDS)),
    "a megabyte of message": HostileCase(
        partial(answer, refusal(message="sk-*** " * 140_000), status=b"401 No"), "auth/invalid_key"
    ),
}
