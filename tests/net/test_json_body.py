from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text2llm.net.json_body import MAX_JSON_BYTES, InvalidJson, parse_json


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, -2.5, true, null, "\xc3\xa4"]}', {"a": [1, -2.5, True, None, "ä"]}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b" 1 ", 1),
        (b"1" * 400, int("1" * 400)),
        (b"1e308", 1e308),
        (b"[" * 64 + b"]" * 64, None),
    ],
)
def test_json_is_parsed(body: bytes, value: object) -> None:
    parsed = parse_json(body)
    assert not isinstance(parsed, InvalidJson)
    assert value is None or parsed == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the body is empty"),
        (b" \n", "the body is empty"),
        (b"<html>", "the body is not JSON"),
        (b'{"a": 1', "the body is not JSON"),
        (b'{"a": 1} {}', "the body is not JSON"),
        (b"\xff\xfe{\x00}\x00", "the body is not UTF-8"),
        (b"[NaN]", "the body has a number that is not finite"),
        (b"[-Infinity]", "the body has a number that is not finite"),
        (b"[1e999]", "the body has a number that is too large"),
        (b"[" + b"1" * 5000 + b"]", "the body has a number with too many digits"),
        (b"[0." + b"1" * 5000 + b"]", "the body has a number with too many digits"),
        (b"[" * 65 + b"]" * 65, "the body is nested too deeply"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "the body is nested too deeply"),
        (b"[" * 500_000, "the body is nested too deeply"),
        (b" " * (MAX_JSON_BYTES + 1), "the body is larger than 1024 KiB"),
    ],
)
def test_anything_else_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    assert parse_json(body) == InvalidJson(reason)


@pytest.mark.parametrize("block", [b"[[]],", b'{"":[]},'])
def test_worst_body_stays_within_bounds_of_memory(block: bytes) -> None:
    body = b"[" + block * ((MAX_JSON_BYTES - 10) // len(block)) + b"1]"
    tracemalloc.start()
    parse_json(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 48 * 1024 * 1024


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:0123456789.eE+-\\u nulltrefas').map(str.encode))
def test_no_bytes_raise(body: bytes) -> None:
    parse_json(body)
