from __future__ import annotations

import json
from typing import Any

import pytest

from tests.auth.stores import make_store
from text2llm.auth.credentials import ApiKey, AuthStore, Credential, OAuth, Token, secret_refs
from text2llm.auth.profiles import (
    clear_cooldown,
    make_profile,
    mentions_profile,
    move_secrets,
    note_refresh_failure,
    put_profile,
    remove_profile,
    renew_profile,
)
from text2llm.auth.store import format_store, parse_store
from text2llm.errors import StoreError
from text2llm.refs import Spellings
from text2llm.secret import RefSource, Secret, SecretRef

SPELLINGS = Spellings({"z.ai": "zai"})
KEY = ApiKey(Secret("new"))
IN_KEYRING = SecretRef(RefSource.KEYRING, "entry")


@pytest.mark.parametrize(
    ("credential", "email", "stored"),
    [
        (ApiKey(Secret("k")), None, {"type": "api_key", "provider": "a", "key": "k"}),
        (ApiKey(IN_KEYRING), "me@example.com",
         {"type": "api_key", "provider": "a", "key": {"source": "keyring", "id": "entry"}, "email": "me@example.com"}),
        (Token(Secret("t"), None), None, {"type": "token", "provider": "a", "token": "t"}),
        (Token(Secret("t"), 5), None, {"type": "token", "provider": "a", "token": "t", "expires": 5}),
        (OAuth(Secret("x"), Secret("r"), 5, {"accountId": "7", "access": "never"}), None,
         {"type": "oauth", "provider": "a", "access": "x", "refresh": "r", "expires": 5, "accountId": "7"}),
        (OAuth(Secret("x"), None, None, {}), None, {"type": "oauth", "provider": "a", "access": "x"}),
    ],
)  # fmt: skip
def test_profile_has_the_fields_of_the_reference(
    credential: Credential, email: str | None, stored: dict[str, Any]
) -> None:
    profile = make_profile("a:1", "a", credential, email)
    assert profile.raw == stored
    again = parse_store(format_store(AuthStore(profiles={"a:1": profile})), "s.json").profiles["a:1"]
    assert again == profile
    assert (profile.provider, profile.type, profile.email) == ("a", stored["type"], email)


def test_reference_that_is_a_secret_itself_is_no_reference() -> None:
    key = "sk-ant-api03-" + "a1B2" * 23 + "cAA"
    with pytest.raises(StoreError, match="perhaps the secret itself") as caught:
        make_profile("a:1", "a", ApiKey(SecretRef(RefSource.KEYRING, key)))
    assert key not in str(caught.value)


def put(before: dict[str, Any], credential: Credential = KEY, **store: Any) -> Any:
    held = make_store({"profiles": {"zai:1": {"provider": "zai", **before}, "zai:2": {"type": "token"}}, **store})
    after = put_profile(held, make_profile("zai:1", "zai", credential), SPELLINGS)
    assert list(after.profiles) == ["zai:1", "zai:2"]
    return after.profiles["zai:1"].raw


def test_new_key_keeps_notes_and_place_of_the_old_one() -> None:
    before = {"note": "paid by ops", "type": "api_key", "key": "old", "email": "me@example.com", "provider": "Z.ai"}
    after = put(before)
    assert after == {**before, "key": "new"}
    assert list(after) == ["provider", "note", "type", "key", "email"]


@pytest.mark.parametrize(
    "before",
    [
        {"type": "token", "token": "old", "expires": 5, "note": "n"},
        {"type": "api_key", "key": "old", "note": "n", "provider": "other"},
        {"type": "oauth", "access": "x", "refresh": "r", "accountId": "7"},
    ],
)
def test_credential_of_another_kind_or_owner_keeps_nothing(before: dict[str, Any]) -> None:
    assert put(before) == {"type": "api_key", "provider": "zai", "key": "new"}


def test_token_without_expiry_forgets_the_old_one() -> None:
    after = put({"type": "token", "token": "old", "expires": 5, "note": "n"}, Token(Secret("new"), None))
    assert after == {"provider": "zai", "type": "token", "token": "new", "note": "n"}


