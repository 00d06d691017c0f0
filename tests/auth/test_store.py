from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.auth.stores import make_store
from tests.status.world import assert_valid
from text2llm.auth.credentials import ApiKey, OAuth, Token
from text2llm.auth.store import MAX_STORE_BYTES, format_store, overlay_store, parse_store, set_order
from text2llm.errors import StoreError
from text2llm.refs import Spellings
from text2llm.secret import RefSource, Secret, SecretRef

_REFUSED = [json.loads(line) for line in Path("fixtures/stores/refused.jsonl").read_text().splitlines()]

FULL: dict[str, Any] = {
    "$comment": "kept",
    "profiles": {
        "anthropic:default": {"note": [1, {"x": None}], "type": "api_key", "provider": "Anthropic", "key": " sk-1 "},
        "anthropic:manual": {"type": "token", "provider": "anthropic", "token": "t", "expires": 5.0},
        "codex:me": {
            "type": "oauth",
            "provider": "openai-codex",
            "access": {"source": "file", "id": "/run/a"},
            "refresh": "r",
            "expires": 7,
            "email": "me@example.com",
            "accountId": "acct",
        },
        "future:x": {"type": "mtls", "provider": "future", "email": 3},
    },
    "version": 1,
    "order": {"anthropic": ["anthropic:manual"]},
    "lastGood": {"anthropic": "anthropic:default"},
    "usageStats": {
        "anthropic:default": {
            "lastUsed": 1,
            "cooldownUntil": -1,
            "disabledUntil": True,
            "disabledReason": "billing",
            "errorCount": 2,
        },
        "odd": {"disabledReason": 4, "cooldownUntil": "soon", "lastUsed": 1e300},
    },
}


def test_reads_every_kind_of_credential() -> None:
    store = parse_store(json.dumps(FULL).encode(), "s")
    assert store.profiles["anthropic:default"].credential == ApiKey(Secret("sk-1"))
    assert store.profiles["anthropic:default"].provider == "anthropic"
    assert store.profiles["anthropic:manual"].credential == Token(Secret("t"), 5)
    login = OAuth(SecretRef(RefSource.FILE, "/run/a"), Secret("r"), 7, {"accountId": "acct"})
    assert store.profiles["codex:me"].credential == login
    assert store.profiles["codex:me"].email == "me@example.com"
    assert (store.profiles["future:x"].credential, store.profiles["future:x"].email) == (None, None)
    assert store.order == {"anthropic": ("anthropic:manual",)}
    stats = store.stats("anthropic:default")
    assert (stats.last_used, stats.cooldown_until, stats.disabled_until, stats.disabled_reason) == (
        1,
        None,
        None,
        "billing",
    )
    assert store.stats("odd").last_used is None
    assert store.stats("nobody").unusable_until(0) is None


def test_writes_back_what_it_read_in_the_same_order() -> None:
    text = json.dumps(FULL, indent=2) + "\n"
    assert format_store(parse_store(text.encode(), "s")).decode() == text


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text("xyz", min_size=1), _JSON, max_size=3), st.dictionaries(st.text("xyz"), _JSON, max_size=3)
)
def test_unknown_fields_survive(extra: dict[str, Any], profile_extra: dict[str, Any]) -> None:
    profile = {"type": "api_key", "provider": "a", "key": "k", **profile_extra}
    data = {**extra, "version": 1, "profiles": {"a:1": profile}}
    assert json.loads(format_store(parse_store(json.dumps(data).encode(), "s"))) == data


def test_no_secret_in_the_repr() -> None:
    shown = repr(
        make_store({"profiles": {"a:1": {"type": "oauth", "access": "canary", "refresh": "canary", "x": "canary"}}})
    )
    assert "canary" not in shown


@pytest.mark.parametrize("case", _REFUSED, ids=[case["id"] for case in _REFUSED])
def test_refuses_what_is_no_store(case: dict[str, str]) -> None:
    with pytest.raises(StoreError) as caught:
        parse_store(case["text"].encode(), "/home/me/store.json")
    assert case["says"] in caught.value.message
    assert "/home/me/store.json" in caught.value.message
    assert caught.value.hint
    assert "canary" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"profiles": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"profiles": {}, "x": ' + b"[" * 40 + b"]" * 40 + b"}", "nested deeper than 32 levels"),
        (b'{"profiles": {}, "x": "' + b"x" * MAX_STORE_BYTES + b'"}', "larger than 1024 KiB"),
        (b'{"profiles": {"\xff": {}}}', "byte 15 is not UTF-8"),
        (b'{"profiles": {}, "x": ' + b"9" * 5000 + b"}", "a number or key that JSON does not allow"),
        (b'{"profiles": {}, "x": -1e999}', "a number or key that JSON does not allow"),
    ],
    ids=["deep", "nested", "large", "latin-1", "digits", "infinite"],
)
def test_refuses_hostile_bytes(data: bytes, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        parse_store(data, "s")


@given(st.binary(max_size=200) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_never_fails_but_with_a_store_error(data: bytes) -> None:
    with suppress(StoreError):
        parse_store(data, "s")


def test_schema_accepts_a_full_store() -> None:
    assert_valid(
        {**FULL, "usageStats": {}, "profiles": {**FULL["profiles"], "future:x": {"type": "m", "provider": "f"}}},
        "auth-store",
    )


def test_set_order_replaces_every_spelling() -> None:
    spellings = Spellings({"z.ai": "zai"})
    store = make_store({"order": {"z.ai": ["z:1"], "b": ["b:1"]}})
    assert set_order(store, "zai", ("z:2",), spellings).order == {"b": ("b:1",), "zai": ("z:2",)}
    assert set_order(store, "zai", (), spellings).order == {"b": ("b:1",)}


def test_cleared_order_leaves_no_empty_part() -> None:
    store = set_order(make_store({"order": {"a": ["a:1"]}}), "a", (), Spellings())
    assert json.loads(format_store(store)) == {"version": 1, "profiles": {}}


def test_store_without_profiles_shows_those_of_the_main_agent() -> None:
    main = make_store({"profiles": {"a:1": {"type": "api_key", "key": "k"}}, "order": {"a": ["a:1"], "b": ["b:1"]}})
    own = make_store({"order": {"a": ["a:2"]}, "usageStats": {"a:1": {"lastUsed": 5}}})
    seen = overlay_store(own, main)
    assert list(seen.profiles) == ["a:1"]
    assert seen.order == {"a": ("a:2",), "b": ("b:1",)}
    assert seen.stats("a:1").last_used == 5


def test_store_with_profiles_is_used_alone() -> None:
    own = make_store({"profiles": {"a:2": {"type": "api_key", "key": "k"}}})
    assert overlay_store(own, make_store({"profiles": {"a:1": {"type": "token"}}})) is own
