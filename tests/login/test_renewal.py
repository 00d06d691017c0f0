from __future__ import annotations

import json
from typing import Any

import pytest

from tests.auth.stores import make_store
from text2llm.auth.credentials import OAuth
from text2llm.auth.store import format_store
from text2llm.login.renewal import needs_refresh, note_failure, refresh_lead, store_renewed
from text2llm.providers.oauth import OAuthFacts, Refresh, load_logins
from text2llm.secret import RefSource, Secret, SecretRef

NOW = 1_700_000_000_000
OLD = {"type": "oauth", "provider": "a", "access": "at", "refresh": "rt", "expires": NOW}


def due(entry: dict[str, Any], stats: dict[str, Any] | None = None, lead: int = 300) -> bool:
    store = make_store({"profiles": {"a:1": {**OLD, **entry}}, "usageStats": {"a:1": stats or {}}})
    return needs_refresh(store.profiles["a:1"], store.stats("a:1"), NOW, lead)


@pytest.mark.parametrize(
    ("entry", "stats", "lead", "expected"),
    [
        ({}, {}, 300, True),
        ({"expires": NOW + 300_000}, {}, 300, True),
        ({"expires": NOW + 300_001}, {}, 300, False),
        ({"expires": NOW + 1}, {}, 0, False),
        ({"expires": None}, {}, 300, False),
        ({"access": ""}, {}, 300, True),
        ({"refresh": ""}, {}, 300, False),
        ({}, {"refreshFailedAt": 5}, 300, False),
        ({"type": "token", "token": "t"}, {}, 300, False),
        ({"type": "api_key", "key": "k"}, {}, 300, False),
        ({"type": "unheard-of"}, {}, 300, False),
    ],
)
def test_token_is_renewed_when_it_is_due(
    entry: dict[str, Any], stats: dict[str, Any], lead: int, *, expected: bool
) -> None:
    assert due(entry, stats, lead) is expected


def test_lead_is_the_longer_of_the_provider_s_two() -> None:
    how = Refresh("form", (), (), 120)
    assert refresh_lead(OAuthFacts("a", (), skew=60, refresh=how)) == 120
    assert refresh_lead(OAuthFacts("a", (), skew=200, refresh=how)) == 200
    assert refresh_lead(load_logins()["github-copilot"]) == 60


def renew(entry: dict[str, Any], renewed: OAuth, stats: dict[str, Any] | None = None) -> dict[str, Any]:
    data = {"profiles": {"a:1": {**OLD, **entry}, "a:2": {**OLD}}, "note": 1}
    store = make_store({**data, "usageStats": {"a:1": stats}} if stats else data)
    after = store_renewed(store, store.profiles["a:1"], renewed, "store.json")
    assert after.profiles["a:2"] == store.profiles["a:2"]
    found: dict[str, Any] = json.loads(format_store(after))
    return found


def test_new_tokens_take_the_place_of_the_old_and_the_rest_stays() -> None:
    entry = {"email": "ada@corp.example", "accountId": "acc", "note": "mine", "provider": "A"}
    found = renew(entry, OAuth(Secret("at-2"), Secret("rt-2"), 99, {"accountId": "acc"}))
    assert found["note"] == 1
    assert found["profiles"]["a:1"] == {
        "type": "oauth",
        "provider": "A",
        "access": "at-2",
        "refresh": "rt-2",
        "expires": 99,
        "email": "ada@corp.example",
        "accountId": "acc",
        "note": "mine",
    }


def test_expiry_that_is_not_told_any_more_goes_away() -> None:
    assert "expires" not in renew({}, OAuth(Secret("at-2"), Secret("rt-2"), None, {}))["profiles"]["a:1"]


def test_reference_stays_a_reference() -> None:
    ref = {"source": "keyring", "id": "corp"}
    renewed = OAuth(Secret("at-2"), SecretRef(RefSource.KEYRING, "corp"), 99, {})
    assert renew({"refresh": ref}, renewed)["profiles"]["a:1"]["refresh"] == ref


def test_success_forgets_that_a_refresh_failed_and_nothing_else() -> None:
    renewed = OAuth(Secret("at-2"), Secret("rt-2"), 99, {})
    found = renew({}, renewed, {"refreshFailedAt": 5, "lastUsed": 7, "errorCount": 1})
    assert found["usageStats"] == {"a:1": {"lastUsed": 7, "errorCount": 1}}
    assert "usageStats" not in renew({}, renewed, {"refreshFailedAt": 5})


def test_failure_is_noted_beside_other_notes() -> None:
    store = make_store({"profiles": {"a:1": OLD}, "usageStats": {"a:1": {"lastUsed": 7}}})
    noted = json.loads(format_store(note_failure(store, "a:1", NOW)))
    assert noted["usageStats"] == {"a:1": {"lastUsed": 7, "refreshFailedAt": NOW}}