def test_new_login_keeps_nothing_of_another_account() -> None:
    before = {"type": "oauth", "access": "x", "refresh": "r", "accountId": "7", "email": "old@example.com"}
    after = put(before, OAuth(Secret("y"), None, None, {}))
    assert after == {"type": "oauth", "provider": "zai", "access": "y"}


def test_new_secret_is_not_put_aside_for_the_old_one() -> None:
    stats = {"lastUsed": 1, "cooldownUntil": 9, "disabledUntil": 9, "errorCount": 3, "refreshFailedAt": 4, "kept": []}
    before = make_store({"profiles": {"a:1": {"type": "token"}}, "usageStats": {"a:1": stats, "a:2": {"lastUsed": 2}}})
    after = put_profile(before, make_profile("a:1", "a", KEY), SPELLINGS)
    assert {name: each.raw for name, each in after.usage_stats.items()} == {
        "a:2": {"lastUsed": 2},
        "a:1": {"lastUsed": 1, "kept": []},
    }


REMOVALS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"order": {"a": ["a:1", "a:2"]}}, {"order": {"a": ["a:2"]}}),
    ({"order": {"a": ["a:1"], "b": [], "c": ["c:1"]}}, {"order": {"b": [], "c": ["c:1"]}}),
    ({"order": {"a": ["a:1", "a:1"]}}, {}),
    ({"lastGood": {"a": "a:1"}}, {}),
    ({"lastGood": {"a": "a:1", "b": "b:1"}, "x": 1}, {"lastGood": {"b": "b:1"}, "x": 1}),
    ({"lastGood": "odd"}, {"lastGood": "odd"}),
    ({"usageStats": {"a:1": {"lastUsed": 1}, "a:2": {}}}, {"usageStats": {"a:2": {}}}),
    ({"usageStats": {"a:1": {"lastUsed": 1}}}, {}),
]


@pytest.mark.parametrize(("before", "after"), REMOVALS)
def test_removed_profile_is_mentioned_nowhere(before: dict[str, Any], after: dict[str, Any]) -> None:
    profiles = {"a:1": {"type": "token"}, "a:2": {"type": "api_key", "key": "k"}}
    removed = remove_profile(make_store({"profiles": profiles, **before}), "a:1")
    left = {"profiles": {"a:2": profiles["a:2"]}, **after}
    assert format_store(removed) == format_store(make_store(left))


def test_order_alone_mentions_a_profile() -> None:
    store = make_store({"profiles": {}, "order": {"a": ["a:1"]}})
    assert mentions_profile(store, "a:1")
    assert not mentions_profile(store, "a:2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a:1": {"cooldownUntil": 9, "errorCount": 2, "failureCounts": {"billing": 2}}}, {}),
        ({"a:1": {"disabledUntil": 9, "disabledReason": "billing", "lastUsed": 1}}, {"a:1": {"lastUsed": 1}}),
        ({"a:1": {"refreshFailedAt": 5}}, {"a:1": {"refreshFailedAt": 5}}),
        ({"a:1": "odd"}, {"a:1": "odd"}),
        ({"a:2": {"cooldownUntil": 9}}, {"a:2": {"cooldownUntil": 9}}),
    ],
)
def test_cooldown_is_cleared_and_the_rest_stays(before: dict[str, Any], after: dict[str, Any]) -> None:
    cleared = clear_cooldown(make_store({"usageStats": before}), "a:1")
    assert {name: stats.raw for name, stats in cleared.usage_stats.items()} == after


def test_refresh_failure_is_noted_and_removed() -> None:
    store = make_store({"usageStats": {"a:1": {"lastUsed": 1}}})
    noted = note_refresh_failure(store, "a:1", 7)
    assert noted.stats("a:1").refresh_failed_at == 7
    assert noted.stats("a:1").raw == {"lastUsed": 1, "refreshFailedAt": 7}
    assert note_refresh_failure(noted, "a:1", None) == store
    assert note_refresh_failure(note_refresh_failure(AuthStore(), "a:1", 1), "a:1", None) == AuthStore()


def test_secrets_move_to_the_keyring_and_references_stay() -> None:
    login = OAuth(Secret("x"), Secret("r"), 5, {})
    moved, entries = move_secrets(login, "a:1:ff")
    access, refresh = SecretRef(RefSource.KEYRING, "a:1:ff"), SecretRef(RefSource.KEYRING, "a:1:ff:refresh")
    assert (moved, entries) == (OAuth(access, refresh, 5, {}), {access: Secret("x"), refresh: Secret("r")})
    assert secret_refs(moved) == (access, refresh)
    assert move_secrets(moved, "other") == (moved, {})


@pytest.mark.parametrize(
    ("credential", "moved"),
    [
        (ApiKey(Secret("k")), ApiKey(SecretRef(RefSource.KEYRING, "e"))),
        (Token(Secret("t"), 3), Token(SecretRef(RefSource.KEYRING, "e"), 3)),
        (OAuth(Secret("x"), None, None, {}), OAuth(SecretRef(RefSource.KEYRING, "e"), None, None, {})),
    ],
)
def test_each_kind_moves(credential: Credential, moved: Credential) -> None:
    assert move_secrets(credential, "e")[0] == moved


def test_credential_of_unknown_type_has_no_references() -> None:
    assert secret_refs(None) == ()
    assert secret_refs(KEY) == ()


def test_empty_parts_that_were_there_stay() -> None:
    text = b'{\n  "version": 1,\n  "profiles": {},\n  "order": {},\n  "usageStats": {}\n}\n'
    assert format_store(parse_store(text, "s.json")) == text


OLD = {"type": "oauth", "provider": "a", "access": "at", "refresh": "rt", "expires": 1}


def renew(entry: dict[str, Any], renewed: OAuth, stats: dict[str, Any] | None = None) -> dict[str, Any]:
    data = {"profiles": {"a:1": {**OLD, **entry}, "a:2": {**OLD}}, "note": 1}
    store = make_store({**data, "usageStats": {"a:1": stats}} if stats else data)
    after = renew_profile(store, store.profiles["a:1"], renewed)
    assert after.profiles["a:2"] == store.profiles["a:2"]
    stored: dict[str, Any] = json.loads(format_store(after))
    return stored


def test_new_tokens_take_the_place_of_the_old_and_the_rest_stays() -> None:
    entry = {"email": "ada@corp.example", "accountId": "acc", "note": "mine", "provider": "A"}
    stored = renew(entry, OAuth(Secret("at-2"), Secret("rt-2"), 99, {"accountId": "acc"}))
    assert stored["note"] == 1
    assert stored["profiles"]["a:1"] == {
        "type": "oauth",
        "provider": "A",
        "access": "at-2",
        "refresh": "rt-2",
        "expires": 99,
        "email": "ada@corp.example",
        "accountId": "acc",
        "note": "mine",
    }


def test_expiry_is_removed_if_the_new_token_has_none() -> None:
    assert "expires" not in renew({}, OAuth(Secret("at-2"), Secret("rt-2"), None, {}))["profiles"]["a:1"]


def test_reference_stays_a_reference() -> None:
    ref = {"source": "keyring", "id": "corp"}
    renewed = OAuth(Secret("at-2"), SecretRef(RefSource.KEYRING, "corp"), 99, {})
    assert renew({"refresh": ref}, renewed)["profiles"]["a:1"]["refresh"] == ref


def test_success_forgets_that_a_refresh_failed_and_nothing_else() -> None:
    renewed = OAuth(Secret("at-2"), Secret("rt-2"), 99, {})
    stored = renew({}, renewed, {"refreshFailedAt": 5, "lastUsed": 7, "errorCount": 1})
    assert stored["usageStats"] == {"a:1": {"lastUsed": 7, "errorCount": 1}}
    assert "usageStats" not in renew({}, renewed, {"refreshFailedAt": 5})
